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

    The reasons are said in the shipped table. `names` is that of `script`: behind a surname a form that no word proves
    to be wrong is a part of the name.
    """

    stage: ClassVar = "script"

    forms: Table
    parts: Table | None = None
    names: Table | None = None

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if context.settings.script == "off" or not self._finder.forms:
            return
        for fix in self._finder(context.text, context.script):
            yield Proposal(fix.at, fix.at + 1, fix.new, None if fix.sure else "ask", fix.klass, fix.score)

    @cached_property
    def _finder(self) -> Finder:
        parts = {row[0]: (row[1], "part", "") for row in (self.parts.rows if self.parts else ())}
        forms = {row[0]: (row[1], row[2], row[3] if len(row) > 3 else "") for row in self.forms.rows}
        names = self.names.rows if self.names else ()
        surnames, titles = ([row[1] for row in names if row[0] == what] for what in ("surname", "title"))
        return Finder(parts | forms, frozenset(surnames), tuple(titles))

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
