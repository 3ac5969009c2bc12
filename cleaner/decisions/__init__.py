"""What reviewers decided: rules/decisions.jsonl read, written, and found again in the texts of a run."""

from __future__ import annotations

from cleaner.decisions.file import (
    DEFAULT,
    NONE,
    Decisions,
    Row,
    check_merge,
    parse,
    read,
    to_bytes,
    update,
    with_decision,
)
from cleaner.decisions.match import Bench, DocumentJudge
from cleaner.decisions.values import (
    OF_EDITS,
    OF_OVERLAPS,
    Decision,
    Do,
    Quoted,
    Target,
    decisions_schema,
    to_line,
)

__all__ = [
    "DEFAULT",
    "NONE",
    "OF_EDITS",
    "OF_OVERLAPS",
    "Bench",
    "Decision",
    "Decisions",
    "Do",
    "DocumentJudge",
    "Quoted",
    "Row",
    "Target",
    "check_merge",
    "decisions_schema",
    "parse",
    "read",
    "to_bytes",
    "to_line",
    "update",
    "with_decision",
]
