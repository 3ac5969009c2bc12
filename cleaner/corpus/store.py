"""What a corpus keeps of each document besides its row: the cleaned text, the key text, and a few words about both.

Read by number of document, each from its place in a file: no list of them is held.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import FileIO
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import OverlapSettings
from cleaner.overlap.key import code_points, distinct, make_key
from cleaner.overlap.page import Page
from cleaner.overlap.shelf import MIN_GRAMS
from cleaner.overlap.sketch import distinct_grams, resemblance

Array = npt.NDArray[Any]
SCRIPTS = ("other", "hans", "hant", "mixed")
TEXT = np.dtype([("end", np.int64), ("script", np.uint8), ("date", "S10")])
OPEN = 320  # files of texts that a process has open at once; many systems allow 1,024
PAGES = 512  # pages that a task keeps


@dataclass(frozen=True)
class Store:
    """The texts of a corpus, by number of document; `bases` is the number of the first document of each part."""

    folder: str
    bases: tuple[int, ...]

    def key(self, doc: int) -> str:
        file, ends, at = self._found(doc, "keys")
        return _read(file, int(ends[at]), int(ends[at + 1]))

    def text(self, doc: int) -> tuple[str, str, str]:
        """Return the cleaned text of a document, its script, and the date it says."""
        file, ends, at = self._found(doc, "texts")
        end, script, date = ends[at].tolist()
        return _read(file, int(ends[at - 1]["end"]) if at else 0, end), SCRIPTS[script], date.decode("ascii")

    def _found(self, doc: int, ending: str) -> tuple[FileIO, Array, int]:
        part = bisect_right(self.bases, doc) - 1
        file = f"{self.folder}/{part:06}.{ending}"
        state = os.stat(file)  # noqa: PTH116 (a Path for each text takes longer than its text)
        return *_held(file, state.st_ino, state.st_mtime_ns), doc - self.bases[part]


def _read(file: FileIO, low: int, high: int) -> str:
    return os.pread(file.fileno(), high - low, low).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=OPEN)
def _held(file: str, _inode: int, _changed: int) -> tuple[FileIO, Array]:
    """An open file of texts, and where each stands; another file of the same name is not taken for the one seen before.

    Not mapped: a mapped file counts as memory of ours (250,000 documents: 1,261 MiB, without 826), and once there were
    more of them than were held they were mapped again and again, a quarter of the time of passages and their classes.
    """
    return FileIO(file), np.load(f"{file}.npy")


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


class Pages:
    """The documents of a store as the classes see them; those used last are kept."""

    def __init__(self, store: Store, settings: OverlapSettings, name: Callable[[int], str] = str) -> None:
        self.store, self.settings, self.name = store, settings, name
        self.page: Callable[[int], Page] = lru_cache(maxsize=PAGES)(self._page)

    def _page(self, doc: int) -> Page:
        text, script, date = self.store.text(doc)
        return Page(self.name(doc), text, script, make_key(text, self.settings.fold_script), date)

    def comparable(self, one: int, two: int) -> bool:
        return not self.settings.same_script or self.page(one).script == self.page(two).script
