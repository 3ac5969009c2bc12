"""Throughput side by side: `clean`, its part that other tools have too, and datatrove, in turns on one corpus.

    python benchmarks/throughput.py 199801.txt --documents 20000 --datatrove /path/to/python

The corpus is made by corpus_make.py (seeded, sentences spliced). Each turn runs every candidate once, in a process of
its own, one worker, native threads held to one; CPU seconds are those of the process and its children, start-up
included. The table has the medians of the turns; a ratio is the median of the ratios inside each turn. `--datatrove`
is a Python that has datatrove, spacy, jieba, tokenizers and xxhash below 4 (datatrove 0.10 fails with 4); without it
its rows are left out.
The second table has the steps of our comparable part against what one core could do.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from corpus_make import write

HERE = Path(__file__).resolve().parent
ONE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PART = "line rules + MinHash of documents, ours"
# MB/s of one core for the bare kernel of a step, from the measurements before the design: strict UTF-8 decoding; an
# automaton of 200 rules over every line; a table look-up for each character; 128 multiply, add, min for each (AVX2)
LIMITS = {
    "reading": 930, "line rules, judge, proof": 250, "key folding": 1700, "signatures, bands": 350,
}  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """What one process took: seconds of CPU and of wall, MiB at its peak, and what it printed."""

    cpu: float
    wall: float
    peak: float
    said: str


def run(command: list[str], log: Path) -> Turn:
    """Run a command to its end. Exits with its output if it fails (3, some inputs quarantined, is no failure)."""
    start = time.perf_counter()
    with log.open("wb") as file:
        child = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env={**os.environ, **dict.fromkeys(ONE, "1")}
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    said = log.read_text("utf-8", "replace")
    if child.returncode not in (0, 3):
        sys.exit(f"{command} ended with {child.returncode}:\n{said[-2000:]}")
    return Turn(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024, said)


def commands(corpus: Path, out: Path, datatrove: str | None) -> dict[str, list[str]]:
    """Return the command of each candidate; all write below `out`."""
    ours = [sys.executable, "-m", "cleaner", str(corpus), str(out / "clean"), "--isolated", "-q", "--engine", "serial"]
    part = [sys.executable, str(HERE / "throughput_part.py"), str(corpus), str(out / "part.jsonl"), "--stages"]
    found = {
        "`clean`, everything, script repair on": ours,
        "`clean`, everything, `--script off`": [*ours, "--script", "off"],
        PART: part,
    }
    if datatrove:
        peer = [datatrove, str(HERE / "throughput_peer.py"), str(corpus)]  # a folder each: it skips what a folder has
        jieba, chars = ([*peer, str(out / words), "--words", words] for words in ("jieba", "chars"))
        found["datatrove, its words for Chinese (spaCy with jieba)"] = jieba
        found["datatrove, each character a word"] = chars
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--chars", type=int, default=830)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--datatrove", help="a Python that has datatrove")
    given = parser.parse_args()
    found: dict[str, list[Turn]] = {}
    with tempfile.TemporaryDirectory() as name:
        corpus = Path(name, "in", "corpus.jsonl")
        corpus.parent.mkdir()
        size = write(given.source, corpus, given.documents, given.chars, splice=True)
        for turn in range(given.repeats):
            out = Path(name, str(turn))
            out.mkdir()
            for title, command in commands(corpus, out, given.datatrove).items():
                found.setdefault(title, []).append(run(command, Path(name, "log")))
    print(f"{given.documents} documents, {size / 1e6:.1f} MB, turns: {given.repeats}, load {os.getloadavg()[0]:.1f}\n")
    table(found, size)
    steps(found[PART])


def table(found: dict[str, list[Turn]], size: int) -> None:
    """Print a line for each candidate."""
    print("| what | CPU s | MB/s of CPU | wall s | peak MiB | CPU against our comparable part |")
    print("|---|---|---|---|---|---|")
    for title, turns in found.items():
        cpu, wall = (statistics.median(getattr(turn, name) for turn in turns) for name in ("cpu", "wall"))
        ratio = statistics.median(turn.cpu / base.cpu for turn, base in zip(turns, found[PART], strict=True))
        peak = max(turn.peak for turn in turns)
        print(f"| {title} | {cpu:.2f} | {size / 1e6 / cpu:.2f} | {wall:.1f} | {peak:.0f} | {ratio:.2f} |")


def steps(turns: list[Turn]) -> None:
    """Print the steps of our comparable part, from what throughput_part.py said."""
    spent: dict[str, list[float]] = {}
    size = 0
    for line in (line for turn in turns for line in turn.said.splitlines() if line.count("\t") == 2):
        name, seconds, text = line.split("\t")
        size = int(text)
        spent.setdefault(name, []).append(float(seconds))
    print("\n| step of our part | CPU s | MB/s | bare kernel on one core, MB/s |")
    print("|---|---|---|---|")
    for name, seconds_ in spent.items():
        middle = statistics.median(seconds_)
        print(f"| {name} | {middle:.2f} | {size / 1e6 / max(middle, 1e-9):.0f} | {LIMITS.get(name, '')} |")


if __name__ == "__main__":
    main()
