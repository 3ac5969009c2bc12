"""The report of the last commit, read through the `git` program; nothing, where there is none.

It says what a change does to OUT. Only the HTML, the terminal and the annotations use it: files that are committed
never depend on what was committed before.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from cleaner.errors import UsageError
from cleaner.reports.previous import JSONL
from cleaner.reports.records import Records, from_jsonl

_SECONDS = 60.0


def committed(out: Path) -> Records | None:
    """Return the records of OUT as the last commit holds them.

    None without git, a repository, a commit, a report in it, or if an older version wrote that report.
    """
    raw = _blob(out, JSONL)
    if not raw:
        return None
    try:
        return from_jsonl(raw, f"HEAD:{JSONL}")
    except UsageError:
        return None


def _blob(folder: Path, name: str) -> bytes:
    if not folder.is_dir():
        return b""
    command = ["git", "-C", str(folder), "cat-file", "blob", f"HEAD:./{name}"]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=_SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout if done.returncode == 0 else b""
