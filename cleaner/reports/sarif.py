"""Findings as SARIF 2.1.0 (OASIS standard), for code hosts and editors; one result per finding.

A code host shows 5,000 results of a run and refuses a run of more than 25,000 (GitHub's limits for code scanning), so
the worst 25,000 are given and a notification says how many are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson

from cleaner.reports.findings import Finding
from cleaner.show import show

MOST = 25_000
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FINGERPRINT = "finding/v1"
_LINK = re.compile(r"\[(?=[^\]]*\]\()")  # what begins [text](address)


def to_sarif(found: Sequence[Finding]) -> bytes:
    """Return the findings as one SARIF log, UTF-8, keys sorted."""
    shown = found[:MOST]
    rules = {one.rule: one.why for one in sorted(shown, key=lambda one: one.rule)}
    places = {rule: i for i, rule in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "seedclean", "rules": [_rule(rule, why) for rule, why in rules.items()]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places[one.rule]) for one in shown],
    }
    if len(found) > MOST:
        text = f"{len(found) - MOST} findings are left out: code hosts take {MOST} in a run"
        note = {"message": {"text": text}, "level": "warning"}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [note]}]
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _rule(rule: str, why: str) -> dict[str, Any]:
    return {"id": rule, "fullDescription": {"text": plain(why or rule)}, "shortDescription": {"text": plain(rule)}}


def _result(one: Finding, index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(one.file)}}
    region = {"startLine": one.line, "startColumn": one.col, "endLine": one.end_line, "endColumn": one.end_col}
    if one.line:
        place["region"] = {key: value for key, value in region.items() if value}
    return {
        "ruleId": one.rule, "ruleIndex": index, "level": one.level, "message": {"text": plain(one.message)},
        "locations": [{"physicalLocation": place}], "partialFingerprints": {_FINGERPRINT: one.id},
        "baselineState": "unchanged" if one.known else "new",
    }  # fmt: skip


def plain(text: str) -> str:
    """Return a text in which no viewer finds an embedded link or a placeholder (SARIF 3.11.5, 3.11.6)."""
    return _LINK.sub(r"\\[", text).replace("{", "{{").replace("}", "}}")


def uri(path: str) -> str:
    """Return a path as a relative URI reference (RFC 3986): a colon in its first part would make a scheme of it."""
    return quote(show(path).encode("utf-8"), safe="/")
