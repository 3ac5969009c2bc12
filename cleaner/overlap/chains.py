"""Chains: equal runs that follow each other on both sides, and which of them may be a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.overlap.boxes import DELETED_FAR, GAP, MATCHED, WEAK, Box
from cleaner.overlap.stream import Run

DRIFT = 6  # how far the diagonal may move from one run of a chain to the next


@dataclass(frozen=True)
class Chain:
    """The box of runs that follow each other on both sides, and how many characters they hold."""

    box: Box
    matched: int


def chains(runs: Sequence[Run], same: bool = False) -> list[Chain]:
    """Return the best chains of `runs`, each run in one chain only, best first.

    A chain is monotone on both sides, has gaps of at most 30 and a drift of at most 6 from run to run, and at least
    8 equal characters. With `same`, its a side ends before its b side begins.
    """
    runs = sorted(runs)
    score, back, first_b = [run.size for run in runs], [-1] * len(runs), [run.b0 for run in runs]
    live: list[int] = []
    for j, run in enumerate(runs):
        live = [i for i in live if runs[i].a0 + runs[i].size + GAP >= run.a0]
        for i in live:
            gain = _gain(runs[i], run)
            if gain > 0 and score[i] + gain > score[j] and not (same and run.a0 + run.size > first_b[i]):
                score[j], back[j], first_b[j] = score[i] + gain, i, first_b[i]
        live.append(j)
    found, used = [], [False] * len(runs)
    for j in sorted(range(len(runs)), key=lambda j: (-score[j], runs[j])):
        links, i = [], j
        while i >= 0 and not used[i]:
            links.append(i)
            used[i] = True
            i = back[i]
        matched = score[j] - (score[i] if i >= 0 else 0)
        if links and matched >= WEAK:
            last, first = runs[links[0]], runs[links[-1]]
            found.append(Chain(Box(first.a0, last.a0 + last.size, first.b0, last.b0 + last.size), matched))
    return found


def in_company(found: Sequence[Chain]) -> list[Box]:
    """Return the boxes of the chains that may be a passage: of 16 equal characters, or so many together with others.

    A short chain alone is chance or a phrase; two beside each other, on both sides, are clauses of a passage whose
    other clauses were edited, left out or moved.
    """
    if not any(chain.matched < MATCHED for chain in found):
        return [chain.box for chain in found]
    together = [0] * len(found)
    by_place = sorted(range(len(found)), key=lambda i: found[i].box)
    for n, i in enumerate(by_place):
        x = found[i].box
        for j in by_place[n + 1 :]:
            y = found[j].box
            if y.a0 > x.a1 + DELETED_FAR:
                break
            if max(y.b0 - x.b1, x.b0 - y.b1) <= DELETED_FAR:
                together[i] += found[j].matched
                together[j] += found[i].matched
    return [x.box for x, others in zip(found, together, strict=True) if x.matched + others >= MATCHED]


def _gain(one: Run, two: Run) -> int:
    """Return how many equal characters `two` adds to a chain that ends with `one`; 0 if it cannot follow."""
    gap_a, gap_b = two.a0 - one.a0 - one.size, two.b0 - one.b0 - one.size
    if one.a0 >= two.a0 or one.b0 >= two.b0 or gap_a > GAP or gap_b > GAP or abs(gap_a - gap_b) > DRIFT:
        return 0
    return two.size + min(gap_a, gap_b, 0)


def not_overlapping(runs: Sequence[Run]) -> list[Run]:
    """Return runs inside one text, cut so that the two places of each do not overlap (甲乙甲乙甲乙)."""
    return [Run(run.a0, run.b0, min(run.size, run.b0 - run.a0)) for run in runs]
