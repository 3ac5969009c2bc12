"""Who is new, who is gone, and how the texts of now are seen by the search: the first step of an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cleaner.overlap.finder import Finder
from cleaner.overlap.index.build import digests_of
from cleaner.overlap.index.state import Entries, Index, KeptLines, State
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.shelf import Array, Batch, Lines, Shelf, Shelved, digest_of, originals, read
from cleaner.overlap.stream import SEED, Stream
from cleaner.overlap.values import OverlapSettings, Text


@dataclass(frozen=True, eq=False)
class Census:
    """The texts of now, as entries: those of the index, and new ones behind them.

    `entry` is the entry of each text (copies: -1), `at` the text of each entry (-1 for those that are gone); `before`
    and `entries.alive` say which are compared before and now. `codes` are the key characters of all entries.
    """

    texts: Array
    entry: Array
    at: Array
    before: Array
    entries: Entries
    lines: KeptLines
    alphabet: Array
    codes: Array
    finder: Finder

    @property
    def added(self) -> Array:
        """The entries that are new."""
        found: Array = np.flatnonzero(self.entries.alive & ~self.before)
        return found

    @property
    def gone(self) -> Array:
        """The entries that are no more."""
        found: Array = np.flatnonzero(self.before & ~self.entries.alive)
        return found

    @property
    def stream(self) -> Stream:
        """All entries, one stretch each."""
        count = len(self.entries.end)
        begin = np.r_[np.int64(0), self.entries.end]
        return Stream(self.codes, begin, np.arange(count), np.zeros(count, np.int64), self.entries.key[:, 0])

    def grams(self, entries: Array) -> Array:
        """Return the places of all grams of some entries, one entry after the other."""
        low, size = self.entries.begin[entries], np.maximum(self.entries.sizes[entries] - SEED + 1, 0)
        inside = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        found: Array = np.repeat(low, size) + inside
        return found

    def owner(self, place: Array) -> Array:
        """Return the entry of each place."""
        found: Array = np.searchsorted(self.entries.end, place, "right")
        return found


def census(index: Index, ordered: Sequence[Text], settings: OverlapSettings) -> Census:
    """Return what is new and gone among texts, sorted by name."""
    state, shelf = index.state, Shelf(ordered, settings.fold_script)
    texts = digests_of(ordered)
    keys = _keys(state, shelf, texts)
    original = originals(keys)
    known = dict(zip(_named(state.entries.text), range(len(state.entries.end)), strict=True))
    first = np.flatnonzero(original == np.arange(len(texts)))
    entry = np.full(len(texts), -1)
    entry[first] = [known.get(name, -1) for name in _named(texts[first])]
    new = first[entry[first] < 0]
    entry[new] = len(state.entries.end) + np.arange(len(new))
    batch = read([shelf[at] for at in new.tolist()])
    entries, lines = _with(state, texts[new], batch)
    at = np.full(len(entries.end), -1)
    at[entry[first]] = first
    entries = replace(entries, alive=at >= 0)
    alphabet = distinct(np.concatenate((state.alphabet, batch.alphabet)))
    sizes = entries.sizes[entry[original]]
    bands = entries.bands[entry[original]].T
    shelved = Shelved(original, sizes, _repeated(lines, at), bands, alphabet, keys)
    return Census(
        texts=np.c_[texts, keys],
        entry=entry,
        at=at,
        before=np.r_[state.entries.alive, np.zeros(len(new), bool)],
        entries=entries,
        lines=lines,
        alphabet=alphabet,
        codes=np.concatenate((index.codes, batch.codes)),
        finder=Finder(shelf, shelved, settings),
    )


def _keys(state: State, shelf: Shelf, texts: Array) -> Array:
    """Return the digest of the key of each text; of those that are not known, the key is made."""
    known = dict(zip(_named(state.texts[:, :2]), range(len(state.texts)), strict=True))
    place = np.array([known.get(name, -1) for name in _named(texts)], np.int64)
    keys = np.zeros((len(texts), 2), np.uint64)
    keys[place >= 0] = state.texts[place[place >= 0], 2:]
    for at in np.flatnonzero(place < 0).tolist():
        keys[at] = np.frombuffer(digest_of(shelf[at].key.codes.tobytes()), np.uint64)
    return keys


def _named(digests: Array) -> list[bytes]:
    raw = np.ascontiguousarray(digests).tobytes()
    return [raw[at : at + 16] for at in range(0, len(raw), 16)]


def _with(state: State, texts: Array, batch: Batch) -> tuple[Entries, KeptLines]:
    """Return the entries and lines of before, and new ones behind them."""
    old, count = state.entries, len(texts)
    end = old.end[-1] if len(old.end) else 0
    entries = Entries(
        np.concatenate((old.text, texts)),
        np.concatenate((old.key, batch.digests)),
        np.concatenate((old.end, end + batch.begin[1:])),
        np.concatenate((old.alive, np.ones(count, bool))),
        np.concatenate((old.edged, np.zeros(count, bool))),
        np.concatenate((old.bands, batch.bands.T)),
    )
    rows = np.c_[batch.lines[:, :3], np.zeros(len(batch.lines), np.int32)]
    rows[:, 0] += len(old.end)
    hashes = np.concatenate((state.lines.hashes, batch.line_hash))
    order = np.argsort(hashes, kind="stable")
    return entries, KeptLines(np.concatenate((state.lines.rows, rows))[order], hashes[order])


def _repeated(lines: KeptLines, at: Array) -> Lines:
    """Return the lines of texts of now that stand at two places or more: of others nothing is ever asked."""
    alive = at[lines.rows[:, 0]] >= 0
    rows, hashes = lines.rows[alive], lines.hashes[alive]
    new = changes(hashes)
    again = ~new
    again[:-1] |= again[1:]
    rows = rows[again]
    return Lines.of(np.c_[at[rows[:, 0]], rows[:, 1:3], np.zeros((len(rows), 2), np.int64)], hashes[again])
