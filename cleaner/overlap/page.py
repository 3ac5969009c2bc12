"""One article as the classes see it: its key text together with its lines, quotation marks and clause borders.

Everything that reads characters outside the key (quotation marks, sentence ends, 、) is here, and folds their width
and shape first, so that a change of punctuation style changes no class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import regex

from cleaner.context import Context, Settings, is_prose
from cleaner.overlap.key import Key
from cleaner.overlap.stream import SEED

OPEN_CLOSE = {"“": "”", "「": "」", "『": "』", "《": "》", "‘": "’", "﹁": "﹂", "﹃": "﹄", "〝": "〞", "｢": "｣"}
_QUOTE = regex.compile(f'[{"".join((*OPEN_CLOSE, *OPEN_CLOSE.values()))}"＂\n]')
# What may close a passage, by what it is: it is taken in if the same follows on both sides.
CLOSING = {
    "。": "。", "．": "。", "｡": "。", "！": "！", "!": "！", "？": "？", "?": "？", "；": "；", ";": "；", "…": "…",
    "”": "”", "」": "”", "』": "”", "’": "”", '"': "”", "＂": "”", "｣": "”",
    "）": "）", ")": "）", "》": "》", "〉": "》",
}  # fmt: skip
_SENTENCE_END = regex.compile(r"[。．｡！？；…\n] | (?<=\p{Han}) [!?;]", regex.VERBOSE)
FULL_STOP = regex.compile(r"[。．｡！？\n] | (?<=\p{Han}) [!?]", regex.VERBOSE)  # a closing phrase of the law has ；
_ENUMERATION = regex.compile(r"(?: [\w·・]{1,6} \s? [、､] \s? ){3,} [\w·・]{1,6}", regex.VERBOSE)
CHANCE = 3  # key characters beside a passage that agree by chance more often than not is worth a thought
_TAIL_LINES, _TAIL_SHARE = 5, 4  # disclaimers read as prose; they stand in the last lines, a quarter of all at most


def line_borders(text: str, key: Key) -> tuple[list[int], list[int]]:
    """Return for each line of a text where its key characters begin and end; alike if it has none."""
    ends = np.cumsum([len(raw) + 1 for raw in text.split("\n")]) - 1
    high: list[int] = np.searchsorted(key.start, ends, "left").tolist()
    return [0, *high[:-1]], high


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A line that has key characters: its place in the text (without the line end), in the key, and its key text."""

    start: int
    end: int
    low: int
    high: int
    key: str


@dataclass(frozen=True, eq=False)
class Page:
    """One text with its key."""

    name: str
    text: str
    script: str
    key: Key = field(repr=False)
    date: str = ""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines with key characters, in order."""
        found, at = [], 0
        lows, highs = line_borders(self.text, self.key)
        for raw, low, high in zip(self.text.split("\n"), lows, highs, strict=True):
            end = at + len(raw)
            if high > low:
                found.append(Line(at, end, low, high, self.key.text[low:high]))
            at = end + 1
        return tuple(found)

    @cached_property
    def edge(self) -> tuple[Line, ...]:
        """The lines at the head or the tail of the page: before the prose, behind it, and the last few."""
        context = Context(self.text, Settings())
        head, tail = context.edges()
        lines = context.lines
        head_end = lines[head - 1].end if head else 0
        tail_start = lines[tail].start if tail < len(lines) else len(self.text) + 1
        last = self.lines[-max(min(_TAIL_LINES, len(self.lines) // _TAIL_SHARE), 1) :]
        return tuple(x for x in self.lines if x.end <= head_end or x.start >= tail_start or x in last)

    def lines_of(self, low: int, high: int) -> list[tuple[Line, int]]:
        """Return the lines that key characters `low:high` touch, each with how many of them it holds."""
        return [(x, min(x.high, high) - max(x.low, low)) for x in self.lines if x.low < high and x.high > low]

    def is_prose(self, line: Line) -> bool:
        return is_prose(self.text[line.start : line.end].strip())

    @cached_property
    def quotations(self) -> tuple[tuple[int, int], ...]:
        """The places between a pair of quotation marks of one line, nested ones included, sorted."""
        found: list[tuple[int, int]] = []
        open_: list[tuple[str, int]] = []
        for match in _QUOTE.finditer(self.text):
            mark, at = match[0], match.start()
            if mark == "\n":
                open_.clear()
            elif mark in '"＂' and open_ and open_[-1][0] == '"':
                found.append((open_.pop()[1], at))
            elif mark in '"＂':
                open_.append(('"', at + 1))
            elif mark in OPEN_CLOSE:
                open_.append((OPEN_CLOSE[mark], at + 1))
            elif any(close == mark for close, _ in open_):
                while open_[-1][0] != mark:
                    open_.pop()
                found.append((open_.pop()[1], at))
        return tuple(sorted(found))

    def quoted(self, low: int, high: int) -> float:
        """Return the largest share of key characters `low:high` that stands inside one pair of quotation marks."""
        best = 0
        start, end = self.key.span(low, high)
        for x, y in self.quotations:
            if x < end and y > start:
                first, last = np.searchsorted(self.key.start, (x, y), "left").tolist()
                best = max(best, min(last, high) - max(first, low))
        return best / (high - low)

    def enumerated(self, low: int, high: int) -> float:
        """Return the share of key characters `low:high` in enumerations of four or more short items: 甲、乙、丙、丁."""
        start, end = self.key.span(low, high)
        if self.text.count("、", start, end) + self.text.count("､", start, end) < 3:
            return 0.0
        inside = 0
        for match in _ENUMERATION.finditer(self.text, start, end):
            first, last = np.searchsorted(self.key.start, match.span(), "left").tolist()
            inside += last - first
        return inside / (high - low)

    def crosses_sentence(self, low: int, high: int, end: regex.Pattern[str] = _SENTENCE_END) -> bool:
        """Say whether a sentence ends between key characters `low` and `high - 1`, six of them on either side of it.

        Fewer than a seed agree by chance where another sentence follows: "…。\\n本报" and "…。\\n本次".
        """
        first, last = low + SEED - 1, high - SEED
        if first >= last:
            return False
        return end.search(self.text, int(self.key.end[first]) - 1, int(self.key.start[last])) is not None

    def opens_clause(self, low: int) -> bool:
        """Say whether key character `low` begins a clause: something else than a letter or digit stands before it."""
        return low == 0 or bool(self.key.start[low] > self.key.end[low - 1])

    def closes_clause(self, high: int) -> bool:
        """Say whether key character `high - 1` ends a clause."""
        return high == len(self.key) or bool(self.key.start[high] > self.key.end[high - 1])

    def holds_clauses(self, low: int, high: int) -> bool:
        """Say whether key characters `low:high` begin and end with a clause.

        Give or take what agrees by chance beside them, and a first or last word that one side changed.
        """
        slack = min(CHANCE, (high - low) // 4)
        opens = any(self.opens_clause(at) for at in range(max(low - slack, 0), low + slack + 1))
        return opens and any(self.closes_clause(at) for at in range(high - slack, min(high + slack, len(self.key)) + 1))


def with_closing(a: Page, end_a: int, b: Page, end_b: int) -> tuple[int, int]:
    """Return both ends moved over the closing punctuation that follows directly, and alike, on both sides."""
    while end_a < len(a.text) and end_b < len(b.text):
        one, two = CLOSING.get(a.text[end_a]), CLOSING.get(b.text[end_b])
        if one is None or one != two:
            break
        end_a, end_b = end_a + 1, end_b + 1
    return end_a, end_b
