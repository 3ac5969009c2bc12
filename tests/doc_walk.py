"""A page of docs/ as a session: its files are written, its commands run, and their output has to be what it shows.

A fence with a title is a file (```toml title="rules/mine.toml"). A fence `sh` is commands, one a line; a fence `text`
right behind it is all that the last of them prints. A command whose output is not shown has to end with 0.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
Runner = Callable[[str, Path], tuple[int, str]]  # a command and where: its exit code, and what it printed


@dataclass(frozen=True)
class Fence:
    """A block of a page. `shown` is what the page says that commands print, None if it says nothing."""

    kind: str
    title: str
    body: str
    shown: str | None = None


def fences(page: str) -> Iterator[Fence]:
    """Yield the files and the commands of a page, in order."""
    found = list(_FENCE.finditer(page))
    for i, match in enumerate(found):
        kind, title, body = match.group(1), match.group(2) or "", match.group(3)
        following = found[i + 1] if i + 1 < len(found) else None
        behind = following is not None and following.group(1) == "text" and not following.group(2)
        close = behind and not page[match.end() : following.start()].strip()
        if title or kind == "sh":
            yield Fence(kind, title, body, following.group(3) if kind == "sh" and close else None)


def walk(page: str, folder: Path, run: Runner) -> int:
    """Do in `folder` what a page says, check what it shows, and return how many fences of commands that were."""
    count = 0
    for fence, said in session(page, folder, run):
        count += 1
        if fence.shown is not None:
            told = f"{fence.body}\nthe page shows\n{fence.shown}\nit prints\n{said}"
            assert masked(said) == masked(fence.shown), told
    return count


def session(page: str, folder: Path, run: Runner) -> Iterator[tuple[Fence, str]]:
    """Do what a page says, and yield each fence of commands with what the last of them printed; `cd` goes on."""
    for fence in fences(page):
        if fence.title:
            (folder / fence.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / fence.title).write_text(fence.body, encoding="utf-8")
            continue
        said = ""
        commands = [line for line in fence.body.split("\n") if line.strip()]
        for command in commands:
            if command.startswith("cd "):
                folder = folder / shlex.split(command)[1]
                continue
            code, said = run(command, folder)
            if command is not commands[-1] or fence.shown is None:
                assert code == 0, f"{command}\n{said}"
        yield fence, said


def masked(said: str) -> str:
    """Return what was printed without digests: they change with every word of a skeleton."""
    return re.sub(r"(?<=sha256 )[0-9a-f]{16}…|(?<=was )[0-9a-f]{16}…|\b[0-9a-f]{64}\b", "…", said)


def with_outputs(page: str, folder: Path, run: Runner) -> str:
    """Return a page with what its commands print now: to write one, or to read what a change did."""
    for fence, said in session(page, folder, run):
        if fence.shown is not None and masked(said) != masked(fence.shown):
            head, _, rest = page.partition(f"```sh\n{fence.body}```\n\n```text\n{fence.shown}```")
            page = f"{head}```sh\n{fence.body}```\n\n```text\n{said}```{rest}"
    return page
