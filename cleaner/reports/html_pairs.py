"""Two passages beside each other, with what differs marked: worked out from an overlap's record, no markup here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cleaner.reports.html_rows import Run, spell
from cleaner.reports.records import OverlapRecord
from cleaner.reports.views import Reading, visible
from cleaner.show import show

_CONTEXT = 60  # characters of the result before and after a passage


class Aligned(NamedTuple):
    """A stretch of two passages beside each other; new paragraphs begin new stretches."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]


def align(a: Reading | None, b: Reading | None, overlap: OverlapRecord) -> list[Aligned]:
    """Return two passages beside each other, a row per paragraph, with what differs marked and some context around.

    Where a text is not at hand there is one row, of what the records quote.
    """
    if a is None or b is None:
        one, two = overlap.a.quote, overlap.b.quote
        return [Aligned(_quoted(one.prefix, one.exact, one.suffix), _quoted(two.prefix, two.exact, two.suffix))]
    whole = (overlap.a.start, overlap.a.end, overlap.b.start, overlap.b.end)
    rows: list[Aligned] = []
    for block in sorted(overlap.blocks or (whole,)):
        rows += _aligned(a, b, block, overlap.ops)
    if not rows:
        return []
    first = rows[0]
    rows[0] = Aligned(
        (*_context(a.before(overlap.a.start, _CONTEXT).rpartition("\n")[2]), *first.left),
        (*_context(b.before(overlap.b.start, _CONTEXT).rpartition("\n")[2]), *first.right),
    )
    last = rows[-1]
    rows[-1] = Aligned(
        (*last.left, *_context(a.after(overlap.a.end, _CONTEXT).partition("\n")[0])),
        (*last.right, *_context(b.after(overlap.b.end, _CONTEXT).partition("\n")[0])),
    )
    return rows


def _aligned(
    a: Reading, b: Reading, block: tuple[int, int, int, int], ops: Iterable[tuple[int, int, int, int]]
) -> list[Aligned]:
    rows: list[Aligned] = []
    left: list[Run] = []
    right: list[Run] = []
    for differs, (a0, a1, b0, b1) in _stretches(block, ops):
        one, two = a.result(a0, a1), b.result(b0, b1)
        if differs:
            left += _differing(one, two)
            right += _differing(two, one)
            continue
        parts, others = _paragraphs(one, two)
        for i, (part, other) in enumerate(zip(parts, others, strict=True)):
            if i:
                rows.append(Aligned(tuple(left), tuple(right)))
                left, right = [], []
            left += spell(part, Run("same", ""))
            right += spell(other, Run("same", ""))
    rows.append(Aligned(tuple(left), tuple(right)))
    return [row for row in rows if any(run.text.strip() for run in (*row.left, *row.right))]


def _context(text: str) -> tuple[Run, ...]:
    return (Run("ctx", show(text)),) if text.strip() else ()


def _quoted(prefix: str, exact: str, suffix: str) -> tuple[Run, ...]:
    return (*_context(prefix), *spell(exact, Run("same", "")), *_context(suffix))


def _stretches(
    block: tuple[int, int, int, int], ops: Iterable[tuple[int, int, int, int]]
) -> Iterator[tuple[bool, tuple[int, int, int, int]]]:
    """Yield (differs?, place) from the begin of a block to its end."""
    a0, a1, b0, b1 = block
    for op in sorted(ops):
        if op[0] < a0 or op[2] < b0 or op[1] > a1 or op[3] > b1:
            continue  # of another block
        yield False, (a0, op[0], b0, op[2])
        yield True, op
        a0, b0 = op[1], op[3]
    yield False, (a0, a1, b0, b1)


def _paragraphs(one: str, two: str) -> tuple[list[str], list[str]]:
    """Split two texts of one meaning where both begin a new line, if they do so equally often."""
    if one.count("\n") == two.count("\n"):
        return one.split("\n"), two.split("\n")
    return [one], [two]


def _differing(text: str, other: str) -> list[Run]:
    if not text:
        return [Run("gap", "")] if other.strip() else []
    return [Run("diff", visible(text))]


def passage(reading: Reading | None, start: int, end: int, quote: str) -> str:
    """Return a passage as it stands in the result; `quote` where the text is not at hand."""
    text = reading.result(start, end) if reading is not None else quote
    return " ".join(text.split())
