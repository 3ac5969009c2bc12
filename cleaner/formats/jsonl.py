"""JSON Lines, plain or compressed: a document for each line, everything but its text carried through.

A line is parsed by orjson; where that would change something (numbers beyond 64 bits, NaN, lone surrogates) by the
standard library. Lines are cut into pieces by their bytes, so that no file, however large, is held in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from cleaner.formats.packed import blocks
from cleaner.formats.rows import CHUNK_BYTES, CHUNK_ROWS, Chunk, Fault, Fields, Piece, Row

_LARGE = re.compile(rb"[0-9](?:[0-9]{15}|[eE.][0-9])")  # a number that orjson may not give back digit for digit


def cut(path: Path, where: str, limit: int, size: int, spool: Path | None = None) -> list[Piece]:
    """Return pieces of about `size` bytes that end with lines; a compressed file is written to `spool` meanwhile.

    Raises as `packed.blocks` does.
    """
    pieces = []
    at = begun = 0
    line = first = 1
    target = spool.open("wb") if spool else None
    try:
        for block in blocks(path, where, limit):
            if target:
                target.write(block)
            seen = 0
            while (end := block.find(b"\n", max(begun + size - 1 - at, seen)) + 1) > 0:
                line += block.count(b"\n", seen, end)
                pieces.append(Piece(begun, at + end, first, line - first, at + end - begun))
                begun, first, seen = at + end, line, end
            line += block.count(b"\n", seen)
            at += len(block)
    finally:
        if target:
            target.close()
    if at > begun:
        pieces.append(Piece(begun, at, first, line - first + 1, at - begun))
    return pieces


def chunks(path: Path, piece: Piece, fields: Fields, limit: int) -> Iterator[Chunk]:
    """Yield the rows of a piece of plain JSON Lines. A line of more than `limit` bytes is a row with a fault (E120)."""
    with path.open("rb") as file:
        file.seek(piece.start)
        rows: list[Row] = []
        size, number = 0, piece.first - 1
        while file.tell() < piece.stop:
            number += 1
            line = file.readline(limit + 1)
            if len(line) > limit and not line.endswith(b"\n"):
                rows.append(Row(number, None, fault=_too_long(file, limit)))
            elif line.strip():
                rows.append(parse(line.rstrip(b"\r\n"), number, fields))
            size += len(line)
            if len(rows) >= CHUNK_ROWS or size >= CHUNK_BYTES:
                yield Chunk(tuple(rows))
                rows, size = [], 0
        if rows:
            yield Chunk(tuple(rows))


def _too_long(file: BinaryIO, limit: int) -> Fault:
    """Go on to the end of a line, and return the fault of it."""
    length = limit + 1
    while block := file.readline(1 << 20):
        length += len(block)
        if block.endswith(b"\n"):
            break
    return Fault("E120", f"the row has {length} bytes, the limit is {limit}", "raise --max-file-size, or split it")


def parse(line: bytes, number: int, fields: Fields) -> Row:
    """Return the row of a line without its line end."""
    wide = False
    if number == 1:
        line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        found = orjson.loads(line)
        if _LARGE.search(line) and orjson.dumps(found) != _squeezed(line):
            wide, found = True, json.loads(line)
    except ValueError:  # of both; orjson refuses what JSON does not have, the standard library takes a little more
        wide = True
        try:
            found = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError) as err:
            return Row(number, None, raw=line, fault=Fault("E114", f"the row is not JSON ({_brief(err)})", _MEND))
    except RecursionError:
        return Row(number, None, raw=line, fault=Fault("E114", "the row is nested too deeply", _MEND))
    return row_of(found, number, fields, line, wide)


_MEND = "mend the row, or remove it"


def _squeezed(line: bytes) -> bytes:
    """Return a line without blanks outside of strings, if it has none inside either; else itself."""
    return line.replace(b": ", b":").replace(b", ", b",") if b'": ' in line else line


def _brief(err: Exception) -> str:
    if isinstance(err, json.JSONDecodeError):
        return f"{err.msg} at character {err.pos}"
    return "not UTF-8" if isinstance(err, UnicodeDecodeError) else "nested too deeply"


def row_of(found: Any, number: int, fields: Fields, line: bytes, wide: bool) -> Row:
    """Return the row of a parsed line; what has no text keeps its line."""
    if not isinstance(found, dict):
        return Row(number, None, raw=line, fault=Fault("E114", "the row is not an object", _MEND))
    name = found.get(fields.id)
    own = str(name) if isinstance(name, (str, int)) and not isinstance(name, bool) else None
    text = found.get(fields.text)
    if isinstance(text, str):
        return Row(number, text, own, found, wide=wide)
    is_what = f"is {json.dumps(text)[:40]}" if text is None or isinstance(text, (bool, int, float)) else "is no text"
    what = f"its field '{fields.text}' {is_what}" if fields.text in found else f"it has no field '{fields.text}'"
    return Row(number, None, own, found, raw=line, wide=wide, fault=Fault("E114", what, _MEND))


def dump(found: dict[str, Any], wide: bool = False) -> bytes:
    """Return an object as a line."""
    if wide:
        return json.dumps(found, ensure_ascii=not _encodes(found), separators=(",", ":")).encode("utf-8") + b"\n"
    return orjson.dumps(found, option=orjson.OPT_APPEND_NEWLINE)


def _encodes(found: dict[str, Any]) -> bool:
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def line_of(row: Row, text: str | None, field: str) -> bytes:
    """Return the line of a row with `text` in place of its own; None leaves it as it was."""
    if text is None or row.rest is None:
        return dump(row.rest, row.wide) if row.text is not None and row.rest is not None else row.raw + b"\n"
    return dump({**row.rest, field: text}, row.wide)
