"""Growing pairs of places to maximal equal runs, all pairs at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cleaner.overlap.key import changes
from cleaner.overlap.stream import SEED, Array, Stream, distinct_rows

FIRST_STRIDE = 32


def grown(stream: Stream, ones: Array, others: Array) -> Array:
    """Return the maximal runs around seeds, without repeats, as rows (place, other place, size)."""
    codes, begin = stream.codes, stream.begin
    equal = np.ones(len(ones), bool)  # a hash is no proof
    for j in range(SEED):
        equal &= codes[ones + j] == codes[others + j]
    ones, others = ones[equal], others[equal]
    one, other = stream.stretch(ones), stream.stretch(others)
    ahead = _equal_ahead(codes, ones + SEED, others + SEED, begin[one + 1], begin[other + 1])
    flipped = len(codes) - 1  # backwards is forwards in the reversed text
    behind = _equal_ahead(
        codes[::-1], flipped - (ones - 1), flipped - (others - 1), flipped + 1 - begin[one], flipped + 1 - begin[other]
    )
    return distinct_rows(np.stack([ones - behind, others - behind, behind + SEED + ahead], 1))


def more_than_border(rows: Array, frequent: Array) -> Array:
    """Return `rows` without runs of text that stands in too many texts, and of a few characters beside it.

    Texts that hold a common paragraph and have the same character before it share a gram that others have not; it
    would bring back all the pairs that the stars spare.
    """
    grams = rows[:, 2] - (SEED - 1)
    often = np.searchsorted(frequent, rows[:, 0] + grams) - np.searchsorted(frequent, rows[:, 0])
    kept: Array = rows[(often == 0) | (grams - often >= SEED)]
    return kept


def first_hubs(rows: Array, rank: Array) -> Array:
    """Return `rows` (hub, other place, size) without those that a hub of lower `rank` (one a row) says as well.

    With enough texts, a common paragraph and the one character before it are a frequent gram of their own, with a hub
    of their own. What begins or ends at the same place, and is less than a seed longer, is the same passage.
    """
    for ends in (False, True):
        place = rows[:, 1] + rows[:, 2] * ends
        order = np.lexsort((rows[:, 0], rank, place))
        rows, rank, place = rows[order], rank[order], place[order]
        first = np.maximum.accumulate(np.where(changes(place), np.arange(len(rows)), 0))
        kept = (first == np.arange(len(rows))) | (rows[:, 2] - rows[first, 2] >= SEED)
        rows, rank = rows[kept], rank[kept]
    return rows


def _equal_ahead(codes: Array, one: Array, other: Array, one_end: Array, other_end: Array) -> Array:
    """Return for each pair how many characters from `one` and `other` on are equal, up to the ends.

    The stride doubles for the pairs that are still equal, so that a long copy costs few turns.
    """
    room = np.minimum(one_end - one, other_end - other)
    found = np.zeros(len(one), np.int64)
    live = np.flatnonzero(room > 0)
    stride = FIRST_STRIDE
    while len(live):
        still = []
        for part in _portions(live, stride):
            size = np.minimum(room[part] - found[part], stride)
            steps = np.arange(stride)
            inside = steps < size[:, None]
            at = np.minimum((one + found)[part][:, None] + steps, len(codes) - 1)
            to = np.minimum((other + found)[part][:, None] + steps, len(codes) - 1)
            same = (codes[at] == codes[to]) & inside
            run = np.where(same.all(1), stride, np.argmin(same, 1))
            found[part] += run
            still.append(part[(run == stride) & (found[part] < room[part])])
        live = np.concatenate(still)
        stride = min(stride * 2, 1 << 14)
    return found


def _portions(live: Array, stride: int) -> Iterator[Array]:
    """Cut `live` so that a matrix of `stride` columns stays small."""
    step = max((1 << 21) // stride, 1)
    for at in range(0, len(live), step):
        yield live[at : at + step]
