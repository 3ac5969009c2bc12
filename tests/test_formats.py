from __future__ import annotations

import gzip
import json
import zlib

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import files
from cleaner.errors import InputError, UsageError
from cleaner.formats import jsonl, packed, parquet, table_name, table_of
from cleaner.formats.rows import Fields, Piece
from tests.corpora import HOSTILE, clean_into, lines, settings, texts, tree
from tests.test_cli import clean

FIELDS = Fields()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def rows_of(path, piece, limit=1 << 20):
    return [row for chunk in jsonl.chunks(path, piece, FIELDS, limit) for row in chunk.rows]


@pytest.mark.parametrize(
    ("name", "kind", "target"),
    [
        ("a.jsonl", "jsonl", "a.jsonl"), ("b/A.JSONL.GZ", "jsonl", "b/A.JSONL.GZ"),
        ("a.parquet", "parquet", "a.parquet"), ("x.warc.gz", "warc", "x.jsonl"), ("page.html", None, "page.txt"),
        ("a.txt", None, "a.txt"), ("jsonl", None, "jsonl"),
    ],
)  # fmt: skip
def test_tables_are_known_by_their_suffix_and_keep_their_name(name, kind, target):
    assert (table_of(name), table_name(name)) == (kind, target)


@given(rest=st.dictionaries(st.text(), JSON, max_size=4), text=st.text(), ascii=st.booleans())
def test_everything_but_the_text_goes_through_a_row_unchanged(rest, text, ascii):
    """Whatever a line holds, replacing its text changes its text alone, digit for digit."""
    found = {**rest, "text": text}
    row = jsonl.parse(json.dumps(found, ensure_ascii=ascii).encode("utf-8", "surrogatepass"), 1, FIELDS)
    if row.fault:  # only a lone surrogate outside of ASCII is no JSON text
        assert not ascii
        return
    assert row.text == text
    line = jsonl.line_of(row, "新", "text")
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert json.loads(line) == {**found, "text": "新"}
    assert json.loads(jsonl.line_of(row, None, "text")) == found


@given(
    raw=st.lists(st.binary(max_size=30).map(lambda b: b.replace(b"\n", b" ")), max_size=40), size=st.integers(1, 200)
)
def test_pieces_cover_a_file_and_end_with_lines(raw, size, tmp_path_factory):
    path = tmp_path_factory.mktemp("cut") / "a.jsonl"
    path.write_bytes(b"\n".join(raw))
    pieces = jsonl.cut(path, "a", 1 << 30, size)
    whole = path.read_bytes()
    assert b"".join(whole[piece.start : piece.stop] for piece in pieces) == whole
    for piece in pieces:
        assert piece.first == whole.count(b"\n", 0, piece.start) + 1
        assert piece.start == 0 or whole[piece.start - 1 : piece.start] == b"\n"


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufeff")))
def test_the_text_of_a_row_is_never_taken_for_another_encoding(text):
    source = files.decode(text.encode(), "a", certain=True)
    assert source.text == text.replace("\r\n", "\n").replace("\r", "\n") and source.encode() == text.encode()


def test_a_line_over_the_limit_is_one_bad_row_and_the_next_one_is_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"' + b"x" * 3_000_000 + b'"}\n{"text":"b"}\n')
    first, second = rows_of(path, Piece(0, path.stat().st_size, 1, 2, 0), 1 << 20)
    assert first.fault.code == "E120" and second.text == "b" and second.number == 2


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_bomb_is_stopped_before_it_fills_anything(tmp_path, suffix):
    path = tmp_path / f"a.jsonl.{suffix}"
    with path.open("wb") as file:
        press = packed.pack(suffix)
        for _ in range(200):
            file.write(press.compress(b"0" * (1 << 20)))
        file.write(press.flush())
    total = 0
    with pytest.raises(InputError, match="E121"):
        for block in packed.blocks(path, "a", 4 << 30):
            total += len(block)
    assert total <= (64 << 20) + (32 << 20)
    with pytest.raises(InputError, match="E121"):
        list(packed.blocks(path, "a", 1000))


@pytest.mark.parametrize("form", ["text", "other column", "list", "map", "struct", "numbers", "prefixes"])
def test_a_parquet_file_that_gives_too_much_is_named_and_copied(tmp_path, book, form):
    """Of 6 kB, which hold one value of 60 MB for 200 rows, there came 12 GB: the run ended for want of memory."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    big, rows = "好" * 1_000_000, 30
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows), pa.array([big])).cast(pa.string())
    ones = pa.array(range(rows + 1), pa.int32())
    forms = {
        "other column": column, "list": pa.ListArray.from_arrays(ones, column), "prefixes": column,
        "map": pa.MapArray.from_arrays(ones, column, column), "struct": pa.StructArray.from_arrays([column], ["x"]),
        "numbers": pa.ListArray.from_arrays(pa.array([0] * rows + [9_000_000]), pa.array(np.zeros(9_000_000, int))),
    }  # fmt: skip
    table = pa.table({"text": column} if form == "text" else {"text": ["好。"] * rows, "x": forms[form]})
    src = tmp_path / "src"
    src.mkdir()
    other = {"use_dictionary": False, "column_encoding": {"text": "PLAIN", "x": "DELTA_BYTE_ARRAY"}}
    pq.write_table(table, src / "a.parquet", compression="zstd", **(other if form == "prefixes" else {}))
    (src / "b.jsonl").write_bytes('{"text": "一行。"}\n'.encode())
    done = clean_into(src, tmp_path / "out", settings(), book)
    assert done.codes == {"E121": 1} and (tmp_path / "out/b.jsonl").is_file()
    assert (tmp_path / "out/a.parquet").read_bytes() == (src / "a.parquet").read_bytes()


def test_strings_of_parquet_are_counted_as_often_as_they_stand_there(tmp_path):
    """Also in lists and maps, whose batches may share the values of all rows: else good files would be called bombs."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    words = pa.array(["ab", None, "cdef", "ab"] * 300)
    ones = pa.array(range(1201), pa.int32())
    lists, maps = pa.ListArray.from_arrays(ones, words), pa.MapArray.from_arrays(ones, words.fill_null("k"), words)
    table = pa.table({"a": words, "b": lists, "c": maps, "d": pa.StructArray.from_arrays([words, lists], ["x", "y"])})
    pq.write_table(table, tmp_path / "a.parquet")
    batches = list(pq.ParquetFile(tmp_path / "a.parquet").iter_batches(batch_size=256))
    counts = [sum(a.nbytes for batch in batches for a in parquet._strings(pa, batch.column(i))) for i in range(4)]
    plain = sum(len(word or "") for word in words.to_pylist())
    more = 4 * 1200 + 200 + 8 * len(batches)  # offsets, and which are null
    for count, least in zip(counts, (plain, plain, 2 * plain + 300, 2 * plain), strict=True):
        assert least < count <= least + 2 * more


def test_a_parquet_file_that_is_damaged_in_its_middle_costs_no_other_file(tmp_path, book):
    """Its rows were not read before they were cleaned: the run ended there, and nothing was written."""
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    src = tmp_path / "src"
    src.mkdir()
    table = pa.table({"text": texts(300)})
    pq.write_table(table, src / "a.parquet", row_group_size=50, compression="zstd")
    pq.write_table(table, src / "c.parquet", compression="none", use_dictionary=False, write_page_checksum=True)
    for name in ("a.parquet", "c.parquet"):
        raw = bytearray((src / name).read_bytes())
        half = len(raw) // 2
        raw[half : half + 40] = bytes(b ^ 1 for b in raw[half : half + 40])
        (src / name).write_bytes(raw)
    (src / "b.jsonl").write_bytes('{"text": "一行。"}\n'.encode())
    done = clean_into(src, tmp_path / "out", settings(), book)
    assert done.codes == {"E114": 2} and (tmp_path / "out/b.jsonl").is_file()
    for name in ("a.parquet", "c.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (src / name).read_bytes()


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_file_that_is_cut_off_is_named_and_one_of_several_frames_is_whole(tmp_path, suffix):
    press = packed.pack(suffix)
    raw = press.compress(lines(200)) + press.flush()
    path = tmp_path / f"a.jsonl.{suffix}"
    path.write_bytes(raw + raw)
    assert b"".join(packed.blocks(path, "a", 1 << 30)) == lines(200) * 2
    path.write_bytes(raw[: len(raw) - 20])
    with pytest.raises(InputError, match="E114"):
        list(packed.blocks(path, "a", 1 << 30))


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_a_mirror_of_json_lines_changes_texts_and_nothing_else(tmp_path, book, suffix):
    """Hostile rows keep their place or are named as left out; good ones carry everything but their text."""
    raw, src = lines(80), tmp_path / f"a.jsonl{suffix}"
    press = packed.pack(suffix[1:]) if suffix else None
    src.write_bytes(press.compress(raw) + press.flush() if press else raw)
    done = clean_into(src, tmp_path / "out", settings(part_size=4000), book)
    assert done.exit == 3 and done.totals["documents"] == 80 + len(HOSTILE) - 1  # a blank line is no document
    before = [line for line in raw.split(b"\n") if line.strip()]
    after = b"".join(packed.blocks(tmp_path / "out" / src.name, "a", 1 << 30)).split(b"\n")[:-1]
    refused = [b"not json at all", b'{"id": "latin", "text": "\xff\xfe"}', HOSTILE[10]]
    before = [line for line in before if line not in refused]
    assert len(before) == len(after)
    for old, new in zip(map(json.loads, before), map(json.loads, after), strict=True):
        if isinstance(old, dict) and isinstance(old.get("text"), str):
            assert list(old) == list(new)
            old["text"] = new["text"] = ""
        assert repr(old) == repr(new)  # repr: NaN is not equal to itself


def test_a_clean_row_has_the_text_that_a_file_would_have(tmp_path, book):
    """A document is cleaned in the same way whatever it comes in as."""
    many = texts(30)
    (tmp_path / "folder").mkdir()
    for i, text in enumerate(many):
        (tmp_path / "folder" / f"{i:03}.txt").write_bytes(text.encode())
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(orjson.dumps({"text": text}) for text in many))
    rows = settings(out_format="jsonl")
    clean_into(tmp_path / "folder", tmp_path / "one", rows, book)
    clean_into(tmp_path / "a.jsonl", tmp_path / "two", rows, book)
    shards = [tmp_path / out / "corpus-00000-of-00001.jsonl" for out in ("one", "two")]
    one, two = ([orjson.loads(line)["text"] for line in shard.read_bytes().splitlines()] for shard in shards)
    assert one == two and one != many


def test_parquet_keeps_every_column_type_and_row(tmp_path, book):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    many: list[str | None] = [*texts(600), None, ""]
    count = len(many)
    table = pa.table(
        {
            "when": pa.array(range(count), pa.timestamp("us", "Asia/Shanghai")),
            "id": pa.array(range(count), pa.int32()),
            "text": pa.array(many, pa.large_string()), "tags": pa.array([["a", None]] * count),
            "raw": pa.array([b"\xff"] * count, pa.binary()),
        }
    )  # fmt: skip
    src, out = tmp_path / "a.parquet", tmp_path / "out"
    pq.write_table(table, src, row_group_size=150)
    done = clean_into(src, out, settings(part_size=1), book)
    found = pq.read_table(out / "a.parquet")
    assert found.schema == table.schema and found.drop(["text"]) == table.drop(["text"])
    new = found["text"].to_pylist()
    assert new[-2] is None and done.codes == {"E114": 1} and new != many
    assert pq.ParquetFile(out / "a.parquet").num_row_groups == 5


def test_shards_hold_every_document_once_in_order(tmp_path, book):
    pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    (tmp_path / "a.jsonl").write_bytes(lines(200))
    for kind in ("jsonl", "parquet"):
        config = settings(part_size=5000, out_format=kind, shard_size=20_000)
        clean_into(tmp_path / "a.jsonl", tmp_path / kind, config, book)
    shards = sorted((tmp_path / "jsonl").glob("corpus-*.jsonl"))
    assert len(shards) > 2 and shards[-1].name.endswith(f"-of-{len(shards):05}.jsonl")
    rows = [orjson.loads(line) for shard in shards for line in shard.read_bytes().splitlines()]
    tables = sorted((tmp_path / "parquet").glob("*.parquet"))
    same = [row for shard in tables for row in pq.read_table(shard).to_pylist()]
    assert rows == same
    good = [row for row in rows if row["id"].startswith("d") and row["id"][1:].isdigit()]
    assert [row["id"] for row in good] == [f"d{i}" for i in range(200)]
    assert orjson.loads(good[7]["metadata"]["carried"]) == {"n": 7, "tag": {"a": [1, None]}}
    groups = [orjson.loads(line) for line in (tmp_path / "jsonl/__report__/duplicates.jsonl").read_bytes().splitlines()]
    named = {member: group["keep"] for group in groups for member in group["members"]}
    assert groups and {row["metadata"]["source"]: row["metadata"]["cluster"] for row in rows} == {
        row["metadata"]["source"]: named.get(row["metadata"]["source"], "") for row in rows
    }
    assert all(row["metadata"]["is_keeper"] == (named.get(s := row["metadata"]["source"], s) == s) for row in rows)


def test_drop_keeps_one_of_each_group_in_every_format(tmp_path, book):
    pq = pytest.importorskip("pyarrow.parquet")
    import pyarrow as pa

    many = texts(120)
    src = tmp_path / "src"
    (src / "folder").mkdir(parents=True)
    for i, text in enumerate(many[:40]):
        (src / "folder" / f"{i:03}.txt").write_bytes(text.encode())
    (src / "a.jsonl").write_bytes(b"\n".join(orjson.dumps({"text": text}) for text in many[:80]))
    pq.write_table(pa.table({"text": many}), src / "b.parquet")
    done = clean_into(src, tmp_path / "out", settings(dedup={"mode": "drop"}, part_size=3000), book)
    report = tmp_path / "out/__report__/duplicates.jsonl"
    groups = [orjson.loads(line) for line in report.read_bytes().splitlines()]
    gone = {member for group in groups for member in group["members"]} - {group["keep"] for group in groups}
    rows = pq.read_table(tmp_path / "out/b.parquet").num_rows
    lines_left = (tmp_path / "out/a.jsonl").read_bytes().count(b"\n")
    left = len(list((tmp_path / "out/folder").glob("*.txt")))
    assert done.totals["dropped"] == len(gone) == 240 - rows - lines_left - left > 0
    assert sum(name.startswith("b.parquet#") for name in gone) == 120 - rows
    assert sum(name.startswith("folder/") for name in gone) == 40 - left


def test_the_wrong_name_of_the_text_field_is_said_before_anything_is_written(tmp_path, book):
    (tmp_path / "a.jsonl").write_bytes(b'{"content": "x\\n", "title": "y"}\n')
    with pytest.raises(UsageError, match=r"has no|have no field 'text' .*content, title.*--text-field.*E107"):
        clean_into(tmp_path / "a.jsonl", tmp_path / "out", settings(), book)
    assert not [name for name in tree(tmp_path / "out") if not name.startswith(".")]
    clean_into(tmp_path / "a.jsonl", tmp_path / "out", settings(text_field="content", id_field="title"), book)
    assert (tmp_path / "out/a.jsonl").read_bytes() == b'{"content":"x\\n","title":"y"}\n'


def test_a_table_that_cannot_be_read_is_copied_and_the_others_go_on(tmp_path, book):
    src = tmp_path / "src"
    src.mkdir()
    (src / "bad.jsonl.gz").write_bytes(gzip.compress(lines(50))[:-30])
    (src / "bad.parquet").write_bytes(b"PAR1 this is none")
    (src / "good.jsonl").write_bytes(b'{"text": "a\\n"}\n')
    (src / "note.txt").write_bytes("正文。\n".encode())
    done = clean_into(src, tmp_path / "out", settings(), book)
    assert done.exit == 3 and done.codes == {"E114": 2}
    for name in ("bad.jsonl.gz", "bad.parquet", "note.txt"):
        assert (tmp_path / "out" / name).read_bytes() == (src / name).read_bytes()
    assert (tmp_path / "out/good.jsonl").read_bytes() == b'{"text":"a\\n"}\n'


def warc_record(kind: str, uri: str, body: bytes, content: str = "", status: int = 200) -> bytes:
    block = f"HTTP/1.1 {status} OK\r\nContent-Type: {content}\r\n\r\n".encode() + body if kind == "response" else body
    outer = "application/http; msgtype=response" if kind == "response" else content
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{uri[-3:]}>\r\nContent-Type: {outer}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("packing", ["", ".gz"])
def test_pages_of_a_warc_become_lines_and_what_is_no_page_is_none(tmp_path, book, packing):
    pytest.importorskip("fastwarc")
    body = "".join(f"<p>{text}</p>" for text in texts(4))
    page = f"<html><head><title>T</title></head><body><article>{body}</article></body></html>"
    records = [
        warc_record("warcinfo", "x://000", b"software: x\r\n", "application/warc-fields"),
        warc_record("response", "http://a/001", page.encode(), "text/html; charset=utf-8"),
        warc_record("response", "http://a/002", b"\x89PNG", "image/png"),
        warc_record("response", "http://a/003", b"gone", "text/html", 404),
        warc_record("conversion", "http://a/004", "一段正文。\n".encode(), "text/plain"),
        warc_record("response", "http://a/005", b"<p></p>", "text/html; charset=utf-8"),
    ]
    path = tmp_path / f"x.warc{packing}"
    path.write_bytes(b"".join(gzip.compress(record) if packing else record for record in records))
    done = clean_into(path, tmp_path / "out", settings(dedup={"mode": "off"}), book)
    rows = [orjson.loads(line) for line in (tmp_path / "out/x.jsonl").read_bytes().splitlines()]
    assert [row["url"] for row in rows if row["text"]] == ["http://a/001", "http://a/004"]
    assert rows[0]["id"] == "<urn:uuid:001>" and SENTENCE in rows[0]["text"] and "<p>" not in rows[0]["text"]
    assert done.totals["documents"] == 3


SENTENCE = texts(1)[0].split("\n")[0]


def coded(body: bytes, **headers: str) -> bytes:
    """Return a record of a page of the web whose body is encoded as its headers say."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return warc_record("response", "http://a/001", body, f"text/html; charset=utf-8\r\n{lines}".rstrip())


def chunks_of(body: bytes) -> bytes:
    return b"".join(b"%x;x=y\r\n%b\r\n" % (len(body[i : i + 400]), body[i : i + 400]) for i in range(0, len(body), 400))


WARC_PAGE = "<html><body><article>{}</article></body></html>".format("".join(f"<p>{t}</p>" for t in texts(4))).encode()
GZIP, CHUNKED = {"Content_Encoding": "gzip"}, {"Transfer_Encoding": "chunked"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(gzip.compress(WARC_PAGE), GZIP, id="gzip"),
        pytest.param(gzip.compress(WARC_PAGE[:901]) + gzip.compress(WARC_PAGE[901:]), GZIP, id="two members"),
        pytest.param(gzip.compress(WARC_PAGE) + b"\0\0", GZIP, id="padding"),
        pytest.param(zlib.compress(WARC_PAGE), {"Content_Encoding": "deflate"}, id="deflate"),
        pytest.param(zlib.compress(WARC_PAGE)[2:-4], {"Content_Encoding": "deflate"}, id="raw deflate"),
        pytest.param(chunks_of(WARC_PAGE) + b"0\r\n\r\n", CHUNKED, id="chunks"),
        pytest.param(WARC_PAGE, CHUNKED, id="chunks that the crawler joined"),
        pytest.param(chunks_of(gzip.compress(WARC_PAGE)) + b"0\r\n\r\n", {**GZIP, **CHUNKED}, id="both"),
    ],
)
def test_a_page_of_a_warc_comes_whole_out_of_its_encoding(tmp_path, book, body, headers):
    pytest.importorskip("fastwarc")
    (tmp_path / "x.warc").write_bytes(coded(WARC_PAGE) + coded(body, **headers))
    clean_into(tmp_path / "x.warc", tmp_path / "out", settings(dedup={"mode": "off"}), book)
    plain, other = [orjson.loads(line)["text"] for line in (tmp_path / "out/x.jsonl").read_bytes().splitlines()]
    assert other == plain and SENTENCE in plain


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param(gzip.compress(WARC_PAGE)[:-400], GZIP, id="gzip"),
        pytest.param(gzip.compress(WARC_PAGE[:901]) + gzip.compress(WARC_PAGE[901:])[:-40], GZIP, id="two members"),
        pytest.param(zlib.compress(WARC_PAGE)[2:-400], {"Content_Encoding": "deflate"}, id="raw deflate"),
        pytest.param(chunks_of(WARC_PAGE)[:-300], CHUNKED, id="chunks"),
        pytest.param(chunks_of(WARC_PAGE), CHUNKED, id="no last chunk"),
    ],
)
def test_a_page_of_a_warc_that_is_cut_off_is_named_and_not_taken_for_the_whole(tmp_path, book, body, headers):
    """Half an article went into OUT as if it were all of it, with no flag."""
    pytest.importorskip("fastwarc")
    (tmp_path / "x.warc").write_bytes(coded(body, **headers))
    done = clean_into(tmp_path / "x.warc", tmp_path / "out", settings(dedup={"mode": "off"}), book)
    assert done.codes == {"E114": 1} and (tmp_path / "out/x.jsonl").read_bytes() == b""
    (one,) = records_of(tmp_path / "out")
    assert one["out"] is None and "left out of OUT and quarantined" in one["message"]


def records_of(out) -> list[dict]:
    files = sorted((out / "__report__/records").iterdir())
    found = [orjson.loads(line) for path in files for line in gzip.decompress(path.read_bytes()).splitlines()]
    return [record for record in found if record["type"] == "file"]


@pytest.mark.parametrize("packing", ["mirror", "jsonl"])
def test_the_records_of_a_corpus_name_every_input_and_say_truly_whether_it_stands_in_out(tmp_path, book, packing):
    """What no part held (a refused name, a damaged table, a link) had no record; a row that is no JSON was said to
    stand in OUT."""
    src = tmp_path / "src"
    src.mkdir()
    (src / "a.jsonl").write_bytes('{"text": "一行。"}\n{none\n'.encode())
    (src / "bad.jsonl.gz").write_bytes(b"none")
    (src / "con.jsonl").write_bytes(b'{"text": "x"}\n')
    (src / "x.png").write_bytes(b"")
    (src / "n.txt").write_bytes(b"\xff\0")
    (src / "link.txt").symlink_to("/etc/passwd")
    done = clean_into(src, tmp_path / "out", settings(out_format=packing), book)
    assert done.codes == {"E103": 1, "E110": 1, "E114": 2}
    found = {r["path"]: (r["status"], r["code"], bool(r["out"])) for r in records_of(tmp_path / "out")}
    kept = packing == "mirror"
    assert found == {
        "a.jsonl#1": ("changed", None, True), "a.jsonl#2": ("quarantined", "E114", False),
        "bad.jsonl.gz": ("quarantined", "E114", kept), "con.jsonl": ("quarantined", "E103", False),
        "x.png": ("skipped", None, False), "n.txt": ("quarantined", "E110", kept),
        "link.txt": ("skipped", None, False),
    }  # fmt: skip
    assert {e.args[1].split("/")[-1]: "left out" in e.args[3] for e in done.errors} == {
        "con.jsonl": True, "bad.jsonl.gz": not kept, "a.jsonl#2": True, "n.txt:1": not kept,
    }  # fmt: skip


@pytest.mark.parametrize("packing", ["mirror", "parquet"])
def test_names_that_are_no_utf8_go_through_a_corpus(tmp_path, packing):
    """Folders that were packed on a system of GBK: each step that put such a name into JSON, or gave it to pyarrow,
    ended as a bug of ours."""
    pa, _ = pytest.importorskip("pyarrow"), pytest.importorskip("fastwarc")
    import pyarrow.parquet as pq

    src, out = tmp_path / "src\udcd6", tmp_path / "out\udcd0"
    try:
        src.mkdir()
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    with (src / "p\udcd0.parquet").open("wb") as file:
        pq.write_table(pa.table({"text": texts(2)}), file)
    rows = '{"text": "一行。"}\n{"text": "又一行。"}\n'.encode()
    (src / "j\udcd0.jsonl").write_bytes(rows)
    (src / "z\udcd0.jsonl.gz").write_bytes(gzip.compress(rows))
    (src / "w\udcd0.warc").write_bytes(warc_record("conversion", "http://a/004", "一段正文。\n".encode(), "text/plain"))
    (src / "t\udcd0.txt").write_bytes("正文。\n".encode())
    (src / "n\udcd0.txt").write_bytes(b"a\0b\n")
    (tmp_path / "clean.toml").write_text('exclude = ["drafts/*"]\n', "utf-8")
    told = clean(src, out, "--config", tmp_path / "clean.toml", "--out-format", packing, cwd=tmp_path)
    assert told.returncode == 3 and "[E110]" in told.stderr and "9 documents of 6 files" in told.stdout, told
    if packing == "mirror":
        names = {path.name for path in out.iterdir()}
        assert names == {"__report__", "w\udcd0.jsonl", *(p.name for p in src.iterdir() if p.suffix != ".warc")}
        assert (out / "n\udcd0.txt").read_bytes() == b"a\0b\n"
    (src / "p\udcd0.parquet").unlink()
    (src / "t\udcd0.txt").unlink()
    assert clean(src, out, "--out-format", packing, cwd=tmp_path).returncode == 3
    assert not {"p\udcd0.parquet", "t\udcd0.txt"} & {path.name for path in out.iterdir()}


@pytest.mark.parametrize("words", ["check src out", "diff src", "overlaps src", "suggest src", "lint src/a.jsonl"])
def test_a_command_that_reads_no_rows_refuses_a_table_and_does_not_pass_over_it(words, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.jsonl").write_text('{"text": "一行。"}\n', "utf-8")
    (tmp_path / "src/b.txt").write_text("正文。\n", "utf-8")
    told = clean(*words.split(), cwd=tmp_path)
    assert told.returncode == 2
    assert (
        "src/a.jsonl: a table of documents, and only `clean SRC OUT` reads its rows; nothing was written" in told.stderr
    )


@pytest.mark.parametrize("words", ["undo out back", "stats out", "report out", "doctor --replay out"])
def test_a_command_that_reads_no_records_of_a_corpus_says_so_and_does_not_call_nothing_a_success(words, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.jsonl").write_text('{"text": "一行。"}\n', "utf-8")
    assert clean("src", "out", cwd=tmp_path).returncode == 0
    told = clean(*words.split(), cwd=tmp_path)
    assert told.returncode == 2
    assert "report.jsonl: the totals of a corpus, whose records this command does not read" in told.stderr
    assert not (tmp_path / "back").exists()
