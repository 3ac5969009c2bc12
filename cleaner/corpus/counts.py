"""In how many texts of a corpus the grams of its passages stand, and tables that are looked up on the disk.

Only grams of passages are counted: once it is known where these are, all key texts are read again, and what may be
one of their grams (a filter says so; it never says no to one) goes to the partition of its hash. So what is exchanged
is as large as the text that is shared, not as the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.corpus.store import Store
from cleaner.overlap.key import changes, code_points, distinct
from cleaner.overlap.seeds import gram_hashes
from cleaner.overlap.stream import SEED
from cleaner.runners import Job, Trial, Value, run_all
from cleaner.runners.exchange import Rows, Shuffle, owners, save

Array = npt.NDArray[Any]
GRAMS = np.dtype([("key", np.uint64), ("hash", np.uint64)])
FEW = 2  # texts that a gram of a passage stands in, if no more is known
HELD = 10_000_000  # grams of a table that is one file, 120 MB that all workers share; to join it takes four times that
LEAST_BITS, MOST_BITS = 16, 28  # of the filter, one byte each: 256 MB at most, and shared by all workers of a machine


@dataclass(frozen=True)
class Table:
    """Sorted 64-bit keys in partitions by owner, with a number for each: looked up, never held."""

    files: tuple[str, ...]

    def find(self, keys: Array) -> Array:
        """Return the number of each key, 0 for those that are not there."""
        found = np.zeros(len(keys), np.int64)
        if not self.files:
            return found
        owner = owners(keys, len(self.files))
        for number in sorted(set(owner.tolist())):
            known, counts = opened(f"{self.files[number]}.keys.npy"), opened(f"{self.files[number]}.counts.npy")
            mine = np.flatnonzero(owner == number)
            if len(known):
                at = np.minimum(np.searchsorted(known, keys[mine]), len(known) - 1)
                found[mine] = np.where(known[at] == keys[mine], counts[at], 0)
        return found


@lru_cache(maxsize=256)
def _mapped(file: str, _inode: int, _changed: int) -> Array:
    found: Array = np.load(file, mmap_mode="r")
    return found


def opened(file: str) -> Array:
    state = Path(file).stat()
    return _mapped(file, state.st_ino, state.st_mtime_ns)


def put(target: str, keys: Array, counts: Array) -> None:
    save(f"{target}.keys.npy", keys)
    save(f"{target}.counts.npy", counts)


def df(table: Table, key: str) -> list[int]:
    """Return in how many texts each 6-gram of a key text stands, at least 2."""
    found: list[int] = np.maximum(table.find(gram_hashes(code_points(key), SEED)), FEW).tolist()
    return found


def gram_table(shuffle: Shuffle, store: Store, sources: Sequence[str]) -> Table:
    """Return in how many texts the grams in `sources` (.npy files of hashes) stand, of those in three or more."""
    folder = Path(shuffle.work, "counts")
    asked = Job("filter", partial(_filter, str(folder)), str(folder / "filter"))
    run_all(shuffle.runner, asked, [tuple(sources)], shuffle.tick)
    job = Job("counting", partial(_grams, store, str(folder)), str(folder))
    parts = range(len(store.bases))
    run_all(shuffle.runner, job, list(parts), shuffle.tick)
    rows = [Rows(str(folder / f"{part:06}.npy")) for part in parts]
    return in_one(shuffle, "grams", shuffle.exchange("grams", rows, "key", _count)[0])


def in_one(shuffle: Shuffle, name: str, files: Sequence[str]) -> Table:
    """Return a table, of one file if it is not too large: each partition costs every look-up its share of time."""
    if len(files) < 2 or sum(len(opened(f"{file}.keys.npy")) for file in files) > HELD:
        return Table(tuple(files))
    folder = Path(shuffle.work, f"{name}.joined")
    run_all(shuffle.runner, Job("joining", partial(_joined, str(folder)), str(folder)), [tuple(files)], shuffle.tick)
    return Table((str(folder / "table"),))


def _joined(folder: str, sources: tuple[str, ...], _trial: Trial) -> Value:
    keys, counts = (np.concatenate([np.load(f"{name}.{what}.npy") for name in sources]) for what in ("keys", "counts"))
    order = np.argsort(keys)
    put(f"{folder}/table", keys[order], counts[order])
    return {"keys": len(keys)}


def _filter(folder: str, sources: tuple[str, ...], _trial: Trial) -> Value:
    """Write a filter: a byte for each value of the highest bits of a hash, 1 if a wanted gram has it."""
    total = sum(len(np.load(source, mmap_mode="r")) for source in sources)
    bits = min(max((4 * total).bit_length(), LEAST_BITS), MOST_BITS)
    found = np.zeros(1 << bits, np.uint8)
    for source in sources:
        found[np.load(source) >> np.uint64(64 - bits)] = 1
    save(f"{folder}/filter.npy", found)
    return {"grams": total}


def _grams(store: Store, folder: str, part: int, _trial: Trial) -> Value:
    """Write the grams of the texts of a part that pass the filter, each once for each text."""
    asked = opened(f"{folder}/filter.npy")
    shift = np.uint64(64 - (len(asked).bit_length() - 1))
    copies = np.load(f"{store.folder}/{part:06}.copies.npy")
    rows = [np.zeros(0, GRAMS)]
    for low, docs in zip(copies["hash"].tolist(), copies["doc"].tolist(), strict=True):
        hashes = gram_hashes(code_points(store.key(store.bases[part] + docs)), SEED)
        found = distinct(hashes[asked[hashes >> shift] == 1])
        row = np.empty(len(found), GRAMS)
        row["key"], row["hash"] = found, low
        rows.append(row)
    save(f"{folder}/{part:06}.npy", np.concatenate(rows))
    return {}


def _count(rows: Array, target: str, _trial: Trial) -> Value:
    rows = rows[np.lexsort((rows["hash"], rows["key"]))]
    if len(rows):
        rows = rows[changes(rows["key"]) | changes(rows["hash"])]
    edges = np.r_[np.flatnonzero(changes(rows["key"])), len(rows)] if len(rows) else np.zeros(1, np.int64)
    sizes = np.diff(edges)
    common = sizes > FEW
    put(target, rows["key"][edges[:-1][common]], sizes[common].astype(np.uint32))
    return {"grams": int(common.sum())}
