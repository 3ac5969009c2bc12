"""Merging parts that belong to one passage: those that follow each other, and sentences that changed places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from cleaner.overlap.align import DELETED_KEPT, Pair
from cleaner.overlap.boxes import DELETED_FAR, DELETED_NEAR, GAP, MATCHED, WEAK, Box, Part, around, hull_of
from cleaner.overlap.stream import Run

HOLE, COVERED = 40, 0.6  # moved sentences: largest hole, and matched share of the box around them
STRAY = 3  # parts of a neighbourhood that may be no part of the passage
NEIGHBOUR = 400  # moved sentences are looked for this far


def merged(pair: Pair, parts: Iterable[Part]) -> list[Part]:
    """Return `parts` with those joined that follow each other on both sides, the smallest gap first."""
    todo = sorted(parts, key=lambda part: part.box)
    refused: set[tuple[Box, Box]] = set()
    while True:
        best = min(
            ((_gap(x.box, y.box), x.box, y.box, x, y) for x in todo for y in _followers(x, todo)
             if (x.box, y.box) not in refused and _follows(pair, x, y, todo)),
            key=lambda item: item[:3], default=None,
        )  # fmt: skip
        if best is None:
            return todo
        *_, one, two = best
        joined = pair.aligned(around((one.box, two.box)))
        if joined is None or joined.matched <= max(one.matched, two.matched):
            refused.add((one.box, two.box))
            continue
        left = (part for part in todo if not part.box.inside(joined.box))
        todo = sorted([*left, joined], key=lambda part: part.box)


def _follows(pair: Pair, one: Part, two: Part, parts: Sequence[Part]) -> bool:
    """Say whether `two` continues the passage of `one` after a short gap, or after text that one side left out.

    Text that stands elsewhere on the other side is not left out, but moved.
    """
    x, y = one.box, two.box
    if not (x.a0 < y.a0 and x.a1 < y.a1 and x.b0 < y.b0 and x.b1 < y.b1):
        return False
    if pair.same and y.a1 > x.b0:
        return False
    near, far = sorted((y.a0 - x.a1, y.b0 - x.b1))
    if near < -min(one.matched, two.matched) // 2:
        return False
    if far <= GAP:
        return True
    weak = min(one.matched, two.matched) < MATCHED
    if near > (DELETED_NEAR if weak else GAP) or far > DELETED_FAR or one.matched + two.matched < WEAK + MATCHED:
        return False
    gap = Box(x.a1, y.a0, x.b1, y.b0)
    return not any(_fills(part.box, gap) for part in parts if part is not one and part is not two)


def grouped(pair: Pair, parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """Return `parts` with moved sentences put together (rule 3): first whole neighbourhoods, then pair by pair."""
    groups: list[tuple[Part, ...]] = [(part,) for part in sorted(parts, key=lambda part: part.box)]
    if len(groups) < 2:
        return groups
    whole: list[tuple[Part, ...]] = []
    for cluster in _neighbourhoods(groups):
        if len(cluster) == 1:
            whole.append(cluster)
            continue
        together = _moved_together(pair, cluster)
        if together:
            box = around(part.box for part in together)
            whole += [together, *((part,) for part in cluster if not part.box.inside(box))]
        else:
            whole += _pairwise(pair, [(part,) for part in cluster])
    return sorted(whole, key=lambda group: group[0].box)


def _moved_together(pair: Pair, cluster: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts of a neighbourhood that are one passage of moved sentences, or none.

    Up to three parts may be phrases that stand there by chance: the weakest are left out.
    """
    left = sorted(_disjoint(cluster), key=lambda part: (part.matched, part.box))
    for _ in range(STRAY + 1):
        if _is_moved(pair, tuple(left)):
            return tuple(sorted(left, key=lambda part: part.box))
        left = left[1:]
    return ()


def _pairwise(pair: Pair, groups: list[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    while True:
        options = []
        for i, one in enumerate(groups):
            for two in groups[i + 1 :]:
                both = tuple(sorted((*one, *two), key=lambda part: part.box))
                if _is_moved(pair, both):
                    box = around(part.box for part in both)
                    options.append((box.a1 - box.a0 + box.b1 - box.b0, box, both, one, two))
        if not options:
            return groups
        _, _, both, one, two = min(options, key=lambda item: item[:2])
        groups = [*(g for g in groups if g is not one and g is not two), both]


def _is_moved(pair: Pair, parts: tuple[Part, ...]) -> bool:
    """Say whether `parts` are one passage whose sentences changed places."""
    if len(parts) < 2:
        return False
    box = around(part.box for part in parts)
    if pair.same and box.a1 > box.b0:
        return False
    by_a = sorted(part.box for part in parts)
    by_b = sorted(by_a, key=lambda x: (x.b0, x.b1))
    if by_a == by_b:
        return False
    side_a = box.a1 - box.a0, [y.a0 - x.a1 for x, y in pairwise(by_a)]
    side_b = box.b1 - box.b0, [y.b0 - x.b1 for x, y in pairwise(by_b)]
    (short, close), (long, wide) = sorted((side_a, side_b), key=lambda side: side[0])
    if max(close) > HOLE or max(wide) > DELETED_FAR or min(*close, *wide) < 0:
        return False
    matched = sum(part.matched for part in parts)
    return matched >= COVERED * short and matched >= DELETED_KEPT * long


def _disjoint(parts: Sequence[Part]) -> list[Part]:
    """Return parts that do not overlap on either side: of two that do, the one with fewer equal characters is cut.

    They are taken apart first where one of them goes on over a gap, for a sentence that was moved may fill it.
    """
    kept: list[Part] = []
    tight = [piece for part in parts for piece in _tight(part)]
    for part in sorted(tight, key=lambda part: (-part.matched, part.box)):
        chunks: list[list[Run]] = [[]]
        for run in part.equal:
            low, high = 0, run.size
            for box in (other.box for other in kept):
                for at, begin, end in ((run.a0, box.a0, box.a1), (run.b0, box.b0, box.b1)):
                    if begin <= at + low < end:
                        low = end - at
                    if begin < at + high <= end:
                        high = begin - at
                    if low < begin - at < high:
                        high = begin - at
            if low < high:
                chunks[-1].append(Run(run.a0 + low, run.b0 + low, high - low))
            if low > 0 or high < run.size:
                chunks.append([])
        for chunk in chunks:
            if sum(run.size for run in chunk) >= WEAK:
                hull = hull_of(chunk)
                if not any(touches(hull, other.box) for other in kept):
                    kept.append(Part(hull, tuple(chunk)))
    return kept


def _tight(part: Part) -> Iterator[Part]:
    """Yield the stretches of a part between its gaps of 12 characters or more, if they hold 8 equal ones."""
    chunk: list[Run] = []
    for last, run in pairwise((None, *part.equal, None)):
        gap = max(run.a0 - last.a0, run.b0 - last.b0) - last.size if last and run else DELETED_NEAR
        if gap >= DELETED_NEAR:
            if sum(x.size for x in chunk) >= WEAK:
                yield Part(hull_of(chunk), tuple(chunk))
            chunk = []
        if run:
            chunk.append(run)


def touches(one: Box, two: Box) -> bool:
    return (one.a0 < two.a1 and two.a0 < one.a1) or (one.b0 < two.b1 and two.b0 < one.b1)


def _fills(box: Box, gap: Box) -> bool:
    """Say whether 8 characters of `box` lie in `gap` on either side."""
    inside_a = min(box.a1, gap.a1) - max(box.a0, gap.a0)
    inside_b = min(box.b1, gap.b1) - max(box.b0, gap.b0)
    return max(inside_a, inside_b) >= WEAK


def _gap(one: Box, two: Box) -> int:
    return max(two.a0 - one.a1, 0) + max(two.b0 - one.b1, 0)


def _followers(one: Part, parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts that begin near behind `one` in a (`parts` is sorted)."""
    for part in parts:
        if part.box.a0 > one.box.a1 + DELETED_FAR:
            return
        if part.box.a0 > one.box.a0:
            yield part


def _neighbourhoods(groups: Sequence[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """Return the connected components of parts of which one begins near the end of the other, on one side at least."""
    parts = [group[0] for group in groups]
    label = list(range(len(parts)))
    for i, x in enumerate(parts):
        for j in range(i + 1, len(parts)):
            y = parts[j]
            gap_a = max(y.box.a0 - x.box.a1, x.box.a0 - y.box.a1)
            gap_b = max(y.box.b0 - x.box.b1, x.box.b0 - y.box.b1)
            if min(gap_a, gap_b) <= HOLE and max(gap_a, gap_b) <= NEIGHBOUR:
                old, new = label[j], label[i]
                label = [new if value == old else value for value in label]
    return [tuple(p for p, value in zip(parts, label, strict=True) if value == name) for name in sorted(set(label))]
