"""What a document can come in as: one file each, picked by suffix.

A format is a module with `SUFFIXES` and `NAME`; what it does beyond decoding comes with the formats that need it.
"""

from __future__ import annotations

SUFFIXES = {".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md"}


def format_of(name: str) -> str | None:
    """Return the name of the format of a file by its suffix, None if it is not one that we clean."""
    dot = name.rfind(".")
    return SUFFIXES.get(name[dot:].lower()) if dot > name.rfind("/") else None
