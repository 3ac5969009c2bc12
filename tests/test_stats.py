"""`clean stats`: the figures are those of the records, and the page needs nothing else."""

from __future__ import annotations

import json

import pytest

from cleaner.reports.records import from_jsonl
from cleaner.reports.stats import STEPS, lines, stats_of
from cleaner.reports.stats_page import bars, stats_page
from tests.conftest import ROOT
from tests.test_cli import clean


@pytest.fixture(scope="module")
def seeds():
    return from_jsonl((ROOT / "out/__report__/report.jsonl").read_bytes(), "report.jsonl")


def test_the_figures_are_sums_of_the_records(seeds):
    stats = stats_of(seeds, {})
    applied = [edit for edit in seeds.edits if edit.status == "applied"]
    assert sum(rule.applied for rule in stats.rules) == len(applied) == stats.edits
    assert sum(rule.pending for rule in stats.rules) == stats.pending
    assert sum(r.removed - r.inserted for r in stats.rules) == stats.chars_in - stats.chars_out
    assert sum(bar.before for bar in stats.lengths) == sum(bar.after for bar in stats.lengths) == 5
    assert stats.rules[0].rule == "zh-core/pinyin" and stats.rules[0].applied == 353
    assert {rule.kind for rule in stats.rules} == {"gone"}  # no pack was given that has them


def test_a_character_that_stands_in_two_overlaps_counts_once(seeds):
    across = [o for o in seeds.overlaps if o.kind == "reuse" and o.a.path != o.b.path]
    (one,) = across
    doubled = type(seeds)(seeds.run, seeds.files, seeds.edits, (one, one), ())
    single = type(seeds)(seeds.run, seeds.files, seeds.edits, (one,), ())
    assert stats_of(doubled, {}).duplicate_share == stats_of(single, {}).duplicate_share > 0


def test_a_run_over_nothing_has_figures_too(seeds):
    empty = type(seeds)(seeds.run, (), (), (), ())
    stats = stats_of(empty, {})
    assert stats.lengths == () and stats.duplicate_share == 0
    assert stats_page(stats) and list(lines(stats))


def test_bars_are_scaled_to_the_longest():
    assert [bar.width for bar in bars({"a": 4, "b": 1, "c": 0})] == [100.0, 25.0, 0.0]
    assert bars({}) == () and list(STEPS) == sorted(set(STEPS))


def test_the_command_prints_a_table_json_or_a_page(tmp_path):
    told = clean("stats", ROOT / "out")
    assert told.returncode == 0 and "zh-core/pinyin" in told.stdout and "353" in told.stdout
    assert json.loads(clean("stats", ROOT / "out", "--json").stdout)["files"] == 5
    page = tmp_path / "stats.html"
    assert clean("stats", ROOT / "out", "--html", page).returncode == 0
    html = page.read_text("utf-8")
    assert html.count("<svg") > 10 and "http:" not in html and "https:" not in html and "style=" not in html


def test_no_report_is_a_clear_error(tmp_path):
    told = clean("stats", tmp_path)
    assert told.returncode == 2 and "report.jsonl" in told.stderr
