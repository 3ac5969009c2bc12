"""What a run did in figures: by rule, by kind of removal, by file; as values, and as lines for a terminal.

Everything is counted from the records, so that it can be told of any OUT, without its seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cleaner.languages import ENGLISH, Speech, mark
from cleaner.reports.records import OverlapRecord, Records
from cleaner.reports.rules import RuleInfo
from cleaner.reports.terminal import table
from cleaner.show import padded, show

STEPS = (0, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)  # characters: where a bar of the histogram begins


@dataclass(frozen=True)
class RuleCount:
    """What one rule did: changes made, characters that went and came by them, files, places that wait or were kept."""

    rule: str
    kind: str
    applied: int
    removed: int
    inserted: int
    files: int
    pending: int
    refused: int


@dataclass(frozen=True)
class Lengths:
    """How many texts have `low` or more characters and fewer than the next step has: before and after cleaning."""

    low: int
    before: int
    after: int


@dataclass(frozen=True)
class Stats:
    """The figures of a run. Shares lie between 0 and 1, lengths are code points, `rules` come with the most hits first.

    `duplicate_share` is the share of the clean characters that stand in a `reuse` of another file as well, each
    counted once.
    """

    files: int
    status: Mapping[str, int]
    formats: Mapping[str, int]
    scripts: Mapping[str, int]
    regions: Mapping[str, int]
    chars_in: int
    chars_out: int
    edits: int
    pending: int
    kinds: Mapping[str, int]
    rules: tuple[RuleCount, ...]
    lengths: tuple[Lengths, ...]
    overlaps: Mapping[str, int]
    duplicate_share: float

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON."""
        return asdict(self)


def stats_of(records: Records, rules: Mapping[str, RuleInfo]) -> Stats:
    """Count the records of a run. `rules` say of which kind each rule is; one that is gone has the kind `gone`."""
    counts = _rules(records, rules)
    removed: Counter[str] = Counter()
    for count in counts:
        removed[count.kind] += count.removed
    texts = [file for file in records.files if file.status not in ("skipped", "quarantined")]
    run = records.run
    return Stats(
        files=run.files, status=_ranked(Counter(file.status for file in records.files)),
        formats=_ranked(Counter(file.format for file in texts)),
        scripts=_ranked(Counter(file.script for file in texts)),
        regions=_ranked(Counter(file.region for file in texts if file.region)),
        chars_in=run.chars_in, chars_out=run.chars_out, edits=run.edits, pending=run.pending,
        kinds=_ranked(removed), rules=counts,
        lengths=_lengths([file.chars_in for file in texts], [file.chars_out for file in texts]),
        overlaps=_ranked(Counter(_kind(overlap) for overlap in records.overlaps)),
        duplicate_share=_duplicates(records),
    )  # fmt: skip


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _rules(records: Records, rules: Mapping[str, RuleInfo]) -> tuple[RuleCount, ...]:
    """An edit counts for the rule that had the last word, as in the report."""
    sums: dict[str, Counter[str]] = {}
    files: dict[str, set[str]] = {}
    for edit in records.edits:
        mine = sums.setdefault(edit.by[-1], Counter())
        mine["pending"] += edit.pending
        if edit.status == "applied":
            files.setdefault(edit.by[-1], set()).add(edit.path)
            mine += Counter(applied=1, removed=len(edit.quote.exact), inserted=len(edit.new))
        elif not edit.pending:
            mine["refused"] += 1
    found = [
        RuleCount(
            rule, rules[rule].kind if rule in rules else "gone", mine["applied"], mine["removed"], mine["inserted"],
            len(files.get(rule, ())), mine["pending"], mine["refused"],
        )
        for rule, mine in sums.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda count: (-count.applied, count.rule)))


def _lengths(before: Sequence[int], after: Sequence[int]) -> tuple[Lengths, ...]:
    def inside(chars: Sequence[int], low: int, high: float) -> int:
        return sum(low <= one < high for one in chars)

    ends = (*STEPS[1:], float("inf"))
    every = [
        Lengths(low, inside(before, low, high), inside(after, low, high)) for low, high in zip(STEPS, ends, strict=True)
    ]
    used = [i for i, bar in enumerate(every) if bar.before or bar.after]
    return tuple(every[used[0] : used[-1] + 1]) if used else ()


def _kind(overlap: OverlapRecord) -> str:
    return overlap.kind if overlap.a.path != overlap.b.path else mark("within one text")


def _duplicates(records: Records) -> float:
    spans: dict[str, list[tuple[int, int]]] = {}
    for overlap in records.overlaps:
        if overlap.kind == "reuse" and overlap.a.path != overlap.b.path:
            for side in (overlap.a, overlap.b):
                spans.setdefault(side.path, []).append((side.start, side.end))
    total = covered = 0
    for file in records.files:
        total += file.chars_in
        at = 0
        for low, high in sorted(spans.get(file.path, ())):
            covered += max(0, high - max(low, at))
            at = max(at, high)
    return covered / total if total else 0.0


def lines(stats: Stats, t: Speech = ENGLISH, rows: int = 40) -> Iterator[str]:
    """Tell the figures in a terminal; at most `rows` rules."""
    less = 1 - stats.chars_out / stats.chars_in if stats.chars_in else 0.0
    yield t.plural(stats.files, "file") + t(": ") + _listed(stats.status, t)
    counts = {"before": f"{stats.chars_in:,}", "after": f"{stats.chars_out:,}", "n": f"{stats.edits:,}"}
    yield t("{before} characters → {after} ({less} less) by {n} edits", less=f"{less:.1%}", **counts)
    yield f"{padded(t('pending'), 10)}{stats.pending:,}"
    regions = "; " + t("regions {regions}", regions=_listed(stats.regions, t)) if stats.regions else ""
    yield f"{padded(t('scripts'), 10)}{_listed(stats.scripts, t)}{regions}"
    if stats.overlaps:
        share = t("{share} of the characters stand in another file too (reuse)", share=f"{stats.duplicate_share:.1%}")
        yield f"{padded(t('overlaps'), 10)}{_listed(stats.overlaps, t)}; {share}"
    if stats.rules:
        yield ""
        head = (
            t("rule"), t("kind"), t("edits"), t("removed"), t("inserted"), t("files"), t("pending"), t("refused"),
        )  # fmt: skip
        cells = [(show(r.rule), r.kind, *(f"{n:,}" for n in _figures(r))) for r in stats.rules[:rows]]
        yield from table(head, cells, right=frozenset(head[2:]))
        if len(stats.rules) > rows:
            yield "  " + t("… and {n} more rules (--json has all)", n=len(stats.rules) - rows)
    if stats.lengths:
        yield ""
        bins = [(_range(bar.low, t), f"{bar.before:,}", f"{bar.after:,}") for bar in stats.lengths]
        columns = t("characters"), t("texts before"), t("after")
        yield from table(columns, bins, right=frozenset(columns[1:]))


def _figures(count: RuleCount) -> tuple[int, ...]:
    return count.applied, count.removed, count.inserted, count.files, count.pending, count.refused


def _listed(counts: Mapping[str, int], t: Speech) -> str:
    return t(", ").join(f"{count:,} {t(name)}" for name, count in counts.items()) or t("none")


def _range(low: int, t: Speech) -> str:
    after = STEPS[STEPS.index(low) + 1 :]
    if after:
        return t("{low} to {high}", low=f"{low:,}", high=f"{after[0] - 1:,}")
    return t("{low} or more", low=f"{low:,}")
