"""Remove whole lines that match a pattern or stand in a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import regex

from cleaner.context import Context, Proposal
from cleaner.kinds.patterns import compiled, groups


@dataclass(frozen=True)
class Line:
    """A line goes if `find` matches the whole of it, white space around it aside, or if it is one of `words`."""

    stage: ClassVar = "lines"

    find: str | None = None
    words: tuple[str, ...] = ()
    _find: regex.Pattern[str] | None = field(init=False, repr=False)
    _words: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.find is None and not self.words:
            raise ValueError("needs 'find' or 'words'")
        if not all(word.strip() == word and word for word in self.words):
            raise ValueError("'words' are whole lines without white space around them, and not empty")
        object.__setattr__(self, "_find", compiled("find", self.find) if self.find is not None else None)
        object.__setattr__(self, "_words", frozenset(self.words))

    def __call__(self, context: Context) -> Iterator[Proposal]:
        done = 0
        for i, line in enumerate(context.lines):
            if not line.stripped:
                continue
            match = self._find.fullmatch(line.stripped) if self._find else None
            if match or line.stripped in self._words:
                start, end = context.cut(i, i + 1)
                yield Proposal(max(start, done), end, "", lift=groups(match) if match else ())
                done = end
