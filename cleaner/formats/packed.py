"""Compressed files as streams, with a limit on how much may come out of them.

A bomb of 0.9 MB gives 200 MB, and more of the same: what a file gives is counted while it is read.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cleaner.errors import InputError
from cleaner.formats.rows import damaged, needs

RATIO = 200  # bytes out for a byte in; text has 3 to 10, a log of one repeated line 100
FREE = 64 << 20  # bytes that may come out of any file, whatever the ratio
BLOCK = 1 << 20
WINDOW = 1 << 27  # bytes of the largest zstd window taken: `zstd --long=27`, the program's own limit


def packing(name: str) -> str:
    """Return "gz", "zst" or "" by the suffix of a name."""
    low = name.lower()
    return "gz" if low.endswith(".gz") else "zst" if low.endswith(".zst") else ""


def blocks(path: Path, where: str, limit: int) -> Iterator[bytes]:
    """Yield what a file holds, decompressed by its suffix, in blocks of up to 1 MiB.

    Raises InputError E121 beyond `limit` bytes or 200 for each byte read, E114 if it is damaged or cut off, and
    UsageError E106 without zstandard.
    """
    with path.open("rb") as file:
        kind = packing(path.name)
        stream = file if not kind else gzip.GzipFile(fileobj=file) if kind == "gz" else _zstd(file, where)
        total = 0
        try:
            while block := stream.read(BLOCK):
                total += len(block)
                if kind and (total > limit or total > max(FREE, RATIO * file.tell())):
                    raise bomb(where, total, file.tell(), limit)
                yield block
        except (EOFError, gzip.BadGzipFile, zlib.error) as err:
            raise damaged(where, f"its gzip data is damaged or cut off ({err})") from err
        except InputError:
            raise
        except Exception as err:
            if kind == "zst" and type(err).__name__ == "ZstdError":
                raise damaged(where, f"its zstd data is damaged or cut off ({err})") from err
            raise


def _zstd(file: IO[bytes], where: str) -> Any:
    try:
        import zstandard
    except ImportError as err:
        raise needs("zstandard", "zstd", where) from err
    return _Whole(zstandard.ZstdDecompressor(max_window_size=WINDOW), file)


class _Whole:
    """zstd frames one after the other; unlike zstandard's own reader, a frame that is cut off is an error."""

    def __init__(self, decompressor: Any, file: IO[bytes]) -> None:
        self.new = decompressor.decompressobj
        self.file = file
        self.frame = self.new()
        self.begun = False
        self.left = b""

    def read(self, _size: int) -> bytes:
        while True:
            data = self.left or self.file.read(1 << 14)  # so little that what comes out of it fits into memory
            self.left = b""
            if not data:
                if self.begun and not self.frame.eof:
                    raise EOFError("the last frame does not end")
                return b""
            if self.frame.eof:
                self.frame = self.new()
            self.begun = True
            found: bytes = self.frame.decompress(data)
            self.left = self.frame.unused_data if self.frame.eof else b""
            if found:
                return found


def pack(kind: str) -> Any:
    """Return an object with compress(bytes) and flush() for "gz" or "zst"; the same bytes on every run."""
    if kind == "gz":
        return zlib.compressobj(6, zlib.DEFLATED, 31)  # its header has no time and no name
    import zstandard

    return zstandard.ZstdCompressor(level=3).compressobj()


def bomb(where: str, out: int, read: int, limit: int) -> InputError:
    """Return the error of a file of which `read` bytes give `out`."""
    what = f"{read} bytes of it give more than {out >> 20} MiB; the limits are {limit >> 20} MiB and {RATIO} for 1"
    how = "if it is what it should be, decompress it yourself or raise max_decompressed; else exclude it"
    return InputError("E121", where, what, "copied unchanged and quarantined", how)
