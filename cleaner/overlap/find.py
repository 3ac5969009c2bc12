"""The whole search: texts in, overlaps and clusters out.

Keys, then exact copies (one representative each), then near duplicates among the distinct texts, then passages
between and inside them, then classes and clusters. Texts are worked on in the order of their names, so that neither
the order of the input nor the process shows in the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.classify import Surroundings, Verdict, classify, classify_document, edge_lines
from cleaner.overlap.clusters import clusters, components
from cleaner.overlap.key import distinct, make_key
from cleaner.overlap.page import Page, with_closing
from cleaner.overlap.passages import MATCHED, Box, Match, Part, between, distance, find_passages
from cleaner.overlap.seeds import Run, Runs, find_runs
from cleaner.overlap.values import Figure, Found, Overlap, OverlapSettings, Passage, Text

MIN_GRAMS = 20  # distinct key 4-grams below which a text is never a near duplicate
ALL_PAIRS = 16  # members of a bucket up to which all pairs are compared
COVERED = 0.5  # share of the shorter key text from which aligned passages make a pair a candidate for near duplicate
LONGER = 1.2  # a document that holds another and is this much longer is probably its source
FRAGMENT = 2  # an equal stretch shorter than this between two that differ is not shown as equal

Op = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Edge:
    """A near-duplicate pair of distinct texts (positions in the list of pages), with its exact figures."""

    a: int
    b: int
    jaccard: float
    containment: float
    capped: bool


def find(texts: Sequence[Text], settings: OverlapSettings) -> Found:
    """Return everything that `texts` share. See `cleaner.overlap.find_overlaps`."""
    pages, copies = _distinct(texts, settings)
    search = _Search(tuple(pages), settings)
    runs = find_runs([page.key for page in pages], settings.seed_df, MATCHED)
    common = search.common_lines()
    passages = search.passages(runs, common)
    edges, notes = search.near_duplicates(passages)
    label = components(len(pages), ((edge.a, edge.b) for edge in edges))
    around = Surroundings(edge_lines(pages, label), runs.df)
    overlaps = [search.copy(one, two) for one, two in copies]
    overlaps += [search.near(edge, passages.get((edge.a, edge.b), ())) for edge in edges]
    near = {(edge.a, edge.b) for edge in edges}
    crowded = frozenset(line.key for line in common if len(line.places) > settings.bucket_cap)
    for (a, b), matches in sorted(passages.items()):
        if (a, b) not in near and (a == b or search.comparable(pages[a], pages[b])):
            overlaps += search.records(pages[a], pages[b], matches, around, crowded)
    return _found(overlaps, (*notes, *_limits(runs, common, settings)), settings)


@dataclass(frozen=True)
class _CommonLine:
    """A line (its key text) that stands in more texts than a gram may: (text, where it begins in the key) of each."""

    key: str
    places: tuple[tuple[int, int], ...]


def _distinct(texts: Sequence[Text], settings: OverlapSettings) -> tuple[list[Page], list[tuple[Page, Page]]]:
    """Return a page for each distinct key text, by name, and the pairs (first with this key text, exact copy)."""
    ordered = sorted(texts, key=lambda text: text.name)
    names = [text.name for text in ordered]
    if len(set(names)) < len(names):
        double = next(one for one, two in pairwise(names) if one == two)
        raise ValueError(f"two texts have the name {double!r}")
    first: dict[str, Page] = {}
    copies = []
    for text in ordered:
        page = Page(text.name, text.text, text.script, make_key(text.text, settings.fold_script))
        original = first.setdefault(page.key.text, page)
        if original is not page and len(page.key) >= settings.min_chars:
            copies.append((original, page))
    return list(first.values()), copies


@dataclass(frozen=True)
class _Search:
    """What the steps have in common: the pages of distinct key text, sorted by name, and the settings."""

    pages: tuple[Page, ...]
    settings: OverlapSettings

    def comparable(self, one: Page, two: Page) -> bool:
        return not self.settings.same_script or one.script == two.script

    def common_lines(self) -> list[_CommonLine]:
        """Return the lines of `min_chars` key characters or more whose grams stand in too many texts to be seeds."""
        first: dict[str, dict[int, int]] = {}
        for at, page in enumerate(self.pages):
            for line in page.lines:
                if line.high - line.low >= self.settings.min_chars:
                    first.setdefault(line.key, {}).setdefault(at, line.low)
        return [
            _CommonLine(key, tuple(sorted(places.items())))
            for key, places in sorted(first.items())
            if len(places) > self.settings.seed_df
        ]

    def passages(self, runs: Runs, common: Sequence[_CommonLine]) -> dict[tuple[int, int], tuple[Match, ...]]:
        """Return the passages of each pair of texts that has one, and of each text with itself.

        A common line links every text to the first that holds it, so that a line of N texts costs N - 1 pairs.
        """
        by_pair = {(a, b): found for a, b, found in runs.pairs}
        for line in common:
            (a, low), *others = line.places
            for b, at in others:
                by_pair[a, b] = (*by_pair.get((a, b), ()), Run(low, at, len(line.key)))
        found = {
            pair: find_passages(self.pages[pair[0]].key, self.pages[pair[1]].key, by_pair[pair]) for pair in by_pair
        }
        return {pair: matches for pair, matches in found.items() if matches}

    def near_duplicates(self, passages: dict[tuple[int, int], tuple[Match, ...]]) -> tuple[list[_Edge], list[str]]:
        """Return the verified near duplicates, sorted, and the limits that were met."""
        resembles = self._resemblance()
        edges: dict[tuple[int, int], _Edge] = {}
        notes = []

        def verify(a: int, b: int, capped: bool = False) -> bool:
            if (a, b) in edges:
                return True
            jaccard, containment = resembles(a, b)
            near = jaccard >= self.settings.threshold or containment >= self.settings.containment
            if near and self.comparable(self.pages[a], self.pages[b]):
                edges[a, b] = _Edge(a, b, jaccard, containment, capped)
            return near

        for bucket in self._buckets():
            if len(bucket) > self.settings.bucket_cap:
                notes.append(f"near duplicates: a bucket of {len(bucket)} texts was linked to its first only")
                for other in bucket[1:]:
                    verify(bucket[0], other, True)
            else:
                _star(bucket, verify)
        for (a, b), matches in sorted(passages.items()):
            shorter = min(len(self.pages[a].key), len(self.pages[b].key))
            if a != b and sum(match.matched for match in matches) >= COVERED * shorter:
                verify(a, b)
        return [edges[pair] for pair in sorted(edges)], sorted(set(notes))

    def _resemblance(self) -> Callable[[int, int], tuple[float, float]]:
        """Return a function that compares two pages exactly; (0, 0) if one of them is too small to say."""
        used = [distinct(page.key.codes) for page in self.pages]
        alphabet = distinct(np.concatenate([np.zeros(0, np.uint32), *used]))

        @lru_cache(maxsize=4096)
        def grams(at: int) -> npt.NDArray[Any]:
            return sketch.distinct_grams(self.pages[at].key.codes, alphabet)

        def compare(a: int, b: int) -> tuple[float, float]:
            if min(len(grams(a)), len(grams(b))) < MIN_GRAMS:
                return 0.0, 0.0
            return sketch.resemblance(grams(a), grams(b))

        return compare

    def _buckets(self) -> Iterator[list[int]]:
        """Yield the groups of pages that share a band of their signatures, each once."""
        large = [at for at, page in enumerate(self.pages) if len(page.key) >= MIN_GRAMS + sketch.GRAM - 1]
        if len(large) < 2:
            return
        keys = sketch.band_keys(sketch.signatures([self.pages[at].key.text for at in large]))
        seen = set()
        for band in keys:
            for bucket in sketch.buckets(band):
                members = tuple(large[i] for i in bucket)
                if members not in seen:
                    seen.add(members)
                    yield list(members)

    def copy(self, one: Page, two: Page) -> Overlap:
        """Return the record of two documents with the same key text."""
        return self._document(one, two, (1.0, 1.0), (Run(0, 0, len(one.key)),), "same")

    def near(self, edge: _Edge, matches: Sequence[Match]) -> Overlap:
        """Return the record of two near duplicates; the stretches that differ are what no passage in order covers."""
        one, two = self.pages[edge.a], self.pages[edge.b]
        rule = "near" if edge.jaccard >= self.settings.threshold else "contained"
        equal = tuple(run for part in _in_order(matches) for run in part.equal)
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
        by_size = min(len(one.key), len(two.key)) * LONGER <= longer
        source = _side(len(one.key) > len(two.key)) if by_size else _by_script(one, two)
        reasons: tuple[tuple[str, Figure], ...] = (("rule", rule),)
        if source:
            reasons += (("source_by", "length" if by_size else "script"),)
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

    def records(
        self, one: Page, two: Page, matches: Sequence[Match], around: Surroundings, crowded: frozenset[str]
    ) -> Iterator[Overlap]:
        """Yield the records of the passages of one pair: those that are long enough, classified."""
        long = [match for match in matches if match.chars >= self.settings.min_chars]
        capped = [_is_crowded(one, match, crowded) for match in long]
        verdicts = [classify(one, two, m, around, capped=full) for m, full in zip(long, capped, strict=True)]
        company = one is not two and any(verdict.kind == "reuse" for verdict in verdicts)
        for match, verdict in zip(long, verdicts, strict=True):
            if company and verdict.doubtful:
                verdict = classify(one, two, match, around, company=True)
            yield self._passage(one, two, match, verdict)

    def _passage(self, one: Page, two: Page, match: Match, verdict: Verdict) -> Overlap:
        box = match.box
        quotes = one.key.text[box.a0 : box.a1], two.key.text[box.b0 : box.b1]
        (a0, a1), (b0, b1) = one.key.span(box.a0, box.a1), two.key.span(box.b0, box.b1)
        a1, b1 = with_closing(one, a1, two, b1)
        jaccard, containment = sketch.text_resemblance(*quotes)
        source = _by_script(one, two)
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
            reasons=verdict.reasons + ((("source_by", "script"),) if source else ()),
            order="moved" if match.moved else None,
            blocks=tuple(_place(one, two, part.box) for part in match.parts) if match.moved else (),
            source=source,
        )


def _star(bucket: Sequence[int], verify: Callable[[int, int], bool]) -> None:
    """Compare the members of a bucket: all pairs if they are few, else each with the first.

    Those that the first one rejects may be twins of each other, so they are compared in the same way again.
    """
    while len(bucket) > ALL_PAIRS:
        first, *others = bucket
        bucket = [other for other in others if not verify(first, other)]
    for a, b in combinations(bucket, 2):
        verify(a, b)


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


def _by_script(one: Page, two: Page) -> Literal["a", "b"] | None:
    """Return the side that is in one script if the other is mixed: conversion leaves mixed script, writing does not."""
    if (one.script == "mixed") == (two.script == "mixed"):
        return None
    return _side(two.script == "mixed")


def _limits(runs: Runs, common: Sequence[_CommonLine], settings: OverlapSettings) -> list[str]:
    """Return a note for each limit of the passage search that was met."""
    notes = []
    if runs.frequent:
        notes.append(
            f"passages: {runs.frequent} grams of more than {settings.seed_df} texts link each to the first only"
        )
    if common:
        notes.append(f"passages: {len(common)} lines of more than {settings.seed_df} texts link each to the first only")
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
    return _found(kept, found.notes, settings)


def _found(overlaps: Sequence[Overlap], notes: Sequence[str], settings: OverlapSettings) -> Found:
    ordered = tuple(sorted(overlaps, key=lambda o: (o.a, o.b, o.unit)))
    capped = frozenset(i for i, overlap in enumerate(ordered) if _is_capped(overlap, settings))
    return Found(ordered, clusters(ordered, capped), tuple(notes))
