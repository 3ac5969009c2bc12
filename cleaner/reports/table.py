"""The files of a run as a table (CSV, RFC 4180 with LF): one row a file, with what its byline says.

Scraped text is hostile: a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and may
send its neighbours to a host. Such a cell gets an apostrophe in front (OWASP, CSV Injection). What a terminal would
obey or hide stands as `\\u{HEX}`.
"""

from __future__ import annotations

import csv
import io
import re

from cleaner.reports.records import Records
from cleaner.show import show

COLUMNS = ("path", "status", "script", "title", "source", "author", "editor", "date", "location", "chars")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # in a byline; a path says which
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # full width ones are folded by some programs


def to_csv(records: Records) -> bytes:
    """Return the table in UTF-8 without a BOM, by path; skipped files are in it, as in the report."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for file in records.files:
        said = {name: file.meta.get(name, "") for name in COLUMNS[3:9]}
        cells = {
            "path": show(file.path),
            "status": file.status,
            "script": file.script,
            "chars": str(file.chars_out),
            **said,
        }
        writer.writerow([_safe(cells[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8", "surrogatepass")


def _safe(cell: str) -> str:
    cell = show(_CONTROL.sub(" ", cell))
    return "'" + cell if cell.lstrip().startswith(_FORMULA) else cell
