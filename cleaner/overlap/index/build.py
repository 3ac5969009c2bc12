"""A whole search that leaves an index behind."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import chain

import numpy as np

from cleaner.overlap.find import Searched, search
from cleaner.overlap.index.postings import Listing
from cleaner.overlap.index.state import Entries, Index, KeptLines, Pair, Pairs, Records, Result, State
from cleaner.overlap.seeds import PAIRS, Runs, Seeds, find_seeds
from cleaner.overlap.shelf import Lines
from cleaner.overlap.stream import Array, Stream
from cleaner.overlap.values import Found, OverlapSettings, Text


def digests_of(texts: Sequence[Text]) -> Array:
    """Return two numbers for each text that stand for all of it but its name."""
    raw = bytearray()
    for text in texts:
        parts = (text.text, text.script, text.date)
        raw += hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()[
            :16
        ]  # twice as fast as BLAKE2b
    return np.frombuffer(raw, np.uint64).reshape(-1, 2)


class _Listening:
    """The default way to candidates, which keeps what it sees."""

    def __call__(self, stream: Stream, limit: int, least: int) -> Runs:
        listing = Listing(len(stream.codes))
        self.stream = stream
        self.seeds: Seeds = find_seeds(stream, limit, least, keep=listing)
        self.postings = listing.postings()
        return self.seeds.runs


def build(ordered: Sequence[Text], settings: OverlapSettings) -> tuple[Found, Index | None]:
    """Return what texts, sorted by name, share, and an index for the next search.

    There is none if a limit was met that concerns the folder as a whole: a line of more texts than the cap, or about
    as many pairs of places as are looked at.
    """
    listening = _Listening()
    searched = search(ordered, settings, listening)
    if searched.finder.crowds or 2 * listening.seeds.starts > PAIRS:
        return searched.found(), None
    return _index(searched, listening)


def _index(searched: Searched, listening: _Listening) -> tuple[Found, Index]:
    finder, seeds, records = searched.finder, listening.seeds, Records()
    entry = np.full(len(finder.shelf), -1, np.int32)
    entry[listening.stream.text] = np.arange(len(listening.stream.text))
    results = {(int(entry[a]), int(entry[b])): result for (a, b), result in _results(searched, seeds).items()}
    copies = [(pair, finder.copy(*pair)) for pair in finder.copied()]
    copied = [records.add([record]) for _, record in copies]
    texts = digests_of(finder.shelf.texts)
    lined = [(a, b, *run) for a, b, run in finder.shelved.by_lines(finder.common)]
    figures = list(finder.figures.items())
    state = State(
        names=tuple(text.name for text in finder.shelf.texts),
        texts=np.c_[texts, finder.shelved.digests],
        entries=_entries(searched, listening.stream, texts),
        lines=_lines(searched, entry),
        alphabet=finder.shelved.alphabet,
        often=seeds.often,
        hubs=seeds.hubs,
        stars=seeds.stars,
        starts=seeds.starts,
        pairs=Pairs.of(results, records),
        lined=named(np.array(lined, np.int32).reshape(-1, 5), entry),
        compared=entry[np.array([pair for pair, _ in figures], np.int32).reshape(-1, 2)],
        figures=np.array([found for _, found in figures], np.float64).reshape(-1, 2),
        furniture=hashes_of(finder.shelved.lines, searched.furniture),
        copies=np.array([(*texts[a], *texts[b]) for (a, b), _ in copies], np.uint64).reshape(-1, 4),
        copied=np.array(copied, np.int64).reshape(-1, 2),
    )
    overlaps = [*(record for _, record in copies), *chain.from_iterable(x.overlaps for x in results.values())]
    codes = listening.stream.codes
    return searched.of(overlaps), Index(state, codes, listening.postings, len(codes), b"".join(records.parts))


def named(rows: Array, entry: Array) -> Array:
    """Return rows that begin with a pair of texts with the entries of both instead."""
    found: Array = np.c_[entry[rows[:, :2]], rows[:, 2:]]
    return found


def _results(searched: Searched, seeds: Seeds) -> dict[Pair, Result]:
    """Return what was found, by pair of texts."""
    runs = {(a, b): found for a, b, found in seeds.runs.pairs}
    found = {pair: (0, records) for pair, records in searched.shared()}
    found |= {(edge.a, edge.b): (1 + edge.capped, [record]) for edge, record in searched.near()}
    return {
        pair: Result(runs.get(pair, ()), searched.passages.get(pair, ()), *found.get(pair, (0, [])))
        for pair in sorted(runs.keys() | searched.passages.keys() | found.keys())
    }


def _entries(searched: Searched, stream: Stream, texts: Array) -> Entries:
    at, shelved = stream.text, searched.finder.shelved
    edged = np.isin(at, np.fromiter(searched.edge_lows, np.int64))
    return Entries(
        texts[at], shelved.digests[at], stream.begin[1:], np.ones(len(at), bool), edged, shelved.bands[:, at].T
    )


def _lines(searched: Searched, entry: Array) -> KeptLines:
    lines, lows = searched.finder.shelved.lines, searched.edge_lows
    edge = np.array([low in lows.get(at, ()) for at, low, *_ in lines.rows.tolist()], np.int32)
    return KeptLines(np.c_[entry[lines.rows[:, 0]], lines.rows[:, 1:3], edge], lines.hashes)


def hashes_of(lines: Lines, groups: Sequence[int]) -> Array:
    """Return the hash of each of some groups of lines."""
    found: Array = lines.hashes[lines.edges[np.array(groups, np.int64)]]
    return found
