"""Findings as workflow commands of GitHub Actions: one annotation per finding.

Whatever such a job prints is read for commands, so a text must neither end its line nor hold the older form of a
command (`##[`), which counts anywhere in a line.
"""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.reports.findings import Finding
from cleaner.show import show

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def to_github(found: Iterable[Finding]) -> bytes:
    """Return one line per finding, UTF-8; nothing for none."""
    return "".join(f"{_line(one)}\n" for one in found).encode("utf-8", "backslashreplace")


def _line(one: Finding) -> str:
    fields = {"file": show(one.file), "title": one.rule}
    numbers = {"line": one.line, "endLine": one.end_line}
    if one.line == one.end_line:  # columns are of one line there
        numbers |= {"col": one.col, "endColumn": one.end_col}
    fields |= {key: str(number) for key, number in numbers.items() if number}
    told = ",".join(f"{key}={_property(value)}" for key, value in fields.items())
    return f"::{_COMMANDS[one.level]} {told}::{_data(one.message)}"


def _data(text: str) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace("##[", "#\\u{23}[")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
