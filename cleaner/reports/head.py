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
from cleaner.show import show, show_path

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


def of_revision(out: Path, revision: str) -> Records:
    """Return the records of OUT as a commit holds them.

    Raises UsageError (E105) without git, such a commit, a report in it, or if another version wrote that report.
    """
    where = f"--against {show(revision)}"
    known = _git(out, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not known:
        raise _no(where, "there is no such commit, and no folder with a report", "see git log, or name a folder")
    raw = _blob(out, JSONL, known.decode().strip())
    if not raw:
        raise _no(where, f"{show_path(out.as_posix())} has no report in that commit", "name a commit that holds OUT")
    return from_jsonl(raw, f"{show(revision)}:{JSONL}")


def _no(where: str, what: str, how: str) -> UsageError:
    return UsageError("E105", where, what, "nothing was written", how)


def _blob(folder: Path, name: str, revision: str = "HEAD") -> bytes:
    return _git(folder, "cat-file", "blob", f"{revision}:./{name}")


def _git(folder: Path, *args: str) -> bytes:
    """Return what git prints, nothing if it cannot."""
    if not folder.is_dir():
        return b""
    command = ["git", "-C", str(folder), *args]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=_SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout if done.returncode == 0 else b""
