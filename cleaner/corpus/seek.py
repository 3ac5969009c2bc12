"""Whether SRC is a corpus. Imported by every run over a folder, so it imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

from cleaner import files
from cleaner.config import Config
from cleaner.formats import TABLES, every_suffix, table_name, table_of
from cleaner.pipeline import survey


def wanted(src: Path, out: Path | None, config: Config) -> list[files.Entry] | None:
    """Return the entries of SRC if it is a corpus: it holds a table, or OUT is to be one; None for a folder of texts.

    Raises UsageError as `survey` does.
    """
    if not src.exists():
        return None
    asked = config.keys.out_format != "mirror" or config.keys.in_format in TABLES
    if not asked and not _has_table(src, out, config):
        return None
    return survey(src, out, config, every_suffix(), table_name)


def _has_table(src: Path, out: Path | None, config: Config) -> bool:
    if src.is_file():
        return table_of(src.name) is not None
    entries = files.walk(
        src, suffixes=every_suffix(), excluded=lambda name: config.excluded(name, src), out=out,
        follow_symlinks=config.keys.follow_symlinks, only=config.only,
    )  # fmt: skip
    return any(entry.taken and table_of(entry.name) for entry in entries)
