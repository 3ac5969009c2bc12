"""What overlaps of a corpus are found with, gathered part by part: key texts, their hashes, and band keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from cleaner.overlap import OverlapSettings
from cleaner.overlap.key import make_key
from cleaner.overlap.shelf import MIN_GRAMS
from cleaner.overlap.sketch import GRAM, band_keys, signatures
from cleaner.runners.exchange import save

COPY = np.dtype([("hash", np.uint64), ("more", np.uint64), ("doc", np.int64)])
BAND = np.dtype([("key", np.uint64), ("hash", np.uint64), ("doc", np.int64)])
SHORTEST = MIN_GRAMS + GRAM - 1  # key characters from which a text is compared with others

Array = npt.NDArray[Any]


class Sketches:
    """Collects the sketches of the documents of a part, in their order, and writes them at the end of the block."""

    def __init__(self, base: Path, settings: OverlapSettings) -> None:
        self.base, self.settings = base, settings
        self.keys = base.with_suffix(".keys").open("wb")
        self.sizes: list[int] = []
        self.copies: list[tuple[int, int, int]] = []
        self.bands: list[Array] = []
        self.met: set[int] = set()

    def __enter__(self) -> Sketches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keys.close()
        if kind is None:
            save(self.base.with_suffix(".keys.npy"), np.cumsum([0, *self.sizes], dtype=np.int64))
            save(self.base.with_suffix(".copies.npy"), np.array(self.copies, COPY))
            save(self.base.with_suffix(".bands.npy"), np.concatenate([np.zeros(0, BAND), *self.bands]))

    def add(self, texts: Sequence[str]) -> None:
        """Take the next documents; "" has no sketch."""
        first, fresh = len(self.sizes), []
        for i, text in enumerate(texts):
            key = make_key(text, self.settings.fold_script).text if text else ""
            raw = key.encode("utf-8", "surrogatepass")
            self.keys.write(raw)
            self.sizes.append(len(raw))
            if len(key) < self.settings.min_chars:
                continue
            digest = xxhash.xxh3_128_intdigest(raw)
            low = digest & 0xFFFFFFFFFFFFFFFF
            self.copies.append((low, digest >> 64, first + i))
            if len(key) >= SHORTEST and digest not in self.met:  # a copy inside the part is linked by its hash alone
                self.met.add(digest)
                fresh.append((key, low, first + i))
        if fresh:
            self._sketch(fresh)

    def _sketch(self, fresh: Sequence[tuple[str, int, int]]) -> None:
        keys = band_keys(signatures([key for key, _, _ in fresh]))
        rows = np.empty(keys.shape, BAND)
        top = np.uint64(60)  # the band in the highest four bits: equal keys of two bands are not equal
        number = np.arange(len(keys), dtype=np.uint64)[:, None]
        rows["key"] = (keys >> np.uint64(4)) | (number << top)
        rows["hash"] = np.array([low for _, low, _ in fresh], np.uint64)
        rows["doc"] = [doc for _, _, doc in fresh]
        self.bands.append(rows.reshape(-1))
