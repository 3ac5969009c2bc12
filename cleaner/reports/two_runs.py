"""Two runs beside each other: what a change of seeds, rules or settings did, by file and by rule.

Both are read from their reports alone, so it takes no time, and an old run need not be possible any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cleaner.languages import ENGLISH, Speech, mark
from cleaner.reports.html_compare import Comparison, compare
from cleaner.reports.records import EditRecord, FileRecord, Records
from cleaner.reports.terminal import in_context, table
from cleaner.show import show

TOTALS = {  # field of a run record: what people read
    "files": mark("files"),
    "files_changed": mark("changed"),
    "files_quarantined": mark("quarantined"),
    "files_dropped": mark("dropped"),
    "chars_in": mark("characters before"),
    "chars_out": mark("characters after"),
    "edits": mark("edits"),
    "pending": mark("pending"),
    "overlaps": mark("overlaps"),
}
SEEDS = (mark("same"), mark("edited"), mark("added"), mark("deleted"))

Pair = tuple[int, int]  # then, now


@dataclass(frozen=True)
class FileChange:
    """A file whose result is another one. `seed`: same, edited, added or deleted; `removed`: characters taken out."""

    path: str
    seed: str
    status: tuple[str | None, str | None]
    edits: Pair
    removed: Pair
    pending: Pair
    flags_new: tuple[str, ...]
    flags_gone: tuple[str, ...]


@dataclass(frozen=True)
class RuleChange:
    """A rule that does other things: applied edits then and now; changes new and gone where the seed is the same."""

    rule: str
    edits: Pair
    new: int
    gone: int


@dataclass(frozen=True)
class TwoRuns:
    """All that differs. `totals` has every total, also those that are the same; `packs` what was applied."""

    totals: Mapping[str, Pair]
    files: tuple[FileChange, ...]
    rules: tuple[RuleChange, ...]
    overlaps: Mapping[str, Pair]
    comparison: Comparison

    @property
    def differ(self) -> bool:
        return bool(self.files or self.rules or any(a != b for a, b in self.overlaps.values()))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "totals": dict(self.totals), "overlaps": dict(self.overlaps),
            "files": [asdict(one) for one in self.files], "rules": [asdict(one) for one in self.rules],
        }  # fmt: skip


def two_runs(then: Records, now: Records) -> TwoRuns:
    """Return what differs between two reports."""
    found = compare(then, now)
    old, new = {file.path: file for file in then.files}, {file.path: file for file in now.files}
    shifted = {edit.path for shift in found.shifts for edit in (*shift.came, *shift.went)}
    seeds = {file.path: "edited" for file, _, _ in found.edited}
    seeds |= {file.path: "added" for file in found.added} | {file.path: "deleted" for file in found.removed}
    changed = [
        path for path in sorted(old.keys() | new.keys())
        if path in seeds or path in shifted or _outcome(old[path]) != _outcome(new[path])
    ]  # fmt: skip
    files = tuple(
        _file(path, seeds.get(path, "same"), old.get(path), new.get(path), then.of(path), now.of(path))
        for path in changed
    )
    pair = {name: (getattr(then.run, name), getattr(now.run, name)) for name in TOTALS}
    kinds = [Counter(f"{o.kind} ({o.unit})" for o in records.overlaps) for records in (then, now)]
    every = {kind: (kinds[0][kind], kinds[1][kind]) for kind in sorted(kinds[0] | kinds[1])}
    return TwoRuns(pair, files, tuple(_rules(then, now, found)), every, found)


def _outcome(file: FileRecord) -> tuple[object, ...]:
    return file.status, file.code, file.sha256_out, file.flags, file.pending


def _file(
    path: str, seed: str, old: FileRecord | None, new: FileRecord | None, then: Iterable[EditRecord],
    now: Iterable[EditRecord],
) -> FileChange:  # fmt: skip
    flags = [frozenset(file.flags) if file else frozenset[str]() for file in (old, new)]
    done = [[edit for edit in edits if edit.status == "applied"] for edits in (then, now)]
    taken = [sum(len(edit.quote.exact) for edit in edits if not edit.new) for edits in done]
    return FileChange(
        path, seed, (old.status if old else None, new.status if new else None), (len(done[0]), len(done[1])),
        (taken[0], taken[1]), (old.pending if old else 0, new.pending if new else 0),
        tuple(sorted(flags[1] - flags[0])), tuple(sorted(flags[0] - flags[1])),
    )  # fmt: skip


def _rules(then: Records, now: Records, found: Comparison) -> Iterator[RuleChange]:
    counts = [Counter(edit.by[-1] for edit in records.edits if edit.status == "applied") for records in (then, now)]
    shifts = {shift.rule: shift for shift in found.shifts}
    for rule in sorted(counts[0].keys() | counts[1].keys() | shifts.keys()):
        shift = shifts.get(rule)
        new, gone = (len(shift.came), len(shift.went)) if shift else (0, 0)
        if counts[0][rule] != counts[1][rule] or new or gone:
            yield RuleChange(rule, (counts[0][rule], counts[1][rule]), new, gone)


def lines(runs: TwoRuns, *, out: str, against: str, every: bool = False, t: Speech = ENGLISH) -> Iterator[str]:
    """Tell it in a terminal; with `every`, each change that is new (+) or gone (-) where the seed is the same."""
    names = {"out": show(out), "against": show(against)}
    if not runs.differ:
        yield t("{out} against {against}: nothing differs", **names)
        return
    yield t("{out} against {against}: {files} differ", files=t.plural(len(runs.files), "file"), **names)
    head = ["", t("then"), t("now"), " "]
    rows = [(t(TOTALS[name]), f"{a:,}", f"{b:,}", _more(a, b)) for name, (a, b) in runs.totals.items() if a or b]
    rows += [
        (t("overlaps: {kind}", kind=kind), f"{a:,}", f"{b:,}", _more(a, b)) for kind, (a, b) in runs.overlaps.items()
    ]
    yield from table(head, rows, right=frozenset(head[1:]))
    if runs.files:
        yield ""
        columns = (t("file"), t("seed"), t("status"), t("edits"), t("removed characters"), t("pending"), t("flags"))
        yield from table(columns, [_row(one, t) for one in runs.files])
    if runs.rules:
        yield ""
        head = [t("rule"), t("then"), t("now"), t("new"), t("gone")]
        rules = [(show(r.rule), *(f"{n:,}" for n in (*r.edits, r.new, r.gone))) for r in runs.rules]
        yield from table(head, rules, right=frozenset(head[1:]))
    if every:
        yield from _changes(runs.comparison)


def _row(one: FileChange, t: Speech) -> tuple[str, ...]:
    flags = " ".join([*(f"+{flag}" for flag in one.flags_new), *(f"-{flag}" for flag in one.flags_gone)])
    before, after = (t(status) if status else "-" for status in one.status)
    status = after if before == after else f"{before} → {after}"
    return show(one.path), t(one.seed), status, _both(one.edits), _both(one.removed), _both(one.pending), show(flags)


def _both(pair: Pair) -> str:
    return f"{pair[0]:,}" if pair[0] == pair[1] else f"{pair[0]:,} → {pair[1]:,}"


def _more(then: int, now: int) -> str:
    return f"{now - then:+,}" if then != now else ""


def _changes(found: Comparison) -> Iterator[str]:
    for shift in found.shifts:
        yield ""
        yield show(shift.rule)
        for sign, edits in (("+", shift.came), ("-", shift.went)):
            for edit in edits:
                state = "" if edit.status == "applied" else f" ({edit.status})"
                yield f"  {sign} {show(edit.path)}:{edit.line}:{edit.col}{state}  {in_context(edit)}"
