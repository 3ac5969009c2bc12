"""Undo spinning by look-alike characters, where several of them are out of place (see cleaner/script/spun.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from cleaner.context import Context, Proposal
from cleaner.script.spun import Spun as Finder
from cleaner.tables import Table


@dataclass(frozen=True)
class Spun:
    """`forms` is a table: form TAB original TAB reason [TAB where it is at home]; `parts` another: form TAB original.

    The reasons are said in the shipped table. A form of `parts` needs a word to prove the original.
    """

    stage: ClassVar = "script"

    forms: Table
    parts: Table | None = None

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if context.settings.script == "off" or not self._finder.forms:
            return
        for fix in self._finder(context.text, context.script):
            yield Proposal(fix.at, fix.at + 1, fix.new, None if fix.sure else "ask", fix.klass, fix.score)

    @cached_property
    def _finder(self) -> Finder:
        parts = {row[0]: (row[1], "part", "") for row in (self.parts.rows if self.parts else ())}
        return Finder(parts | {row[0]: (row[1], row[2], row[3] if len(row) > 3 else "") for row in self.forms.rows})

    def __getstate__(self) -> dict[str, Any]:
        return {"forms": self.forms, "parts": self.parts}
