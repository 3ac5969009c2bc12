"""A cluster, by way of Ray: the same stages as remote functions, files on storage that every node sees.

Only tasks of Ray are used, not Ray Data: every stage reads and writes files, so there are no blocks to plan or spill,
and a lost worker is handled as in the pool (the task again; a document that kills twice is quarantined). Ray's usage
statistics are switched off before it is imported. Nothing else in this package imports it.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cleaner.errors import CleanerError, UsageError
from cleaner.runners import Deaths, Job, Value
from cleaner.runners.worker import OUT_OF_MEMORY

POLL = 1.0


@lru_cache(maxsize=4)
def _job(blob: bytes) -> Job:
    """A job once for each process: what its stage compiles on first use is kept."""
    found: Job = pickle.loads(blob)
    return found


def perform(blob: bytes, number: int, task: Any, trial: Any) -> Value:
    """Do one task of a pickled job; runs on a node of the cluster."""
    try:
        return _job(blob).perform(number, task, trial)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # as in the pool: what is left of this process is not to be trusted


def _cores(ray: Any) -> int:
    return max(int(ray.cluster_resources().get("CPU", 1)), 1)


class Cluster:
    """Runs tasks on a Ray cluster (`address`, or RAY_ADDRESS), or on a Ray of its own on this machine."""

    def __init__(self, address: str | None, jobs: int) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else a warning about GPUs that we never use
        try:
            import ray
        except ImportError as err:
            raise UsageError(
                "E106", "--engine ray", "it needs the package ray", "nothing was written",
                "install it with: pip install 'seedclean[ray]'",
            ) from err  # fmt: skip
        self.ray = ray
        self.mine = not ray.is_initialized()
        address = address or os.environ.get("RAY_ADDRESS")
        if self.mine:
            own: dict[str, Any] = {"num_cpus": jobs or None, "include_dashboard": False}
            try:
                ray.init(
                    address=address or "local", log_to_driver=False, logging_level=40, configure_logging=False,
                    **({} if address else own),
                )  # fmt: skip
            except (ConnectionError, ValueError, RuntimeError) as err:
                raise UsageError(
                    "E202", "--ray-address", f"no cluster answers there ({type(err).__name__})", "nothing was written",
                    "check the address with `ray status`, or leave it out to run on this machine",
                ) from err  # fmt: skip
        self.jobs = jobs or _cores(ray)
        self.deaths = 0

    def map(self, job: Job, tasks: Mapping[int, Any]) -> Iterator[tuple[int, Value]]:
        """Yield (number, value) as tasks are finished. Raises what a stage raised, and OutputError E306."""
        errors = self.ray.exceptions
        remote = self.ray.remote(max_retries=0, num_cpus=1)(perform)  # retries are ours: we know at which document
        blob, todo, deaths = self.ray.put(pickle.dumps(job)), deque(tasks), Deaths(job)
        running: dict[Any, int] = {}
        try:
            while todo or running:
                while todo and len(running) < 2 * self.jobs:
                    number = todo.popleft()
                    running[remote.remote(blob, number, tasks[number], deaths.trial(number))] = number
                ready, _ = self.ray.wait(list(running), num_returns=1, timeout=POLL)
                for reference in ready:
                    number = running.pop(reference)
                    try:
                        yield number, self.ray.get(reference)
                    except errors.RayTaskError as err:
                        cause = err.cause
                        raise cause if isinstance(cause, CleanerError) else err from None
                    except (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError) as err:
                        self.deaths += 1
                        deaths.died(number, "E130", f"ended ({type(err).__name__})")
                        todo.appendleft(number)
        finally:
            for reference in running:
                self.ray.cancel(reference, force=True)

    def close(self) -> None:
        if self.mine:
            self.ray.shutdown()
