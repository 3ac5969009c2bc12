"""CPU time of the whole command on the five seeds, imports included: `python benchmarks/command.py` prints a table.

Each row is the best of five fresh processes. The bare interpreter stands beside it, so that the ratio can be compared
between machines.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATS = 5


def cpu(command: list[str]) -> float:
    """Return the CPU seconds, user and system, of a command's own process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    seeds = str(ROOT / "seeds")
    clean = [sys.executable, "-m", "cleaner"]
    with tempfile.TemporaryDirectory() as place:
        rows = {
            "bare interpreter": [[sys.executable, "-c", ""]] * REPEATS,
            "clean --help": [[*clean, "--help"]] * REPEATS,
            "clean seeds/ out/ (first run)": [[*clean, seeds, f"{place}/{i}"] for i in range(REPEATS)],
            "clean seeds/ out/ (nothing to write)": [[*clean, seeds, f"{place}/0"]] * REPEATS,
            "clean check seeds/ out/": [[*clean, "check", seeds, f"{place}/0"]] * REPEATS,
        }
        bare = 0.0
        print("| command | CPU s, best of 5 | × bare interpreter |\n|---|---|---|")
        for name, commands in rows.items():
            best = min(map(cpu, commands))
            bare = bare or best
            print(f"| {name} | {best:.2f} | {best / bare:.0f} |")


if __name__ == "__main__":
    main()
