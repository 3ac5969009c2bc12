"""What new and lost texts do to the grams: which ones they hold, where these stand, which became frequent or rare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.overlap.index.census import Census
from cleaner.overlap.index.postings import Postings
from cleaner.overlap.index.state import State
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.seeds import REPEATS, hashes_at
from cleaner.overlap.stream import Array


class Lookup:
    """Where grams stand: in the postings, and in the texts that came after these."""

    def __init__(self, census: Census, postings: Postings, listed: int) -> None:
        self.census, self.postings = census, postings
        later = np.arange(np.searchsorted(census.entries.end, listed, "right"), len(census.entries.end))
        place = census.grams(later)
        hashes = hashes_at(census.codes, place)
        order = np.argsort(hashes, kind="stable")
        self.hashes, self.places = hashes[order], place[order]
        self._counts: dict[int, int] = {}

    def find(self, hashes: Array) -> tuple[Array, Array]:
        """Return all places of grams, those of dead entries too, as (index in `hashes`, place)."""
        which, place = self.postings.find(hashes, self.census.codes)
        low, high = np.searchsorted(self.hashes, hashes), np.searchsorted(self.hashes, hashes, "right")
        later = np.repeat(np.arange(len(hashes)), high - low)
        inside = np.arange(len(later)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
        return np.r_[which, later], np.r_[place, self.places[low[later] + inside]]

    def learn(self, hashes: Array) -> None:
        """Count in how many texts of now some grams stand, to be asked for later."""
        which, place = self.find(hashes)
        owner = self.census.owner(place)
        alive = self.census.entries.alive[owner]
        pairs = distinct(which[alive] * len(self.census.at) + owner[alive])
        counts = np.bincount(pairs // max(len(self.census.at), 1), minlength=len(hashes))
        self._counts.update(zip(hashes.tolist(), counts.tolist(), strict=True))

    def counts(self, hashes: Array) -> list[int]:
        """Return in how many texts of now each gram stands; 2 also where it is fewer (as `Runs.df`)."""
        asked = hashes.tolist()
        unknown = [name for name in dict.fromkeys(asked) if name not in self._counts]
        if unknown:
            self.learn(np.array(unknown, np.uint64))
        return [max(self._counts[name], 2) for name in asked]


@dataclass(frozen=True, eq=False)
class Turnover:
    """The grams (`hashes`, sorted) of new and lost texts.

    Rows are the places where these grams stand, in any text of before or now: `gram` (index in `hashes`), `place`,
    `owner` (entry), `usable` (not too often in its text), sorted by gram and place. `old` and `new` are in how many
    texts each gram stood and stands; `often` and `hubs` as in `State`, of now; `moved` are grams that became frequent,
    or rare, or have another hub.
    """

    hashes: Array
    gram: Array
    place: Array
    owner: Array
    usable: Array
    old: Array
    new: Array
    often: Array
    hubs: Array
    moved: Array


def turnover(census: Census, lookup: Lookup, state: State, limit: int) -> Turnover:
    """Return what changed for the grams of new and lost texts."""
    hashes = distinct(hashes_at(census.codes, census.grams(np.r_[census.added, census.gone])))
    gram, place = lookup.find(hashes)
    owner = census.owner(place)
    known = census.before[owner] | census.entries.alive[owner]
    order = np.lexsort((place[known], gram[known]))
    gram, place, owner = (rows[known][order] for rows in (gram, place, owner))
    first = changes(gram) | changes(owner)
    inside = np.cumsum(first) - 1
    usable = (np.bincount(inside) <= REPEATS)[inside] if len(gram) else np.zeros(0, bool)
    now = census.entries.alive[owner]
    old = np.bincount(gram[first & census.before[owner]], minlength=len(hashes))
    new = np.bincount(gram[first & now], minlength=len(hashes))
    hub = _hubs(census, gram, place, usable & now & (new > limit)[gram], len(hashes))
    kept = ~np.isin(state.often, hashes[new <= limit])
    often, hubs = state.often[kept], state.hubs[kept]
    before = np.full(len(hashes), -1)
    at = np.searchsorted(state.often, hashes[old > limit])
    before[old > limit] = state.hubs[at]
    moved = ((old > limit) != (new > limit)) | ((old > limit) & (hub != before))
    fresh = (new > limit) & ~np.isin(hashes, often)
    often, hubs = np.r_[often, hashes[fresh]], np.r_[hubs, hub[fresh]]
    again = np.flatnonzero((new > limit) & ~fresh)
    order = np.argsort(often)
    often, hubs = often[order], hubs[order]
    hubs[np.searchsorted(often, hashes[again])] = hub[again]
    return Turnover(hashes, gram, place, owner, usable, old, new, often, hubs, moved)


def _hubs(census: Census, gram: Array, place: Array, usable: Array, count: int) -> Array:
    """Return the hub of each gram that has usable places (as in `seeds.hub_of`), -1 for the others."""
    gram, place = gram[usable], place[usable]
    rank = census.entries.key[census.owner(place), 0]
    order = np.lexsort((place, rank, gram))
    first = order[changes(gram[order])]
    found = np.full(count, -1)
    found[gram[first]] = place[first]
    return found
