"""Time, memory and disk of `clean` on a generated corpus of n, 2n, 4n and 8n documents, with one and two workers.

    python benchmarks/scaling.py 199801.txt --documents 12500 --chars 830

Each line is a run of the real command in a process of its own. CPU seconds are those of the run and all its workers;
the start-up (a run over one document) is taken off before documents are compared, so that the growth is that of the
work. Memory is the peak of all processes together (PSS, looked at twice a second), disk the peak of OUT with what lies
beside it. In brackets stands what `clean plan` said, divided by what was measured. Wall time says something on an idle
machine only; the load stands beside it. The last table is the model: linear in documents, from the largest run and
the plan for it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from corpus_make import write

from cleaner.corpus.components import ON_DRIVER
from cleaner.runners.exchange import PARTITION

SIZES = (1, 2, 4, 8)
MODEL = (10**6, 10**8, 10**10)
HEAD = ("documents", "workers", "MB in", "CPU s", "ms a document", "growth", "wall s", "times one worker", "load",
        "memory MiB", "disk MiB", "edges")  # fmt: skip
MODELLED = ("documents", "core hours", "GB in", "GB shuffled", "partitions", "GB of work at most", "GB of OUT", "edges",
            "components")  # fmt: skip


def descendants(pid: int) -> list[int]:
    """Return a process and all below it (Linux)."""
    found = [pid]
    for one in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (thread / "children").read_text("utf-8").split())
    return found


def pss(pid: int) -> int:
    """Return the bytes of memory that are a process's own, shared ones in parts."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").split("\n"):
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder that others write to meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(place, name).stat().st_size
    return total


class Watch(threading.Thread):
    """Looks at a process and its children, and at a folder, until the process ends."""

    def __init__(self, running: subprocess.Popen[bytes], folder: Path) -> None:
        super().__init__(daemon=True)
        self.running, self.folder = running, folder
        self.memory = self.disk = 0

    def run(self) -> None:
        while self.running.poll() is None:
            self.memory = max(self.memory, sum(map(pss, descendants(self.running.pid))))
            self.disk = max(self.disk, size_of(self.folder))
            time.sleep(0.5)


def clean(source: Path, out: Path, jobs: int, more: list[str]) -> dict[str, Any]:
    """Clean a corpus and return what --stats says, with the peaks of memory and disk and the bytes of OUT."""
    stats = out.with_suffix(".json")
    command = [sys.executable, "-m", "cleaner", str(source), str(out), "--isolated", "-q", "--stats", str(stats)]
    engine = ["--engine", "serial"] if jobs == 1 else ["--engine", "pool", "-j", str(jobs)]
    running = subprocess.Popen([*command, *engine, *more], stderr=subprocess.DEVNULL)
    watch = Watch(running, out)
    watch.start()
    code = running.wait()
    watch.join()
    if code not in (0, 3):
        sys.exit(f"clean ended with {code}")
    found: dict[str, Any] = orjson.loads(stats.read_bytes())
    return {**found, "memory": watch.memory, "disk": watch.disk, "out_bytes": size_of(out)}


def plan(source: Path, out: Path, jobs: int, more: list[str]) -> dict[str, Any]:
    """Return what `clean plan` says of a run."""
    command = [sys.executable, "-m", "cleaner", "plan", str(source), str(out), "--isolated", "-j", str(jobs), "--json"]
    said = subprocess.run([*command, *more], capture_output=True, check=True).stdout
    found: dict[str, Any] = orjson.loads(said)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--documents", type=int, default=12_500)
    parser.add_argument("--chars", type=int, default=830)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    given, more = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        table(Path(folder), given, more)


def table(folder: Path, given: argparse.Namespace, more: list[str]) -> None:
    """Print a line for each run, and the model."""
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    one = folder / "one.jsonl"
    write(given.source, one, 1, given.chars, splice=True)
    walls: dict[int, float] = {}
    for jobs in given.jobs:
        start = clean(one, folder / f"one-{jobs}", jobs, more)["cpu_seconds"]
        before = 0.0
        for times in SIZES:
            count = given.documents * times
            corpus = folder / f"{count}.jsonl"
            if not corpus.exists():
                write(given.source, corpus, count, given.chars, splice=True)
            told = plan(corpus, folder / f"{count}-{jobs}", jobs, more)
            found = clean(corpus, folder / f"{count}-{jobs}", jobs, more)
            work = found["cpu_seconds"] - start
            walls.setdefault(count, found["wall_seconds"])
            row(count, jobs, found, told, work, before, walls[count])
            before = work
    model(count, work, found, told)


def row(
    count: int, jobs: int, found: dict[str, Any], told: dict[str, Any], work: float, before: float, wall: float
) -> None:
    """Print the line of one run; `before` is the work of half as many documents, `wall` that of one worker."""

    def held(value: float, said: float, unit: float) -> str:
        return f"{value / unit:,.0f} ({said / value:.2f})"

    cells = [
        f"{count:,}", str(jobs), f"{found['input_bytes'] / 1e6:.1f}",
        held(found["cpu_seconds"], told["cpu_seconds"], 1), f"{1000 * work / count:.2f}",
        f"{work / before / 2:.2f}" if before else "", held(found["wall_seconds"], told["wall_seconds"], 1),
        f"{wall / found['wall_seconds']:.2f}", f"{os.getloadavg()[0]:.1f}",
        held(found["memory"], told["memory"], 2**20),
        held(found["disk"], told["work_bytes"], 2**20), f"{found['totals'].get('edges', 0):,}",
    ]  # fmt: skip
    print(f"| {' | '.join(cells)} |", flush=True)


def model(count: int, work: float, found: dict[str, Any], told: dict[str, Any]) -> None:
    """Print what documents of this kind would take in other numbers, each figure in proportion."""
    print(f"\n| {' | '.join(MODELLED)} |\n|{'---|' * len(MODELLED)}")
    for documents in MODEL:
        times = documents / count
        shuffled, edges = told["shuffle_bytes"] * times, found["totals"].get("edges", 0) * times
        cells = [
            f"{documents:.0e}", f"{work * times / 3600:,.1f}", f"{found['input_bytes'] * times / 1e9:,.0f}",
            f"{shuffled / 1e9:,.1f}", f"{shuffled / PARTITION:,.0f}", f"{found['disk'] * times / 1e9:,.0f}",
            f"{found['out_bytes'] * times / 1e9:,.0f}", f"{edges:.1e}",
            "one process" if edges <= ON_DRIVER else "stars",
        ]  # fmt: skip
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
