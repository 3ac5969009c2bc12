"""What the hook costs when nothing changed: `python benchmarks/hook.py [--seeds 5000] [--repeats 7]`.

A repository of many small seeds, all in step, is made in a temporary folder. In turns, so that all see the same
machine, three commands run: the bare interpreter, the hook, and the git calls of the hook alone. CPU seconds are of the
child and of its own children. The figure that counts is (hook - git) / bare: it has to stay under 6.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIMIT = 6.0
CHARS = "发展改革农业工业教育医疗水利交通环境保护县市区镇村建设项目资金管理工作会议落实推进提高完善加强服务群众生活"


def article(number: int) -> str:
    """Return a small article that no other one resembles: nothing in it is for a rule, and no passage is shared."""
    chance = random.Random(number)

    def sentence() -> str:
        return "".join(chance.choice(CHARS) for _ in range(chance.randint(24, 40))) + "。"

    return f"{sentence()[:12]}\n\n{sentence()}{sentence()}\n"


def make(place: Path, count: int, env: dict[str, str]) -> None:
    """Make a repository of `count` seeds whose outputs are staged."""
    for i in range(count):
        file = place / "seeds" / f"{i // 500:02}" / f"{i:05}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(article(i), encoding="utf-8")
    (place / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
    for command in (["git", "init", "-q"], [*HOOK[:-2], "--no-report"], ["git", "add", "-A"]):
        subprocess.run(command, cwd=place, env=env, check=True, stdout=subprocess.DEVNULL)


HOOK = [sys.executable, "-m", "cleaner", "check", "--staged"]
BARE = [sys.executable, "-c", "pass"]
SPECS = [":(top,glob)**/.gitattributes", ":(top,literal)seeds", ":(top,literal)out", ":(top,literal)rules",
         ":(top,literal)clean.toml"]  # fmt: skip
GIT = ["git", "ls-files", "-s", "-z", "--full-name", "--", *SPECS]


def once(command: list[str], place: Path, env: dict[str, str]) -> tuple[float, float]:
    """Return (CPU, wall) seconds of a command, with its children."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, cwd=place, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} failed with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun


def measure(place: Path, env: dict[str, str], repeats: int) -> dict[str, tuple[float, float]]:
    """Return the median (CPU, wall) seconds of each command, run in turns."""
    commands = {"bare interpreter": BARE, "hook": HOOK, "its git calls": GIT}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(repeats + 1):
        for name, command in commands.items():
            found[name].append(once(command, place, env))
    return {name: tuple(map(statistics.median, zip(*runs[1:], strict=True))) for name, runs in found.items()}  # type: ignore[misc]


def factor(medians: dict[str, tuple[float, float]], which: int = 0) -> float:
    """Return how many starts of the bare interpreter the hook takes, its git calls aside."""
    return (medians["hook"][which] - medians["its git calls"][which]) / medians["bare interpreter"][which]


def environment(place: Path) -> dict[str, str]:
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
    return {**keep, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(place / ".cache"), "LANG": "C.UTF-8"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "repo"
        place.mkdir()
        env = environment(Path(folder))
        make(place, given.seeds, env)
        first, _ = once(HOOK, place, env)
        medians = measure(place, env, given.repeats)
    print(f"{given.seeds} unchanged seeds, median of {given.repeats}, CPU ms (wall ms)\n")
    for name, (cpu, wall) in medians.items():
        print(f"  {name:<18} {cpu * 1000:7.1f}  ({wall * 1000:.1f})")
    print(
        f"\n  (hook - git) / bare: {factor(medians):.2f} CPU, {factor(medians, 1):.2f} wall; the limit is {LIMIT:.0f}"
    )
    print(f"  the first time, before the answer is known: {first:.1f} CPU s")
    return int(factor(medians) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
