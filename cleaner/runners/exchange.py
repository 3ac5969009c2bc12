"""The second verb: rows to the partition that their key names, then a stage for each partition. On disk, on any runner.

`exchange` is two maps. The first sorts each file of rows by partition and writes it beside an index (one file for each
input, not inputs x partitions); the second reads its slice of each file, in the order of the inputs, so that a
partition holds the same rows in the same order on every runner. Rows are structured numpy arrays in .npy files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.runners import Job, Runner, Tick, Trial, Value, run_all

PARTITION = 32 << 20  # bytes of rows that a partition should have; a stage needs a few times as much memory

Array = npt.NDArray[Any]


class Rows(NamedTuple):
    """A .npy file of structured rows; `base` is added to the fields named `shift`: places of one shard, made global."""

    path: str
    base: int = 0
    shift: tuple[str, ...] = ()

    def read(self) -> Array:
        rows: Array = np.load(self.path, allow_pickle=False)
        for name in self.shift:
            rows[name] += self.base
        return rows


class Reduce(NamedTuple):
    """A partition, the files that hold its slices, and where its stage may write."""

    partition: int
    sources: tuple[str, ...]
    target: str


def owners(keys: Array, count: int) -> Array:
    """Return the partition (0 .. count - 1) of each key, by the high bits of a Fibonacci hash."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(32)) % np.uint64(count)).astype(np.int64)


def save(path: str | Path, rows: Array) -> None:
    """Write an array so that it is whole or not there."""
    place = Path(path)
    temporary = place.with_name(place.name + ".part")
    with temporary.open("wb") as file:
        np.save(file, rows, allow_pickle=False)
    temporary.replace(place)


def _split(folder: str, key: str, count: int, task: tuple[int, Rows], _trial: Trial) -> Value:
    number, source = task
    rows = source.read()
    owner = owners(rows[key], count)
    order = np.argsort(owner, kind="stable")
    target = f"{folder}/{number:06}"
    save(f"{target}.npy", rows[order])
    save(f"{target}.index.npy", np.searchsorted(owner[order], np.arange(count + 1)))
    return {"rows": len(rows)}


def gathered(task: Reduce) -> Array:
    """Return the rows of a partition."""
    parts = []
    for source in task.sources:
        index = np.load(f"{source}.index.npy", mmap_mode="r")
        low, high = int(index[task.partition]), int(index[task.partition + 1])
        if low < high:
            parts.append(np.array(np.load(f"{source}.npy", mmap_mode="r")[low:high]))
    if parts:
        return np.concatenate(parts)
    return np.array(np.load(f"{task.sources[0]}.npy", mmap_mode="r")[:0])


PartitionStage = Callable[[Array, str, Trial], Value]


def _reduce(stage: PartitionStage, task: Reduce, trial: Trial) -> Value:
    return stage(gathered(task), task.target, trial)


@dataclass(frozen=True)
class Shuffle:
    """What every exchange of a run has in common: who works, where files lie, who is told how far it is."""

    runner: Runner
    work: str
    tick: Tick
    size: int = PARTITION

    def exchange(
        self, name: str, sources: Sequence[Rows], key: str, stage: PartitionStage, count: int | None = None
    ) -> tuple[list[str], list[Value]]:
        """Partition the rows of `sources` by the field `key` into `count`, and do `stage` with each partition.

        Returns for each partition the name that its stage was given to write under, and its value. Without `count`,
        partitions have about `size` bytes.
        """
        if not sources:
            return [], []
        if count is None:
            total = sum(Path(source.path).stat().st_size for source in sources)
            count = max(-(-total // self.size), 1)
        split, reduced = Path(self.work, f"{name}.split"), Path(self.work, name)
        for folder in (split, reduced):
            folder.mkdir(parents=True, exist_ok=True)
        self._map(f"{name}: sorting", str(split), partial(_split, str(split), key, count), list(enumerate(sources)))
        files = tuple(f"{split}/{number:06}" for number in range(len(sources)))
        tasks = [Reduce(number, files, f"{reduced}/{number:06}") for number in range(count)]
        values = self._map(name, str(reduced), partial(_reduce, stage), tasks)
        for file in files:  # the partitions are done, and their rows are as large as the corpus
            Path(f"{file}.npy").unlink(missing_ok=True)
        return [task.target for task in tasks], values

    def _map(self, name: str, folder: str, stage: Any, tasks: Sequence[Any]) -> list[Value]:
        return run_all(self.runner, Job(name, stage, folder), tasks, self.tick)
