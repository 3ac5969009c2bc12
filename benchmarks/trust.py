"""What the tool survives, counted: `python benchmarks/trust.py [--long] [--only PART ...]`.

Every part tries what goes wrong on the real code and counts what was lost, torn, hung or ended with a traceback; each
of those columns has to be 0, else the exit code is 1. The default is the profile for CI (minutes on 2 cores); --long
takes all faults, 500,000 mutated inputs and more kills (hours). Two parts run at a time; `seconds` are those since a
part began.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cleaner.packs import in_order, load, shipped  # noqa: E402
from tests.trust import load as loads  # noqa: E402
from tests.trust.fuzz import KINDS, Fuzz  # noqa: E402
from tests.trust.injector import Faults  # noqa: E402
from tests.trust.kills import Kills  # noqa: E402
from tests.trust.matrix import Matrix  # noqa: E402
from tests.trust.pumped import ratios  # noqa: E402
from tests.trust.torture import Torture  # noqa: E402

Row = tuple[str, int, str, Counter[str], list[str]]  # part, cases, what else was measured, wrong by sort, problems
WRONG = ("lost", "torn", "hangs", "tracebacks", "orphans", "exits", "other")


def faults(place: Path, long: bool) -> Iterable[Row]:
    """Fail the N-th operation on OUT with ENOSPC, EIO, EACCES, a short write, and the end of the process."""
    found = Faults(place).series(step=1 if long else 4)
    yield "faults injected into the disk", found.figures["faults"], "5 kinds", found.figures, found.problems


def kills(place: Path, long: bool) -> Iterable[Row]:
    """Kill the command over texts, and interrupt it."""
    found = Kills(place, pages=False).series(
        {"parent": 140 * (10 if long else 1), "SIGINT": 10, "SIGTERM": 10}, every=10
    )
    yield from _ended(found, ("parent",), "SIGKILL of the command", "SIGINT (130) and SIGTERM (143)")


def page_kills(place: Path, long: bool) -> Iterable[Row]:
    """Kill the command over pages, the children that take them apart, or both, and interrupt it, also twice."""
    kinds = ("worker", "workers", "both")
    ended = {"SIGINT": 10, "SIGTERM": 10, "SIGINT SIGTERM": 5, "SIGINT SIGINT": 5}
    found = Kills(place).series(dict.fromkeys(kinds, 200 if long else 20) | ended, every=10)
    yield from _ended(found, kinds, "SIGKILL of the extractors, or of the command too", "SIGINT and SIGTERM, also two")


def _ended(found: Kills, kinds: Sequence[str], killed: str, interrupted: str) -> Iterable[Row]:
    figures = found.figures
    two = f", {figures['two workers']} one with two extractors" if figures["two workers"] else ""
    what = f"{figures['hit']} hit a live run{two}; {figures['reruns']} reruns"
    yield killed, sum(figures[how] for how in kinds), what, figures, found.problems
    count = sum(figures[how] for how in figures if how.startswith("SIG"))
    yield interrupted, count, "< 2 s each; what is wrong is counted above", Counter(), []


def fuzz(place: Path, long: bool) -> Iterable[Row]:
    """Mutate texts, pages, packs, settings, decisions, records and tables."""
    found = Fuzz(place).run(500_000 if long else 10_000)
    counts = [(found.figures[kind], kind) for kind in KINDS]
    what = ", ".join(f"{count} {kind}" for count, kind in counts)
    yield "mutated inputs", sum(count for count, _ in counts), what, found.figures, found.problems


def matrix(place: Path, long: bool) -> Iterable[Row]:
    """Run under other hash seeds, workers, locales, orders, folders and time zones."""
    found = Matrix(place).run(step=1 if long else 2)
    yield (
        "runs under other conditions",
        found.figures["runs"],
        f"{found.figures['trees']} tree",
        Counter(),
        found.problems,
    )


def pumped(_place: Path, _long: bool) -> Iterable[Row]:
    """Lines of 64 KiB that attack the patterns of every shipped rule."""
    rules = in_order(load(sorted(shipped().glob("*.toml"))))
    rows = list(ratios(rules))
    slow = [str(row) for row in rows if row.seconds > 1 or row.ratio > 2.6]
    what = f"slowest {max(row.seconds for row in rows):.2f} s, ratio {max(row.ratio for row in rows):.2f}"
    yield "attack strings on shipped rules", len(rows), what, Counter(), slow


def torture(_place: Path, _long: bool) -> Iterable[Row]:
    """Pages made to break a parser: each is finished, refused or killed in time, and loses nothing without a word."""
    found = Torture().run()
    yield "hostile pages", found.figures["pages"], found.what, found.figures, found.problems


def disk(place: Path, _long: bool) -> Iterable[Row]:
    """Fill a real file system."""
    way, code, whole = loads.full_disk(place)
    wrong = [] if code == 4 and whole else [f"{way}: exit {code}, whole: {whole}"]
    yield "full disk", 1, way, Counter(), wrong


def memory(place: Path, long: bool) -> Iterable[Row]:
    """Take many documents, a long line, and a file of 1 GB."""
    count = 20_000
    first, half, last = loads.growth(place, count)
    wrong = [] if last < 1.05 * half else [f"{half:.0f} MB at half, {last:.0f} MB at the end"]
    yield "documents in one process", count, f"{first:.0f}, {half:.0f}, {last:.0f} MB", Counter(), wrong
    line = loads.long_line(place)
    wrong = [] if line.code == 0 and line.cpu < 20 else [f"{line}"]
    yield "a line of 64 MiB", 1, f"{line.cpu:.1f} s of CPU, {line.peak:.0f} MB", Counter(), wrong
    big, small = loads.sparse(place), loads.small(place)
    wrong = [] if big.code == 3 and big.cpu - small.cpu < 1 else [f"{big}"]
    yield "a file of 1 GB", 1, f"refused, {max(0.0, big.cpu - small.cpu):.2f} s more than a small one", Counter(), wrong


PARTS: dict[str, Callable[[Path, bool], Iterable[Row]]] = {  # the longest first
    "kills": kills, "page-kills": page_kills, "matrix": matrix, "faults": faults, "fuzz": fuzz, "memory": memory,
    "torture": torture, "pumped": pumped, "disk": disk,
}  # fmt: skip


def part(name: str, long: bool) -> int:
    """Print the rows of one part; 1 if anything in them is wrong."""
    begun, bad = time.monotonic(), []
    with tempfile.TemporaryDirectory() as place:
        for what, count, measured, figures, problems in PARTS[name](Path(place), long):
            wrong = {column: figures[column] for column in WRONG}
            wrong["other"] = len(problems) - sum(wrong.values())
            numbers = " | ".join(str(wrong[column]) for column in WRONG)
            print(f"| {what} | {count} | {numbers} | {measured} | {time.monotonic() - begun:.0f} |", flush=True)
            bad += problems
    for problem in bad:
        print(problem, file=sys.stderr)
    return 1 if bad else 0


def main() -> int:
    """Print one table; 1 if anything in it is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="everything; hours")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--jobs", type=int, default=2, help="parts that run at a time, each in a process of its own")
    given = parser.parse_args()
    if len(given.only) == 1:
        return part(given.only[0], given.long)
    print(f"| part | tried | {' | '.join(WRONG)} | measured | seconds |")
    print("|---|--:|" + "--:|" * len(WRONG) + "---|--:|")
    begun, before = time.monotonic(), os.times()
    command = [sys.executable, __file__, *(["--long"] if given.long else []), "--only"]
    with ThreadPoolExecutor(given.jobs) as pool:
        runs = [pool.submit(subprocess.run, [*command, name], capture_output=True, text=True) for name in given.only]
    done = [run.result() for run in runs]
    print("".join(one.stdout for one in done), end="")
    print("".join(one.stderr for one in done), end="", file=sys.stderr)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"\n{time.monotonic() - begun:.0f} s of wall, {cpu:.0f} s of CPU, {given.jobs} parts at a time.")
    return max(one.returncode for one in done)


if __name__ == "__main__":
    sys.exit(main())
