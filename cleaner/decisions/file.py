"""rules/decisions.jsonl on the disk: read with every fault named by its line, written whole or not at all.

The file is sorted, one decision a line, so that two branches merge by `merge=union`. Such a merge may leave equal
lines, which count once, and contradictions, which are an error that names both places: no tool can know who is right.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from cleaner.decisions.values import ADAPTER, Decision, to_line
from cleaner.errors import CleanerError, Errors, OutputError, UsageError
from cleaner.files import replace_file
from cleaner.show import show, show_path

DEFAULT = "rules/decisions.jsonl"  # beside the configuration
_MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


@dataclass(frozen=True)
class Row:
    """A decision and the line of the file that it stands in, from 1 (0: not in a file yet)."""

    decision: Decision
    line: int


@dataclass(frozen=True)
class Decisions:
    """The decisions of a repository, sorted by id, none twice. `file` is where they stand, for people."""

    rows: tuple[Row, ...] = ()
    file: str = DEFAULT

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __iter__(self) -> Iterator[Decision]:
        return (row.decision for row in self.rows)

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hex of what is decided; the order of the lines does not matter."""
        return hashlib.sha256(to_bytes(self)).hexdigest()

    def where(self, decision: Decision) -> str:
        """Return `file:line` of a decision, for people."""
        line = next((row.line for row in self.rows if row.decision == decision), 0)
        return f"{self.file}:{line}" if line else self.file


NONE = Decisions()


def to_bytes(decisions: Iterable[Decision]) -> bytes:
    """Return the file: lines sorted, none twice."""
    return b"".join(line for _, line in sorted({(decision.id, to_line(decision)) for decision in decisions}))


def read(path: Path) -> Decisions:
    """Read the decisions of a file; a missing one holds none.

    Raises `Errors` (E205, exit 2) with every line that is no decision and every pair that contradicts itself.
    """
    shown = show_path(path.as_posix())
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Decisions((), shown)
    except OSError as err:
        raise _wrong(shown, f"cannot be read ({err.strerror})", "check the path and its permissions") from err
    return parse(raw, shown)


def parse(raw: bytes, shown: str) -> Decisions:
    """Read decisions from the bytes of a file that people know as `shown`. Raises as `read` does."""
    rows: list[Row] = []
    errors: list[CleanerError] = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        if line.startswith(_MARKERS):
            how = "end the merge in this file: keep the lines of both sides, without the markers"
            errors.append(_wrong(f"{shown}:{number}", "a merge has left its markers", how))
            continue
        try:
            rows.append(Row(ADAPTER.validate_json(line), number))
        except ValidationError as err:
            errors.append(_no_decision(err, f"{shown}:{number}"))
    errors += _contradictions(rows, shown)
    if errors:
        raise Errors(tuple(errors))
    first: dict[tuple[object, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row.decision.id, to_line(row.decision), row.line)):
        first.setdefault(row.decision.scope, row)
    return Decisions(tuple(first.values()), shown)


def _contradictions(rows: Iterable[Row], shown: str) -> Iterator[UsageError]:
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        other = seen.setdefault(row.decision.scope, row)
        if other.decision.says != row.decision.says:
            what = (
                f"says {show(row.decision.summary)} of {row.decision.id}, and {shown}:{other.line} says "
                f"{show(other.decision.summary)}"
            )
            yield _wrong(f"{shown}:{row.line}", what, "decide which one holds, and delete the other line")


def _no_decision(err: ValidationError, where: str) -> UsageError:
    first = err.errors()[0]
    if first["type"] == "value_error":
        what, _, how = str(first["ctx"]["error"]).partition("; ")
        return _wrong(where, what, how)
    place = ".".join(str(part) for part in first["loc"])
    what = f"is no decision ({f'{place}: ' if place else ''}{first['msg'][0].lower()}{first['msg'][1:]})"
    return _wrong(where, show(what), "write it with `clean decide`, or delete the line")


def _wrong(where: str, what: str, how: str) -> UsageError:
    return UsageError("E205", where, what, "nothing was written", how)


def update(path: Path, change: Callable[[Decisions], Iterable[Decision]]) -> Decisions:
    """Write what `change` makes of the decisions in `path`: under a lock, whole or not at all, and only if it differs.

    Two reviewers (or two tabs) may do this at once: none of their decisions is lost. Raises as `read` does, ValueError
    from `change`, and OutputError if the file cannot be written.
    """
    with _locked(path):
        before = read(path)
        after = to_bytes(change(before))
        parsed = parse(after, before.file)  # what contradicts itself is refused before it is written
        if not after and not path.exists():
            return parsed
        if not path.exists() or path.read_bytes() != after:
            replace_file(path, after)
        return parsed


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the folder of `path`, which is made if missing: a lock file of its own would have to be git-ignored."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as err:
        raise OutputError(
            "E302", show_path(path.as_posix()), (err.strerror or str(err)).lower(), "no decision was written",
            "change its permissions and run the same command again",
        ) from err  # fmt: skip
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def check_merge(have: Decisions, new: Iterable[Decision], shown: str) -> None:
    """Raise `Errors` (E205) for each decision of `new`, from a file `shown`, that contradicts one that stands."""
    there = {row.decision.scope: row for row in have.rows}
    errors = []
    for decision in new:
        row = there.get(decision.scope)
        if row is not None and row.decision.says != decision.says:
            what = (
                f"says {show(decision.summary)} of {decision.id}, and {have.file}:{row.line} says "
                f"{show(row.decision.summary)}"
            )
            errors.append(_wrong(show(shown), what, "add --replace to take this one, or take the line out"))
    if errors:
        raise Errors(tuple(errors))


def with_decision(before: Iterable[Decision], new: Decision) -> list[Decision]:
    """Return the decisions with `new`, which takes the place of an earlier one on the same thing."""
    return [*(old for old in before if old.scope != new.scope), new]
