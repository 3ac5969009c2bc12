"""README.md of out/__report__: what a reviewer on a code host reads first. Committed, so the same bytes every time.

Only <del>, <ins>, <code>, <details>, <summary> and tables are used: hosts strip style, so there are no colours.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cleaner.identity import CONTEXT
from cleaner.reports.markdown_text import inert, inline
from cleaner.reports.records import (
    CandidateRecord,
    ClusterRecord,
    EditRecord,
    FileRecord,
    OverlapRecord,
    Records,
    SideRecord,
)
from cleaner.reports.rules import RuleInfo
from cleaner.reports.views import (
    FLAGS,
    KINDS,
    Counts,
    Group,
    answer,
    by_cluster,
    cut,
    decided,
    groups_of,
    pending_groups,
    plural,
    stale,
    visible,
)
from cleaner.show import show_path

MAX_FILES = 50  # a longer page is slow on code hosts and nobody reads it; report.jsonl has everything
MAX_GROUPS = 200
_MAX_MEMBERS = 20  # places of one cluster, and pairs of one cluster


def to_markdown(records: Records, rules: Mapping[str, RuleInfo]) -> bytes:
    """Return the report as Markdown, UTF-8: cut after 50 files or 200 groups, which it then says."""
    lines = [
        "# What was cleaned, and why",
        "",
        *_totals(records),
        *_pending(records),
        *_left_out(records.files),
        *_dropped(records.files),
        *_files(records, rules),
        *_overlaps(records),
        *_decisions(records),
        *_notes(records),
    ]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _totals(records: Records) -> Iterator[str]:
    run = records.run
    yield from _table(
        ["files", "changed", "quarantined", "characters", "edits", "pending", "overlaps", "clusters"],
        [[
            f"{run.files:,}", f"{run.files_changed:,}", f"{run.files_quarantined:,}",
            f"{run.chars_in:,} → {run.chars_out:,}", f"{run.edits:,}", f"{run.pending:,}",
            f"{run.overlaps:,}", f"{run.clusters:,}",
        ]],
    )  # fmt: skip
    packs = ", ".join(f"{inline(pack.name)} {inline(pack.version)}" for pack in run.packs)
    yield f"Rule packs, in order: {packs or 'none'}."
    yield "<del>Struck</del> text was removed, <ins>inserted</ins> text stands there now."
    yield ""


def _pending(records: Records) -> Iterator[str]:
    groups = list(pending_groups(records))
    if not groups:
        return
    places = sum(group.pending for group in groups)
    yield f"## Waiting for a decision: {plural(places, 'place')} in {plural(len(groups), 'group')}"
    yield ""
    yield from _table(
        ["rule", "count", "quote", "look closer", "decide"],
        [[inline(g.rule) + _fate(g), f"{g.pending:,}", _change(g.first) + _candidates(g.first), _explain(g.first),
          f"`{answer(g.first)}`"]
         for g in groups[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(groups) - MAX_GROUPS, "group")


def _left_out(files: Sequence[FileRecord]) -> Iterator[str]:
    shown = [file for file in files if file.status in ("quarantined", "skipped")]
    if not shown:
        return
    yield "## Quarantined and skipped files"
    yield ""
    yield from _table(
        ["file", "status", "code", "message"],
        [[_path(file.path), file.status, inline(file.code or ""), inline(file.message or "")]
         for file in shown[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(shown) - MAX_GROUPS, "file")


def _dropped(files: Sequence[FileRecord]) -> Iterator[str]:
    gone = [file for file in files if file.status == "dropped"]
    if not gone:
        return
    yield f"## Dropped: {plural(len(gone), 'near-duplicate document')}"
    yield ""
    yield "Nothing stands in OUT for them. report.jsonl holds the whole text of each; `clean undo` brings it back."
    yield ""
    yield from _table(["file", "characters", "why"], [
        [_path(file.path), f"{file.chars_in:,}", inline(file.message or "")] for file in gone[:MAX_GROUPS]
    ])  # fmt: skip
    yield from _rest(len(gone) - MAX_GROUPS, "file")


def _files(records: Records, rules: Mapping[str, RuleInfo]) -> Iterator[str]:
    files = [file for file in records.files
             if file.status != "dropped" and (records.of(file.path) or file.meta or file.flags)]  # fmt: skip
    if not files:
        return
    yield "## Files"
    yield ""
    budget = MAX_GROUPS
    done = 0
    for file in files[:MAX_FILES]:
        if budget <= 0:
            break
        groups = groups_of(records.of(file.path))
        yield from _file(file, groups[:budget], len(groups), records.of(file.path), rules)
        budget -= len(groups)
        done += 1
    yield from _rest(len(files) - done, "file")


def _file(
    file: FileRecord, groups: Sequence[Group], count: int, edits: Sequence[EditRecord], rules: Mapping[str, RuleInfo]
) -> Iterator[str]:
    counts = Counts.of(edits)
    facts = [file.status, f"{counts.removed:,} removed", f"{counts.repaired:,} repaired"]
    facts += [f"{file.pending:,} pending"] if file.pending else []
    facts += [f"{file.chars_in:,} → {file.chars_out:,} characters"]
    yield "<details>"
    yield f"<summary><code>{html.escape(show_path(file.path))}</code> {', '.join(facts)}</summary>"
    yield ""
    if file.meta:
        yield from _table(
            ["lifted", "value"], [[inline(key), inline(value)] for key, value in sorted(file.meta.items())]
        )
    if file.flags:
        yield f"Flags: {', '.join(map(inline, file.flags))}."
        yield ""
    if groups:
        yield from _table(["rule", "why", "count", "in context"], _rows(groups, rules))
    yield from _rest(count - len(groups), "group")
    yield "</details>"
    yield ""


def _rows(groups: Sequence[Group], rules: Mapping[str, RuleInfo]) -> Iterator[Sequence[str]]:
    """Yield a row per group; the reason of a rule stands once in a file."""
    told: set[str] = set()
    for group in groups:
        why = rules[group.rule].why if group.rule in rules and group.rule not in told else ""
        told.add(group.rule)
        taken = "" if group.first.pending else _candidates(group.first)
        yield inline(group.rule) + _fate(group), inline(why), f"{len(group.edits):,}", _sample(group) + taken


def _fate(group: Group) -> str:
    codes = sorted({edit.code for edit in group.edits if edit.code})
    stopped = f" by {', '.join(map(inline, codes))}" if codes else ""
    return {
        "applied": " (decided)" if group.first.decision else "",
        "proposed": f" (only proposed{', stopped' + stopped if stopped else ''})",
        "kept": " (not applied: a decision keeps the original)",
        "suppressed": " (not applied: switched off for this file)",
    }[group.status]  # fmt: skip


def _sample(group: Group) -> str:
    """One edit in its context, and the other changes of the group without theirs."""
    first = group.first
    samples, more = group.samples(6)
    others = [
        _swap(old, new) + (f" ×{count:,}" if count > 1 else "")
        for old, new, count in samples
        if (old, new) != (first.quote.exact, first.new)
    ]
    others += [f"{more:,} more"] if more else []
    return _change(first) + (f" — also {', '.join(others)}" if others else "")


def _change(edit: EditRecord) -> str:
    before, after = edit.quote.prefix, edit.quote.suffix
    more = ("…" if len(side) == CONTEXT else "" for side in (before, after))
    return f"{next(more)}{inline(before)}{_swap(edit.quote.exact, edit.new)}{inline(after)}{next(more)}"


def _swap(old: str, new: str) -> str:
    gone, put = (_elided(text) if text.strip() else inert(visible(text[:60])) for text in (old, new))
    return (f"<del>{gone}</del>" if old else "") + (f"<ins>{put}</ins>" if new else "")


def _candidates(edit: EditRecord) -> str:
    words = ", ".join(map(_candidate, edit.candidates[:5]))
    taken = edit.status == "applied" and not edit.pending
    return f"; {'taken from a copy' if taken else 'candidates'}: {words}" if words else ""


def _candidate(word: CandidateRecord) -> str:
    """A proposed word with the place of the copy that has it."""
    new = inline(word.new) if word.new else "nothing"
    if word.evidence is None:
        return f"{new} ({word.score:.2f})"
    copies = f"{word.copies} copies, " if word.copies and word.copies > 1 else ""
    return f"{new} ({word.score:.2f}; {copies}{_place(word.evidence)})"


def _explain(edit: EditRecord) -> str:
    """The command that says more of a place; none for a name that cannot be typed."""
    path = edit.path
    if show_path(path) != path or "`" in path or "|" in path or path.startswith("-"):
        return f"{_path(path)} line {edit.line}"
    return f"`clean explain {shlex.quote(f'{path}:{edit.line}')}`"


def _overlaps(records: Records) -> Iterator[str]:
    if not records.overlaps:
        return
    groups = by_cluster(records.overlaps)
    yield f"## Overlaps: {plural(len(records.overlaps), 'pair')} in {plural(len(records.clusters), 'cluster')}"
    yield ""
    budget = MAX_GROUPS
    for kind in KINDS:
        clusters = [cluster for cluster in records.clusters if cluster.kind == kind]
        if not clusters:
            continue
        shown = clusters[: max(0, budget)]
        budget -= len(clusters)
        parts = [line for cluster in shown for line in _cluster(cluster, groups.get(cluster.id, []))]
        parts += _rest(len(clusters) - len(shown), "cluster")
        yield from parts if kind == "reuse" else _folded(f"{kind}: {plural(len(clusters), 'cluster')}", parts)
    if alone := groups.get(None):
        yield from _folded(f"repeated inside one text: {plural(len(alone), 'pair')}", _pairs(alone))


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("<details>", f"<summary>{title}</summary>", "", *lines, "</details>", "")


def _cluster(cluster: ClusterRecord, overlaps: Sequence[OverlapRecord]) -> Iterator[str]:
    files = len({member.path for member in cluster.members})
    where = f"{plural(len(cluster.members), 'place')} in {plural(files, 'file')}"
    yield f"### {inline(cluster.id)}: {cluster.kind}, {where}"
    yield ""
    if cluster.source is not None:
        yield f"Probably first in {_path(cluster.source)}."
        yield ""
    yield from _pairs(overlaps)


def _pairs(overlaps: Sequence[OverlapRecord]) -> Iterator[str]:
    for overlap in overlaps[:_MAX_MEMBERS]:
        decided = "" if overlap.status == "open" else f" Decided: {overlap.status}."
        yield f"{inline(overlap.verdict)}{decided}"
        yield ""
        yield from _table(["place", "passage"], [[_place(side), _passage(side)] for side in (overlap.a, overlap.b)])
    yield from _rest(len(overlaps) - _MAX_MEMBERS, "pair")


def _passage(side: SideRecord) -> str:
    return _elided(side.quote.exact, 120, 60)


def _decisions(records: Records) -> Iterator[str]:
    """What reviewers decided: first what has lost its place, since somebody has to look at it."""
    if not records.decisions:
        return
    old = stale(records)
    yield f"## Decisions: {len(records.decisions):,}, {len(old):,} stale"
    yield ""
    if old:
        yield "A stale decision is about a text that is gone; `clean decisions check` says where it stands."
        yield ""
    ordered = sorted(records.decisions, key=lambda one: one.places > 0)
    yield from _table(
        ["id", "decision", "on", "quote", "places", "by", "why"],
        [[one.id, inline(decided(one)), inline(one.rule or "overlap"), _elided(one.exact),
          f"{one.places:,}" if one.places else "stale", inline(one.by or ""), inline(one.why or "")]
         for one in ordered[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(ordered) - MAX_GROUPS, "decision")


def _notes(records: Records) -> Iterator[str]:
    flags = sorted({flag for file in records.files for flag in file.flags})
    notes = []
    for flag in flags:
        count = sum(flag in file.flags for file in records.files)
        notes.append(f"- {inline(flag)}, in {plural(count, 'file')}" + (f": {FLAGS[flag]}." if flag in FLAGS else "."))
    capped = [cluster.id for cluster in records.clusters if cluster.capped]
    if capped:
        notes.append(
            f"- A limit was met in {', '.join(map(inline, capped[:_MAX_MEMBERS]))}: places may be missing there."
        )
    if notes:
        yield "## Notes"
        yield ""
        yield from notes


def _rest(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"… and {plural(count, f'more {what}')}: report.jsonl beside this page has all of them."
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _place(side: SideRecord) -> str:
    return f"{_path(side.path)} line {side.line}"


def _path(path: str) -> str:
    return inline(show_path(path))


def _elided(text: str, head: int = 60, tail: int = 24) -> str:
    start, left_out, end = cut(text, head, tail)
    return f"{inline(start)} … {left_out:,} characters … {inline(end)}" if left_out else inline(start)
