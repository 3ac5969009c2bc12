"""What is given back: records in order with their clusters, the part of them that counts, and the limits met."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cleaner.overlap.clusters import CROWD, clusters
from cleaner.overlap.values import Found, Overlap, OverlapSettings, Passage


def limits(frequent: int, dropped: int, common: int, crowded: int, settings: OverlapSettings) -> list[str]:
    """Return a note for each limit of the passage search that was met; the numbers are how often."""
    notes = []
    if frequent:
        notes.append(f"passages: {frequent} grams of more than {settings.seed_df} texts link each to one only")
    if common:
        notes.append(f"passages: {common} lines of more than {settings.seed_df} texts link each to one only")
    if crowded:
        notes.append(f"passages: {crowded} lines of more than {settings.bucket_cap} texts are one cluster each")
    if dropped:
        notes.append(f"passages: {dropped} pairs of places were left out, those of the commonest grams")
    return notes


def _is_capped(overlap: Overlap, settings: OverlapSettings) -> bool:
    """Say whether an overlap was found by way of a bucket or grams above their limit: others like it may be missing."""
    for name, figure in overlap.reasons:
        if name == "rule" and figure == "bucket":
            return True
        if name == "df":
            return isinstance(figure, int) and figure > settings.seed_df
    return False


def within(found: Found, counts: Callable[[str], bool], settings: OverlapSettings) -> Found:
    """Return what `found` says of the documents that count: overlaps with at least one of them, and their clusters."""
    kept = [o for o in found.overlaps if counts(o.a.document) or counts(o.b.document)]
    crowded = [
        (found.overlaps[cluster.edges[0]], cluster.members)
        for cluster in found.clusters
        if (cluster.unit, cluster.kind) == CROWD and len(cluster.members) > settings.bucket_cap
        if any(counts(place.document) for place in cluster.members)
    ]
    return found_of(kept, found.notes, settings, crowded)


def found_of(
    overlaps: Sequence[Overlap],
    notes: Sequence[str],
    settings: OverlapSettings,
    crowded: Sequence[tuple[Overlap, tuple[Passage, ...]]] = (),
) -> Found:
    """Return overlaps in order, with their clusters.

    `crowded` are lines that very many texts have: the record of the first two, and the places of all.
    """
    known = {(overlap.a, overlap.b) for overlap in overlaps}
    extra = [record for record, _ in crowded if (record.a, record.b) not in known]
    ordered = tuple(sorted((*overlaps, *extra), key=lambda o: (o.a, o.b, o.unit)))
    capped = frozenset(i for i, overlap in enumerate(ordered) if _is_capped(overlap, settings))
    return Found(ordered, clusters(ordered, capped, tuple(places for _, places in crowded)), tuple(notes))
