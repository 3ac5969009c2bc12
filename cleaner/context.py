"""What a rule may know of a document, and what it hands back.

A `Context` is a read-only view of the current text, made once for every text that rules look at;
the parts that cost something (lines, regions, script) are worked out when first asked for.
A `Proposal` is an edit that a kind would like to make; `clean.py` decides whether it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

if TYPE_CHECKING:
    from cleaner.script import ScriptState

Region = Literal["head", "body", "tail"]

HAN = regex.compile(r"\p{Han}")
SENTENCE_END = regex.compile(r"[。！？；…]|(?<=\p{Han})[!?;]")
PROSE_HAN = 20  # Han characters that a line of prose has at least (shared rule of budgets, regions and sweeps)


class Line(NamedTuple):
    """One line of the text: `text[start:end]`, without its line end, and the same without white space around it."""

    start: int
    end: int
    stripped: str


class Proposal(NamedTuple):
    """Put `new` where `start:end` of the current text is.

    `level` may lower the level of the rule for this one place (`fix` to `ask`). `klass` and `score` (0-1) come from
    kinds that compute them. `candidates` are (word, score) to choose from where the right word is unknown, best
    first. `lift` are (field, value) of metadata that the removed text carried.
    """

    start: int
    end: int
    new: str
    level: Literal["fix", "ask"] | None = None
    klass: str | None = None
    score: float | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    lift: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Budget:
    """How much rules may take before a person has to look. Shares are of Han characters in prose lines."""

    match_chars: int = 300  # longest single cut, unless the rule says more
    soft: float = 0.25  # applied, flagged
    hard: float = 0.60  # not applied: copied unchanged, quarantined
    prose_han: int = 60  # a cut with this many Han characters ...
    prose_stops: int = 2  # ... and this many sentence ends needs removes_prose


@dataclass(frozen=True)
class Settings:
    """The policies of a run that bear on one document; every default is the shipped one."""

    edge_lines: int = 40
    placeholder: str = "〓"
    spam_words: Literal["mask", "keep", "delete", "drop-sentence", "map"] = "mask"
    spam_map: tuple[tuple[str, str], ...] = ()
    script: Literal["own", "off"] = "own"
    meta: Literal["lift", "keep", "drop"] = "lift"
    protect: tuple[str, ...] = ()
    budget: Budget = field(default_factory=Budget)


def han_count(text: str) -> int:
    return len(HAN.findall(text))


def is_prose(line: str) -> bool:
    """Say whether a line reads as prose: at least 20 Han characters and a sentence end."""
    return len(line) > PROSE_HAN and SENTENCE_END.search(line) is not None and han_count(line) >= PROSE_HAN


class Context:
    """A read-only view of one text for the rules that look at it. `name` is only for messages."""

    def __init__(self, text: str, settings: Settings, name: str = "") -> None:
        self.text = text
        self.settings = settings
        self.name = name

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the text; a final line end does not open another line."""
        found, at = [], 0
        for raw in self.text.split("\n"):
            found.append(Line(at, at + len(raw), raw.strip()))
            at += len(raw) + 1
        if len(found) > 1 and not found[-1].stripped and found[-1].start == found[-1].end:
            found.pop()
        return tuple(found)

    @cached_property
    def prose(self) -> tuple[bool, ...]:
        """For each line, whether it reads as prose."""
        return tuple(is_prose(line.stripped) for line in self.lines)

    def edges(self, within: int | None = None) -> tuple[int, int]:
        """Return (head, tail): lines `[0, head)` are the head of the text, lines `[tail, n)` its tail.

        The head ends at the first line of prose and the tail begins after the last one, each at most
        `within` lines (default: the setting `edge_lines`). A text without prose gives a third to each.
        """
        limit = self.settings.edge_lines if within is None else within
        count = len(self.lines)
        if True not in self.prose:
            third = -(-count // 3)
            return min(third, limit), max(count - third, count - limit)
        first = self.prose.index(True)
        last = count - 1 - self.prose[::-1].index(True)
        return min(first, limit), max(last + 1, count - limit)

    @cached_property
    def _last(self) -> int:
        """The index of the last line that is not blank, -1 if there is none."""
        return next((i for i in range(len(self.lines) - 1, -1, -1) if self.lines[i].stripped), -1)

    def cut(self, low: int, high: int) -> tuple[int, int]:
        """Return the span to remove for lines `[low, high)`, so that no hole is left behind.

        It takes their line ends along; the blank lines that follow, if a blank line or the start of
        the text stands before; and at the end of the text the blank lines before.
        """
        lines = self.lines
        if low == 0 or not lines[low - 1].stripped:
            while high < len(lines) and not lines[high].stripped:
                high += 1
        if high > self._last:
            high = len(lines)
            while low and not lines[low - 1].stripped:
                low -= 1
        return lines[low].start, lines[high].start if high < len(lines) else len(self.text)

    @cached_property
    def script(self) -> ScriptState:
        """Which script the text is in, and on what evidence."""
        from cleaner.script import decide

        return decide(self.text)
