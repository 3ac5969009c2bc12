"""Replace every match of a regular expression (of the `regex` package, so \\p{Han} works)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import regex

from cleaner.context import Context, Proposal
from cleaner.kinds.patterns import compiled, groups
from cleaner.kinds.prefilter import needs


@dataclass(frozen=True)
class Span:
    """`put` takes the place of each match of `find`; it may use groups (`\\1`, `\\g<name>`)."""

    stage: ClassVar = "words"

    find: str
    put: str = ""
    _find: regex.Pattern[str] = field(init=False, repr=False)

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """What this kind asks `Context.may_hold` for."""
        return needs(self.find)

    def __post_init__(self) -> None:
        found = compiled("find", self.find)
        try:
            _ = self.put and regex.compile("(?:" + self.find + ")|", regex.VERBOSE).sub(self.put, "")
        except (regex.error, IndexError, UnicodeError) as err:
            raise ValueError(f"'put' names a group that 'find' does not have: {err}") from err
        object.__setattr__(self, "_find", found)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if not context.may_hold(self.text_patterns):
            return
        plain = self.put if "\\" not in self.put else None
        for match in self._find.finditer(context.text):
            start, end = match.span()
            if end > start:  # `(?<=a)b*` passes the check above, yet matches nothing inside "ac"
                new = match.expand(self.put) if plain is None else plain
                if new != match.group():
                    yield Proposal(start, end, new, lift=groups(match))
