"""`--files-from FILE|-`: the names of the files to work on, of any number; a command line holds only some thousands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cleaner.errors import Errors, UsageError
from cleaner.show import show_path

MOST = 10  # wrong names that are said at once

_OPTIONS = (
    click.option(
        "--files-from", metavar="FILE|-", help="Only the files named in there, a line each (or after each a NUL)."
    ),
    click.option(
        "-0", "--null", is_flag=True, help="The names of --files-from end with NUL (find -print0, git ls-files -z)."
    ),
)  # fmt: skip


def listing(command: Any) -> Any:
    """Give a command the options that name its files in a list."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def listed(files_from: str | None, null: bool) -> tuple[str, ...] | None:
    """Return the names in a list, None if none was asked for; they may hold anything but NUL, or line ends.

    A list that holds a NUL is one of NULs, whether it is said or not: no name holds one.
    """
    if files_from is None:
        if null:
            raise click.UsageError("-0 goes with --files-from")
        return None
    try:
        raw = sys.stdin.buffer.read() if files_from == "-" else Path(files_from).read_bytes()
    except OSError as err:
        raise UsageError(
            "E105", f"--files-from {show_path(files_from)}", f"cannot be read ({err.strerror})", "nothing was written",
            "give a file with a name on each line, or - for standard input",
        ) from err  # fmt: skip
    parts = raw.split(b"\0") if null or b"\0" in raw else [line.removesuffix(b"\r") for line in raw.split(b"\n")]
    names = tuple(os.fsdecode(part) for part in parts if part)
    if not names:
        raise UsageError(
            "E105", f"--files-from {show_path(files_from)}", "no file is named there", "nothing was written",
            "is the list made by a command that failed?",
        )  # fmt: skip
    return names


def inside(names: Sequence[str], src: Path) -> frozenset[str]:
    """Return named files as SRC calls them. Raises `Errors` for those that lie elsewhere or are not there."""
    found, wrong = set(), []
    for name in names:
        inner = os.path.relpath(name, src)
        if inner.startswith(".."):  # by another way: absolute, or through a link
            path = Path(name)
            inner = os.path.relpath(path.parent.resolve() / path.name, src.resolve())
        if inner.startswith(".."):
            wrong.append((name, f"is not in {show_path(src.as_posix())}"))
        elif not Path(name).is_file():
            wrong.append((name, "no such file"))
        found.add(inner.replace(os.sep, "/"))
    if wrong:
        done, how = "nothing was written", "mend the list"
        told = [(show_path(name), f"{what}, and --files-from names it") for name, what in wrong[:MOST]]
        raise Errors(tuple(UsageError("E105", where, what, done, how) for where, what in told))
    return frozenset(found)
