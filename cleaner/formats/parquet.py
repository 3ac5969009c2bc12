"""Parquet: a document for each row, every other column carried through as it is. The only home of pyarrow.

Row groups are the pieces; of one, 256 rows are in memory at a time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from cleaner.errors import InputError
from cleaner.formats.packed import FREE, RATIO, bomb
from cleaner.formats.rows import CHUNK_ROWS, Chunk, Fault, Fields, Piece, Row, damaged, needs, no_field

COMPRESSION = "zstd"
FEW_ROWS = 16  # that are in memory at a time where nothing says how long their strings are


def arrow(where: str) -> Any:
    """Return the module pyarrow with its Parquet part. Raises UsageError E106 if it is not installed."""
    try:
        import pyarrow
        import pyarrow.ipc  # noqa: F401
        import pyarrow.parquet  # noqa: F401 (an attribute of what is returned)
    except ImportError as err:
        raise needs("pyarrow", "parquet", where) from err
    return pyarrow


def _opened(path: Path, where: str, folded: Sequence[str] = ()) -> Any:
    """Open a file; the columns `folded`, by their paths, come as indices into a dictionary of their values."""
    pa = arrow(where)
    try:
        file = pa.parquet.ParquetFile(
            _file(pa, path, "r"), pre_buffer=False, page_checksum_verification=True, read_dictionary=list(folded)
        )
        _ = file.schema_arrow.names  # of a damaged file they may be no UTF-8
        return file
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise damaged(where, f"it is no Parquet file that can be read ({_first(err)})") from err


def _file(pa: Any, path: Path, mode: str) -> Any:
    """Open a file for pyarrow, which takes a path for text or an address, and a name may be no UTF-8."""
    return pa.OSFile(os.fsencode(path), mode)


def _first(err: Exception) -> str:
    from cleaner.show import show

    return show(str(err).split("\n")[0][:120])


def cut(path: Path, where: str, fields: Fields, size: int) -> list[Piece]:
    """Return pieces of whole row groups, about `size` bytes of data each. Raises E106, E107, E114 and E121.

    The file is read to its end, as other tables are, so that what is wrong with it is known before the first row is
    cleaned.
    """
    pa = arrow(where)
    file = _opened(path, where)
    schema = file.schema_arrow
    at = schema.get_field_index(fields.text)
    if at < 0:
        raise no_field(where, fields.text, schema.names)
    if not _is_text(pa, schema.field(at).type):
        what = f"its column '{fields.text}' holds {schema.field(at).type}, not text"
        raise (
            no_field(where, fields.text, schema.names)
            if not what
            else InputError(
                "E114", where, what, "copied unchanged and quarantined", "name the column of text with --text-field"
            )
        )
    _weigh(path, where, file)
    pieces = []
    begun = rows = held = 0
    first = 1
    for group in range(file.num_row_groups):
        meta = file.metadata.row_group(group)
        rows, held = rows + meta.num_rows, held + meta.total_byte_size
        if held >= size or group == file.num_row_groups - 1:
            pieces.append(Piece(begun, group + 1, first, rows, held))
            begun, first, rows, held = group + 1, first + rows, 0, 0
    return pieces


def _weigh(path: Path, where: str, file: Any) -> None:
    """Raise InputError E121 if the values have more than 200 bytes for each of the file's, E114 if it is damaged."""
    pa = arrow(where)
    size = path.stat().st_size
    most, weight, rows, folded = max(FREE, RATIO * size), 0, CHUNK_ROWS, set()
    for group in map(file.metadata.row_group, range(file.num_row_groups)):
        for at, column in ((i, group.column(i)) for i in range(group.num_columns)):
            if column.physical_type != "BYTE_ARRAY":
                weight += column.num_values * (_WIDTHS.get(column.physical_type) or file.schema.column(at).length)
            elif "DELTA_BYTE_ARRAY" in column.encodings:
                rows = 1  # each value may be the last one and more
            elif any("DICTIONARY" in name for name in column.encodings):
                folded.add(column.path_in_schema)
            if max(weight, column.total_uncompressed_size) > most:
                raise bomb(where, weight, size, most)
    try:
        for group in range(file.num_row_groups if folded else 0):
            rows = min(rows, _rows_in_memory(pa, _opened(path, where, sorted(folded)), group))
        for batch in file.iter_batches(batch_size=rows):
            weight += sum(leaf.nbytes for column in batch.columns for leaf in _strings(pa, column))
            if weight > most:
                raise bomb(where, weight, size, most)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise damaged(where, f"its rows cannot be read to the end ({_first(err)})") from err


# Bytes of a value; those of strings are counted as they are read.
_WIDTHS = {"BOOLEAN": 1, "INT32": 4, "INT64": 8, "INT96": 12, "FLOAT": 4, "DOUBLE": 8}


def _rows_in_memory(pa: Any, file: Any, group: int) -> int:
    """Return how many rows of a group may be held at a time: a value that stands in it once may be that of each row.

    The first row, with its strings as indices into their dictionary, says how long the longest of them is.
    """
    import pyarrow.compute as compute

    rows = CHUNK_ROWS
    for batch in file.iter_batches(batch_size=1, row_groups=[group]):
        for leaf in (leaf for column in batch.columns for leaf in _strings(pa, column)):
            if pa.types.is_dictionary(leaf.type):
                longest = compute.max(compute.binary_length(leaf.dictionary)).as_py()
                rows = min(rows, FEW_ROWS if longest is None else max(1, FREE // max(1, longest)))
        break
    return rows


def _strings(pa: Any, column: Any) -> Iterator[Any]:
    """Yield the arrays of strings in a column, or of indices into a dictionary of strings, without those of others."""
    kind, types = column.type, pa.types
    if _binary(pa, kind) or (types.is_dictionary(kind) and _binary(pa, kind.value_type)):
        yield column
    elif types.is_struct(kind):
        for i in range(kind.num_fields):
            yield from _strings(pa, column.field(i))
    elif types.is_list(kind) or types.is_large_list(kind) or types.is_map(kind):
        start, stop = (column.offsets[at].as_py() for at in (0, -1))  # of the batch: the values may be those of several
        for inner in [column.keys, column.items] if types.is_map(kind) else [column.values]:
            yield from _strings(pa, inner.slice(start, stop - start))


def _binary(pa: Any, kind: Any) -> bool:
    types = pa.types
    return any(
        is_it(kind) for is_it in (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    )


def head(path: Path, where: str, target: Path, rows: int) -> float:
    """Copy the first rows of a file into another, and return which share of all rows they are. Raises E106, E114."""
    pa, file = arrow(where), _opened(path, where)
    total, left = file.metadata.num_rows, rows
    with target.open("wb") as out, Writer(out, file.schema_arrow) as writer:
        for batch in file.iter_batches(batch_size=CHUNK_ROWS):
            writer.table(pa.Table.from_batches([batch[:left]]))
            left -= min(len(batch), left)
            if not left:
                break
    return (rows - left) / total if total else 1.0


def _is_text(pa: Any, kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(is_it(kind) for is_it in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def chunks(path: Path, piece: Piece, fields: Fields, where: str) -> Iterator[Chunk]:
    """Yield the rows of some row groups, with the record batches they stand in. Raises InputError E114."""
    pa = arrow(where)
    file = _opened(path, where)
    number = piece.first
    ids = fields.id in file.schema_arrow.names
    try:
        groups = list(range(piece.start, piece.stop))
        for batch in file.iter_batches(batch_size=CHUNK_ROWS, row_groups=groups):
            texts = batch.column(fields.text).to_pylist()
            own = batch.column(fields.id).to_pylist() if ids else [None] * len(texts)
            yield Chunk(tuple(_row(number + i, *pair) for i, pair in enumerate(zip(texts, own, strict=True))), batch)
            number += len(texts)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as err:
        raise damaged(where, f"its rows from {number} on cannot be read ({_first(err)})") from err


def _row(number: int, text: str | None, own: Any) -> Row:
    name = str(own) if isinstance(own, (str, int)) else None
    if text is None:
        return Row(number, None, name, fault=Fault("E114", "its text is null", "remove the row, or exclude the file"))
    return Row(number, text, name)


def rest_of(chunk: Chunk, fields: Fields) -> list[dict[str, Any]]:
    """Return what else the rows of a chunk hold, as plain values."""
    names = [name for name in chunk.body.schema.names if name not in (fields.text, fields.id)]
    found: list[dict[str, Any]] = chunk.body.select(names).to_pylist()
    return found


class Writer:
    """Writes a Parquet file, a row group for each table: `with Writer(path or stream, schema) as out: out.table(t)`"""

    def __init__(self, target: Any, schema: Any) -> None:
        self._writer = arrow("").parquet.ParquetWriter(target, schema, compression=COMPRESSION)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def table(self, table: Any) -> None:
        self._writer.write_table(table)


class Fragment:
    """Record batches of one part, in Arrow's own format, until they are assembled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Any = None
        self._writer: Any = None

    def batch(self, batch: Any) -> None:
        if self._writer is None:
            pa = arrow("")
            self._file = _file(pa, self.path, "w")
            self._writer = pa.ipc.new_file(self._file, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._file.close()


def fragment(path: Path) -> Any:
    """Return the table that a `Fragment` wrote."""
    pa = arrow("")
    with _file(pa, path, "r") as file:
        return pa.ipc.open_file(file).read_all()


def replaced(chunk: Chunk, field: str, texts: Sequence[str | None]) -> Any:
    """Return the record batch of a chunk with other texts; where one is None the row keeps its own."""
    pa = arrow("")
    batch = chunk.body
    at = batch.schema.get_field_index(field)
    kind = batch.schema.field(at).type
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    new = [row.text if text is None else text for row, text in zip(chunk.rows, texts, strict=True)]
    column = pa.array(new, type=plain)
    if pa.types.is_dictionary(kind):
        column = column.dictionary_encode().cast(kind)
    return batch.set_column(at, batch.schema.field(at), column)
