"""Rows of tables: what JSONL, Parquet and WARC files hold, one document each.

Rows count from 1; in JSONL that is the line number. A row that cannot be done says so in `fault` and keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from cleaner.errors import InputError, UsageError

CHUNK_ROWS, CHUNK_BYTES = 256, 1 << 20  # of a chunk: what is in memory at a time, at least one row


class Fault(NamedTuple):
    """What is wrong with a row: code, what happened, how to go on."""

    code: str
    what: str
    how: str


class Fields(NamedTuple):
    """The names of the fields (columns) that hold the text and the id of a row."""

    text: str = "text"
    id: str = "id"


@dataclass(frozen=True)
class Row:
    """One row. `text` is None where there is none: then `fault` says why, or `page` holds an HTML page.

    `rest` is the parsed JSON object of a line, and for a WARC record what its headers say; a Parquet row has none, its
    columns stay in the chunk. `raw` is the line itself where it could not be parsed.
    """

    number: int
    text: str | None
    id: str | None = None
    rest: dict[str, Any] | None = None
    page: bytes | None = None
    fault: Fault | None = None
    raw: bytes = b""
    wide: bool = False  # JSON that only the standard library keeps as it is: large numbers, NaN, lone surrogates


@dataclass(frozen=True)
class Chunk:
    """A few rows, and for Parquet the record batch that they come from."""

    rows: tuple[Row, ...]
    body: Any = None


class Piece(NamedTuple):
    """A part of a table that is worked on by itself: bytes (JSONL, WARC) or row groups (Parquet) `start:stop`.

    `first` is the number of its first row, `rows` how many there are (0: not counted), `size` its bytes.
    """

    start: int
    stop: int
    first: int
    rows: int
    size: int


def damaged(where: str, what: str) -> InputError:
    """Return the error of a file that cannot be read to its end."""
    return InputError("E114", where, what, "copied unchanged and quarantined", "fetch it again, or exclude it")


def needs(package: str, extra: str, where: str) -> UsageError:
    """Return the error of a format whose package is not installed."""
    return UsageError(
        "E106", where, f"reading it needs the package {package}", "nothing was written",
        f"install it with: pip install 'seedclean[{extra}]'",
    )  # fmt: skip


def no_field(where: str, field: str, there: list[str]) -> UsageError:
    """Return the error of a table in which not even the first row has the text field."""
    from cleaner.show import show

    has = ", ".join(show(name) for name in there[:8]) + (", …" if len(there) > 8 else "")
    return UsageError(
        "E107", where, f"its rows have no field '{show(field)}' (the first has: {has or 'none'})",
        "nothing was written", "name the field that holds the text with --text-field",
    )  # fmt: skip
