"""Lines of page furniture in a corpus: those at the head or tail of three documents that otherwise differ.

The same as `overlap.edges.edge_lines`, in three exchanges: lines that three documents have; pages of which such
lines are half (articles of lines, not furniture) taken out; and counted once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus.counts import Table, in_one, opened, put
from cleaner.overlap.edges import EDGE_DOCUMENTS
from cleaner.overlap.key import changes
from cleaner.runners import Trial, Value
from cleaner.runners.exchange import Rows, Shuffle, save

Array = npt.NDArray[Any]
SHARED = np.dtype([("key", np.uint64), ("doc", np.int64), ("label", np.int64), ("size", np.int32),
                   ("whole", np.int32)])  # fmt: skip


def line_table(shuffle: Shuffle, rows: Sequence[Rows], labels: Sequence[str], cap: int) -> Table:
    """Return the lines that are furniture. `labels` are LINK rows (document, group), sorted within each file."""
    found, _ = shuffle.exchange("lines", rows, "key", partial(_lines, tuple(labels), cap))
    pages, _ = shuffle.exchange("lines-pages", _files(found), "doc", _pages)
    kept, _ = shuffle.exchange("lines-edges", _files(pages), "key", _edges)
    return in_one(shuffle, "lines", kept)


def _files(targets: Sequence[str]) -> list[Rows]:
    return [Rows(f"{target}.npy") for target in targets]


def _groups(labels: Sequence[str], docs: Array) -> Array:
    """Return the group of near duplicates that each document is in: its own number if it is in none."""
    found = docs.copy()
    for label in labels:
        rows = opened(label)
        if len(rows):
            at = np.minimum(np.searchsorted(rows["u"], docs), len(rows) - 1)
            found = np.where(rows["u"][at] == docs, rows["v"][at], found)
    return found


def _spread(keys: Array, values: Array) -> tuple[Array, Array]:
    """Return the edges of the groups of equal `keys` (sorted), and how many distinct `values` each has."""
    order = np.lexsort((values, keys))
    keys, values = keys[order], values[order]
    fresh = changes(keys)
    edges = np.r_[np.flatnonzero(fresh), len(keys)]
    new = fresh | changes(values)
    return edges, np.add.reduceat(new.astype(np.int64), edges[:-1]) if len(keys) else np.zeros(0, np.int64)


def _lines(labels: tuple[str, ...], cap: int, rows: Array, target: str, _trial: Trial) -> Value:
    """Keep the edge lines that stand in three groups of documents or more, and in no more texts than the cap."""
    rows = rows[np.lexsort((rows["doc"], rows["hash"], rows["key"]))]
    fresh = changes(rows["key"]) | changes(rows["hash"])
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0)) if len(rows) else np.zeros(0, np.int64)
    rows = rows[rows["doc"] == rows["doc"][first]]  # of documents with one key text, the first
    edges, texts = _spread(rows["key"], rows["doc"])
    many = (texts >= EDGE_DOCUMENTS) & (texts <= cap)
    rows = rows[np.repeat(many, np.diff(edges))]
    group = _groups(labels, rows["doc"])
    edges, spread = _spread(rows["key"], group)
    keep = np.repeat(spread >= EDGE_DOCUMENTS, np.diff(edges)) & (rows["edge"] == 1)
    found = np.empty(int(keep.sum()), SHARED)
    for name in ("key", "doc", "size", "whole"):
        found[name] = rows[name][keep]
    found["label"] = group[keep]
    save(f"{target}.npy", found)
    return {"rows": len(found)}


def _pages(rows: Array, target: str, _trial: Trial) -> Value:
    """Take out the pages of which such lines are more than half: articles of lines."""
    rows = rows[np.lexsort((rows["key"], rows["doc"]))]
    if len(rows):
        edges = np.r_[np.flatnonzero(changes(rows["doc"])), len(rows)]
        inside = np.add.reduceat(rows["size"].astype(np.int64), edges[:-1])
        rows = rows[np.repeat(2 * inside <= rows["whole"][edges[:-1]], np.diff(edges))]
    save(f"{target}.npy", rows)
    return {"rows": len(rows)}


def _edges(rows: Array, target: str, _trial: Trial) -> Value:
    rows = rows[np.lexsort((rows["label"], rows["key"]))]
    edges, spread = _spread(rows["key"], rows["label"])
    keep = spread >= EDGE_DOCUMENTS
    put(target, rows["key"][edges[:-1][keep]], spread[keep].astype(np.uint32))
    return {"lines": int(keep.sum())}
