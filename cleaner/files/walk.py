"""Which files of a folder are taken, under which name, and why the others are not.

All names are planned before anything is written: two that some file system takes for one, and those that some file
system cannot hold, are left out by name instead of overwriting each other. Everything met has an entry.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.errors import CleanerError, InputError, OutputError, UsageError
from cleaner.files.read import not_a_file
from cleaner.show import show_path

REPORT = "__report__"
OTHER_SUFFIX = "other suffix"  # the note of an entry that nobody asked for
_MAX_NAME = 255  # bytes, of ext4, APFS (UTF-8) and NTFS (UTF-16 units, so never more)
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file: devices, with any suffix and in any case
_DEVICES = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$")) | {
    f"{d}{n}" for d in ("com", "lpt") for n in "0123456789¹²³"
}


@dataclass(frozen=True)
class Entry:
    """Something in SRC. Taken if it has neither `error` (left out, exit 3) nor `note` (skipped, with the reason).

    `name` is the relative posix path (bytes that are not UTF-8 as surrogate escapes: show it by `show_path`), `path`
    what to read; behind a link that is followed, the file that it leads to.
    """

    name: str
    path: Path
    error: CleanerError | None = None
    note: str | None = None

    @property
    def taken(self) -> bool:
        return self.error is None and self.note is None


@dataclass(frozen=True)
class _Folder:
    """A folder still to be listed. `linked`: a link has led here."""

    name: str
    path: Path
    linked: bool


@dataclass(frozen=True)
class _Walk:
    root: Path
    suffixes: tuple[str, ...]
    excluded: Callable[[str], bool]
    out: tuple[int, int] | None
    follow: bool


def walk(
    root: Path,
    *,
    suffixes: frozenset[str],
    excluded: Callable[[str], bool],
    out: Path | None,
    follow_symlinks: bool = False,
    output: Callable[[str], str] = lambda name: name,
    only: frozenset[str] | None = None,
) -> list[Entry]:
    """Return an entry for everything under `root` (a folder, or one file), sorted by name.

    `suffixes` are lower case with their dot (".txt", ".warc.gz"); `excluded` gets a name; `output` says under which
    name a taken file is written; what `only` does not name is passed over, if it is given. A hidden folder is one
    entry, and `out` inside `root` is none. Links are followed only where they stay inside `root` and outside of `out`,
    and inside a folder behind a link none is followed (else n links to each other would give n! names). Raises
    OutputError E302 if a folder cannot be listed.
    """
    plan = _Walk(root, tuple(sorted(suffixes)), excluded, _identity(out) if out else None, follow_symlinks)
    if not root.is_dir():
        real = Path(os.path.realpath(root))  # a link that the user names is followed
        entry = Entry(root.name, real, note="excluded") if excluded(root.name) else _file(plan, root.name, real)
        return list(_collisions([entry], output))
    entries, todo = [], [_Folder("", root, linked=False)]
    while todo:  # a list of our own: a tree may be deeper than the interpreter's stack
        folder = todo.pop()
        for found in _children(plan, folder):
            if isinstance(found, Entry):
                entries.append(found)
            else:
                todo.append(found)
    if only is not None:
        entries = [entry for entry in entries if entry.name in only]
    return sorted(_collisions(entries, output), key=lambda entry: entry.name)


def check_places(src: Path, out: Path) -> None:
    """Raise UsageError E105 unless SRC is there and OUT is another place, not above SRC and not a file."""
    if not src.exists():
        raise _misplaced(src, "no such file or folder", "name an existing SRC")
    if not (src.is_dir() or src.is_file()):
        raise _misplaced(src, "SRC is neither a folder nor a file", "name an existing SRC")
    if out.exists() and not out.is_dir():
        raise _misplaced(out, "OUT is not a folder", "name another OUT")
    real_src, real_out, there = Path(os.path.realpath(src)), Path(os.path.realpath(out)), _identity(out)
    for place in (real_src, *real_src.parents):
        if place == real_out or (there is not None and _identity(place) == there):
            what = "SRC and OUT are the same place" if place == real_src else "SRC is inside OUT"
            raise _misplaced(src, what, "name another OUT")


def _misplaced(path: Path, what: str, how: str) -> UsageError:
    return UsageError("E105", show_path(str(path)), what, "nothing was written", how)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of what is at `path`, links followed, or None if there is nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _children(plan: _Walk, folder: _Folder) -> Iterator[Entry | _Folder]:
    if plan.out is not None and _identity(folder.path) == plan.out:
        return
    try:
        names = os.listdir(folder.path)  # noqa: PTH208 (names, not paths: there may be a million)
    except OSError as err:
        how = "change its permissions or exclude it, and run the same command again"
        what = f"the folder cannot be listed ({os.strerror(err.errno or 0)})"
        raise OutputError("E302", show_path(folder.name or str(folder.path)), what, "nothing was written", how) from err
    for child in names:
        yield _met(plan, f"{folder.name}/{child}" if folder.name else child, folder.path / child, folder.linked)


def _met(plan: _Walk, name: str, path: Path, linked: bool) -> Entry | _Folder:
    """Return what is at `path`. The order of the questions is part of the contract: what is excluded is no error."""
    try:
        mode = path.lstat().st_mode
    except OSError as err:
        return Entry(name, path, _unseen(name, err))
    if path.name.startswith("."):
        return Entry(name, path, note=f"hidden {'folder' if stat.S_ISDIR(mode) else 'file'}")
    if stat.S_ISDIR(mode):
        return _Folder(name, path, linked)
    if plan.excluded(name):
        return Entry(name, path, note="excluded")
    return _behind(plan, name, path, linked) if stat.S_ISLNK(mode) else _file(plan, name, path)


def _file(plan: _Walk, name: str, path: Path) -> Entry:
    try:
        mode = path.lstat().st_mode
    except OSError as err:
        return Entry(name, path, _unseen(name, err))
    if not stat.S_ISREG(mode):
        return Entry(name, path, not_a_file(show_path(name), mode))
    if not name.lower().endswith(plan.suffixes):
        return Entry(name, path, note=OTHER_SUFFIX)
    return Entry(name, path)


def _behind(plan: _Walk, name: str, path: Path, linked: bool) -> Entry | _Folder:
    """Return what is behind the link at `path` if links are followed and this one may be, else a note."""
    why = "symbolic link"
    if plan.follow:
        try:
            real = Path(os.path.realpath(path, strict=True))
        except OSError as err:
            why = f"symbolic link that leads nowhere ({os.strerror(err.errno or 0)})"
        else:
            if not real.is_relative_to(os.path.realpath(plan.root)):
                why = "symbolic link that leads out of SRC"
            elif plan.out is not None and any(_identity(place) == plan.out for place in (real, *real.parents)):
                why = "symbolic link that leads into OUT"
            elif Path(os.path.realpath(path.parent)).is_relative_to(real):
                why = "symbolic link to a folder that it is in"
            elif linked:
                why = "symbolic link behind a symbolic link"
            else:
                return _Folder(name, real, linked=True) if real.is_dir() else _file(plan, name, real)
    return Entry(name, path, note=f"{why}, not followed [E102]")


def _unseen(name: str, err: OSError) -> InputError:
    if err.errno == errno.ENAMETOOLONG:
        what = "its path is too long for this system"
        return InputError("E103", show_path(name), what, "left out", "move it up or exclude it")
    how = "run the same command again when nothing writes to it"
    return InputError("E131", show_path(name), "it went away during the walk", "left alone", how)


def name_error(name: str, written: str) -> InputError | None:
    """Return E103 if `written`, the name in OUT, cannot be written everywhere, or leads out of OUT."""
    parts = written.split("/")
    what = None
    if "\\" in written or written[1:2] == ":" or not {"", ".", ".."}.isdisjoint(parts):
        what = "its name would lead out of OUT on some systems"
    elif parts[0].casefold() == REPORT:
        what = f"its name belongs to the report ({REPORT})"
    elif any(part.split(".")[0].rstrip(" ").casefold() in _DEVICES for part in parts):
        what = "its name is reserved on Windows"
    elif any(part.endswith((".", " ")) for part in parts):
        what = "a name in its path ends with a dot or a space"
    elif any(len(os.fsencode(part)) > _MAX_NAME for part in parts):
        what = f"its name in OUT has more than {_MAX_NAME} bytes"
    return InputError("E103", show_path(name), what, "left out", "rename it or exclude it") if what else None


def _collisions(entries: list[Entry], output: Callable[[str], str]) -> Iterator[Entry]:
    """Yield the entries, with E104 on those whose names in OUT some file system takes for one.

    A file also collides with a folder of its name: page.html, written as page.txt, beside page.txt/.
    """
    places: dict[str, list[str]] = defaultdict(list)
    written = {entry.name: output(entry.name) for entry in entries if entry.taken}
    for name, target in written.items():
        places[_folded(target)].append(name)
    folders = {_folded(target[:at]): name for name, target in written.items() for at in _slashes(target)}
    for entry in entries:
        if entry.taken:
            target = written[entry.name]
            others = [name for name in places[_folded(target)] if name != entry.name]
            others += [folders[_folded(target)]] if _folded(target) in folders else []
            error = name_error(entry.name, target) or (_taken_twice(entry.name, others) if others else None)
            yield replace(entry, error=error)
        else:
            yield entry


def _taken_twice(name: str, others: list[str]) -> InputError:
    shown = ", ".join(f"'{show_path(other)}'" for other in others[:3]) + (", ..." if len(others) > 3 else "")
    what = f"in OUT its name is the same as that of {shown} on some systems"
    return InputError("E104", show_path(name), what, "each of them was left out", "rename or exclude all but one")


def _folded(name: str) -> str:
    """Return what a file system that ignores case and normal form compares (casefold may undo NFC, hence twice)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _slashes(name: str) -> Iterator[int]:
    at = name.find("/")
    while at >= 0:
        yield at
        at = name.find("/", at + 1)
