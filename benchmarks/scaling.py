"""Time, memory and disk of `clean` on a generated corpus of n, 2n, 4n and 8n documents, with one and two workers.

    python benchmarks/scaling.py 199801.txt --documents 12500 --chars 830

Each line is a run of the real command in a process of its own. CPU seconds are those of the run and all its workers;
the start-up (a run over one document) is taken off before documents are compared, so that the growth is that of the
work. Wall time says something on an idle machine only; the load stands beside it. The last lines are the model: linear
in documents, from the largest run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
from corpus_make import write

SIZES = (1, 2, 4, 8)
MODEL = (10**8, 10**10)


def run(source: Path, out: Path, jobs: int, more: list[str]) -> dict[str, Any]:
    """Clean a corpus and return what --stats says, with the bytes of OUT."""
    stats = out.with_suffix(".json")
    engine = ["--engine", "serial"] if jobs == 1 else ["--engine", "pool", "-j", str(jobs)]
    command = [sys.executable, "-m", "cleaner", str(source), str(out), "--isolated", "-q", "--stats", str(stats)]
    code = subprocess.run([*command, *engine, *more], stderr=subprocess.DEVNULL, check=False).returncode
    if code not in (0, 3):
        sys.exit(f"clean ended with {code}")
    found: dict[str, Any] = orjson.loads(stats.read_bytes())
    found["out_bytes"] = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
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
    print(
        "| documents | workers | MB in | CPU s | ms a document | growth | wall s | load | largest process MiB | edges |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    one = folder / "one.jsonl"
    write(given.source, one, 1, given.chars)
    for jobs in given.jobs:
        start = run(one, folder / f"one-{jobs}", jobs, more)["cpu_seconds"]
        before = 0.0
        for times in SIZES:
            count = given.documents * times
            corpus = folder / f"{count}.jsonl"
            if not corpus.exists():
                write(given.source, corpus, count, given.chars)
            found = run(corpus, folder / f"{count}-{jobs}", jobs, more)
            work = found["cpu_seconds"] - start
            growth = f"{work / before / 2:.2f}" if before else ""
            before = work
            print(
                f"| {count} | {jobs} | {found['input_bytes'] / 1e6:.1f} | {found['cpu_seconds']:.1f} | "
                f"{1000 * work / count:.2f} | {growth} | {found['wall_seconds']:.1f} | {os.getloadavg()[0]:.1f} | "
                f"{found['largest_process_mib']} | {found['totals'].get('edges', 0)} |",
                flush=True,
            )
        for documents in MODEL:
            hours = work / count * documents / 3600
            disk = found["out_bytes"] / count * documents / 1e12
            print(f"model, {documents:.0e} documents of this kind: {hours:.3g} core hours, OUT {disk:.3g} TB")


if __name__ == "__main__":
    main()
