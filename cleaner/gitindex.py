"""What the git index, or a commit, holds: read, and never written to.

A hook has to judge what will be committed, which is the index and not the work tree: an output that was made but not
added, a draft that nobody staged, half a file staged with `git add -p`. One `git ls-files` lists it and one
`git cat-file --batch` reads it. GIT_INDEX_FILE, which git sets under `commit -a` and `commit -- PATH`, is honoured,
and handed to no other child. This module imports nothing heavy: a hook in which nothing changed must not pay for it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from cleaner.errors import UsageError
from cleaner.show import show, show_path

LINK, MODULE = "120000", "160000"  # modes of a symbolic link and of a submodule


class Entry(NamedTuple):
    """A file of the index or of a commit: its mode, the id of its blob, its path from the top of the repository."""

    mode: str
    oid: str
    path: str


class Repository:
    """A git work tree. `top` is its folder, `prefix` the path from there to the working folder, with a slash or empty.

    Make one with `find`. A linked work tree and a submodule are repositories like any other.
    """

    def __init__(self, top: Path, prefix: str, env: dict[str, str]) -> None:
        self.top, self.prefix, self._env = top, prefix, env

    @classmethod
    def find(cls, start: Path) -> Repository:
        """Return the repository that `start` lies in. Raises UsageError if there is none, or git cannot read it."""
        env = dict(os.environ)
        if index := env.get("GIT_INDEX_FILE"):  # git gives it relative to the folder that it starts a hook in
            env["GIT_INDEX_FILE"] = str(start.absolute() / index)
        try:
            done = subprocess.run(
                ["git", "rev-parse", "--show-toplevel", "--show-prefix"], cwd=start, env=env, capture_output=True
            )
        except OSError as err:
            raise _no_git(f"git cannot be started ({err.strerror})", "install git") from err
        if done.returncode:
            said = show(os.fsdecode(done.stderr).strip().split("\n")[0])
            raise _no_git(f"no git work tree ({said})", "run it inside of one, or leave --staged and --rev out")
        top, prefix = os.fsdecode(done.stdout).split("\n")[:2]
        return cls(Path(top), prefix, env)

    def inside(self, path: Path) -> str:
        """Return a path as the index names it, from the top; "" is the top itself. Raises UsageError outside of it."""
        if path.is_absolute():
            parent = Path(os.path.realpath(path.parent)) / path.name
            name = os.path.relpath(parent, os.path.realpath(self.top))
        else:
            name = os.path.normpath(os.path.join(self.prefix, path))  # noqa: PTH118 (a path that need not be there)
        if name == ".." or name.startswith("../"):
            what = f"lies outside of the repository {show_path(self.top.as_posix())}"
            raise UsageError("E105", show_path(str(path)), what, "nothing was written", "give a path inside of it")
        return "" if name == "." else name

    def staged(self) -> list[Entry]:
        """Return all files of the index, by path. Raises UsageError while a merge is not resolved."""
        raw = self._git("ls-files", "-s", "-z", "--full-name", "--", ":/")
        entries = []
        for mode, oid, stage, path in _rows(raw):
            if stage != "0":
                how = "resolve the merge, `git add` what you resolved, and run the same command again"
                raise UsageError("E105", show_path(path), "is not merged in the index", "nothing was written", how)
            entries.append(Entry(mode, oid, path))
        return self._really(entries)

    def _really(self, entries: list[Entry]) -> list[Entry]:
        """Leave out what `git add -N` only intends to add: it stands in the index as an empty file."""
        empty = [entry for entry in entries if entry.oid in _EMPTY]
        if not empty:
            return entries
        intended = set(_paths(self._git("diff-files", "--name-only", "--diff-filter=A", "-z")))
        return [entry for entry in entries if entry.path not in intended]

    def at(self, rev: str) -> list[Entry]:
        """Return all files of a commit, by path. Raises UsageError if there is no such commit."""
        commit = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{tree}}"],
            cwd=self.top, env=self._env, capture_output=True,
        )  # fmt: skip
        if commit.returncode:
            raise UsageError(
                "E105", f"--rev {show(rev)}", "there is no such commit", "nothing was written", "see git log"
            )
        raw = self._git("ls-tree", "-r", "-z", "--full-tree", commit.stdout.decode().strip())
        rows = (os.fsdecode(row).partition("\t") for row in raw.split(b"\0") if row)
        return [Entry(mode, oid, path) for about, _, path in rows for mode, _, oid in [about.split()]]

    def differs(self, paths: Sequence[str]) -> bool:
        """Say whether the work tree holds anything at `paths` that the index does not: an edit, a draft, a deletion."""
        specs = [f":(top,literal){path}" for path in paths]
        changed = self._git("diff-files", "--name-only", "-z", "--", *specs)
        return bool(changed or self._git("ls-files", "-o", "-z", "--exclude-standard", "--", *specs))

    def export(self, entries: Iterable[Entry], place: Path, *, as_written: bool) -> None:
        """Write files of the index under `place`, as a checkout has them.

        `as_written` is for what a program has written: line ends are left alone, whatever core.autocrlf says.
        Links become links; a submodule is another repository, and nothing of it is written.
        """
        made: set[Path] = set()
        with _Blobs(self.top, self._env, as_written) as blobs:
            for entry in entries:
                if entry.mode == MODULE:
                    continue
                target = place / entry.path
                if target.parent not in made:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made.add(target.parent)
                raw = blobs.read(entry)
                if entry.mode == LINK:
                    target.symlink_to(os.fsdecode(raw))
                else:
                    target.write_bytes(raw)

    def _git(self, *args: str) -> bytes:
        done = subprocess.run(["git", *args], cwd=self.top, env=self._env, capture_output=True)
        if done.returncode:
            said = show(os.fsdecode(done.stderr).strip().split("\n")[0])
            raise _no_git(f"`git {args[0]}` failed ({said})", "mend the repository (git fsck) and try again")
        return done.stdout


# The blob of no bytes, in repositories of both kinds of ids (git hash-object -t blob /dev/null).
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


class _Blobs:
    """One `git cat-file --batch`, asked for one blob after the other."""

    def __init__(self, top: Path, env: dict[str, str], as_written: bool) -> None:
        own = ["-c", "core.autocrlf=false", "-c", "core.eol=lf"] if as_written else []
        self._start = ["git", *own, "cat-file", "--batch", "--filters"]
        self._one = ["git", *own, "cat-file", "--filters"]
        self._top, self._env = top, env

    def __enter__(self) -> _Blobs:
        self._child = subprocess.Popen(
            self._start, cwd=self._top, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()
        self._child.wait()

    def read(self, entry: Entry) -> bytes:
        """Return the content of an entry, as a checkout writes it."""
        if "\n" in entry.path:  # a line of --batch cannot name it
            args = [*self._one, f"--path={entry.path}", entry.oid]
            return subprocess.run(args, cwd=self._top, env=self._env, capture_output=True, check=True).stdout
        into, out = _streams(self._child)
        into.write(os.fsencode(f"{entry.oid} {entry.path}\n"))
        into.flush()
        head = out.readline().split()
        if len(head) != 3 or head[1] != b"blob":
            raise _no_git(f"the blob of {show_path(entry.path)} is not there", "get it (git fetch) and try again")
        raw = out.read(int(head[2]))
        out.read(1)
        return raw


def _streams(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert child.stdin is not None and child.stdout is not None
    return child.stdin, child.stdout


def _rows(raw: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Yield (mode, blob, stage, path) of `git ls-files -s -z`."""
    for row in _paths(raw):
        about, _, path = row.partition("\t")
        mode, oid, stage = about.split()
        yield mode, oid, stage, path


def _paths(raw: bytes) -> list[str]:
    return [os.fsdecode(row) for row in raw.split(b"\0") if row]


def _no_git(what: str, how: str) -> UsageError:
    return UsageError("E105", "git", what, "nothing was written", how)
