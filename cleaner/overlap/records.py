"""Records of overlaps: a passage, or two whole texts, with places in the texts, figures and probable source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from cleaner.overlap import sketch
from cleaner.overlap.boxes import Box, Match, Part, between, distance, flipped
from cleaner.overlap.classify import Surroundings, Verdict, classify
from cleaner.overlap.page import Page, with_closing
from cleaner.overlap.stream import Run
from cleaner.overlap.values import Figure, Overlap, Passage

LONGER = 1.2  # a document that holds another and is this much longer is probably its source
FRAGMENT = 2  # an equal stretch shorter than this between two that differ is not shown as equal
Op = tuple[int, int, int, int]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def document_record(one: Page, two: Page, figures: tuple[float, float], equal: tuple[Run, ...], rule: str) -> Overlap:
    """Return the record of two whole texts: their `figures` are (jaccard, containment), `equal` runs in order."""
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
        yield passage_record(one, two, match, verdict)


def passage_record(one: Page, two: Page, match: Match, verdict: Verdict) -> Overlap:
    """Return the record of one passage, with its places in the texts and its verdict."""
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


def equal_in_order(one: Page, two: Page, matches: Sequence[Match]) -> tuple[Run, ...]:
    """Return the equal runs of the passages that follow each other on both sides, whichever text has which name."""
    if two.key.text < one.key.text:
        other = equal_in_order(two, one, [flipped(match) for match in matches])
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
