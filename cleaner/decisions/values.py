"""What a reviewer decided, as one line of rules/decisions.jsonl holds it.

A decision quotes the text that it is about and names the rule. There are no line numbers, no clock and no counts in it:
text may move, a file may be renamed, and two branches merge line by line (`merge=union`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter

from cleaner.show import visible_json

Do = Literal["keep", "remove", "replace", "accept", "wanted", "unwanted"]
Target = Literal["edit", "group", "overlap"]
OF_EDITS: tuple[Do, ...] = ("keep", "remove", "replace", "accept")
OF_OVERLAPS: tuple[Do, ...] = ("wanted", "unwanted")

LONGEST = 2000  # characters of a side of an overlap that are quoted in full
ENDS = 60  # and of each end of a longer one
_LEFT_OUT = re.compile(r"…\[\d+\]…")

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Quoted:
    """A text, and up to 16 characters before and behind it; without these two it is meant wherever it stands."""

    __pydantic_config__ = _STRICT
    exact: str
    prefix: str | None = None
    suffix: str | None = None

    @property
    def anchored(self) -> bool:
        return self.prefix is not None and self.suffix is not None

    @property
    def whole(self) -> bool:
        """Say whether `exact` is all of the text: of a whole document only the two ends are quoted."""
        return _LEFT_OUT.search(self.exact) is None

    @classmethod
    def of_side(cls, text: str) -> Quoted:
        """Quote one side of an overlap, which may be a whole document."""
        if len(text) <= LONGEST:
            return cls(text)
        return cls(f"{text[:ENDS]}…[{len(text) - 2 * ENDS}]…{text[-ENDS:]}")


@dataclass(frozen=True)
class Decision:
    """One decision. Raises ValueError ("what; how to go on") if its fields do not fit each other.

    - `edit`: the edit with this id, wherever it is found; `path` narrows it to one file.
    - `group`: all edits of the rule with this text; with a quote that has its context only in files where that place
      is found (for rules whose edits of a file are one group: all edits of the rule in such a file).
    - `overlap`: `wanted` covers the phrase, whoever else has it, unless `path` and `other_path` narrow it to a pair;
      `unwanted` is of the pair of quotes alone, and `keeper` names the file that keeps it.

    `by` (who) and `why` are for people.
    """

    __pydantic_config__ = _STRICT
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    do: Do
    target: Target
    quote: Quoted
    rule: str | None = None
    other: Quoted | None = None
    path: str | None = None
    other_path: str | None = None
    replacement: str | None = None
    keeper: str | None = None
    by: str | None = None
    why: str | None = None

    def __post_init__(self) -> None:
        for wrong in self._wrong():
            raise ValueError(wrong)

    def _wrong(self) -> Iterator[str]:
        legal = OF_OVERLAPS if self.target == "overlap" else OF_EDITS
        if self.do not in legal:
            yield f"'{self.do}' is no decision on an {self.target}; write one of {', '.join(legal)}"
        if self.target == "overlap":
            if self.other is None:
                yield "a decision on an overlap quotes both sides; add 'other'"
            if self.rule is not None:
                yield "a decision on an overlap has no 'rule'; take it out"
        else:
            if self.rule is None:
                yield f"a decision on an {self.target} names the rule; add 'rule'"
            if self.other is not None or self.other_path is not None:
                yield "'other' and 'other_path' are for overlaps; take them out"
            if self.target == "edit" and not self.quote.anchored:
                yield "a decision on an edit quotes what stands around it; add 'prefix' and 'suffix' to 'quote'"
        if (self.do == "replace") != (self.replacement is not None):
            yield "'replacement' goes with 'replace', and 'replace' needs it; add it or take it out"
        if self.replacement == "":
            yield "the replacement is empty; write 'remove' instead"
        if (self.do == "unwanted") != (self.keeper is not None):
            yield "'keeper' goes with 'unwanted', and 'unwanted' needs it; add it or take it out"

    @property
    def scope(self) -> tuple[str, str | None, str | None]:
        """What it is about: two different decisions with one scope contradict each other."""
        return self.id, self.path, self.other_path

    @property
    def says(self) -> tuple[str, str | None, str | None]:
        """What it says about it; who decided, and why, makes no difference."""
        return self.do, self.replacement, self.keeper

    @property
    def summary(self) -> str:
        """Return it in a few words, not yet harmless to print: keep 〓, replace by 全省."""
        more = f" by “{self.replacement}”" if self.replacement else f", {self.keeper} keeps it" if self.keeper else ""
        return f"{self.do}{more}"


ADAPTER: TypeAdapter[Decision] = TypeAdapter(Decision)


def to_line(decision: Decision) -> bytes:
    """Return a decision as a line of JSON: keys sorted, nothing that is not set, hidden characters as \\uXXXX."""
    raw = orjson.dumps(_filled(decision), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    return visible_json(raw)


def _filled(value: Any) -> dict[str, Any]:
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {k: _filled(v) if isinstance(v, Quoted) else v for k, v in found.items() if v is not None}


def decisions_schema() -> dict[str, Any]:
    """Return the JSON Schema of a line of rules/decisions.jsonl."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a line of rules/decisions.jsonl",
        **ADAPTER.json_schema(),
    }
