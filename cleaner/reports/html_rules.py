"""Pages of rules: every hit of a rule in its context, so that its author sees a false alarm at once.

Hits that change the same into the same stand together, the rarest last: what a rule was made for is at the top, and
what it was not made for gathers at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cleaner.identity import short_id
from cleaner.languages import mark
from cleaner.reports.records import EditRecord
from cleaner.reports.rules import RuleInfo
from cleaner.reports.views import visible

MOST_FORMS = 200  # of a rule: more is slow to lay out, and report.jsonl has all
MOST_PLACES = 20  # of a form
_EXAMPLES = 12


class Form(NamedTuple):
    """Hits that change the same text into the same text and had the same fate."""

    old: str
    new: str
    status: str
    edits: tuple[EditRecord, ...]
    more: int

    @property
    def total(self) -> int:
        return len(self.edits) + self.more

    @property
    def pending(self) -> int:
        return sum(edit.pending for edit in self.edits)


class RulePage(NamedTuple):
    """What the page of a rule shows. `turns` and `keeps` are its own examples."""

    rule: str
    why: str
    facts: tuple[tuple[str, str], ...]
    turns: tuple[tuple[str, str], ...]
    keeps: tuple[str, ...]
    forms: tuple[Form, ...]
    hidden: int
    counts: tuple[tuple[str, int], ...]
    files: int


def hits_by_rule(edits: Iterable[EditRecord]) -> dict[str, list[EditRecord]]:
    """Return the edits of each rule that had the last word, rules in order of name."""
    found: dict[str, list[EditRecord]] = {}
    for edit in edits:
        found.setdefault(edit.by[-1], []).append(edit)
    return dict(sorted(found.items()))


def rule_names(rules: Iterable[str]) -> dict[str, str]:
    """Return the name of the page of each rule; an id that no pack may have (a report was edited) is hashed."""
    return {
        rule: f"rules/{rule.replace('/', '.') if re.fullmatch(r'[a-z0-9-]+/[a-z0-9-]+', rule) else short_id(rule)}.html"
        for rule in rules
    }


def rule_page(rule: str, edits: Sequence[EditRecord], info: RuleInfo | None) -> RulePage:
    """Return what the page of a rule shows of its hits."""
    forms: dict[tuple[str, str, str], list[EditRecord]] = {}
    counts: dict[str, int] = {}
    for edit in edits:
        forms.setdefault((edit.quote.exact, edit.new, edit.status), []).append(edit)
        counts[edit.status] = counts.get(edit.status, 0) + 1
    ranked = sorted(forms.items(), key=lambda item: (not any(e.pending for e in item[1]), -len(item[1])))
    return RulePage(
        rule, info.why if info else "", _facts(info), info.turns[:_EXAMPLES] if info else (),
        info.keeps[:_EXAMPLES] if info else (),
        tuple(
            Form(*key, tuple(found[:MOST_PLACES]), max(0, len(found) - MOST_PLACES))
            for key, found in ranked[:MOST_FORMS]
        ),
        max(0, len(ranked) - MOST_FORMS), tuple(sorted(counts.items())), len({edit.path for edit in edits}),
    )  # fmt: skip


def _facts(info: RuleInfo | None) -> tuple[tuple[str, str], ...]:
    if info is None:
        return ()
    facts = [(mark("kind"), info.kind), (mark("level"), info.level + (", asks a person" if info.review else ""))]
    facts += [(mark("where"), info.where)] if info.where != "any" else []
    return tuple(facts)


def example(text: str) -> str:
    """Return an example of a rule on one line."""
    return visible(text).replace("\n", "⏎").replace("\t", "⇥")


def rule_totals(hits: Mapping[str, Sequence[EditRecord]]) -> list[tuple[str, int, int, int, int]]:
    """Return (rule, applied, other, waiting, files) of each rule, most hits first."""
    rows = []
    for rule, edits in hits.items():
        applied = sum(edit.status == "applied" for edit in edits)
        waiting = sum(edit.pending for edit in edits)
        rows.append((rule, applied, len(edits) - applied, waiting, len({edit.path for edit in edits})))
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))
