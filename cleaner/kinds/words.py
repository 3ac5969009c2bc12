"""Replace words by others, longest first and in one pass, from a table; longer words may protect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import regex

from cleaner.context import Context, Proposal
from cleaner.tables import Table


@dataclass(frozen=True)
class Words:
    """`table` (inline) or `file` (old TAB new) says what becomes what; a match inside a word of `unless` stays."""

    stage: ClassVar = "words"

    table: dict[str, str] | None = None
    file: Table | None = None
    unless: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.table is None) == (self.file is None):
            raise ValueError("takes either 'table' or 'file'")
        if self.table is not None and not all(self.table):
            raise ValueError("'table' has an empty word, which would match everywhere")
        if self.file is not None:
            self.file.pairs()

    def __call__(self, context: Context) -> Iterator[Proposal]:
        for match in self._find.finditer(context.text):
            new = self._pairs.get(match.group())
            if new is not None:  # a word of `unless` is matched, so that nothing inside it is, and stays
                yield Proposal(match.start(), match.end(), new)

    @cached_property
    def _pairs(self) -> dict[str, str]:
        pairs = self.table if self.table is not None else dict(self.file.pairs() if self.file else ())
        return {old: new for old, new in pairs.items() if old != new}

    @cached_property
    def _find(self) -> regex.Pattern[str]:
        words = sorted({*self._pairs, *self.unless}, key=lambda word: (-len(word), word))
        return regex.compile("|".join(map(regex.escape, words)) or "(?!)")

    def __getstate__(self) -> dict[str, Any]:
        return {"table": self.table, "file": self.file, "unless": self.unless}
