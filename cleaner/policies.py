"""What a run does about copies: words for masks, documents that are dropped, a corpus that others are held against.

All three read what the search for overlaps has found, and give back changed outcomes; how they decide is in
`overlap/evidence.py` and `overlap/policy.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaner.clean import Cleaned, self_check
from cleaner.config import Config
from cleaner.decisions import Bench
from cleaner.outcome import Outcome, Proposed, status_of
from cleaner.overlap import Found, Passage, Text, Word
from cleaner.packs import Rule
from cleaner.reports.build import DROPPED
from cleaner.reports.records import AGAINST
from cleaner.reports.rules import RuleInfo
from cleaner.show import record_path, show_path
from cleaner.text import Draft, Edit

if TYPE_CHECKING:
    from cleaner.overlap.evidence import Masked
    from cleaner.overlap.policy import Dropped

DROP = RuleInfo(
    DROPPED, "dedup", "fix", False,
    "The document is a near duplicate of one that stays, or a person said that another document keeps the passage; "
    "with --dedup drop one copy of each is kept.", "all", (), (),
)  # fmt: skip


def text_of(outcome: Outcome) -> Text | None:
    """Return what the search for overlaps reads of an outcome, None if there is nothing to read."""
    if not outcome.cleaned or not outcome.script or not outcome.text:
        return None
    date = dict(outcome.cleaned.meta).get("date", "")
    return Text(outcome.name, outcome.text, outcome.script.script, date)


# --- words for masks ------------------------------------------------------------------------------------------


def with_words(
    outcomes: Sequence[Outcome], found: Found, rules: Mapping[str, Rule], config: Config
) -> tuple[list[Outcome], bool]:
    """Return `outcomes` with the words that copies have for their masks, and whether some were put into a text.

    They are put only with `spam_words = "evidence"`, and only those that are sure.
    """
    from cleaner.overlap.evidence import words

    masks = {rule.id: _mask(rule, config) for rule in rules.values() if _is_keyword_rule(rule)}
    texts = {o.name: _masked(o, text, masks, rules, config) for o in outcomes if (text := text_of(o))}
    if not any(one.masks for one in texts.values()):
        return list(outcomes), False
    drafts = {o.name: o.cleaned.draft for o in outcomes if o.cleaned}
    by_document: dict[str, dict[tuple[int, int], tuple[Word, ...]]] = {}
    for (name, mask), proposed in words(found, texts).items():
        placed = tuple(replace(word, evidence=_in_source(word.evidence, drafts)) for word in proposed)
        by_document.setdefault(name, {})[mask] = placed
    put = config.keys.spam_words == "evidence"
    new = [_proposing(o, by_document[o.name], put) if o.name in by_document else o for o in outcomes]
    return new, any(one.put for o in new for one in o.proposed)


def _is_keyword_rule(rule: Rule) -> bool:
    """Say whether a rule masks keywords inside sentences."""
    return rule.keys.kind == "spam" and getattr(rule.do, "mode", "") == "token"


def _mask(rule: Rule, config: Config) -> str:
    return str(getattr(rule.do, "put", "")) or config.keys.placeholder


def _masked(
    outcome: Outcome, text: Text, masks: Mapping[str, str], rules: Mapping[str, Rule], config: Config
) -> Masked:
    """Return a text with its masks, and with the places where rules for keywords did, or would do, anything."""
    from cleaner.overlap.evidence import Masked

    cleaned = outcome.cleaned
    assert cleaned is not None
    mine, tainted = [], []
    for edit, made in zip(cleaned.draft.inverse(), cleaned.draft.edits, strict=True):
        put = text.text[edit.start : edit.end]
        decided = any(ruling.meets(made.start, made.end) for ruling in cleaned.rulings)
        if not decided and any(masks.get(rule) == put for rule in edit.by):
            mine.append((edit.start, edit.end))
        if any(rule in rules and rules[rule].keys.kind == "spam" for rule in edit.by):
            tainted.append((edit.start, edit.end))
    place = _Places(cleaned.draft)
    tainted += [place.span(ask.start, ask.end) for ask in cleaned.asks if ask.rule in masks]
    return Masked(text, tuple(mine), tuple(sorted(tainted)), config.keys.dedup.fold_script)


class _Places:
    """Where a place of the source is in the text; one that was removed is where it was."""

    def __init__(self, draft: Draft) -> None:
        self.ends = [edit.end for edit in draft.edits]
        self.edits = draft.edits
        self.text = [(edit.start, edit.end) for edit in draft.inverse()]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self._at(start), self._at(end)

    def _at(self, at: int) -> int:
        i = bisect_right(self.ends, at)  # edits that end at or before the place
        if i < len(self.edits) and self.edits[i].start <= at:
            return self.text[i][0]
        return at + (self.text[i - 1][1] - self.ends[i - 1] if i else 0)


def _in_source(passage: Passage, drafts: Mapping[str, Draft]) -> Passage:
    return Passage(passage.document, *drafts[passage.document].locate_span(passage.start, passage.end))


def _proposing(outcome: Outcome, found: Mapping[tuple[int, int], tuple[Word, ...]], put: bool) -> Outcome:
    """Return an outcome that knows the words for its masks; with `put`, those that are sure stand in its text."""
    cleaned = outcome.cleaned
    assert cleaned is not None
    draft = cleaned.draft
    behind = {(edit.start, edit.end): edit.by for edit in draft.inverse()}
    proposed = tuple(
        Proposed(*draft.locate_span(*mask), words, put and words[0].sure) for mask, words in sorted(found.items())
    )
    edits = [Edit(*mask, words[0].new, behind[mask]) for mask, words in sorted(found.items()) if put and words[0].sure]
    known = replace(outcome, proposed=proposed)
    return _with_draft(known, cleaned, draft.revise(edits)) if edits else known


def _with_draft(outcome: Outcome, cleaned: Cleaned, draft: Draft) -> Outcome:
    from cleaner.script import decide

    self_check(outcome.name, draft)
    status = status_of(draft.text, outcome.raw)
    return replace(outcome, cleaned=replace(cleaned, draft=draft), status=status, script=decide(draft.text))


# --- documents that are dropped -------------------------------------------------------------------------------


def without_copies(
    outcomes: Sequence[Outcome], corpus: Sequence[Outcome], found: Found, config: Config, bench: Bench
) -> tuple[list[Outcome], Found]:
    """Return `outcomes` with copies dropped, and `found` with the copies that stay named in its clusters.

    Unless `--dedup drop` is asked for, nothing is dropped; which copy would stay is said all the same.
    """
    from cleaner.overlap.policy import Facts, choose

    if not any(cluster.unit == "document" and cluster.kind == "reuse" for cluster in found.clusters):
        return list(outcomes), found
    everything = [*outcomes, *corpus]
    facts = {o.name: Facts(dict(o.cleaned.meta).get("date")) for o in outcomes if o.cleaned}
    facts |= {o.name: Facts(fixed=True) for o in corpus}
    texts = [text for o in everything if (text := text_of(o))]
    keepers, spared = _decided(found, everything, bench)
    facts = {name: replace(fact, named=name in keepers) for name, fact in facts.items()}
    choice = choose(found, texts, facts, config.keys.dedup.keep, config.overlaps, spared)
    clusters = tuple(
        replace(cluster, keep=choice.keepers.get(i, cluster.keep)) for i, cluster in enumerate(found.clusters)
    )
    found = replace(found, clusters=clusters)
    if config.keys.dedup.mode != "drop":
        return list(outcomes), found
    gone = {dropped.name: dropped for dropped in choice.dropped}
    return [_gone(o, gone[o.name]) if o.name in gone else o for o in outcomes], found


def without_unwanted(outcomes: Sequence[Outcome], found: Found, config: Config, bench: Bench) -> list[Outcome]:
    """Return `outcomes` without the passages of which a person said that another document keeps them.

    Only `--dedup drop` cuts. What keeps a passage is in SRC, is not dropped itself, and has the passage still when its
    turn comes: whatever is said of three documents in a circle, one of them keeps it.
    """
    if config.keys.dedup.mode != "drop" or not any(decision.do == "unwanted" for decision in bench.decisions):
        return list(outcomes)
    stays = {o.name: o.cleaned.draft for o in outcomes if o.cleaned and o.status != "dropped"}
    cuts: dict[str, list[tuple[int, int]]] = {}
    for overlap in found.overlaps:
        one, two = overlap.a.document, overlap.b.document
        if overlap.unit != "passage" or one == two or one not in stays or two not in stays:
            continue
        decision = bench.on_overlap(overlap.id, _quoted(overlap.a, stays), _quoted(overlap.b, stays))
        if decision is None or decision.do != "unwanted":
            continue
        blocks = [x[:2] for x in overlap.blocks], [x[2:] for x in overlap.blocks]
        for keeper, other, parts in ((overlap.a, overlap.b, blocks[1]), (overlap.b, overlap.a, blocks[0])):
            lost = any(keeper.start < end and start < keeper.end for start, end in cuts.get(keeper.document, ()))
            if record_path(keeper.document) == decision.keeper and not lost:
                cuts.setdefault(other.document, []).extend(parts or [(other.start, other.end)])
    return [_without(o, cuts[o.name]) if o.name in cuts else o for o in outcomes]


def _quoted(passage: Passage, drafts: Mapping[str, Draft]) -> tuple[str, str]:
    """Return the path and the text that a decision on a passage names."""
    draft = drafts[passage.document]
    start, end = draft.locate_span(passage.start, passage.end)
    return record_path(passage.document), draft.source[start:end]


def _without(outcome: Outcome, spans: Sequence[tuple[int, int]]) -> Outcome:
    cleaned = outcome.cleaned
    assert cleaned is not None
    text, edits, last = cleaned.draft.text, [], 0
    for start, end in sorted(_with_line(text, *span) for span in spans):
        if max(start, last) < end:
            edits.append(Edit(max(start, last), end, "", (DROPPED,)))
            last = end
    return _with_draft(outcome, cleaned, cleaned.draft.revise(edits))


def _with_line(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span with one of the line ends around it if nothing else is left of its line."""
    if text[max(start - 1, 0) : start] not in ("", "\n") or text[end : end + 1] not in ("", "\n"):
        return start, end
    return (start, end + 1) if end < len(text) else (max(start - 1, 0), end)


def _decided(
    found: Found, outcomes: Sequence[Outcome], bench: Bench
) -> tuple[frozenset[str], frozenset[frozenset[str]]]:
    """Return the documents that a decision names as the copy to keep, and the pairs that are wanted as they are."""
    keepers, spared = set(), set()
    if not any(decision.target == "overlap" for decision in bench.decisions):
        return frozenset(), frozenset()
    sources = {o.name: o.source.text for o in outcomes if o.source}
    for overlap in found.overlaps:
        if overlap.unit == "document":
            one, two = overlap.a.document, overlap.b.document
            sides = (record_path(one), sources[one]), (record_path(two), sources[two])
            decision = bench.on_overlap(overlap.id, *sides)
            if decision is not None and decision.do == "wanted":
                spared.add(frozenset((one, two)))
            elif decision is not None:
                keepers |= {name for name in (one, two) if record_path(name) == decision.keeper}
    return frozenset(keepers), frozenset(spared)


def _gone(outcome: Outcome, dropped: Dropped) -> Outcome:
    figures = f"Jaccard {dropped.jaccard:.2f}, containment {dropped.containment:.2f}"
    note = f"near duplicate of {show_path(dropped.keeper)} ({figures}), which stays: {dropped.why}"
    return replace(outcome, status="dropped", note=note, stands=False)


# --- the corpus that new articles are held against ------------------------------------------------------------


def of_new(found: Found, config: Config) -> Found:
    """Return of what was found in SRC and a corpus together what concerns SRC."""
    from cleaner.overlap.found import within

    return within(found, lambda name: not name.startswith(AGAINST), config.overlaps)
