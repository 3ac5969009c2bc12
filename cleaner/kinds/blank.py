"""Trim blank lines at both ends of a text, and end a file with exactly one line end.

A text that is no file (a row of a data set, an argument) may end without one: `Settings.final_newline` says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cleaner.context import Context, Proposal


@dataclass(frozen=True)
class Blank:
    """Takes no keys. A text of white space alone becomes empty."""

    stage: ClassVar = "blank"

    def __call__(self, context: Context) -> Iterator[Proposal]:
        text = context.text
        size = len(text)
        bare = text.strip()
        if not bare:
            if text:
                yield Proposal(0, size, "")
            return
        first = size - len(text.lstrip())
        begin = text.rfind("\n", 0, first) + 1  # the indent of the first line stays
        if begin:
            yield Proposal(0, begin, "")
        end = text.find("\n", len(text.rstrip()))
        end = size if end < 0 else end  # white space at the end of the last line is another rule's matter
        ends = ("\n",) if context.settings.final_newline else ("", "\n")
        if text[end:] not in ends:
            yield Proposal(end, size, "\n")
