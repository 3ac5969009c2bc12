"""Files: bytes to text and back without loss, which files of a folder are taken, and writing whole or not at all.

`read` and `decode` lead from a path to a `Source`, `walk` from a folder to its entries; `place`, `remove`,
`replace_file`, `copy_file` and `sync` write under a `Lock`. Nothing here knows rules or reports.
"""

from __future__ import annotations

from cleaner.files.decode import ENCODINGS, Source, decode, named_encoding, rebuild
from cleaner.files.read import copy_file, digest_of, read, size_of
from cleaner.files.walk import OTHER_SUFFIX, Entry, check_places, name_error, walk
from cleaner.files.write import INCOMPLETE, Lock, announced, fresh, place, remove, replace_file, sync

__all__ = [
    "ENCODINGS",
    "INCOMPLETE",
    "OTHER_SUFFIX",
    "Entry",
    "Lock",
    "Source",
    "announced",
    "check_places",
    "copy_file",
    "decode",
    "digest_of",
    "fresh",
    "name_error",
    "named_encoding",
    "place",
    "read",
    "rebuild",
    "remove",
    "replace_file",
    "size_of",
    "sync",
    "walk",
]
