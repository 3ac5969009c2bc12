"""What a report may say of a rule: enough to show it to a reviewer, and no more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleInfo:
    """A rule by its full id, with its reason and its examples as [before, after] and as texts that stay."""

    id: str
    kind: str
    level: str
    review: bool
    why: str
    where: str
    turns: tuple[tuple[str, str], ...]
    keeps: tuple[str, ...]
