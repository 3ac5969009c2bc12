"""The values that the pages of a report are made of, and the order of their panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.languages import ENGLISH, Speech
from cleaner.reports.html_pairs import Aligned
from cleaner.reports.records import FileRecord, OverlapRecord
from cleaner.reports.views import FLAGS, Group


@dataclass(frozen=True)
class Place:
    """A place in an article, to be linked: `href` is "" where the article has no page."""

    path: str
    line: int
    href: str


@dataclass(frozen=True)
class GroupView:
    """A group as the panel of an article shows it."""

    index: int
    group: Group
    samples: tuple[tuple[str, str, int], ...]
    more: int
    lines: tuple[tuple[int, int], ...]
    more_lines: int
    codes: tuple[str, ...]
    candidates: tuple[tuple[str, str, Place | None], ...]


@dataclass(frozen=True)
class Section:
    """The groups of one rule with one fate, one after the other."""

    rule: str
    why: str
    count: int
    status: str
    pending: int
    groups: tuple[GroupView, ...]


@dataclass(frozen=True)
class Pair:
    """Two passages beside each other."""

    overlap: OverlapRecord
    a: Place
    b: Place
    rows: tuple[Aligned, ...]
    langs: tuple[str | None, str | None]


def told(file: FileRecord, t: Speech = ENGLISH) -> list[tuple[str, str]]:
    """Return the flags of a file, each with what it means."""
    return [(flag, t(FLAGS[flag]) if flag in FLAGS else "") for flag in file.flags]


def panel(groups: Sequence[Group]) -> list[Group]:
    """Return groups as the panel lists them: those of one rule together, rules in the order in which they appear."""
    first: dict[tuple[int, str, str], int] = {}
    for group in groups:
        first.setdefault(section_key(group), group.edits[0].start)
    return sorted(groups, key=lambda g: (section_key(g)[0], first[section_key(g)], section_key(g), g.edits[0].start))


def section_key(group: Group) -> tuple[int, str, str]:
    """What waits comes first, then what was done, then what was not."""
    rank = 0 if group.pending else 1 if group.status == "applied" else 2
    return rank, group.rule, group.status
