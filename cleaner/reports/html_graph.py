"""A cluster as a picture and as a table: which members are how much alike. Worked out when the page is made.

Nodes stand on a circle in the order of the table of members and carry its numbers, so that no text of a seed is needed
inside the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from cleaner.reports.records import ClusterRecord, OverlapRecord

FEWEST = 3  # members from which a picture says more than a sentence
MOST = 24  # members up to which it can be read; beyond, the list of pairs has all
_SIZE, _RADIUS = 300.0, 120.0


class Node(NamedTuple):
    """A member: its number in the table of members (from 1) and its place in the picture."""

    number: int
    x: float
    y: float
    first: bool


class Edge(NamedTuple):
    """A pair: its members' numbers, its line in the picture, its identity (0-1), and where the page shows it."""

    a: int
    b: int
    x1: float
    y1: float
    x2: float
    y2: float
    identity: float
    pair: int


class Graph(NamedTuple):
    """The picture, and `cells`: the edge at each (row, column) of the table."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    cells: dict[tuple[int, int], Edge]


def graph(cluster: ClusterRecord, overlaps: Sequence[OverlapRecord], shown: int) -> Graph | None:
    """Return a cluster as a graph; `shown` pairs have a place on the page. None if it is too small or too large."""
    count = len(cluster.members)
    if not FEWEST <= count <= MOST:
        return None
    places = {(member.path, member.start): i for i, member in enumerate(cluster.members)}
    points = [_point(i, count) for i in range(count)]
    edges = []
    for i, overlap in enumerate(overlaps):
        ends = [places.get((side.path, side.start)) for side in (overlap.a, overlap.b)]
        if None in ends:
            continue  # a side that was joined with its neighbour
        a, b = sorted(end for end in ends if end is not None)
        pair = i if i < shown else -1
        edges.append(Edge(a + 1, b + 1, *points[a], *points[b], overlap.identity, pair))
    nodes = tuple(Node(i + 1, x, y, cluster.members[i].path == cluster.source) for i, (x, y) in enumerate(points))
    cells = {place: edge for edge in edges for place in ((edge.a, edge.b), (edge.b, edge.a))}
    return Graph(nodes, tuple(edges), cells)


def _point(i: int, count: int) -> tuple[float, float]:
    angle = 2 * math.pi * i / count - math.pi / 2
    x, y = _SIZE / 2 + _RADIUS * math.cos(angle), _SIZE / 2 + _RADIUS * math.sin(angle)
    return round(x, 1) + 0.0, round(y, 1) + 0.0
