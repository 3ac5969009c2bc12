"""The key characters of many texts in one array, and equal runs as places in it or in its texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.overlap.key import Key

SEED = 6  # key characters
Array = npt.NDArray[Any]


class Run(NamedTuple):
    """Key characters `a0 : a0 + size` of one text equal `b0 : b0 + size` of another (or further on in the same)."""

    a0: int
    b0: int
    size: int


@dataclass(frozen=True, eq=False)
class Stream:
    """The key characters of many texts, one after the other, in stretches that no run may leave.

    Stretch i is `codes[begin[i] : begin[i + 1]]`; it is part of text `text[i]` and begins at its key character
    `low[i]`. A text is one stretch, unless lines of it were taken out. Sorted by text, then place.
    """

    codes: Array
    begin: Array
    text: Array
    low: Array
    rank: Array  # of each text, by what it holds and not by its name: which of many texts the others are held against

    @classmethod
    def of(cls, keys: Sequence[Key]) -> Stream:
        """Return the whole of `keys`, ranked as they come."""
        codes = np.concatenate([np.zeros(0, np.uint32), *(key.codes for key in keys)])
        begin = np.cumsum([0, *map(len, keys)])
        count = np.arange(len(keys))
        return cls(codes, begin, count, np.zeros(len(keys), np.int64), count.astype(np.uint64))

    def stretch(self, place: Array) -> Array:
        """Return the stretch of each place."""
        found: Array = np.searchsorted(self.begin, place, "right") - 1
        return found

    def rank_at(self, place: Array) -> Array:
        """Return the rank of the text of each place."""
        found: Array = self.rank[self.text[self.stretch(place)]]
        return found

    def over(self, count: int, size: int = SEED) -> Array:
        """Return which of the first `count` grams of `size` characters run over the end of their stretch."""
        places = np.concatenate([self.begin[1:-1] - j for j in range(1, size)])
        found: Array = places[(places >= 0) & (places < count)]
        return found

    def by_pair(self, rows: Array, least: int) -> tuple[tuple[int, int, tuple[Run, ...]], ...]:
        """Return runs, as rows (place, other place, size), by pair of texts, if they have `least` characters in all."""
        return tuple(_by_pair(distinct_rows(rows), self, least))


def distinct_rows(rows: Array) -> Array:
    """Return the distinct rows, sorted by the two places."""
    if not len(rows):
        return rows
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    rows = rows[order]
    fresh = np.r_[True, (rows[1:, :2] != rows[:-1, :2]).any(1)]
    return rows[fresh]


def _by_pair(rows: Array, stream: Stream, least: int) -> Iterator[tuple[int, int, tuple[Run, ...]]]:
    """Yield the runs of each pair of texts, sorted, if they have `least` characters together."""
    if not len(rows):
        return
    at, to = stream.stretch(rows[:, 0]), stream.stretch(rows[:, 1])
    one, other = stream.text[at], stream.text[to]
    local = (
        np.stack([stream.low[at] - stream.begin[at], stream.low[to] - stream.begin[to], np.zeros_like(at)], 1) + rows
    )
    order = np.lexsort((rows[:, 1], rows[:, 0], other, one))
    rows, local, one, other = rows[order], local[order], one[order], other[order]
    edges = np.flatnonzero(np.r_[True, (one[1:] != one[:-1]) | (other[1:] != other[:-1]), True])
    enough = np.flatnonzero(np.add.reduceat(rows[:, 2], edges[:-1]) >= least)
    for i in enough.tolist():
        low, high = edges[i], edges[i + 1]
        yield int(one[low]), int(other[low]), tuple(Run(*row) for row in local[low:high].tolist())
