"""A sample of a corpus: a few documents of some of its tables, copied into a small corpus of the same formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner import files
from cleaner.corpus.parts import Input
from cleaner.errors import InputError
from cleaner.formats import TABLES, packed, parquet, warc

PLACES = 3  # tables of a format, or places of the only one, that a sample is taken from
HEAD = 4 << 20  # bytes of a compressed table that are unpacked to see how much comes out of it
LINE = 1 << 20  # bytes of a line that is copied


@dataclass(frozen=True)
class Taken:
    """A sample of all inputs of one format: the folder it is in, and the share (0-1) of them that it is."""

    kind: str
    folder: str
    share: float
    inputs: int
    size: int


def take(inputs: Sequence[Input], folder: Path, documents: int) -> Iterator[Taken]:
    """Copy about `documents` documents of each format into a folder of its own. Raises what reading a table raises."""
    for kind in (*TABLES, "files"):
        mine = [given for given in inputs if given.size and (given.kind if given.kind in TABLES else "files") == kind]
        if not mine:
            continue
        place = folder / kind
        place.mkdir(parents=True)
        if kind == "files":
            share = _files(mine, place, documents)
        else:
            share = _tables(mine, place, documents) / sum(given.size for given in mine)
        yield Taken(kind, str(place), min(share, 1.0), len(mine), sum(given.size for given in mine))


def _spread(found: Sequence[Input], count: int) -> list[Input]:
    """Return up to `count` inputs, from the whole of the list."""
    if len(found) <= count:
        return list(found)
    return [found[i * len(found) // count] for i in range(count)]


def _files(mine: Sequence[Input], place: Path, documents: int) -> float:
    chosen = _spread(mine, documents)
    for number, given in enumerate(chosen):
        files.copy_file(Path(given.path), place / f"{number:06}{Path(given.name).suffix}", given.name)
    return len(chosen) / len(mine)


def _tables(mine: Sequence[Input], place: Path, documents: int) -> float:
    """Copy some documents of some tables, and return how many bytes of them they are.

    A table that cannot be read gives none: the run leaves it out too. If none can be, the first error is raised.
    """
    chosen = _spread(mine, PLACES)
    taken, errors = 0.0, []
    for given in chosen:
        try:
            taken += given.size * _table(given, place, max(documents // len(chosen), 1))
        except InputError as err:
            errors.append(err)
    if len(errors) == len(chosen):
        raise errors[0]
    return taken


def _table(given: Input, place: Path, documents: int) -> float:
    """Copy some documents of a table, and return which share of it they are."""
    path, target = Path(given.path), place / Path(given.name).name
    while target.exists():
        target = target.with_name("x" + target.name)
    if given.kind == "parquet":
        return parquet.head(path, given.name, target, documents)
    if given.kind == "warc":
        return warc.head(path, given.name, target, documents) / given.size
    kind = packed.packing(given.name)
    if kind:
        return _packed(given, target.with_suffix(""), documents)
    return _lines(path, given.size, target, documents)


def _lines(path: Path, size: int, target: Path, documents: int) -> float:
    """Copy lines from some places of a file: near copies stand near each other, so each place gives a stretch."""
    done = 0
    with path.open("rb") as file, target.open("wb") as out:
        for place in range(PLACES):
            file.seek(place * size // PLACES)
            if place:
                file.readline(LINE)
            end = (place + 1) * size // PLACES
            for _ in range(max(documents // PLACES, 1)):
                if file.tell() >= end or not (line := file.readline(LINE)):
                    break
                done += out.write(line)
    return done / size


def _packed(given: Input, target: Path, documents: int) -> float:
    """Copy the first lines of a compressed file; its ratio is that of its head, compressed anew."""
    head = bytearray()
    for block in packed.blocks(Path(given.path), given.name, HEAD * 2):
        head += block
        if len(head) >= HEAD:
            break
    lines = bytes(head).split(b"\n")
    lines = [line + b"\n" for line in (lines if len(head) < HEAD else lines[:-1] or lines)][:documents]
    press = packed.pack(packed.packing(given.name))
    small = len(press.compress(bytes(head)) + press.flush())
    body = b"".join(lines)
    target.write_bytes(body)
    return len(body) * small / max(len(head), 1) / given.size
