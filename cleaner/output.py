"""OUT on the disk: where it is not in step with a run, and how it is brought in step.

Texts first, the report last, each file whole or not at all. Files of an earlier run whose seed is gone are deleted
if the last report names them; nothing else is ever touched, and nothing that a link leads to.
"""

from __future__ import annotations

import filecmp
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cleaner import files
from cleaner.errors import CleanerError, InputError
from cleaner.pipeline import Result, extracted_place
from cleaner.reports.previous import JSONL, REPORT, previous
from cleaner.reports.records import Records
from cleaner.show import disk_name, show_path


@dataclass(frozen=True)
class Difference:
    """A file of OUT that is not what the run makes of SRC. `kind`: missing, stale or orphan."""

    kind: Literal["missing", "stale", "orphan"]
    name: str


@dataclass(frozen=True)
class Written:
    """What `write` did to the committed part of OUT, by name; `errors`: what could not be put in its place."""

    written: tuple[str, ...]
    deleted: tuple[str, ...]
    errors: tuple[CleanerError, ...] = ()


def differences(result: Result, out: Path) -> list[Difference]:
    """Return where OUT is not in step, by name; writes nothing."""
    found = []
    for name, body in sorted(result.committed.items()):
        path = out / name
        if not path.is_file():
            found.append(Difference("missing", name))
        elif not _holds(path, body):
            found.append(Difference("stale", name))
    return found + [Difference("orphan", name) for name in _orphans(result, out)]


def _holds(path: Path, body: bytes | Path) -> bool:
    if isinstance(body, Path):
        with suppress(OSError):  # it has gone since it was read
            return filecmp.cmp(path, body, shallow=False)
        return False
    return path.stat().st_size == len(body) and path.read_bytes() == body


def _orphans(result: Result, out: Path) -> list[str]:
    """Return the files of OUT that an earlier run made and this one does not; other files are never touched."""
    last = previous(out)
    files_then = last.files if last else ()
    mine = {disk_name(record.out) for record in files_then if record.out}
    mine |= files.announced(out)  # a killed run has put them there, and no report names them
    mine |= {extracted_place(disk_name(record.path)) for record in files_then if record.extracted}
    return sorted(name for name in mine - set(result.texts) if _inside(name, out) and (out / name).is_file())


def _inside(name: str, out: Path) -> bool:
    """Say whether a name from a report leads to a place in OUT: the report is a file that anybody may have edited."""
    return not Path(name).is_absolute() and (out / name).parent.resolve().is_relative_to(out.resolve())


def write(
    result: Result, out: Path, *, html: bool = True, wait: bool = False, then: Records | None = None
) -> Written:  # fmt: skip
    """Bring OUT in step: texts first, the report last, each file whole or not at all.

    `then` is the report of the last commit (`reports.head.committed`): the HTML says what differs from it.

    Raises OutputError: E301 the disk is full or fails, E302 not permitted, E303 another run holds OUT.
    """
    pages = dict(result.pages(then)) if html else {}
    seen = _state(out)
    todo = _todo(result, out, pages if html else None)
    broken_off = (out / files.INCOMPLETE).exists()  # then dead temporary files are to be swept, too
    if not (any(todo) or broken_off):
        return Written((), ())
    errors: list[CleanerError] = []
    with files.Lock(out, wait=wait) as lock:
        if _state(out) != seen or lock.broken_off != broken_off:  # another run has written while this one waited
            todo = _todo(result, out, pages if html else None)
        differing, fresh, dead = todo
        changed = [d.name for d in differing if d.kind != "orphan"]
        orphans = [d.name for d in differing if d.kind == "orphan"]
        texts = sorted(set(changed) - {JSONL}, key=lambda name: (name.startswith(f"{REPORT}/"), name))
        lock.announce(d.name for d in differing if d.kind == "missing" and d.name in result.texts)
        done = [out / name for name in texts if _put(out, name, result.committed[name], errors)]
        for name in fresh:
            _put(out, name, pages[name], errors)
        for name in orphans + dead:
            files.remove(out / name, out)
        files.sync(done, root=out)
        if JSONL in changed and _put(out, JSONL, result.committed[JSONL], errors):
            files.sync([out / JSONL], root=out)
    return Written(tuple(changed), tuple(orphans), tuple(errors))


def _todo(result: Result, out: Path, pages: dict[str, bytes] | None) -> tuple[list[Difference], list[str], list[str]]:
    """Return what of the committed part differs, the pages that do, and those to remove; None leaves pages alone."""
    differing = differences(result, out)
    if pages is None:
        return differing, [], []
    fresh = [name for name, page in pages.items() if not ((out / name).is_file() and _holds(out / name, page))]
    return differing, fresh, _stale_pages(out, set(pages))


def _state(out: Path) -> tuple[int, int] | None:
    """Return what changes with every run that writes texts: which file the report is, and since when."""
    try:
        found = (out / JSONL).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _put(out: Path, name: str, body: bytes | Path, errors: list[CleanerError]) -> bool:
    """Write one file.

    A place that is not inside OUT (a link in its way), or a seed that changes while it is copied, is an error of that
    file alone.
    """
    try:
        path = files.place(out, name)
        if isinstance(body, Path):
            files.copy_file(body, path, show_path(body.as_posix()))
        else:
            files.replace_file(path, body)
    except InputError as err:
        errors.append(err)
        return False
    return True


def _stale_pages(out: Path, pages: set[str]) -> list[str]:
    """Return the HTML pages of earlier runs that this run does not make; those folders are ours alone.

    What a link in OUT leads to is not: a page counts only if its real place is inside OUT.
    """
    report = out / REPORT
    old = [path for folder in ("files", "clusters", "rules") for path in sorted((report / folder).rglob("*.html"))]
    names = [path.relative_to(out).as_posix() for path in old]
    return [name for name in names if name not in pages and _inside(name, out)]
