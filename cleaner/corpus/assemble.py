"""OUT from what the parts left: each input under its own name, or one corpus in shards; files whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from cleaner import files
from cleaner.corpus.groups import Groups
from cleaner.corpus.names import Names, between, docs
from cleaner.corpus.parts import Input, Part, Plan, Setup, unchanged
from cleaner.errors import InputError
from cleaner.formats import packed, parquet, table_name
from cleaner.runners import Trial, Value
from cleaner.show import record_path

SHARD = "corpus"


class Target(NamedTuple):
    """A file of OUT (or, of a part of files, several): the parts that it is made of, or the file to copy."""

    name: str
    kind: str
    parts: tuple[int, ...]
    copy: Input | None = None


@dataclass(frozen=True)
class Assembly:
    """What the last stage knows; it pickles."""

    setup: Setup
    out: str
    names: Names
    groups: Groups
    drop: bool

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.names.parts


def targets_of(plan: Plan, out_format: str, sizes: Sequence[int], shard_size: int) -> list[Target]:
    """Return what OUT is made of. A shard is whole parts, the first that together have `shard_size` bytes of rows."""
    if out_format != "mirror":
        return _shards(out_format, sizes, shard_size)
    by_name: dict[str, list[Part]] = {}
    for part in plan.parts:
        by_name.setdefault(part.name or f"\0{part.number}", []).append(part)
    found = [
        Target(table_name(name), parts[0].kind, tuple(part.number for part in parts))
        for name, parts in by_name.items()
    ]  # fmt: skip
    done = {part.name for part in plan.parts} | {given.name for part in plan.parts for given in part.inputs}
    left = {given.name for given, _ in plan.left}
    empty = [given for given in plan.inputs if given.name not in done]
    return found + [
        Target(given.name if given.name in left else table_name(given.name), "copy", (), given) for given in empty
    ]


def _shards(kind: str, sizes: Sequence[int], shard_size: int) -> list[Target]:
    groups: list[list[int]] = []
    held = shard_size
    for number, size in enumerate(sizes):
        if held >= shard_size:
            groups.append([])
            held = 0
        groups[-1].append(number)
        held += size
    count = len(groups)
    return [Target(f"{SHARD}-{i:05}-of-{count:05}.{kind}", kind, tuple(group)) for i, group in enumerate(groups)]


def assemble(work: Assembly, target: Target, _trial: Trial) -> Value:
    """Write one target. The value names what was written, as records do."""
    out = Path(work.out)
    if target.kind == "files":
        errors: list[list[str]] = []
        names = [*map(record_path, _texts(work, target.parts[0], out, errors))]
        return {"written": names, "bytes": 0, "errors": errors}
    place = files.place(out, target.name)
    if target.copy is not None:
        where = work.setup.where(target.copy.name)
        unchanged(target.copy, where)
        files.copy_file(Path(target.copy.path), place, where)
    elif work.setup.out_format == "mirror" and target.kind == "parquet":
        _columns(work, target, place)
    elif work.setup.out_format == "parquet":
        _table(work, target, place)
    else:
        _lines(work, target, place)
    return {"written": [record_path(target.name)], "bytes": place.stat().st_size, "errors": []}


def _base(work: Assembly, number: int) -> Path:
    return Path(work.names.folder, f"{number:06}")


def _pieces(work: Assembly, number: int) -> Iterator[tuple[int, bytes]]:
    """Yield (place in the part, bytes) of the documents of a part that stand in OUT."""
    gone = _dropped(work, number)
    with _base(work, number).with_suffix(".rows").open("rb") as file:
        for at, size in enumerate(docs(work.names.folder, number)["size"].tolist()):
            if size < 0:
                continue
            piece = file.read(size)
            if at not in gone:
                yield at, piece


def _dropped(work: Assembly, number: int) -> frozenset[int]:
    """Return the places in a part of the documents that are copies of another that is kept, if they are to go."""
    if not work.drop or not work.groups.labels:
        return frozenset()
    low, high = work.names.span(number)
    return frozenset((between(work.groups.labels, "u", low, high)["u"] - low).tolist())


def _lines(work: Assembly, target: Target, place: Path) -> None:
    kind = packed.packing(target.name)
    press = packed.pack(kind) if kind else None
    with files.fresh(place) as out:
        for number in target.parts:
            if work.setup.out_format == "mirror":
                body = b"".join(piece for _, piece in _pieces(work, number))
            else:
                body = b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _rows(work, number))
            out.write(press.compress(body) if press else body)
        if press:
            out.write(press.flush())


def _rows(work: Assembly, number: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of a part with the group that each belongs to."""
    low, high = work.names.span(number)
    kept: dict[int, int] = {}
    if work.groups.labels:
        for source, own in ((work.groups.keepers, "v"), (work.groups.labels, "u")):
            rows = between(source, own, low, high)
            kept.update(zip((rows[own] - low).tolist(), rows["v"].tolist(), strict=True))
    for at, piece in _pieces(work, number):
        row: dict[str, Any] = orjson.loads(piece)
        label = kept.get(at)
        row["metadata"]["cluster"] = "" if label is None else work.names(label)
        row["metadata"]["is_keeper"] = label is None or label == low + at
        yield row


def _schema(pa: Any) -> Any:
    from cleaner.corpus.shape import META

    text, number = pa.string(), pa.int64()
    metadata = [
        ("source", text), ("status", text), ("code", text), ("script", text), ("encoding", text),
        ("meta", pa.struct([(name, text) for name in META])), ("edits", number), ("pending", number),
        ("sha256_in", text), ("carried", text), ("cluster", text), ("is_keeper", pa.bool_()),
    ]  # fmt: skip
    return pa.schema([("id", text), ("text", text), ("metadata", pa.struct(metadata))])


def _table(work: Assembly, target: Target, place: Path) -> None:
    pa = parquet.arrow(target.name)
    schema = _schema(pa)
    with files.fresh(place) as out, parquet.Writer(out, schema) as writer:
        for number in target.parts:
            writer.table(pa.Table.from_pylist(list(_rows(work, number)), schema=schema))


def _columns(work: Assembly, target: Target, place: Path) -> None:
    first = parquet.fragment(_base(work, target.parts[0]).with_suffix(".rows"))
    with files.fresh(place) as out, parquet.Writer(out, first.schema) as writer:
        for number in target.parts:
            table = parquet.fragment(_base(work, number).with_suffix(".rows"))
            gone = _dropped(work, number)
            writer.table(table.filter(np.array([at not in gone for at in range(len(table))])) if gone else table)


def _texts(work: Assembly, number: int, out: Path, errors: list[list[str]]) -> Iterator[str]:
    """Write the files of a part, and yield their names; `errors` gets those whose place is not inside OUT."""
    part = work.parts[number]
    done = []
    for at, piece in _pieces(work, number):
        given = part.inputs[at]
        cleaned = docs(work.names.folder, number)["text"][at] or piece
        name = table_name(given.name) if cleaned else given.name
        try:
            place = files.place(out, name)
        except InputError as err:
            errors.append([str(arg) for arg in err.args])
            continue
        if cleaned or not given.size:
            files.replace_file(place, piece)
        else:
            where = work.setup.where(given.name)
            unchanged(given, where)
            files.copy_file(Path(given.path), place, where)
        done.append(place)
        yield name
    files.sync(done, root=out)
