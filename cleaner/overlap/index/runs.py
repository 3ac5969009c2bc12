"""The equal runs of new texts, and of those for which a gram became frequent or rare: the rest stay what they were.

The runs of two texts depend on their keys, on which of the grams that both have are frequent, and on the hubs of these
alone. So what has to be looked at anew are pairs with a new text, and pairs in which a gram is that moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.overlap.boxes import MATCHED
from cleaner.overlap.growing import grown, more_than_border
from cleaner.overlap.index.census import Census
from cleaner.overlap.index.grams import Turnover
from cleaner.overlap.index.state import Pair, State
from cleaner.overlap.key import changes
from cleaner.overlap.seeds import REPEATS, fresh_stars, hashes_at, placed, rows_among, star_rows
from cleaner.overlap.stream import Array, Run, Stream, distinct_rows


@dataclass(frozen=True, eq=False)
class NewRuns:
    """Runs of the pairs that had to be looked at (entries, that of the first name first).

    `stale` says which entries were looked at among themselves: their pairs have no other runs than these.
    """

    by_pair: dict[Pair, tuple[Run, ...]]
    stale: Array
    stars: Array
    starts: int


def new_runs(census: Census, turned: Turnover, state: State, limit: int, most: int) -> NewRuns | None:
    """Return the runs of all pairs that may have others than before; None if `most` characters do not hold them."""
    alive = census.entries.alive
    inside = turned.moved[turned.gram] & alive[turned.owner]
    moved = np.setdiff1d(turned.owner[inside], census.added)
    again = np.zeros(len(alive), bool)
    again[moved] = again[census.added] = True
    if census.entries.sizes[again].sum() > most:
        return None
    lost, stars = _stars(census, turned, state, again)
    ends = census.owner(np.concatenate((lost, stars))[:, :2].reshape(-1))
    stale = np.zeros(len(alive), bool)
    stale[moved] = stale[ends] = True
    stale &= census.before & alive
    if census.entries.sizes[stale].sum() > most:
        return None
    kept = np.concatenate((state.stars[_kept(census, state, again)], stars))
    among, starts = _among(census, turned, np.flatnonzero(stale))
    fresh, more = _of_added(census, turned, limit)
    touched = census.owner(kept[:, :2]).reshape(-1, 2)
    added = alive & ~census.before
    starry = kept[stale[touched].all(1) | added[touched].any(1)]
    rows = np.concatenate((placed(starry), among, fresh))
    return NewRuns(_by_pair(census, rows), stale, kept, starts + more)


def _kept(census: Census, state: State, again: Array) -> Array:
    """Say which stars of before are still there: both texts are, and nothing frequent changed in the second."""
    if not len(state.stars):
        return np.zeros(0, bool)
    hub, other = census.owner(state.stars[:, 0]), census.owner(state.stars[:, 1])
    alive = census.entries.alive
    found: Array = alive[hub] & alive[other] & ~again[other]
    return found


def _stars(census: Census, turned: Turnover, state: State, again: Array) -> tuple[Array, Array]:
    """Return the stars of before that are no more, and those of the texts of which `again` says so."""
    place = census.grams(np.flatnonzero(again))
    hashes = hashes_at(census.codes, place)
    at = np.minimum(np.searchsorted(turned.often, hashes), max(len(turned.often) - 1, 0))
    often = turned.often[at] == hashes if len(turned.often) else np.zeros(len(hashes), bool)
    place, at = place[often], at[often]
    owner = census.owner(place)
    order = np.lexsort((place, at, owner))
    place, at, owner = place[order], at[order], owner[order]
    inside = np.cumsum(changes(at) | changes(owner)) - 1
    usable = (np.bincount(inside) <= REPEATS)[inside] if len(place) else np.zeros(0, bool)
    hub = turned.hubs[at]
    usable &= hub >= 0
    lost = state.stars[~_kept(census, state, again)]
    return lost, star_rows(census.stream, fresh_stars(hub[usable], place[usable]))


def _among(census: Census, turned: Turnover, entries: Array) -> tuple[Array, int]:
    """Return the runs between and inside some texts."""
    if not len(entries):
        return np.zeros((0, 3), np.int64), 0
    begin, sizes = census.entries.begin[entries], census.entries.sizes[entries]
    end = np.r_[np.int64(0), np.cumsum(sizes)]
    codes = np.concatenate(
        [census.codes[low : low + size] for low, size in zip(begin.tolist(), sizes.tolist(), strict=True)]
    )
    stream = Stream(codes, end, entries, np.zeros(len(entries), np.int64), census.entries.key[:, 0])
    rows, starts = rows_among(stream, turned.often)
    for column in (0, 1):
        at = stream.stretch(rows[:, column])
        rows[:, column] += begin[at] - end[at]
    return rows, starts


def _of_added(census: Census, turned: Turnover, limit: int) -> tuple[Array, int]:
    """Return the runs between new texts and all, and inside the new ones."""
    added = census.entries.alive & ~census.before
    seed = turned.usable & census.entries.alive[turned.owner] & (turned.new <= limit)[turned.gram]
    gram, place, mine = turned.gram[seed], turned.place[seed], added[turned.owner[seed]]
    edges = np.r_[np.flatnonzero(changes(gram)), len(gram)]
    size = np.diff(edges)
    ones = np.flatnonzero(mine)
    group = np.cumsum(changes(gram)) - 1
    times = size[group[ones]]
    one = np.repeat(ones, times)
    other = np.arange(len(one)) - np.repeat(np.cumsum(times) - times, times) + edges[:-1][group[one]]
    keep = (~mine[other]) | (other > one)  # two new places: once
    one, other = place[one[keep]], place[other[keep]]
    one, other = _first(census, one, other, np.sort(place))
    rows = grown(census.stream, one, other)
    often = (turned.new > limit)[turned.gram] & added[turned.owner]
    return more_than_border(rows, np.sort(turned.place[often])), len(one)


def _first(census: Census, one: Array, other: Array, usable: Array) -> tuple[Array, Array]:
    """Return the pairs of places whose neighbours on the left differ or are no seeds: the others are in their runs."""
    codes, begin, usable = census.codes, census.entries.begin, usable
    left = np.ones(len(one), bool)
    for place in (one, other):
        at = np.minimum(np.searchsorted(usable, place - 1), max(len(usable) - 1, 0))
        left &= (begin[census.owner(place)] < place) & (usable[at] == place - 1)
    left &= codes[np.maximum(one - 1, 0)] == codes[np.maximum(other - 1, 0)]
    return one[~left], other[~left]


def _by_pair(census: Census, rows: Array) -> dict[Pair, tuple[Run, ...]]:
    """Return the runs of each pair of entries, the one of the first name first."""
    rows = distinct_rows(np.c_[np.sort(rows[:, :2], 1), rows[:, 2]])
    owner = census.owner(rows[:, :2])
    pair = owner[:, 0] * len(census.at) + owner[:, 1]
    order = np.argsort(pair, kind="stable")
    rows, owner, pair = rows[order], owner[order], pair[order]
    inside = np.cumsum(changes(pair)) - 1
    enough = np.bincount(inside, rows[:, 2])[inside] >= MATCHED if len(rows) else np.zeros(0, bool)
    rows, owner = rows[enough], owner[enough]
    rows[:, :2] -= census.entries.begin[owner]
    later = census.at[owner[:, 0]] > census.at[owner[:, 1]]
    rows[later] = rows[later][:, [1, 0, 2]]
    owner[later] = owner[later][:, ::-1]
    found: dict[Pair, list[Run]] = {}
    for (a, b), run in zip(owner.tolist(), rows.tolist(), strict=True):
        found.setdefault((a, b), []).append(Run(*run))
    return {ends: tuple(sorted(runs)) for ends, runs in found.items()}
