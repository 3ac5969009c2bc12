"""What a document can come in as: one file each, picked by suffix.

A format says under which name its text goes to OUT; what it does beyond decoding comes with the module of its name.
"""

from __future__ import annotations

SUFFIXES = {".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html"}
TABLES = ("jsonl", "parquet", "warc")  # formats whose rows are documents
ROWS = ("jsonl", "parquet")  # of these, the text of a row is a text already; a record of a WARC is bytes
_TABLE_SUFFIXES = {
    ".jsonl": "jsonl", ".jsonl.gz": "jsonl", ".jsonl.zst": "jsonl", ".ndjson": "jsonl", ".ndjson.gz": "jsonl",
    ".ndjson.zst": "jsonl", ".parquet": "parquet", ".warc": "warc", ".warc.gz": "warc", ".wet": "warc",
    ".wet.gz": "warc",
}  # fmt: skip
_SAVED = ("_files", ".files", "_file", "_文件", "_檔案")  # folders that browsers put beside a saved page


def format_of(name: str) -> str | None:
    """Return the name of the format of a file by its suffix, None if it is not one that we clean."""
    dot = name.rfind(".")
    return SUFFIXES.get(name[dot:].lower()) if dot > name.rfind("/") else None


def table_of(name: str) -> str | None:
    """Return the name of the table format of a file by its suffix, None if it is no table."""
    low = name.lower()
    return next((kind for suffix, kind in _TABLE_SUFFIXES.items() if low.endswith(suffix)), None)


def every_suffix() -> frozenset[str]:
    """Return the suffixes of all formats, tables too."""
    return frozenset(SUFFIXES) | frozenset(_TABLE_SUFFIXES)


def table_name(name: str) -> str:
    """Return the name under which a file goes to a mirror with tables: records of a WARC become lines of JSON."""
    if table_of(name) != "warc":
        return output_name(name) if table_of(name) is None else name
    low = name.lower()
    suffix = max((suffix for suffix in _TABLE_SUFFIXES if low.endswith(suffix)), key=len)
    return f"{name[: -len(suffix)]}.jsonl"


def output_name(name: str) -> str:
    """Return the name under which the text of a file goes to OUT: the text of a page is no page (page.txt)."""
    return f"{name[: name.rfind('.')]}.txt" if format_of(name) == "html" else name


def extracted_name(name: str) -> str:
    """Return the name of the text that was extracted from a file, before any rule."""
    return f"{name}.txt"


def page_of(name: str, names: frozenset[str]) -> str | None:
    """Return the saved page that a page belongs to (page.html for page_files/frame.html) if it is among `names`."""
    folders = name.split("/")[:-1]
    for i, folder in enumerate(folders):
        for ending in _SAVED:
            if folder.endswith(ending) and len(folder) > len(ending):
                stem = "/".join((*folders[:i], folder[: -len(ending)]))
                for suffix in (".html", ".htm"):
                    if f"{stem}{suffix}" in names:
                        return f"{stem}{suffix}"
    return None
