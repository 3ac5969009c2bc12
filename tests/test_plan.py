"""`clean plan`: what it says of a corpus is what a run over it takes, and it leaves nothing behind."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from cleaner.corpus import pairs
from cleaner.corpus.foresee import WORK, foresee, inputs
from tests.corpora import clean_into, lines, settings, texts
from tests.test_cli import clean


def write(folder, kind, count):
    """Write `count` documents in a format; return SRC."""
    folder.mkdir()
    if kind == "jsonl":
        (folder / "a.jsonl").write_bytes(lines(count, hostile=False))
    elif kind == "jsonl.gz":
        (folder / "a.jsonl.gz").write_bytes(gzip.compress(lines(count, hostile=False)))
    elif kind == "jsonl.zst":
        zstandard = pytest.importorskip("zstandard")
        (folder / "a.jsonl.zst").write_bytes(zstandard.compress(lines(count, hostile=False)))
    elif kind == "parquet":
        pa = pytest.importorskip("pyarrow")
        import pyarrow.parquet

        table = pa.table({"id": [str(i) for i in range(count)], "text": texts(count)})
        pyarrow.parquet.write_table(table, folder / "a.parquet", row_group_size=100)
    elif kind == "warc.gz":
        pytest.importorskip("fastwarc")
        pages = [gzip.compress(_record(text)) for text in texts(count)]
        (folder / "a.warc.gz").write_bytes(b"".join(pages))
    else:
        for number, text in enumerate(texts(count)):
            (folder / f"{number:04}.txt").write_text(text, "utf-8")
    return folder


def _record(text):
    body = text.encode()
    head = f"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


OTHERS = ["jsonl.gz", "jsonl.zst", "parquet", "warc.gz", "txt"]  # five seconds each


@pytest.mark.parametrize("kind", ["jsonl", *(pytest.param(kind, marks=pytest.mark.slow) for kind in OTHERS)])
def test_documents_and_disk_of_every_format_are_foreseen_from_a_third_of_them(tmp_path, book, kind):
    """Within 1.5 of what a run writes: the bar of the whole plan. Time is not held here, a test machine is busy."""
    src = write(tmp_path / "src", kind, 600)
    config = settings(out_format="jsonl")
    before = sorted(tmp_path.rglob("*"))
    (tmp_path / "sample").mkdir()
    told = foresee(inputs(src, None, config), tmp_path / "sample", config, book, 2, 200)
    done = clean_into(src, tmp_path / "out", config, book)
    assert 180 <= told.sample <= 220
    assert 1 / 1.15 < told.documents / done.totals["documents"] < 1.15
    wrote = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert 1 / 1.5 < told.out_bytes / wrote < 1.5
    assert told.work_bytes > told.shuffle_bytes > 0 and told.cpu_seconds > 0 and told.memory > 50 << 20
    assert told.input_bytes == sum(path.stat().st_size for path in src.iterdir())
    assert not (tmp_path / "out" / WORK).exists()
    assert set(before) <= set(tmp_path.rglob("*"))


def test_it_writes_nothing_but_to_a_folder_of_its_own_and_says_the_same_to_a_program(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    src = write(tmp_path / "src", "jsonl", 60)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.parent != tmp_path}
    done = clean("plan", src, tmp_path / "out", "--sample", "60", "-j", "1", "--isolated", env={"CLEAN_LANG": "en"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1 file, ") and "about 60 documents" in done.stdout and " 1 process " in done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "1", "sample:", "time", "memory", "disk", "shuffle", "not",
    ]  # fmt: skip
    raw = clean("plan", src, "--json", "--sample", "60", "-j", "2", "--isolated")
    found = json.loads(raw.stdout)
    assert (found["files"], found["documents"], found["jobs"]) == (1, 60, 2)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.parent != tmp_path} == before
    assert not (tmp_path / "out").exists()


def test_a_disk_that_is_too_small_is_said_with_1(tmp_path, monkeypatch):
    monkeypatch.setattr("cleaner.corpus.foresee.room", lambda _: 1000)
    done = clean("plan", write(tmp_path / "src", "jsonl", 40), "--isolated", env={"CLEAN_LANG": "en"})
    assert (done.returncode, done.stderr) == (1, "there is room for 1 kB only; nothing was written\n")


def test_what_cannot_be_planned_is_said_in_a_line(tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "none/a.exe").write_bytes(b"x")
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "bad.jsonl.gz").write_bytes(b"no gzip")
    write(tmp_path / "src", "jsonl", 40)
    english = {"CLEAN_LANG": "en"}

    def told(*args):
        done = clean("plan", *args, "--isolated", env=english)
        assert len(done.stderr.splitlines()) <= 1, done.stderr
        return done.returncode, done.stderr or done.stdout

    code, text = told(tmp_path / "missing")
    assert code == 2 and "missing" in text
    code, text = told(tmp_path / "none")
    assert code == 2 and "E105" in text
    code, text = told(tmp_path / "empty.jsonl")
    assert code == 0 and "about 0 documents" in text
    code, text = told(tmp_path / "bad.jsonl.gz")
    assert code == 3 and "E114" in text
    code, text = told(tmp_path / "src", "--text-field", "body")
    assert code == 2 and "E107" in text
    (tmp_path / "bad.jsonl.gz").rename(tmp_path / "src/bad.jsonl.gz")  # beside a good one: the run leaves it out too
    code, text = told(tmp_path / "src")
    assert code == 0 and text.startswith("2 files")


def test_the_texts_that_the_last_star_of_a_bucket_leaves_are_counted():
    class Never:
        def figures(self, _one, _two):
            return 0.0, 0.0

        def near(self, *_figures):
            return False

    found, left = pairs._star(range(40), Never())
    assert left == 40 - pairs.TURNS and not np.concatenate(found).size
    assert pairs._star(range(pairs.TURNS), Never())[1] == 0


def test_a_folder_of_texts_says_that_it_has_no_engine_and_one_document_is_one(tmp_path):
    english = {"CLEAN_LANG": "en"}
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.txt").write_text("这是一篇文章。\n", "utf-8")
    done = clean("src", "out", "--engine", "pool", "--isolated", cwd=tmp_path, env=english)
    assert done.returncode == 0 and done.stderr.startswith("the engine 'pool' is for a corpus"), done
    (tmp_path / "src/b.jsonl.gz").write_bytes(b"no gzip")
    done = clean("src", "corpus", "--isolated", "--engine", "serial", cwd=tmp_path, env=english)
    assert done.returncode == 3 and done.stdout.startswith("1 document of 2 files: "), done
    assert "1 more file or row could not be read at all\n" in done.stdout
