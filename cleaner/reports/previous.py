"""The report that stands in OUT from an earlier run."""

from __future__ import annotations

from pathlib import Path

from cleaner.errors import UsageError
from cleaner.reports.records import Records, from_jsonl

REPORT = "__report__"  # loaders of data sets skip folders whose names begin so
JSONL = f"{REPORT}/report.jsonl"
README = f"{REPORT}/README.md"


def previous(out: Path) -> Records | None:
    """Return the records that stand in OUT, None if there are no readable ones."""
    try:
        return from_jsonl((out / JSONL).read_bytes(), str(out / JSONL))
    except (OSError, UsageError):
        return None
