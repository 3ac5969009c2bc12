"""What a search leaves behind for the next one: arrays of its texts, and of each pair of texts what was found.

An entry is a distinct text (by its key) that was compared; its number never changes, and those that are gone keep
theirs. Everything is named by entries, by digests of texts or by places of the key characters, never by the names of
documents, so that a document may be renamed. Records are kept as JSON without names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import orjson

from cleaner.overlap.boxes import Match
from cleaner.overlap.index.postings import Postings
from cleaner.overlap.stream import Array, Run
from cleaner.overlap.values import Overlap, Passage

SPARE = 1 << 20  # bytes of records that may be of no use any more, beside as many as there are of use
Record = tuple[Any, ...]
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Entries:
    """Texts that were compared: digest of each text and of its key (two numbers each), where its key characters end.

    `edged` says whether it is known which of its lines are at its head or tail.
    """

    text: Array
    key: Array
    end: Array
    alive: Array
    edged: Array
    bands: Array  # (entries, 16)

    @property
    def begin(self) -> Array:
        """Where the key characters of each begin."""
        return np.r_[np.int64(0), self.end[:-1]] if len(self.end) else self.end

    @property
    def sizes(self) -> Array:
        """Key characters of each."""
        return np.diff(self.end, prepend=0)


@dataclass(frozen=True, eq=False)
class KeptLines:
    """Lines of entries, sorted by hash: rows (entry, place in its key, size, whether it is at an edge: 0, 1)."""

    rows: Array
    hashes: Array


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of entries and what they share.

    `ends` are (a, b), a being the one whose name was first; `matched` the characters in passages; `near` 0, or 1 for
    near duplicates, 2 if their bucket met its limit. `runs` are rows (index of the pair, a0, b0, size), `boxes` rows
    (index of the pair, a0, a1, b0, b1) of its passages; `record` is (start, end) of its records in all records.
    """

    ends: Array
    matched: Array
    near: Array
    record: Array
    runs: Array
    boxes: Array

    @classmethod
    def of(cls, results: Mapping[Pair, Result], records: Records) -> Pairs:
        """Return pairs of entries with what was found; their records are added to `records`."""
        runs = [(n, *run) for n, result in enumerate(results.values()) for run in result.runs]
        boxes = [(n, *match.box) for n, result in enumerate(results.values()) for match in result.matches]
        return cls(
            np.array(list(results), np.int32).reshape(-1, 2),
            np.array([sum(match.matched for match in result.matches) for result in results.values()], np.int64),
            np.array([result.near for result in results.values()], np.int8),
            np.array([records.add(result.overlaps) for result in results.values()], np.int64).reshape(-1, 2),
            np.array(runs, np.int32).reshape(-1, 4),
            np.array(boxes, np.int32).reshape(-1, 5),
        )

    def kept(self, keep: Array) -> Pairs:
        """Return the pairs that `keep` says."""
        number = (np.cumsum(keep) - 1).astype(np.int32)
        found = []
        for rows in (self.runs, self.boxes):
            rows = rows[keep[rows[:, 0]]]
            found.append(np.c_[number[rows[:, 0]], rows[:, 1:]])
        return Pairs(self.ends[keep], self.matched[keep], self.near[keep], self.record[keep], *found)

    def and_also(self, other: Pairs) -> Pairs:
        """Return the pairs of both."""
        more = np.array([len(self.ends), 0, 0, 0, 0], np.int32)
        theirs = replace(other, runs=other.runs + more[:4], boxes=other.boxes + more)
        return Pairs(*(np.concatenate((getattr(self, x.name), getattr(theirs, x.name))) for x in fields(Pairs)))

    def runs_of(self, which: Array) -> list[tuple[Run, ...]]:
        """Return the runs of some pairs, by their index."""
        order = np.argsort(self.runs[:, 0], kind="stable")
        rows = self.runs[order]
        low, high = np.searchsorted(rows[:, 0], which), np.searchsorted(rows[:, 0], which, "right")
        return [
            tuple(Run(*run) for run in rows[x:y, 1:].tolist()) for x, y in zip(low.tolist(), high.tolist(), strict=True)
        ]


class Records:
    """Records as JSON, one pair after the other, behind `size` bytes that are there already."""

    def __init__(self, size: int = 0) -> None:
        self.parts: list[bytes] = []
        self.size = size

    def add(self, overlaps: Iterable[Overlap]) -> tuple[int, int]:
        """Take the records of a pair; return where they stand: JSON values with commas between them, maybe none."""
        raw = orjson.dumps([stripped(overlap) for overlap in overlaps])[1:-1]
        start, self.size = self.size, self.size + len(raw)
        self.parts.append(raw)
        return start, self.size


@dataclass(frozen=True, eq=False)
class Result:
    """What was found for a pair: its runs (without common lines), its passages, `near` as in `Pairs`, its records."""

    runs: Sequence[Run]
    matches: Sequence[Match]
    near: int
    overlaps: Sequence[Overlap]


@dataclass(frozen=True, eq=False)
class State:
    """All of it. `texts` are digests of texts and keys of all documents, copies included, in the order of `names`.

    `often`, `hubs`, `stars` and `starts` as in `seeds.Seeds`; `alphabet` holds every key character. `lined` are rows
    (a, b, a0, b0, size) of common lines of two entries. `compared` are pairs of entries, `figures` their exact Jaccard
    index and containment. `furniture` are hashes of lines. `copies` are digests of two texts with one key (four
    numbers), and `copied` is where their record stands.
    """

    names: tuple[str, ...]
    texts: Array
    entries: Entries
    lines: KeptLines
    alphabet: Array
    often: Array
    hubs: Array
    stars: Array
    starts: int
    pairs: Pairs
    lined: Array
    compared: Array
    figures: Array
    furniture: Array
    copies: Array
    copied: Array


@dataclass(frozen=True, eq=False)
class Index:
    """A state with what is too large to be written anew each time: key characters, postings, records.

    `listed` is how many key characters the postings know. New key characters and records come behind the old ones.
    """

    state: State
    codes: Array
    postings: Postings
    listed: int
    records: bytes

    @property
    def crowded(self) -> bool:
        """Whether most records are of pairs as they were once: each text that comes and goes leaves some behind."""
        places = (self.state.pairs.record, self.state.copied)
        used = sum(int(np.diff(rows, axis=1).sum()) for rows in places)
        return len(self.records) > 2 * used + SPARE


def stripped(o: Overlap) -> Record:
    """Return an overlap without the names of its documents."""
    place = (o.a.start, o.a.end, o.b.start, o.b.end)
    figures = (o.chars, o.jaccard, o.containment, o.identity, o.cross_script)
    return (o.id, o.unit, o.kind, *place, *figures, o.ops, dict(o.reasons), o.order, o.blocks, o.source)


def restored(record: Sequence[Any], a: str, b: str) -> Overlap:
    """Return the overlap of a record of the documents `a` and `b`, as it came from JSON."""
    id_, unit, kind, a0, a1, b0, b1, chars, jaccard, containment, identity, cross, *lists = record
    ops, reasons, order, blocks, source = lists
    return Overlap(
        id_, unit, kind, Passage(a, a0, a1), Passage(b, b0, b1), chars, jaccard, containment, identity, cross,
        tuple(map(tuple, ops)), tuple(reasons.items()), order, tuple(map(tuple, blocks)), source,
    )  # fmt: skip
