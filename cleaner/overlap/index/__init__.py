"""A search that remembers the last one: of a folder of which one article is new, that article is searched.

The index is a folder (files.py) with all grams and key characters of the texts, the runs and records of each pair, and
what else the search knows. `update.py` says what of it one text changes; where very much is new, or a limit was met
that concerns the folder as a whole, the search is one from nothing and leaves a new index (build.py). What is found is
the same in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cleaner.collector import paused
from cleaner.overlap.find import in_order
from cleaner.overlap.index.build import build
from cleaner.overlap.index.files import Store
from cleaner.overlap.index.update import updated
from cleaner.overlap.values import Found, OverlapSettings, Text


def find_indexed(
    texts: Sequence[Text], settings: OverlapSettings, folder: Path, version: str = "", *, shelved: bool = False
) -> Found:
    """Return `find_overlaps` of `texts`, with the index that the last search has left in `folder`.

    An index of other settings, or another `version` (of the code), is made anew. `shelved` as in `Store`. Raises
    ValueError if two texts have one name.
    """
    ordered = in_order(texts)
    with paused(), Store(folder, f"{version} {settings!r}", shelved=shelved) as store:
        before = store.load()
        known = updated(before, ordered, settings) if before else None
        if known:
            found, index = known
            if index is not before:
                store.save(index, before)
            return found
        found, built = build(ordered, settings)
        if built:
            store.save(built, None)
        return found
