"""A text as an array of code units, so that looking at every character costs a nanosecond and not a hundred.

Everything that has to see each character of a text is a table of 65,536 entries looked up by the whole array at once.
Characters beyond U+FFFF are rare; they become `BEYOND` in the array, and `astral` finds their places.
numpy is imported here and in `lexicon`; texts too short to be worth it are counted without (see cleaner.script.decide).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Flags = NDArray[np.uint8]
Places = NDArray[np.intp]

BEYOND = 0xFFFF  # a noncharacter of Unicode: stands for what is no character of the Basic Multilingual Plane
SIZE = 0x10000
_UTF16, _UTF32 = ("utf-16-le", "utf-32-le") if sys.byteorder == "little" else ("utf-16-be", "utf-32-be")


def codes(text: str) -> Codes:
    """Return the characters of `text`, one entry each; read-only."""
    raw = text.encode(_UTF16, "surrogatepass")  # a copy of memory for most Chinese texts
    if len(raw) == 2 * len(text):
        return np.frombuffer(raw, np.uint16)
    wide = np.frombuffer(text.encode(_UTF32, "surrogatepass"), np.uint32)
    return np.minimum(wide, BEYOND).astype(np.uint16)


def astral(text: str, units: Codes) -> list[int]:
    """Return the places of characters beyond U+FFFF."""
    found: list[int] = np.flatnonzero(units == BEYOND).tolist()
    return [at for at in found if text[at] > "\uffff"]


def flags(*groups: tuple[Iterable[str], int | np.uint8]) -> Flags:
    """Return a table that holds for each character the bits of its groups; characters beyond are left out."""
    table = np.zeros(SIZE, np.uint8)
    for chars, bit in groups:
        places = np.array([ord(char) for char in chars if char <= "\uffff"], np.intp)
        table[places] |= np.uint8(bit)
    return table


def within(places: Places, spans: Iterable[tuple[int, int]]) -> Places:
    """Return those of the sorted `places` that lie in one of the spans, which are sorted and disjoint."""
    bounds = np.array(list(spans), np.intp).reshape(-1, 2)
    if not len(bounds):
        return places[:0]
    span = np.searchsorted(bounds[:, 0], places, "right") - 1
    inside: NDArray[np.bool_] = (span >= 0) & (places < bounds[np.maximum(span, 0), 1])
    return np.asarray(places[inside], np.intp)
