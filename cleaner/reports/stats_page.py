"""The figures of a run as one HTML page that needs nothing else: no script, no style of a row, no address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cleaner.reports.html_page import render
from cleaner.reports.stats import Stats

WIDTH = 100.0  # units of a bar that is full; the picture is stretched to its column


class Bar(NamedTuple):
    """What is counted, how often, and its length in units of the picture."""

    name: str
    number: int
    width: float


def bars(counts: Mapping[str, int]) -> tuple[Bar, ...]:
    """Return bars whose longest is full."""
    most = max(counts.values(), default=0)
    return tuple(Bar(name, count, round(WIDTH * count / most, 2) if most else 0.0) for name, count in counts.items())


def stats_page(stats: Stats) -> bytes:
    """Return the page, in UTF-8."""
    most = max((max(bar.before, bar.after) for bar in stats.lengths), default=1) or 1
    lengths = [(b, round(WIDTH * b.before / most, 2), round(WIDTH * b.after / most, 2)) for b in stats.lengths]
    charts = (
        ("Edits by rule", bars({rule.rule: rule.applied for rule in stats.rules if rule.applied})),
        ("Characters removed by kind of rule", bars(stats.kinds)),
        ("Texts by script", bars(stats.scripts)),
        ("Texts by region", bars(stats.regions)),
        ("Overlaps by class", bars(stats.overlaps)),
    )
    less = 1 - stats.chars_out / stats.chars_in if stats.chars_in else 0.0
    return render(
        "stats.html.j2", title="Figures of a run", stats=stats, less=less, lengths=lengths,
        charts=[(name, chart) for name, chart in charts if chart],
    )  # fmt: skip
