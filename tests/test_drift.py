"""A rule that was widened too far is named, though every text of its own looks right."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.reports.drift import drifts, lines
from tests.test_cli import clean

TOUCHED, CLEAN = {"site/a": 1}, {}


def report(records, touched, of, quarantined=0):
    """The records of a run that cleaned `of` texts, of which a rule touched some."""
    one = records.files[0]
    files = [replace(one, path=f"{i}", edits=TOUCHED if i < touched else CLEAN) for i in range(of)]
    files += [replace(one, path=f"q{i}", status="quarantined", edits={}) for i in range(quarantined)]
    return replace(records, files=tuple(files))


@pytest.mark.parametrize(
    ("before", "now", "alarm"),
    [
        ((10, 1000), (31, 1000), True),
        ((10, 1000), (30, 1000), False),  # three times, not more
        ((1, 1000), (11, 1000), False),  # a point in a hundred, not more
        ((1, 1000), (12, 1000), True),
        ((0, 5), (2, 5), False),  # a new rule, and too few texts to say anything
        ((0, 5), (3, 5), True),
        ((5, 5), (30, 30), False),  # more texts, the same share
        ((3, 3), (0, 3), False),
        ((0, 0), (3, 3), False),  # nothing to compare with
    ],
)
def test_the_bounds(result, before, now, alarm):
    found = drifts(report(result.records, *before), report(result.records, *now))
    assert [one.rule for one in found] == ["site/a"] * alarm


def test_what_could_not_be_cleaned_counts_on_neither_side(result):
    then, now = report(result.records, 10, 40, quarantined=960), report(result.records, 30, 40)
    assert drifts(then, now) == ()
    assert drifts(None, now) == ()


@given(st.integers(1, 300), st.data())
def test_a_run_that_changes_no_share_raises_no_alarm(result, of, data):
    touched = data.draw(st.integers(0, of))
    one = report(result.records, touched, of)
    assert drifts(one, one) == () == drifts(one, report(result.records, 2 * touched, 2 * of))
    assert not list(lines((), "out/"))


SEED = "市領(lǐng)導(dǎo)在第{n}個項(xiàng)目現(xiàn)場調(diào)研，要求不誤農時。\n"


def git(folder, *args):
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *name, *args], cwd=folder, check=True, capture_output=True)


def test_a_rule_that_takes_hold_of_every_text_is_named_by_the_command_and_in_its_figures(tmp_path):
    (tmp_path / "seeds").mkdir()
    for n in range(6):
        (tmp_path / f"seeds/{n}.txt").write_text(SEED.format(n=n), "utf-8")
    rule = "zh-core/pinyin"
    first = clean("seeds/", "out/", "--isolated", "--ignore", rule, cwd=tmp_path)
    assert first.returncode == 0 and "drift" not in first.stdout
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    for _ in range(2):  # until it is committed
        done = clean("seeds/", "out/", "--isolated", "--stats", "s.json", cwd=tmp_path)
        assert f"  drift     {rule} changes 6 of 6 texts; in the last commit it was 0 of 6\n" in done.stdout
        assert "clean diff --against HEAD out/\n" in done.stdout
        figures = {"rule": rule, "now": 6, "of": 6, "before": 0, "of_before": 6}
        assert json.loads((tmp_path / "s.json").read_bytes())["drift"] == [figures]
    assert "drift" not in (tmp_path / "out/__report__/README.md").read_text("utf-8")
    assert clean("diff", "--against", "HEAD", "out/", cwd=tmp_path).returncode == 1
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "two")
    assert "drift" not in clean("seeds/", "out/", "--isolated", cwd=tmp_path).stdout
