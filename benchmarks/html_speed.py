"""Pages a second of `clean` on one core and on two, and how much of the time is the extractor's own.

    python benchmarks/html_speed.py PAGES --count 300

PAGES is a folder of saved pages, each taken as often as it needs. The command runs whole, in turns on one core and on
two (`taskset`), without the search for overlaps; wall time of the best of --repeats runs each, so it wants a machine
that is idle. The share of the extractor is CPU time: what trafilatura and lxml's parser take in one process, against
all that the command takes for a page more: the difference to a run over a quarter of them, so that no start counts.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cleaner.formats import html_tree, html_worker
from cleaner.formats.html_decode import decode_page

ROUNDS = 4  # over the pages when the extractor alone is timed; the first one is not counted


def folder(pages: list[Path], count: int, place: Path) -> Path:
    """Make a folder of `count` pages, no two of the same bytes."""
    place.mkdir()
    for i in range(count):
        (place / f"{i:05}.html").write_bytes(pages[i % len(pages)].read_bytes() + b"<!-- %d -->" % i)
    return place


def run(src: Path, out: Path, cores: str) -> tuple[float, float]:
    """Return wall and CPU seconds of the command on some cores."""
    command = ["taskset", "-c", cores, sys.executable, "-m", "cleaner", str(src), str(out), "-q", "--isolated",
               "--no-cache", "--no-report", "--dedup", "off"]  # fmt: skip
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
    if code not in (0, 3):
        sys.exit(f"clean ended with {code}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def extractor(pages: list[Path]) -> float:
    """Return the CPU seconds that parser and extractor take for the pages, each once."""
    taken = [0.0]

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **how: Any) -> Any:
            begun = time.process_time()
            try:
                return function(*args, **how)
            finally:
                taken[0] += time.process_time() - begun

        return wrapped

    texts = [decode_page(page.read_bytes(), page.name).text for page in pages]
    html_tree.parse = timed(html_tree.parse)
    html_worker.bare_extraction = timed(html_worker.bare_extraction)  # type: ignore[attr-defined]
    html_worker.copy = timed(html_worker.copy)  # type: ignore[attr-defined]
    html_worker.xml.xmltotxt = timed(html_worker.xml.xmltotxt)  # type: ignore[attr-defined]
    sys.setrecursionlimit(10_000)
    for i in range(ROUNDS):
        if i == 1:
            taken[0] = 0.0
        for text in texts:
            html_worker.extract(text, "page")
    return taken[0] / (ROUNDS - 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    pages = sorted(given.pages.glob("*.htm*"))
    first, second = sorted(os.sched_getaffinity(0))[:2]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        few, many = folder(pages, given.count // 4, place / "few"), folder(pages, given.count, place / "all")
        runs: dict[str, list[tuple[float, float]]] = {}
        for i in range(given.repeats):
            for cores in (f"{first}", f"{first},{second}"):
                for src in (few, many):
                    found = run(src, place / f"out-{i}-{len(cores)}-{src.name}", cores)
                    runs.setdefault(f"{cores} {src.name}", []).append(found)
    size = sum(page.stat().st_size for page in pages) / len(pages) / 1000
    print(f"{given.count} pages of {size:.0f} kB, load {os.getloadavg()[0]:.1f}\n")
    print("| cores | wall s | pages/s | times one core | CPU ms a page |\n|---|---|---|---|---|")
    one = base = 0.0
    for cores in (f"{first}", f"{first},{second}"):
        wall = min(wall for wall, _ in runs[f"{cores} all"])
        cpu = min(cpu for _, cpu in runs[f"{cores} all"]) - min(cpu for _, cpu in runs[f"{cores} few"])
        one = one or wall
        work = 1000 * cpu / (given.count - given.count // 4)
        base = base or work
        print(
            f"| {len(cores.split(','))} | {wall:.2f} | {given.count / wall:.1f} | {one / wall:.2f} | {work:.1f} |",
            flush=True,
        )
    own = 1000 * extractor(pages) / len(pages)
    print(f"\nparser and extractor alone: {own:.1f} ms of CPU a page, so all else is {1 - own / base:.1%} of the time")


if __name__ == "__main__":
    main()
