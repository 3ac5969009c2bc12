"""Aligning a box of two key texts: carve out what is similar, and grow both ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from cleaner.overlap.boxes import DELETED_NEAR, MATCHED, WEAK, Box, Part, between, hull_of, joined_runs
from cleaner.overlap.key import Key
from cleaner.overlap.stream import Run

SIMILAR = 0.6  # of an aligned box
WIDER = 32  # key characters by which a part is widened at a time to see whether it goes on
DELETED_KEPT = 1 / 3  # share of the longer side that must still be there
WHOLE_BOX = 4000  # key characters up to which a box is aligned in one piece


@dataclass(frozen=True)
class Pair:
    """Two key texts and what can be done with a box of them."""

    a: Key
    b: Key
    same: bool

    def carved(self, box: Box) -> list[Part]:
        """Return the parts of `box` that are similar: its best stretch, then what else holds 8 equal characters.

        A chain may run on over a gap into text that only happens to share a phrase; without carving, one such link
        would make the whole box dissimilar and lose the passage.
        """
        found, todo = [], [tuple(self._equal(box))]
        while todo:
            equal = todo.pop()
            low, high = _best_stretch(equal)
            best = equal[low:high]
            if sum(run.size for run in best) < WEAK:
                continue
            found.append(Part(hull_of(best), best))
            todo += [equal[:low], equal[high:]]
        return found

    def grown(self, part: Part) -> Part:
        """Return `part` with what follows on both ends as long as its score rises, insertions and deletions allowed."""
        before: list[Run] = []  # outwards, like `after`
        after: list[Run] = []
        box, first, last = part.box, part.equal[0], part.equal[-1]
        while True:
            wide = self._widened(box)
            new_before = _rising(first, tuple(self._equal(Box(wide.a0, box.a0, wide.b0, box.b0)))[::-1])
            new_after = _rising(last, tuple(self._equal(Box(box.a1, wide.a1, box.b1, wide.b1))))
            if not new_before and not new_after:
                equal = tuple(joined_runs((*before[::-1], *part.equal, *after)))
                return Part(hull_of(equal), equal)
            before += new_before
            after += new_after
            first, last = (*part.equal[:1], *before)[-1], (*part.equal[-1:], *after)[-1]
            box = hull_of((first, last))

    def _widened(self, box: Box) -> Box:
        """Return `box` with as much more on both ends as a chain may have between two runs."""
        a0, a1, b0, b1 = box
        between = b0 - a1 if self.same else 2 * WIDER
        before = min(WIDER, a0, b0, between // 2)
        after = min(WIDER, len(self.a) - a1, len(self.b) - b1, between // 2)
        return Box(a0 - before, a1 + after, b0 - before, b1 + after)

    def aligned(self, box: Box) -> Part | None:
        """Return the alignment of `box`, or None if its two sides are less similar than .6.

        A long one-sided stretch is text that one side left out: it is no dissimilarity, but a third of the longer side
        must be there.
        """
        equal = tuple(self._equal(box))
        matched = sum(run.size for run in equal)
        changed = sum(map(changed_in, between(box, equal)))
        longer = max(box.a1 - box.a0, box.b1 - box.b0)
        if not matched or matched < SIMILAR * (matched + changed) or matched < DELETED_KEPT * longer:
            return None
        return Part(box, equal)

    def _equal(self, box: Box) -> Iterator[Run]:
        """Yield the equal stretches of an optimal alignment of `box`, as maximal runs."""
        runs = (
            Run(low.a0 + op.src_start, low.b0 + op.dest_start, op.src_end - op.src_start)
            for low in self._pieces(box)
            for op in Levenshtein.opcodes(self.a.text[low.a0 : low.a1], self.b.text[low.b0 : low.b1])
            if op.tag == "equal"
        )
        return joined_runs(runs)

    def _pieces(self, box: Box) -> Iterator[Box]:
        """Cut `box` so that no alignment is larger than 4,000 characters on a side: a quadratic table has to fit.

        It is cut inside the longest equal stretch on its own diagonal line near the middle, else in the middle.
        """
        if max(box.a1 - box.a0, box.b1 - box.b0) <= WHOLE_BOX:
            yield box
            return
        at_a, at_b = self._cut(box)
        yield from self._pieces(Box(box.a0, at_a, box.b0, at_b))
        yield from self._pieces(Box(at_a, box.a1, at_b, box.b1))

    def _cut(self, box: Box) -> tuple[int, int]:
        """Return a place inside `box` where both sides read the same 16 characters, near its middle."""
        middle = (box.a0 + box.a1) // 2
        for step in range(0, (box.a1 - box.a0) // 4, MATCHED):
            for at in (middle + step, middle - step):
                word = self.a.text[at : at + MATCHED]
                expected = box.b0 + (at - box.a0) * (box.b1 - box.b0) // max(box.a1 - box.a0, 1)
                slack = WHOLE_BOX // 4
                found = self.b.text.find(word, max(expected - slack, box.b0), min(expected + slack, box.b1))
                if found >= 0 and len(word) == MATCHED:
                    return at, found
        return middle, (box.b0 + box.b1) // 2


def changed_in(gap: Box) -> int:
    """Return how many characters differ between two equal runs; a long one-sided rest is left out, not changed."""
    near, far = sorted((gap.a1 - gap.a0, gap.b1 - gap.b0))
    return far if far - near <= DELETED_NEAR else near


def _best_stretch(equal: Sequence[Run]) -> tuple[int, int]:
    """Return the slice of `equal` with the best score: +1 for an equal character, -1.5 for one that differs.

    With this price (.6 / .4) a stretch that scores above 0 is more similar than .6. A long one-sided rest costs 12.
    """
    best, at, low, score = (0.0, 0, 0), 0, 0, 0.0
    for at, run in enumerate(equal):
        if at:
            score -= price(equal[at - 1], run)
        if score <= 0:
            low, score = at, 0.0
        score += run.size
        if score > best[0]:
            best = (score, low, at + 1)
    return best[1], best[2]


def _rising(anchor: Run, runs: Sequence[Run]) -> Sequence[Run]:
    """Return those of `runs`, which lead away from `anchor`, up to the highest score; none if it only falls."""
    score = best = 0.0
    count = 0
    for at, (last, run) in enumerate(pairwise((anchor, *runs)), 1):
        score += run.size - price(*sorted((last, run)))
        if score > best:
            best, count = score, at
    return runs[:count]


def price(one: Run, two: Run) -> float:
    """Return the price of what lies between two equal runs: 1.5 a changed character, 18 for text left out."""
    gap = Box(one.a0 + one.size, two.a0, one.b0 + one.size, two.b0)
    one_sided = abs((gap.a1 - gap.a0) - (gap.b1 - gap.b0)) > DELETED_NEAR
    return (changed_in(gap) + one_sided * DELETED_NEAR) * SIMILAR / (1 - SIMILAR)
