"""From what a run did to its records: the only place that makes them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

from cleaner.clean import Ask, Cleaned
from cleaner.decisions import Bench, Decision
from cleaner.identity import identities, short_id
from cleaner.outcome import Outcome
from cleaner.overlap import Cluster, Found, Overlap, Passage, Word, explain
from cleaner.packs import Pack, Rule
from cleaner.reports.records import (
    CandidateRecord,
    ClusterRecord,
    DecisionRecord,
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
    StretchRecord,
)
from cleaner.rulings import Place, Ruling
from cleaner.show import record_path
from cleaner.text import Draft, Edit, LineIndex

Newline = Literal["lf", "crlf", "cr", "mixed"]
_Status = Literal["applied", "proposed", "kept", "suppressed"]
_Fate = Literal["open", "wanted", "unwanted"]
NO_DECISIONS = Bench()
DROPPED = "dedup/drop"  # the rule that stands behind the edit of a dropped document


def build(
    outcomes: Sequence[Outcome], found: Found, packs: Sequence[Pack], rules: Mapping[str, Rule], config_digest: str,
    bench: Bench = NO_DECISIONS, corpus: Sequence[Outcome] = (), compared: Sequence[Outcome] | None = None,
) -> Records:  # fmt: skip
    """Return the records of a run over `outcomes`, sorted by path.

    Overlaps, and words for masks, may lead to the documents of `corpus`, which have no records of their own.
    `compared` are the outcomes whose texts `found` has the places of, if passages were cut out of them since.
    """
    outcomes = sorted(outcomes, key=lambda outcome: outcome.name)
    places = _Places([*(outcomes if compared is None else compared), *corpus])
    edits = {outcome.name: _edits(outcome, rules, places) for outcome in outcomes}
    files = tuple(_file(outcome, edits[outcome.name]) for outcome in outcomes)
    clusters, of_overlap = _clusters(found, places)
    overlaps = tuple(places.overlap(overlap, of_overlap.get(i), bench) for i, overlap in enumerate(found.overlaps))
    overlaps = tuple(sorted(overlaps, key=lambda o: (o.a.path, o.a.start, o.b.path, o.b.start, o.id)))
    every = tuple(edit for outcome in outcomes for edit in edits[outcome.name])
    run = RunRecord(
        config_digest=config_digest,
        rules_digest=rules_digest(packs),
        decisions_digest=bench.decisions.digest,
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
    return Records(run, files, every, overlaps, clusters, decision_records(bench, every, overlaps))


def rules_digest(packs: Sequence[Pack]) -> str:
    """Return the SHA-256 in hex that stands for some packs, in order."""
    return hashlib.sha256("".join(pack.digest for pack in packs).encode()).hexdigest()


def decision_records(
    bench: Bench, edits: Sequence[EditRecord], overlaps: Sequence[OverlapRecord]
) -> tuple[DecisionRecord, ...]:
    """Return what was decided, and how many places each decision was found at: one with none is stale."""
    used = Counter(id_ for id_ in (*(e.decision for e in edits), *(o.decision for o in overlaps)) if id_)
    quotes = [(e.id, e.by[-1], e.quote.exact, e.quote.prefix, e.quote.suffix) for e in edits if not e.decision]
    found = []
    for decision in bench.decisions:
        alike = bench.alike(decision, quotes)[:ALIKE] if not used[decision.id] else []
        found.append(_decision(decision, used[decision.id], tuple(alike)))
    return tuple(found)


ALIKE = 5  # places offered for a stale decision


def _decision(decision: Decision, places: int, alike: tuple[str, ...]) -> DecisionRecord:
    other = decision.other.exact if decision.other else None
    return DecisionRecord(
        id=decision.id, do=decision.do, target=decision.target, rule=decision.rule, exact=decision.quote.exact,
        other=other, path=decision.path, other_path=decision.other_path, replacement=decision.replacement,
        keeper=decision.keeper, by=decision.by, why=decision.why, places=places, alike=alike,
    )  # fmt: skip


def of_outcome(outcome: Outcome, rules: Mapping[str, Rule]) -> tuple[FileRecord, tuple[EditRecord, ...]]:
    """Return the records of one input alone: what a corpus keeps of each document."""
    edits = _edits(outcome, rules, _Places([outcome]))
    return _file(outcome, edits), edits


STRETCHES = 50  # in another script than the text, that a record names: a text with more is mixed all over


def _stretches(outcome: Outcome) -> tuple[StretchRecord, ...]:
    """Return where the source is in another script than the text as a whole."""
    if not outcome.source or not outcome.script:
        return ()
    from cleaner.script import decide
    from cleaner.script.stretches import stretches

    text = outcome.source.text
    found = stretches(text, decide(text))[:STRETCHES]
    return tuple(
        StretchRecord(
            s.start, s.end, text.count("\n", 0, s.start) + 1, s.script, EvidenceRecord(s.hans, s.hant, s.kana)
        )
        for s in found
    )


def _file(outcome: Outcome, edits: Sequence[EditRecord]) -> FileRecord:
    source, cleaned, state = outcome.source, outcome.cleaned, outcome.script
    counts = Counter(edit.by[-1] for edit in edits if edit.status == "applied")
    out = None if outcome.status == "skipped" or not outcome.stands else record_path(outcome.out)
    stands = cleaned is not None and outcome.status != "dropped"
    text = cleaned.draft.text if cleaned and stands else ""
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
        sha256_out=hashlib.sha256(text.encode()).hexdigest() if stands else outcome.sha256 if out else None,
        chars_in=len(source.text) if source else 0,
        chars_out=len(text),
        edits=dict(sorted(counts.items())),
        pending=sum(edit.pending for edit in edits),
        stretches=_stretches(outcome),
        meta=dict(cleaned.meta) if cleaned else {},
        flags=cleaned.flags if cleaned else (),
        extracted=_extracted(outcome),
    )


def _extracted(outcome: Outcome) -> ExtractedRecord | None:
    if outcome.kept is None or outcome.source is None:
        return None
    return ExtractedRecord(hashlib.sha256(outcome.source.text.encode()).hexdigest(), outcome.kept)


def _edits(outcome: Outcome, rules: Mapping[str, Rule], places: _Places) -> tuple[EditRecord, ...]:
    if outcome.cleaned is None:
        return ()
    making = _Edits(outcome, outcome.cleaned, rules, places)
    if outcome.status == "dropped":
        return (making.dropped(),)
    return tuple(sorted(making.all(), key=lambda e: (e.start, e.end, e.status, e.by, e.new)))


class _Found(NamedTuple):
    """What one record is made from: a place with its fate, and the decision on it."""

    start: int
    end: int
    new: str
    by: tuple[str, ...]
    status: _Status
    pending: bool = False
    level: Literal["fix", "ask"] = "fix"
    code: str | None = None
    klass: str | None = None
    score: float | None = None
    candidates: tuple[CandidateRecord, ...] = ()
    mask: tuple[int, int] | None = None  # where a word for it was put, or proposed
    ruling: Ruling | None = None
    decision: str | None = None  # that keeps it from being made, though it is about another change

    @property
    def place(self) -> tuple[int, int, str]:
        """What its id goes by: the place that was decided on, or its own, and the rule that had the last word."""
        if self.ruling is None:
            return *(self.mask or (self.start, self.end)), self.by[-1]
        return self.ruling.place.start, self.ruling.place.end, self.ruling.place.rule


class _Edits:
    """Makes the edit records of one document."""

    def __init__(self, outcome: Outcome, cleaned: Cleaned, rules: Mapping[str, Rule], places: _Places) -> None:
        self.name = record_path(outcome.name)
        self.cleaned = cleaned
        self.proposed = outcome.proposed
        self.places = places
        self.source = cleaned.draft.source
        self.rules = rules
        self.lines = LineIndex(self.source)
        self.marks = {(mark.rule, at): mark for mark in cleaned.marks for at in range(mark.start, mark.end)}

    def all(self) -> list[EditRecord]:
        rulings = list(self.cleaned.rulings)
        found = []
        for edit in self.cleaned.draft.edits:
            ruling = next((r for r in rulings if r.do != "keep" and r.meets(edit.start, edit.end)), None)
            if ruling is not None:
                rulings.remove(ruling)
            found.append(self._applied(edit, ruling))
        found += [self._kept(ruling) for ruling in rulings]  # kept; or given up for one that is kept
        found += self._asked()
        found.sort(key=lambda one: one.place)
        ids = identities(self.source, [one.place for one in found])
        return [self._record(one, id_) for one, id_ in zip(found, ids, strict=True)]

    def _applied(self, edit: Edit, ruling: Ruling | None) -> _Found:
        mark = next((m for rule in edit.by if (m := self.marks.get((rule, edit.start)))), None)
        about = mark or (ruling.place if ruling else None)
        words = next((p for p in self.proposed if p.start < edit.end and edit.start < p.end), None)
        review = edit.by[-1] != DROPPED and any(self.rules[rule].keys.review for rule in edit.by)
        pending = ruling is None and review and not (words and words.put)
        return _Found(
            edit.start, edit.end, edit.new, edit.by, "applied", pending, klass=about.klass if about else None,
            score=about.score if about else None, candidates=tuple(map(self._word, words.words)) if words else (),
            mask=(words.start, words.end) if words else None, ruling=ruling,
        )  # fmt: skip

    def dropped(self) -> EditRecord:
        """The one edit of a document that is dropped: over the whole of it."""
        one = _Found(0, len(self.source), "", (DROPPED,), "applied")
        return self._record(one, identities(self.source, [one.place])[0])

    def _word(self, word: Word) -> CandidateRecord:
        return CandidateRecord(word.new, round(word.score, 4), self.places.source_side(word.evidence), word.copies)

    def _kept(self, ruling: Ruling) -> _Found:
        place = ruling.place
        return _Found(
            place.start, place.end, place.new, place.by, "kept", False, "ask" if place.asked == "ask" else "fix",
            _code(place.asked), place.klass, place.score, ruling=ruling,
        )  # fmt: skip

    def _asked(self) -> Iterator[_Found]:
        held = [ruling for ruling in self.cleaned.rulings if ruling.changes]
        for ask in self.cleaned.asks:
            holder = next((r for r in held if r.meets(ask.start, ask.end)), None) if ask.why == "kept" else None
            if holder and ask.rule in holder.place.by and _lies_in(ask, holder.place):
                continue  # what was decided on, proposed once more
            status = _FATES.get(ask.why, "proposed")
            yield _Found(
                ask.start, ask.end, ask.new, (ask.rule,), status, status == "proposed",
                "ask" if ask.why == "ask" else "fix", _code(ask.why), ask.klass, ask.score,
                tuple(CandidateRecord(word, round(score, 4)) for word, score in ask.candidates),
                decision=holder.decision if holder else None,
            )  # fmt: skip

    def _record(self, one: _Found, id_: str) -> EditRecord:
        quote = Quote.of(self.source, one.start, one.end)
        line, col = self.lines.at(one.start)
        chief = one.place[2]
        exact = self.source[one.place[0] : one.place[1]]
        whole = chief in self.rules and self.rules[chief].one_group
        return EditRecord(
            id=id_, group=short_id(chief, self.name, "" if whole else exact),
            path=self.name, start=one.start, end=one.end, line=line, col=col, quote=quote, new=one.new, by=one.by,
            level=one.level, status=one.status, pending=one.pending, code=one.code, class_=one.klass,
            score=None if one.score is None else round(one.score, 4),
            candidates=one.candidates,
            decision=one.ruling.decision if one.ruling else one.decision,
        )  # fmt: skip


_FATES: dict[str, _Status] = {"suppressed": "suppressed", "protected": "suppressed", "kept": "kept"}


def _lies_in(ask: Ask, place: Place) -> bool:
    return place.start <= ask.start and ask.end <= place.end


def _code(asked: str | None) -> str | None:
    return asked if asked is not None and asked.startswith("E") else None


class _Places:
    """Leads positions of cleaned texts back to the sources."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.drafts: dict[str, Draft] = {o.name: o.cleaned.draft for o in outcomes if o.cleaned}
        self.lines: dict[str, LineIndex] = {}

    def span(self, passage: Passage) -> SpanRecord:
        start, end = self.drafts[passage.document].locate_span(passage.start, passage.end)
        return SpanRecord(record_path(passage.document), start, end)

    def side(self, passage: Passage) -> SideRecord:
        start, end = self.drafts[passage.document].locate_span(passage.start, passage.end)
        return self.source_side(Passage(passage.document, start, end))

    def source_side(self, place: Passage) -> SideRecord:
        """Return the record of a place of a source."""
        source = self.drafts[place.document].source
        if place.document not in self.lines:
            self.lines[place.document] = LineIndex(source)
        line, _ = self.lines[place.document].at(place.start)
        return SideRecord(
            record_path(place.document), place.start, place.end, line, Quote.of(source, place.start, place.end)
        )

    def overlap(self, overlap: Overlap, cluster: str | None, bench: Bench) -> OverlapRecord:
        a, b = self.drafts[overlap.a.document].locate_span, self.drafts[overlap.b.document].locate_span

        def boxes(found: Sequence[tuple[int, int, int, int]]) -> tuple[tuple[int, int, int, int], ...]:
            return tuple((*a(a0, a1), *b(b0, b1)) for a0, a1, b0, b1 in found)

        one, two = self.side(overlap.a), self.side(overlap.b)
        decision = bench.on_overlap(overlap.id, (one.path, one.quote.exact), (two.path, two.quote.exact))
        return OverlapRecord(
            id=overlap.id, unit=overlap.unit, kind=overlap.kind, a=one, b=two,
            chars=overlap.chars, jaccard=round(overlap.jaccard, 4), containment=round(overlap.containment, 4),
            identity=round(overlap.identity, 4), cross_script=overlap.cross_script, ops=boxes(overlap.ops),
            order=overlap.order, blocks=boxes(overlap.blocks) or None, source=overlap.source, cluster=cluster,
            reasons=dict(sorted(overlap.reasons)), verdict=explain(overlap),
            status=cast(_Fate, decision.do) if decision else "open", decision=decision.id if decision else None,
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
