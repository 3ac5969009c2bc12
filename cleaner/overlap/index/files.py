"""An index on the disk: a folder of four files, of which a run writes what is new.

`overlaps.state` is written anew each time and replaced whole; it says which generation the others are of, how long
they are, and their checksums. Key characters and records are appended to, and read no further than it says; the
postings are never changed. Whatever is wrong with any of them (cut off, changed, of another program, held by another
run), there is no index, and the search is one from nothing.

Only files with names of ours are ever deleted: the folder may be a user's, who named the wrong one.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import orjson
import xxhash

from cleaner.overlap.index.postings import Postings
from cleaner.overlap.index.state import Entries, Index, KeptLines, Pairs, State
from cleaner.overlap.stream import Array

LIMIT, MOST = 1 << 30, 1000  # bytes of all indexes of a user, and how many; beyond it those used longest ago go
SUM = 8  # bytes of XXH3
STATE, LOCK = "overlaps.state", "overlaps.lock"
CODES, RECORDS, PLACES = "codes", "records", "places"
_OF_A_GENERATION = re.compile(r"[0-9a-f]{16}\.(codes|records|places|new)")
_PARTS = {"entries": Entries, "lines": KeptLines, "pairs": Pairs}


class Store:
    """The folder of one index, held by one run at a time. Use it as a context manager.

    An index of another `purpose` is none. `shelved` says that the folders beside it are indexes too, of which those
    used longest ago are deleted where all are too many.

    Nothing here fails: without the lock, or on a disk that is full or read-only, nothing is known and nothing is kept.
    """

    def __init__(self, folder: Path, purpose: str = "", *, shelved: bool = False) -> None:
        self.folder, self.purpose, self.shelved = folder, purpose, shelved
        self.generation = ""
        self._lock = -1
        self._grown = False

    def __enter__(self) -> Store:
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._grown = not (self.folder / LOCK).exists()
            self._lock = _locked(self.folder)
            os.utime(self._lock)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._lock < 0:
            return
        if self.shelved and self._grown:
            with suppress(OSError):
                _trim(self.folder.parent)
        os.close(self._lock)
        self._lock = -1

    def load(self) -> Index | None:
        """Return the index, None if there is none that can be used."""
        if self._lock < 0:
            return None
        try:
            head, arrays = _parsed(_bytes(self.folder / STATE))
            if head["purpose"] != self.purpose:
                return None
            generation = head["generation"]
            codes, records, listed = (self._part(generation, name, head) for name in (CODES, RECORDS, PLACES))
            begin, places = np.split(np.frombuffer(listed, np.uint32), [head["buckets"]])
            postings = Postings(places, begin)
            index = Index(_state(head, arrays), np.frombuffer(codes, np.uint32), postings, head["listed"], records)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self.generation = generation
        return index

    def _part(self, generation: str, name: str, head: dict[str, Any]) -> bytes:
        """Return what stands in a file of a generation. Raises OSError, or ValueError if it is not what was written."""
        size, wanted = head["parts"][name]
        raw = _bytes(self.folder / f"{generation}.{name}", size)
        if len(raw) != size or _sum(raw).hex() != wanted:
            raise ValueError
        return raw

    def save(self, index: Index, before: Index | None) -> None:
        """Keep an index; `before` is the one it was made of, if any: what both have in common is there already."""
        if self._lock < 0:
            return
        self._grown = True
        last = self.generation
        with suppress(OSError):
            self._sweep()
            if before is None:
                self.generation = secrets.token_hex(8)
            try:
                self._write(index, before)
            except OSError:
                self.generation = last  # and nothing stays of the new one: it would fill a full disk further each time
            self._sweep()

    def _write(self, index: Index, before: Index | None) -> None:
        codes, records = (len(before.codes), len(before.records)) if before else (0, 0)
        _append(self._path(CODES), codes * index.codes.itemsize, index.codes[codes:].data)
        _append(self._path(RECORDS), records, index.records[records:])
        if before is None:
            _append(self._path(PLACES), 0, *_listed(index))
        fresh = self._path("new")
        fresh.write_bytes(_written(index, self.generation, self.purpose))
        fresh.replace(self.folder / STATE)

    def _path(self, name: str) -> Path:
        return self.folder / f"{self.generation}.{name}"

    def _sweep(self) -> None:
        """Delete what is of other generations, and what a run that was killed has not replaced."""
        for path in self.folder.iterdir():
            old = _OF_A_GENERATION.fullmatch(path.name)
            if old and (not path.name.startswith(f"{self.generation}.") or old[1] == "new"):
                path.unlink()


def _locked(folder: Path) -> int:
    """Return a lock on an index, to be closed. Raises OSError if another run has it, or has just deleted the index."""
    path = folder / LOCK
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(lock), path.lstat()):
            raise OSError
    except OSError:
        os.close(lock)
        raise
    return lock


def _trim(shelf: Path) -> None:
    """Delete the indexes used longest ago until the rest is within the limits; one that is in use stays."""
    found = []
    for folder in shelf.iterdir():
        with suppress(OSError):  # no index, or another run has just deleted it
            if not folder.is_symlink():
                found.append(((folder / LOCK).lstat().st_mtime, folder, sum(p.lstat().st_size for p in _files(folder))))
    size, count = sum(one for _, _, one in found), len(found)
    for _, folder, one in sorted(found):
        if size <= LIMIT and count <= MOST:
            break
        with suppress(OSError):
            _delete(folder)
            size, count = size - one, count - 1


def _delete(folder: Path) -> None:
    lock = _locked(folder)
    try:
        for path in _files(folder):
            path.unlink()
        (folder / LOCK).unlink()
        folder.rmdir()
    finally:
        os.close(lock)


def _files(folder: Path) -> list[Path]:
    """Return the files of ours in a folder, but for the lock."""
    return [path for path in folder.iterdir() if path.name == STATE or _OF_A_GENERATION.fullmatch(path.name)]


def _bytes(path: Path, most: int = LIMIT) -> bytes:
    """Return the bytes of a regular file, no more than `most`. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError
        return file.read(min(most, found.st_size))


def _append(path: Path, at: int, *pieces: bytes | memoryview) -> None:
    """Write bytes from some place of a file on: what stands there, if anything, is of a run that did not end."""
    with path.open("r+b" if at else "wb") as file:
        file.truncate(at)
        file.seek(at)
        file.writelines(pieces)


def _sum(*pieces: bytes | memoryview) -> bytes:
    found = xxhash.xxh3_64()
    for piece in pieces:
        found.update(piece)
    return found.digest()


def _listed(index: Index) -> tuple[memoryview, memoryview]:
    return index.postings.begin.data, index.postings.places.data


def _stated(*pieces: bytes | memoryview) -> tuple[int, str]:
    """Return what the state says of a file: its size and checksum."""
    return sum(memoryview(piece).nbytes for piece in pieces), _sum(*pieces).hex()


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
        "listed": index.listed, "buckets": len(index.postings.begin),
        "parts": {
            CODES: _stated(index.codes.data), RECORDS: _stated(index.records), PLACES: _stated(*_listed(index)),
        },
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
