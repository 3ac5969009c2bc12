"""Findings as GitLab's code quality report: a JSON list in a subset of the Code Climate format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from cleaner.reports.findings import Finding
from cleaner.show import show

_SEVERITY = {"error": "major", "warning": "minor", "note": "info"}


def to_gitlab(found: Iterable[Finding]) -> bytes:
    """Return the list, UTF-8, keys sorted. A finding of a whole file is at its first line: a line must be there."""
    issues = [_issue(one) for one in found]
    return orjson.dumps(issues, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _issue(one: Finding) -> dict[str, Any]:
    return {
        "type": "issue", "check_name": one.rule, "description": one.message, "fingerprint": one.id,
        "severity": _SEVERITY[one.level],
        "location": {"path": show(one.file), "lines": {"begin": one.line or 1, "end": one.end_line or one.line or 1}},
    }  # fmt: skip
