"""README.md of out/__report__: what a reviewer on a code host reads first. Committed, so the same bytes every time.

Only <del>, <ins>, <code>, <details>, <summary> and tables are used: hosts strip style, so there are no colours.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cleaner.identity import CONTEXT
from cleaner.languages import ENGLISH, Speech, mark
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
    stale,
    verdict,
    visible,
)
from cleaner.show import show_path

MAX_FILES = 50  # a longer page is slow on code hosts and nobody reads it; report.jsonl has everything
MAX_GROUPS = 200
META = (mark("title"), mark("source"), mark("date"), mark("author"), mark("editor"), mark("location"))
_MAX_MEMBERS = 20  # places of one cluster, and pairs of one cluster


def to_markdown(records: Records, rules: Mapping[str, RuleInfo], t: Speech = ENGLISH) -> bytes:
    """Return the report as Markdown, UTF-8: cut after 50 files or 200 groups, which it then says."""
    lines = [
        f"# {t('What was cleaned, and why')}",
        "",
        *_totals(records, t),
        *_pending(records, t),
        *_left_out(records.files, t),
        *_dropped(records.files, t),
        *_files(records, rules, t),
        *_overlaps(records, t),
        *_decisions(records, t),
        *_notes(records, t),
    ]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _totals(records: Records, t: Speech) -> Iterator[str]:
    run = records.run
    yield from _table(
        [
            t("files"), t("changed"), t("quarantined"), t("characters"), t("edits"), t("pending"), t("overlaps"),
            t("clusters"),
        ],
        [[
            f"{run.files:,}", f"{run.files_changed:,}", f"{run.files_quarantined:,}",
            f"{run.chars_in:,} → {run.chars_out:,}", f"{run.edits:,}", f"{run.pending:,}",
            f"{run.overlaps:,}", f"{run.clusters:,}",
        ]],
    )  # fmt: skip
    packs = ", ".join(f"{inline(pack.name)} {inline(pack.version)}" for pack in run.packs)
    yield t("Rule packs, in order: {packs}.", packs=packs or t("none"))
    yield t("<del>Struck</del> text was removed, <ins>inserted</ins> text stands there now.")
    yield ""


def _pending(records: Records, t: Speech) -> Iterator[str]:
    groups = list(pending_groups(records))
    if not groups:
        return
    places = sum(group.pending for group in groups)
    count, kinds = t.plural(places, "place"), t.plural(len(groups), "group")
    yield f"## {t('Waiting for a decision: {places} in {groups}', places=count, groups=kinds)}"
    yield ""
    yield from _table(
        [t("rule"), t("count"), t("quote"), t("look closer"), t("decide")],
        [[inline(g.rule) + _fate(g, t), f"{g.pending:,}", _change(g.first, t) + _candidates(g.first, t),
          _explain(g.first, t), f"`{answer(g.first)}`"]
         for g in groups[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(groups) - MAX_GROUPS, "more group", t)


def _left_out(files: Sequence[FileRecord], t: Speech) -> Iterator[str]:
    shown = [file for file in files if file.status in ("quarantined", "skipped")]
    if not shown:
        return
    yield f"## {t('Quarantined and skipped files')}"
    yield ""
    yield from _table(
        [t("file"), t("status"), t("code"), t("message")],
        [[_path(file.path), t(file.status), inline(file.code or ""), inline(file.message or "")]
         for file in shown[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(shown) - MAX_GROUPS, "more file", t)


def _dropped(files: Sequence[FileRecord], t: Speech) -> Iterator[str]:
    gone = [file for file in files if file.status == "dropped"]
    if not gone:
        return
    yield f"## {t('Dropped: {what}', what=t.plural(len(gone), 'near-duplicate document'))}"
    yield ""
    yield t("Nothing stands in OUT for them. report.jsonl holds the whole text of each; `clean undo` brings it back.")
    yield ""
    yield from _table([t("file"), t("characters"), t("why")], [
        [_path(file.path), f"{file.chars_in:,}", inline(file.message or "")] for file in gone[:MAX_GROUPS]
    ])  # fmt: skip
    yield from _rest(len(gone) - MAX_GROUPS, "more file", t)


def _files(records: Records, rules: Mapping[str, RuleInfo], t: Speech) -> Iterator[str]:
    files = [file for file in records.files
             if file.status != "dropped" and (records.of(file.path) or file.meta or file.flags)]  # fmt: skip
    if not files:
        return
    yield f"## {t('Files')}"
    yield ""
    budget = MAX_GROUPS
    done = 0
    for file in files[:MAX_FILES]:
        if budget <= 0:
            break
        groups = groups_of(records.of(file.path))
        yield from _file(file, groups[:budget], len(groups), records.of(file.path), rules, t)
        budget -= len(groups)
        done += 1
    yield from _rest(len(files) - done, "more file", t)


def _file(
    file: FileRecord,
    groups: Sequence[Group],
    count: int,
    edits: Sequence[EditRecord],
    rules: Mapping[str, RuleInfo],
    t: Speech,
) -> Iterator[str]:
    counts = Counts.of(edits)
    facts = [t(file.status), t("{n} removed", n=f"{counts.removed:,}"), t("{n} repaired", n=f"{counts.repaired:,}")]
    facts += [t("{n} pending", n=f"{file.pending:,}")] if file.pending else []
    facts += [t("{before} → {after} characters", before=f"{file.chars_in:,}", after=f"{file.chars_out:,}")]
    yield "<details>"
    yield f"<summary><code>{html.escape(show_path(file.path))}</code> {t(', ').join(facts)}</summary>"
    yield ""
    if file.meta:
        yield from _table(
            [t("lifted"), t("value")],
            [[t(key) if key in META else inline(key), inline(value)] for key, value in sorted(file.meta.items())],
        )
    if file.flags:
        yield t("Flags: {flags}.", flags=", ".join(map(inline, file.flags)))
        yield ""
    if groups:
        yield from _table([t("rule"), t("why"), t("count"), t("in context")], _rows(groups, rules, t))
    yield from _rest(count - len(groups), "more group", t)
    yield "</details>"
    yield ""


def _rows(groups: Sequence[Group], rules: Mapping[str, RuleInfo], t: Speech) -> Iterator[Sequence[str]]:
    """Yield a row per group; the reason of a rule stands once in a file."""
    told: set[str] = set()
    for group in groups:
        why = rules[group.rule].why if group.rule in rules and group.rule not in told else ""
        told.add(group.rule)
        taken = "" if group.first.pending else _candidates(group.first, t)
        yield inline(group.rule) + _fate(group, t), inline(why), f"{len(group.edits):,}", _sample(group, t) + taken


def _fate(group: Group, t: Speech) -> str:
    codes = ", ".join(map(inline, sorted({edit.code for edit in group.edits if edit.code})))
    return {
        "applied": t(" (decided)") if group.first.decision else "",
        "proposed": t(" (only proposed, stopped by {codes})", codes=codes) if codes else t(" (only proposed)"),
        "kept": t(" (not applied: a decision keeps the original)"),
        "suppressed": t(" (not applied: switched off for this file)"),
    }[group.status]


def _sample(group: Group, t: Speech) -> str:
    """One edit in its context, and the other changes of the group without theirs."""
    first = group.first
    samples, more = group.samples(6)
    others = [
        _swap(old, new, t) + (f" ×{count:,}" if count > 1 else "")
        for old, new, count in samples
        if (old, new) != (first.quote.exact, first.new)
    ]
    others += [t("{n} more", n=f"{more:,}")] if more else []
    return _change(first, t) + (t(" — also {others}", others=t(", ").join(others)) if others else "")


def _change(edit: EditRecord, t: Speech) -> str:
    before, after = edit.quote.prefix, edit.quote.suffix
    more = ("…" if len(side) == CONTEXT else "" for side in (before, after))
    return f"{next(more)}{inline(before)}{_swap(edit.quote.exact, edit.new, t)}{inline(after)}{next(more)}"


def _swap(old: str, new: str, t: Speech) -> str:
    gone, put = (_elided(text, t) if text.strip() else inert(visible(text[:60])) for text in (old, new))
    return (f"<del>{gone}</del>" if old else "") + (f"<ins>{put}</ins>" if new else "")


def _candidates(edit: EditRecord, t: Speech) -> str:
    words = t(", ").join(_candidate(word, t) for word in edit.candidates[:5])
    taken = edit.status == "applied" and not edit.pending
    said = t("; taken from a copy: {words}", words=words) if taken else t("; candidates: {words}", words=words)
    return said if words else ""


def _candidate(word: CandidateRecord, t: Speech) -> str:
    """A proposed word with the place of the copy that has it."""
    new = inline(word.new) if word.new else t("nothing")
    if word.evidence is None:
        return f"{new} ({word.score:.2f})"
    copies = t("{n} copies, ", n=word.copies) if word.copies and word.copies > 1 else ""
    return f"{new} ({word.score:.2f}; {copies}{_place(word.evidence, t)})"


def _explain(edit: EditRecord, t: Speech) -> str:
    """The command that says more of a place; none for a name that cannot be typed."""
    path = edit.path
    if show_path(path) != path or "`" in path or "|" in path or path.startswith("-"):
        return t("{path} line {line}", path=_path(path), line=edit.line)
    return f"`clean explain {shlex.quote(f'{path}:{edit.line}')}`"


def _overlaps(records: Records, t: Speech) -> Iterator[str]:
    if not records.overlaps:
        return
    groups = by_cluster(records.overlaps)
    pairs, kinds = t.plural(len(records.overlaps), "pair"), t.plural(len(records.clusters), "cluster")
    yield f"## {t('Overlaps: {pairs} in {clusters}', pairs=pairs, clusters=kinds)}"
    yield ""
    budget = MAX_GROUPS
    for kind in KINDS:
        clusters = [cluster for cluster in records.clusters if cluster.kind == kind]
        if not clusters:
            continue
        shown = clusters[: max(0, budget)]
        budget -= len(clusters)
        parts = [line for cluster in shown for line in _cluster(cluster, groups.get(cluster.id, []), t)]
        parts += _rest(len(clusters) - len(shown), "more cluster", t)
        yield from (
            parts if kind == "reuse" else _folded(f"{t(kind)}{t(': ')}{t.plural(len(clusters), 'cluster')}", parts)
        )
    if alone := groups.get(None):
        yield from _folded(t("repeated inside one text: {pairs}", pairs=t.plural(len(alone), "pair")), _pairs(alone, t))


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("<details>", f"<summary>{title}</summary>", "", *lines, "</details>", "")


def _cluster(cluster: ClusterRecord, overlaps: Sequence[OverlapRecord], t: Speech) -> Iterator[str]:
    files = len({member.path for member in cluster.members})
    where = t("{places} in {files}", places=t.plural(len(cluster.members), "place"), files=t.plural(files, "file"))
    yield f"### {inline(cluster.id)}{t(': ')}{t(cluster.kind)}{t(', ')}{where}"
    yield ""
    if cluster.source is not None:
        yield t("Probably first in {path}.", path=_path(cluster.source))
        yield ""
    yield from _pairs(overlaps, t)


def _pairs(overlaps: Sequence[OverlapRecord], t: Speech) -> Iterator[str]:
    for overlap in overlaps[:_MAX_MEMBERS]:
        decided = "" if overlap.status == "open" else t(" Decided: {what}.", what=t(overlap.status))
        yield f"{inline(verdict(overlap, t))}{decided}"
        yield ""
        yield from _table(
            [t("place"), t("passage")], [[_place(side, t), _passage(side, t)] for side in (overlap.a, overlap.b)]
        )
    yield from _rest(len(overlaps) - _MAX_MEMBERS, "more pair", t)


def _passage(side: SideRecord, t: Speech) -> str:
    return _elided(side.quote.exact, t, 120, 60)


def _decisions(records: Records, t: Speech) -> Iterator[str]:
    """What reviewers decided: first what has lost its place, since somebody has to look at it."""
    if not records.decisions:
        return
    old = stale(records)
    count, lost = f"{len(records.decisions):,}", f"{len(old):,}"
    yield f"## {t('Decisions: {n}, {stale} stale', n=count, stale=lost)}"
    yield ""
    if old:
        yield t("A stale decision is about a text that is gone; `clean decisions check` says where it stands.")
        yield ""
    ordered = sorted(records.decisions, key=lambda one: one.places > 0)
    yield from _table(
        ["id", t("decision"), t("on"), t("quote"), t("places"), t("by whom"), t("why")],
        [[one.id, inline(decided(one)), inline(one.rule) if one.rule else t("overlap"), _elided(one.exact, t),
          f"{one.places:,}" if one.places else t("stale"), inline(one.by or ""), inline(one.why or "")]
         for one in ordered[:MAX_GROUPS]],
    )  # fmt: skip
    yield from _rest(len(ordered) - MAX_GROUPS, "more decision", t)


def _notes(records: Records, t: Speech) -> Iterator[str]:
    flags = sorted({flag for file in records.files for flag in file.flags})
    notes = []
    for flag in flags:
        count = sum(flag in file.flags for file in records.files)
        where = t("{flag}, in {files}", flag=inline(flag), files=t.plural(count, "file"))
        notes.append(f"- {where}" + (f"{t(': ')}{t(FLAGS[flag])}" if flag in FLAGS else "") + t("."))
    capped = [cluster.id for cluster in records.clusters if cluster.capped]
    if capped:
        which = ", ".join(map(inline, capped[:_MAX_MEMBERS]))
        notes.append("- " + t("A limit was met in {clusters}: places may be missing there.", clusters=which))
    if notes:
        yield f"## {t('Notes')}"
        yield ""
        yield from notes


def _rest(count: int, what: str, t: Speech) -> Iterator[str]:
    if count > 0:
        yield t("… and {what}: report.jsonl beside this page has all of them.", what=t.plural(count, what))
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _place(side: SideRecord, t: Speech) -> str:
    return t("{path} line {line}", path=_path(side.path), line=side.line)


def _path(path: str) -> str:
    return inline(show_path(path))


def _elided(text: str, t: Speech, head: int = 60, tail: int = 24) -> str:
    start, left_out, end = cut(text, head, tail)
    gap = t("{n} characters", n=f"{left_out:,}")
    return f"{inline(start)} … {gap} … {inline(end)}" if left_out else inline(start)
