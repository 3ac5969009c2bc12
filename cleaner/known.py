"""Whether this very command was answered before, on this very index: then a hook has nothing to do.

A hook runs at every commit, mostly on an index whose seeds and outputs are those of the last one. So a command that
found OUT in step leaves behind which paths of the index it depended on, and a digest of what `git ls-files` says of
them (names and blob ids) together with everything else that bears on the answer: the command line, the code, the
shipped packs, the versions of all packages. If all of it is the same, the answer is the same, after one `git ls-files`
and before any import of weight. An entry that is lost or wrong costs time and nothing else.

Only the standard library's lightest modules are imported here, and nothing of ours (tests/test_imports.py): pathlib
alone takes longer than all that is done here.
"""

from __future__ import annotations

import hashlib
import os
import sys

FOLDER = "hook"  # inside the cache folder of this user
FILE = "="  # before a path: a file outside of the index that the answer depends on, such as one of an installed pack
_MAGIC = b"seedclean hook 2"
_SUM = 32  # bytes of a digest
_MOST = 500  # answers kept; a hook that is given the names of files asks another question each time
_LANGUAGE = ("CLEAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")
_OFF = ("--no-cache", "--cache-dir", "--rev", "--stats", "--help", "-h", "--worktree", "-v", "--verbose",
        "--log-format", "--files-from")  # fmt: skip


def answer(argv: list[str]) -> str | None:
    """Return what a command that found OUT in step printed, if it would find the same again; else None."""
    if not asks_of_index(argv):
        return None
    try:
        key = _key(argv)
        with open(_place(key), "rb") as file:
            raw = file.read()
        head, _, rest = raw.partition(b"\0")
        if head != _MAGIC:
            return None
        digest, (*specs, said) = rest[:_SUM], rest[_SUM:].split(b"\0")
        if digest != _digest([os.fsdecode(spec) for spec in specs], said):
            return None
        return said.decode("utf-8")
    except (OSError, ValueError):
        return None


def remember(argv: list[str], specs: list[str], said: str) -> None:
    """Keep that a command found OUT in step, and what it printed; `specs` are pathspecs of all that it depended on.

    One that begins with FILE is the path of a file outside of the index.
    """
    if not asks_of_index(argv):
        return
    raw = said.encode("utf-8")
    try:
        place = _place(_key(argv))
        digest = _digest(specs, raw)
        os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
        temporary = f"{place}.{os.getpid()}"
        with open(temporary, "wb") as file:
            listed = b"".join(os.fsencode(spec) + b"\0" for spec in specs)
            file.write(_MAGIC + b"\0" + digest + listed + raw)
        os.replace(temporary, place)
        _trim(os.path.dirname(place))
    except (OSError, ValueError):
        return  # a cache never fails a run


def _trim(folder: str) -> None:
    """Delete the older half of the answers if there are too many. Raises OSError."""
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    if len(paths) > _MOST:
        for path in sorted(paths, key=os.path.getmtime)[: len(paths) - _MOST // 2]:
            os.unlink(path)


def asks_of_index(argv: list[str]) -> bool:
    """Say whether a command reads the index and no more, so that its answer may be kept."""
    return ("--staged" in argv or in_hook()) and not any(arg.startswith(_OFF) for arg in argv)


def in_hook() -> bool:
    """Say whether pre-commit (or prek) has started us; both set PRE_COMMIT=1."""
    return os.environ.get("PRE_COMMIT", "") not in ("", "0")


def _digest(specs: list[str], said: bytes) -> bytes:
    """Return 32 bytes that stand for the state of the index at `specs`. Raises OSError if git does not say it."""
    import subprocess

    inside = [spec for spec in specs if not spec.startswith(FILE)]
    listing = ["git", "ls-files", "-s", "-z", "--full-name", "--", *inside]
    done = subprocess.run(listing, capture_output=True)
    if done.returncode:
        raise OSError("git ls-files failed")
    digest = hashlib.sha256(said + b"\0" + done.stdout)
    for spec in specs:
        if spec.startswith(FILE):
            info = os.stat(spec[len(FILE) :])
            digest.update(f"{info.st_size}\0{info.st_mtime_ns}\0{info.st_ctime_ns}\0{info.st_ino}\0".encode())
    return digest.digest()


def _key(argv: list[str]) -> str:
    """Return what the answer depends on besides the index: the command, where it runs, and our code."""
    digest = hashlib.sha256()
    env = [os.environ.get(name, "") for name in ("PRE_COMMIT", "GIT_DIR", "GIT_WORK_TREE", *_LANGUAGE)]
    for part in (os.getcwd(), sys.version, *env, *argv):
        digest.update(os.fsencode(part) + b"\0")
    for line in _code():
        digest.update(line)
    return digest.hexdigest()


def _code() -> list[bytes]:
    """Return the files of this package and of the shipped packs by size and time, and the versions of all packages."""
    here = os.path.dirname(os.path.abspath(__file__))
    rules = os.path.join(here, "rules")
    if not os.path.isdir(rules):
        rules = os.path.join(os.path.dirname(here), "rules")
    found = []
    todo = [here, rules]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    todo += [entry.path] if entry.name != "__pycache__" else []
                elif not entry.name.endswith(".pyc"):
                    info = entry.stat()
                    found.append(os.fsencode(f"{entry.path}\0{info.st_size}\0{info.st_mtime_ns}\0"))
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):
            found += [os.fsencode(f"{name}\0") for name in os.listdir(folder) if name.endswith("-info")]
    return sorted(found)


def _place(key: str) -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    if not os.path.isabs(base):
        raise ValueError("a user without a home")
    return os.path.join(base, "seedclean", FOLDER, key)
