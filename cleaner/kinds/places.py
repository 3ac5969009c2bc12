"""The chain of places that the lines of a page stand in, and its weights: forward-backward over a committed table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.kinds.chrome import Array
from cleaner.kinds.layout import Known
from cleaner.tables import Table

PLACES = ("before", "title", "gap", "body", "inside", "after")
BEFORE, TITLE, GAP, BODY, INSIDE, AFTER = range(6)
NOISE = (BEFORE, GAP, INSIDE, AFTER)
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Weights:
    """The table, compiled: for each trait (a row) its weight in each place, for two places that of the step."""

    rows: dict[str, int]
    traits: Array  # (traits + 1, places), the last row for traits that have no weight
    steps: Array  # (from, to), factors
    starts: Array
    ends: Array

    @classmethod
    def of(cls, table: Table) -> Weights:
        rows: dict[str, int] = {}
        values: list[list[float]] = []
        size = len(PLACES)
        steps, starts, ends = np.zeros((size, size)), np.zeros(size), np.zeros(size)
        for what, name, *rest in table.rows:
            if what == "trait":
                rows[name] = len(values)
                values.append([float(value) for value in rest[:size]])
                continue
            one, _, other = name.partition(">")
            if one == "start":
                starts[PLACES.index(other)] = math.exp(float(rest[0]))
            elif other == "end":
                ends[PLACES.index(one)] = 1.0
            else:
                steps[PLACES.index(one), PLACES.index(other)] = math.exp(float(rest[0]))
        if not (starts.any() and ends.any() and steps.any()):
            raise ValueError("weights need rows of 'start>', '>end' and from one place to another")
        return cls(rows, np.array([*values, [0.0] * size]), steps, starts, ends)

    def chances(self, lines: Sequence[Sequence[str]], known: Known) -> list[list[float]]:
        """Return for each line the probability of each place (forward-backward), given the traits of all lines.

        Lines of `known` are the article's text for sure, or are not.
        """
        body = np.zeros(len(lines), bool)
        body[list(known.body)] = True
        found = np.zeros((len(lines), len(PLACES)))
        found[body, BODY] = 1.0
        open_ = np.flatnonzero(~body)
        if len(open_):
            says = self._says([lines[i] for i in open_.tolist()])
            if known.other:
                other = np.zeros(len(lines), bool)
                other[list(known.other)] = True
                says[np.ix_(other[open_], np.array([BODY, TITLE]))] = 0.0
            breaks = np.flatnonzero(np.diff(open_) > 1) + 1  # what is certain parts the chain
            for low, high in zip([0, *breaks], [*breaks, len(open_)], strict=True):
                start = self.starts if open_[low] == 0 else self.steps[BODY]
                end = self.ends if open_[high - 1] == len(lines) - 1 else self.steps[:, BODY]
                found[open_[low:high]] = self._between(says[low:high], start, end)
        result: list[list[float]] = found.tolist()
        return result

    def _says(self, lines: Sequence[Sequence[str]]) -> Array:
        """Return how much each line speaks for each place, at most 1: (lines, places)."""
        row, none = self.rows.get, len(self.rows)
        at = [row(name, none) for names in lines for name in names]
        sizes = np.fromiter(map(len, lines), np.int64, len(lines))
        sums = np.add.reduceat(self.traits[at], np.cumsum(sizes) - sizes)
        found: Array = np.exp(sums - sums.max(axis=1, keepdims=True))
        return found

    def _between(self, says: Array, start: Array, end: Array) -> Array:
        """Return the probabilities of the places of a run of lines, between what stands before and behind it."""
        count = len(says)
        ahead, back = np.empty_like(says), np.empty_like(says)
        total = np.add.reduce  # half of what the method `sum` takes, for so few
        now = start * says[0]
        ahead[0] = last = now / (total(now) + _TINY)
        for i in range(1, count):
            now = (last @ self.steps) * says[i]
            ahead[i] = last = now / (total(now) + _TINY)
        back[-1] = last = end / total(end)
        for i in range(count - 2, -1, -1):
            now = self.steps @ (says[i + 1] * last)
            back[i] = last = now / (total(now) + _TINY)
        both: Array = ahead * back
        both /= both.sum(axis=1, keepdims=True) + _TINY
        return both
