"""The Ray runner on a Ray of its own: one session for all tests."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

import cleaner.corpus.run
from cleaner.errors import InputError
from cleaner.pipeline import quiet
from cleaner.runners import run_all
from cleaner.runners.pool import Pool
from cleaner.runners.serial import Serial
from tests import corpora
from tests.test_runners import CONFIG, check_components, job_in

pytestmark = [pytest.mark.ray, pytest.mark.xdist_group("ray")]


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray")
    from cleaner.runners.ray import Cluster

    with closing(Cluster(None, 2)) as found:
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
        yield found
    assert not ray.is_initialized()


def test_deaths_and_errors_are_as_in_the_pool(cluster, tmp_path):
    tasks = [("ok", 0), ("once", 1), ("die", 2), ("memory", 0), ("ok", 4)]
    values = run_all(cluster, job_in(tmp_path / "ray"), tasks, quiet)
    with closing(Pool(2, 60)) as pool:
        same = run_all(pool, job_in(tmp_path / "pool"), tasks, quiet)
    assert [value["task"] for value in values] == [value["task"] for value in same]
    skipped = [[one[:2] for one in value["skip"]] for value in values]
    assert skipped == [[one[:2] for one in value["skip"]] for value in same]
    assert [bool(skip) for skip in skipped] == [False, False, True, True, False]
    with pytest.raises(InputError, match="E131"):
        run_all(cluster, job_in(tmp_path / "error"), [("error", 0)], quiet)


def test_star_components_run_under_ray(cluster, tmp_path):
    check_components(tmp_path, cluster, 4)


def test_5000_documents_give_the_same_bytes_on_every_runner(cluster, tmp_path, book):
    """Hostile rows among them; serial, 1, 2 and 4 processes, Ray."""
    (tmp_path / "a.jsonl").write_bytes(corpora.lines(5000))
    config = corpora.settings(**{**CONFIG, "part_size": 100_000, "shard_size": 500_000})
    expected = None
    for name, runner in (
        ("serial", Serial()),
        ("1", Pool(1, 60)),
        ("2", Pool(2, 60)),
        ("4", Pool(4, 60)),
        ("ray", cluster),
    ):
        done = corpora.clean_into(tmp_path / "a.jsonl", tmp_path / name, config, book, runner)
        assert done.codes and done.groups.count > 100 and done.totals["passages_reuse"] > 100
        if runner is not cluster:
            runner.close()
        expected = expected or corpora.tree(tmp_path / name)
        assert corpora.tree(tmp_path / name) == expected, name


def test_a_killed_worker_of_ray_changes_nothing(cluster, tmp_path, book, monkeypatch):
    """SIGKILL within a batch, by the worker itself: on a busy machine a killer outside found none that was at work."""
    rows = corpora.lines(600).split(b"\n")
    rows[300] = b'{"id":"deadly","text":"' + corpora.DEADLY.encode() + b'"}'
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(rows))
    config = corpora.settings(**CONFIG)
    corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "serial", config, book)
    monkeypatch.setattr(cleaner.corpus.run, "clean_part", corpora.once_deadly_part)
    before = cluster.deaths
    done = corpora.clean_into(tmp_path / "a.jsonl", tmp_path / "ray", config, book, cluster)
    assert (tmp_path / "ray.died").exists() and cluster.deaths == before + 1 and "E130" not in done.codes
    assert corpora.tree(tmp_path / "ray") == corpora.tree(tmp_path / "serial")
