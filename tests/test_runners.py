from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner.corpus.run
from cleaner.corpus import part as parts
from cleaner.corpus.components import LINK, components, on_driver
from cleaner.errors import InputError, OutputError, UsageError
from cleaner.overlap.clusters import components as slow_components
from cleaner.pipeline import quiet
from cleaner.runners import Job, Trial, choose, processes, run_all
from cleaner.runners.exchange import Rows, Shuffle, save
from cleaner.runners.pool import Pool
from cleaner.runners.serial import Serial
from tests import corpora


def square(_job, task, trial):
    """A stage: marks its documents, and dies, hangs or fails where the task says so."""
    with trial.marker() as marker:
        skipped = [document for document, _, _ in trial.skip]
        for document in range(3):
            marker.at(document)
            if document in skipped:
                continue
            if task == ("die", document):
                os.kill(os.getpid(), signal.SIGKILL)
            if task == ("hang", document):
                time.sleep(60)
            if task == ("once", document):
                flag = Path(trial.note).with_suffix(".died")
                if not flag.exists():
                    flag.touch()
                    os._exit(3)
            if task == ("memory", document):
                raise MemoryError
            if task == ("error", document):
                raise InputError("E131", "a", "it went away", "nothing was written", "do it again")
    return {"task": list(task), "skip": [list(one) for one in trial.skip]}


def job_in(folder, name="job"):
    return Job(name, partial(square, "x"), str(folder))


def test_values_come_in_order_and_finished_tasks_are_not_done_again(tmp_path):
    tasks = [("ok", i) for i in range(20)]
    with closing(Pool(2, 60)) as pool:
        values = run_all(pool, job_in(tmp_path), tasks, quiet)
    assert [tuple(value["task"]) for value in values] == tasks
    changed = [("other", i) for i in range(20)]
    assert run_all(Serial(), job_in(tmp_path), changed, quiet) == values  # read, not done
    (tmp_path / "000003.done").write_bytes(b'{"half')  # torn by a crash of the machine
    assert run_all(Serial(), job_in(tmp_path), changed, quiet)[3]["task"] == ["other", 3]


def test_a_death_costs_one_retry_and_a_second_one_the_document(tmp_path):
    tasks = [("ok", 0), ("once", 1), ("die", 2), ("memory", 0), ("ok", 4)]
    with closing(Pool(2, 60)) as pool:
        values = run_all(pool, job_in(tmp_path), tasks, quiet)
    assert [value["task"] for value in values] == [list(task) for task in tasks]
    assert [value["skip"] for value in values] == [
        [], [], [[2, "E130", "was killed by SIGKILL"]], [[0, "E130", "ran out of memory"]], [],
    ]  # fmt: skip
    assert pool.deaths == 5
    assert not list(tmp_path.glob("*.at"))


@pytest.mark.slow
def test_a_document_that_hangs_passes_the_deadline_twice_and_is_left_out(tmp_path):
    with closing(Pool(2, 3)) as pool:
        values = run_all(pool, job_in(tmp_path), [("hang", 1), ("ok", 0)], quiet)
    assert values[0]["skip"] == [[1, "E132", "passed the deadline of 3 s"]] and not values[1]["skip"]


def test_an_error_of_a_stage_ends_the_job_as_itself(tmp_path):
    with pytest.raises(InputError, match="E131"):
        run_all(Pool(2, 60), job_in(tmp_path), [("error", 0), ("ok", 0)], quiet)


def dies_at_once(_task, _trial):
    os._exit(9)


def test_a_worker_that_always_dies_before_a_document_ends_the_run(tmp_path):
    with pytest.raises(OutputError, match=r"exit code 9.*E306"):
        run_all(Pool(1, 60), Job("job", dies_at_once, str(tmp_path)), [("x", 0)], quiet)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


HOLDER = """
import sys
from tests.test_runners import holding
from cleaner.runners import Job, run_all
from cleaner.runners.pool import Pool
run_all(Pool(2, 600), Job("job", holding, sys.argv[1]), [0, 1], lambda *_: None)
"""


def holding(task, trial):
    Path(trial.note).with_name(f"{task}.pid").write_text(str(os.getpid()), "utf-8")
    time.sleep(600)
    return {}


@pytest.mark.parametrize("how", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_nobody_is_orphaned(tmp_path, how):
    parent = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], cwd=Path(__file__).parent.parent)
    until = time.monotonic() + 120
    while len(pids := [p.read_text("utf-8") for p in tmp_path.glob("*.pid")]) < 2 or not all(pids):
        assert time.monotonic() < until
        time.sleep(0.05)
    parent.send_signal(how)
    parent.wait()
    until = time.monotonic() + 20
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, pids))


def test_the_engine_fits_the_work():
    assert isinstance(choose("auto", 4, None, work=1000, deadline=9), Serial)
    assert isinstance(choose("auto", 1, None, work=10**9, deadline=9), Serial)
    assert choose("auto", 3, None, work=10**9, deadline=9).jobs == 3
    assert isinstance(choose("pool", 1, None, work=1, deadline=9), Pool)
    with pytest.raises(UsageError, match="E202"):
        choose("serial", 0, "ray://x", work=1, deadline=9)


def test_cores_are_counted_where_the_system_does_not_say_which_may_be_used(monkeypatch):
    """macOS has no sched_getaffinity."""
    assert processes(5) == 5 and processes(0) == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert processes(0) == 7 and processes(2) == 2
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processes(0) == 1


def summed(rows, target, _trial):
    save(f"{target}.npy", rows)
    return {"sum": int(rows["v"].sum()), "keys": sorted(set(rows["u"].tolist()))}


@given(
    files=st.lists(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=30), min_size=1, max_size=4),
    count=st.integers(1, 7),
)
@settings(max_examples=30)
def test_an_exchange_brings_each_row_to_the_partition_of_its_key_once(files, count, tmp_path_factory):
    work = tmp_path_factory.mktemp("exchange")
    for i, rows in enumerate(files):
        save(work / f"{i}.npy", np.array(rows, LINK))
    sources = [Rows(str(work / f"{i}.npy"), 100 * i, ("v",)) for i in range(len(files))]
    targets, values = Shuffle(Serial(), str(work), quiet).exchange("x", sources, "u", summed, count)
    keys = [key for value in values for key in value["keys"]]
    assert len(values) == count and len(keys) == len(set(keys))
    found = sorted(row for target in targets for row in np.load(f"{target}.npy").tolist())
    assert found == sorted((u, v + 100 * i) for i, rows in enumerate(files) for u, v in rows)


def graphs(count):
    """Yield (nodes, edges) of random graphs: sparse, critical and dense, chains, stars, with repeats and loops."""
    rng = np.random.default_rng(5)
    for i in range(count):
        nodes = int(rng.integers(1, 60))
        kind = i % 4
        if kind == 0:
            order = rng.permutation(nodes)
            edges = np.stack([order[1:], order[:-1]], 1)
        elif kind == 1:
            edges = np.stack([rng.integers(0, nodes, 40), np.minimum(rng.zipf(2, 40) - 1, nodes - 1)], 1)
        else:
            edges = rng.integers(0, nodes, (int(nodes * rng.random() * (1 if kind == 2 else 3)), 2))
        yield nodes, edges.astype(np.int64)


def check_components(tmp_path, runner, count, sizes=(64, 1 << 20)):
    for i, (nodes, edges) in enumerate(graphs(count)):
        work = tmp_path / str(i)
        work.mkdir()
        parts = np.array_split(edges, 1 + i % 3)
        for j, part in enumerate(parts):
            rows = np.empty(len(part), LINK)
            rows["u"], rows["v"] = part[:, 0], part[:, 1]
            save(work / f"{j}.npy", rows)
        shuffle = Shuffle(runner, str(work), quiet, sizes[i % len(sizes)])
        targets = components(shuffle, [str(work / f"{j}.npy") for j in range(len(parts))], most=-1)
        label = dict(row for target in targets for row in np.load(target).tolist())
        expected = slow_components(nodes, map(tuple, edges.tolist()))
        assert {u: v for u, v in enumerate(expected) if u != v} == label
        rows = np.empty(len(edges), LINK)
        rows["u"], rows["v"] = edges[:, 0], edges[:, 1]
        assert dict(on_driver(rows).tolist()) == dict(on_driver(rows, few=0).tolist()) == label


def test_star_components_equal_those_of_scipy_and_of_a_union_find(tmp_path):
    check_components(tmp_path, Serial(), 8)


@pytest.mark.slow
def test_star_components_equal_those_of_scipy_on_300_graphs(tmp_path):
    check_components(tmp_path, Serial(), 300)


CONFIG = {"part_size": 6000, "out_format": "jsonl", "shard_size": 30_000}


@pytest.mark.slow
def test_every_runner_gives_the_same_bytes_though_workers_die(tmp_path, book, monkeypatch):
    """With hostile rows, a document that kills its worker, and one that never ends."""
    raw = corpora.lines(150)
    for i, word in ((20, corpora.DEADLY), (90, corpora.HANGING)):
        rows = raw.split(b"\n")
        rows[i] = b'{"id":"bad","text":"' + word.encode() + b'"}'
        raw = b"\n".join(rows)
    (tmp_path / "a.jsonl").write_bytes(raw)
    trees = []
    for name, runner in (("one", Pool(1, 8)), ("two", Pool(2, 8))):
        monkeypatch.setattr(cleaner.corpus.run, "clean_part", corpora.deadly_part)
        with closing(runner):
            done = corpora.clean_into(tmp_path / "a.jsonl", tmp_path / name, corpora.settings(**CONFIG), book, runner)
        assert done.codes["E130"] == 1 and done.codes["E132"] == 1 and runner.deaths == 4
        trees.append(corpora.tree(tmp_path / name))
    assert trees[0] == trees[1]
    monkeypatch.undo()
    good = b"\n".join(row for i, row in enumerate(raw.split(b"\n")) if i not in (20, 90))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "a.jsonl").write_bytes(good)
    for name, runner in (("three", Serial()), ("four", Pool(2, 60))):
        with closing(runner):
            corpora.clean_into(tmp_path / "b", tmp_path / name, corpora.settings(**CONFIG), book, runner)
        trees.append(corpora.tree(tmp_path / name))
    assert trees[2] == trees[3] != trees[0]


def test_what_a_worker_loads_at_its_start_is_laid_to_no_document(tmp_path, book, monkeypatch):
    """Two kills within that half second quarantined a good first document on a busy machine (E130)."""
    note, seen = tmp_path / "note", []
    honest, whole = parts.clean_bytes, parts.clean_part

    def clean_bytes(name, raw, *rest):
        seen.append((name, int(note.read_bytes()) if note.exists() else -1))
        return honest(name, raw, *rest)

    def stage(setup, folder, task, _trial):
        return whole(setup, folder, task, Trial(note=str(note)))

    monkeypatch.setattr(parts, "clean_bytes", clean_bytes)
    monkeypatch.setattr(cleaner.corpus.run, "clean_part", stage)
    (tmp_path / "a.jsonl").write_bytes(b'{"text":"one"}\n{"text":"two"}\n')
    corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "out", corpora.settings(), book)
    assert seen == [("", -1), ("a.jsonl#1", 0), ("a.jsonl#2", 1)]


def test_a_run_that_was_killed_goes_on_from_its_finished_parts(tmp_path, book, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(corpora.lines(200))
    whole = corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "whole", corpora.settings(**CONFIG), book)
    assert not whole.resumed and not (tmp_path / "whole/.clean-work").exists()
    for step, left in (("clean_part", 3), ("find", 0), ("tell", 0), ("assemble", 1)):
        monkeypatch.setattr(cleaner.corpus.run, step, partial(broken, step, getattr(cleaner.corpus.run, step)))
        monkeypatch.setattr(State, "left", left)
        with pytest.raises(KeyboardInterrupt):
            corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "out", corpora.settings(**CONFIG), book)
        monkeypatch.undo()
    done = corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "out", corpora.settings(**CONFIG), book)
    assert done.resumed >= 3
    assert corpora.tree(tmp_path / "out") == corpora.tree(tmp_path / "whole")
    rest = (tmp_path / "a.jsonl").read_bytes().split(b"\n", 50)[50]
    (tmp_path / "a.jsonl").write_bytes(rest)  # another corpus: nothing of the old one may be gone on with
    monkeypatch.setattr(cleaner.corpus.run, "find", partial(broken, "find", cleaner.corpus.run.find))
    monkeypatch.setattr(State, "left", 0)
    with pytest.raises(KeyboardInterrupt):
        corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "out", corpora.settings(**CONFIG), book)
    (tmp_path / "a.jsonl").write_bytes(rest + b'{"text":"\xe5\x8f\xa6\xe4\xb8\x80\xe7\xaf\x87"}\n')
    monkeypatch.undo()
    assert not corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "out", corpora.settings(**CONFIG), book).resumed
    rows = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").glob("corpus-*")))
    assert rows.count(b"\n") < 200 and "另一篇".encode() in rows


class State:
    """How many calls of a broken step still go well."""

    left = 0


def broken(_step, honest, *args):
    if State.left <= 0:
        raise KeyboardInterrupt
    State.left -= 1
    return honest(*args)


def test_a_job_pickles_small(config, book):
    assert not config.excluded("a.txt", Path("src"))  # what is compiled for it does not pickle
    setup = cleaner.corpus.run.Setup(config, book, "a", "b", cleaner.corpus.run.Fields(), "mirror")
    assert len(pickle.dumps(Job("x", partial(corpora.deadly_part, setup, "f"), "f"))) < 1_000_000
