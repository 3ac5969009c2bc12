"""What is weak in a pack although it loads and its examples hold: what `clean rules lint` says.

A pack is judged as one that others install: there its patterns have to be linear, and nobody but its examples can say
what it is after.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from cleaner.packs import Pack, Rule, shipped
from cleaner.tables import Table
from cleaner.vet import cuts, vet

TURNS, KEEPS = 2, 3  # what every shipped rule has at least
_UNSAID = ("Say here", "TODO")  # of the skeletons


class Advice(NamedTuple):
    """A weakness: its line in the pack's file, what is weak, how to mend it."""

    line: int
    what: str
    how: str


def advice(pack: Pack) -> Iterator[Advice]:
    """Yield what is weak in a pack, in the order of its file."""
    if not pack.license:
        yield Advice(1, "the pack has no 'license'", 'add license = "MIT" or another name of spdx.org/licenses')
    if not pack.why or pack.why.startswith(_UNSAID):
        yield Advice(1, "the pack does not say what it is for", 'add why = "..."')
    ours = pack.path.resolve().is_relative_to(shipped())
    rows: list[dict[str, Any]] = [] if ours else tomllib.loads(pack.path.read_bytes().decode("utf-8"))["rule"]
    for i, rule in enumerate(pack.rules):
        yield from _of_rule(rule)
        for _, what, how in vet(rows[i]) if rows else ():
            yield Advice(rule.line, f"rule '{rule.keys.id}': {what}", how)


def _of_rule(rule: Rule) -> Iterator[Advice]:
    keys, who = rule.keys, f"rule '{rule.keys.id}'"
    if keys.why.startswith(_UNSAID):
        yield Advice(rule.line, f"{who} does not say why", "write what a reviewer should know in `why`")
    elif not keys.why.rstrip().endswith((".", "。", "!", "！", "?", "？", "”", ")", "）")):
        yield Advice(rule.line, f"{who}: its `why` is no sentence", "end it with a full stop")
    if len(keys.turns) < TURNS:
        yield Advice(
            rule.line, f"{who} has {len(keys.turns)} `turns`", f"give {TURNS}: another form of what it is after"
        )
    if len(keys.keeps) < KEEPS:
        how = f"give {KEEPS}: sentences of an article that look like what it is after"
        yield Advice(rule.line, f"{who} has {len(keys.keeps)} `keeps`", how)
    for i, text in enumerate(keys.keeps, 1):
        if keys.kind in ("line", "span", "block") and not _tempts(rule, text):
            said = text[:30].replace("\n", "⏎")
            how = "take a text that holds some of the words it is after"
            yield Advice(rule.line, f"{who}: `keeps` number {i} tempts nobody: {said}", how)
    share = cuts(keys.kind, rule.do, shipped() / "prose.txt") if keys.level == "fix" else 0
    if share and keys.where == "any":
        how = 'let it say what it is after, guard it by `where`, or propose only: level = "ask"'
        yield Advice(rule.line, f"{who} cuts {share:.2%} of good prose", how)


def _tempts(rule: Rule, text: str) -> bool:
    """Say whether a text has a character that some example of the rule loses, or that its patterns and words name."""
    pairs = rule.keys.turns
    lost = {c for before, after in pairs for c in set(before) if c != "\n" and before.count(c) > after.count(c)}
    named = {c for field in fields(rule.do) if field.init for c in _chars(getattr(rule.do, field.name))}  # type: ignore[arg-type]
    if not any(c.isalnum() or unicodedata.category(c)[0] in "PS" for c in lost):
        return True  # what tempts such a rule cannot be seen
    return bool((lost | named).intersection(text))


def _chars(value: object) -> set[str]:
    if isinstance(value, str):
        return {c for c in value if not c.isascii()}
    if isinstance(value, Table):
        return _chars(value.rows)
    if isinstance(value, Mapping):
        return _chars(tuple(value))
    return set().union(*map(_chars, value)) if isinstance(value, (tuple, list)) else set()
