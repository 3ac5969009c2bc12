"""Where each gram of many texts stands, so that those of one more text are looked up and not all sorted again.

Places are sorted by the hash of their gram, and the first bits of a hash say where in the list to look: four bytes a
character, and no hash is kept. Texts that came later have their grams hashed when the index is opened; when there are
many of them, everything is searched, and listed, anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.overlap.key import changes
from cleaner.overlap.seeds import hashes_at
from cleaner.overlap.stream import Array

BUCKET = 8  # grams of a bucket, on average


@dataclass(frozen=True, eq=False)
class Postings:
    """`places` of all grams, sorted by hash; those of the bucket n are `places[begin[n] : begin[n + 1]]`."""

    places: Array
    begin: Array

    @property
    def shift(self) -> np.uint64:
        """How many bits of a hash do not say its bucket."""
        return np.uint64(64 - (len(self.begin) - 2).bit_length())

    def find(self, hashes: Array, codes: Array) -> tuple[Array, Array]:
        """Return the places of grams, as (index in `hashes`, place)."""
        bucket = (hashes >> self.shift).astype(np.int64)
        low, high = self.begin[bucket].astype(np.int64), self.begin[bucket + 1].astype(np.int64)
        size = high - low
        which = np.repeat(np.arange(len(hashes)), size)
        inside = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size)
        place = self.places[low[which] + inside].astype(np.int64)
        same = hashes_at(codes, place) == hashes[which]
        return which[same], place[same]


class Listing:
    """Collects the grams of a search, part after part in the order of their hashes (a `Keep` of seeds.py)."""

    def __init__(self, characters: int) -> None:
        bits = max((characters // BUCKET).bit_length(), 8)
        self.shift = np.uint64(64 - bits)
        self.counts = np.zeros(1 << bits, np.int64)
        self.parts: list[Array] = []

    def __call__(self, places: Array, hashes: Array) -> None:
        """Take some places, and the hashes of their grams."""
        self.parts.append(places.astype(np.uint32))
        bucket = (hashes >> self.shift).astype(np.int64)
        edges = np.flatnonzero(changes(bucket))
        self.counts[bucket[edges]] += np.diff(np.r_[edges, len(bucket)])

    def postings(self) -> Postings:
        """Return everything that was taken."""
        begin = np.zeros(len(self.counts) + 1, np.uint32)
        np.cumsum(self.counts, out=begin[1:])
        places = np.concatenate([np.zeros(0, np.uint32), *self.parts])
        self.parts = []
        return Postings(places, begin)
