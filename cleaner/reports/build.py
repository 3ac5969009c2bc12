"""From what a run did to its records: the only place that makes them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal, cast

from cleaner.clean import Ask, Cleaned
from cleaner.outcome import Outcome
from cleaner.overlap import Cluster, Found, Overlap, Passage, explain
from cleaner.packs import Pack, Rule
from cleaner.reports.records import (
    CandidateRecord,
    ClusterRecord,
    EditRecord,
    EvidenceRecord,
    ExtractedRecord,
    FileRecord,
    OverlapRecord,
    PackRecord,
    Quote,
    Records,
    RunRecord,
    SideRecord,
    SpanRecord,
    short_id,
)
from cleaner.show import record_path
from cleaner.text import Draft, LineIndex

Newline = Literal["lf", "crlf", "cr", "mixed"]
WHOLE_FILE_GROUPS = ("ruby", "script")  # kinds whose edits in one file are one decision, whatever the character


def build(
    outcomes: Sequence[Outcome], found: Found, packs: Sequence[Pack], rules: Mapping[str, Rule], config_digest: str
) -> Records:
    """Return the records of a run over `outcomes`, sorted by path."""
    outcomes = sorted(outcomes, key=lambda outcome: outcome.name)
    edits = {outcome.name: _edits(outcome, rules) for outcome in outcomes}
    files = tuple(_file(outcome, edits[outcome.name]) for outcome in outcomes)
    places = _Places(outcomes)
    clusters, of_overlap = _clusters(found, places)
    overlaps = tuple(places.overlap(overlap, of_overlap.get(i)) for i, overlap in enumerate(found.overlaps))
    overlaps = tuple(sorted(overlaps, key=lambda o: (o.a.path, o.a.start, o.b.path, o.b.start, o.id)))
    every = tuple(edit for outcome in outcomes for edit in edits[outcome.name])
    run = RunRecord(
        config_digest=config_digest,
        rules_digest=hashlib.sha256("".join(pack.digest for pack in packs).encode()).hexdigest(),
        decisions_digest=hashlib.sha256(b"").hexdigest(),
        packs=tuple(PackRecord(pack.name, pack.version, pack.digest) for pack in packs),
        files=len(files),
        files_changed=sum(file.status == "changed" for file in files),
        files_quarantined=sum(file.status == "quarantined" for file in files),
        files_dropped=sum(file.status == "dropped" for file in files),
        chars_in=sum(file.chars_in for file in files),
        chars_out=sum(file.chars_out for file in files),
        edits=sum(edit.status == "applied" for edit in every),
        pending=sum(edit.pending for edit in every),
        overlaps=len(overlaps),
        clusters=len(clusters),
    )
    return Records(run, files, every, overlaps, clusters)


def _file(outcome: Outcome, edits: Sequence[EditRecord]) -> FileRecord:
    source, cleaned, state = outcome.source, outcome.cleaned, outcome.script
    counts = Counter(edit.by[-1] for edit in edits if edit.status == "applied")
    out = None if outcome.status == "skipped" or not outcome.stands else record_path(outcome.out)
    text = cleaned.draft.text if cleaned else ""
    return FileRecord(
        path=record_path(outcome.name),
        out=out,
        status=outcome.status,
        code=outcome.error.code if outcome.error else None,
        message=outcome.error.sentence if outcome.error else outcome.note or None,
        format=outcome.format,
        encoding=source.encoding if source else "",
        bom=source.bom if source else False,
        newline=cast(Newline, source.newline if source else "lf"),
        newline_runs=source.runs or None if source else None,
        script=state.script if state else "other",
        region=state.region if state else None,
        evidence=EvidenceRecord(state.evidence.hans, state.evidence.hant, state.evidence.kana) if state else None,
        sha256_in=outcome.sha256,
        sha256_out=hashlib.sha256(text.encode()).hexdigest() if cleaned else outcome.sha256 if out else None,
        chars_in=len(source.text) if source else 0,
        chars_out=len(text),
        edits=dict(sorted(counts.items())),
        pending=sum(edit.pending for edit in edits),
        meta=dict(cleaned.meta) if cleaned else {},
        flags=cleaned.flags if cleaned else (),
        extracted=_extracted(outcome),
    )


def _extracted(outcome: Outcome) -> ExtractedRecord | None:
    if outcome.kept is None or outcome.source is None:
        return None
    return ExtractedRecord(hashlib.sha256(outcome.source.text.encode()).hexdigest(), outcome.kept)


def _edits(outcome: Outcome, rules: Mapping[str, Rule]) -> tuple[EditRecord, ...]:
    if outcome.cleaned is None:
        return ()
    making = _Edits(outcome.name, outcome.cleaned, rules)
    return tuple(sorted(making.all(), key=lambda e: (e.start, e.end, e.status, e.by, e.new)))


class _Edits:
    """Makes the edit records of one document."""

    def __init__(self, name: str, cleaned: Cleaned, rules: Mapping[str, Rule]) -> None:
        self.name = record_path(name)
        self.cleaned = cleaned
        self.source = cleaned.draft.source
        self.rules = rules
        self.lines = LineIndex(self.source)
        self.seen: Counter[str] = Counter()
        self.marks = {(mark.rule, at): mark for mark in cleaned.marks for at in range(mark.start, mark.end)}

    def all(self) -> list[EditRecord]:
        done = []
        for edit in self.cleaned.draft.edits:
            pending = any(self.rules[rule].keys.review for rule in edit.by)
            mark = next((m for rule in edit.by if (m := self.marks.get((rule, edit.start)))), None)
            done.append(
                self._record(
                    edit.start, edit.end, edit.new, edit.by, "fix", "applied", pending, None,
                    mark.klass if mark else None, mark.score if mark else None, (),
                )
            )  # fmt: skip
        return done + [self._ask(ask) for ask in self.cleaned.asks]

    def _ask(self, ask: Ask) -> EditRecord:
        stopped = ask.why in ("suppressed", "protected")
        return self._record(
            ask.start, ask.end, ask.new, (ask.rule,), "ask" if ask.why == "ask" else "fix",
            "suppressed" if stopped else "proposed", not stopped, ask.why if ask.why.startswith("E") else None,
            ask.klass, ask.score, ask.candidates,
        )  # fmt: skip

    def _record(
        self, start: int, end: int, new: str, by: tuple[str, ...], level: Literal["fix", "ask"],
        status: Literal["applied", "proposed", "kept", "suppressed"], pending: bool, code: str | None,
        klass: str | None, score: float | None, candidates: tuple[tuple[str, float], ...],
    ) -> EditRecord:  # fmt: skip
        quote = Quote.of(self.source, start, end)
        line, col = self.lines.at(start)
        folded = (_folded(part) for part in (quote.exact, quote.prefix, quote.suffix))
        chief = by[-1]  # the rule that had the last word: the spaces in a removed footer are no reason of their own
        identity = short_id(chief, *folded)
        self.seen[identity] += 1
        ordinal = self.seen[identity]
        whole = self.rules[chief].keys.kind in WHOLE_FILE_GROUPS
        return EditRecord(
            id=identity if ordinal == 1 else short_id(identity, str(ordinal)),
            group=short_id(chief, self.name, "" if whole else quote.exact),
            path=self.name, start=start, end=end, line=line, col=col, quote=quote, new=new, by=by, level=level,
            status=status, pending=pending, code=code, class_=klass, score=None if score is None else round(score, 4),
            candidates=tuple(CandidateRecord(word, round(score, 4)) for word, score in candidates), decision=None,
        )  # fmt: skip


def _folded(text: str) -> str:
    """Return `text` in one script and one composition, so that a converted copy gives the same id."""
    return unicodedata.normalize("NFC", text).translate(_one_script())


@cache
def _one_script() -> dict[int, str]:
    from cleaner.overlap.key import fold_table

    return str.maketrans(fold_table())


class _Places:
    """Leads positions of cleaned texts back to the sources."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.drafts: dict[str, Draft] = {o.name: o.cleaned.draft for o in outcomes if o.cleaned}
        self.lines: dict[str, LineIndex] = {}

    def span(self, passage: Passage) -> SpanRecord:
        start, end = self.drafts[passage.document].locate_span(passage.start, passage.end)
        return SpanRecord(record_path(passage.document), start, end)

    def side(self, passage: Passage) -> SideRecord:
        source = self.drafts[passage.document].source
        if passage.document not in self.lines:
            self.lines[passage.document] = LineIndex(source)
        span = self.span(passage)
        line, _ = self.lines[passage.document].at(span.start)
        return SideRecord(span.path, span.start, span.end, line, Quote.of(source, span.start, span.end))

    def overlap(self, overlap: Overlap, cluster: str | None) -> OverlapRecord:
        a, b = self.drafts[overlap.a.document].locate_span, self.drafts[overlap.b.document].locate_span

        def boxes(found: Sequence[tuple[int, int, int, int]]) -> tuple[tuple[int, int, int, int], ...]:
            return tuple((*a(a0, a1), *b(b0, b1)) for a0, a1, b0, b1 in found)

        return OverlapRecord(
            id=overlap.id, unit=overlap.unit, kind=overlap.kind, a=self.side(overlap.a), b=self.side(overlap.b),
            chars=overlap.chars, jaccard=round(overlap.jaccard, 4), containment=round(overlap.containment, 4),
            identity=round(overlap.identity, 4), cross_script=overlap.cross_script, ops=boxes(overlap.ops),
            order=overlap.order, blocks=boxes(overlap.blocks) or None, source=overlap.source, cluster=cluster,
            reasons=dict(sorted(overlap.reasons)), verdict=explain(overlap), status="open", decision=None,
        )  # fmt: skip


def _clusters(found: Found, places: _Places) -> tuple[tuple[ClusterRecord, ...], dict[int, str]]:
    ordered = sorted(found.clusters, key=_cluster_order(places))
    of_overlap = {edge: f"c{i}" for i, cluster in enumerate(ordered, 1) for edge in cluster.edges}
    records = tuple(
        ClusterRecord(
            id=f"c{i}", unit=cluster.unit, kind=cluster.kind,
            members=tuple(sorted(map(places.span, cluster.members), key=lambda span: (span.path, span.start))),
            edges=tuple(sorted(found.overlaps[edge].id for edge in cluster.edges)),
            source=cluster.source and record_path(cluster.source), keep=cluster.keep and record_path(cluster.keep),
            capped=cluster.capped,
        )
        for i, cluster in enumerate(ordered, 1)
    )  # fmt: skip
    return records, of_overlap


def _cluster_order(places: _Places) -> Callable[[Cluster], tuple[object, ...]]:
    """Reuse first, then by the first place."""

    def key(cluster: Cluster) -> tuple[object, ...]:
        first = min((span.path, span.start) for span in map(places.span, cluster.members))
        return cluster.kind != "reuse", cluster.kind, cluster.unit, *first

    return key
