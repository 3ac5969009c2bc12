"""Connected components of a graph that no memory holds, by large-star and small-star (Kiveris et al. 2014,
"Connected Components in MapReduce and Beyond"): kernels over one partition of edges; the caller shuffles.

Edges are rows (larger, smaller) of an int64 array of shape (edges, 2). Repeating `large_star` and `small_star` on all
partitions until nothing changes leaves one edge from each node to the smallest node of its component.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def unique_rows(edges: Array) -> Array:
    """Return the distinct edges between different nodes, sorted."""
    edges = edges[edges[:, 0] != edges[:, 1]]
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0]))]
    if not len(edges):
        return edges
    kept: Array = edges[np.r_[True, (edges[1:] != edges[:-1]).any(1)]]
    return kept


def downward(edges: Array) -> Array:
    """Return the edges as (larger, smaller)."""
    return np.stack([edges.max(1), edges.min(1)], 1) if len(edges) else edges


def both_ways(edges: Array) -> Array:
    """Return each edge and its reverse."""
    return np.concatenate([edges, edges[:, ::-1]])


def _smallest(ones: Array, others: Array) -> tuple[Array, Array, Array]:
    """Return both columns sorted, and for each row the smallest neighbour of its first node."""
    order = np.lexsort((others, ones))
    ones, others = ones[order], others[order]
    first = np.r_[True, ones[1:] != ones[:-1]]
    return ones, others, others[np.flatnonzero(first)][np.cumsum(first) - 1]


def large_star(edges: Array) -> Array:
    """Link every larger neighbour of a node to the smallest one; the partition holds all (u, v) of its nodes u."""
    if not len(edges):
        return edges
    ones, others, least = _smallest(edges[:, 0], edges[:, 1])
    least = np.minimum(least, ones)
    up = others > ones
    return unique_rows(np.stack([others[up], least[up]], 1))


def small_star(edges: Array) -> Array:
    """Link a node and its smaller neighbours to the smallest of these; the partition holds all (u, v), v < u."""
    if not len(edges):
        return edges
    ones, others, least = _smallest(edges[:, 0], edges[:, 1])
    found = np.concatenate(
        [np.stack([others, least], 1), np.stack([ones, least], 1)]
    )  # a node keeps an edge of its own
    return unique_rows(found)
