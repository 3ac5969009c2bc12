"""Boxes of two key texts, and what is aligned in them: the values that the search for passages passes on.

All positions are key positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from cleaner.overlap.key import Key
from cleaner.overlap.stream import Run

GAP = 30  # key characters between two runs of a chain, or two boxes of one passage, on either side
MATCHED = 16  # equal characters of a passage; at 12 twice as many unrelated pairs have one
WEAK = 8  # equal characters of a chain that may be one clause of a passage: it counts beside others only
DELETED_NEAR, DELETED_FAR = 12, 120  # a shortened copy: gap on the copy's side, and what it left out
EXACT_DISTANCE = 20_000  # key characters up to which a distance is counted exactly (0.1 s)


class Box(NamedTuple):
    """Key characters `a0:a1` of one text beside `b0:b1` of the other."""

    a0: int
    a1: int
    b0: int
    b1: int

    def inside(self, other: Box) -> bool:
        return other.a0 <= self.a0 and self.a1 <= other.a1 and other.b0 <= self.b0 and self.b1 <= other.b1


@dataclass(frozen=True)
class Part:
    """A box with its alignment: `equal` are its maximal equal runs in order, on both sides."""

    box: Box
    equal: tuple[Run, ...]

    @property
    def matched(self) -> int:
        return sum(run.size for run in self.equal)


@dataclass(frozen=True)
class Match:
    """One passage: a part, or several whose sentences changed places (then sorted by their place in a).

    `chars` counts aligned characters, equal or replaced one by one; `distance` is the Levenshtein distance of the
    parts and `length` the sum of their longer sides.
    """

    parts: tuple[Part, ...]
    chars: int
    distance: int
    length: int

    @property
    def box(self) -> Box:
        return around(part.box for part in self.parts)

    @property
    def matched(self) -> int:
        return sum(part.matched for part in self.parts)

    @property
    def moved(self) -> bool:
        return len(self.parts) > 1


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all `boxes`."""
    a0, a1, b0, b1 = zip(*boxes, strict=True)
    return Box(min(a0), max(a1), min(b0), max(b1))


def flipped(match: Match) -> Match:
    """Return a match with its sides exchanged."""
    parts = [
        Part(Box(b0, b1, a0, a1), tuple(Run(run.b0, run.a0, run.size) for run in part.equal))
        for part in match.parts
        for a0, a1, b0, b1 in (part.box,)
    ]
    return replace(match, parts=tuple(sorted(parts, key=lambda part: part.box)))


def distance(a: Key, b: Key, box: Box, equal: Sequence[Run]) -> int:
    """Return the Levenshtein distance of the two sides of `box`.

    Of two sides of more than 20,000 characters, that of the alignment given by `equal`: an upper bound, in linear time.
    """
    if max(box.a1 - box.a0, box.b1 - box.b0) <= EXACT_DISTANCE:
        return Levenshtein.distance(a.text[box.a0 : box.a1], b.text[box.b0 : box.b1])
    return sum(max(x.a1 - x.a0, x.b1 - x.b0) for x in between(box, equal))


def likeness(a: str, b: str) -> float:
    """Return the identity (0-1) of two texts: 1 - d / n, d the Levenshtein distance, n the length of the longer."""
    return float(Levenshtein.normalized_similarity(a, b))


def between(box: Box, equal: Sequence[Run]) -> Iterator[Box]:
    """Yield the stretches of `box` outside its equal runs that hold a character on some side."""
    at_a, at_b = box.a0, box.b0
    for run in (*equal, Run(box.a1, box.b1, 0)):
        if run.a0 > at_a or run.b0 > at_b:
            yield Box(at_a, run.a0, at_b, run.b0)
        at_a, at_b = run.a0 + run.size, run.b0 + run.size


def joined_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield `runs` with those put together that touch on both sides."""
    last: Run | None = None
    for run in runs:
        if last and (last.a0 + last.size, last.b0 + last.size) == (run.a0, run.b0):
            last = Run(last.a0, last.b0, last.size + run.size)
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


def hull_of(equal: Sequence[Run]) -> Box:
    first, last = equal[0], equal[-1]
    return Box(first.a0, last.a0 + last.size, first.b0, last.b0 + last.size)
