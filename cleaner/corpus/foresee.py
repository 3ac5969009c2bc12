"""What a run over a corpus will take, from a sample that is really cleaned, in this process, and measured.

Time and disk grow with the documents. What a process compiles and what a run costs whatever it does are measured by a
run over a handful of documents, and are not multiplied. What the sample cannot show is how often documents far from
each other share text: every pair that is aligned and classified costs `PAIR` more.
"""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner import files
from cleaner.config import Config
from cleaner.corpus.parts import Input
from cleaner.corpus.run import WORK, run
from cleaner.corpus.sample import Taken, take
from cleaner.corpus.seek import wanted
from cleaner.formats import TABLES
from cleaner.pipeline import Book, quiet
from cleaner.runners import Job, Value
from cleaner.runners.exchange import PARTITION
from cleaner.runners.serial import Serial

FEW = 20  # documents of the run that shows what every run costs
PART = 14  # bytes of memory for each byte of a part: texts, rows, records, sketches (estimated)
SORTING = 5  # bytes of memory for each byte of a partition: its rows, their order, and what is made of them
START = 1.2  # CPU seconds that each process takes to load and compile (estimated)
BUSY = 0.87  # share of the time in which processes work, if there are several (measured: 0.86 and 0.88)
PAIR = 0.002  # CPU seconds of a pair of documents with a passage (estimated)


@dataclass(frozen=True)
class Foreseen:
    """The figures of a plan; bytes, seconds, counts."""

    files: int
    input_bytes: int
    documents: int
    sample: int
    cpu_seconds: float
    wall_seconds: float
    jobs: int
    memory: int
    out_bytes: int
    work_bytes: int
    shuffle_bytes: int


class _Gauge(Serial):
    """A runner that looks at the folder of work after each job."""

    def __init__(self, work: Path) -> None:
        self.work, self.most, self.shuffled = work, 0, 0

    def map(self, job: Job, tasks: Mapping[int, Any]) -> Iterator[tuple[int, Value]]:
        yield from super().map(job, tasks)
        self.most = max(self.most, _size(self.work))
        if job.name.endswith(": sorting"):
            self.shuffled += _size(Path(job.folder))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class _Measured:
    documents: int
    cpu: float
    work: int
    shuffled: int
    out: int


def _measured(src: Path, out: Path, config: Config, book: Book) -> _Measured:
    """Clean a sample and say what it took."""
    entries = wanted(src, out, config) or []
    gauge, begun = _Gauge(out / WORK), _cpu()
    done = run(entries, src, out, config, book, gauge, quiet)
    found = _Measured(done.totals.get("documents", 0), _cpu() - begun, gauge.most, gauge.shuffled, _size(out))
    shutil.rmtree(out)
    return found


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def foresee(
    inputs: list[Input], folder: Path, config: Config, book: Book, jobs: int, documents: int
) -> Foreseen:  # fmt: skip
    """Clean a sample of the inputs in `folder`, and return what all of them will take with `jobs` processes."""
    cpu = work = shuffled = out = total = sampled = 0.0
    for taken in take(inputs, folder / "sample", documents):
        found, fixed = _of(taken, folder, config, book)
        times = 1 / taken.share if taken.share else 0.0
        sampled += found.documents
        total += found.documents * times
        cpu += max(found.cpu - fixed.cpu, 0) * times + fixed.cpu
        work += found.work * times
        shuffled += found.shuffled * times
        out += found.out * times
    cpu += START * jobs
    wall = cpu / (jobs * BUSY if jobs > 1 else 1)
    return Foreseen(
        len(inputs), sum(given.size for given in inputs), round(total), round(sampled), cpu, wall, jobs,
        _memory(config, jobs, int(shuffled)), round(out), round(work), round(shuffled),
    )  # fmt: skip


def _of(taken: Taken, folder: Path, config: Config, book: Book) -> tuple[_Measured, _Measured]:
    """Return what the sample of a format took, and what a run over a handful of its documents does."""
    few = list(take(_inputs(taken), folder / f"few-{taken.kind}", FEW))
    src, out = Path(few[0].folder), folder / "out"
    _measured(src, out, config, book)  # compiles rules, loads tables
    fixed = _measured(src, out, config, book)
    return _measured(Path(taken.folder), out, config, book), fixed


def _inputs(taken: Taken) -> list[Input]:
    found = sorted(Path(taken.folder).iterdir())
    kind = taken.kind if taken.kind in TABLES else "txt"
    return [Input(path.name, str(path), kind, path.stat().st_size, 0) for path in found]


def _memory(config: Config, jobs: int, shuffled: int) -> int:
    """Return bytes of all processes together: loaded code, and the larger of part and partition."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    most = max(PART * config.keys.part_size, SORTING * min(PARTITION, shuffled))
    return jobs * (own + most) + own


def room(folder: Path) -> int:
    """Return the bytes that are free where OUT will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def inputs(src: Path, out: Path | None, config: Config) -> list[Input]:
    """Return what a run over SRC would take. Raises UsageError as `survey` does."""
    from cleaner.corpus.parts import inputs_of
    from cleaner.formats import every_suffix, table_name
    from cleaner.pipeline import survey

    entries: list[files.Entry] = survey(src, out, config, every_suffix(), table_name)
    return inputs_of(entries, config.keys.in_format)
