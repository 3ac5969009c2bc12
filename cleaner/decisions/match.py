"""How a decision finds again what it is about, in texts that have been edited since, moved or renamed.

An edit is found by its id, which is its rule and its quote. A phrase of an overlap is found by its key text, in which
script, width and punctuation do not count. Nothing is applied that is only like what was decided: it is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import cast

from cleaner.decisions.file import NONE, Decisions
from cleaner.decisions.values import Decision, Quoted
from cleaner.identity import folded, identities, identity
from cleaner.rulings import Do, Place, Ruling

ALIKE = 0.9  # identity from which a place is offered for a decision that has lost its own
_OUT_OF_REACH = ("suppressed", "protected")  # what the configuration has switched off is not for a decision to do


@dataclass(frozen=True)
class Sought:
    """A decision on an edit or a group, with today's id of its rule, and the id of the edit that it is found by.

    A decision on a group without context is found by its text alone: then `edit` is None.
    """

    decision: Decision
    rule: str
    edit: str | None

    @classmethod
    def of(cls, decision: Decision, renamed: Mapping[str, str]) -> Sought:
        rule = decision.rule or ""
        today = renamed.get(rule, rule)
        quote = decision.quote
        if not quote.anchored:
            return cls(decision, today, None)
        if decision.target == "edit" and rule == today:
            return cls(decision, today, decision.id)  # which also says the how-manieth of several equal ones it is
        return cls(decision, today, identity(today, quote.exact, quote.prefix or "", quote.suffix or ""))


@dataclass(frozen=True)
class DocumentJudge:
    """A `Judge` for one document. `one_group` are rules all of whose edits in a file are one group."""

    sought: tuple[Sought, ...]
    one_group: frozenset[str] = frozenset()

    def __call__(self, source: str, places: Sequence[Place]) -> tuple[Ruling, ...]:
        """See `cleaner.rulings.Judge`."""
        mine = [place for place in places if place.rule in self._rules]
        if not mine:
            return ()
        ids = identities(source, [(place.start, place.end, place.rule) for place in mine])
        here = set(ids)
        groups = [s for s in self.sought if s.decision.target == "group" and (s.edit is None or s.edit in here)]
        found = []
        for place, id_ in zip(mine, ids, strict=True):
            if place.asked in _OUT_OF_REACH:
                continue
            sought = self._edits.get(id_) or next((s for s in groups if self._covers(s, source, place)), None)
            if sought is not None:
                decision = sought.decision
                found.append(Ruling(place, id_, decision.id, cast(Do, decision.do), decision.replacement or ""))
        return tuple(found)

    @cached_property
    def _rules(self) -> frozenset[str]:
        return frozenset(sought.rule for sought in self.sought)

    @cached_property
    def _edits(self) -> dict[str, Sought]:
        """What was decided on edits, by id; of two, the one that names the file."""
        found: dict[str, Sought] = {}
        for sought in self.sought:
            if sought.decision.target == "edit" and sought.edit is not None:
                found.setdefault(sought.edit, sought)
        return found

    def _covers(self, sought: Sought, source: str, place: Place) -> bool:
        if sought.rule != place.rule:
            return False
        if sought.edit is not None and place.rule in self.one_group:
            return True
        return folded(sought.decision.quote.exact) == folded(source[place.start : place.end])


@dataclass(frozen=True)
class Bench:
    """All decisions of a run, ready to be asked. `renamed` leads from old rule ids to those of today."""

    decisions: Decisions = NONE
    one_group: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def judge(self, path: str) -> DocumentJudge | None:
        """Return the judge of one document, by its path in records; None if nothing decided can bear on it."""
        mine = tuple(s for s in self._sought if s.decision.path in (None, path))
        return DocumentJudge(mine, self.one_group) if mine else None

    @cached_property
    def _sought(self) -> tuple[Sought, ...]:
        """Decisions on edits and groups; of a sort, the narrower ones first."""
        found = [Sought.of(d, self.renamed) for d in self.decisions if d.target != "overlap"]
        return tuple(sorted(found, key=lambda s: (s.decision.path is None, s.edit is None, s.decision.id)))

    @cached_property
    def _of_overlaps(self) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.target == "overlap")

    def on_overlap(self, id_: str, a: tuple[str, str], b: tuple[str, str]) -> Decision | None:
        """Return what was decided on an overlap of two sides, each (path, quoted text of the source).

        A decision on just this overlap comes before one on its phrase; only `wanted` reaches beyond its own overlap.
        """
        exact = [d for d in self._of_overlaps if d.id == id_ and _pair_fits(d, a[0], b[0])]
        if exact:
            return max(exact, key=lambda d: d.path is not None)
        for decision in self._of_overlaps:
            if decision.do == "wanted" and decision.path is None and _same_phrase(decision, a[1], b[1]):
                return decision
        return None

    def alike(self, decision: Decision, edits: Iterable[tuple[str, str, str, str, str]]) -> list[str]:
        """Return the ids of (id, rule, exact, prefix, suffix) that a decision on an edit may have meant, best first."""
        if decision.target == "overlap" or not decision.quote.anchored or decision.rule is None:
            return []
        rule = self.renamed.get(decision.rule, decision.rule)
        wanted = (decision.quote.exact, decision.quote.prefix or "", decision.quote.suffix or "")
        scored = []
        for id_, of_rule, *quote in edits:
            if of_rule == rule and _likeness(wanted[0], quote[0]) >= ALIKE:
                score = _likeness(_joined(*wanted), _joined(*quote))
                scored += [(-score, id_)] if score >= ALIKE else []
        return list(dict.fromkeys(id_ for _, id_ in sorted(scored)))


def _pair_fits(decision: Decision, a: str, b: str) -> bool:
    named = {path for path in (decision.path, decision.other_path) if path is not None}
    return named <= {a, b}


def _same_phrase(decision: Decision, a: str, b: str) -> bool:
    """Say whether both sides of an overlap say no more than the phrase that was decided on."""
    quotes = (decision.quote, decision.other or Quoted(""))
    if not all(quote.exact and quote.whole for quote in quotes):
        return False
    phrases = [_key(quote.exact) for quote in quotes]
    return all(any(_within(_key(side), phrase) for phrase in phrases) for side in (a, b))


def _within(text: str, phrase: str) -> bool:
    return bool(text) and (text in phrase or _likeness(text, phrase) >= ALIKE)


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    from cleaner.overlap.key import make_key

    return make_key(text).text


def _joined(exact: str, prefix: str, suffix: str) -> str:
    return folded(prefix) + folded(exact) + folded(suffix)


def _likeness(a: str, b: str) -> float:
    """Return the identity (0-1) of two texts: 1 - d / n, d the Levenshtein distance, n the length of the longer."""
    from cleaner.overlap.boxes import likeness

    return likeness(a, b)
