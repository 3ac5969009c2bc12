"""A corpus through the real command: kills, resumption, and whether others can read what we write."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from tests import corpora

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
OPTIONS = ("--isolated", "-q", "--out-format", "jsonl", "--set", "part_size=20000", "--set", "shard_size=100000")


def command(src, out, *more):
    line = [sys.executable, "-m", "cleaner", str(src), str(out), *OPTIONS, *more]
    return subprocess.Popen(line, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)


def children(pid):
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()]
    except FileNotFoundError:
        return []


def test_kills_of_workers_and_of_the_whole_run_leave_the_same_bytes(tmp_path):
    """A worker at random moments; then the run itself, again and again, until it has got to its end."""
    src = tmp_path / "a.jsonl"
    src.write_bytes(corpora.lines(900))
    assert command(src, tmp_path / "whole", "--engine", "serial").wait() == 3
    expected = corpora.tree(tmp_path / "whole")
    rng = random.Random(3)
    killed = 0
    for round in range(3):
        out = tmp_path / f"worker{round}"
        run = command(src, out, "--engine", "pool", "-j", "2")
        met: set[tuple[str, bytes]] = set()
        for _ in range(2):
            time.sleep(rng.uniform(0.8, 2.5))
            if (victims := children(run.pid)) and run.poll() is None:
                killed += _kill_once(rng.choice(victims), out, met)
        assert run.wait() == 3, run.stderr.read()
        assert corpora.tree(out) == expected
    assert killed
    out, broken = tmp_path / "run", 0
    for _ in range(40):
        run = command(src, out, "--engine", "pool", "-j", "2")
        time.sleep(rng.uniform(1.0, 3.0))
        workers = children(run.pid)
        if run.poll() is None:
            run.kill()
            broken += 1
        elif run.returncode == 3:
            break
        run.wait()
        end = time.monotonic() + 2  # seconds: no process of ours may live longer without its run (docs/trust.md)
        while any(map(_alive, workers)) and time.monotonic() < end:
            time.sleep(0.05)
        assert not [pid for pid in workers if _alive(pid)]
    else:
        assert command(src, out, "--engine", "serial").wait() == 3
    assert broken and corpora.tree(out) == expected


def _kill_once(pid, out, met):
    """Kill a worker, unless a document in work has met a death before: a second one rightly quarantines it."""
    try:
        os.kill(pid, signal.SIGSTOP)  # so that it does not come to another document between the look and the death
    except ProcessLookupError:
        return False
    notes = {(str(path), path.read_bytes()) for path in out.rglob("*.at")}
    again = {note for note in notes & met if not note[1].startswith(b"-1")}
    os.kill(pid, signal.SIGCONT if again else signal.SIGKILL)
    met |= notes
    return not again


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def written(tmp_path_factory, book):
    """The same corpus as a mirror, as shards of JSON Lines and of Parquet."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "a.jsonl").write_bytes(corpora.lines(300))
    for kind in ("mirror", "jsonl", "parquet"):
        config = corpora.settings(part_size=20_000, out_format=kind, shard_size=60_000)
        corpora.clean_into(folder / "a.jsonl", folder / kind, config, book)
    return folder


def rows_of(written):
    return [orjson.loads(line) for path in sorted((written / "jsonl").glob("*.jsonl")) for line in path.open("rb")]


@pytest.mark.parametrize("kind", ["json", "parquet"])
def test_hugging_face_datasets_loads_what_we_write(written, tmp_path, kind, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = written / {"json": "jsonl"}.get(kind, kind)
    found = datasets.load_dataset(kind, data_dir=str(folder), split="train", cache_dir=str(tmp_path))
    assert [{"id": row["id"], "text": row["text"]} for row in found] == [
        {"id": row["id"], "text": row["text"]} for row in rows_of(written)
    ]
    assert [row["metadata"]["cluster"] for row in found] == [row["metadata"]["cluster"] for row in rows_of(written)]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_datatrove_reads_what_we_write(written, kind):
    pytest.importorskip("datatrove")
    from datatrove.pipeline.readers import JsonlReader, ParquetReader

    reader = {"jsonl": JsonlReader, "parquet": ParquetReader}[kind](str(written / kind), glob_pattern="corpus-*")
    found = [(document.id, document.text, document.metadata["source"]) for document in reader()]
    assert found == [(row["id"], row["text"], row["metadata"]["source"]) for row in rows_of(written) if row["text"]]
