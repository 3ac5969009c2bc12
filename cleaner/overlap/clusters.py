"""Clusters: what verified overlaps of one kind connect.

Components are built after verification and classification, and apart for each kind, or one slogan would chain all
articles together. Nodes are whole documents, or passages; two passages of one document are one node if they are the
same place for practical purposes (the figures of passim).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from cleaner.overlap.values import Cluster, Kind, Overlap, Passage, Unit

CROWD: tuple[Unit, Kind] = ("passage", "boilerplate")
SAME_OF_LONGER, SAME_OF_SHORTER = 0.5, 0.9  # passim: two spans of one text are one node from here on


def components(count: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """Return for each of `count` nodes the smallest node that `edges` connect it with."""
    parent = list(range(count))

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for one, two in edges:
        low, high = sorted((root(one), root(two)))
        parent[high] = low
    return [root(x) for x in range(count)]


def clusters(
    overlaps: Sequence[Overlap], capped: frozenset[int] = frozenset(), crowds: Sequence[tuple[Passage, ...]] = ()
) -> tuple[Cluster, ...]:
    """Return the clusters of `overlaps`, sorted; `capped` are the indices of overlaps from a bucket that met a limit.

    `crowds` are places of one boilerplate line each, in so many documents that only the first two have a record.
    Repeats inside one document are in no cluster.
    """
    by_sort: dict[tuple[Unit, Kind], list[int]] = {}
    for i, overlap in enumerate(overlaps):
        if overlap.a.document != overlap.b.document:
            by_sort.setdefault((overlap.unit, overlap.kind), []).append(i)
    found = [
        cluster
        for (unit, kind), edges in sorted(by_sort.items())
        for cluster in _of_kind(unit, kind, overlaps, edges, capped, crowds if (unit, kind) == CROWD else ())
    ]
    return tuple(sorted(found, key=lambda c: (c.unit, c.kind, c.members)))


def _of_kind(
    unit: Unit,
    kind: Kind,
    overlaps: Sequence[Overlap],
    edges: Sequence[int],
    capped: frozenset[int],
    crowds: Sequence[tuple[Passage, ...]],
) -> list[Cluster]:
    places = sorted({*(side for i in edges for side in (overlaps[i].a, overlaps[i].b)), *chain.from_iterable(crowds)})
    index = {place: n for n, place in enumerate(places)}
    links = [(index[overlaps[i].a], index[overlaps[i].b]) for i in edges]
    links += ((index[crowd[0]], index[place]) for crowd in crowds for place in crowd[1:])
    label = components(len(places), [*links, *_same_places(places)])
    members: dict[int, list[Passage]] = {}
    for place, name in zip(places, label, strict=True):
        members.setdefault(name, []).append(place)
    inside: dict[int, list[int]] = {}
    for i in edges:
        inside.setdefault(label[index[overlaps[i].a]], []).append(i)
    return [_cluster(unit, kind, members[name], inside[name], overlaps, capped) for name in sorted(members)]


def _cluster(
    unit: Unit,
    kind: Kind,
    members: Sequence[Passage],
    edges: Sequence[int],
    overlaps: Sequence[Overlap],
    capped: frozenset[int],
) -> Cluster:
    nodes = _nodes(members)
    keep = min(node.document for node in nodes)
    return Cluster(unit, kind, nodes, tuple(edges), _source(edges, overlaps), keep, not capped.isdisjoint(edges))


def _same(one: Passage, two: Passage) -> bool:
    both = min(one.end, two.end) - max(one.start, two.start)
    sizes = sorted((one.end - one.start, two.end - two.start))
    return both >= SAME_OF_SHORTER * sizes[0] and both >= SAME_OF_LONGER * sizes[1]


def _same_places(places: Sequence[Passage]) -> list[tuple[int, int]]:
    """Return pairs of `places` (sorted) that are one node."""
    found: list[tuple[int, int]] = []
    live: list[int] = []
    document = ""
    for j, place in enumerate(places):
        if place.document != document:
            live, document = [j], place.document
            continue
        live = [i for i in live if places[i].end > place.start]
        found += [(i, j) for i in live if _same(places[i], place)]
        live.append(j)
    return found


def _nodes(places: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return `places` (sorted) with those that are one node put together."""
    if len({place.document for place in places}) == len(places):
        return tuple(places)
    groups: dict[int, list[Passage]] = {}
    for place, name in zip(places, components(len(places), _same_places(places)), strict=True):
        groups.setdefault(name, []).append(place)
    return tuple(sorted(Passage(g[0].document, g[0].start, max(p.end for p in g)) for g in groups.values()))


def _source(edges: Sequence[int], overlaps: Sequence[Overlap]) -> str | None:
    """Return the document that overlaps name as the source and none as the copy, if there is exactly one."""
    sources, copies = set(), set()
    for i in edges:
        overlap = overlaps[i]
        if overlap.source is not None:
            sides = (overlap.a.document, overlap.b.document)
            sources.add(sides[overlap.source == "b"])
            copies.add(sides[overlap.source == "a"])
    left = sorted(sources - copies)
    return left[0] if len(left) == 1 else None
