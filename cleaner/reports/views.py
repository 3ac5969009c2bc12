"""Readings of the records that more than one report needs: groups of edits, and a source read beside its result.

The unit of review is a group, not an edit: 353 removals of pinyin are one decision. Nothing is compared here and
nothing is searched for: every position comes from the records.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.languages import ENGLISH, Speech, mark
from cleaner.reports.records import DecisionRecord, EditRecord, FileRecord, OverlapRecord, Records
from cleaner.show import show

KINDS = ("reuse", "quote", "formula", "boilerplate")  # of overlaps; only the first asks for attention

VALUES = (  # of records, that people are shown: kinds of overlaps and what was decided, fates of files and of edits
    mark("reuse"), mark("quote"), mark("formula"), mark("boilerplate"), mark("wanted"), mark("unwanted"),
    mark("changed"), mark("unchanged"), mark("empty"), mark("skipped"), mark("quarantined"), mark("dropped"),
    mark("applied"), mark("proposed"), mark("kept"), mark("suppressed"),
)  # fmt: skip
FLAGS = {
    "soft-budget": mark("rules took more prose than the soft limit allows without notice"),
    "emptied": mark("less than a tenth of the text is left"),
    "extraction-fallback": mark("the main text was found by the structure of the page alone, not by the extractor"),
    "extraction-low": mark("less than 30 % of the page's text was kept, and its structure points to more"),
    "charset-corrected": mark("the page names another encoding than its bytes are in"),
    "bad-bytes": mark("bytes outside of the main text do not fit the encoding"),
    "control-characters": mark("control characters were taken out before the page was parsed"),
    "doctype-subset": mark("declarations inside the DOCTYPE were taken out before the page was parsed"),
    "bucket-capped": mark("a bucket of like passages was cut at its limit, so that some overlaps may be missing"),
}


@dataclass(frozen=True)
class Group:
    """Edits of one file that are one decision and had one fate. Never empty; sorted by place.

    `rule` is the one that had the last word: the spaces in a removed footer are no reason of their own.
    """

    id: str
    rule: str
    path: str
    status: str
    edits: tuple[EditRecord, ...]

    @property
    def pending(self) -> int:
        return sum(edit.pending for edit in self.edits)

    @property
    def first(self) -> EditRecord:
        """The edit that stands for the group: one that waits for a person, if there is one."""
        return next((edit for edit in self.edits if edit.pending), self.edits[0])

    def samples(self, limit: int) -> tuple[tuple[tuple[str, str, int], ...], int]:
        """Return up to `limit` distinct changes (old, new, count), most frequent first, and how many are left out."""
        counts = Counter((edit.quote.exact, edit.new) for edit in self.edits)
        ranked = sorted(counts.items(), key=lambda item: -item[1])  # stable: ties stay in order of place
        return tuple((old, new, count) for (old, new), count in ranked[:limit]), max(0, len(ranked) - limit)


def groups_of(edits: Iterable[EditRecord]) -> tuple[Group, ...]:
    """Return the groups of one file, by first place."""
    found: dict[tuple[str, str], list[EditRecord]] = {}
    for edit in edits:
        found.setdefault((edit.group, edit.status), []).append(edit)
    return tuple(
        Group(group, edits[0].by[-1], edits[0].path, status, tuple(edits)) for (group, status), edits in found.items()
    )


def pending_groups(records: Records) -> Iterator[Group]:
    """Yield the groups with at least one place that waits for a person, by file and place."""
    for file in records.files:
        if file.pending:
            yield from (group for group in groups_of(records.of(file.path)) if group.pending)


def stale(records: Records) -> tuple[DecisionRecord, ...]:
    """Return the decisions that were found nowhere."""
    return tuple(decision for decision in records.decisions if not decision.places)


def decided(decision: DecisionRecord) -> str:
    """Return in a few words what a decision says; not yet harmless to print."""
    if decision.replacement is not None:
        return f"{decision.do} by “{decision.replacement}”"
    return f"{decision.do}, {decision.keeper} keeps it" if decision.keeper is not None else decision.do


def answer(edit: EditRecord) -> str:
    """Return the command that answers what an edit asks a person: `clean decide …`, for all of its group."""
    if edit.status == "applied":  # a mask: the word is lost, and only a person may know it
        return f"clean decide replace {edit.id} --with WORD"
    return f"clean decide accept {edit.id}"


class Counts(NamedTuple):
    """Applied edits of a file: those that only take away, and those that put something else."""

    removed: int
    repaired: int

    @classmethod
    def of(cls, edits: Iterable[EditRecord]) -> Counts:
        applied = [edit for edit in edits if edit.status == "applied"]
        removed = sum(not edit.new for edit in applied)
        return cls(removed, len(applied) - removed)


class Hits(NamedTuple):
    """What one rule did in the run."""

    rule: str
    edits: int
    files: int


def rules_by_hits(files: Iterable[FileRecord]) -> tuple[Hits, ...]:
    """Return the rules that changed something, most edits first, then by name."""
    edits: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    for file in files:
        edits.update(file.edits)
        touched.update(rule for rule, count in file.edits.items() if count)
    ranked = sorted(edits.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Hits(rule, count, touched[rule]) for rule, count in ranked if count)


_BLANK = {" ": "␣", "\t": "⇥", "\n": "⏎", "\u00a0": "⍽", "\u3000": "□"}


def visible(text: str) -> str:
    """Return text that an edit takes or puts, safe to look at; if it is only white space, with a sign for each."""
    if text.strip():
        return show(text, keep="\n\t")
    return "".join(_BLANK.get(char) or (f"\\u{{{ord(char):X}}}" if char.isspace() else show(char)) for char in text)


def by_cluster(overlaps: Iterable[OverlapRecord]) -> dict[str | None, list[OverlapRecord]]:
    """Return the overlaps of each cluster, None for those that stand in no cluster."""
    found: dict[str | None, list[OverlapRecord]] = {}
    for overlap in overlaps:
        found.setdefault(overlap.cluster, []).append(overlap)
    return found


def language(file: FileRecord) -> str | None:
    """Return the BCP 47 tag that makes a browser take the right glyphs, None where there is no evidence."""
    if file.script == "mixed" and file.evidence is not None:
        return "zh-Hant" if file.evidence.hant > file.evidence.hans else "zh-Hans"
    return {"hans": "zh-Hans", "hant": "zh-Hant", "mixed": "zh-Hans"}.get(file.script)


def verdict(overlap: OverlapRecord, t: Speech = ENGLISH) -> str:
    """Return the sentence behind the kind of an overlap; another language makes it anew from the figures."""
    from cleaner.overlap.verdicts import SENTENCES  # a report that has no overlaps does not wait for it

    sentence = SENTENCES.get(str(overlap.reasons.get("rule")))
    if sentence is None or t.language == "en":
        return overlap.verdict
    figures = {"jaccard": overlap.jaccard, "containment": overlap.containment, "chars": overlap.chars}
    return t(sentence, **{**overlap.reasons, **figures})


def plural(count: int, one: str, many: str = "") -> str:
    """Return "1 place", "5 places", "1,200 places"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


class Piece(NamedTuple):
    """A stretch of a source beside its result: `same` in both, `gone` from the source, or `new` in the result."""

    kind: str
    start: int
    end: int
    text: str
    edit: EditRecord | None


class Reading:
    """A source and its applied edits, to be read piece by piece in source positions."""

    def __init__(self, source: str, edits: Sequence[EditRecord]) -> None:
        self.source = source
        self._edits = [edit for edit in edits if edit.status == "applied"]
        self._ends = [edit.end for edit in self._edits]

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """Yield what stands in `start:end`, in order.

        The new text of an edit belongs to the stretch that holds the edit's start; one at the very end of
        the source belongs to the stretch that ends there.
        """
        size = len(self.source)
        at = start
        for i in range(bisect_left(self._ends, start), len(self._edits)):
            edit = self._edits[i]
            if edit.start > end or (edit.start == end and end < size):
                break
            low, high = max(edit.start, start), min(edit.end, end)
            if high < low or (low == high and edit.start < start):
                continue  # it ended right before this stretch
            if at < low:
                yield Piece("same", at, low, self.source[at:low], None)
            if low < high:
                yield Piece("gone", low, high, self.source[low:high], edit)
            if edit.new and edit.start >= start:
                yield Piece("new", low, low, edit.new, edit)
            at = max(at, high)
        if at < end:
            yield Piece("same", at, end, self.source[at:end], None)

    def result(self, start: int, end: int) -> str:
        """Return what `start:end` of the source has become."""
        return "".join(piece.text for piece in self.pieces(start, end) if piece.kind != "gone")

    def before(self, at: int, count: int) -> str:
        """Return about `count` characters of the result that stand before `at`."""
        return self.result(max(0, at - 4 * count), at)[-count:]

    def after(self, at: int, count: int) -> str:
        """Return about `count` characters of the result that stand after `at`."""
        return self.result(at, min(len(self.source), at + 4 * count))[:count]


def headline(reading: Reading) -> str:
    """Return the first line of the result that says something, "" if there is none."""
    for line in reading.result(0, min(len(reading.source), 4000)).split("\n"):
        if line.strip():
            return line.strip()
    return ""


def cut(text: str, head: int, tail: int = 0) -> tuple[str, int, str]:
    """Return a long text as its head, the count of characters left out, and its tail (0 and "" if it is short)."""
    if len(text) <= head + tail + 12:
        return text, 0, ""
    return text[:head], len(text) - head - tail, text[len(text) - tail :] if tail else ""
