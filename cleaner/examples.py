"""The examples of a rule, run live: the test of every shipped rule, and what `clean explain` shows.

Each example is a whole text that the rule alone works on, with the shipped settings: `turns` must come
out exactly and then stay as they are, `keeps` must not be touched, a `todo` that passes is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cleaner.clean import clean
from cleaner.context import Budget, Settings
from cleaner.errors import CleanerError
from cleaner.packs import Rule
from cleaner.show import show


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
            f"    from    {show(self.before)}\n    wanted  {show(self.wanted)}\n    got     {show(self.got)}"
        )


def apply(rule: Rule, text: str, settings: Settings | None = None) -> str:
    """Return what a rule alone makes of a text, as if it were of level `fix`. Raises nothing: an error is the text."""
    live = replace(rule, keys=rule.keys.model_copy(update={"level": "fix"}))
    try:
        return clean(rule.id, text, (live,), settings or Settings(budget=Budget(hard=1.0))).draft.text
    except CleanerError as err:
        return str(err)


def failures(rule: Rule) -> Iterator[Failure]:
    """Run all examples of a rule and yield those that do not hold."""
    place = f"{rule.file}:{rule.line}"
    for before, after in rule.keys.turns:
        got = apply(rule, before)
        if got != after:
            yield Failure(rule.id, place, "a `turns` example comes out otherwise", before, after, got)
        again = apply(rule, after)
        if again != after:
            yield Failure(rule.id, place, "the result of a `turns` example is changed again", after, after, again)
    for text in rule.keys.keeps:
        got = apply(rule, text)
        if got != text:
            yield Failure(rule.id, place, "a `keeps` example is touched", text, text, got)
    for before, after in rule.keys.todo:
        if apply(rule, before) == after:
            yield Failure(rule.id, place, "a `todo` example passes now: move it to `turns`", before, after, after)
