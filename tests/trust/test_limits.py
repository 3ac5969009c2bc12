"""What bounds time and memory, and what a run must not depend on. benchmarks/trust.py takes the larger figures."""

from __future__ import annotations

import sys
import time

import pytest

from cleaner import files, pipeline
from cleaner.errors import InputError, UsageError
from cleaner.packs import shipped
from tests.conftest import ROOT
from tests.test_cli import PROSE, clean, seeds
from tests.trust import load
from tests.trust.fuzz import Fuzz
from tests.trust.matrix import Matrix
from tests.trust.pumped import ratios

__all__ = ["seeds"]


def test_a_file_of_1_gb_is_refused_by_its_size(tmp_path):
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(1 << 30)
    begun = time.process_time()
    with pytest.raises(InputError, match="E120"):
        files.read(tmp_path / "a.txt", "a.txt", limit=64 << 20)
    assert time.process_time() - begun < 0.1


def test_a_text_too_long_to_be_compared_is_named(seeds, monkeypatch):
    monkeypatch.setattr(pipeline, "LONGEST", 200)
    (seeds / "b.txt").write_text("标题\n\n" + PROSE * 30, encoding="utf-8")
    done = clean("seeds/", "out/", cwd=seeds.parent)
    assert "b.txt: " in done.stderr and "not compared for overlaps" in done.stderr and "a.txt: " not in done.stderr


def test_a_format_without_its_package_is_named(monkeypatch):
    from cleaner.formats import parquet

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match="E106"):
        parquet.arrow("a.parquet")


def test_good_prose_comes_through_every_rule_of_the_default_packs(config, book):
    """The corpus against which rules are held to be too broad is itself left alone: 0 bytes changed."""
    from cleaner.clean import clean as clean_text

    for text in (shipped() / "prose.txt").read_bytes().decode("utf-8").split("\n\n"):
        whole = text.strip("\n") + "\n"
        assert clean_text("a", whole, book.rules, config.settings).draft.text == whole


def test_mutated_inputs_never_escape(tmp_path):
    found = Fuzz(tmp_path).run(250, pages=0.04)
    assert found.problems == []


@pytest.mark.slow
def test_many_mutated_inputs_never_escape(tmp_path):
    found = Fuzz(tmp_path).run(10_000)
    assert found.problems == [] and found.figures["refused"] > 1000


@pytest.mark.slow
def test_the_bytes_of_out_depend_on_no_condition(tmp_path):
    found = Matrix(tmp_path).run(step=7)
    assert found.problems == [] and found.figures["runs"] >= 16


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_documents(tmp_path):
    _, half, last = load.growth(tmp_path, 4000)
    assert last < 1.05 * half


@pytest.mark.slow
def test_a_full_disk_is_4_and_nothing_is_torn(tmp_path):
    way, code, whole = load.full_disk(tmp_path)
    assert (code, whole) == (4, True), way


@pytest.mark.slow
def test_a_pumped_line_takes_no_rule_more_than_its_length(book):
    slow = [row for row in ratios(book.rules) if row.seconds > 1 or row.ratio > 2.6]
    assert slow == []


def test_root_is_what_the_processes_of_these_tests_run():
    assert load.ROOT == ROOT
