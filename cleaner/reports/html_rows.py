"""What the HTML pages show of texts: rows of runs, worked out from the records; no markup is made here.

A `Run` is a stretch of one column that looks the same; a `Row` is one line of the source with what became of it.
All text in a run has been through `show`: the templates only have to escape it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from cleaner.reports.records import OverlapRecord
from cleaner.reports.views import Group, Piece, Reading, visible
from cleaner.show import show
from cleaner.text import LineIndex

_HIDDEN = re.compile(r"(\\u\{[0-9A-F]+\})")  # how `show` writes what cannot be seen


class Run(NamedTuple):
    """A stretch of one column. `group` is the place of its group in the panel of the page, -1 for none.

    `kind`: `same`, `del`, `ins`, `gap` (something went here), `ask` (a change is proposed here), `kept` (a change
    was stopped here), `ctl` (a character that cannot be seen), `diff` (stands on one side alone), `ctx` (around a
    passage). `mark` is `reuse`, `other` or "" for overlaps. `edit` is the id of the edit.
    """

    kind: str
    text: str
    group: int = -1
    mark: str = ""
    edit: str = ""


@dataclass(frozen=True)
class Label:
    """Names a run of equal edits of a row: the first group of the rule, the rule, how many, whether they were made."""

    group: int
    rule: str
    count: int
    applied: bool


@dataclass(frozen=True)
class Row:
    """One line of the source. `state`: `same`, `blank`, `changed`, `asked` (nothing but
    proposals), `gone` (nothing is left of it). `clusters` begin in this line."""

    number: int
    state: str
    left: tuple[Run, ...]
    right: tuple[Run, ...]
    labels: tuple[Label, ...]
    clusters: tuple[str, ...]


class _Mark(NamedTuple):
    """Something to be shown on text that stays: a proposal, a stopped change, or an overlap."""

    start: int
    end: int
    kind: str
    group: int
    edit: str = ""


def rows_of(
    path: str, reading: Reading, groups: Sequence[Group], overlaps: Mapping[str, Iterable[OverlapRecord]]
) -> list[Row]:
    """Return a row for each line of a file. `groups` stand as in its panel, `overlaps` by the cluster they are of."""
    place = {(edit.id, edit.start): i for i, group in enumerate(groups) for edit in group.edits}
    lines = LineIndex(reading.source).starts
    if len(lines) > 1 and lines[-1] == len(reading.source):
        lines.pop()  # a final line end opens no line
    marks, clusters = _marks(path, groups, overlaps, lines)
    rules = [group.rule for group in groups]
    rows = []
    for i, (start, end) in enumerate(zip(lines, [*lines[1:], len(reading.source)], strict=True)):
        pieces = list(reading.pieces(start, end))
        rows.append(_row(i + 1, pieces, place, rules, marks.get(i, []), clusters.get(i, ())))
    return _named_once(rows)


def _marks(
    path: str, groups: Sequence[Group], overlaps: Mapping[str, Iterable[OverlapRecord]], lines: Sequence[int]
) -> tuple[dict[int, list[_Mark]], dict[int, tuple[str, ...]]]:
    """Return the marks by line (from 0), and which clusters begin in which line."""
    marks = {
        _Mark(edit.start, edit.end, "ask" if group.status == "proposed" else "kept", i, edit.id)
        for i, group in enumerate(groups)
        if group.status in ("proposed", "kept")
        for edit in group.edits
    }
    clusters: dict[int, dict[str, None]] = {}
    for cluster, members in overlaps.items():
        for overlap in members:
            for side in (overlap.a, overlap.b):
                if side.path == path:
                    marks.add(_Mark(side.start, side.end, _look(overlap), -1))
                    clusters.setdefault(bisect_right(lines, side.start) - 1, {})[cluster] = None
    by_line: dict[int, list[_Mark]] = {}
    for mark in sorted(marks):
        first = bisect_right(lines, mark.start) - 1
        last = bisect_right(lines, max(mark.start, mark.end - 1)) - 1
        for line in range(first, last + 1):
            by_line.setdefault(line, []).append(mark)
    return by_line, {line: tuple(names) for line, names in clusters.items()}


def _look(overlap: OverlapRecord) -> str:
    """How an overlap looks: only what stands in two articles asks for attention."""
    return "reuse" if overlap.kind == "reuse" and overlap.a.path != overlap.b.path else "other"


def _flat(marks: Sequence[_Mark]) -> list[tuple[int, int, Run]]:
    """Return disjoint stretches in order, each with how text that stays looks there."""
    borders = sorted({at for mark in marks for at in (mark.start, mark.end)})
    active: list[_Mark] = []
    flat, i = [], 0
    for low, high in pairwise(borders):
        while i < len(marks) and marks[i].start <= low:
            active.append(marks[i])
            i += 1
        active = [mark for mark in active if mark.end > low]
        change = next((mark for mark in active if mark.group >= 0), None)
        shared = sorted({mark.kind for mark in active if mark.group < 0}, reverse=True)  # reuse before other
        if active:
            like = Run(change.kind, "", change.group, edit=change.edit) if change else Run("same", "")
            flat.append((low, high, like._replace(mark=shared[0] if shared else "")))
    return flat


def _row(
    number: int,
    pieces: Sequence[Piece],
    place: Mapping[tuple[str, int], int],
    rules: Sequence[str],
    marks: Sequence[_Mark],
    clusters: tuple[str, ...],
) -> Row:
    blank = not any(piece.text.strip() for piece in pieces)
    gone = not blank and not any(piece.kind != "gone" and piece.text.strip() for piece in pieces)
    flat = _flat(marks)
    left: list[Run] = []
    right: list[Run] = []
    counts: dict[tuple[str, bool], Label] = {}

    def count(group: int, applied: bool) -> None:
        label = counts.get((rules[group], applied), Label(group, rules[group], 0, applied))
        counts[rules[group], applied] = replace(label, count=label.count + 1)

    for piece in pieces:
        if piece.edit is None:
            runs = list(_same(piece, flat))
            left += (run._replace(mark="") for run in runs)
            right += runs
            continue
        group = place[piece.edit.id, piece.edit.start]
        if piece.kind == "gone":
            text = piece.text.rstrip("\n") if gone else piece.text
            left += [Run("del", visible(text), group, edit=piece.edit.id)] if text else []
            right += (
                [Run("gap", "", group, edit=piece.edit.id)] if not piece.edit.new and not gone and not blank else []
            )
        else:
            right.append(Run("ins", visible(piece.text), group, edit=piece.edit.id))
        if piece.edit.start == piece.start and (piece.kind == "gone" or not piece.edit.quote.exact):
            count(group, True)
    for mark in marks:
        if mark.group >= 0:
            count(mark.group, False)
    if gone or blank:
        state = "gone" if gone else "blank"
    elif any(piece.edit for piece in pieces):
        state = "changed"
    else:
        state = "asked" if counts else "same"
    return Row(number, state, tuple(left), tuple(right), tuple(counts.values()), clusters)


def _same(piece: Piece, flat: Sequence[tuple[int, int, Run]]) -> Iterator[Run]:
    """Yield text that stays, split where its look changes."""
    text = piece.text.rstrip("\n")
    at, end = piece.start, piece.start + len(text)
    for i in range(bisect_right(flat, at, key=lambda item: item[1]), len(flat)):
        low, high, like = flat[i]
        if low >= end:
            break
        low, high = max(low, at), min(high, end)
        if at < low:
            yield from spell(text[at - piece.start : low - piece.start], Run("same", ""))
        yield from spell(text[low - piece.start : high - piece.start], like)
        at = high
    if at < end:
        yield from spell(text[at - piece.start :], Run("same", ""))


def spell(text: str, like: Run) -> Iterator[Run]:
    """Yield text as runs like `like`, in which hidden characters stand apart."""
    shown = show(text, keep="\n\t")
    if "\\u{" not in shown:
        yield like._replace(text=shown)
        return
    for i, part in enumerate(_HIDDEN.split(shown)):
        if part:
            yield like._replace(text=part, kind="ctl" if i % 2 else like.kind)


def _named_once(rows: Sequence[Row]) -> list[Row]:
    """Name a run of removed lines once, at its first line, with the count of all."""
    done: list[Row] = []
    head = -1  # where the run of removed lines that we are in begins
    carried: tuple[Label, ...] = ()  # of a cut that begins with a blank line: the line after it says more
    for row, after in zip_longest(rows, rows[1:]):
        row, carried = replace(row, labels=(*carried, *row.labels)), ()
        if row.state == "blank" and row.labels and after is not None and after.state == "gone" and not after.labels:
            row, carried = replace(row, labels=()), row.labels
        names = [label.rule for label in row.labels]
        if row.state not in ("gone", "blank"):
            head = -1
        elif head >= 0 and names in ([], [done[head].labels[0].rule]) and not row.clusters:
            label = done[head].labels[0]
            more = sum(one.count for one in row.labels)
            done[head] = replace(done[head], labels=(replace(label, count=label.count + more),))
            row = replace(row, labels=())
        elif row.state == "gone":
            head = len(done) if len(names) == 1 else -1
            row = replace(row, right=(*row.right, Run("gap", "", row.left[0].group)))
        done.append(row)
    return done
