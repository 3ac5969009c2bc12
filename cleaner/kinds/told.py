"""How much of a line the prose of a text speaks of, counted in pairs of neighbouring Han characters.

Asked for many lines at once, in arrays: pair by pair in Python it was most of what judging a page cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cleaner.kinds.chrome import Array, is_han

FAR = 400  # of a line of prose so many characters are compared with the lines around it
_LOW = 18  # bits of a Han character: none is above U+3FFFF
_RANKS = 20  # bits of the number of a line
_PAIR = (1 << 2 * _LOW) - 1
_SPREAD = 0x5851F42D4C957F2D  # Knuth's multiplier of MMIX: pairs fall evenly into the rows of a table
_ROWS = 1 << 13  # of that table: many more than the few hundred pairs that are asked for


class _Some(NamedTuple):
    """Some pairs, in the order of the text: both characters, the number of the line, and if it is far into the line."""

    code: Array
    line: Array
    far: Array


class Pairs:
    """The pairs of Han characters of some lines of folded text, in the order of the text."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.count = len(texts)
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        chars = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32)
        han = is_han(chars)
        at = np.flatnonzero(han[:-1] & han[1:])
        line = np.repeat(np.arange(self.count), sizes)[at]
        far = at - (np.cumsum(sizes) - sizes)[line] >= FAR - 1
        self._all = _Some((chars[at].astype(np.int64) << _LOW) | chars[at + 1], line, far)
        self._kept: tuple[Array, _Some] | None = None  # what was asked last, and the pairs that matter to it
        self._last: tuple[Array, Array, Array] | None = None  # the same of the pairs of some lines

    def _some(self, asked: Array) -> _Some:
        """Return the pairs of the lines `asked`, and of all lines those that are, but for few, among them.

        Most pairs of a text are in no line that anybody asks for, and to sort them would be most of the work.
        """
        if self._kept is None or not np.array_equal(self._kept[0], asked):
            code, line, far = self._all
            rows = ((code * _SPREAD) >> 51) & (_ROWS - 1)
            table = np.zeros(_ROWS, bool)
            table[rows[asked[line]]] = True
            kept = table[rows]
            self._kept, self._last = (asked, _Some(code[kept], line[kept], far[kept])), None
        return self._kept[1]

    def _distinct(self, some: _Some, which: Array) -> tuple[Array, Array]:
        """Return (line, pair) of those of some pairs that are in a mask, each once a line."""
        if self._last is not None and np.array_equal(self._last[0], which):
            return self._last[1:]  # nearly always: only long lines have pairs that are far
        both = np.sort((some.line[which] << 2 * _LOW) | some.code[which])
        new = np.ones(len(both), bool)
        np.not_equal(both[1:], both[:-1], out=new[1:])
        both = both[new]
        self._last = which, both >> 2 * _LOW, both & _PAIR
        return self._last[1:]

    def spoken(self, asked: Array, lines: Array) -> tuple[Array, Array]:
        """Return for each of the lines `asked` how many of its pairs are in `lines`, and how many it has (masks)."""
        some = self._some(asked)
        line, code = self._distinct(some, asked[some.line])
        said = np.sort(some.code[lines[some.line]])
        hits = _first(said, code) == code
        return np.bincount(line[hits], minlength=self.count), np.bincount(line, minlength=self.count)

    def around(self, asked: Array, prose: Array, reach: int) -> tuple[Array, Array]:
        """Return for each of the lines `asked` the share (0-1) of its pairs in the next, and in the last, `reach`
        lines of `prose` (both masks). A line without such lines behind or before it, or without pairs, has nan.
        """
        some = self._some(asked)
        strange = some.far & prose[some.line]
        line, code = self._distinct(some, asked[some.line] & ~strange)
        rank = np.cumsum(prose)  # lines of prose up to and with each line
        last = int(rank[-1]) + 1 if self.count else 1
        mine = prose[some.line] & ~strange
        said = np.sort((some.code[mine] << _RANKS) | rank[some.line[mine]])
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
