"""Small records for the tests of the reports, made from texts and the changes to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cleaner.identity import short_id
from cleaner.reports.records import (
    CandidateRecord,
    ClusterRecord,
    EditRecord,
    EvidenceRecord,
    FileRecord,
    OverlapRecord,
    PackRecord,
    Quote,
    Records,
    RunRecord,
    SideRecord,
    SpanRecord,
)
from cleaner.reports.rules import RuleInfo
from cleaner.text import LineIndex


def edit(path: str, source: str, start: int, end: int, new: str, rule: str = "zh/rule", **more: Any) -> EditRecord:
    """Return an applied edit; a group is a rule and the matched text."""
    line, col = LineIndex(source).at(start)
    values: dict[str, Any] = {
        "id": short_id(path, rule, str(start)), "group": short_id(rule, path, source[start:end]), "path": path,
        "start": start, "end": end, "line": line, "col": col, "quote": Quote.of(source, start, end), "new": new,
        "by": (rule,), "level": "fix", "status": "applied", "pending": False, "code": None, "class_": None,
        "score": None, "candidates": (), "decision": None,
    }  # fmt: skip
    return EditRecord(**{**values, **more})


def file(path: str, source: str, edits: Sequence[EditRecord], **more: Any) -> FileRecord:
    applied = [one for one in edits if one.status == "applied"]
    values: dict[str, Any] = {
        "path": path, "out": path, "status": "changed" if applied else "unchanged", "code": None, "message": None,
        "format": "txt", "encoding": "utf-8", "bom": False, "newline": "lf", "newline_runs": None, "script": "hant",
        "region": "tw", "evidence": EvidenceRecord(1, 9, 0), "sha256_in": "0" * 64, "sha256_out": "1" * 64,
        "chars_in": len(source), "chars_out": len(source) + sum(len(e.new) - (e.end - e.start) for e in applied),
        "edits": dict(sorted(Counter(one.by[-1] for one in applied).items())),
        "pending": sum(one.pending for one in edits), "meta": {}, "flags": (),
    }  # fmt: skip
    return FileRecord(**{**values, **more})


def side(path: str, source: str, passage: str) -> SideRecord:
    start = source.index(passage)
    end = start + len(passage)
    return SideRecord(path, start, end, LineIndex(source).at(start)[0], Quote.of(source, start, end))


def overlap(a: SideRecord, b: SideRecord, **more: Any) -> OverlapRecord:
    values: dict[str, Any] = {
        "id": short_id(a.path, b.path), "unit": "passage", "kind": "reuse", "a": a, "b": b, "chars": 30,
        "jaccard": 0.9, "containment": 0.95, "identity": 0.97, "cross_script": False, "ops": (), "order": None,
        "blocks": None, "source": None, "cluster": "c1", "reasons": {"df": 2, "quoted": False, "weight": 1.5},
        "verdict": "reuse: 30 aligned characters", "status": "open", "decision": None,
    }  # fmt: skip
    return OverlapRecord(**{**values, **more})


def cluster(name: str, overlaps: Sequence[OverlapRecord], **more: Any) -> ClusterRecord:
    members = {SpanRecord(s.path, s.start, s.end): None for o in overlaps for s in (o.a, o.b)}
    values: dict[str, Any] = {
        "id": name, "unit": "passage", "kind": overlaps[0].kind, "members": tuple(members),
        "edges": tuple(o.id for o in overlaps), "source": None, "keep": None, "capped": False,
    }  # fmt: skip
    return ClusterRecord(**{**values, **more})


def records(
    files: Sequence[FileRecord],
    edits: Sequence[EditRecord] = (),
    overlaps: Sequence[OverlapRecord] = (),
    clusters: Sequence[ClusterRecord] = (),
    pack: str = "zh",
) -> Records:
    statuses = Counter(one.status for one in files)
    run = RunRecord(
        "0", "0", "0", (PackRecord(pack, "1", "0"),), len(files), statuses["changed"], statuses["quarantined"],
        statuses["dropped"], sum(f.chars_in for f in files), sum(f.chars_out for f in files),
        sum(e.status == "applied" for e in edits), sum(e.pending for e in edits), len(overlaps), len(clusters),
    )  # fmt: skip
    return Records(run, tuple(files), tuple(edits), tuple(overlaps), tuple(clusters))


def rule(name: str, why: str = "Because it is not the article.") -> RuleInfo:
    return RuleInfo(name, "span", "fix", False, why, "any", (("a", "b"),), ("c",))


Sample = tuple[Records, Mapping[str, str], Mapping[str, RuleInfo]]


def hostile(bad: str) -> Sample:
    """Return a report in which `bad` stands wherever text of a seed, a name or a pack can stand."""
    name = bad.replace("/", "∕").replace("\n", "")
    path, other = f"sub/{name}.txt", "b.txt"
    passage = f"前文{bad}後文"
    source = f"{bad}\n領(lǐng){passage}\n{bad}尾\n{passage}"
    rule_id = f"zh/{bad}"
    at = source.index("領(lǐng)") + 1
    edits = [
        edit(path, source, 0, len(bad), "", rule_id),
        edit(path, source, at, at + 6, bad, rule_id),
        edit(
            path, source, at + 7, at + 8, bad, rule_id, status="proposed", level="ask", pending=True, code=bad,
            candidates=(CandidateRecord(bad, 0.5, side(other, passage, passage)),),
        ),
    ]  # fmt: skip
    one = overlap(
        side(path, source, passage),
        side(other, passage, passage),
        verdict=bad,
        reasons={bad: bad},
        order=bad,
        cluster=bad,
    )
    within = overlap(side(path, source, passage), side(path, source, bad + "尾"), verdict=bad, cluster=None)
    files = [
        file(other, passage, []),
        file(path, source, edits, meta={"title": bad, "source": bad}, flags=(bad,), pending=1),
        file(f"z{name}", "", [], status="quarantined", out=None, code=bad, message=bad),
    ]
    report = records(files, edits, [one, within], [cluster(bad, [one], source=path, keep=other, capped=True)], bad)
    return report, {path: source, other: passage}, {rule_id: rule(rule_id, bad)}
