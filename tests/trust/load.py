# ruff: noqa: E501 (data)
"""Memory and time of large inputs: a long line, a file beyond the limit, many documents."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
LINE = "曲靖市委常委会进一步研究部署贯彻落实工作，要求坚持高标准、严要求，一手抓谋划。"


class Used(NamedTuple):
    """What a command took: seconds of wall time and of CPU, MB at its peak (of it or one child), exit code, stderr."""

    wall: float
    cpu: float
    peak: float
    code: int
    stderr: str


_MEASURE = """
import json, resource, subprocess, sys, time
begun = time.monotonic()
done = subprocess.run(sys.argv[1:], capture_output=True, encoding="utf-8")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
json.dump([time.monotonic() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.returncode,
           done.stderr[-2000:]], sys.stdout)
"""


def measured(*args: str, cwd: Path) -> Used:
    """Run the command and measure it."""
    import json

    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _MEASURE, sys.executable, "-m", "cleaner", *args]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=900, check=True)
    return Used(*json.loads(done.stdout))


def long_line(place: Path, size: int = 64 << 20) -> Used:
    """One line of `size` bytes, just within the limit."""
    (place / "long").mkdir()
    raw = LINE.encode()
    (place / "long/a.txt").write_bytes(
        (raw * (size // len(raw) + 1))[: size - size % 3 - 3].decode("utf-8", "ignore").encode()
    )
    return measured("long", "long-out", "--quiet", "--no-report", cwd=place)


def sparse(place: Path, size: int = 1 << 30) -> Used:
    """A file of 1 GB, all of it a hole: refused by its size."""
    (place / "sparse").mkdir()
    with (place / "sparse/a.txt").open("wb") as file:
        file.truncate(size)
    return measured("sparse/a.txt", "-", cwd=place)


def small(place: Path) -> Used:
    """What the command itself takes: a file of one line."""
    (place / "small.txt").write_text(LINE + "\n", encoding="utf-8")
    return measured("small.txt", "-", cwd=place)


def growth(place: Path, count: int = 20_000) -> tuple[float, float, float]:
    """Clean `count` documents of 2 KB one after the other; return MB of memory at the start, half way and at the end."""
    program = f"""
import os, resource
from cleaner.config import load
from cleaner.pipeline import Book, clean_bytes
config = load(None, {{}})
book = Book.of(config)
page = os.sysconf("SC_PAGE_SIZE")
def now():
    return int(open("/proc/self/statm").read().split()[1]) * page / 2**20
seen = []
for i in range({count}):
    text = "标题%d\\n\\n" % i + "".join("%s第%d号第%d条。\\n" % ({LINE!r}, i, j) for j in range(16)) + "分享到:\\n領(lǐng)導\\n"
    clean_bytes("a.txt", text.encode(), "a.txt", "txt", config, book, ())
    if i in ({count} // 10, {count} // 2, {count} - 1):
        seen.append(now())
print(*seen)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, encoding="utf-8", check=True)
    first, half, last = map(float, done.stdout.split())
    return first, half, last


def full_disk(place: Path) -> tuple[str, int, bool]:
    """Fill a real disk (a tmpfs of 2 MB if we may mount one, else a limit on the size of files) while OUT is written.

    Returns the way, the exit code, and whether all that stood there before still does, byte for byte.
    """
    from tests.trust.harness import make_seeds, tree

    src, out = make_seeds(place / "src", 0, pages=False), place / "disk"
    out.mkdir()
    mounted = (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(out)], capture_output=True).returncode
        == 0
    )
    try:
        first = measured("src", "disk/out", "--quiet", "--no-report", cwd=place)
        before = tree(out / "out")
        assert first.code == 3, first.stderr
        if mounted:
            (out / "filler").write_bytes(b"x" * (_free(out) - 8192))
        for path in src.rglob("*.txt"):
            path.write_bytes(path.read_bytes() + ("\n" + LINE * (1 if mounted else 2000)).encode())
        args = ["src", "disk/out", "--quiet", "--no-report"]
        done = measured(*args, cwd=place) if mounted else _limited(args, place)
        measured("src", "reference", "--quiet", "--no-report", cwd=place)
        after, wanted = tree(out / "out"), tree(place / "reference")
        whole = all(raw in (before.get(name), wanted.get(name)) for name, raw in after.items())
        whole = whole and before.keys() <= after.keys()
        return ("tmpfs" if mounted else "RLIMIT_FSIZE"), done.code, whole and "[E301]" in done.stderr
    finally:
        if mounted:
            subprocess.run(["umount", str(out)], check=True)


def _free(path: Path) -> int:
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def _limited(args: list[str], place: Path) -> Used:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", *args],
        cwd=place,
        env=env,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=limit,
    )
    return Used(time.monotonic() - begun, 0, 0, done.returncode, done.stderr)
