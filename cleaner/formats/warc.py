"""WARC: a document for each record that holds a page or a plain text. The only home of fastwarc.

Responses with status 200, resources, and conversions (WET) of HTML or plain text are taken; other records are none of
ours and are counted only. The number of a row is the place of its record among all records of the file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaner.formats.rows import CHUNK_BYTES, Chunk, Fault, Piece, Row, damaged, needs
from cleaner.show import show

_GZIP = b"\x1f\x8b"
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8}) [\ \t]* (?:;[^\r\n]*)? \r\n", re.VERBOSE)  # its size, and extensions
RECORDS = 256  # records of a piece: some five seconds of extraction
PAGES = ("text/html", "application/xhtml+xml")


def _package(where: str) -> Any:
    try:
        import fastwarc.warc
    except ImportError as err:
        raise needs("fastwarc", "warc", where) from err
    return fastwarc


def _records(path: Path, where: str, start: int = 0, http: bool = False) -> Iterator[Any]:
    fastwarc = _package(where)
    file = path.open("rb")
    with file:
        file.seek(start)
        try:
            yield from fastwarc.warc.ArchiveIterator(file, parse_http=http)
        except (OSError, EOFError, ValueError) as err:
            raise damaged(where, f"its records cannot be read to the end ({show(str(err)[:120])})") from err


def cut(path: Path, where: str) -> list[Piece]:
    """Return pieces of 256 records, by the places in the file where the first of each begins. Raises E106, E114."""
    starts = []
    count = 0
    for record in _records(path, where):
        if count % RECORDS == 0:
            starts.append(int(record.stream_pos))
        count += 1
    size = path.stat().st_size
    if size and not count:
        raise damaged(where, "it has no WARC record")
    if not starts:  # an empty file
        return []
    ends = [*starts[1:], size]
    return [
        Piece(start, end, 1 + i * RECORDS, min(RECORDS, count - i * RECORDS), end - start)
        for i, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def head(path: Path, where: str, target: Path, records: int) -> int:
    """Copy the first records of a file into another one, and return their bytes there. Raises E106, E114."""
    end = path.stat().st_size
    for count, record in enumerate(_records(path, where)):
        if count == records:
            end = int(record.stream_pos)
            break
    with path.open("rb") as file, target.open("wb") as out:
        return out.write(file.read(end))


def chunks(path: Path, piece: Piece, where: str, limit: int) -> Iterator[Chunk]:
    """Yield the rows of the records of a piece. A page of more than `limit` bytes has a fault (E120)."""
    rows: list[Row] = []
    size = 0
    for i, record in enumerate(_records(path, where, piece.start, http=True)):
        if i >= piece.rows:
            break
        row = _row(record, piece.first + i, limit)
        if row is not None:
            rows.append(row)
            size += len(row.page or b"") + len(row.text or "")
        if size >= CHUNK_BYTES:
            yield Chunk(tuple(rows))
            rows, size = [], 0
    if rows:
        yield Chunk(tuple(rows))


def _row(record: Any, number: int, limit: int) -> Row | None:
    """Return the row of a record, None if it holds neither a page nor a text."""
    kind = (record.headers.get("WARC-Type") or "").lower()
    if kind == "response" and record.http_headers is not None:
        if record.http_headers.status_code != 200:
            return None
        content = (record.http_content_type or "").lower()
        encoding = (record.http_headers.get("Content-Encoding") or "").lower()
        chunked = (record.http_headers.get("Transfer-Encoding") or "").strip().lower() == "chunked"
    elif kind in ("resource", "conversion"):
        content, encoding = (record.headers.get("Content-Type") or "").split(";")[0].strip().lower(), ""
        chunked = False
    else:
        return None
    if content not in (*PAGES, "text/plain"):
        return None
    body: bytes | None = record.reader.read(limit + 1)
    if chunked and body is not None and len(body) <= limit:
        body = _joined(body)
    if encoding in ("gzip", "deflate", "x-gzip") and body is not None and len(body) <= limit:
        body = _decoded(body, limit)
    rest = {"url": record.headers.get("WARC-Target-URI"), "date": record.headers.get("WARC-Date")}
    name = record.record_id
    if body is None:
        return Row(
            number, None, name, rest, fault=Fault("E114", "its content is not as encoded as it says", "exclude it")
        )
    if len(body) > limit:
        what = f"the record has more than {limit} bytes"
        return Row(number, None, name, rest, fault=Fault("E120", what, "raise --max-file-size"))
    if content == "text/plain":
        return Row(number, None, name, rest, raw=body)
    return Row(number, None, name, rest, page=body)


def _decoded(body: bytes, limit: int) -> bytes | None:
    """Return a body without its content encoding, at most one byte over `limit`; None if it is damaged or cut off."""
    for bits in (47, -15):  # gzip or zlib by its head, else a raw stream, which some servers call deflate
        found, rest = b"", body
        try:
            while rest and len(found) <= limit:
                stream = zlib.decompressobj(bits)
                found += stream.decompress(rest, limit + 1 - len(found))
                if not stream.eof and len(found) <= limit:
                    return None
                rest = stream.unused_data if stream.unused_data.startswith(_GZIP) else b""  # a member more, or padding
            return found
        except zlib.error:
            continue
    return None


def _joined(body: bytes) -> bytes | None:
    """Return a body without its chunks (RFC 9112, 7.1), None if it is cut off.

    Some crawlers join the chunks and keep the header: what does not begin with the size of a chunk is the body.
    """
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        count = int(size[1], 16)
        if not count:
            return b"".join(parts)
        at = size.end() + count + 2
        if at > len(body):
            return None
        parts.append(body[size.end() : at - 2])
    return None if parts else body
