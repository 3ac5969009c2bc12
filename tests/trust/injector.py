"""Fail the N-th operation on OUT, for N = 1, 2, … until a run passes: after SQLite's harness (sqlite.org/testing.html).

A fault is one of ENOSPC, EIO, EACCES, a short write (half of the bytes go through; what is written by a buffer goes
on, as it must), and the end of the process on the spot. After each: every file of OUT is whole, old or new, the exit
code and the message are those of the contract, and one more run gives exactly what a run without faults gives.
"""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.trust.harness import Ended, digest, forked, make_seeds, tree, warm

KINDS = ("ENOSPC", "EIO", "EACCES", "short", "exit")
_BY_PATH = ("replace", "mkdir", "unlink", "rmdir", "chmod", "rename", "open")
_BY_FD = ("write", "fsync", "truncate", "ftruncate")
EXITED = 88


class Injector:
    """Counts the operations on files under `out` and lets the one with number `nth` fail (0: none)."""

    def __init__(self, out: Path, nth: int, kind: str, count: Path) -> None:
        self.out, self.nth, self.kind, self.count = str(out), nth, kind, count
        self.seen = 0
        self.fds: set[int] = set()

    def fails(self) -> bool:
        """Count one operation; say whether it is the one. Ends the process if that is the fault."""
        self.seen += 1
        if self.seen != self.nth:
            return False
        if self.kind == "exit":
            os._exit(EXITED)
        return True

    def error(self) -> OSError:
        number = errno.ENOSPC if self.kind == "short" else getattr(errno, self.kind)
        return OSError(number, os.strerror(number))

    def install(self) -> None:
        """Put the injector in the place of what the writer calls."""
        for name in _BY_PATH:
            setattr(os, name, self._by_path(getattr(os, name), name))
        for name in _BY_FD:
            setattr(os, name, self._by_fd(getattr(os, name), name))
        plain = io.open

        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            inside = isinstance(file, (str, os.PathLike)) and os.fspath(file).startswith(self.out)
            if not inside or not set(mode) & set("wxa"):
                return plain(file, mode, *args, **options)
            if self.fails() and self.kind != "short":
                raise self.error()
            return io.BufferedWriter(_Raw(self, os.fspath(file), mode.replace("b", "")))

        io.open = opened  # type: ignore[assignment]

    def _by_path(self, plain: Callable[..., Any], name: str) -> Callable[..., Any]:
        def called(path: Any, *args: Any, **options: Any) -> Any:
            reading = name == "open" and not args[0] & (os.O_WRONLY | os.O_RDWR)
            mine = isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.out) and not reading
            if mine and self.fails() and self.kind != "short":
                raise self.error()
            made = plain(path, *args, **options)
            if name == "open" and isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(self.out):
                self.fds.add(made)
            return made

        return called

    def _by_fd(self, plain: Callable[..., Any], name: str) -> Callable[..., Any]:
        def called(fd: int, *args: Any) -> Any:
            if fd in self.fds and self.fails():
                if self.kind == "short":
                    return plain(fd, args[0][: len(args[0]) // 2]) if name == "write" else plain(fd, *args)
                raise self.error()
            return plain(fd, *args)

        return called

    def report(self) -> None:
        self.count.write_bytes(str(self.seen).encode())


class _Raw(io.FileIO):
    """A file whose writing and closing can fail."""

    def __init__(self, injector: Injector, path: str, mode: str) -> None:
        super().__init__(path, mode)
        self.injector = injector

    def write(self, raw: Any) -> int:
        if self.injector.fails():
            if self.injector.kind == "short":
                return super().write(bytes(raw)[: max(1, len(raw) // 2)])
            super().write(bytes(raw)[: len(raw) // 2])  # a disk gets full in the middle
            raise self.injector.error()
        return super().write(raw)

    def close(self) -> None:
        if self.closed:
            return
        failed = self.injector.fails() and self.injector.kind != "short"
        super().close()
        if failed:
            raise self.injector.error()


class Faults:
    """A series of faults in one place. `problems` says what is wrong, empty if nothing is."""

    def __init__(self, place: Path) -> None:
        warm(place)
        self.place = place
        self.problems: list[str] = []
        self.figures: Counter[str] = Counter()
        self.src, self.log = place / "src", place / "log"
        for version in (0, 1):
            make_seeds(place / f"v{version}", version, pages=False)
            shutil.copytree(place / f"v{version}", self.src)
            self.clean(place / f"out{version}")
            shutil.rmtree(self.src)
        self.old, self.new = tree(place / "out0"), tree(place / "out1")
        shutil.copytree(place / "v1", self.src)

    def clean(self, out: Path, before: Callable[[], object] | None = None) -> Ended:
        return forked([str(self.src), str(out), "--quiet", "--set", "dedup.mode=off"], self.log, before)

    def one(self, nth: int, kind: str, *, fresh: bool) -> bool:
        """Inject one fault; return False if the run had fewer operations."""
        out, count = self.place / "out", self.place / "count"
        shutil.rmtree(out, ignore_errors=True)
        if not fresh:
            shutil.copytree(self.place / "out0", out)
        injector = Injector(out, nth, kind, count)

        def install() -> None:
            import atexit

            atexit.register(injector.report)
            injector.install()
            self._at_exit(injector)

        ended = self.clean(out, install)
        self._judge(ended, out, f"{kind} at {nth}{' into nothing' if fresh else ''}", kind)
        if kind == "exit":
            return ended.code == EXITED
        return count.exists() and int(count.read_bytes()) >= nth

    @staticmethod
    def _at_exit(injector: Injector) -> None:
        """Have the count written before the fork ends (`os._exit` runs no exit handler)."""
        plain = os._exit

        def leave(code: int) -> None:
            if code != EXITED:
                injector.report()
            plain(code)

        os._exit = leave  # type: ignore[assignment]

    def _judge(self, ended: Ended, out: Path, what: str, kind: str) -> None:
        self.figures["faults"] += 1
        for name, raw in tree(out).items() if out.exists() else ():
            if Path(name).name.startswith(".clean-"):
                continue
            if raw not in (self.old.get(name), self.new.get(name)):
                self._wrong("torn", f"{what}: {name} is neither old nor new")
        for name in set(self.old) & set(self.new):
            if out.exists() and self.old[name] and not (out / name).exists() and not what.endswith("nothing"):
                self._wrong("lost", f"{what}: {name} is gone")
        if "Traceback" in ended.stderr or ended.code in (70, 99, 1):
            self._wrong("tracebacks", f"{what}: exit {ended.code}: {ended.stderr[-400:]}")
        elif kind == "exit":
            if ended.code not in (EXITED, 3):
                self._wrong("exits", f"{what}: exit {ended.code}")
        elif ended.code not in (3, 4) or (ended.code == 4) != ("[E30" in ended.stderr):
            self._wrong("exits", f"{what}: exit {ended.code}: {ended.stderr[-200:]}")
        again = self.clean(out)
        if again.code != 3 or digest(tree(out)) != digest(self.new):
            self._wrong("not converged", f"{what}: exit {again.code} {again.stderr[-200:]}")
        if (out / ".incomplete").exists() or (out / ".clean.lock").exists():
            self._wrong("not converged", f"{what}: marks of a run in OUT")

    def _wrong(self, figure: str, text: str) -> None:
        self.figures[figure] += 1
        self.problems.append(text)

    def series(self, kinds: tuple[str, ...] = KINDS, *, step: int = 1, first: int = 1) -> Faults:
        """Inject every `step`-th operation with each kind, into an OUT of an earlier run and into none."""
        for fresh in (False, True):
            for kind in kinds:
                nth = first
                while self.one(nth, kind, fresh=fresh):
                    nth += step
                    assert nth < 5000, "a run never ends"
        return self
