"""What overlaps of a corpus are found with, gathered part by part: texts, key texts, and rows to be exchanged.

All rows hold 64 bits of the hash of the whole key text (`hash`), so that documents with one key text count once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import xxhash

from cleaner.corpus.store import SCRIPTS, TEXT
from cleaner.overlap import OverlapSettings, Text
from cleaner.overlap.candidates import winnow_grams
from cleaner.overlap.key import Key, changes, make_key
from cleaner.overlap.page import Page
from cleaner.overlap.seeds import gram_hashes
from cleaner.overlap.shelf import MIN_GRAMS
from cleaner.overlap.sketch import GRAM, band_keys, signatures
from cleaner.overlap.stream import Stream
from cleaner.runners.exchange import save

COPY = np.dtype([("hash", np.uint64), ("more", np.uint64), ("doc", np.int64)])
BAND = np.dtype([("key", np.uint64), ("hash", np.uint64), ("doc", np.int64)])
SEEDS = np.dtype([("key", np.uint64), ("hash", np.uint64), ("doc", np.int64), ("place", np.int32)])
LINES = np.dtype([("key", np.uint64), ("hash", np.uint64), ("doc", np.int64), ("size", np.int32),
                  ("whole", np.int32), ("edge", np.uint8)])  # fmt: skip
SHORTEST = MIN_GRAMS + GRAM - 1  # key characters from which a text is compared with others
SEED, WINDOW = 9, 8  # of each eight neighbouring 9-grams one is kept: a seed in every equal run of 16 key characters

Array = npt.NDArray[Any]
Fresh = tuple[Text, Key, int, int]  # text, key, its hash, its place in the part


class Sketches:
    """Collects the sketches of the documents of a part, in their order, and writes them at the end of the block."""

    def __init__(self, base: Path, settings: OverlapSettings) -> None:
        self.base, self.settings = base, settings
        self.keys = base.with_suffix(".keys").open("wb")
        self.texts = base.with_suffix(".texts").open("wb")
        self.sizes: list[int] = []
        self.said: list[tuple[int, int, bytes]] = []
        self.copies: list[tuple[int, int, int]] = []
        self.rows: dict[str, list[Array]] = {
            "bands": [np.zeros(0, BAND)], "seeds": [np.zeros(0, SEEDS)],
            "lines": [np.zeros(0, LINES)],
        }  # fmt: skip
        self.met: set[int] = set()

    def __enter__(self) -> Sketches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.keys.close()
        self.texts.close()
        if kind is None:
            said = np.array(self.said, TEXT)
            said["end"] = np.cumsum(said["end"])
            save(self.base.with_suffix(".texts.npy"), said)
            save(self.base.with_suffix(".keys.npy"), np.cumsum([0, *self.sizes], dtype=np.int64))
            save(self.base.with_suffix(".copies.npy"), np.array(self.copies, COPY))
            for name, rows in self.rows.items():
                save(self.base.with_suffix(f".{name}.npy"), np.concatenate(rows))

    def add(self, texts: Sequence[Text]) -> None:
        """Take the next documents; "" has no sketch."""
        first, fresh = len(self.sizes), list[Fresh]()
        for at, text in enumerate(texts, first):
            key = make_key(text.text, self.settings.fold_script)
            raw, whole = (each.encode("utf-8", "surrogatepass") for each in (key.text, text.text))
            self.keys.write(raw)
            self.texts.write(whole)
            self.sizes.append(len(raw))
            self.said.append((len(whole), SCRIPTS.index(text.script), text.date[:10].encode("ascii", "replace")))
            if len(key) < self.settings.min_chars:
                continue
            digest = xxhash.xxh3_128_intdigest(raw)
            low = digest & 0xFFFFFFFFFFFFFFFF
            self.copies.append((low, digest >> 64, at))
            if len(key) >= SHORTEST and digest not in self.met:  # a copy inside the part is linked by its hash alone
                self.met.add(digest)
                fresh.append((text, key, low, at))
        if fresh:
            self.rows["bands"].append(_bands(fresh))
            self._seeds(fresh)
            self.rows["lines"].append(np.array([row for one in fresh for row in _lines(*one)], LINES))

    def _seeds(self, fresh: Sequence[Fresh]) -> None:
        """Take the seeds of each text, each once."""
        stream = Stream.of([key for _, key, _, _ in fresh])
        hashes = np.array([low for _, _, low, _ in fresh], np.uint64)
        docs = np.array([at for *_, at in fresh], np.int64)
        grams = gram_hashes(stream.codes, SEED)
        place = np.flatnonzero(winnow_grams(stream, grams, SEED, WINDOW))
        text = stream.stretch(place)
        place, text = _once(place, text, grams)
        rows = np.empty(len(place), SEEDS)
        rows["key"], rows["hash"], rows["doc"] = grams[place], hashes[text], docs[text]
        rows["place"] = place - stream.begin[text]
        self.rows["seeds"].append(rows)


def _bands(fresh: Sequence[Fresh]) -> Array:
    keys = band_keys(signatures([key.text for _, key, _, _ in fresh]))
    rows = np.empty(keys.shape, BAND)
    top = np.uint64(60)  # the band in the highest four bits: equal keys of two bands are not equal
    number = np.arange(len(keys), dtype=np.uint64)[:, None]
    rows["key"] = (keys >> np.uint64(4)) | (number << top)
    rows["hash"] = np.array([low for _, _, low, _ in fresh], np.uint64)
    rows["doc"] = [doc for *_, doc in fresh]
    return rows.reshape(-1)


def _once(place: Array, text: Array, grams: Array) -> tuple[Array, Array]:
    """Return the first place of each gram in each text, in order."""
    order = np.lexsort((place, grams[place], text))
    found = grams[place[order]]
    kept = np.sort(order[changes(found) | changes(text[order])])
    return place[kept], text[kept]


def line_hash(key: str) -> int:
    """Return 64 bits that stand for the key text of a line."""
    return xxhash.xxh3_64_intdigest(key.encode("utf-8", "surrogatepass"))


def _lines(text: Text, key: Key, low: int, at: int) -> Iterator[tuple[int, int, int, int, int, bool]]:
    """Yield a row for each line of a text that has key characters."""
    page = Page(text.name, text.text, text.script, key)
    edge = set(map(id, page.edge))
    for line in page.lines:
        yield line_hash(line.key), low, at, len(line.key), len(key), id(line) in edge
