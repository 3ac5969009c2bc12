"""Which lines are at the head or tail of a text: asked of few texts, and kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cleaner.overlap.index.census import Census
from cleaner.overlap.index.state import KeptLines


class Lows:
    """Where in the key of a text the lines at its head and tail begin; a page is made of one that was never asked."""

    def __init__(self, now: Census) -> None:
        self.now = now
        self.edged = now.entries.edged.copy()
        rows = now.lines.rows[now.lines.rows[:, 3] == 1]
        self.rows = rows[np.argsort(rows[:, 0], kind="stable")]
        self.fresh: dict[int, list[int]] = {}

    def __call__(self, at: int) -> list[int]:
        entry = int(self.now.entry[at])
        if entry in self.fresh:
            return self.fresh[entry]
        if self.edged[entry]:
            low, high = np.searchsorted(self.rows[:, 0], (entry, entry + 1)).tolist()
            found: list[int] = self.rows[low:high, 1].tolist()
            return found
        self.fresh[entry] = [line.low for line in self.now.finder.shelf[at].edge]
        return self.fresh[entry]

    def lines(self) -> KeptLines:
        """Return all lines, with what has been learned about their place."""
        lines = self.now.lines
        self.edged[list(self.fresh)] = True
        mine = np.flatnonzero(np.isin(lines.rows[:, 0], list(self.fresh)))
        rows = lines.rows.copy()
        rows[mine, 3] = [low in self.fresh[entry] for entry, low, *_ in rows[mine].tolist()]
        return replace(lines, rows=rows)
