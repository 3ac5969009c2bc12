"""The pieces of a passage: stretches that may stand beside each other by chance, each with what is said of it alone.

Two articles that both hold a slogan and, a few lines on, the closing phrase of a law share no passage, yet merging
joins what lies close on both sides. So a passage is taken apart where nothing proves that its parts belong together:
between moved sentences, at a gap of a dozen characters, and at a *seam*: the end of a sentence after or before text
that several documents have, where fewer of them have what runs across it. In a wire story that twenty papers print,
what runs across the end of a sentence stands in twenty papers as well, so it has no seam.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median_low

import regex

from cleaner.overlap.boxes import DELETED_NEAR, Match
from cleaner.overlap.key import folded
from cleaner.overlap.page import FULL_STOP, Page
from cleaner.overlap.stream import SEED, Run

MANY = 4  # documents that have one whole clause or sentence, from which it is a phrase
BEFORE = 40  # characters in front of a span in which a dateline that reaches into it may begin

# 据新华社北京１月１２日电（记者刘东凯）: whoever reports, where, when, and by whom. Compared as folded characters.
_AGENCY = "新华社|新华网|中新社|中新网|中央社|人民网|人民日报|央视网|本报|本台|本刊|路透社|法新社|美联社|塔斯社|共同社"
_NUMERAL = r"[\d〇一二三四五六七八九十]{1,3}"
_DATELINE = regex.compile(
    rf"据? (?:{_AGENCY}) [\p{{Han}}·]{{0,8}} {_NUMERAL}月 {_NUMERAL}日 专? [电讯]"
    r"(?: \s? [(（] [^()（）\n]{2,40} [)）] | [\p{Han}]* 记者 [\p{Han}、]{2,12} )?",
    regex.VERBOSE,
)


@dataclass(frozen=True)
class Piece:
    """Equal runs in order, and in how many documents each 6-gram inside them stands."""

    runs: tuple[Run, ...]
    counts: tuple[int, ...]

    @property
    def df(self) -> int:
        """In how many documents the text stands: the median of its 6-grams."""
        return _middle(self.counts)

    @property
    def matched(self) -> int:
        return sum(run.size for run in self.runs)

    @property
    def sides(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The key positions that it takes in a and in b."""
        first, last = self.runs[0], self.runs[-1]
        return (first.a0, last.a0 + last.size), (first.b0, last.b0 + last.size)


def pieces(a: Page, b: Page, match: Match, counts: Sequence[Sequence[int]]) -> list[Piece]:
    """Return the pieces of `match`, in order.

    `counts` has, for each equal run of the match in turn, the number of documents of each of its 6-grams.
    """
    numbers = iter(counts)
    found: list[Piece] = []
    for part in match.parts:
        last: Piece | None = None
        for run in part.equal:
            for head, own in _cut(a, b, run, next(numbers)):
                piece = Piece((head,), tuple(own))
                if last is None:
                    last = piece
                elif _belong(a, b, last, piece):
                    last = Piece((*last.runs, head), (*last.counts, *own))
                else:
                    found.append(last)
                    last = piece
        if last is not None:
            found.append(last)
    return found


def _belong(a: Page, b: Page, one: Piece, two: Piece) -> bool:
    """Say whether `two` goes on where `one` ends: no seam, no gap of a dozen characters."""
    last, run = one.runs[-1], two.runs[0]
    gap_a, gap_b = run.a0 - last.a0 - last.size, run.b0 - last.b0 - last.size
    if not gap_a and not gap_b:
        return False
    if max(gap_a, gap_b) >= DELETED_NEAR:
        return False
    if max(one.df, two.df) < MANY:
        return True
    return not any(
        FULL_STOP.search(page.text, int(page.key.end[low]) - 1, int(page.key.start[high]) + 1)
        for page, low, high in ((a, last.a0 + last.size - 1, run.a0), (b, last.b0 + last.size - 1, run.b0))
    )


def _cut(a: Page, b: Page, run: Run, counts: Sequence[int]) -> Iterator[tuple[Run, Sequence[int]]]:
    """Yield the stretches of an equal run between its seams, each with the counts of the grams inside it."""
    low = 0
    stops = (
        sorted({*_stops(a, run.a0, run.size), *_stops(b, run.b0, run.size)}) if max(counts, default=0) >= MANY else ()
    )
    for at in stops:
        left, across, right = counts[low : max(at - SEED + 1, low)], counts[max(at - SEED + 1, low) : at], counts[at:]
        common = max(_middle(left), _middle(right[: 2 * SEED]))
        if common >= MANY and across and _middle(across) * 2 <= common:
            yield Run(run.a0 + low, run.b0 + low, at - low), left
            low = at
    yield Run(run.a0 + low, run.b0 + low, run.size - low), counts[low:]


def _middle(figures: Sequence[int]) -> int:
    return median_low(figures) if figures else 0


def _stops(page: Page, low: int, size: int) -> Iterator[int]:
    """Yield where, inside key characters `low : low + size`, a sentence ends; counted from `low`."""
    ends, starts = page.key.end, page.key.start
    for match in FULL_STOP.finditer(page.text, int(ends[low]) - 1, int(starts[low + size - 1]) + 1):
        at = int(starts.searchsorted(match.start(), "left")) - low
        if 0 < at < size:
            yield at


def datelines(page: Page, low: int, high: int) -> list[tuple[int, int]]:
    """Return the key positions within `low:high` that datelines take: 据新华社北京１月１２日电（记者…）."""
    start, end = page.key.span(low, high)
    start = max(start - BEFORE, 0)
    window = _plain(page.text[start:end])
    found: list[tuple[int, int]] = []
    if "月" not in window:
        return found
    for match in _DATELINE.finditer(window):
        x, y = page.key.start.searchsorted([start + match.start(), start + match.end()], "left").tolist()
        if min(y, high) > max(x, low):
            found.append((max(x, low), min(y, high)))
    return found


@lru_cache(maxsize=1 << 10)
def _plain(text: str) -> str:
    """Return `text` with each character folded where that gives one, so that every position stays."""
    return "".join(new if len(new := folded(char)) == 1 else char for char in text)
