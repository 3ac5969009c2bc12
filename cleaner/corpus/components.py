"""Which documents belong together: components of the verified edges, each named by its smallest document.

Up to `ON_DRIVER` edges a union-find in this process, of scipy if they are many: about 105 bytes and 0.9 us of CPU an
edge. Above, stars over `exchange`: any number of edges, no more memory than a partition, 5 to 18 rounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import stars
from cleaner.runners import Trial, Value
from cleaner.runners.exchange import PARTITION, Rows, Shuffle, save

Array = npt.NDArray[Any]
LINK = np.dtype([("u", np.int64), ("v", np.int64)])
ON_DRIVER = 20_000_000  # edges; 2 GB
FEW = 100_000  # edges that need no scipy, whose import takes 0.2 s


def components(shuffle: Shuffle, sources: Sequence[str], most: int = ON_DRIVER) -> list[str]:
    """Return .npy files of LINK rows (document, smallest of its component), sorted by document within each file.

    `sources` are .npy files of LINK rows. A document that is the smallest of its component has no row.
    """
    total = sum(len(np.load(source, mmap_mode="r")) for source in sources)
    if total > most:
        return _by_stars(shuffle, sources, total)
    target = str(Path(shuffle.work, "labels.npy"))
    parts = [np.load(source) for source in sources]
    save(target, on_driver(np.concatenate([np.zeros(0, LINK), *parts])))
    return [target]


def on_driver(links: Array, few: int = FEW) -> Array:
    """Return the LINK rows (node, smallest node of its component) of a graph in memory, sorted."""
    if not len(links):
        return links
    if len(links) <= few:
        return _by_trees(links)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, place = np.unique(np.concatenate([links["u"], links["v"]]), return_inverse=True)
    ones, others = place[: len(links)], place[len(links) :]
    graph = coo_array((np.ones(len(links), np.int8), (ones, others)), (len(nodes), len(nodes)))
    _, label = connected_components(graph, directed=False)
    least = np.full(label.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, label, nodes)
    return _links(np.stack([nodes, least[label]], 1)[least[label] != nodes])


def _by_trees(links: Array) -> Array:
    """Return the same by a union-find of our own, 2 us an edge."""
    above: dict[int, int] = {}

    def root(node: int) -> int:
        while (up := above.get(node, node)) != node:
            above[node] = node = above.get(up, up)
        return node

    for one, other in zip(links["u"].tolist(), links["v"].tolist(), strict=True):
        low, high = sorted((root(one), root(other)))
        above[high] = low
    found = [(node, least) for node in sorted(above) if (least := root(node)) != node]
    return _links(np.array(found, np.int64).reshape(-1, 2))


def _links(edges: Array) -> Array:
    rows = np.empty(len(edges), LINK)
    rows["u"], rows["v"] = edges[:, 0], edges[:, 1]
    return rows


def _edges(rows: Array) -> Array:
    return np.stack([rows["u"], rows["v"]], 1)


def _by_stars(shuffle: Shuffle, sources: Sequence[str], total: int) -> list[str]:
    count = max(-(-total * LINK.itemsize * 2 // min(PARTITION, shuffle.size)), 1)
    steps = [Rows(source) for source in sources]
    targets, _ = shuffle.exchange("components-begin", steps, "u", _both, count)
    before: list[Path] = []
    turn = 0
    while True:
        large, _ = shuffle.exchange(f"components-{turn:02}-large", _rows(targets, "both"), "u", _large, count)
        small, _ = shuffle.exchange(f"components-{turn:02}-small", _rows(large, "down"), "u", _small, count)
        targets, _ = shuffle.exchange(f"components-{turn:02}-sorted", _rows(small, "down"), "u", _both, count)
        now = [Path(f"{target}.down.npy") for target in targets]
        if before and all(np.array_equal(np.load(a), np.load(b)) for a, b in zip(now, before, strict=True)):
            return [str(path) for path in now]  # exact: a checksum stopped early on 1 of 300 graphs
        before, turn = now, turn + 1


def _rows(targets: Sequence[str], ending: str) -> list[Rows]:
    return [Rows(f"{target}.{ending}.npy") for target in targets]


def _both(rows: Array, target: str, _trial: Trial) -> Value:
    """Keep the distinct downward edges, and write them both ways for the next large star."""
    edges = stars.unique_rows(stars.downward(_edges(rows)))
    save(f"{target}.down.npy", _links(edges))
    save(f"{target}.both.npy", _links(stars.both_ways(edges)))
    return {"edges": len(edges)}


def _large(rows: Array, target: str, _trial: Trial) -> Value:
    edges = stars.unique_rows(stars.downward(stars.large_star(_edges(rows))))
    save(f"{target}.down.npy", _links(edges))
    return {"edges": len(edges)}


def _small(rows: Array, target: str, _trial: Trial) -> Value:
    edges = stars.unique_rows(stars.downward(stars.small_star(stars.unique_rows(_edges(rows)))))
    save(f"{target}.down.npy", _links(edges))
    return {"edges": len(edges)}
