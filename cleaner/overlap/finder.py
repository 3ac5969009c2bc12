"""The steps of a search that have their texts in common: passages, near duplicates, furniture, records.

Lines that very many texts have are set apart, each one cluster: they are no reason to compare two texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import combinations, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.boxes import Box, Match, Part, between
from cleaner.overlap.classify import Surroundings, classify, classify_document
from cleaner.overlap.clusters import components
from cleaner.overlap.edges import edge_lines
from cleaner.overlap.found import limits
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.page import Page
from cleaner.overlap.passages import find_passages
from cleaner.overlap.records import document_record, equal_in_order, passage_record, passage_records
from cleaner.overlap.seeds import Runs
from cleaner.overlap.shelf import MIN_GRAMS, Lines, Shelf, Shelved
from cleaner.overlap.stream import Run
from cleaner.overlap.values import Overlap, OverlapSettings, Passage

ALL_PAIRS = 16  # members of a bucket up to which all pairs are compared
HUBS = 16  # members of a larger bucket that all others are compared with, one after the other
COVERED = 0.5  # share of the shorter key text from which aligned passages make a pair a candidate for near duplicate


@dataclass(frozen=True)
class Edge:
    """A near-duplicate pair of distinct texts (positions in the list of pages), with its exact figures."""

    a: int
    b: int
    jaccard: float
    containment: float
    capped: bool


@dataclass(frozen=True, eq=False)
class Crowd:
    """A line (its key text) of more texts than the cap; `rows` are all its places, as in `Batch.lines`."""

    key: str
    rows: npt.NDArray[np.int32]

    @property
    def first(self) -> npt.NDArray[np.int32]:
        """Its first place in each text."""
        found: npt.NDArray[np.int32] = self.rows[changes(self.rows[:, 0])]
        return found


def crowds_of(shelf: Shelf, lines: Lines, settings: OverlapSettings) -> tuple[Crowd, ...]:
    found = []
    for group in lines.groups(settings.bucket_cap + 1, len(shelf), settings.min_chars):
        rows = lines.rows[lines.edges[group] : lines.edges[group + 1]]
        at, low, size, *_ = rows[0].tolist()
        found.append(Crowd(shelf[at].key.text[low : low + size], rows))
    return tuple(sorted(found, key=lambda crowd: crowd.key))


@dataclass(frozen=True, eq=False)
class Finder:
    """What the steps have in common: the texts, sorted by name, what was read of them, and the settings.

    Texts are named by their place; `crowds` are the lines that very many have, `figures` Jaccard index and containment
    of the pairs that were compared.
    """

    shelf: Shelf
    shelved: Shelved
    settings: OverlapSettings
    crowds: tuple[Crowd, ...] = ()
    figures: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    def two(self, a: int, b: int) -> tuple[Page, Page]:
        """Return two pages; one and the same object if they are one text."""
        one = self.shelf[a]
        return one, one if a == b else self.shelf[b]

    def comparable(self, a: int, b: int) -> bool:
        texts = self.shelf.texts
        return a == b or not self.settings.same_script or texts[a].script == texts[b].script

    @cached_property
    def common(self) -> list[int]:
        """Lines of more texts than a seed may have, as groups of lines; those of even more are crowds."""
        cap = self.settings.bucket_cap
        return self.shelved.lines.groups(self.settings.seed_df + 1, cap, self.settings.min_chars)

    def limits(self, frequent: int, dropped: int) -> list[str]:
        """Return a note for each limit of the search for passages that was met."""
        return limits(frequent, dropped, len(self.common), len(self.crowds), self.settings)

    def passages(self, runs: Runs) -> dict[tuple[int, int], tuple[Match, ...]]:
        """Return the passages of each pair of texts that has one, and of each text with itself.

        A line of even more texts than the common ones is no reason to look at a pair, but is part of what a pair has
        in common.
        """
        by_pair = {(a, b): found for a, b, found in runs.pairs}
        for a, b, run in self.shelved.by_lines(self.common):
            by_pair[a, b] = (*by_pair.get((a, b), ()), run)
        found = {}
        for (a, b), equal in by_pair.items():
            matches = self.matches(a, b, equal)
            if matches:
                found[a, b] = matches
        return found

    def matches(self, a: int, b: int, runs: Sequence[Run]) -> tuple[Match, ...]:
        """Return the passages of two texts, from their runs and the crowded lines that both have."""
        one, two = self.two(a, b)
        if a != b and self.crowds:
            places = self._crowded_lines
            x, y = places.get(a, {}), places.get(b, {})
            runs = [*runs, *(Run(x[n], y[n], len(self.crowds[n].key)) for n in sorted(x.keys() & y.keys()))]
        return find_passages(one.key, two.key, runs)

    @cached_property
    def _crowded_lines(self) -> Mapping[int, dict[int, int]]:
        """The crowded lines of each text: number of the line, and where in the key it begins."""
        return _CrowdedLines([crowd.first for crowd in self.crowds])

    def covered(self, passages: dict[tuple[int, int], tuple[Match, ...]]) -> list[tuple[int, int]]:
        """Return the pairs of which passages cover so much that they may be near duplicates, sorted."""
        sizes = self.shelved.sizes
        return sorted(
            (a, b)
            for (a, b), matches in passages.items()
            if a != b and sum(match.matched for match in matches) >= COVERED * min(sizes[a], sizes[b])
        )

    def near_duplicates(self, covered: Sequence[tuple[int, int]]) -> tuple[list[Edge], list[str]]:
        """Return the verified near duplicates, sorted, and the limits that were met.

        Asked is who shares a band, and pairs that are `covered` by passages.
        """
        resembles = self._resemblance()
        edges: dict[tuple[int, int], Edge] = {}
        capped, cut = [], []  # sizes of the buckets that met a limit

        def verify(a: int, b: int, in_capped: bool = False) -> bool:
            if (a, b) in edges:
                return True
            if (a, b) not in self.figures:
                self.figures[a, b] = resembles(a, b)
            jaccard, containment = self.figures[a, b]
            near = jaccard >= self.settings.threshold or containment >= self.settings.containment
            if near and self.comparable(a, b):
                edges[a, b] = Edge(a, b, jaccard, containment, in_capped)
            return near

        for bucket in self._buckets():
            if len(bucket) > self.settings.bucket_cap:
                capped.append(len(bucket))
                for other in bucket[1:]:
                    verify(bucket[0], other, True)
            elif _star(bucket, verify):
                cut.append(len(bucket))
        for a, b in covered:
            verify(a, b)
        what = "near duplicates: {} buckets of up to {} texts, in which {}"
        notes = [what.format(len(capped), max(capped), "each was compared with the first only")] if capped else []
        if cut:
            notes.append(what.format(len(cut), max(cut), f"those that resemble nobody met {HUBS} others only"))
        return [edges[pair] for pair in sorted(edges)], notes

    def furniture(self, edges: Sequence[Edge], edge_of: Callable[[int], Iterable[int]]) -> list[int]:
        """Return the groups of lines that are furniture; `edge_of` as in `edge_lines`."""
        lines = self.shelved.lines
        label = np.array(components(len(self.shelf), ((edge.a, edge.b) for edge in edges)), np.int64)
        return edge_lines(lines, self.shelved.sizes, label, self.settings.bucket_cap, edge_of)

    def line(self, group: int) -> str:
        """Return the key text of a group of equal lines."""
        at, low, size, *_ = self.shelved.lines.rows[self.shelved.lines.edges[group]].tolist()
        return self.shelf[at].key.text[low : low + size]

    def _resemblance(self) -> Callable[[int, int], tuple[float, float]]:
        """Return a function that compares two texts exactly; (0, 0) if one of them is too small to say."""

        @lru_cache(maxsize=4096)
        def grams(at: int) -> npt.NDArray[Any]:
            return sketch.distinct_grams(self.shelf.peek(at).key.codes, self.shelved.alphabet)

        def compare(a: int, b: int) -> tuple[float, float]:
            if min(len(grams(a)), len(grams(b))) < MIN_GRAMS:
                return 0.0, 0.0
            return sketch.resemblance(grams(a), grams(b))

        return compare

    def _buckets(self) -> Iterator[list[int]]:
        """Yield the groups of distinct texts that share a band of their signatures, each once."""
        original, sizes = self.shelved.original, self.shelved.sizes
        large = np.flatnonzero((original == np.arange(len(original))) & (sizes >= MIN_GRAMS + sketch.GRAM - 1))
        if len(large) < 2:
            return
        seen = set()
        for band in self.shelved.bands:
            for bucket in sketch.buckets(band[large]):
                members = tuple(large[bucket].tolist())
                if members not in seen:
                    seen.add(members)
                    yield list(members)

    def copied(self) -> Iterator[tuple[int, int]]:
        """Yield the texts whose key text stands in an earlier one, behind that one."""
        original = self.shelved.original
        for at in np.flatnonzero(original != np.arange(len(original))).tolist():
            if self.shelved.sizes[at] >= self.settings.min_chars:
                yield int(original[at]), at

    def copy(self, a: int, b: int) -> Overlap:
        """Return the record of two texts with one key text."""
        one, two = self.two(a, b)
        return document_record(one, two, (1.0, 1.0), (Run(0, 0, len(one.key)),), "same")

    def near(self, edge: Edge, matches: Sequence[Match]) -> Overlap:
        """Return the record of two near duplicates; the stretches that differ are what no passage in order covers."""
        one, two = self.two(edge.a, edge.b)
        matches = matches or self.matches(edge.a, edge.b, ())
        rule = "near" if edge.jaccard >= self.settings.threshold else "contained"
        equal = equal_in_order(one, two, matches)
        record = document_record(one, two, (edge.jaccard, edge.containment), equal, rule)
        changes = [
            (one.key.text[x.a0 : x.a1], two.key.text[x.b0 : x.b1])
            for x in between(Box(0, len(one.key), 0, len(two.key)), equal)
        ]
        kind, why = classify_document(one, two, changes, record.chars, capped=edge.capped)
        return replace(record, kind=kind, reasons=(("rule", why or rule), *record.reasons[1:]))

    def records(self, a: int, b: int, matches: Sequence[Match], around: Surroundings) -> Iterator[Overlap]:
        """Yield the records of the passages of one pair: those that are long enough, classified."""
        crowded = frozenset(crowd.key for crowd in self.crowds)
        one, two = self.two(a, b)
        capped = [_is_crowded(one, match, crowded) for match in matches]
        return passage_records(one, two, matches, capped, around, self.settings.min_chars)

    def crowded(self, crowd: Crowd, around: Surroundings) -> tuple[Overlap, tuple[Passage, ...]]:
        """Return the record of a crowded line in the first two texts that have it, and its place in all of them."""
        (a, low, size, *_), (b, at, *_), *_ = crowd.first.tolist()
        one, two = self.two(a, b)
        match = Match((Part(Box(low, low + size, at, at + size), (Run(low, at, size),)),), size, 0, size)
        record = passage_record(one, two, match, classify(one, two, match, around, capped=True))
        names = self.shelf.texts
        places = (Passage(names[text].name, start, end) for text, _, _, start, end in crowd.first.tolist())
        return record, (record.a, record.b, *islice(places, 2, None))


def _star(bucket: Sequence[int], verify: Callable[[int, int], bool]) -> int:
    """Compare the members of a bucket: all pairs if they are few, else each with the first; return how many are left.

    Those that the first one rejects may be twins of each other, so they are compared in the same way again, 16 times:
    a text has at most 16 candidates from each bucket, and 256 from all 16 bands.
    """
    for _ in range(HUBS):
        if len(bucket) <= ALL_PAIRS:
            break
        first, *others = bucket
        bucket = [other for other in others if not verify(first, other)]
    if len(bucket) > ALL_PAIRS:
        return len(bucket)
    for a, b in combinations(bucket, 2):
        verify(a, b)
    return 0


class _CrowdedLines(Mapping[int, dict[int, int]]):
    """The crowded lines of a text, looked up in the rows of each line: there may be 200,000 such texts."""

    def __init__(self, rows: Sequence[npt.NDArray[np.int32]]) -> None:
        self.rows = rows

    def __getitem__(self, text: int) -> dict[int, int]:
        found = {}
        for number, rows in enumerate(self.rows):
            at = int(np.searchsorted(rows[:, 0], text))
            if at < len(rows) and rows[at, 0] == text:
                found[number] = int(rows[at, 1])
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(distinct(np.concatenate([rows[:, 0] for rows in self.rows])).tolist())

    def __len__(self) -> int:
        return len(list(iter(self)))


def _is_crowded(page: Page, match: Match, crowded: frozenset[str]) -> bool:
    """Say whether half of a passage is lines that stand in more texts than the cap allows."""
    if not crowded:
        return False
    box = match.box
    inside = sum(size for line, size in page.lines_of(box.a0, box.a1) if line.key in crowded)
    return 2 * inside >= box.a1 - box.a0
