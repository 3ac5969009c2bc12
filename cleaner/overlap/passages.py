"""Passages: from the equal runs of two key texts to the stretches that one took from the other.

Chain the runs, align and carve out what is similar, grow both ends, merge what belongs to one passage, trim. All
positions here are key positions. A pair is aligned in the order of its two key texts, whatever their names are, or one
text with itself and a before b, so the result is the same whichever text was named first; all ties are broken by
position.

How well this finds planted passages (edited, shuffled, shortened, in another script) is measured by
benchmarks/overlap.py; the table is in docs/overlap.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from cleaner.overlap.key import Key
from cleaner.overlap.seeds import Run

GAP = 30  # key characters between two runs of a chain, or two boxes of one passage, on either side
DRIFT = 6  # how far the diagonal may move from one run of a chain to the next
MATCHED = 16  # equal characters of a passage; at 12 twice as many unrelated pairs have one
WEAK = 8  # equal characters of a chain that may be one clause of a passage: it counts beside others only
SIMILAR = 0.6  # of an aligned box
WIDER = 32  # key characters by which a part is widened at a time to see whether it goes on
DELETED_NEAR, DELETED_FAR = 12, 120  # a shortened copy: gap on the copy's side, and what it left out
DELETED_KEPT = 1 / 3  # share of the longer side that must still be there
HOLE, COVERED = 40, 0.6  # moved sentences: largest hole, and matched share of the box around them
STRAY = 3  # parts of a neighbourhood that may be no part of the passage
NEIGHBOUR = 400  # moved sentences are looked for this far
ANCHOR = 4  # a passage begins and ends with this many equal characters
WHOLE_BOX = 4000  # key characters up to which a box is aligned in one piece
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


def find_passages(a: Key, b: Key, runs: Sequence[Run]) -> tuple[Match, ...]:
    """Return the passages that `a` and `b` share, sorted; for repeats inside one text, `a` and `b` are one object."""
    if b.text < a.text:
        found = _find(b, a, [Run(run.b0, run.a0, run.size) for run in runs])
        return tuple(sorted(map(flipped, found), key=lambda match: match.box))
    return _find(a, b, runs)


def flipped(match: Match) -> Match:
    """Return a match with its sides exchanged."""
    parts = [
        Part(Box(b0, b1, a0, a1), tuple(Run(run.b0, run.a0, run.size) for run in part.equal))
        for part in match.parts
        for a0, a1, b0, b1 in (part.box,)
    ]
    return replace(match, parts=tuple(sorted(parts, key=lambda part: part.box)))


def _find(a: Key, b: Key, runs: Sequence[Run]) -> tuple[Match, ...]:
    pair = _Pair(a, b, a is b)
    parts: list[Part] = []
    found = chains(_apart(runs), True) if pair.same else chains(runs)
    # A list that repeats its words is full of short chains: inside one text they prove nothing.
    boxes = [chain.box for chain in found if chain.matched >= MATCHED] if pair.same else _in_company(found)
    for chain in boxes:
        if not any(chain.inside(part.box) for part in parts):  # the best come first, and take in what lies beside them
            parts += [pair.grown(part) for part in pair.carved(chain)]
    if pair.same:
        parts = [part for part in parts if part.matched >= MATCHED]
    groups = pair.grouped(pair.merged(set(parts)))
    matches = [match for group in groups if (match := pair.match(group)) is not None and match.matched >= MATCHED]
    return tuple(_outermost(matches))


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


def _in_company(found: Sequence[Chain]) -> list[Box]:
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


def _apart(runs: Sequence[Run]) -> list[Run]:
    """Return runs inside one text, cut so that the two places of each do not overlap (甲乙甲乙甲乙)."""
    return [Run(run.a0, run.b0, min(run.size, run.b0 - run.a0)) for run in runs]


@dataclass(frozen=True)
class _Pair:
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
            found.append(Part(_hull(best), best))
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
                equal = tuple(_joined((*before[::-1], *part.equal, *after)))
                return Part(_hull(equal), equal)
            before += new_before
            after += new_after
            first, last = (*part.equal[:1], *before)[-1], (*part.equal[-1:], *after)[-1]
            box = _hull((first, last))

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
        changed = sum(map(_changed, between(box, equal)))
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
        return _joined(runs)

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

    def merged(self, parts: Iterable[Part]) -> list[Part]:
        """Return `parts` with those joined that follow each other on both sides, the smallest gap first."""
        todo = sorted(parts, key=lambda part: part.box)
        refused: set[tuple[Box, Box]] = set()
        while True:
            best = min(
                ((_gap(x.box, y.box), x.box, y.box, x, y) for x in todo for y in _followers(x, todo)
                 if (x.box, y.box) not in refused and self._follows(x, y, todo)),
                key=lambda item: item[:3], default=None,
            )  # fmt: skip
            if best is None:
                return todo
            *_, one, two = best
            joined = self.aligned(around((one.box, two.box)))
            if joined is None or joined.matched <= max(one.matched, two.matched):
                refused.add((one.box, two.box))
                continue
            left = (part for part in todo if not part.box.inside(joined.box))
            todo = sorted([*left, joined], key=lambda part: part.box)

    def _follows(self, one: Part, two: Part, parts: Sequence[Part]) -> bool:
        """Say whether `two` continues the passage of `one` after a short gap, or after text that one side left out.

        Text that stands elsewhere on the other side is not left out, but moved.
        """
        x, y = one.box, two.box
        if not (x.a0 < y.a0 and x.a1 < y.a1 and x.b0 < y.b0 and x.b1 < y.b1):
            return False
        if self.same and y.a1 > x.b0:
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

    def grouped(self, parts: Sequence[Part]) -> list[tuple[Part, ...]]:
        """Return `parts` with moved sentences put together (rule 3): first whole neighbourhoods, then pair by pair."""
        groups: list[tuple[Part, ...]] = [(part,) for part in sorted(parts, key=lambda part: part.box)]
        if len(groups) < 2:
            return groups
        whole: list[tuple[Part, ...]] = []
        for cluster in _neighbourhoods(groups):
            if len(cluster) == 1:
                whole.append(cluster)
                continue
            together = self._moved_together(cluster)
            if together:
                box = around(part.box for part in together)
                whole += [together, *((part,) for part in cluster if not part.box.inside(box))]
            else:
                whole += self._joined([(part,) for part in cluster])
        return sorted(whole, key=lambda group: group[0].box)

    def _moved_together(self, cluster: Sequence[Part]) -> tuple[Part, ...]:
        """Return the parts of a neighbourhood that are one passage of moved sentences, or none.

        Up to three parts may be phrases that stand there by chance: the weakest are left out.
        """
        left = sorted(_disjoint(cluster), key=lambda part: (part.matched, part.box))
        for _ in range(STRAY + 1):
            if self._is_moved(tuple(left)):
                return tuple(sorted(left, key=lambda part: part.box))
            left = left[1:]
        return ()

    def _joined(self, groups: list[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
        while True:
            options = []
            for i, one in enumerate(groups):
                for two in groups[i + 1 :]:
                    both = tuple(sorted((*one, *two), key=lambda part: part.box))
                    if self._is_moved(both):
                        box = around(part.box for part in both)
                        options.append((box.a1 - box.a0 + box.b1 - box.b0, box, both, one, two))
            if not options:
                return groups
            _, _, both, one, two = min(options, key=lambda item: item[:2])
            groups = [*(g for g in groups if g is not one and g is not two), both]

    def _is_moved(self, parts: tuple[Part, ...]) -> bool:
        """Say whether `parts` are one passage whose sentences changed places."""
        if len(parts) < 2:
            return False
        box = around(part.box for part in parts)
        if self.same and box.a1 > box.b0:
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

    def match(self, parts: Sequence[Part]) -> Match | None:
        """Return the passage of `parts`, trimmed to equal ends at cluster borders, with its exact figures."""
        trimmed = [part for part in map(self.trimmed, parts) if part is not None]
        if not trimmed:
            return None
        chars = changed = length = 0
        for part in trimmed:
            box = part.box
            changed += distance(self.a, self.b, box, part.equal)
            length += max(box.a1 - box.a0, box.b1 - box.b0)
            chars += part.matched + sum(min(x1 - x0, y1 - y0) for x0, x1, y0, y1 in between(box, part.equal))
        return Match(tuple(trimmed), chars, changed, length)

    def trimmed(self, part: Part) -> Part | None:
        """Return `part` cut to equal ends of 4 characters, with every equal run cut to borders of clusters."""
        equal = [run for run in map(self._whole, part.equal) if run.size]
        sound = [i for i, run in enumerate(equal) if run.size >= ANCHOR]
        if not sound:
            return None
        equal = equal[sound[0] : sound[-1] + 1]
        return Part(_hull(equal), tuple(equal))

    def _whole(self, run: Run) -> Run:
        """Return `run` without the ends that stand inside a cluster on either side (㎡ against m2)."""
        if self.a.plain and self.b.plain:
            return run
        a0, b0, size = run
        while size and not (self.a.opens(a0) and self.b.opens(b0)):
            a0, b0, size = a0 + 1, b0 + 1, size - 1
        while size and not (self.a.opens(a0 + size) and self.b.opens(b0 + size)):
            size -= 1
        return Run(a0, b0, size)


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


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
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
                hull = _hull(chunk)
                if not any(_touches(hull, other.box) for other in kept):
                    kept.append(Part(hull, tuple(chunk)))
    return kept


def _tight(part: Part) -> Iterator[Part]:
    """Yield the stretches of a part between its gaps of 12 characters or more, if they hold 8 equal ones."""
    chunk: list[Run] = []
    for last, run in pairwise((None, *part.equal, None)):
        gap = max(run.a0 - last.a0, run.b0 - last.b0) - last.size if last and run else DELETED_NEAR
        if gap >= DELETED_NEAR:
            if sum(x.size for x in chunk) >= WEAK:
                yield Part(_hull(chunk), tuple(chunk))
            chunk = []
        if run:
            chunk.append(run)


def _touches(one: Box, two: Box) -> bool:
    return (one.a0 < two.a1 and two.a0 < one.a1) or (one.b0 < two.b1 and two.b0 < one.b1)


def _fills(box: Box, gap: Box) -> bool:
    """Say whether 8 characters of `box` lie in `gap` on either side."""
    inside_a = min(box.a1, gap.a1) - max(box.a0, gap.a0)
    inside_b = min(box.b1, gap.b1) - max(box.b0, gap.b0)
    return max(inside_a, inside_b) >= WEAK


def _hull(equal: Sequence[Run]) -> Box:
    first, last = equal[0], equal[-1]
    return Box(first.a0, last.a0 + last.size, first.b0, last.b0 + last.size)


def _changed(gap: Box) -> int:
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
            score -= _price(equal[at - 1], run)
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
        score += run.size - _price(*sorted((last, run)))
        if score > best:
            best, count = score, at
    return runs[:count]


def _price(one: Run, two: Run) -> float:
    """Return the price of what lies between two equal runs: 1.5 a changed character, 18 for text left out."""
    gap = Box(one.a0 + one.size, two.a0, one.b0 + one.size, two.b0)
    one_sided = abs((gap.a1 - gap.a0) - (gap.b1 - gap.b0)) > DELETED_NEAR
    return (_changed(gap) + one_sided * DELETED_NEAR) * SIMILAR / (1 - SIMILAR)


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


def _outermost(matches: Sequence[Match]) -> list[Match]:
    """Return `matches` sorted, without those that lie inside another one on both sides."""
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (-m.matched, m.box)):
        if not any(match.box.inside(other.box) for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda m: m.box)
