"""What a corpus is cut into, the same for every runner and any number of workers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import orjson

from cleaner import files
from cleaner.config import Config
from cleaner.errors import CleanerError, InputError
from cleaner.formats import TABLES, format_of, jsonl, packed, parquet, table_of, warc
from cleaner.formats.rows import Fields, Piece, no_field
from cleaner.pipeline import Book
from cleaner.runners import Job, Runner, Tick, Trial, Value, run_all
from cleaner.show import record_path, show_path

FILES = 256  # files of a part, where documents are files


class Input(NamedTuple):
    """A file of SRC: its name, where it is, what it is, and what it was when the run began."""

    name: str
    path: str
    kind: str
    size: int
    changed: int


class Part(NamedTuple):
    """A task of the cleaning: a piece of a table (`path` is what to read, SRC or its spool), or a few files."""

    number: int
    kind: str
    name: str
    path: str
    piece: Piece
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Setup:
    """What every stage of a run knows; it pickles."""

    config: Config
    book: Book
    src: str
    work: str
    fields: Fields
    out_format: str

    def where(self, name: str) -> str:
        src = Path(self.src)
        return show_path((src / name if src.is_dir() else src).as_posix())

    @property
    def overlaps(self) -> bool:
        return self.config.keys.dedup.mode != "off"


@dataclass(frozen=True)
class Plan:
    """What there is to do. `left` are inputs that cannot be read, with the error; `others` what is not taken at all."""

    inputs: tuple[Input, ...]
    parts: tuple[Part, ...]
    left: tuple[tuple[Input, CleanerError], ...]
    others: tuple[files.Entry, ...]

    @property
    def refused(self) -> tuple[CleanerError, ...]:
        return tuple(entry.error for entry in self.others if entry.error)


def inputs_of(entries: Sequence[files.Entry], in_format: str) -> list[Input]:
    """Return the files that are taken. `in_format` other than "auto" is that of all of them."""
    found = []
    for entry in entries:
        if entry.taken:
            kind = in_format if in_format != "auto" else table_of(entry.name) or format_of(entry.name) or "txt"
            size, changed = -1, -1  # it went away since the walk: `unchanged` says so
            with suppress(OSError):
                state = entry.path.stat()
                size, changed = state.st_size, state.st_mtime_ns
            found.append(Input(entry.name, str(entry.path), kind, size, changed))
    return found


def unchanged(given: Input, where: str) -> None:
    """Raise InputError E131 if a file is not what it was when the run began."""
    try:
        state = Path(given.path).stat()
        same = (state.st_size, state.st_mtime_ns) == (given.size, given.changed)
    except OSError:
        same = False
    if not same:
        raise InputError(
            "E131", where, "it changed or went away during the run", "nothing was written",
            "run the same command again when nothing writes to it",
        )  # fmt: skip


def absent(error: CleanerError) -> CleanerError:
    """Return an error that says that nothing stands in OUT for its input."""
    code, where, what, _, how = error.args
    return type(error)(code, where, what, "left out of OUT and quarantined", how)


def plan(setup: Setup, entries: Sequence[files.Entry], runner: Runner, tick: Tick) -> Plan:
    """Cut the inputs into parts. Tables are cut by the runner, since a compressed one has to be read for it."""
    inputs = inputs_of(entries, setup.config.keys.in_format)
    tables = [given for given in inputs if given.kind in TABLES]
    spool = Path(setup.work, "spool")
    spool.mkdir(parents=True, exist_ok=True)
    job = Job("reading", partial(_cut, setup, str(spool)), str(Path(setup.work, "cut")))
    values = dict(zip(tables, run_all(runner, job, list(enumerate(tables)), tick), strict=True))
    parts: list[Part] = []
    left: list[tuple[Input, CleanerError]] = []
    for kind, group in _grouped(inputs, setup.config.keys.part_size):
        if kind not in TABLES:
            parts.append(Part(len(parts), "files", "", "", Piece(0, 0, 1, len(group), 0), tuple(group)))
            continue
        (given,) = group
        value = values[given]
        if value["error"]:
            error = InputError(*value["error"])
            left.append((given, error if setup.out_format == "mirror" else absent(error)))
            continue
        for piece in value["pieces"]:
            path = str(spool / value["held"]) if value["held"] else given.path
            parts.append(Part(len(parts), kind, given.name, path, Piece(*piece), (given,)))
    others = tuple(entry for entry in entries if not entry.taken)
    return Plan(tuple(inputs), tuple(parts), tuple(left), others)


def _grouped(inputs: Sequence[Input], most: int) -> Iterator[tuple[str, list[Input]]]:
    """Yield each table alone, and files that follow each other together, up to 256 or `most` bytes."""
    group: list[Input] = []
    size = 0
    for given in inputs:
        if group and (given.kind in TABLES or len(group) >= FILES or size + given.size > most):
            yield "files", group
            group, size = [], 0
        if given.kind in TABLES:
            yield given.kind, [given]
        else:
            group.append(given)
            size += given.size
    if group:
        yield "files", group


def _cut(setup: Setup, spool: str, task: tuple[int, Input], _trial: Trial) -> Value:
    number, given = task
    where, path = setup.where(given.name), Path(given.path)
    limit, size = setup.config.keys.max_decompressed, setup.config.keys.part_size
    unchanged(given, where)
    held = Path(spool, f"{number:06}.jsonl") if given.kind == "jsonl" and packed.packing(given.name) else None
    try:
        if given.kind == "jsonl":
            pieces = jsonl.cut(path, where, limit, size, held)
            _first_row(held or path, pieces, setup, where)
        elif given.kind == "parquet":
            pieces = parquet.cut(path, where, setup.fields, size)
        else:
            pieces = warc.cut(path, where)
    except InputError as err:
        if held:
            held.unlink(missing_ok=True)
        return {"error": list(err.args), "pieces": [], "held": ""}
    return {"error": None, "pieces": [list(piece) for piece in pieces], "held": held.name if held else ""}


def _first_row(path: Path, pieces: Sequence[Piece], setup: Setup, where: str) -> None:
    """Raise UsageError E107 if the first row has no text: a wrong name would quarantine every row."""
    for piece in pieces[:1]:
        for chunk in jsonl.chunks(path, piece, setup.fields, setup.config.keys.max_file_size):
            for row in chunk.rows:
                if row.rest is not None:
                    if setup.fields.text not in row.rest:
                        raise no_field(where, setup.fields.text, [str(name) for name in row.rest])
                    return


def identity(setup: Setup, inputs: Sequence[Input], version: str) -> str:
    """Return the digest of all that bears on the parts and their results: another one cannot be gone on with."""
    keys = setup.config.keys
    said = {
        "version": version, "config": setup.config.digest, "fields": list(setup.fields), "out": setup.out_format,
        "in": keys.in_format, "limits": [keys.max_file_size, keys.max_decompressed], "part": [keys.part_size, FILES],
        "packs": [pack.digest for pack in setup.book.packs], "decisions": setup.book.bench.decisions.digest,
        "inputs": [(record_path(given.name), given.kind, given.size, given.changed) for given in inputs],
    }  # fmt: skip
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
