"""A few processes of this machine, and a supervisor that knows what each of them is doing.

multiprocessing.Pool hangs for ever when a worker is killed, and ProcessPoolExecutor loses all that is left (measured:
50 of 1,000 tasks done), hence our own. A worker's death costs its task, which is done again; a document on which two
workers died, or passed the deadline, is quarantined and the task goes on without it. Workers are fresh interpreters
(no fork: a fork after threads may deadlock), and write files: only names and counts cross the border.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from cleaner.runners import Deaths, Job, Value
from cleaner.runners.worker import OUT_OF_MEMORY

POLL = 1.0  # seconds between two looks at how long a document takes


class _Worker:
    """One process, our end of its stream, and the task that it holds."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "cleaner.runners.worker", str(theirs.fileno()), str(os.getpid())]
        env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=env, stdin=subprocess.DEVNULL)
        theirs.close()
        self.line = Connection(ours.detach())
        self.task: int | None = None
        self.seen: tuple[int, float] = (-1, 0.0)  # the document it was at, and since when
        self.job = b""

    def give(self, number: int, job: bytes, message: bytes) -> None:
        self.task, self.seen = number, (-1, time.monotonic())
        with suppress(OSError):  # dead already: its stream says so next
            if self.job is not job:
                self.job = job
                self.line.send_bytes(job)
            self.line.send_bytes(message)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.line.close()

    def cause(self) -> str:
        """Say how the process ended."""
        code = self.process.wait()
        if code == OUT_OF_MEMORY:
            return "ran out of memory"
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"was killed by signal {-code}"


class Pool:
    """Runs the tasks of a job in `jobs` processes; `deadline` is the wall time in seconds for one document."""

    def __init__(self, jobs: int, deadline: float) -> None:
        self.jobs = jobs
        self.deadline = deadline
        self.deaths = 0  # of workers, over all jobs
        self.workers: list[_Worker] = []  # they stay from job to job: what a process has loaded and compiled is kept

    def map(self, job: Job, tasks: Mapping[int, Any]) -> Iterator[tuple[int, Value]]:
        """Yield (number, value) as tasks are finished. Raises what a stage raised, and OutputError E306."""
        todo, blob, deaths = deque(tasks), pickle.dumps(("job", job)), Deaths(job)
        try:
            while todo or any(worker.task is not None for worker in self.workers):
                self._feed(todo, tasks, blob, deaths)
                ready = wait([worker.line for worker in self.workers], POLL)
                for worker in [worker for worker in self.workers if worker.line in ready]:
                    try:
                        kind, number, value = pickle.loads(worker.line.recv_bytes())
                    except (EOFError, OSError):
                        self._buried(worker, todo, deaths)
                        continue
                    if kind == "error":
                        raise value
                    worker.task = None
                    yield number, value
                self._late(todo, deaths)
        except BaseException:
            self.close()
            raise

    def _feed(self, todo: deque[int], tasks: Mapping[int, Any], blob: bytes, deaths: Deaths) -> None:
        idle = [worker for worker in self.workers if worker.task is None]
        while todo and (idle or len(self.workers) < self.jobs):
            if not idle:
                self.workers.append(_Worker())
                idle = [self.workers[-1]]
            number = todo.popleft()
            idle.pop().give(number, blob, pickle.dumps(("task", number, tasks[number], deaths.trial(number))))

    def _buried(self, worker: _Worker, todo: deque[int], deaths: Deaths, late: bool = False) -> None:
        """Put the task of a dead worker back, first in line."""
        self.workers.remove(worker)
        cause = f"passed the deadline of {self.deadline:g} s" if late else worker.cause()
        worker.kill()
        self.deaths += 1
        if worker.task is not None:
            deaths.died(worker.task, "E132" if late else "E130", cause)
            todo.appendleft(worker.task)

    def _late(self, todo: deque[int], deaths: Deaths) -> None:
        """Kill the workers that have been at one document for too long."""
        now = time.monotonic()
        for worker in list(self.workers):
            if worker.task is None or now - worker.seen[1] < self.deadline:
                continue
            document = deaths.where(worker.task)
            if document != worker.seen[0] or document < 0:
                worker.seen = (document, now)  # it got on meanwhile: the clock starts with what we saw now
            else:
                self._buried(worker, todo, deaths, late=True)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.workers = []
