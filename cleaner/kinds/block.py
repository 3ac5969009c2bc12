"""Remove a run of known lines from the very edge of the text: footers, comment forms, toolbars.

One line such as 微信 微博 proves nothing; ten of them at the very end, one with an ICP number, do. So a
block is a run of known lines that begins at the edge, it goes only if one of its lines is a proof, and
a few short unknown lines may stand between two known ones (`sweep`), but never a line of prose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import regex

from cleaner.context import Context, Proposal
from cleaner.kinds.announce import announces
from cleaner.kinds.patterns import compiled


@dataclass(frozen=True)
class Sweep:
    """How many unknown lines in a row, of at most how many characters, may go between two known ones."""

    lines: int
    chars: int

    def __post_init__(self) -> None:
        if self.lines < 1 or self.chars < 1:
            raise ValueError("'sweep' counts from 1: { lines = 2, chars = 12 }")


@dataclass(frozen=True)
class Block:
    """`line` are patterns of known lines, each for a whole stripped line; `proof` is searched in the known ones."""

    stage: ClassVar = "lines"
    edges: ClassVar = ("head", "tail")  # what `where` must be

    line: tuple[str, ...]
    proof: str
    where: Literal["head", "tail"]
    sweep: Sweep | None = None
    _line: tuple[regex.Pattern[str], ...] = field(init=False, repr=False)
    _proof: regex.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.line:
            raise ValueError("'line' is empty")
        object.__setattr__(self, "_line", tuple(compiled("line", pattern) for pattern in self.line))
        object.__setattr__(self, "_proof", compiled("proof", self.proof))

    @property
    def line_patterns(self) -> tuple[str, ...]:
        """What this kind asks `Context.may_be` for."""
        return self.line

    def __call__(self, context: Context) -> Iterator[Proposal]:
        lines = context.lines
        order = range(len(lines)) if self.where == "head" else range(len(lines) - 1, -1, -1)
        inner = self._inner(context, order)
        if inner is None or (self.where == "tail" and self._introduced(context, inner)):
            return
        low, high = (0, inner + 1) if self.where == "head" else (inner, len(lines))
        if any(self._proof.search(lines[i].stripped) for i in range(low, high) if self._knows(context, i)):
            yield Proposal(*context.cut(low, high), "")

    @staticmethod
    def _introduced(context: Context, i: int) -> bool:
        """Say whether the nearest line above line `i` that is not blank announces it: an example, not furniture."""
        above = next((context.lines[j].stripped for j in range(i - 1, -1, -1) if context.lines[j].stripped), "")
        return announces(above)

    def _inner(self, context: Context, order: range) -> int | None:
        """Return the index of the known line of the run that lies farthest from the edge, None if there is none."""
        inner, unknown = None, 0
        for i in order:
            line = context.lines[i].stripped
            if not line:
                continue
            if self._knows(context, i):
                inner, unknown = i, 0
                continue
            unknown += 1
            allowed = self.sweep is not None and unknown <= self.sweep.lines and len(line) <= self.sweep.chars
            if inner is None or not allowed or context.prose_at(i):
                break
        return inner

    def _knows(self, context: Context, i: int) -> bool:
        line = context.lines[i].stripped
        return any(
            context.may_be(i, source) and pattern.fullmatch(line)
            for source, pattern in zip(self.line, self._line, strict=True)
        )
