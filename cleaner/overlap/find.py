"""The whole search: texts in, overlaps and clusters out.

Texts are read in batches into arrays (shelf.py); exact copies collapse to one representative; lines that very many
texts have are set apart, each one cluster; then passages between and inside the distinct texts, near duplicates among
them, classes and clusters. Texts are worked on in the order of their names, so that neither the order of the input
nor the process shows in the result.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations, islice, pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.candidates import Candidates, every
from cleaner.overlap.classify import Surroundings, Verdict, classify, classify_document, edge_lines
from cleaner.overlap.clusters import CROWD, clusters, components
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.page import Page, with_closing
from cleaner.overlap.passages import MATCHED, Box, Match, Part, between, distance, find_passages, flipped
from cleaner.overlap.seeds import Run, Runs
from cleaner.overlap.shelf import MIN_GRAMS, Lines, Shelf, Shelved, shelve, stream
from cleaner.overlap.values import Figure, Found, Overlap, OverlapSettings, Passage, Text

ALL_PAIRS = 16  # members of a bucket up to which all pairs are compared
HUBS = 16  # members of a larger bucket that all others are compared with, one after the other
COVERED = 0.5  # share of the shorter key text from which aligned passages make a pair a candidate for near duplicate
LONGER = 1.2  # a document that holds another and is this much longer is probably its source
FRAGMENT = 2  # an equal stretch shorter than this between two that differ is not shown as equal

Op = tuple[int, int, int, int]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class _Edge:
    """A near-duplicate pair of distinct texts (positions in the list of pages), with its exact figures."""

    a: int
    b: int
    jaccard: float
    containment: float
    capped: bool


def find(texts: Sequence[Text], settings: OverlapSettings, candidates: Candidates = every) -> Found:
    """Return everything that `texts` share. See `cleaner.overlap.find_overlaps`, and `candidates.py` for the ways."""
    ordered = sorted(texts, key=lambda text: text.name)
    for one, two in pairwise(ordered):
        if one.name == two.name:
            raise ValueError(f"two texts have the name {one.name!r}")
    shelf = Shelf(ordered, settings.fold_script)
    shelved, batches = shelve(shelf)
    search = _Search(shelf, shelved, settings, _crowds(shelf, shelved.lines, settings))
    without = np.concatenate([np.zeros((0, 5), np.int32), *(crowd.rows for crowd in search.crowds)])
    runs = candidates(stream(batches, shelved.original, without), settings.seed_df, MATCHED)
    common = shelved.lines.groups(settings.seed_df + 1, settings.bucket_cap, settings.min_chars)
    passages = search.passages(runs, common)
    edges, notes = search.near_duplicates(passages)
    label = components(len(shelf), ((edge.a, edge.b) for edge in edges))
    around = Surroundings(edge_lines(shelf, shelved.lines, label, settings.bucket_cap), runs.df)
    overlaps = list(search.copies())
    overlaps += [search.near(edge, passages.get((edge.a, edge.b), ())) for edge in edges]
    near = {(edge.a, edge.b) for edge in edges}
    for (a, b), matches in sorted(passages.items()):
        if (a, b) not in near and search.comparable(a, b):
            overlaps += search.records(a, b, matches, around)
    crowded = [search.crowded(crowd, around) for crowd in search.crowds]
    notes += _limits(runs, len(common), len(crowded), settings)
    return found_of(overlaps, notes, settings, crowded)


@dataclass(frozen=True, eq=False)
class _Crowd:
    """A line (its key text) of more texts than the cap; `rows` are all its places, as in `Batch.lines`."""

    key: str
    rows: npt.NDArray[np.int32]

    @property
    def first(self) -> npt.NDArray[np.int32]:
        """Its first place in each text."""
        found: npt.NDArray[np.int32] = self.rows[changes(self.rows[:, 0])]
        return found


def _crowds(shelf: Shelf, lines: Lines, settings: OverlapSettings) -> tuple[_Crowd, ...]:
    found = []
    for group in lines.groups(settings.bucket_cap + 1, len(shelf), settings.min_chars):
        rows = lines.rows[lines.edges[group] : lines.edges[group + 1]]
        at, low, size, *_ = rows[0].tolist()
        found.append(_Crowd(shelf[at].key.text[low : low + size], rows))
    return tuple(sorted(found, key=lambda crowd: crowd.key))


@dataclass(frozen=True, eq=False)
class _Search:
    """What the steps have in common: the texts, sorted by name, what was read of them, and the settings.

    Texts are named by their place; `crowds` are the lines that very many have.
    """

    shelf: Shelf
    shelved: Shelved
    settings: OverlapSettings
    crowds: tuple[_Crowd, ...]

    def two(self, a: int, b: int) -> tuple[Page, Page]:
        """Return two pages; one and the same object if they are one text."""
        one = self.shelf[a]
        return one, one if a == b else self.shelf[b]

    def comparable(self, a: int, b: int) -> bool:
        texts = self.shelf.texts
        return a == b or not self.settings.same_script or texts[a].script == texts[b].script

    def passages(self, runs: Runs, common: Sequence[int]) -> dict[tuple[int, int], tuple[Match, ...]]:
        """Return the passages of each pair of texts that has one, and of each text with itself.

        A common line links every text to the first that holds it, so that a line of N texts costs N - 1 pairs. A line
        of even more texts is no reason to look at a pair, but is part of what a pair has in common.
        """
        by_pair = {(a, b): found for a, b, found in runs.pairs}
        for group in common:
            (a, low, size, *_), *others = self.shelved.lines.of_group(group).tolist()
            for b, at, *_ in others:
                by_pair[a, b] = (*by_pair.get((a, b), ()), Run(low, at, size))
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

    def near_duplicates(self, passages: dict[tuple[int, int], tuple[Match, ...]]) -> tuple[list[_Edge], list[str]]:
        """Return the verified near duplicates, sorted, and the limits that were met."""
        resembles = self._resemblance()
        edges: dict[tuple[int, int], _Edge] = {}
        capped, cut = [], []  # sizes of the buckets that met a limit

        def verify(a: int, b: int, in_capped: bool = False) -> bool:
            if (a, b) in edges:
                return True
            jaccard, containment = resembles(a, b)
            near = jaccard >= self.settings.threshold or containment >= self.settings.containment
            if near and self.comparable(a, b):
                edges[a, b] = _Edge(a, b, jaccard, containment, in_capped)
            return near

        for bucket in self._buckets():
            if len(bucket) > self.settings.bucket_cap:
                capped.append(len(bucket))
                for other in bucket[1:]:
                    verify(bucket[0], other, True)
            elif _star(bucket, verify):
                cut.append(len(bucket))
        sizes = self.shelved.sizes
        for (a, b), matches in sorted(passages.items()):
            if a != b and sum(match.matched for match in matches) >= COVERED * min(sizes[a], sizes[b]):
                verify(a, b)
        what = "near duplicates: {} buckets of up to {} texts, in which {}"
        notes = [what.format(len(capped), max(capped), "each was compared with the first only")] if capped else []
        if cut:
            notes.append(what.format(len(cut), max(cut), f"those that resemble nobody met {HUBS} others only"))
        return [edges[pair] for pair in sorted(edges)], notes

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

    def copies(self) -> Iterator[Overlap]:
        """Yield the records of texts whose key text stands in an earlier one."""
        original = self.shelved.original
        for at in np.flatnonzero(original != np.arange(len(original))).tolist():
            if self.shelved.sizes[at] >= self.settings.min_chars:
                one, two = self.two(int(original[at]), at)
                yield self._document(one, two, (1.0, 1.0), (Run(0, 0, len(one.key)),), "same")

    def near(self, edge: _Edge, matches: Sequence[Match]) -> Overlap:
        """Return the record of two near duplicates; the stretches that differ are what no passage in order covers."""
        one, two = self.two(edge.a, edge.b)
        matches = matches or self.matches(edge.a, edge.b, ())
        rule = "near" if edge.jaccard >= self.settings.threshold else "contained"
        equal = _equal_in_order(one, two, matches)
        record = self._document(one, two, (edge.jaccard, edge.containment), equal, rule)
        changes = [
            (one.key.text[x.a0 : x.a1], two.key.text[x.b0 : x.b1])
            for x in between(Box(0, len(one.key), 0, len(two.key)), equal)
        ]
        kind, why = classify_document(one, two, changes, record.chars, capped=edge.capped)
        return replace(record, kind=kind, reasons=(("rule", why or rule), *record.reasons[1:]))

    def _document(
        self, one: Page, two: Page, figures: tuple[float, float], equal: tuple[Run, ...], rule: str
    ) -> Overlap:
        box = Box(0, len(one.key), 0, len(two.key))
        changes = list(between(box, equal))
        longer = max(len(one.key), len(two.key))
        source, source_by = _source(one, two)
        if not source and min(len(one.key), len(two.key)) * LONGER <= longer:
            source, source_by = _side(len(one.key) > len(two.key)), "length"
        reasons: tuple[tuple[str, Figure], ...] = (("rule", rule),)
        if source:
            reasons += (("source_by", source_by),)
        return Overlap(
            id=_identity(one.key.text, two.key.text),
            unit="document",
            kind="reuse",
            a=Passage(one.name, 0, len(one.text)),
            b=Passage(two.name, 0, len(two.text)),
            chars=sum(run.size for run in equal) + sum(min(x.a1 - x.a0, x.b1 - x.b0) for x in changes),
            jaccard=figures[0],
            containment=figures[1],
            identity=1 - distance(one.key, two.key, box, equal) / longer,
            cross_script=one.script != two.script,
            ops=_ops(one, two, box, equal),
            reasons=reasons,
            source=source,
        )

    def records(self, a: int, b: int, matches: Sequence[Match], around: Surroundings) -> Iterator[Overlap]:
        """Yield the records of the passages of one pair: those that are long enough, classified."""
        crowded = frozenset(crowd.key for crowd in self.crowds)
        one, two = self.two(a, b)
        capped = [_is_crowded(one, match, crowded) for match in matches]
        return passage_records(one, two, matches, capped, around, self.settings.min_chars)

    def crowded(self, crowd: _Crowd, around: Surroundings) -> tuple[Overlap, tuple[Passage, ...]]:
        """Return the record of a crowded line in the first two texts that have it, and its place in all of them."""
        (a, low, size, *_), (b, at, *_), *_ = crowd.first.tolist()
        one, two = self.two(a, b)
        match = Match((Part(Box(low, low + size, at, at + size), (Run(low, at, size),)),), size, 0, size)
        record = _passage(one, two, match, classify(one, two, match, around, capped=True))
        names = self.shelf.texts
        places = (Passage(names[text].name, start, end) for text, _, _, start, end in crowd.first.tolist())
        return record, (record.a, record.b, *islice(places, 2, None))


def passage_records(
    one: Page, two: Page, matches: Sequence[Match], capped: Sequence[bool], around: Surroundings, min_chars: int
) -> Iterator[Overlap]:
    """Yield the records of the passages of two pages: those of `min_chars` and more, classified.

    `capped` says of each match that it is made of lines that stand in more texts than the cap allows.
    """
    long = [(match, full) for match, full in zip(matches, capped, strict=True) if match.chars >= min_chars]
    verdicts = [classify(one, two, match, around, capped=full) for match, full in long]
    company = one is not two and any(verdict.kind == "reuse" for verdict in verdicts)
    for (match, _), verdict in zip(long, verdicts, strict=True):
        if company and verdict.doubtful:
            verdict = classify(one, two, match, around, company=True)
        yield _passage(one, two, match, verdict)


def _passage(one: Page, two: Page, match: Match, verdict: Verdict) -> Overlap:
    box = match.box
    quotes = one.key.text[box.a0 : box.a1], two.key.text[box.b0 : box.b1]
    (a0, a1), (b0, b1) = one.key.span(box.a0, box.a1), two.key.span(box.b0, box.b1)
    a1, b1 = with_closing(one, a1, two, b1)
    jaccard, containment = sketch.text_resemblance(*quotes)
    source, source_by = _source(one, two)
    return Overlap(
        id=_identity(*quotes),
        unit="passage",
        kind=verdict.kind,
        a=Passage(one.name, a0, a1),
        b=Passage(two.name, b0, b1),
        chars=match.chars,
        jaccard=jaccard,
        containment=containment,
        identity=1 - match.distance / match.length,
        cross_script=one.script != two.script,
        ops=tuple(op for part in match.parts for op in _ops(one, two, part.box, part.equal)),
        reasons=verdict.reasons + ((("source_by", source_by),) if source else ()),
        order="moved" if match.moved else None,
        blocks=tuple(_place(one, two, part.box) for part in match.parts) if match.moved else (),
        source=source,
    )


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


def _equal_in_order(one: Page, two: Page, matches: Sequence[Match]) -> tuple[Run, ...]:
    """Return the equal runs of the passages that follow each other on both sides, whichever text has which name."""
    if two.key.text < one.key.text:
        other = _equal_in_order(two, one, [flipped(match) for match in matches])
        return tuple(Run(run.b0, run.a0, run.size) for run in other)
    return tuple(run for part in _in_order(matches) for run in part.equal)


def _in_order(matches: Sequence[Match]) -> list[Part]:
    """Return the parts with the most equal characters that follow each other on both sides."""
    parts = sorted((part for match in matches for part in match.parts), key=lambda part: part.box)
    best: list[tuple[int, int]] = []
    for j, part in enumerate(parts):
        before = [
            (best[i][0], -i) for i in range(j) if parts[i].box.a1 <= part.box.a0 and parts[i].box.b1 <= part.box.b0
        ]
        score, place = max(before, default=(0, 1))
        best.append((score + part.matched, -place))
    if not best:
        return []
    at = max(range(len(best)), key=lambda i: (best[i][0], -i))
    chosen = []
    while at >= 0:
        chosen.append(parts[at])
        at = best[at][1]
    return chosen[::-1]


def _is_crowded(page: Page, match: Match, crowded: frozenset[str]) -> bool:
    """Say whether half of a passage is lines that stand in more texts than the cap allows."""
    if not crowded:
        return False
    box = match.box
    inside = sum(size for line, size in page.lines_of(box.a0, box.a1) if line.key in crowded)
    return 2 * inside >= box.a1 - box.a0


def _ops(one: Page, two: Page, box: Box, equal: Sequence[Run]) -> tuple[Op, ...]:
    """Return the stretches of a box that differ, in positions of the texts.

    A single equal character between two of them is chance (都市 and 城市 share none, but 14.5 and 16 share 1).
    """
    kept = [run for run in equal if run.size >= FRAGMENT]
    return tuple(_place(one, two, change) for change in between(box, kept))


def _place(one: Page, two: Page, box: Box) -> Op:
    """Return the place of a box of key positions in the texts; an empty side stands right behind what precedes it."""
    return (*_side_place(one, box.a0, box.a1), *_side_place(two, box.b0, box.b1))


def _side_place(page: Page, low: int, high: int) -> tuple[int, int]:
    if high > low:
        return page.key.span(low, high)
    at = int(page.key.end[low - 1]) if low else 0
    return at, at


def _identity(one: str, two: str) -> str:
    """Return the id of two folded quotes, whichever is first: it does not change when files are renamed or edited."""
    joined = "\0".join(sorted((one, two))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=6).hexdigest()


def _side(first: bool) -> Literal["a", "b"]:
    return "a" if first else "b"


def _source(one: Page, two: Page) -> tuple[Literal["a", "b"] | None, str]:
    """Return the side that is probably the original, and what says so; None if nothing does.

    The earlier date, if both have one. Else the side in one script if the other is mixed: conversion leaves mixed
    script, writing does not.
    """
    if _DATE.match(one.date) and _DATE.match(two.date) and one.date[:10] != two.date[:10]:
        return _side(one.date[:10] < two.date[:10]), "date"
    if (one.script == "mixed") != (two.script == "mixed"):
        return _side(two.script == "mixed"), "script"
    return None, ""


def _limits(runs: Runs, common: int, crowded: int, settings: OverlapSettings) -> list[str]:
    """Return a note for each limit of the passage search that was met."""
    notes = []
    if runs.frequent:
        notes.append(
            f"passages: {runs.frequent} grams of more than {settings.seed_df} texts link each to the first only"
        )
    if common:
        notes.append(f"passages: {common} lines of more than {settings.seed_df} texts link each to the first only")
    if crowded:
        notes.append(f"passages: {crowded} lines of more than {settings.bucket_cap} texts are one cluster each")
    if runs.dropped:
        notes.append(f"passages: {runs.dropped} pairs of places were left out, those of the commonest grams")
    return notes


def _is_capped(overlap: Overlap, settings: OverlapSettings) -> bool:
    """Say whether an overlap was found by way of a bucket or grams above their limit: others like it may be missing."""
    figures = dict(overlap.reasons)
    frequent = figures.get("df", 0)
    return figures["rule"] == "bucket" or (isinstance(frequent, int) and frequent > settings.seed_df)


def within(found: Found, counts: Callable[[str], bool], settings: OverlapSettings) -> Found:
    """Return what `found` says of the documents that count: overlaps with at least one of them, and their clusters."""
    kept = [o for o in found.overlaps if counts(o.a.document) or counts(o.b.document)]
    crowded = [
        (found.overlaps[cluster.edges[0]], cluster.members)
        for cluster in found.clusters
        if (cluster.unit, cluster.kind) == CROWD and len(cluster.members) > settings.bucket_cap
        if any(counts(place.document) for place in cluster.members)
    ]
    return found_of(kept, found.notes, settings, crowded)


def found_of(
    overlaps: Sequence[Overlap],
    notes: Sequence[str],
    settings: OverlapSettings,
    crowded: Sequence[tuple[Overlap, tuple[Passage, ...]]] = (),
) -> Found:
    """Return overlaps in order, with their clusters.

    `crowded` are lines that very many texts have: the record of the first two, and the places of all.
    """
    known = {(overlap.a, overlap.b) for overlap in overlaps}
    extra = [record for record, _ in crowded if (record.a, record.b) not in known]
    ordered = tuple(sorted((*overlaps, *extra), key=lambda o: (o.a, o.b, o.unit)))
    capped = frozenset(i for i, overlap in enumerate(ordered) if _is_capped(overlap, settings))
    return Found(ordered, clusters(ordered, capped, tuple(places for _, places in crowded)), tuple(notes))
