"""An index on the disk: a folder of four files, of which a run writes what is new.

`state` is written anew each time and replaced whole; it says which generation the others are of and how long they are.
Key characters and records are appended to, and read from no further than `state` says; the postings are never changed.
Whatever is wrong with any of them (cut off, changed, of another program, held by another run), there is no index, and
the search is one from nothing: `state` and the records carry a checksum, the characters and postings that are looked at
are held against the digests and buckets of the texts (`runs._check`, `Postings.find`).
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import orjson

from cleaner.overlap.index.postings import Postings
from cleaner.overlap.index.state import Entries, Index, KeptLines, Pairs, State
from cleaner.overlap.stream import Array

LIMIT = 1 << 30  # bytes of all indexes of a user; beyond it those used longest ago go
SUM = 4  # bytes of CRC-32
STATE, CODES, RECORDS, PLACES = "state", "codes", "records", "places"
_PARTS = {"entries": Entries, "lines": KeptLines, "pairs": Pairs}


class Store:
    """The folder of one index, held by one run at a time. Use it as a context manager.

    An index of another `purpose` is none.

    Nothing here fails: without the lock, or on a disk that is full or read-only, nothing is known and nothing is kept.
    """

    def __init__(self, folder: Path, purpose: str = "") -> None:
        self.folder, self.purpose = folder, purpose
        self.generation = ""
        self._lock = -1

    def __enter__(self) -> Store:
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._release()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._release()

    def _release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    def load(self) -> Index | None:
        """Return the index, None if there is none that can be used."""
        if self._lock < 0:
            return None
        try:
            head, arrays = _parsed((self.folder / STATE).read_bytes())
            if head["purpose"] != self.purpose:
                return None
            self.generation = head["generation"]
            records = self._path(RECORDS).read_bytes()[: head["records"]]
            if len(records) != head["records"] or _sum(records).hex() != head["sum"]:
                return None
            begin, places = np.split(_mapped(self._path(PLACES), np.uint32), [head["buckets"]])
            codes = _mapped(self._path(CODES), np.uint32)[: head["codes"]]
            if len(places) != head["grams"] or len(codes) != head["codes"]:
                return None
            postings = Postings(places, begin)
            return Index(_state(head, arrays), codes, postings, head["listed"], records, self._extended)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.generation}.{name}"

    def _extended(self, old: Array, codes: Array) -> Array:
        """Put key characters behind those that are known, and return all. Raises OSError."""
        _append(self._path(CODES), 4 * len(old), codes.tobytes())
        return _mapped(self._path(CODES), np.uint32)[: len(old) + len(codes)]

    def save(self, index: Index, before: Index | None) -> None:
        """Keep an index; `before` is the one it was made of, if any: what both have in common is there already."""
        if self._lock < 0:
            return
        with suppress(OSError):
            if before is None:
                self.generation = secrets.token_hex(8)
                self._path(CODES).write_bytes(index.codes.tobytes())
                self._path(PLACES).write_bytes(index.postings.begin.tobytes() + index.postings.places.tobytes())
                self._path(RECORDS).write_bytes(index.records)
            else:
                old = len(before.records)
                _append(self._path(RECORDS), old, index.records[old:])
            fresh = self.folder / f"{self.generation}.new"
            fresh.write_bytes(_written(index, self.generation, self.purpose))
            fresh.replace(self.folder / STATE)
            self._sweep()

    def _sweep(self) -> None:
        """Delete what is of other generations, and indexes used longest ago until the rest is within the limit."""
        for path in self.folder.iterdir():
            if path.name not in (STATE, "lock") and not path.name.startswith(self.generation):
                path.unlink()
        found = sorted((_used(folder), folder) for folder in self.folder.parent.iterdir())
        size = sum(path.stat().st_size for _, folder in found for path in folder.iterdir())
        for _, folder in found:
            if size <= LIMIT:
                break
            if folder != self.folder:
                size -= sum(path.stat().st_size for path in folder.iterdir())
                shutil.rmtree(folder, ignore_errors=True)


def _used(folder: Path) -> float:
    try:
        return (folder / STATE).stat().st_mtime
    except OSError:
        return 0.0


def _mapped(path: Path, kind: type[np.uint32]) -> Array:
    if not path.stat().st_size:
        return np.zeros(0, kind)
    return np.asarray(np.memmap(path, kind, "r"))


def _append(path: Path, at: int, raw: bytes) -> None:
    """Write bytes from some place of a file on: what stands there, if anything, is of a run that did not end."""
    with path.open("r+b") as file:
        file.truncate(at)
        file.seek(at)
        file.write(raw)


def _sum(raw: bytes | memoryview) -> bytes:
    return zlib.crc32(raw).to_bytes(SUM, "little")


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Array]]:
    """Yield the arrays of a state by name."""
    for one in fields(value):
        held = getattr(value, one.name)
        if is_dataclass(held):
            yield from _flat(held, f"{one.name}.")
        elif isinstance(held, np.ndarray):
            yield name + one.name, held


def _written(index: Index, generation: str, purpose: str) -> bytes:
    arrays = list(_flat(index.state))
    head = {
        "generation": generation, "purpose": purpose, "names": index.state.names, "starts": index.state.starts,
        "listed": index.listed, "grams": len(index.postings.places), "buckets": len(index.postings.begin),
        "codes": len(index.codes), "records": len(index.records), "sum": _sum(index.records).hex(),
        "arrays": [(name, array.dtype.str, array.shape) for name, array in arrays],
    }  # fmt: skip
    text = orjson.dumps(head)
    raw = b"".join((len(text).to_bytes(8, "little"), text, *(array.tobytes() for _, array in arrays)))
    return _sum(raw) + raw


def _parsed(raw: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the head and the arrays. Raises ValueError, KeyError or TypeError if it is anything else."""
    if _sum(memoryview(raw)[SUM:]) != raw[:SUM]:
        raise ValueError
    at = SUM + 8 + int.from_bytes(raw[SUM : SUM + 8], "little")
    head: dict[str, Any] = orjson.loads(raw[SUM + 8 : at])
    arrays = {}
    for name, kind, shape in head["arrays"]:
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(raw, np.dtype(kind), count, at)
        arrays[name] = array.reshape(shape)
        at += array.nbytes
    return head, arrays


def _state(head: dict[str, Any], arrays: dict[str, Array]) -> State:
    held: dict[str, Any] = {name: value for name, value in arrays.items() if "." not in name}
    for part, kind in _PARTS.items():
        held[part] = kind(**{one.name: arrays[f"{part}.{one.name}"] for one in fields(kind)})
    return State(names=tuple(head["names"]), starts=head["starts"], **held)
