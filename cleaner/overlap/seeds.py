"""Equal runs: every place where two key texts, or two places of one, hold the same characters.

A seed is a gram of 6 key characters. If it stands in 2 to 50 texts, all pairs of its places are looked at; if in
more, the place in one of them, the hub, with each of the others. Of two unrelated articles of 2,000 characters more
than a quarter share a 6-gram, but a passage edited every ten characters has few longer equal runs. All grams of all
texts are sorted; only a pair of places whose *left neighbours differ* begins a run, so that a long copy costs one pair,
not one for each of its characters. Each pair is then compared character by character (hashes can collide) and grown to
a maximal equal run.

Everything is arrays: a folder of a thousand articles has two million grams.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.overlap.growing import first_hubs, grown, more_than_border
from cleaner.overlap.key import changes, code_points, distinct
from cleaner.overlap.stream import SEED, Array, Run, Stream

REPEATS = 8  # a gram more often than this in one text is no seed there: tables, refrains, keyword stuffing
PAIRS = 4_000_000  # pairs of places held at a time and in all; beyond it the commonest grams are left out, and named
SORTED = 1 << 20  # hashes sorted at a time


@dataclass(frozen=True, eq=False)
class Runs:
    """Maximal equal runs by pair of texts (a <= b), what the limits left out, and in how many texts grams stand."""

    pairs: tuple[tuple[int, int, tuple[Run, ...]], ...]
    frequent: int  # distinct grams that stand in too many texts, and link each to one only
    dropped: int  # pairs of places left out because there were too many
    common: Array  # hashes of the grams in three texts or more, sorted
    counts: Array  # in how many texts each of them stands
    reach: int = 0  # how many grams away the next one is that was counted; 0 if all were

    def df(self, key: str) -> list[int]:
        """Return for each 6-gram of a key text in how many texts it stands; 2 also where it is fewer.

        A gram that was not counted has what the neighbour in most texts has.
        """
        hashes = gram_hashes(code_points(key), SEED)
        if not len(self.common):
            return [2] * len(hashes)
        at = np.minimum(np.searchsorted(self.common, hashes), len(self.common) - 1)
        counts = np.where(self.common[at] == hashes, self.counts[at], 2)
        if self.reach and len(counts):
            wide = np.pad(counts, self.reach, constant_values=2)
            beside = np.lib.stride_tricks.sliding_window_view(wide, 2 * self.reach + 1).max(1)
            counts = np.where(counts == 2, beside, counts)
        found: list[int] = counts.tolist()
        return found


@dataclass(frozen=True, eq=False)
class Seeds:
    """What a search over all grams knows beyond its runs: with it a later one looks at changed texts only.

    `often` are the hashes of the grams in too many texts, sorted, and `hubs` the place that the others are held against
    (-1 if there is none). `stars` are rows (hub, other place, size), `starts` the number of pairs of places.
    """

    runs: Runs
    often: Array
    hubs: Array
    stars: Array
    starts: int


Keep = Callable[[Array, Array], None]  # takes places of grams, and their hashes in order, part after part


def find_runs(stream: Stream, limit: int, least: int, chosen: Array | None = None, pairs: bool = True) -> Runs:
    """Return the maximal equal runs between and inside the texts that begin with a seed in at most `limit` texts.

    A pair of texts whose runs have fewer than `least` characters together is left out. `chosen` says of each gram of
    the stream whether it may be a seed (default: all); `pairs` False counts grams only.
    """
    if pairs:
        return find_seeds(stream, limit, least, chosen).runs
    groups = _groups(stream, limit, _repeated(stream, chosen))
    return Runs((), int((groups.counts > limit).sum()), 0, groups.common, groups.counts)


def find_seeds(stream: Stream, limit: int, least: int, chosen: Array | None = None, keep: Keep | None = None) -> Seeds:
    """Return the same runs with what led to them. `keep` gets every gram, sorted by its hash."""
    groups = _groups(stream, limit, _repeated(stream, chosen, keep))
    ones, others, dropped = _starts(groups)
    stars = star_rows(stream, fresh_stars(*groups.stars))
    runs = more_than_border(grown(stream, ones, others), groups.frequent)
    found = stream.by_pair(np.concatenate((placed(stars), runs)), least)
    counted = Runs(found, int((groups.counts > limit).sum()), dropped, groups.common, groups.counts)
    return Seeds(counted, groups.often, groups.hubs, stars, len(ones) + dropped)


def rows_among(stream: Stream, often: Array) -> tuple[Array, int]:
    """Return the runs between and inside the texts of `stream`, as rows, and how many pairs of places were looked at.

    They begin with a seed; `often` are the hashes of the grams that are none, since they stand in too many texts.
    """
    groups = _groups(stream, 0, _repeated(stream, None), often)
    ones, others, dropped = _starts(groups)
    return more_than_border(grown(stream, ones, others), groups.frequent), len(ones) + dropped


def placed(stars: Array) -> Array:
    """Return rows (hub, other place, size) with the smaller place first."""
    found: Array = np.c_[np.sort(stars[:, :2], 1), stars[:, 2]]
    return found


def gram_hashes(codes: Array, size: int) -> Array:
    """Return a 64-bit hash of each gram of `size` code points."""
    count = max(len(codes) - size + 1, 0)
    return _mixed([codes[j : j + count] for j in range(size)])


def hashes_at(codes: Array, place: Array) -> Array:
    """Return the hash of the seed at each of some places."""
    return _mixed([codes[place + j] for j in range(SEED)])


def _mixed(letters: Sequence[Array]) -> Array:
    """Return the hash of each gram, of which `letters` are the first code points, the second, and so on."""
    factor = np.uint64(0x9E3779B97F4A7C15)
    hashes = letters[0].astype(np.uint64)
    for letter in letters[1:]:
        hashes *= factor
        hashes += letter
    return (hashes ^ (hashes >> np.uint64(29))) * factor


@dataclass(frozen=True, eq=False)
class _Groups:
    """Places with equal grams, group after group (`edges`), in text order; `left` tells what stands before a place.

    Two places of a group with the same `left` are inside a run that a pair further left begins.
    """

    place: Array
    left: Array
    edges: Array
    often: Array  # hashes of the grams in too many texts
    hubs: Array  # of each, the place that the others are held against; -1 if none is usable
    stars: tuple[Array, Array]  # usable places of such grams: the hub of each, and the place
    frequent: Array  # where such grams begin, sorted
    common: Array
    counts: Array


def _groups(stream: Stream, limit: int, repeated: tuple[Array, Array], often: Array | None = None) -> _Groups:
    """Return the usable places, grouped by gram, and the grams that stand in three texts or more.

    Too many texts are more than `limit`, or what `often` says of a gram.
    """
    order, ordered = repeated
    owner = stream.text[stream.stretch(order)]
    new_gram = changes(ordered)
    new_text = new_gram | changes(owner)
    gram = np.cumsum(new_gram) - 1
    texts_of = np.bincount(gram, weights=new_text).astype(np.int64)
    in_text = np.cumsum(new_text) - 1
    usable = np.bincount(in_text)[in_text] <= REPEATS
    many = texts_of > limit if often is None else np.isin(ordered[new_gram], often)
    frequent = many[gram]
    place = order[usable & ~frequent]
    edges = np.r_[np.flatnonzero(changes(gram[usable & ~frequent])), len(place)]
    left = _left(stream, place)
    common = texts_of > 2
    gram, starry = gram[usable & frequent], order[usable & frequent]
    hubs = np.full(len(many), -1)
    hubs[gram] = hub = hub_of(stream, gram, starry)
    hashes = ordered[new_gram]
    return _Groups(
        place, left, edges, hashes[many], hubs[many], (hub, starry), np.sort(order[frequent]),
        hashes[common], texts_of[common],
    )  # fmt: skip


def _repeated(stream: Stream, chosen: Array | None, keep: Keep | None = None) -> tuple[Array, Array]:
    """Return the places of the grams that stand at two places or more, and their hashes, sorted by hash, then place.

    Nine grams of ten stand at one place only. So that the rest is all that takes memory, the grams are hashed and
    sorted in parts of about a million, by the highest bits of their hashes: a few bytes a character instead of 80.
    """
    count = max(len(stream.codes) - SEED + 1, 0)
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    bits = min(max(count // SORTED, 1).bit_length(), 8)
    part = np.empty(count, np.uint8)
    for at in range(0, count, SORTED):
        hashes = gram_hashes(stream.codes[at : at + SORTED + SEED - 1], SEED)
        part[at : at + SORTED] = hashes >> np.uint64(64 - bits)
    inside = np.ones(count, bool) if chosen is None else chosen.copy()
    inside[stream.over(count)] = False
    places, found = [], []
    for number in range(1 << bits):
        place = np.flatnonzero(inside & (part == number))
        hashes = hashes_at(stream.codes, place)
        order = np.argsort(hashes, kind="stable")
        place, ordered = place[order], hashes[order]
        if keep:
            keep(place, ordered)
        new = changes(ordered)
        again = ~new
        again[:-1] |= ~new[1:]
        places.append(place[again])
        found.append(ordered[again])
    return np.concatenate(places), np.concatenate(found)


def _left(stream: Stream, place: Array) -> Array:
    """Return for each place the character before it if a usable gram stands there, else a number of its own."""
    usable = np.zeros(len(stream.codes), bool)
    usable[place] = True
    before = np.maximum(place - 1, 0)
    joined = (stream.begin[stream.stretch(place)] < place) & usable[before]
    return np.where(joined, stream.codes[before].astype(np.int64), -1 - place)


def hub_of(stream: Stream, gram: Array, place: Array) -> Array:
    """Return for each place the hub of its gram (`gram` are numbers), the place that the others are held against.

    All pairs of N texts would be N * N / 2; one with each of the others connects them all the same. It is the first
    place in the text of the lowest rank, so that a text more or another name seldom makes it another.
    """
    order = np.lexsort((place, stream.rank_at(place), gram))
    first = changes(gram[order])
    hub = np.empty_like(place)
    hub[order] = place[order][np.maximum.accumulate(np.where(first, np.arange(len(place)), 0))]
    return hub


def fresh_stars(hub: Array, place: Array) -> Array:
    """Return the pairs of `hub` and `place`, but for those that another one, further left, says as well."""
    order = np.argsort(place)
    at = np.searchsorted(place, place - 1, sorter=order)  # below len(place) - 1, for place itself follows
    before = order[np.minimum(at, max(len(place) - 1, 0))]
    goes_on = (place[before] == place - 1) & (hub[before] == hub - 1)
    fresh = (place != hub) & ~goes_on
    return np.stack([hub[fresh], place[fresh]], 1)


def star_rows(stream: Stream, stars: Array) -> Array:
    """Return the maximal runs around pairs (hub, other place), as rows (hub, other place, size)."""
    rows = grown(stream, stars[:, 0], stars[:, 1])
    return first_hubs(rows, stream.rank_at(rows[:, 0]))


def _starts(groups: _Groups) -> tuple[Array, Array, int]:
    """Return the pairs of places that may begin a run, and how many were left out.

    These are all pairs of a group whose left neighbours differ.
    """
    sizes = np.diff(groups.edges)
    none = np.zeros(0, np.int64)
    ones, others = [none], [none]
    total = dropped = 0
    for size in distinct(sizes[sizes > 1]).tolist():
        first, second = np.triu_indices(size, 1)
        which = groups.edges[:-1][sizes == size]
        step = max(PAIRS // len(first), 1)
        for at in range(0, len(which), step):
            rows = which[at : at + step, None]
            keep = groups.left[rows + first] != groups.left[rows + second]
            one, other = groups.place[rows + first][keep], groups.place[rows + second][keep]
            if total + len(one) > PAIRS:  # sizes ascend, so that the commonest grams go first
                dropped += len(one)
                continue
            total += len(one)
            ones.append(one)
            others.append(other)
    return np.concatenate(ones), np.concatenate(others), dropped
