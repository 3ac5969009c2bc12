"""What a pack holds: a rule, the keys a file may have, and the order in which rules work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from cleaner.context import Context, Proposal

STAGES = ("characters", "annotations", "lines", "words", "script", "blank")  # the order of work in one document
Stage = Literal["characters", "annotations", "lines", "words", "script", "blank"]
MetaField = Literal["title", "source", "date", "author", "editor", "location"]


class Kind(Protocol):
    """What a rule does: yields sorted, disjoint proposals, and none on its own result."""

    stage: Any

    def __call__(self, context: Context) -> Iterable[Proposal]: ...


class RuleKeys(BaseModel):
    """The keys every rule may have, whatever its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="stable for ever; the full id is pack/id")
    kind: str = Field(description="what the rule does")
    why: str = Field(min_length=1, description="one or two sentences for the reviewer")
    turns: list[tuple[str, str]] = Field(min_length=1, description="[before, after]: must hold exactly")
    keeps: list[str] = Field(min_length=1, description="texts that must not be touched: the tempting mistakes")
    todo: list[tuple[str, str]] = Field(default=[], description="known failures: run and shown, never fatal")
    level: Literal["fix", "ask"] = Field(default="fix", description="fix is applied, ask only proposed")
    review: bool = Field(default=False, description="applied, and listed as pending for a person")
    where: Literal["head", "body", "tail", "any"] = Field(default="any", description="position guard")
    within: int | None = Field(default=None, ge=1, description="replaces the setting edge_lines for this rule")
    stage: Stage | None = Field(default=None, description="when the rule runs; the kind has a default")
    max_chars: int = Field(default=300, ge=1, description="longest single match")
    removes_prose: bool = Field(default=False, description="lifts the prose guard")
    lift: dict[MetaField, str] = Field(default={}, description="metadata field = named group of the match")
    renamed_from: list[str] = Field(default=[], description="old full ids; decisions and ignores keep working")


_ONE_GROUP = ("ruby", "script")  # kinds


@dataclass(frozen=True)
class Rule:
    """One rule of a pack. `id` is the full id, `line` its line in the pack's file. Stateless, and it pickles."""

    id: str
    pack: str
    file: str
    line: int
    do: Kind
    stage: str
    keys: RuleKeys

    @property
    def why(self) -> str:
        return self.keys.why

    @property
    def one_group(self) -> bool:
        """Say whether all it does in a file is one decision, whatever the character: 353 readings are one leak."""
        return self.keys.kind in _ONE_GROUP

    def propose(self, context: Context) -> Iterator[Proposal]:
        """Yield what the rule would change in the text, sorted and disjoint, where its position guard allows."""
        if self.keys.where == "any":
            yield from self.do(context)
            return
        window = None  # most rules propose nothing in most texts, and then nobody needs to know where they may
        for proposal in self.do(context):
            window = window or self._window(context)
            if window[0] <= proposal.start and proposal.end <= window[1]:
                yield proposal

    def _window(self, context: Context) -> tuple[int, int]:
        head, tail = context.edges(self.keys.within)
        size = len(context.text)

        def start(i: int) -> int:
            return context.lines[i].start if i < len(context.lines) else size

        if self.keys.where == "head":
            return 0, start(head)
        if self.keys.where == "tail":
            return start(tail), size
        return start(head), start(tail)


@dataclass(frozen=True)
class Pack:
    """A checked pack. `digest` is the SHA-256 of its file (`path`, for people `file`) and its tables, in hex."""

    name: str
    version: str
    why: str
    license: str
    file: str
    digest: str
    rules: tuple[Rule, ...]
    path: Path
    tables: tuple[Path, ...]


class PackKeys(BaseModel):
    """The keys of a pack's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema", description="format version")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="first half of every rule id")
    version: str = Field(min_length=1)
    why: str = ""
    license: str = ""
    rule: list[dict[str, Any]] = Field(min_length=1, description="in the order of work inside a stage")


def in_order(packs: Sequence[Pack]) -> tuple[Rule, ...]:
    """Return all rules in the order of work: by stage, then by pack, then by place in the file."""
    rules = [rule for pack in packs for rule in pack.rules]
    return tuple(sorted(rules, key=lambda rule: STAGES.index(rule.stage)))
