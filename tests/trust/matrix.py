"""The same bytes for any hash seed, number of workers, locale, order of the folder, working folder and time zone."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.trust.harness import digest, make_seeds, tree

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ("0", "1", "random")
LOCALES = ("C", "zh_CN.GB18030", "tr_TR.UTF-8")
WORKERS = (1, 2, 4)


class Matrix:
    """Runs over one folder under all conditions. `figures` has runs and trees (different results, of each way: 1)."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.figures: Counter[str] = Counter()
        self.problems: list[str] = []
        for i in range(3):  # 60 short documents
            make_seeds(place / "forward" / str(i), i * 7, pages=i == 0)
        self._copy_backward()

    def _copy_backward(self) -> None:
        """Make the same folder with its entries created in the other order: listing gives another one."""
        paths = sorted((path for path in (self.place / "forward").rglob("*") if path.is_file()), reverse=True)
        for path in paths:
            target = self.place / "backward" / path.relative_to(self.place / "forward")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    def run(self, step: int = 1) -> Matrix:
        """Run every `step`-th of the conditions in memory, and as many as a corpus with workers."""
        found: dict[str, set[str]] = {"memory": set(), "corpus": set()}
        conditions = list(itertools.product(SEEDS, WORKERS, LOCALES, ("forward", "backward")))
        for number, (seed, workers, locale, order) in enumerate(conditions):
            if number % step == 0:
                for way in found:
                    found[way].add(self._one(number, way, seed, workers, locale, order))
        self.figures["trees"] = max(map(len, found.values()))
        if self.figures["trees"] > 1:
            self.problems.append(f"{ {way: len(some) for way, some in found.items()} } different trees")
        return self

    def _one(self, number: int, way: str, seed: str, workers: int, locale: str, order: str) -> str:
        out = self.place / "out"
        shutil.rmtree(out, ignore_errors=True)
        cwd = self.place if number % 2 else self.place / order
        src = order if number % 2 else "."
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "LC_ALL": locale}
        env["TZ"] = "Asia/Shanghai" if number % 3 else "America/New_York"
        more = ["-j", str(workers), *(["--engine", "pool"] if way == "corpus" else [])]
        command = [sys.executable, "-m", "cleaner", src, str(out), "--quiet", *more]
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=120)
        self.figures["runs"] += 1
        if done.returncode != 3 or "Traceback" in done.stderr:
            self.problems.append(
                f"{way} {seed} {workers} {locale} {order}: exit {done.returncode} {done.stderr[-300:]}"
            )
        return digest({name: raw for name, raw in tree(out).items() if not name.endswith(".html")})
