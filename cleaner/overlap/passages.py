"""Passages: from the equal runs of two key texts to the stretches that one took from the other.

Chain the runs, align and carve out what is similar, grow both ends, merge what belongs to one passage, trim. All
positions here are key positions. A pair is aligned in the order of its two key texts, whatever their names are, or one
text with itself and a before b, so the result is the same whichever text was named first; all ties are broken by
position.

How well this finds planted passages (edited, shuffled, shortened, in another script) is measured by
benchmarks/overlap.py; the table is in docs/overlap.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.overlap.align import Pair
from cleaner.overlap.boxes import MATCHED, Match, Part, between, distance, flipped, hull_of
from cleaner.overlap.chains import chains, in_company, not_overlapping
from cleaner.overlap.grouping import grouped, merged
from cleaner.overlap.key import Key
from cleaner.overlap.stream import Run

ANCHOR = 4  # a passage begins and ends with this many equal characters


def find_passages(a: Key, b: Key, runs: Sequence[Run]) -> tuple[Match, ...]:
    """Return the passages that `a` and `b` share, sorted; for repeats inside one text, `a` and `b` are one object."""
    if b.text < a.text:
        found = _find(b, a, [Run(run.b0, run.a0, run.size) for run in runs])
        return tuple(sorted(map(flipped, found), key=lambda match: match.box))
    return _find(a, b, runs)


def _find(a: Key, b: Key, runs: Sequence[Run]) -> tuple[Match, ...]:
    pair = Pair(a, b, a is b)
    parts: list[Part] = []
    found = chains(not_overlapping(runs), True) if pair.same else chains(runs)
    # A list that repeats its words is full of short chains: inside one text they prove nothing.
    boxes = [chain.box for chain in found if chain.matched >= MATCHED] if pair.same else in_company(found)
    for chain in boxes:
        if not any(chain.inside(part.box) for part in parts):  # the best come first, and take in what lies beside them
            parts += [pair.grown(part) for part in pair.carved(chain)]
    if pair.same:
        parts = [part for part in parts if part.matched >= MATCHED]
    groups = grouped(pair, merged(pair, set(parts)))
    matches = [match for group in groups if (match := _match(pair, group)) is not None and match.matched >= MATCHED]
    return tuple(_outermost(matches))


def _match(pair: Pair, parts: Sequence[Part]) -> Match | None:
    """Return the passage of `parts`, trimmed to equal ends at cluster borders, with its exact figures."""
    trimmed = [part for part in (_trimmed(pair, part) for part in parts) if part is not None]
    if not trimmed:
        return None
    chars = changed = length = 0
    for part in trimmed:
        box = part.box
        changed += distance(pair.a, pair.b, box, part.equal)
        length += max(box.a1 - box.a0, box.b1 - box.b0)
        chars += part.matched + sum(min(x1 - x0, y1 - y0) for x0, x1, y0, y1 in between(box, part.equal))
    return Match(tuple(trimmed), chars, changed, length)


def _trimmed(pair: Pair, part: Part) -> Part | None:
    """Return `part` cut to equal ends of 4 characters, with every equal run cut to borders of clusters."""
    equal = [run for run in (_whole(pair, run) for run in part.equal) if run.size]
    sound = [i for i, run in enumerate(equal) if run.size >= ANCHOR]
    if not sound:
        return None
    equal = equal[sound[0] : sound[-1] + 1]
    return Part(hull_of(equal), tuple(equal))


def _whole(pair: Pair, run: Run) -> Run:
    """Return `run` without the ends that stand inside a cluster on either side (㎡ against m2)."""
    if pair.a.plain and pair.b.plain:
        return run
    a0, b0, size = run
    while size and not (pair.a.opens(a0) and pair.b.opens(b0)):
        a0, b0, size = a0 + 1, b0 + 1, size - 1
    while size and not (pair.a.opens(a0 + size) and pair.b.opens(b0 + size)):
        size -= 1
    return Run(a0, b0, size)


def _outermost(matches: Sequence[Match]) -> list[Match]:
    """Return `matches` sorted, without those that lie inside another one on both sides."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (-m.matched, m.box)):
        if not any(match.box.inside(other.box) for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: m.box)
