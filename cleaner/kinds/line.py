"""Remove whole lines that match a pattern or stand in a list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import ClassVar

import regex

from cleaner.context import Context, Proposal
from cleaner.kinds.patterns import compiled, groups, literal


@dataclass(frozen=True)
class Line:
    """A line goes if `find` matches the whole of it, white space around it aside, or if it is one of `words`."""

    stage: ClassVar = "lines"

    find: str | None = None
    words: tuple[str, ...] = ()
    _find: regex.Pattern[str] | None = field(init=False, repr=False)
    _words: frozenset[str] = field(init=False, repr=False)
    _listed: str | None = field(init=False, repr=False)  # the words as a pattern: one question for all of them

    def __post_init__(self) -> None:
        if self.find is None and not self.words:
            raise ValueError("needs 'find' or 'words'")
        if not all(word.strip() == word and word for word in self.words):
            raise ValueError("'words' are whole lines without white space around them, and not empty")
        object.__setattr__(self, "_find", compiled("find", self.find) if self.find is not None else None)
        object.__setattr__(self, "_words", frozenset(self.words))
        object.__setattr__(self, "_listed", "|".join(map(literal, self.words)) if self.words else None)

    @property
    def line_patterns(self) -> tuple[str, ...]:
        """What this kind asks `Context.may_match` for."""
        return tuple(source for source in (self.find, self._listed) if source is not None)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        done = 0
        for i, match in self._found(context):
            start, end = context.cut(i, i + 1)
            yield Proposal(max(start, done), end, "", lift=groups(match) if match else ())
            done = end

    def _found(self, context: Context) -> Iterable[tuple[int, regex.Match[str] | None]]:
        """Return the lines that go, in order, with the match of each."""
        found: dict[int, regex.Match[str] | None] = {}
        if self._listed is not None:
            found |= dict.fromkeys(
                i for i in context.may_match(self._listed) if context.lines[i].stripped in self._words
            )
        if self._find is not None and self.find is not None:
            for i in context.may_match(self.find):
                if match := self._find.fullmatch(context.lines[i].stripped):
                    found[i] = match
        return sorted(found.items(), key=itemgetter(0))
