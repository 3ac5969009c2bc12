"""The examples of a rule, run live: the test of every rule, and what `clean explain` shows.

Each example is a whole text that the rule alone works on, with the shipped settings: `turns` must come
out exactly and then stay as they are, `keeps` must not be touched, a `todo` that passes is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from cleaner.clean import clean
from cleaner.context import Budget, Settings
from cleaner.errors import CleanerError
from cleaner.packs import Rule
from cleaner.show import show

AROUND = 12  # characters shown on each side of a difference
Part = Literal["turns", "keeps", "todo"]


@dataclass(frozen=True)
class Failure:
    """An example that does not hold: what was wanted and what came."""

    rule: str
    place: str
    part: str
    before: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return (
            f"{self.place}: {self.rule}: {self.part}\n"
            f"    from    {line(self.before)}\n    wanted  {line(self.wanted)}\n    got     {line(self.got)}\n"
            f"    differs {difference(self.wanted, self.got)}"
        )


@dataclass(frozen=True)
class Example:
    """One example of a rule: `before` has to come out as `wanted` (a `keeps` as it is). `number` counts from 1."""

    rule: Rule
    part: Part
    number: int
    before: str
    wanted: str

    @property
    def id(self) -> str:
        """What the example is called: acme/poll-turns-1."""
        return f"{self.rule.id}-{self.part}-{self.number}"

    def failures(self) -> Iterator[Failure]:
        """Run the example and yield what does not hold; of a `todo`, that it passes now."""
        got = apply(self.rule, self.before)
        if self.part == "todo":
            if got == self.wanted:
                yield self._failure("a `todo` example passes now: move it to `turns`", self.before, self.wanted, got)
            return
        if got != self.wanted:
            said = "a `keeps` example is touched" if self.part == "keeps" else "a `turns` example comes out otherwise"
            yield self._failure(said, self.before, self.wanted, got)
        if self.part == "turns" and (again := apply(self.rule, self.wanted)) != self.wanted:
            yield self._failure("the result of a `turns` example is changed again", self.wanted, self.wanted, again)

    def _failure(self, said: str, before: str, wanted: str, got: str) -> Failure:
        return Failure(self.rule.id, f"{self.rule.file}:{self.rule.line}", said, before, wanted, got)


def apply(rule: Rule, text: str, settings: Settings | None = None) -> str:
    """Return what a rule alone makes of a text, as if it were of level `fix`. Raises nothing: an error is the text."""
    live = replace(rule, keys=rule.keys.model_copy(update={"level": "fix"}))
    try:
        return clean(rule.id, text, (live,), settings or Settings(budget=Budget(hard=1.0))).draft.text
    except CleanerError as err:
        return str(err)


def examples(rules: Iterable[Rule]) -> Iterator[Example]:
    """Yield every example of some rules, in the order of the pack."""
    for rule in rules:
        keys = rule.keys
        yield from (Example(rule, "turns", i, *pair) for i, pair in enumerate(keys.turns, 1))
        yield from (Example(rule, "keeps", i, text, text) for i, text in enumerate(keys.keeps, 1))
        yield from (Example(rule, "todo", i, *pair) for i, pair in enumerate(keys.todo, 1))


def failures(rule: Rule) -> Iterator[Failure]:
    """Run all examples of a rule and yield those that do not hold."""
    for example in examples([rule]):
        yield from example.failures()


def line(text: str) -> str:
    """Return a text on one line, for people."""
    return show(text.replace("\n", "⏎")) or "(nothing)"


def difference(wanted: str, got: str) -> str:
    """Return where two texts differ, in one line: [-what is missing-]{+what came instead+} with what stands around."""
    low = 0
    while low < min(len(wanted), len(got)) and wanted[low] == got[low]:
        low += 1
    tail = 0
    while tail < min(len(wanted), len(got)) - low and wanted[-1 - tail] == got[-1 - tail]:
        tail += 1
    missing, instead = wanted[low : len(wanted) - tail], got[low : len(got) - tail]
    before, after = wanted[max(0, low - AROUND) : low], wanted[len(wanted) - tail :][:AROUND]
    parts = (before, f"[-{missing}-]" if missing else "", f"{{+{instead}+}}" if instead else "", after)
    return show("".join(parts).replace("\n", "⏎"))
