"""Kill the real command, and its workers, at random moments; then look at what is left, and run it again.

Half of the moments are spread over the whole run, half lie where it writes. Nothing may be torn, no process may live
on, and the next run has to give what a run without a kill gives.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.trust.harness import children_of, digest, gone_after, make_seeds, tree

ROOT = Path(__file__).resolve().parent.parent.parent
ORPHANS = 2.0  # seconds after which no child of a dead command may be alive
HANG = 60.0


class Kills:
    """A series of kills in one place. `problems` says what is wrong, empty if nothing is."""

    def __init__(self, place: Path, *, pages: bool = True, seed: int = 8) -> None:
        self.place = place
        self.random = random.Random(seed)
        self.problems: list[str] = []
        self.figures: Counter[str] = Counter()
        self.src, self.out = place / "src", place / "out"
        self.wanted = []
        self.seconds = 0.0
        for version in (0, 1):
            make_seeds(place / f"v{version}", version, pages=pages)
            self._use(version)
            begun = time.monotonic()
            self._finish(self._start(self.out))
            self.seconds = time.monotonic() - begun
            self.wanted.append(tree(self.out))

    def _use(self, version: int) -> None:
        shutil.rmtree(self.src, ignore_errors=True)
        shutil.copytree(self.place / f"v{version}", self.src)

    def _start(self, out: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "cleaner", str(self.src), str(out), "--quiet", "--jobs", "2"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.place)}
        return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def _finish(self, running: subprocess.Popen[bytes]) -> tuple[int, str]:
        try:
            _, said = running.communicate(timeout=HANG)
        except subprocess.TimeoutExpired:
            running.kill()
            _, said = running.communicate()
            self._wrong("hangs", "the command did not end")
        return running.returncode, said.decode("utf-8", "replace")

    def one(self, how: str, version: int) -> None:
        """Start a run over seeds of a version, end it in a way, and judge what is left.

        `how`: parent, worker (one of them), workers, both (SIGKILL), SIGINT, SIGTERM, or two of these, such as "SIGINT
        SIGINT", one soon after the other.
        """
        self._use(version)
        running = self._start(self.out)
        self._wait(running, signals=how.startswith("SIG"))
        workers = children_of(running.pid)
        self.figures["two workers"] += len(workers) > 1
        if how in ("worker", "workers"):
            self._kill(workers if how == "workers" else self.random.sample(workers, min(1, len(workers))))
        elif how.startswith("SIG"):
            for number in how.split():
                running.send_signal(getattr(signal, number))
                time.sleep(self.random.choice((0, 0.001, 0.01)))
        else:
            self._kill([running.pid, *(workers if how == "both" else [])])
        sent = time.monotonic()
        code, said = self._finish(running)
        self._judge(how, code, said, time.monotonic() - sent, running.pid)

    def _wait(self, running: subprocess.Popen[bytes], *, signals: bool) -> None:
        if signals:  # before its handlers are there, the interpreter itself is ended, and nothing has begun
            while running.poll() is None and not _handles(running.pid, signal.SIGTERM):
                time.sleep(0.002)
        if self.random.random() < 0.5:
            end = time.monotonic() + HANG
            while running.poll() is None and not (self.out / ".incomplete").exists() and time.monotonic() < end:
                time.sleep(0.0005)
            time.sleep(self.random.uniform(0, 0.05))
        else:
            time.sleep(self.random.uniform(0, self.seconds))

    @staticmethod
    def _kill(pids: list[int]) -> None:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _judge(self, how: str, code: int, said: str, seconds: float, pid: int) -> None:
        self.figures[how] += 1
        self.figures["hit"] += code not in (0, 3)
        what = f"{how} number {self.figures[how]}"
        # a shell shows 130 for -2 and 143 for -15: the run had ended, and the interpreter was on its way out
        allowed = {"worker": {0, 3}, "workers": {0, 3}}.get(how, {-9, 3})
        if how.startswith("SIG"):
            codes = {"SIGINT": {130, -2}, "SIGTERM": {143, -15}}
            allowed = {3}.union(*(codes[number] for number in how.split()))
        if code not in allowed:
            self._wrong("exits", f"{what}: exit {code}: {said[-600:]}")
        if "Traceback" in said:
            self._wrong("tracebacks", f"{what}: {said[-600:]}")
        if how.startswith("SIG") and seconds > ORPHANS and code != 3:
            self._wrong("slow ends", f"{what}: {seconds:.1f} s")
        if not gone_after(pid, ORPHANS):
            self._wrong("orphans", f"{what}: a child lives on")
        for name, raw in tree(self.out).items():
            if not Path(name).name.startswith(".clean-") and raw not in [wanted.get(name) for wanted in self.wanted]:
                self._wrong("torn", f"{what}: {name}")
        kept = self.wanted[0].keys() & self.wanted[1].keys()
        for name in kept - tree(self.out).keys():
            self._wrong("lost", f"{what}: {name}")

    def again(self, version: int) -> None:
        """Run to the end and compare with a run that nobody has killed."""
        self.figures["reruns"] += 1
        code, said = self._finish(self._start(self.out))
        if code != 3 or digest(tree(self.out)) != digest(self.wanted[version]):
            self._wrong("not converged", f"exit {code}: {said[-300:]}")
        if list(self.out.rglob(".clean-*")) or (self.out / ".incomplete").exists():
            self._wrong("not converged", "something of a killed run stands in OUT")

    def _wrong(self, figure: str, text: str) -> None:
        self.figures[figure] += 1
        self.problems.append(text)

    def series(self, counts: dict[str, int], every: int = 4) -> Kills:
        """End runs in every way as often as `counts` says, the seeds changing each time; run again after `every`."""
        todo = [how for how, count in counts.items() for _ in range(count)]
        self.random.shuffle(todo)
        version = 0
        for number, how in enumerate(todo, 1):
            version = 1 - version
            self.one(how, version)
            if number % every == 0 or number == len(todo):
                self.again(version)
        return self


def _handles(pid: int, number: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return True
    caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (number - 1) & 1)
