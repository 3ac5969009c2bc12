"""Which pairs of texts are looked at, and where: three ways, one interface.

A way takes a `Stream`, the number of texts from which a gram is frequent, and the least number of characters that a
pair must have in equal runs; it gives `Runs`. Chains, extension, alignment, classes and clusters are the same behind
each, so that they can be measured side by side (benchmarks/overlap.py, methods `ours`, `ours-winnowed`,
`ours-windows`; the table is in docs/overlap.md).

- `every`: 6-grams at every position. The default: finds most, and a machine holds the grams of a hundred million
  characters.
- `winnowed`: of each four neighbouring 6-grams the one with the least hash (Schleimer, Wilkerson, Aiken 2003). Two
  fifths of the grams, and any equal run of nine characters still has one in common, chosen alike on both sides.
- `windows`: MinHash of windows of 48 characters every 16. What is shipped for a text is a fixed number of band keys,
  and a window is found although no six characters in a row are left of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.seeds import Runs, find_runs, gram_hashes
from cleaner.overlap.stream import SEED, Run, Stream

Array = npt.NDArray[Any]
Candidates = Callable[[Stream, int, int], Runs]

WINNOW = 4  # neighbouring grams of which one is kept
NONE = np.uint64(2**64 - 1)
WINDOW, STRIDE = 48, 16  # key characters
WINDOW_BANDS, WINDOW_ROWS = 32, 3  # windows that share half of their 4-grams share a bucket with probability .99
SHARED = 0.3  # least containment of two windows
GRAM = 4  # of equal runs between two windows


def every(stream: Stream, limit: int, least: int) -> Runs:
    """Return the equal runs that begin with a gram at any position."""
    return find_runs(stream, limit, least)


def winnowed(stream: Stream, limit: int, least: int) -> Runs:
    """Return the equal runs that hold a winnowed gram."""
    return replace(find_runs(stream, limit, least, winnow(stream)), reach=WINNOW - 1)


def winnow(stream: Stream) -> Array:
    """Say for each 6-gram of the stream whether it is the least of some four neighbours."""
    return winnow_grams(stream, gram_hashes(stream.codes, SEED), SEED, WINNOW)


def winnow_grams(stream: Stream, hashes: Array, size: int, window: int) -> Array:
    """Say for each gram (`hashes`) whether it is the least of some `window` neighbours; of equal ones the last counts.

    What is chosen in a text depends on that text alone: before, behind and between texts stand grams that are in none,
    and the windows that reach into them choose of the text. Two texts with an equal run of `window + size - 1`
    characters share a chosen gram inside it.
    """
    hashes = hashes.copy()
    over = stream.over(len(hashes), size)
    hashes[over] = NONE
    padded = np.pad(hashes, window - 1, constant_values=NONE)
    least = np.minimum.reduce([padded[j : len(padded) - window + 1 + j] for j in range(window)])
    chosen, taken = np.zeros(len(padded), bool), np.zeros(len(least), bool)
    for j in reversed(range(window)):
        here = (padded[j : len(least) + j] == least) & ~taken
        chosen[np.flatnonzero(here) + j] = True
        taken |= here
    chosen = chosen[window - 1 : len(padded) - window + 1]
    chosen[over] = False
    return chosen


def windows(stream: Stream, limit: int, least: int) -> Runs:
    """Return the equal runs of four characters inside windows that are alike.

    In how many texts a gram stands is counted of the winnowed grams. A bucket of more than `limit` windows links each
    to the first only.
    """
    begin, end = _windows(stream)
    text = stream.text[stream.stretch(begin)]
    keys = _band_keys(stream, begin, end)
    pairs: set[tuple[int, int]] = set()
    for band in keys:
        for bucket in sketch.buckets(band):
            linked = combinations(bucket, 2) if len(bucket) <= limit else ((bucket[0], other) for other in bucket[1:])
            pairs.update((a, b) for a, b in linked if text[a] != text[b])
    rows = [row for a, b in sorted(pairs) for row in _equal_runs(stream.codes, begin[a], end[a], begin[b], end[b])]
    counted = find_runs(stream, limit, least, winnow(stream), pairs=False)
    return replace(counted, reach=WINNOW - 1, pairs=stream.by_pair(np.array(rows, np.int64).reshape(-1, 3), least))


def _windows(stream: Stream) -> tuple[Array, Array]:
    """Return the borders of the windows of each stretch: every 16 characters, the last one ends with the stretch."""
    sizes = np.diff(stream.begin)
    count = np.where(sizes >= GRAM, np.maximum(-(-(sizes - WINDOW) // STRIDE), 0) + 1, 0)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    last = np.repeat(np.maximum(sizes - WINDOW, 0), count)
    begin = np.repeat(stream.begin[:-1], count) + np.minimum(number * STRIDE, last)
    return begin, np.minimum(begin + WINDOW, np.repeat(stream.begin[1:], count))


def _band_keys(stream: Stream, begin: Array, end: Array) -> Array:
    """Return the band keys of windows, shape (bands, windows)."""
    joined = stream.codes.tobytes().decode("utf-32-le", "surrogatepass")
    parts = []
    for at in range(0, len(begin), 1 << 13):
        texts = [joined[low:high] for low, high in zip(begin[at : at + 8192], end[at : at + 8192], strict=True)]
        rows = sketch.signatures(texts)[:, : WINDOW_BANDS * WINDOW_ROWS].astype(np.uint64)
        rows = rows.reshape(len(texts), WINDOW_BANDS, WINDOW_ROWS)
        keys = rows[:, :, 0]
        for j in range(1, WINDOW_ROWS):
            keys = (keys ^ (keys >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + rows[:, :, j]
        parts.append(keys.T)
    return np.concatenate([np.zeros((WINDOW_BANDS, 0), np.uint64), *parts], 1)


def _equal_runs(codes: Array, a0: int, a1: int, b0: int, b1: int) -> Iterator[Run]:
    """Yield the maximal equal runs of four characters and more between two windows, if they share 3 grams of 10."""
    one, two = gram_hashes(codes[a0:a1], GRAM), gram_hashes(codes[b0:b1], GRAM)
    if sketch.resemblance(distinct(one), distinct(two))[1] < SHARED:
        return
    at, to = np.nonzero(one[:, None] == two)
    order = np.lexsort((at, to - at))
    at, to = at[order], to[order]
    fresh = changes(to - at) | ~np.r_[False, np.diff(at) == 1]
    first = np.flatnonzero(fresh)
    for low, high in zip(first, np.r_[first[1:], len(at)] - 1, strict=True):
        yield Run(int(a0 + at[low]), int(b0 + to[low]), int(at[high] - at[low]) + GRAM)


WAYS: dict[str, Candidates] = {"every": every, "winnowed": winnowed, "windows": windows}
