"""How much of a line the prose of a text speaks of, counted in pairs of neighbouring Han characters.

Asked for many lines at once, in arrays: pair by pair in Python it was most of what judging a page cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

FAR = 400  # of a line of prose so many characters are compared with the lines around it
Array = np.ndarray[Any, Any]
_LOW = 18  # bits of a Han character: none is above U+3FFFF
_RANKS = 20  # bits of the number of a line
_PAIR = (1 << 2 * _LOW) - 1


class Pairs:
    """The pairs of Han characters of some lines of folded text, in the order of the text."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        chars = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
        han = ((chars >= 0x3400) & (chars <= 0x9FFF)) | ((chars >= 0x20000) & (chars <= 0x3FFFF))
        at = np.flatnonzero(han[:-1] & han[1:])
        self._code = (chars[at].astype(np.int64) << _LOW) | chars[at + 1]
        self._line = np.repeat(np.arange(self.count), sizes)[at]
        self._last: tuple[Array, Array, Array] | None = None  # what was asked last, and the answer
        self._near = at - (np.cumsum(sizes) - sizes)[self._line] < FAR - 1

    def _distinct(self, some: Array) -> tuple[Array, Array]:
        """Return (line, pair) of some pairs (a mask), each once a line."""
        if self._last is not None and np.array_equal(self._last[0], some):
            return self._last[1:]  # nearly always: only long lines have pairs that are not near
        both = np.sort((self._line[some] << 2 * _LOW) | self._code[some])
        new = np.ones(len(both), bool)
        np.not_equal(both[1:], both[:-1], out=new[1:])
        both = both[new]
        self._last = some, both >> 2 * _LOW, both & _PAIR
        return self._last[1:]

    def spoken(self, asked: Array, lines: Array) -> tuple[Array, Array]:
        """Return for each of the lines `asked` how many of its pairs are in `lines`, and how many it has (masks)."""
        line, code = self._distinct(asked[self._line])
        said = np.sort(self._code[lines[self._line]])
        hits = _first(said, code) == code
        return np.bincount(line[hits], minlength=self.count), np.bincount(line, minlength=self.count)

    def around(self, asked: Array, prose: Array, reach: int) -> tuple[Array, Array]:
        """Return for each of the lines `asked` the share (0-1) of its pairs in the next, and in the last, `reach`
        lines of `prose` (both masks). A line without such lines behind or before it, or without pairs, has nan.
        """
        line, code = self._distinct(asked[self._line] & (self._near | ~prose[self._line]))
        rank = np.cumsum(prose)  # lines of prose up to and with each line
        last = int(rank[-1]) + 1 if self.count else 1
        mine = prose[self._line] & self._near
        said = np.sort((self._code[mine] << _RANKS) | rank[self._line[mine]])
        own = np.bincount(line, minlength=self.count)
        code = code << _RANKS
        found = []
        before = rank - prose
        for low, high in ((rank + 1, rank + 1 + reach), (np.maximum(before + 1 - reach, 1), before + 1)):
            low, high = np.minimum(low, last), np.minimum(high, last)
            hits = _first(said, code | low[line]) < (code | high[line])
            share = np.bincount(line[hits], minlength=self.count) / np.maximum(own, 1)
            found.append(np.where((own > 0) & (low < high), share, np.nan))
        return found[0], found[1]


def _first(values: Array, least: Array) -> Array:
    """Return for each of `least` the first of `values`, sorted, not below it; if there is none, what is above all."""
    found: Array = np.append(values, np.iinfo(np.int64).max)[np.searchsorted(values, least)]
    return found
