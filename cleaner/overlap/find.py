"""The whole search: texts in, overlaps and clusters out.

Texts are read in batches into arrays (shelf.py); exact copies collapse to one representative; lines that very many
texts have are set apart, each one cluster; then passages between and inside the distinct texts, near duplicates among
them, classes and clusters. Texts are worked on in the order of their names, so that neither the order of the input
nor the process shows in the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cleaner.overlap.boxes import MATCHED, Match
from cleaner.overlap.candidates import Candidates, every
from cleaner.overlap.classify import Surroundings
from cleaner.overlap.finder import Edge, Finder, crowds_of
from cleaner.overlap.found import found_of
from cleaner.overlap.shelf import Shelf, shelve, stream
from cleaner.overlap.values import Found, Overlap, OverlapSettings, Text


def find(texts: Sequence[Text], settings: OverlapSettings, candidates: Candidates = every) -> Found:
    """Return everything that `texts` share. See `cleaner.overlap.find_overlaps`, and `candidates.py` for the ways."""
    return search(in_order(texts), settings, candidates).found()


def in_order(texts: Sequence[Text]) -> list[Text]:
    """Return texts sorted by name. Raises ValueError if two have one name."""
    ordered = sorted(texts, key=lambda text: text.name)
    for one, two in pairwise(ordered):
        if one.name == two.name:
            raise ValueError(f"two texts have the name {one.name!r}")
    return ordered


def search(ordered: Sequence[Text], settings: OverlapSettings, candidates: Candidates = every) -> Searched:
    """Return what texts, sorted by name, share, before it is put into records."""
    shelf = Shelf(ordered, settings.fold_script)
    shelved, batches = shelve(shelf)
    finder = Finder(shelf, shelved, settings, crowds_of(shelf, shelved.lines, settings))
    without = np.concatenate([np.zeros((0, 5), np.int32), *(crowd.rows for crowd in finder.crowds)])
    runs = candidates(stream(batches, shelved, without), settings.seed_df, MATCHED)
    passages = finder.passages(runs)
    edges, notes = finder.near_duplicates(finder.covered(passages))
    edge_lows: dict[int, list[int]] = {}

    def edge_of(at: int) -> list[int]:
        return edge_lows.setdefault(at, [line.low for line in shelf[at].edge])

    furniture = finder.furniture(edges, edge_of)
    around = Surroundings(frozenset(map(finder.line, furniture)), runs.df)
    notes += finder.limits(runs.frequent, runs.dropped)
    return Searched(finder, passages, edges, edge_lows, furniture, around, notes)


@dataclass(frozen=True, eq=False)
class Searched:
    """A search that has ended: the passages of each pair, the near duplicates, and the limits that were met.

    `edge_lows` says of the texts that were asked where in their key the lines at their edges begin; `furniture` are the
    groups of lines that stand there in several.
    """

    finder: Finder
    passages: dict[tuple[int, int], tuple[Match, ...]]
    edges: list[Edge]
    edge_lows: dict[int, list[int]]
    furniture: list[int]
    around: Surroundings
    notes: list[str]

    def near(self) -> Iterator[tuple[Edge, Overlap]]:
        """Yield the record of each pair of near duplicates."""
        for edge in self.edges:
            yield edge, self.finder.near(edge, self.passages.get((edge.a, edge.b), ()))

    def shared(self) -> Iterator[tuple[tuple[int, int], list[Overlap]]]:
        """Yield the records of the passages of all other pairs of texts."""
        near = {(edge.a, edge.b) for edge in self.edges}
        for pair, matches in sorted(self.passages.items()):
            if pair not in near and self.finder.comparable(*pair):
                yield pair, list(self.finder.records(*pair, matches, self.around))

    def found(self) -> Found:
        """Return all that was found, in order."""
        overlaps = [self.finder.copy(a, b) for a, b in self.finder.copied()]
        overlaps += [record for _, record in self.near()]
        overlaps += [record for _, records in self.shared() for record in records]
        return self.of(overlaps)

    def of(self, overlaps: Sequence[Overlap]) -> Found:
        """Return the records with their clusters, and those of lines that very many have."""
        crowded = [self.finder.crowded(crowd, self.around) for crowd in self.finder.crowds]
        return found_of(overlaps, self.notes, self.finder.settings, crowded)
