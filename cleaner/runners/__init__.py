"""Who does the work: this process (`serial`), a few processes of this machine (`pool`), or a cluster (`ray`).

Everything that is done to a corpus is a **stage**: a pure function at the top of a module, configured by
`functools.partial`, that reads files, writes files under names of its own and returns a small JSON value. A runner has
one verb, `map`; `exchange` (module `exchange`) shuffles rows by a key and is made of two maps. So all runners give the
same bytes, and what a stage has finished is on the disk: the value of each task is kept as `NNNNNN.done`, and a second
run of the same work only reads it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

import orjson

from cleaner.errors import OutputError, UsageError
from cleaner.files import replace_file

Engine = Literal["auto", "serial", "pool", "ray"]
Value = dict[str, Any]  # what a stage returns: JSON
DEATHS = 2  # of workers on one document before it is given up; the first may have had another reason
RESTARTS = 5  # deaths of workers on one task outside of any document before the run ends
_NOTE = re.compile(rb"(-?\d+) *\n")


@dataclass(frozen=True)
class Trial:
    """What a stage is told about a task beside the task itself.

    `skip` are documents (by their position in the task) that killed workers, with code and reason; the stage
    quarantines them untouched. `note` is the file in which it says which document it is at, "" for none.
    """

    skip: tuple[tuple[int, str, str], ...] = ()
    note: str = ""

    def marker(self) -> Marker:
        return Marker(self.note)


class Marker:
    """Says on the disk which document of a task is worked on, so that a death can be laid to it: 2 us a document."""

    def __init__(self, note: str) -> None:
        self._descriptor = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666) if note else -1

    def at(self, document: int) -> None:
        if self._descriptor >= 0:
            os.pwrite(self._descriptor, b"%-19d\n" % document, 0)

    def __enter__(self) -> Marker:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


class Stage(Protocol):
    """A function of a task; it and its tasks pickle."""

    def __call__(self, task: Any, trial: Trial, /) -> Value: ...


@dataclass(frozen=True)
class Job:
    """A stage, and the folder that keeps the values of its finished tasks."""

    name: str
    stage: Stage
    folder: str

    def place(self, number: int, ending: str = "done") -> Path:
        return Path(self.folder) / f"{number:06}.{ending}"

    def known(self, number: int) -> Value | None:
        """Return the value of a finished task, None if it is not finished or its file cannot be read."""
        try:
            found = orjson.loads(self.place(number).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def perform(self, number: int, task: Any, trial: Trial) -> Value:
        """Do one task and keep its value; what was finished before is only read."""
        known = self.known(number)
        if known is not None:
            return known
        value = self.stage(task, trial)
        replace_file(self.place(number), orjson.dumps(value))
        with suppress(OSError):
            self.place(number, "at").unlink()
        return value


class Runner(Protocol):
    """Does the tasks of a job. Values come as they are finished, each with the number of its task."""

    jobs: int

    def map(self, job: Job, tasks: Mapping[int, Any]) -> Iterator[tuple[int, Value]]: ...

    def close(self) -> None: ...


Tick = Callable[[str, int, int], None]


def run_all(runner: Runner, job: Job, tasks: Sequence[Any], tick: Tick) -> list[Value]:
    """Return the values of all tasks, in order; those that an earlier run has finished are not done again."""
    Path(job.folder).mkdir(parents=True, exist_ok=True)
    values: list[Value | None] = [job.known(number) for number in range(len(tasks))]
    todo = {number: task for number, task in enumerate(tasks) if values[number] is None}
    done = len(tasks) - len(todo)
    tick(job.name, done, len(tasks))
    for number, value in runner.map(job, todo):
        values[number] = value
        done += 1
        tick(job.name, done, len(tasks))
    return [value for value in values if value is not None]


@dataclass
class Deaths:
    """What workers died of, task by task; the same for every runner that has workers."""

    job: Job
    counts: dict[tuple[int, int], int] = field(default_factory=dict)
    skip: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)

    def trial(self, number: int) -> Trial:
        return Trial(tuple(self.skip.get(number, ())), str(self.job.place(number, "at")))

    def where(self, number: int) -> int:
        """Return the document that the worker of a task is at, -1 if it has not begun one."""
        with suppress(OSError):
            if found := _NOTE.match(self.job.place(number, "at").read_bytes()):
                return int(found[1])
        return -1

    def died(self, number: int, code: str, how: str) -> None:
        """Count a death; the second one on a document quarantines it. Raises OutputError if there is no end to it."""
        document = self.where(number)
        with suppress(OSError):
            self.job.place(number, "at").unlink()
        self.counts[number, document] = count = self.counts.get((number, document), 0) + 1
        if document >= 0 and count >= DEATHS:
            self.skip.setdefault(number, []).append((document, code, how))
        elif document < 0 and count >= RESTARTS:
            raise OutputError(
                "E306", self.job.name, f"its worker {how} {count} times before it came to a document",
                "finished work is kept", "give it more memory or fewer jobs (-j), and run the same command again",
            )  # fmt: skip


def choose(engine: Engine, jobs: int, address: str | None, *, work: int, deadline: float) -> Runner:
    """Return the runner for `work` bytes of input. `auto` starts no process where that would cost more than it saves.

    `jobs` is that of `processes`.
    """
    if engine == "ray" or (engine == "auto" and address):
        from cleaner.runners.ray import Cluster

        return Cluster(address, jobs)
    if address:
        raise UsageError(
            "E202", "--ray-address", f"the engine is '{engine}'", "nothing was written", "leave out one of the two"
        )
    count = processes(jobs)
    if engine == "pool" or (engine == "auto" and count > 1 and work > LITTLE):
        from cleaner.runners.pool import Pool

        return Pool(count, deadline)
    from cleaner.runners.serial import Serial

    return Serial()


def processes(jobs: int) -> int:
    """Return how many processes `jobs` means: 0 is one for each core that this one may use, as far as it can tell."""
    may_use = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()  # macOS has none
    return jobs or may_use or 1


LITTLE = 2_000_000  # bytes of input below which a second process does not pay: it takes 0.6 s of CPU to start
