"""Near-duplicate documents of a corpus: exact copies by hash, candidates by bands, every edge verified exactly.

Copies: all documents of one key text link to the first of them. Bands: the distinct texts of a bucket are compared,
all pairs if they are 16 or fewer, else in stars as in the folder (`overlap.find`); a bucket above `bucket_cap` links to
its first only and is reported. A candidate becomes an edge if the exact Jaccard index or containment of the two key
texts passes the threshold, so that one boilerplate bucket cannot chain unrelated documents together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus.components import LINK, components
from cleaner.overlap import OverlapSettings
from cleaner.overlap.find import ALL_PAIRS
from cleaner.overlap.key import changes, code_points, distinct
from cleaner.overlap.shelf import MIN_GRAMS
from cleaner.overlap.sketch import distinct_grams, resemblance
from cleaner.runners import Trial, Value
from cleaner.runners.exchange import Rows, Shuffle, save

Array = npt.NDArray[Any]
PAIR = np.dtype([("a", np.int64), ("b", np.int64), ("capped", np.uint8)])
EDGE = np.dtype([("a", np.int64), ("b", np.int64), ("jaccard", np.float32), ("containment", np.float32),
                 ("capped", np.uint8)])  # fmt: skip
TURNS = 32  # stars of one bucket; what is left after them links to nothing, and the bucket is reported


@dataclass(frozen=True)
class Store:
    """The key texts of a corpus, by number of document; `bases` is the number of the first document of each part."""

    folder: str
    bases: tuple[int, ...]

    def key(self, doc: int) -> str:
        part = int(np.searchsorted(np.array(self.bases), doc, "right")) - 1
        state = Path(f"{self.folder}/{part:06}.keys").stat()
        file, offsets = _held(f"{self.folder}/{part:06}", state.st_ino, state.st_mtime_ns)
        at = doc - self.bases[part]
        low, high = int(offsets[at]), int(offsets[at + 1])
        return bytes(file[low:high]).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def _held(base: str, _inode: int, _changed: int) -> tuple[Array, Array]:
    """Key texts and where each begins; another file of the same name is not taken for the one seen before."""
    file = Path(f"{base}.keys")
    raw = np.memmap(file, np.uint8, "r") if file.stat().st_size else np.zeros(0, np.uint8)
    return raw, np.load(f"{base}.keys.npy", mmap_mode="r")


class Compare:
    """Compares documents of a store exactly; those compared last are remembered."""

    def __init__(self, store: Store, settings: OverlapSettings) -> None:
        self.settings = settings
        self.codes: Callable[[int], Array] = lru_cache(maxsize=2048)(lambda doc: code_points(store.key(doc)))

    def figures(self, one: int, two: int) -> tuple[float, float]:
        """Return exact (Jaccard, containment); (0, 0) if one of them is too small to say."""
        first, second = self.codes(one), self.codes(two)
        alphabet = distinct(np.concatenate([distinct(first), distinct(second)]))
        grams = distinct_grams(first, alphabet), distinct_grams(second, alphabet)
        if min(map(len, grams)) < MIN_GRAMS:
            return 0.0, 0.0
        return resemblance(*grams)

    def near(self, jaccard: float, containment: float) -> bool:
        return jaccard >= self.settings.threshold or containment >= self.settings.containment


@dataclass(frozen=True)
class Found:
    """Where the verified edges, the links of exact copies and the components lie, and the limits that were met."""

    edges: tuple[str, ...]
    copies: tuple[str, ...]
    labels: tuple[str, ...]
    counts: dict[str, int]
    notes: tuple[str, ...]


def find(shuffle: Shuffle, store: Store, settings: OverlapSettings) -> Found:
    """Find the near duplicates of the documents whose sketches lie in the folder of `store`."""
    bases = [f"{store.folder}/{part:06}" for part in range(len(store.bases))]

    def rows(ending: str) -> list[Rows]:
        return [Rows(f"{base}.{ending}.npy", start, ("doc",)) for base, start in zip(bases, store.bases, strict=True)]

    copies, copied = shuffle.exchange("copies", rows("copies"), "hash", _copies)
    stage = partial(_buckets, store, settings)
    pairs, bucketed = shuffle.exchange("bands", rows("bands"), "key", stage)
    verify = partial(_verify, store, settings)
    edges, verified = shuffle.exchange("verify", [Rows(f"{name}.npy") for name in pairs], "a", verify)
    links = [*(f"{name}.npy" for name in copies), *(f"{name}.links.npy" for name in edges)]
    labels = components(shuffle, links)
    hot = sorted((size, count) for value in bucketed for size, count in value["hot"])
    counts = {
        "copies": sum(value["links"] for value in copied), "candidates": sum(value["pairs"] for value in verified),
        "edges": sum(value["edges"] for value in verified), "hot": len(hot),
    }  # fmt: skip
    notes = [f"near duplicates: a bucket of {size} texts was linked to its first only" for size, _ in hot[-20:]]
    if len(hot) > 20:
        notes.append(f"near duplicates: so were {len(hot) - 20} smaller buckets")
    return Found(tuple(f"{name}.npy" for name in edges), tuple(f"{name}.npy" for name in copies), tuple(labels),
                 counts, tuple(notes))  # fmt: skip


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
    hot = []
    for i in np.flatnonzero(sizes > 2).tolist():
        members = np.sort(rows["doc"][edges[i] : edges[i + 1]])
        if len(members) <= ALL_PAIRS:
            pairs.append(_pairs(*np.array(list(combinations(members.tolist(), 2))).T))
        elif len(members) > settings.bucket_cap:
            hot.append([len(members), 1])
            pairs.append(_pairs(np.full(len(members) - 1, members[0]), members[1:], True))
        else:
            pairs += _star(members.tolist(), compare)
    found = np.concatenate(pairs)
    found = found[np.lexsort((found["capped"], found["b"], found["a"]))]
    save(f"{target}.npy", found[changes(found["a"]) | changes(found["b"])] if len(found) else found)
    return {"hot": hot}


def _pairs(ones: Array, others: Array, capped: bool = False) -> Array:
    rows = np.empty(len(ones), PAIR)
    rows["a"], rows["b"], rows["capped"] = np.minimum(ones, others), np.maximum(ones, others), capped
    return rows


def _star(members: Sequence[int], compare: Compare) -> list[Array]:
    """Link members to the first; those that are no near duplicates of it are compared among themselves again."""
    pairs = []
    for _ in range(TURNS):
        if len(members) < 2:
            break
        first, *others = members
        near = [other for other in others if compare.near(*compare.figures(first, other))]
        pairs.append(_pairs(np.full(len(near), first), np.array(near, np.int64)))
        kept = set(near)
        members = [other for other in others if other not in kept]
    return pairs


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
    save(f"{target}.links.npy", links)
    save(f"{target}.npy", edges)
    return {"pairs": len(rows), "edges": len(edges)}
