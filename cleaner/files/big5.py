"""Big5 as pages are written in it: Python's big5hkscs, with the punctuation of Windows code page 950.

Python's codec reads 13 signs of rows A1 and A2 otherwise than browsers and Windows do (A1E3 is ∼ instead of ～, A145
is • instead of ‧), and ／, ＼ and eight box-drawing signs do not come back as the bytes they were: then a Taiwanese
news page with 記者／ in it would be refused. In the WHATWG encoding standard, which has one Big5 for Taiwan and Hong
Kong, these cells are as in code page 950 (https://encoding.spec.whatwg.org/index-big5.txt). 卅 and 十 have two codes
each, of which one cannot be kept; a text with the other one is not Big5 for us.
"""

from __future__ import annotations

import re
from functools import cache

_ROWS = range(0xA1, 0xA3)
_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))


@cache
def _windows_cells() -> dict[bytes, str]:
    """Return the cells that code page 950 reads otherwise, or keeps and big5hkscs does not."""
    cells = (bytes((lead, trail)) for lead in _ROWS for trail in _TRAILS)
    found = {cell: cell.decode("cp950") for cell in cells}
    return {
        cell: char
        for cell, char in found.items()
        if char.encode("cp950") == cell and (cell.decode("big5hkscs") != char or char.encode("big5hkscs") != cell)
    }


@cache
def _runs() -> re.Pattern[bytes]:
    """Return the pattern of a run of whole characters, which are all such cells (group 1) or none of them is."""
    cells = b"|".join(map(re.escape, _windows_cells()))
    return re.compile(rb"((?:%b)+)|(?:[\x00-\x80\xff]|(?!%b)[\x81-\xfe][\x00-\xff]?)+" % (cells, cells), re.DOTALL)


@cache
def _windows_chars() -> re.Pattern[str]:
    return re.compile(f"([{re.escape(''.join(_windows_cells().values()))}]+)")


@cache
def _not_kept() -> frozenset[str]:
    """Return the characters that big5hkscs would write as a cell that we read as another character."""
    return frozenset(cell.decode("big5hkscs") for cell in _windows_cells()) - frozenset(_windows_cells().values())


def decode(raw: bytes) -> str:
    """Return `raw` as text. Raises UnicodeDecodeError with positions in `raw`."""
    parts = []
    for run in _runs().finditer(raw):
        try:
            parts.append(run.group().decode("cp950" if run.group(1) else "big5hkscs"))
        except UnicodeDecodeError as err:
            at = run.start()
            raise UnicodeDecodeError("big5-hkscs", raw, at + err.start, at + err.end, err.reason) from err
    return "".join(parts)


def encode(text: str) -> bytes:
    """Return `text` as bytes, the inverse of `decode`. Raises UnicodeEncodeError with positions in its own part."""
    foreign = next((at for at, char in enumerate(text) if char in _not_kept()), None)
    if foreign is not None:
        raise UnicodeEncodeError("big5-hkscs", text, foreign, foreign + 1, "has no code of its own")
    parts = _windows_chars().split(text)  # every second one matched
    return b"".join(part.encode("cp950" if i % 2 else "big5hkscs") for i, part in enumerate(parts))
