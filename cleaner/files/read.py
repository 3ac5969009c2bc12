"""Read one file, or say why not: never hang on a pipe, never follow a link, never take half of a change."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import CleanerError, InputError, OutputError
from cleaner.files.write import fresh

# O_NONBLOCK: opening a pipe to read waits for a writer, for ever. O_NOFOLLOW: a link may be put there after the walk.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_EXCLUDE = "exclude it, or replace it by a file"


def read(path: Path, where: str, *, limit: int) -> bytes:
    """Return the bytes of a regular file of at most `limit` bytes.

    Raises InputError: E101 not a regular file, E102 a link, E120 larger than `limit` (found by its size, before
    anything is read), E131 changed or gone while it was read. OutputError E302: it may not be read.
    """
    with _opened(path, where) as (descriptor, before):
        if before.st_size > limit:
            size, most = (f"{number:,}".replace(",", " ") for number in (before.st_size, limit))
            what = f"it has {size} bytes, the limit is {most}"
            how = "raise --max-file-size, split it or exclude it"
            raise InputError("E120", where, what, "copied unchanged and quarantined", how)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            raw = stream.read(before.st_size + 1)  # one more than there should be: it may have grown
        _unchanged(path, where, before, len(raw))
    return raw


def size_of(path: Path) -> int:
    """Return the bytes of a file; 0 if it has gone meanwhile, which is said when its turn comes."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def digest_of(path: Path, where: str) -> str:
    """Return the SHA-256 of a regular file of any size. Raises as `read` does, but for E120."""
    with _opened(path, where) as (descriptor, before):
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        _unchanged(path, where, before, before.st_size)
    return found


def copy_file(path: Path, target: Path, where: str) -> None:
    """Make `target` hold the bytes of `path`, whole or not at all, without holding them in memory (for E120).

    Raises as `read` does, but for E120, and OutputError as `replace_file` does.
    """
    with _opened(path, where) as (descriptor, before), fresh(target) as out:
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            while piece := stream.read(1 << 20):
                out.write(piece)
        _unchanged(path, where, before, out.tell())


@contextmanager
def _opened(path: Path, where: str) -> Iterator[tuple[int, os.stat_result]]:
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as err:
        raise _unreadable(err, where) from err
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise not_a_file(where, found.st_mode)
        yield descriptor, found
    except OSError as err:  # a disk that fails
        raise _unreadable(err, where) from err
    finally:
        os.close(descriptor)


def not_a_file(where: str, mode: int) -> InputError:
    """Return the error E101, which says what it is instead of a regular file."""
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    kind = kinds.get(stat.S_IFMT(mode), "a device")
    return InputError("E101", where, f"it is {kind}, not a regular file", "left out", _EXCLUDE)


def _unreadable(err: OSError, where: str) -> CleanerError:
    match err.errno:
        case errno.ELOOP:
            return InputError("E102", where, "it is a symbolic link", "left out", _EXCLUDE)
        case errno.ENXIO | errno.ENODEV | errno.EOPNOTSUPP:  # what open says of a socket
            return InputError("E101", where, "it is a socket or device, not a regular file", "left out", _EXCLUDE)
        case errno.ENOENT | errno.ENOTDIR | errno.ESTALE:
            return _changed(where, "it is gone")
    what = f"it cannot be read ({os.strerror(err.errno or 0)})"
    return OutputError("E302", where, what, "left out", "change its permissions and run the same command again")


def _unchanged(path: Path, where: str, before: os.stat_result, size: int) -> None:
    """Raise E131 unless the path still leads to the same file, as large and as old as before, of `size` bytes."""
    try:
        now = path.lstat()
    except OSError as err:
        raise _changed(where, "it went away while it was read") from err
    if size != before.st_size or any(
        getattr(now, name) != getattr(before, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns")
    ):
        raise _changed(where, "it changed while it was read")


def _changed(where: str, what: str) -> InputError:
    return InputError("E131", where, what, "left alone", "run the same command again when nothing writes to it")
