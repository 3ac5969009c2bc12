"""What differs from the report of the last commit, rule by rule: what a change of rules does, before it is committed.

Where a seed is the same, its two lists of edits say all there is to say, in places of one text; nothing is diffed.
Where a seed was edited too, positions mean nothing any more, and only counts are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cleaner.reports.records import EditRecord, FileRecord, Records

MOST = 300  # changes of one rule that are shown


class Shift(NamedTuple):
    """What is new and what is gone of one rule."""

    rule: str
    came: tuple[EditRecord, ...]
    went: tuple[EditRecord, ...]

    @property
    def hidden(self) -> int:
        return max(0, len(self.came) - MOST) + max(0, len(self.went) - MOST)


class Comparison(NamedTuple):
    """Two reports beside each other. `edited`: seeds that are another text now, with their edits then and now."""

    shifts: tuple[Shift, ...]
    added: tuple[FileRecord, ...]
    removed: tuple[FileRecord, ...]
    edited: tuple[tuple[FileRecord, int, int], ...]
    files: int

    @property
    def came(self) -> int:
        return sum(len(shift.came) for shift in self.shifts)

    @property
    def went(self) -> int:
        return sum(len(shift.went) for shift in self.shifts)

    def __bool__(self) -> bool:
        return bool(self.shifts or self.added or self.removed or self.edited)


def compare(then: Records, now: Records) -> Comparison:
    """Return what a run changes against an earlier report."""
    old, new = {file.path: file for file in then.files}, {file.path: file for file in now.files}
    came: dict[str, list[EditRecord]] = {}
    went: dict[str, list[EditRecord]] = {}
    edited = []
    touched: set[str] = set()
    for path in sorted(old.keys() & new.keys()):
        if _text(old[path]) != _text(new[path]):
            edited.append((new[path], _applied(then.of(path)), _applied(now.of(path))))
            continue
        before, after = set(map(_key, then.of(path))), set(map(_key, now.of(path)))
        for edits, without, into in ((now.of(path), before, came), (then.of(path), after, went)):
            for edit in edits:
                if _key(edit) not in without:
                    into.setdefault(edit.by[-1], []).append(edit)
                    touched.add(path)
    rules = sorted(came.keys() | went.keys(), key=lambda r: (-len(came.get(r, ())) - len(went.get(r, ())), r))
    return Comparison(
        tuple(Shift(rule, tuple(came.get(rule, ())), tuple(went.get(rule, ()))) for rule in rules),
        tuple(new[path] for path in sorted(new.keys() - old.keys())),
        tuple(old[path] for path in sorted(old.keys() - new.keys())),
        tuple(edited), len(touched),
    )  # fmt: skip


def _text(file: FileRecord) -> str:
    return file.extracted.sha256 if file.extracted else file.sha256_in


def _key(edit: EditRecord) -> tuple[int, int, str, str, str]:
    return edit.start, edit.end, edit.new, edit.by[-1], edit.status


def _applied(edits: Iterable[EditRecord]) -> int:
    return sum(edit.status == "applied" for edit in edits)
