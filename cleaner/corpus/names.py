"""How documents of a corpus are called: the file, or `file#row`. From their numbers, without holding any list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus.parts import Part
from cleaner.show import record_path

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Names:
    """The names of the documents of all parts; `bases` is the number of the first document of each part."""

    folder: str
    parts: tuple[Part, ...]
    bases: tuple[int, ...]

    def __call__(self, doc: int) -> str:
        number = int(np.searchsorted(np.array(self.bases), doc, "right")) - 1
        return self.inside(number, doc - self.bases[number])

    def inside(self, number: int, at: int) -> str:
        """Return the name of a document by its part and its place there."""
        part, row = self.parts[number], int(docs(self.folder, number)[at]["number"])
        return record_path(part.inputs[row].name if part.kind == "files" else f"{part.name}#{row}")

    def span(self, number: int) -> tuple[int, int]:
        """Return the numbers of the documents of a part, half-open."""
        return self.bases[number], self.bases[number] + len(docs(self.folder, number))


def docs(folder: str, number: int) -> Array:
    """Return what a part says of its documents (`part.DOC`)."""
    path = Path(folder, f"{number:06}.docs.npy")
    state = path.stat()
    return _loaded(path, state.st_ino, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _loaded(path: Path, _inode: int, _changed: int) -> Array:
    """A file once, and again if another one is there: a worker of a cluster may live through several runs."""
    found: Array = np.load(path)
    return found


def between(sources: Sequence[str], field: str, low: int, high: int) -> Array:
    """Return the rows with `low <= field < high` of .npy files that are sorted by that field."""
    found = []
    for source in sources:
        rows = np.load(source, mmap_mode="r")
        first, last = np.searchsorted(rows[field], [low, high])
        if first < last:
            found.append(np.array(rows[first:last]))
    if not found:
        return np.zeros(0, np.load(sources[0], mmap_mode="r").dtype) if sources else np.zeros(0, np.int64)
    return np.concatenate(found)
