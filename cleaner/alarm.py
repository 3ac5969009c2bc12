"""From a false alarm to an example: the smallest part of a text in which a rule alone raises the alarm again."""

from __future__ import annotations

from dataclasses import replace

from cleaner.clean import clean
from cleaner.context import Budget, Settings
from cleaner.errors import CleanerError
from cleaner.packs import Rule


def smallest(rule: Rule, text: str, line: int) -> str | None:
    """Return the fewest lines around `line` (from 1) of which the rule alone changes that line; None if it never does.

    A rule may need what stands around: where prose begins and ends, or how the whole text is written. So the part grows
    on both sides, doubling, until the alarm is there again; at last it is the whole text.
    """
    live = replace(rule, keys=rule.keys.model_copy(update={"level": "fix"}))
    lines = text.removesuffix("\n").split("\n")
    at, size = line - 1, 0
    while True:
        low, high = max(0, at - size), min(len(lines), at + size + 1)
        part = lines[low:high]
        if alarms(live, part, at - low):
            return "\n".join(part) + "\n"
        if low == 0 and high == len(lines):
            return None
        size = size * 2 or 1


def alarms(rule: Rule, lines: list[str], at: int) -> bool:
    """Say whether a rule alone, in a text of these lines, changes the one at `at` (from 0)."""
    start = sum(len(line) + 1 for line in lines[:at])
    end = start + len(lines[at])
    try:
        edits = clean(rule.id, "\n".join(lines) + "\n", (rule,), Settings(budget=Budget(hard=1.0))).edits
    except CleanerError:
        return False
    return any((edit.start < end and start < edit.end) or start <= edit.start == edit.end <= end for edit in edits)
