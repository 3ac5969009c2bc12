"""Undo text that was decoded by the wrong encoding (see cleaner/script/mojibake.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from cleaner.context import Context, Proposal
from cleaner.kinds.prefilter import sought
from cleaner.script.mojibake import Mojibake as Finder


@dataclass(frozen=True)
class Mojibake:
    """What is certain is changed, the rest is asked about."""

    stage: ClassVar = "characters"

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(*self._finder.needed)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        for guess in self._finder(context.text):
            score = 0.98 if guess.sure else 0.5
            yield Proposal(guess.start, guess.end, guess.new, None if guess.sure else "ask", None, score)

    @cached_property
    def _finder(self) -> Finder:
        return Finder()

    def __getstate__(self) -> dict[str, Any]:
        return {}
