"""What the documents of a part are written as, before OUT is assembled: rows of their own table, or of one corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import orjson

from cleaner.corpus.parts import Part, Setup
from cleaner.formats import jsonl, parquet
from cleaner.formats.rows import Chunk, Row
from cleaner.outcome import Outcome
from cleaner.reports.records import EditRecord, FileRecord

Seen = tuple[FileRecord, tuple[EditRecord, ...]]
NOT_THERE = -1  # the size of a document that has no place in OUT
META = ("title", "source", "date", "author", "editor", "location")  # always all of them, so that every row has one type


class Shape(Protocol):
    """Writes chunks; `write` returns for each document its size in the file, -1 if nothing of it stands in OUT."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, chunk: Chunk, outcomes: Sequence[Outcome], seen: Sequence[Seen]) -> list[int]: ...


def shape_of(setup: Setup, part: Part, base: Path) -> Shape:
    """Return what a part is written with."""
    path = base.with_suffix(".rows")
    if setup.out_format != "mirror":
        return _Corpus(path, setup, part)
    if part.kind == "parquet":
        return _Columns(path, setup)
    return _Lines(path, setup, part)


class _File:
    """A file of bytes, document after document."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def put(self, pieces: Sequence[bytes | None]) -> list[int]:
        self.file.write(b"".join(piece for piece in pieces if piece is not None))
        return [NOT_THERE if piece is None else len(piece) for piece in pieces]


class _Lines(_File):
    """A mirror: lines of JSON with their text replaced, records of a WARC as lines, or texts of files."""

    def __init__(self, path: Path, setup: Setup, part: Part) -> None:
        super().__init__(path)
        self.setup, self.part = setup, part

    def write(self, chunk: Chunk, outcomes: Sequence[Outcome], seen: Sequence[Seen]) -> list[int]:
        make = {"files": _text, "warc": _record}.get(self.part.kind, self._line)
        return self.put([make(row, outcome) for row, outcome in zip(chunk.rows, outcomes, strict=True)])

    def _line(self, row: Row, outcome: Outcome) -> bytes | None:
        if row.rest is None and row.raw and row.fault is not None:  # no JSON: it would make the file unreadable
            return row.raw + b"\n" if _loads(row.raw) else None
        if row.rest is None and not row.raw:
            return None  # longer than the limit: nobody has held it
        return jsonl.line_of(row, outcome.text if outcome.cleaned else None, self.setup.fields.text)


def _loads(raw: bytes) -> bool:
    try:
        orjson.loads(raw)
    except ValueError:
        return False
    return True


def _record(row: Row, outcome: Outcome) -> bytes | None:
    if outcome.cleaned is None:
        return None
    return jsonl.dump({"id": row.id, "text": outcome.text, **(row.rest or {})})


def _text(_row: Row, outcome: Outcome) -> bytes | None:
    if outcome.cleaned is not None:
        return outcome.text.encode()
    return b"" if outcome.stands else None  # its bytes are copied from SRC


class _Columns:
    """A mirror of a Parquet file: its record batches with the texts replaced."""

    def __init__(self, path: Path, setup: Setup) -> None:
        self.setup = setup
        self.fragment = parquet.Fragment(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.fragment.close()

    def write(self, chunk: Chunk, outcomes: Sequence[Outcome], seen: Sequence[Seen]) -> list[int]:
        texts = [outcome.text if outcome.cleaned else None for outcome in outcomes]
        self.fragment.batch(parquet.replaced(chunk, self.setup.fields.text, texts))
        return [0] * len(texts)


class _Corpus(_File):
    """Rows {id, text, metadata} of one corpus; `cluster` and `is_keeper` are put in when OUT is assembled.

    What is not known is "", never null: readers infer the type of a field from the first shard, and a field that is
    null in all of it has none (datasets 5.2 then fails at the first shard that has a value).
    """

    def __init__(self, path: Path, setup: Setup, part: Part) -> None:
        super().__init__(path)
        self.setup, self.part = setup, part

    def write(self, chunk: Chunk, outcomes: Sequence[Outcome], seen: Sequence[Seen]) -> list[int]:
        rests: Sequence[dict[str, Any]]
        if self.part.kind == "parquet":
            rests = parquet.rest_of(chunk, self.setup.fields)
        else:
            own = (self.setup.fields.text, self.setup.fields.id)
            rests = [{k: v for k, v in (row.rest or {}).items() if k not in own} for row in chunk.rows]
        return self.put(
            [
                self._row(row, outcome, file, rest)
                for row, outcome, (file, _), rest in zip(chunk.rows, outcomes, seen, rests, strict=True)
            ]
        )

    def _row(self, row: Row, outcome: Outcome, file: FileRecord, rest: dict[str, Any]) -> bytes | None:
        text = outcome.text if outcome.cleaned else row.text
        if text is None and self.part.kind == "files" and outcome.raw is not None:
            text = _utf8(outcome.raw)
        if text is None:
            return None
        meta = {name: file.meta.get(name, "") for name in META}
        carried = _json(rest) if rest else ""
        found = {
            "id": row.id or file.path, "text": text,
            "metadata": {
                "source": file.path, "status": file.status, "code": file.code or "", "script": file.script,
                "encoding": file.encoding, "meta": meta, "edits": sum(file.edits.values()), "pending": file.pending,
                "sha256_in": file.sha256_in, "carried": carried,
            },
        }  # fmt: skip
        return jsonl.dump(found) if _utf8_able(text) else None


def _utf8_able(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _json(rest: dict[str, Any]) -> str:
    """Return the other fields of a row as JSON text: rows with different fields still have one type."""
    try:
        return orjson.dumps(rest).decode()
    except TypeError:  # numbers beyond 64 bits, dates, bytes
        import json

        return json.dumps(rest, ensure_ascii=True, default=str)
