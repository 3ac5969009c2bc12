"""`clean diff --against`: two runs beside each other, in a real repository."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.hook_repo import A, B, C, Repo, Run, environment
from tests.test_cli import clean

SPAM = "365bet体育在线_188体育投注-官网\n\n"


@pytest.fixture
def repo(tmp_path):
    repo = Repo(tmp_path / "repo", environment(tmp_path))
    repo.path.mkdir()
    repo.git("init")
    repo.write("clean.toml", 'src = "seeds"\nout = "out"\n')
    for name, text in (("a.txt", A), ("b.txt", B), ("c.txt", C)):
        repo.write(f"seeds/{name}", text)
    assert cleaned(repo, "-q").code == 0
    repo.git("add", "-A")
    repo.git("commit", "-m", "one")
    return repo


def cleaned(repo, *args):
    """Run the command in this process, in the repository."""
    done = clean(*args, cwd=repo.path)
    return Run(done.returncode, done.stderr + done.stdout)


def compared(repo, *args):
    done = cleaned(repo, "diff", "--json", *args)
    return done.code, json.loads(done.said)


def test_the_same_run_does_not_differ(repo):
    done = cleaned(repo, "diff", "--against", "HEAD")
    assert (done.code, done.said) == (0, "out/ against HEAD: nothing differs\n")


def test_seeds_that_come_go_and_change_and_rules_that_do_other_things(repo):
    repo.write("seeds/c.txt", SPAM + C)
    repo.write("seeds/d.txt", C)
    (repo.path / "seeds/b.txt").unlink()
    assert cleaned(repo, "-q", "--set", "spam_words=keep").code == 0
    code, found = compared(repo, "--against", "HEAD")
    assert code == 1
    files = {one["path"]: one for one in found["files"]}
    assert {path: one["seed"] for path, one in files.items()} == {
        "a.txt": "same", "b.txt": "deleted", "c.txt": "edited", "d.txt": "added",
    }  # fmt: skip
    assert files["c.txt"]["removed"] == [0, len(SPAM)] and files["d.txt"]["status"] == [None, "unchanged"]
    rules = {one["rule"]: one for one in found["rules"]}
    assert rules["zh-spam/betting-word"] == {"rule": "zh-spam/betting-word", "edits": [1, 0], "new": 0, "gone": 1}
    assert rules["zh-spam/title"]["edits"] == [0, 1]
    assert found["totals"]["files"] == [3, 3] and found["totals"]["pending"] == [3, 0]
    said = cleaned(repo, "diff", "--against", "HEAD", "out", "--all").said
    assert said.startswith("out/ against HEAD: 4 files differ\n")
    assert "  - a.txt:3:39  之九，高于全国平均水平，稳步走在[-365bet体育在线-]{+〓+}前列。" in said


def test_another_folder_and_another_branch_are_something_to_compare_with(repo):
    shutil.copytree(repo.path / "out", repo.path / "old")
    repo.git("checkout", "-q", "-b", "other")
    repo.write("seeds/a.txt", C)
    assert cleaned(repo, "-q").code == 0
    assert [one["path"] for one in compared(repo, "--against", "old")[1]["files"]] == ["a.txt"]
    assert compared(repo, "--against", "HEAD~0")[1]["totals"]["pending"] == [3, 2]


@pytest.mark.parametrize("rev", ["nonsense", "--output=x", "HEAD:seeds", "", "seeds"])
def test_what_is_no_run_is_refused(repo, rev):
    done = cleaned(repo, "diff", f"--against={rev}")
    assert done.code == 2 and "there is no such commit, and no folder with a report" in done.said
    assert not (repo.path / "x").exists()


def test_a_commit_without_a_report_is_refused(repo):
    repo.git("rm", "-q", "-r", "--cached", "out")
    repo.git("commit", "-m", "no output")
    done = cleaned(repo, "diff", "--against", "HEAD")
    assert done.code == 2 and "has no report in that commit" in done.said


def test_a_flag_that_is_new_is_named(repo):
    assert cleaned(repo, "-q", "--set", "budget.soft=0").code == 0
    code, found = compared(repo, "--against", "HEAD")
    flags = {one["path"]: one["flags_new"] for one in found["files"]}
    assert code == 1 and ["soft-budget"] in flags.values()
