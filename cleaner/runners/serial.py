"""Everything in this process, one task after the other: no start-up cost, and a debugger sees it all.

There is nobody to kill a document that hangs; for that there is the pool, with -j 1 too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cleaner.runners import Job, Trial, Value


class Serial:
    """The runner of small work."""

    jobs = 1

    def map(self, job: Job, tasks: Mapping[int, Any]) -> Iterator[tuple[int, Value]]:
        for number, task in tasks.items():
            yield number, job.perform(number, task, Trial())

    def close(self) -> None: ...
