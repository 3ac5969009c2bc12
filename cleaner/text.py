"""Edits to a text, kept in the coordinates of the text we were given.

Every stage of cleaning changes the text, yet a reviewer only knows the file on disk. So a
`Draft` is the untouched source plus one sorted list of edits to it; `Draft.revise` takes edits
made to the *current* text and folds them into that list. Whatever ran, and in whatever order,
a report needs nothing else.

Positions count Unicode code points, are half-open, and start at 0.
This module imports nothing of ours.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Edit(NamedTuple):
    """Put `new` where `start:end` was. `by` names the rules behind it, earliest first."""

    start: int
    end: int
    new: str
    by: tuple[str, ...]


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` made; they must be sorted and must not overlap."""
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += text[at : edit.start], edit.new
        at = edit.end
    return "".join((*parts, text[at:]))


def reconstruct(clean: str, changes: Iterable[tuple[int, str, str]]) -> str:
    """Return the source behind `clean`, given its applied edits as (start in the source, old, new), sorted.

    This is what a reader of report.jsonl can do with the clean file alone. Raises ValueError if
    `clean` does not hold what an edit says it put there: then it is another text, or the list is.
    """
    parts: list[str] = []
    at = shift = 0  # shift = source position minus clean position
    for start, old, new in changes:
        low = start - shift
        if low < at or clean[low : low + len(new)] != new:
            raise ValueError(f"the text does not hold {new!r} at {low}, where the edit at {start} put it")
        parts += clean[at:low], old
        at = low + len(new)
        shift += len(old) - len(new)
    return "".join((*parts, clean[at:]))


@dataclass(frozen=True)
class Draft:
    """A source text and what has been done to it so far.

    Make one with `of` and `revise`, which hold: `text == splice(source, edits)`; edits are sorted, do
    not overlap, and each one changes something; a character that no rule touched is in no edit.
    """

    source: str
    edits: tuple[Edit, ...]
    text: str = field(compare=False)

    @classmethod
    def of(cls, source: str) -> Draft:
        return cls(source, (), source)

    def revise(self, edits: Sequence[Edit]) -> Draft:
        """Make `edits`, given in positions of `self.text`, and return the new draft.

        Raises ValueError unless they are sorted, disjoint and inside the text.
        """
        if not edits:
            return self
        check(edits, len(self.text))
        after = splice(self.text, edits)
        sharp = (_trimmed(edit, self.source) for edit in compose(self.edits, edits, self.text))
        return Draft(self.source, tuple(e for e in sharp if e.start < e.end or e.new), after)

    def inverse(self) -> tuple[Edit, ...]:
        """Return the edits that lead back: in positions of `text`, they put the source's characters back."""
        return tuple(Edit(low, high, self.source[e.start : e.end], e.by) for low, high, _, e in _in_text(self.edits))

    def locate(self, at: int) -> int:
        """Return the source position behind position `at` of the text (a replaced run gives its start)."""
        begins, ends, shifts = self._places
        i = bisect_right(begins, at) - 1
        if i < 0:
            return at
        return self.edits[i].start if at < ends[i] else at + shifts[i]

    def locate_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the source span behind `start:end` of the text.

        Its end is the place right behind the last character, so that text which was removed
        directly after a passage does not become part of it.
        """
        if end <= start:
            return (self.locate(start),) * 2
        begins, ends, _ = self._places
        last = end - 1
        i = bisect_right(begins, last) - 1
        inside = i >= 0 and last < ends[i]
        return self.locate(start), self.edits[i].end if inside else self.locate(last) + 1

    @cached_property
    def _places(self) -> tuple[list[int], list[int], list[int]]:
        """Where each edit's new text begins and ends in `text`, and source minus text position behind it."""
        begins, ends, shifts, shift = [], [], [], 0
        for low, high, _, edit in _in_text(self.edits):
            shift += edit.end - edit.start - len(edit.new)
            begins.append(low)
            ends.append(high)
            shifts.append(shift)
        return begins, ends, shifts


def check(edits: Iterable[Edit], size: int) -> None:
    """Raise ValueError unless `edits` are sorted, disjoint and inside a text of `size` characters."""
    at = 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= size:
            raise ValueError(f"{edit}: not within {at}..{size}, what the edits before it leave of the text")
        at = edit.end


def compose(first: Sequence[Edit], second: Sequence[Edit], text: str) -> Iterator[Edit]:
    """Yield the edits equal to `first` then `second`, in positions of the source of `first`.

    `text` is what `first` gives, and `second` is in its positions. Edits that touch the same
    characters become one, credited to every rule involved; all others stay apart.
    """
    if not first:
        yield from second
        return
    # Both lists are sorted already; sorted() finds the two runs and merges them in linear time.
    todo = sorted([*_in_text(first), *((e.start, e.end, 1, e) for e in second)], key=lambda item: item[:3])
    shift = i = 0  # source position minus text position, past the edits taken so far
    while i < len(todo):
        low, high, _, edit = todo[i]
        source_low = low + shift
        group = [todo[i]]
        shift += _shift(todo[i])
        i += 1
        while i < len(todo) and todo[i][0] < high:
            group.append(todo[i])
            high = max(high, todo[i][1])
            shift += _shift(todo[i])
            i += 1
        if len(group) > 1:
            edit = _fuse(group, low, high, text)
        yield Edit(source_low, high + shift, edit.new, edit.by)


def _in_text(edits: Sequence[Edit]) -> Iterator[tuple[int, int, int, Edit]]:
    """Yield each edit with the range its new text takes in the edited text."""
    shift = 0
    for edit in edits:
        low = edit.start + shift
        yield low, low + len(edit.new), 0, edit
        shift += len(edit.new) - (edit.end - edit.start)


def _shift(item: tuple[int, int, int, Edit]) -> int:
    low, high, is_second, edit = item
    return 0 if is_second else (edit.end - edit.start) - (high - low)


def _fuse(group: list[tuple[int, int, int, Edit]], low: int, high: int, text: str) -> Edit:
    mine = [Edit(e.start - low, e.end - low, e.new, e.by) for _, _, is_second, e in group if is_second]
    by = dict.fromkeys(name for _, _, _, e in sorted(group, key=lambda g: g[2]) for name in e.by)
    return Edit(low, high, splice(text[low:high], mine), tuple(by))


def _trimmed(edit: Edit, source: str) -> Edit:
    """Return `edit` without the characters at its ends that it puts back as they were (领導 -> 领导: only 導)."""
    start, end, new, by = edit
    if new and start < end and (source[start] == new[0] or source[end - 1] == new[-1]):
        size = min(end - start, len(new))
        head = next((i for i in range(size) if source[start + i] != new[i]), size)
        size -= head
        tail = next((i for i in range(size) if source[end - 1 - i] != new[-1 - i]), size)
        return Edit(start + head, end - tail, new[head : len(new) - tail], by)
    return edit


class LineIndex:
    """Line and column, both from 1, of a position in a text whose lines end at LF (as in `Source.text`)."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        at = text.find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = text.find("\n", at + 1)

    def at(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1
