"""Rule packs over one document: passes to a fixed point, guards, budgets, and a check of our own work.

A pass lets every rule, in the order of work, propose changes to the current text. What a guard
allows is folded into the draft; what it does not allow, and what a rule only asks for, is
listed for a person. Passes repeat until one changes nothing, so a second run over the result
changes nothing either. What a person has decided is made first and then left alone. One
document is cleaned without knowing any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

import regex

from cleaner.clock import OutOfTime
from cleaner.context import HAN, Context, Lookout, Overview, Proposal, Settings, han_count, is_prose
from cleaner.errors import InputError, SelfCheckError
from cleaner.kinds.prefilter import line_set, text_set
from cleaner.kinds.span import Span
from cleaner.meta import headline, normal
from cleaner.packs import Rule
from cleaner.rulings import Judge, Place, Ruling, settle
from cleaner.text import Draft, Edit, reconstruct, splice

PASSES = 4  # the last of them has to find nothing to do
_STOP = regex.compile(r"[。！？；]")

Why = Literal["ask", "E221", "E222", "suppressed", "protected", "kept"]


@dataclass(frozen=True)
class Ask:
    """A change that was proposed and not made, in positions of the source. `why` says what stopped it."""

    start: int
    end: int
    new: str
    rule: str
    why: Why
    klass: str | None = None
    score: float | None = None
    candidates: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Mark:
    """What a kind knew of a change that was made: its class and its score, at a place of the source."""

    start: int
    end: int
    rule: str
    klass: str | None
    score: float | None


@dataclass(frozen=True)
class Cleaned:
    """A cleaned document: what was done (`draft`), what waits for a person (`asks`), what was lifted (`meta`).

    `rulings` are the decisions that met something here, whether they changed it or not.
    """

    name: str
    draft: Draft
    asks: tuple[Ask, ...]
    marks: tuple[Mark, ...]
    meta: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    rulings: tuple[Ruling, ...] = ()

    @property
    def text(self) -> str:
        """The clean text."""
        return self.draft.text

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What was changed, in positions of the source, sorted and disjoint."""
        return self.draft.edits


def clean(
    name: str, text: str, rules: Sequence[Rule], settings: Settings, ignore: Sequence[str] = (),
    judge: Judge | None = None,
) -> Cleaned:  # fmt: skip
    """Clean one document with `rules`, given in the order of work (`packs.in_order`).

    Rules whose full id begins with one of `ignore` are not applied; what they would do is listed as
    suppressed. `judge` says what a person has decided on what the rules did or asked for. Raises
    InputError E401 if the rules find no end, E220 if they would take more of the prose than the hard
    budget allows, and SelfCheckError E402 if the edits do not lead back to the source.
    """
    work = _Work(name, text, tuple(rules), settings, tuple(ignore))
    work.to_the_end()
    rulings = tuple(judge(text, work.places())) if judge else ()
    if any(ruling.changes for ruling in rulings):
        work = _Work(name, text, tuple(rules), settings, tuple(ignore), rulings)
        work.to_the_end()
    draft = work.draft
    free = {rule.id for rule in rules if rule.keys.removes_prose}
    taken = prose_taken(draft, free, [ruling for ruling in rulings if ruling.do != "keep"])
    if taken > settings.budget.hard:
        raise InputError(
            "E220", name, f"the rules would cut {taken:.0%} of its prose, the limit is {settings.budget.hard:.0%}",
            "copied unchanged and quarantined",
            "look at it with `clean explain --set budget.hard=1 FILE`, or raise --max-removed",
        )  # fmt: skip
    self_check(name, draft)
    noticed = {"emptied": is_emptied(draft), "soft-budget": taken > settings.budget.soft}
    flags = tuple(flag for flag, holds in noticed.items() if holds)
    work.name_it()
    asks, meta = sorted(work.asks, key=_place), sorted(work.meta.items())
    return Cleaned(name, draft, tuple(asks), tuple(work.marks), tuple(meta), flags, rulings)


def _place(ask: Ask) -> tuple[int, int, str]:
    return ask.start, ask.end, ask.rule


class _Same:
    """A tuple of rules as a key: itself, not what equals it. To compare a hundred rules takes longer than a text."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return id(self.rules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.rules is other.rules


@dataclass(frozen=True)
class _Plan:
    """What is known of the rules of a run before any text: the prefilters, and which patterns of it each rule needs.

    A rule with none, or with one that the prefilter does not know, is always asked.
    """

    lookout: Lookout | None
    overview: Overview | None
    patterns: tuple[frozenset[str], ...]  # for each rule, line patterns one of which some line has to match
    needs: tuple[frozenset[str], ...]  # for each rule, patterns all of which the text has to have
    some: tuple[frozenset[str], ...]  # for each rule, patterns one of which the text has to have


@lru_cache(maxsize=16)
def _plan(same: _Same) -> _Plan:
    each = [tuple(getattr(rule.do, "line_patterns", ())) for rule in same.rules]
    lookout = line_set(tuple(dict.fromkeys(chain.from_iterable(each))))
    known = lookout.known if lookout else frozenset()
    asked = [tuple(getattr(rule.do, "text_patterns", ())) for rule in same.rules]
    overview = text_set(tuple(dict.fromkeys(chain.from_iterable(asked))))
    held = frozenset(overview.group if overview else ())
    needs = [few if isinstance(rule.do, Span) else () for rule, few in zip(same.rules, asked, strict=True)]
    return _Plan(
        lookout,
        overview,
        tuple(frozenset(few) if known.issuperset(few) else frozenset() for few in each),
        tuple(held.intersection(few) for few in needs),
        tuple(
            frozenset(few) if not isinstance(rule.do, Span) and held.issuperset(few) else frozenset()
            for rule, few in zip(same.rules, asked, strict=True)
        ),
    )


class _Work:
    """The state of cleaning one document; it lives no longer than `clean`."""

    def __init__(
        self, name: str, text: str, rules: tuple[Rule, ...], settings: Settings, ignore: tuple[str, ...],
        rulings: Sequence[Ruling] = (),
    ) -> None:  # fmt: skip
        self.name = name
        self.settings = settings
        self.rules = rules
        self.suppressed = frozenset(rule.id for rule in rules if ignore and rule.id.startswith(ignore))
        kept, made = settle(rulings, text)
        self.held = (*kept, *(ruling for ruling in made if ruling.put))  # where no rule may change anything
        self.draft = Draft.of(text).revise([Edit(r.place.start, r.place.end, r.put, r.place.by) for r in made])
        none = (frozenset[str](),) * len(rules)
        plan = _plan(_Same(rules)) if settings.prefilter else _Plan(None, None, none, none, none)
        self.plan = plan
        self.context = Context(self.draft.text, settings, name, plan.lookout, plan.overview)
        self.asks: list[Ask] = []
        self.marks: list[Mark] = []
        self.meta: dict[str, str] = {}
        self.lifted: dict[str, int] = {}  # where in the source a field was
        self.last_rule = ""

    def to_the_end(self) -> None:
        """Repeat passes until one changes nothing. Raises InputError E401 if none does."""
        for _ in range(PASSES):
            if not self.one_pass():
                return
        raise InputError(
            "E401", self.name, f"the rules found no end in {PASSES} passes ({self.last_rule} still changes the text)",
            "copied unchanged and quarantined", f"leave that rule out with --ignore {self.last_rule}, and report it",
        )  # fmt: skip

    def _late(self, rule: Rule) -> InputError:
        return InputError(
            "E210", self.name, f"the rule {rule.id} ran out of time on it", "copied unchanged and quarantined",
            f"mend the rule, or take it out of the pack {rule.pack} (--ignore lets it look, and is not enough)",
        )  # fmt: skip

    def places(self) -> list[Place]:
        """Return everything that was done or asked for, by place."""
        marks = {(mark.start, mark.end, mark.rule): mark for mark in self.marks}
        found = []
        for edit in self.draft.edits:
            mark = next((m for rule in edit.by if (m := marks.get((edit.start, edit.end, rule)))), None)
            extra = (mark.klass, mark.score) if mark else (None, None)
            found.append(Place(edit.start, edit.end, edit.new, edit.by, None, *extra))
        found += [Place(a.start, a.end, a.new, (a.rule,), a.why, a.klass, a.score) for a in self.asks]
        return sorted(found, key=lambda place: (place.start, place.end, place.rule))

    def one_pass(self) -> bool:
        """Let every rule work once; return whether the text changed. What is asked is of this pass alone."""
        self.asks = []
        before = self.draft
        plan = self.plan
        for rule, patterns, needs, some in zip(self.rules, plan.patterns, plan.needs, plan.some, strict=True):
            context = self.context
            if not (
                (patterns and context.idle(patterns))
                or (needs and context.lacks(needs))
                or (some and context.has_none(some))
            ):
                try:
                    self._apply(rule)
                except OutOfTime as err:
                    raise self._late(rule) from err
                except Exception as err:
                    err.add_note(f"rule {rule.id}")
                    raise
        return self.draft.text != before.text

    def _apply(self, rule: Rule) -> None:
        if rule.keys.lift and self.settings.meta == "keep" and not hasattr(rule.do, "lifts"):
            return
        edits, marks = [], []
        for proposal in rule.propose(self.context):
            if proposal.new == self.context.text[proposal.start : proposal.end]:
                continue
            start, end = self.draft.locate_span(proposal.start, proposal.end)
            stopped = self._stopped(rule, proposal)
            if self.held and stopped not in ("suppressed", "protected") and self._is_held(rule, start, end):
                stopped = "kept"
            if stopped:
                self.asks.append(
                    Ask(start, end, proposal.new, rule.id, stopped, proposal.klass, proposal.score, proposal.candidates)
                )
                continue
            edits.append(Edit(proposal.start, proposal.end, proposal.new, (rule.id,)))
            if proposal.klass is not None or proposal.score is not None:
                marks.append(Mark(start, end, rule.id, proposal.klass, proposal.score))
            if self.settings.meta == "lift":
                self._lift(rule, proposal)
        if edits:
            self.draft = self.draft.revise(edits)
            self.context = self.context.after(self.draft.text)
            self.marks += marks
            self.last_rule = rule.id

    def name_it(self) -> None:
        """Put the headline into the record, if there is one and no byline said another; the text keeps it."""
        if self.settings.meta == "lift" and "title" not in self.meta:
            found = headline(self.context.headlines)
            if found:
                self.meta["title"] = found

    def _stopped(self, rule: Rule, proposal: Proposal) -> Why | None:
        """Return what keeps a proposal from being made, None if nothing does."""
        if rule.id in self.suppressed:
            return "suppressed"
        if self.settings.protect and self._protected(proposal):
            return "protected"
        if rule.keys.level == "ask" or proposal.level == "ask":
            return "ask"
        size = proposal.end - proposal.start
        if size > rule.keys.max_chars:
            return "E222"
        budget = self.settings.budget
        if size >= budget.prose_han and not rule.keys.removes_prose:
            old = self.context.text[proposal.start : proposal.end]
            cut = han_count(old) - han_count(proposal.new)
            if cut >= budget.prose_han and len(_STOP.findall(old)) >= budget.prose_stops:
                return "E221"
        return None

    def _is_held(self, rule: Rule, start: int, end: int) -> bool:
        """Say whether a decision holds some of `start:end` of the source. A point holds only what is put just there."""
        return any(
            held.meets(start, end)
            and (held.place.start < held.place.end or start == end or rule.id in held.place.by)
            for held in self.held
        )  # fmt: skip

    def _protected(self, proposal: Proposal) -> bool:
        text = self.context.text
        for term in self.settings.protect:
            low = max(0, proposal.start - len(term) + 1)
            at = text.find(term, low, proposal.end + len(term) - 1)
            if at >= 0 and at < max(proposal.end, proposal.start + 1):
                return True
        return False

    def _lift(self, rule: Rule, proposal: Proposal) -> None:
        """Put what a proposal carries into the record; of two bylines, the one nearer to the start counts."""
        if not proposal.lift:
            return
        start = self.draft.locate(proposal.start)
        for field, group in sorted(rule.keys.lift.items()):
            said = [text for name, text in proposal.lift if name == group]
            if not said or start >= self.lifted.get(field, len(self.draft.source) + 1):
                continue
            if value := normal(field, said, self.settings.timezone):
                self.meta[field], self.lifted[field] = value, start


def prose_taken(draft: Draft, free: set[str], decided: Sequence[Ruling] = ()) -> float:
    """Return the share (0-1) of the source's Han characters in prose lines that is gone from the text.

    Edits behind which a rule of `free` or a person stands do not count. A source without Han counts its letters.
    """
    source = draft.source
    edits = [edit for edit in draft.edits if edit.start < edit.end and not free.intersection(edit.by)]
    if decided:
        edits = [edit for edit in edits if not any(ruling.meets(edit.start, edit.end) for ruling in decided)]
    if not edits:
        return 0.0
    unit = HAN if HAN.search(source) else _LETTER
    taken = sum(_taken(source, edits, unit))
    if not taken:
        return 0.0  # nearly always: only lines around the article went, and nobody has to count the rest
    return taken / sum(_count(unit, line) for line in source.split("\n") if _counts(line, unit))


def is_emptied(draft: Draft) -> bool:
    """Say whether less than a tenth of the source's Han characters are left, by whatever went.

    The budget counts prose alone; of a text of short lines everything could go without a word.
    """
    if 2 * len(draft.text) >= len(draft.source):
        return False
    return 10 * han_count(draft.text) < han_count(draft.source)


_LETTER = regex.compile(r"\p{L}")


def _count(unit: regex.Pattern[str], text: str) -> int:
    return han_count(text) if unit is HAN else len(unit.findall(text))


def _counts(line: str, unit: regex.Pattern[str]) -> bool:
    return is_prose(line) or (unit is _LETTER and bool(line.strip()))


def _taken(source: str, edits: Sequence[Edit], unit: regex.Pattern[str]) -> Iterator[int]:
    """Yield for each edit how many characters of `unit` it takes out of lines that count."""
    low = high = 0  # the line looked at last; edits are sorted, and many stand in one line
    good = False
    for edit in edits:
        count, at = 0, edit.start
        while at < edit.end:
            if at > high or not high:
                low = source.rfind("\n", 0, at) + 1
                found = source.find("\n", at)
                high = len(source) if found < 0 else found
                good = _counts(source[low:high], unit)
            if good:
                count += _count(unit, source[at : min(high, edit.end)])
            at = high + 1
        if count:
            yield max(0, count - _count(unit, edit.new))


def self_check(name: str, draft: Draft) -> None:
    """Raise SelfCheckError (E402) unless the edits give the text, and the text with them gives the source."""
    changes = [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits]
    try:
        good = splice(draft.source, draft.edits) == draft.text and reconstruct(draft.text, changes) == draft.source
    except ValueError:
        good = False
    if not good:
        raise SelfCheckError(
            "E402", name, "the list of edits does not lead back to the source", "copied unchanged",
            "this is a bug of ours: please report it with the log",
        )  # fmt: skip
