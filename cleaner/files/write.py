"""Write under OUT: each file whole or not at all, one run at a time, nothing outside.

A file is written beside its place under a name of our own and then renamed over it, so that a kill, a full disk or
a crash leaves the old bytes or the new ones (trust.md: written directly, 69 of 200 kills tore or emptied the file).
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cleaner.errors import InputError, OutputError
from cleaner.show import show, show_path

LOCK, INCOMPLETE = ".clean.lock", ".incomplete"
_TEMPORARY = re.compile(r"\.clean-[0-9a-f]{16}")
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_WHOLE = "every file there is whole, old or new"


def replace_file(path: Path, raw: bytes) -> None:
    """Make `path` hold `raw`, or leave it as it was: never half of each, even if we are killed. Its mode stays.

    The caller syncs the batch (`sync`) and writes the report last. Raises OutputError E301 (disk full, I/O) or E302
    (not permitted, read-only).
    """
    with fresh(path) as out:
        out.write(raw)


@contextmanager
def fresh(path: Path) -> Iterator[BinaryIO]:
    """Give a stream whose bytes are at `path` once the block ends well; else `path` stays as it was."""
    temporary = path.with_name(f".clean-{os.urandom(8).hex()}")  # short: path.name may use up the 255 bytes itself
    with _said(path):
        out = temporary.open("xb")  # a name of ours alone, and the mode any new file gets (mkstemp would leave 0600)
        try:
            with out:
                yield out
            if stat.S_ISREG(old := _mode(path)):
                temporary.chmod(stat.S_IMODE(old) & 0o777)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise


def place(out: Path, name: str) -> Path:
    """Return where `name`, a relative posix path, is written under `out`, and make its folders.

    Raises InputError E103 if that place is not inside `out` (by its name, or by a link in its way), OutputError as
    `replace_file` does.
    """
    parts = name.split("/")
    target = out.joinpath(*parts)
    with _said(target):
        inside = Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(out))
        if not inside or not {"", ".", ".."}.isdisjoint(parts):
            how = "rename it, or remove the link in OUT"
            raise InputError("E103", show_path(name), "its place is outside of OUT", "left out", how)
        missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.is_dir()]
        for folder in reversed(missing):  # mkdir(parents=True) calls itself, and a tree may be deeper than the stack
            _make(folder)
    return target


def remove(path: Path, root: Path) -> None:
    """Delete a file, and the folders under `root` that it leaves empty. Raises as `replace_file` does."""
    with _said(path):
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == root or folder.is_symlink() or any(folder.iterdir()):
                break
            folder.rmdir()


def sync(paths: Iterable[Path], *, root: Path | None = None) -> None:
    """Have the disk keep a batch of written (or deleted) files, their names and those of their folders.

    `root` is the highest folder that may be new, or have got a new one; without it, the lowest one above all of the
    batch. Raises OutputError E301.
    """
    files = sorted(set(paths))
    if not files:
        return
    for path in files:
        with _said(path), suppress(FileNotFoundError):
            _sync(path)
    top = root or Path(os.path.commonpath([path.parent for path in files]))
    above = {folder for path in files for folder in path.parents if folder.is_relative_to(top)}
    for folder in sorted(above):
        with _said(folder), suppress(FileNotFoundError):
            _sync(folder)


def sweep(folder: Path) -> int:
    """Remove what killed runs left under `folder`, and return how many; only safe while holding its `Lock`."""
    count = 0
    for root, _, names in os.walk(folder):
        for name in filter(_TEMPORARY.fullmatch, names):
            with suppress(FileNotFoundError):
                Path(root, name).unlink()
                count += 1
    return count


class Lock:
    """While it is held, this run alone writes to OUT: `with Lock(out) as lock: ...`

    OUT is made if missing, dead temporary files are swept (`swept` counts them), and OUT/.incomplete stands until
    the block ends well; `broken_off` says that one stood there before. It holds the names told to `announce`, so that
    a later run knows what a killed one has put there (`announced`), which no report names.
    Raises OutputError E303 if another run holds the lock and `wait` is false, E301 or E302 if OUT cannot be written.
    """

    def __init__(self, out: Path, *, wait: bool = False) -> None:
        self.out, self.wait = out, wait
        self.broken_off, self.swept = False, 0
        self._descriptor = -1

    def __enter__(self) -> Lock:
        with _said(self.out):
            self.out.mkdir(parents=True, exist_ok=True)
            self._descriptor = self._acquire()
            try:
                os.truncate(self._descriptor, 0)
                os.write(self._descriptor, f"{os.getpid()} {os.uname().nodename}\n".encode())
                self.broken_off = (self.out / INCOMPLETE).exists()
                self.swept = sweep(self.out)
                os.close(os.open(self.out / INCOMPLETE, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666))
            except BaseException:
                self._release()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _said(self.out):
            try:
                if kind is None:
                    (self.out / INCOMPLETE).unlink(missing_ok=True)
            finally:
                self._release()

    def announce(self, names: Iterable[str]) -> None:
        """Note, on the disk, the names of files that will be new in OUT, before the first of them is written."""
        with _said(self.out), (self.out / INCOMPLETE).open("ab") as file:
            lines = "".join(f"{json.dumps(name)}\n" for name in names)  # not orjson: a name may be no UTF-8
            file.write(b"\n" + lines.encode("ascii"))  # the last line of a killed run may be torn
            file.flush()
            os.fsync(file.fileno())

    def _acquire(self) -> int:
        """Return a descriptor of the lock file that holds the lock on it."""
        path = self.out / LOCK
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if self.wait else fcntl.LOCK_NB))
                if _same(descriptor, path):  # else its holder has just removed it: then we hold a lock on nothing
                    return descriptor
            except BlockingIOError as err:
                holder = os.pread(descriptor, 300, 0)
                os.close(descriptor)
                raise self._held(holder) from err
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def _held(self, holder: bytes) -> OutputError:
        pid, _, host = holder.decode("utf-8", "backslashreplace").strip().partition(" ")
        who = f"process {show(pid)} on {show(host)}" if pid and host else "another run"
        what = f"{who} holds the lock on it"
        return OutputError(
            "E303", _where(self.out), what, "nothing was written", "wait until it has ended, or add --wait"
        )

    def _release(self) -> None:
        """Remove the lock file while it is still ours, and let go."""
        with suppress(OSError):
            (self.out / LOCK).unlink()
        os.close(self._descriptor)
        self._descriptor = -1


def announced(out: Path) -> set[str]:
    """Return the names that broken-off runs have announced, whether they came to write them or not."""
    names = set()
    with suppress(OSError):
        for line in (out / INCOMPLETE).read_bytes().splitlines():
            with suppress(ValueError):  # a torn line; what it was to name was not written
                names.add(json.loads(line))
    return {name for name in names if isinstance(name, str)}


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Turn an error of the system while writing `path` into one that says what to do."""
    try:
        yield
    except OSError as err:
        reason = (err.strerror or str(err)).lower()
        if err.errno in _DENIED:
            how = "change its permissions and run the same command again"
            raise OutputError("E302", _where(path), reason, _WHOLE, how) from err
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        how = "free some space and run the same command again" if full else "mend this and run the same command again"
        raise OutputError("E301", _where(path), reason, _WHOLE, how) from err


def _where(path: Path) -> str:
    return show_path(str(path))


def _mode(path: Path) -> int:
    """Return the mode of what is at `path` itself (a link is not followed), 0 if there is nothing."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return 0


def _same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _make(folder: Path) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():  # else another process of this run was faster
            raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as err:
        if err.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # a file system that cannot sync a folder
            raise
    finally:
        os.close(descriptor)
