"""Rules that touch far more documents than in the last commit: a rule that was widened too far, or a site that changed.

Every guard of a single text may hold while a rule takes one line of every text; only the share of documents that it
touches shows that. Terminal and `--stats` alone say it: what is committed never depends on what was committed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from cleaner.languages import ENGLISH, Speech
from cleaner.reports.records import Records
from cleaner.show import padded, show

TIMES = 3.0  # its share has grown to more than this many times what it was,
POINTS = 0.01  # by more than this (a share of 1),
MORE = 3  # and by at least so many documents: one new article of another site is no share
SHOWN = 5  # rules in the terminal; all are in --stats


class Drift(NamedTuple):
    """A rule that touches `now` of `of` documents, and touched `before` of `of_before` in the last commit."""

    rule: str
    now: int
    of: int
    before: int
    of_before: int


def drifts(then: Records | None, now: Records) -> tuple[Drift, ...]:
    """Return the rules whose share has grown beyond the bounds, the most grown first; none without a last commit."""
    if then is None:
        return ()
    (old, of_before), (new, of) = _touched(then), _touched(now)
    found = [Drift(rule, new[rule], of, old[rule], of_before) for rule in new if of_before]
    return tuple(sorted(filter(_grown, found), key=lambda one: (one.before * of - one.now * of_before, one.rule)))


def _touched(records: Records) -> tuple[Counter[str], int]:
    """Return how many documents each rule has changed, and how many were cleaned."""
    cleaned = [file for file in records.files if file.status not in ("skipped", "quarantined")]
    return Counter(rule for file in cleaned for rule in file.edits), len(cleaned)


def _grown(one: Drift) -> bool:
    share, before = one.now / one.of, one.before / one.of_before
    return share > TIMES * before and share - before > POINTS and one.now - one.before >= MORE


def lines(found: tuple[Drift, ...], out: str, t: Speech = ENGLISH) -> Iterator[str]:
    """Say it for a terminal; `out` as the user wrote it."""
    for i, one in enumerate(found[:SHOWN]):
        said = t(
            "{rule} changes {now} of {of} texts; in the last commit it was {before} of {of_before}",
            rule=show(one.rule), now=one.now, of=one.of, before=one.before, of_before=one.of_before,
        )  # fmt: skip
        yield f"  {padded(t('drift') if i == 0 else '', 10)}{said}"
    if len(found) > SHOWN:
        yield " " * 12 + t("… and {n} more", n=len(found) - SHOWN)
    if found:
        yield " " * 12 + t("look at them: clean diff --against HEAD {out}", out=show(out))
