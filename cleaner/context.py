"""What a rule may know of a document, and what it hands back.

A `Context` is a read-only view of the current text, made once for every text that rules look at;
the parts that cost something (lines, regions, script) are worked out when first asked for.
A `Proposal` is an edit that a kind would like to make; `clean.py` decides whether it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import regex

if TYPE_CHECKING:
    from cleaner.script import ScriptState

Region = Literal["head", "body", "tail"]

HAN = regex.compile(r"\p{Han}")
SENTENCE_END = regex.compile(r"[。！？；…]|(?<=\p{Han})[!?;]")
PROSE_HAN = 20  # Han characters that a line of prose has at least (shared rule of budgets, regions and sweeps)
_HAN_RUN = regex.compile(r"\p{Han}+")
_ENOUGH_HAN = regex.compile(rf"(?:\P{{Han}}*+\p{{Han}}){{{PROSE_HAN}}}")  # a tenth of the time of counting them all


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
    spam_words: Literal["mask", "keep", "delete", "drop-sentence", "map", "evidence"] = "mask"
    spam_map: tuple[tuple[str, str], ...] = ()
    script: Literal["own", "off", "hans", "hant", "tw", "hk"] = "own"
    meta: Literal["lift", "keep", "drop"] = "lift"
    timezone: str = "+08:00"
    protect: tuple[str, ...] = ()
    final_newline: bool = True  # a text file ends with a line end; a row of a data set need not
    prefilter: bool = True  # ask for many patterns at once: changes no result, and pays only for more than a few texts
    budget: Budget = field(default_factory=Budget)


def han_count(text: str) -> int:
    return sum(map(len, _HAN_RUN.findall(text)))


def is_prose(line: str) -> bool:
    """Say whether a line reads as prose: at least 20 Han characters and a sentence end."""
    return len(line) > PROSE_HAN and SENTENCE_END.search(line) is not None and _ENOUGH_HAN.match(line) is not None


class Lookout(Protocol):
    """Knows at once which of many line patterns a line may match (`kinds/prefilter.py` has the one there is)."""

    known: frozenset[str]

    def hits(self, line: str) -> tuple[str, ...]:
        """Return those of `known` that may match `line` as a whole: all that do are among them."""
        ...


class Overview(Protocol):
    """Knows at once which of many patterns are in a text (`kinds/prefilter.py` has the one there is).

    The patterns are in groups, each asked for by itself. `group` has the number of the group of each known pattern.
    """

    group: dict[str, int]

    def found_of(self, number: int, raw: bytes) -> frozenset[str]:
        """Return those patterns of a group that are in a text, given in UTF-8."""
        ...


class Context:
    """A read-only view of one text for the rules that look at it. `name` is only for messages.

    With a `lookout`, kinds learn from `may_match` which lines are worth a look, with an `overview` from `may_hold`
    which texts; what they find is the same.
    """

    def __init__(
        self,
        text: str,
        settings: Settings,
        name: str = "",
        lookout: Lookout | None = None,
        overview: Overview | None = None,
    ) -> None:
        self.text = text
        self.settings = settings
        self.name = name
        self.lookout = lookout
        self.overview = overview
        self._prose: dict[str, bool] = {}  # what a line says does not change with its place: kept by `after`
        self._hits: dict[str, tuple[str, ...]] = {}
        self._held: dict[int, frozenset[str]] = {}
        self.settled: dict[object, object] = {}  # what a kind found of this document's lines, under a key of its own

    def after(self, text: str) -> Context:
        """Return the context of a changed text of the same document, which knows the lines that it has seen."""
        new = Context(text, self.settings, self.name, self.lookout, self.overview)
        new._prose, new._hits, new.settled = self._prose, self._hits, self.settled
        return new

    @cached_property
    def _rows(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def stripped(self) -> list[str]:
        """The lines without white space around them; a final line end opens another line here, an empty one."""
        return [raw.strip() for raw in self._rows]

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the text; a final line end does not open another line."""
        found, at = [], 0
        for raw, stripped in zip(self._rows, self.stripped, strict=True):
            end = at + len(raw)
            found.append(Line(at, end, stripped))
            at = end + 1
        if len(found) > 1 and not found[-1].stripped and found[-1].start == found[-1].end:
            found.pop()
        return tuple(found)

    @cached_property
    def prose(self) -> tuple[bool, ...]:
        """For each line, whether it reads as prose."""
        return tuple(self.prose_at(i) for i in range(len(self.lines)))

    def prose_at(self, i: int) -> bool:
        """Say whether line `i` reads as prose; cheaper than `prose` where few lines are asked for."""
        return self._reads_as_prose(self.lines[i].stripped)

    def _reads_as_prose(self, line: str) -> bool:
        known = self._prose.get(line)
        if known is None:
            known = self._prose[line] = is_prose(line)
        return known

    def may_match(self, pattern: str) -> Sequence[int]:
        """Return the indices, in order, of lines that may match a pattern as a whole; no other line does.

        Without a lookout that knows the pattern these are all lines that are not blank.
        """
        if self.lookout is None or pattern not in self.lookout.known:
            return self._filled
        return self._by_pattern.get(pattern, ())

    def may_be(self, i: int, pattern: str) -> bool:
        """Say whether line `i` may match a pattern as a whole."""
        lookout = self.lookout
        return (
            lookout is None or pattern not in lookout.known or pattern in self._hits_of(self.lines[i].stripped, lookout)
        )

    def _hits_of(self, line: str, lookout: Lookout) -> tuple[str, ...]:
        known = self._hits.get(line)
        if known is None:
            known = self._hits[line] = lookout.hits(line)
        return known

    @cached_property
    def _filled(self) -> tuple[int, ...]:
        return tuple(i for i, line in enumerate(self.lines) if line.stripped)

    @cached_property
    def _by_pattern(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        assert self.lookout is not None
        seen, ask = self._hits, self.lookout.hits
        for i, line in enumerate(self.stripped):  # not `lines`: in most texts no rule goes on to ask for them
            if not line:
                continue
            hits = seen.get(line)
            if hits is None:
                hits = seen[line] = ask(line)
            for pattern in hits:
                found.setdefault(pattern, []).append(i)
        return found

    def idle(self, patterns: frozenset[str]) -> bool:
        """Say whether certainly no line matches any of `patterns`, all of which the lookout knows."""
        return patterns.isdisjoint(self._by_pattern)

    def lacks(self, patterns: frozenset[str]) -> bool:
        """Say whether the text certainly lacks one of `patterns`, all of which the overview knows."""
        return self.raw is not None and not all(map(self._holds, patterns))

    def has_none(self, patterns: frozenset[str]) -> bool:
        """Say whether the text certainly has none of `patterns`, all of which the overview knows."""
        return self.raw is not None and not any(map(self._holds, patterns))

    def may_hold(self, patterns: Sequence[str]) -> bool:
        """Say whether the text may hold what has all of `patterns` (of re2): False only if one of them is not there."""
        overview = self.overview
        if overview is None or self.raw is None:
            return True
        return all(pattern not in overview.group or self._holds(pattern) for pattern in patterns)

    def _holds(self, pattern: str) -> bool:
        """Say whether a pattern that the overview knows is in the text.

        A group is asked when a rule first needs it: most rules that change a text leave few to look at it until the
        next one does.
        """
        assert self.overview is not None and self.raw is not None
        group = self.overview.group[pattern]
        if group not in self._held:
            self._held[group] = self.overview.found_of(group, self.raw)
        return pattern in self._held[group]

    @cached_property
    def raw(self) -> bytes | None:
        """The text in UTF-8, None if it holds a lone surrogate."""
        try:
            return self.text.encode()
        except UnicodeEncodeError:
            return None

    def edges(self, within: int | None = None) -> tuple[int, int]:
        """Return (head, tail): lines `[0, head)` are the head of the text, lines `[tail, n)` its tail.

        The head ends at the first line of prose and the tail begins after the last one, each at most
        `within` lines (default: the setting `edge_lines`). A text without prose gives a third to each.
        """
        limit = self.settings.edge_lines if within is None else within
        count = len(self.lines)
        first, last = self._core
        if first is None or last is None:
            third = -(-count // 3)
            return min(third, limit), max(count - third, count - limit)
        return min(first, limit), max(last + 1, count - limit)

    @cached_property
    def _core(self) -> tuple[int | None, int | None]:
        """The first and the last line of prose."""
        count = len(self.lines)
        first = next((i for i in range(count) if self.prose_at(i)), None)
        return first, None if first is None else next(i for i in range(count - 1, -1, -1) if self.prose_at(i))

    @property
    def headlines(self) -> tuple[str, ...]:
        """What stands before the first line of prose, without blank lines; empty if it is over `edge_lines`."""
        found: list[str] = []
        for line in self.stripped:
            if line:
                if self._reads_as_prose(line):
                    return tuple(found)
                found.append(line)
                if len(found) > self.settings.edge_lines:
                    break
        return ()

    def cut(self, low: int, high: int) -> tuple[int, int]:
        """Return the span to remove for lines `[low, high)`, so that no hole is left behind.

        It takes their line ends along; the blank lines that follow, if a blank line or the start of
        the text stands before; and at the end of the text the blank lines before.
        """
        lines = self.lines
        if low == 0 or not lines[low - 1].stripped:
            while high < len(lines) and not lines[high].stripped:
                high += 1
        if all(not line.stripped for line in lines[high:]):
            high = len(lines)
            while low and not lines[low - 1].stripped:
                low -= 1
        return lines[low].start, lines[high].start if high < len(lines) else len(self.text)

    @cached_property
    def script(self) -> ScriptState:
        """Which script the text is in, and on what evidence."""
        from cleaner.script import decide

        return decide(self.text)
