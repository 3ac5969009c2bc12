"""Near-duplicate documents of a corpus: exact copies by hash, candidates by bands, every edge verified exactly.

Copies: all documents of one key text link to the first of them. Bands: the distinct texts of a bucket are compared,
all pairs if they are 16 or fewer, else in stars as in the folder (`overlap.find`); a bucket above `bucket_cap` links to
its first only and is reported. A candidate becomes an edge if the exact Jaccard index or containment of the two key
texts passes the threshold, so that one boilerplate bucket cannot chain unrelated documents together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus.components import LINK, components
from cleaner.corpus.passages import EDGE, MEET, Aligned, align
from cleaner.corpus.store import Compare, Store
from cleaner.overlap import OverlapSettings
from cleaner.overlap.finder import ALL_PAIRS
from cleaner.overlap.key import changes
from cleaner.runners import Trial, Value
from cleaner.runners.exchange import Rows, Shuffle, save

Array = npt.NDArray[Any]
PAIR = np.dtype([("a", np.int64), ("b", np.int64), ("capped", np.uint8)])
TURNS = 32  # stars of one bucket; what is left after them links to nothing, and the bucket is reported


@dataclass(frozen=True)
class Found:
    """Where the verified edges, the links of exact copies and the components lie, and the limits that were met."""

    edges: tuple[str, ...]
    copies: tuple[str, ...]
    labels: tuple[str, ...]
    counts: dict[str, int]
    notes: tuple[str, ...]
    aligned: Aligned


def find(shuffle: Shuffle, store: Store, settings: OverlapSettings) -> Found:
    """Find the near duplicates and the passages of the documents whose sketches lie in the folder of `store`."""
    rows = partial(rows_of, store)
    copies, copied = shuffle.exchange("copies", rows("copies"), "hash", _copies)
    stage = partial(_buckets, store, settings)
    pairs, bucketed = shuffle.exchange("bands", rows("bands"), "key", stage)
    verify = partial(_verify, store, settings)
    edges, verified = shuffle.exchange("verify", [Rows(f"{name}.npy") for name in pairs], "a", verify)
    shared = align(shuffle, store, rows("seeds"), [f"{name}.known.npy" for name in edges], settings)
    links = [*(f"{name}.npy" for name in copies), *(f"{name}.links.npy" for name in edges), *shared.links]
    labels = components(shuffle, links)
    hot = sorted((size, count) for value in bucketed for size, count in value["hot"])
    counts = {
        "copies": sum(value["links"] for value in copied), "candidates": sum(value["pairs"] for value in verified),
        "edges": sum(value["edges"] for value in verified) + shared.counts["edges"], "hot": len(hot),
        "aligned": shared.counts["aligned"],
    }  # fmt: skip
    notes = [f"near duplicates: a bucket of {size} texts was linked to its first only" for size, _ in hot[-20:]]
    if len(hot) > 20:
        notes.append(f"near duplicates: so were {len(hot) - 20} smaller buckets")
    if left := sum(value["left"] for value in bucketed):
        notes.append(f"near duplicates: {left} texts of buckets were not compared with each other after {TURNS} stars")
    every = (*(f"{name}.npy" for name in edges), *shared.edges)
    return Found(every, tuple(f"{name}.npy" for name in copies), tuple(labels), counts, (*notes, *shared.notes), shared)


def rows_of(store: Store, ending: str) -> list[Rows]:
    """Return the rows of one sort that the parts have left."""
    bases = enumerate(store.bases)
    return [Rows(f"{store.folder}/{part:06}.{ending}.npy", start, ("doc",)) for part, start in bases]


def _copies(rows: Array, target: str, _trial: Trial) -> Value:
    """Link the documents of one key text (128 bits of hash) to the first of them."""
    rows = rows[np.lexsort((rows["doc"], rows["more"], rows["hash"]))]
    fresh = changes(rows["hash"]) | changes(rows["more"]) if len(rows) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0))
    links = np.empty(int((~fresh).sum()), LINK)
    links["u"], links["v"] = rows["doc"][~fresh], rows["doc"][first[~fresh]]
    save(f"{target}.npy", links)
    return {"links": len(links)}


def _buckets(store: Store, settings: OverlapSettings, rows: Array, target: str, _trial: Trial) -> Value:
    """Write the pairs to compare. Copies inside a bucket are one: the first document stands for all."""
    rows = rows[np.lexsort((rows["doc"], rows["hash"], rows["key"]))]
    if len(rows):
        rows = rows[changes(rows["key"]) | changes(rows["hash"])]
    edges = np.r_[np.flatnonzero(changes(rows["key"])), len(rows)] if len(rows) else np.zeros(1, np.int64)
    sizes = np.diff(edges)
    compare = Compare(store, settings)
    twos = edges[:-1][sizes == 2]  # nearly all: no loop for them
    pairs = [np.zeros(0, PAIR), _pairs(rows["doc"][twos], rows["doc"][twos + 1])]
    hot: list[list[int]] = []
    left = 0
    for i in np.flatnonzero(sizes > 2).tolist():
        members = np.sort(rows["doc"][edges[i] : edges[i + 1]])
        if len(members) <= ALL_PAIRS:
            pairs.append(_pairs(*np.array(list(combinations(members.tolist(), 2))).T))
        elif len(members) > settings.bucket_cap:
            hot.append([len(members), 1])
            pairs.append(_pairs(np.full(len(members) - 1, members[0]), members[1:], True))
        else:
            stars, rest = _star(members.tolist(), compare)
            pairs += stars
            left += rest
    found = np.concatenate(pairs)
    found = found[np.lexsort((found["capped"], found["b"], found["a"]))]
    save(f"{target}.npy", found[changes(found["a"]) | changes(found["b"])] if len(found) else found)
    return {"hot": hot, "left": left}


def _pairs(ones: Array, others: Array, capped: bool = False) -> Array:
    rows = np.empty(len(ones), PAIR)
    rows["a"], rows["b"], rows["capped"] = np.minimum(ones, others), np.maximum(ones, others), capped
    return rows


def _star(members: Sequence[int], compare: Compare) -> tuple[list[Array], int]:
    """Link members to the first; those that are no near duplicates of it are compared among themselves again.

    Returns pairs, and how many members `TURNS` stars have left that were not compared with each other.
    """
    pairs = []
    for _ in range(TURNS):
        if len(members) < 2:
            break
        first, *others = members
        near = [other for other in others if compare.near(*compare.figures(first, other))]
        pairs.append(_pairs(np.full(len(near), first), np.array(near, np.int64)))
        kept = set(near)
        members = [other for other in others if other not in kept]
    return pairs, len(members) if len(members) > 1 else 0


def _verify(store: Store, settings: OverlapSettings, rows: Array, target: str, _trial: Trial) -> Value:
    """Compare the candidates exactly and write those that are near duplicates."""
    rows = rows[np.lexsort((rows["capped"], rows["b"], rows["a"]))]
    if len(rows):
        rows = rows[changes(rows["a"]) | changes(rows["b"])]
    compare = Compare(store, settings)
    found = [
        (a, b, *figures, capped) for a, b, capped in rows.tolist() if compare.near(*(figures := compare.figures(a, b)))
    ]
    edges = np.array(found, EDGE)
    links = np.empty(len(edges), LINK)
    links["u"], links["v"] = edges["b"], edges["a"]
    known = np.zeros(len(edges), MEET)
    known["a"], known["b"], known["at"] = edges["a"], edges["b"], -1
    save(f"{target}.links.npy", links)
    save(f"{target}.known.npy", known)
    save(f"{target}.npy", edges)
    return {"pairs": len(rows), "edges": len(edges)}
