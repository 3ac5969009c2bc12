"""Duplicate documents and reused passages, across scripts: what stands twice, where exactly, and of what kind.

`find_overlaps` is the whole detector; everything else here is the values it takes and gives. Importing this package
costs nothing: numpy and rapidfuzz are loaded with the first search.
"""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.collector import paused
from cleaner.overlap.values import (
    Cluster,
    Figure,
    Found,
    Kind,
    Overlap,
    OverlapSettings,
    Passage,
    Text,
    Unit,
    Word,
)

__all__ = [
    "Cluster",
    "Figure",
    "Found",
    "Kind",
    "Overlap",
    "OverlapSettings",
    "Passage",
    "Text",
    "Unit",
    "Word",
    "explain",
    "find_overlaps",
]

DEFAULTS = OverlapSettings()


def find_overlaps(texts: Sequence[Text], settings: OverlapSettings = DEFAULTS) -> Found:
    """Return the near-duplicate documents, the shared passages and the clusters of `texts`.

    The result depends on the texts, their names and the settings alone: not on their order, the process or the
    platform. Raises ValueError if two texts have one name.
    """
    from cleaner.overlap.find import find

    with paused():
        return find(texts, settings)


def explain(overlap: Overlap) -> str:
    """Return one sentence that says why `overlap` has its kind, from the figures in its `reasons`."""
    from cleaner.overlap.verdicts import sentence

    return sentence(overlap)
