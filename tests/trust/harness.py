"""What the trust tests and benchmarks/trust.py share: a folder of seeds, the command in a fork, the state of OUT."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from cleaner.formats.html_ahead import LEAST

PROSE = "曲靖市委常委会进一步研究部署贯彻落实工作，要求坚持高标准、严要求，一手抓谋划。第{}号文件从今天起施行。\n"
PAGE = "<html><body><nav>首页</nav><article><h1>标题</h1>{}</article></body></html>"


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (negative: killed by that signal) and what it said on stderr."""

    code: int
    stderr: str


def make_seeds(folder: Path, version: int, *, pages: bool = True) -> Path:
    """Make 12 inputs, the same for a version: texts in several encodings and folders, two pages, one that is refused.

    Odd versions lack two of the texts, so that going from one to the other also deletes. `pages` adds as many small
    pages as are taken apart by two children.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(12):
        body = "".join(PROSE.format(version * 1000 + i * 10 + j) for j in range(3 + i % 3))
        if i < 8 and not (version % 2 and i < 2):
            sub = folder / ("sub" if i % 3 == 0 else ".")
            sub.mkdir(exist_ok=True)
            encoding = ("utf-8", "gb18030", "utf-16", "utf-8-sig")[i % 4]
            (sub / f"t{i}.txt").write_bytes(f"标题{i}\n\n{body}分享到:\n領(lǐng)導\n".encode(encoding))
        elif i == 8:
            (folder / "bad.txt").write_bytes(b"\xff\xfe\xfd\x00" + str(version).encode())
        elif i > 8:
            if pages and i > 9:
                text = "".join(f"<p>{line}</p>" for line in body.split("\n"))
                (folder / f"p{i}.html").write_text(PAGE.format(text), encoding="utf-8")
            else:
                (folder / f"x{i}.txt").write_text("  \n" if i == 9 else body, encoding="utf-8")
    for i in range(2 * LEAST if pages else 0):
        text = f"<p>{PROSE.format(version * 1000 + 500 + i)}</p>"
        (folder / f"q{i:02}.html").write_text(PAGE.format(text), encoding="utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by name, but for what a run keeps for itself."""
    own = (".clean.lock", ".incomplete")
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in own)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def digest(files: dict[str, bytes]) -> str:
    """Return one hash of a tree: names and bytes."""
    whole = hashlib.sha256()
    for name, raw in sorted(files.items()):
        whole.update(f"{name}\0{len(raw)}\0".encode("utf-8", "surrogateescape") + raw)
    return whole.hexdigest()


def forked(args: list[str], log: Path, before: Callable[[], object] | None = None) -> Ended:
    """Run the command in a fork of this process, in which everything is imported already: 0.1 s instead of 0.7."""
    pid = os.fork()
    if not pid:
        _child(args, log, before)
    _, status = os.waitpid(pid, 0)
    return Ended(os.waitstatus_to_exitcode(status), log.read_text("utf-8", "replace"))


def _child(args: list[str], log: Path, before: Callable[[], object] | None) -> NoReturn:
    try:
        stderr = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(stderr, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.argv = ["clean", *args]
        from cleaner import cli

        if before is not None:
            before()
        cli.main()
    except SystemExit as err:
        sys.stderr.flush()
        os._exit(int(err.code or 0))
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(99)


def warm(place: Path) -> None:
    """Import, in this process, everything that a run needs, so that forks have it."""
    from cleaner.config import load
    from cleaner.output import write
    from cleaner.pipeline import Book, run

    src = make_seeds(place / "warm", 0, pages=False)
    config = load(None, {})
    write(run(src, place / "warm-out", config, Book.of(config)), place / "warm-out")


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that still live (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def workers_for(pid: int) -> list[int]:
    """Return the children of ours that serve, or served, the process `pid`: it stands in their command lines."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                state = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
            except OSError:
                continue
            if b"-m" in words and str(pid).encode() in words and state != "Z":
                found.append(int(entry.name))
    return found


def gone_after(pid: int, seconds: float) -> bool:
    """Say whether no child of a dead process is alive after so many seconds."""
    end = time.monotonic() + seconds
    while workers_for(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
