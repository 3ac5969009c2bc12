"""What a gate or an annotation reports, one finding per decision: made from the records, shown by one file per format.

353 removals of pinyin in a file are one finding, as they are one decision. A finding's texts have been through `show`,
so that each format has to escape its own syntax only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cleaner.identity import short_id
from cleaner.reports.records import AGAINST, EditRecord, FileRecord, OverlapRecord, Records
from cleaner.reports.rules import RuleInfo
from cleaner.reports.views import Group, cut, groups_of, plural, visible
from cleaner.show import show, show_path

Level = Literal["error", "warning", "note"]
_RANK = {"error": 0, "warning": 1, "note": 2}
_MAX_LINES = 8  # lines that a message names
_QUOTED = (40, 16)  # characters of a quote: its head, and its tail


@dataclass(frozen=True)
class Finding:
    """Something that a person may have to look at.

    `file` is the path as records hold it, under the name of SRC where that is known (`seeds/a.txt`); `line`, `col`
    count from 1 and `end_line`, `end_col` are where it ends; all 0 if it is about the whole file. `id` stays the same
    when lines move. `gate` names the `--fail-on` that counts it. `known`: it stood in the report compared with.
    """

    id: str
    rule: str
    why: str
    level: Level
    file: str
    message: str
    gate: Literal["pending", "overlap", ""] = ""
    line: int = 0
    col: int = 0
    end_line: int = 0
    end_col: int = 0
    known: bool = False


def findings(records: Records, rules: Mapping[str, RuleInfo], src: str, *, applied: Level = "note") -> list[Finding]:
    """Return the findings of a run: worst first, then by file and place.

    `src` is what people call the folder of the seeds, "" if that is not known. `applied` is the level of a change that
    was made and waits for nobody.
    """
    found = list(_of_files(records, src))
    for file in records.files:
        for group in groups_of(records.of(file.path)):
            if group.pending or group.status == "applied":
                found.append(_of_group(group, file, rules, src, applied))
    gone = {file.path for file in records.files if file.status == "dropped"}
    left = (overlap for overlap in records.overlaps if gone.isdisjoint((overlap.a.path, overlap.b.path)))
    found += (_of_overlap(overlap, src) for overlap in left if is_open(overlap))
    return sorted(found, key=lambda one: (_RANK[one.level], one.file, one.line, one.col, one.id))


def is_open(overlap: OverlapRecord) -> bool:
    """Say whether an overlap asks for attention: reuse in two articles, of which nobody has said anything."""
    return overlap.kind == "reuse" and overlap.status == "open" and overlap.a.path != overlap.b.path


def against(found: Iterable[Finding], then: Collection[str]) -> list[Finding]:
    """Return findings with `known` set for those whose id is in `then`."""
    return [replace(one, known=one.id in then) for one in found]


def ids_of(records: Records) -> frozenset[str]:
    """Return the ids of all findings of a report: what `--new-only` leaves out."""
    return frozenset(one.id for one in findings(records, {}, ""))


def joined(src: str, path: str) -> str:
    """Return a path of the records under the folder of the seeds."""
    return f"{src.rstrip('/')}/{path}" if src.strip("/.") or src.startswith("/") else path


def _of_files(records: Records, src: str) -> Iterator[Finding]:
    for file in records.files:
        if file.status == "quarantined":
            code = show(file.code or "quarantined")
            yield Finding(
                short_id("quarantined", file.path, code), code, "The file stands unchanged, or is left out.", "error",
                joined(src, file.path), show(file.message or "could not be cleaned"),
            )  # fmt: skip


def _of_group(
    group: Group, file: FileRecord, rules: Mapping[str, RuleInfo], src: str, applied: Level
) -> Finding:  # fmt: skip
    first = group.first
    why = show(rules[group.rule].why) if group.rule in rules else ""
    finding = Finding(
        group.id if group.status == "applied" else short_id(group.id, group.status),
        show(group.rule), why, "warning" if group.pending else applied, joined(src, file.path),
        _message(group, why, page=file.extracted is not None), "pending" if group.pending else "",
    )  # fmt: skip
    if file.extracted is not None:  # its lines are those of the extracted text, not of the page
        return finding
    end_line, end_col = _end(first)
    return replace(finding, line=first.line, col=first.col, end_line=end_line, end_col=end_col)


def _end(edit: EditRecord) -> tuple[int, int]:
    lines = edit.quote.exact.split("\n")
    if len(lines) == 1:
        return edit.line, edit.col + len(lines[0])
    return edit.line + len(lines) - 1, len(lines[-1]) + 1


def _message(group: Group, why: str, *, page: bool) -> str:
    samples, more = group.samples(3)
    turns = ", ".join(_turn(old, new, count, group.status) for old, new, count in samples)
    lines = list(dict.fromkeys(edit.line for edit in group.edits))
    where = f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines[:_MAX_LINES]))}"
    where += " …" if len(lines) > _MAX_LINES else ""
    where += " of the extracted text" if page else ""
    parts = [
        turns + (f" and {plural(more, 'more form')}" if more else ""),
        f"{plural(len(group.edits), 'place')}, {where}",
    ]
    if group.pending:
        parts.append("waits for a decision" if group.status == "applied" else "proposed, waits for a decision")
    return "; ".join(parts) + (f". {why}" if why else ".")


def _turn(old: str, new: str, count: int, status: str) -> str:
    times = f" ×{count}" if count > 1 else ""
    if not old:
        return f"“{_short(new)}” {'inserted' if status == 'applied' else 'missing'}{times}"
    verb = "removed" if status == "applied" else "to be removed"
    return (f"“{_short(old)}” → “{_short(new)}”" if new else f"“{_short(old)}” {verb}") + times


def _short(text: str) -> str:
    head, left_out, tail = cut(text, *_QUOTED)
    return visible(head + ("…" if left_out else "") + tail).replace("\n", "⏎").replace("\t", "⇥")


def _of_overlap(overlap: OverlapRecord, src: str) -> Finding:
    a, b = overlap.a, overlap.b
    if a.path.startswith(AGAINST):  # the finding is of the new article
        a, b = b, a
    other = b.path if b.path.startswith(AGAINST) else joined(src, b.path)
    lines = a.quote.exact.split("\n")
    end_col = len(lines[-1]) + 1
    return Finding(
        overlap.id, "overlap/reuse", "The same passage stands in two articles.", "warning", joined(src, a.path),
        f"“{_short(a.quote.exact)}” stands in {show_path(other)}:{b.line} too; {show(overlap.verdict)}.",
        "overlap", a.line, 0, a.line + len(lines) - 1, end_col if len(lines) > 1 else 0,
    )  # fmt: skip
