"""From nothing to a pack of one's own: new, test, lint, keep, copy, stats, watch, and the test kit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import advice, alarm, packs, skeleton, testing
from cleaner.cli.rules.alarm import add_example
from cleaner.cli.rules.new import KINDS
from cleaner.cli.rules.watch import changes, stamps
from cleaner.examples import apply, difference, failures
from tests.conftest import ROOT
from tests.pack_site import RULE, TABLE, WORDS, pack
from tests.test_cli import CLEAN, PROSE, clean, tree

POLL = "标题\n\n" + PROSE + "你怎么看？点击投票\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.txt").write_text(POLL, encoding="utf-8")
    (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
    return tmp_path


# --- new -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", skeleton.KINDS)
def test_a_new_rule_holds_and_could_be_installed_by_others(tmp_path, kind):
    assert clean("rules", "new", "mine", "--kind", kind, cwd=tmp_path).returncode == 0
    file = tmp_path / "rules/mine.toml"
    (mine,) = packs.load([file], foreign=True)
    assert [str(failure) for rule in mine.rules for failure in failures(rule)] == []
    said = [one.what for one in advice.advice(mine)]
    assert said and all("does not say" in what or "has " in what for what in said), said


def test_every_kind_that_new_offers_has_its_skeleton():
    assert set(KINDS) == set(skeleton.KINDS)


def test_one_more_rule_stands_at_the_end_and_changes_nothing_before_it(project):
    assert clean("rules", "new", "mine", cwd=project).returncode == 0
    file = project / "rules/mine.toml"
    before = file.read_text("utf-8")
    again = clean("rules", "new", "mine", cwd=project)
    assert again.returncode == 2 and "--rule ID [E105]" in again.stderr
    for args in (["mine", "--rule", "poll"], ["mine", "--rule", "Poll"], ["Mine"], ["a/../B.toml"]):
        assert clean("rules", "new", *args, cwd=project).returncode == 2
    assert file.read_text("utf-8") == before
    assert clean("rules", "new", "rules/mine.toml", "--rule", "editor", "--kind", "span", cwd=project).returncode == 0
    assert file.read_text("utf-8").startswith(before)
    assert clean("rules", "test", "mine", cwd=project).stdout == "2 rules, 6 examples, 0 do not hold\n"


def test_a_rule_is_made_of_a_line_that_is_to_go(project):
    done = clean("rules", "new", "mine", "--rule", "vote", "--from", "seeds/a.txt:4", cwd=project)
    assert done.returncode == 0, done.stderr
    assert clean("rules", "test", "mine", cwd=project).returncode == 0
    assert clean("rules", "add", "mine", cwd=project).returncode == 0
    assert clean(cwd=project).returncode == 0
    assert "投票" not in (project / "out/a.txt").read_text("utf-8")
    for place, what in (
        ("seeds/a.txt:3", "is prose"),
        ("seeds/a.txt:2", "no line with text"),
        ("seeds/a.txt", "FILE:LINE"),
    ):
        refused = clean("rules", "new", "other", "--from", place, cwd=project)
        assert refused.returncode == 2 and what in refused.stderr
    assert not (project / "rules/other.toml").exists()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip).filter(bool))
def test_a_rule_made_of_any_line_can_be_read(line):
    rules = tomllib.loads(skeleton.rule_for_line("a", line, "前文"))["rule"]
    assert rules[0]["words"] == [line] and rules[0]["turns"] == [[f"前文\n{line}\n", "前文\n"]]


@pytest.mark.parametrize("license", ["MIT", "0BSD", "Apache-2.0", "cc-by-4.0"])
def test_a_package_has_all_that_it_names(tmp_path, license):
    done = clean("rules", "new", "--package", "my-site", "--license", license, "--author", 'Li "x"', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    top = tmp_path / "seedclean-my-site"
    project = tomllib.loads((top / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["cleaner.packs"] == {"my-site": "seedclean_my_site"}
    assert project["license"].lower() == license.lower() and len((top / "LICENSE").read_text("utf-8")) > 100
    assert testing.load_pack(top / "seedclean_my_site").version == project["version"]
    assert "@" not in "".join(raw.decode() for raw in tree(top).values())
    before = tree(tmp_path)
    assert clean("rules", "new", "--package", "my-site", cwd=tmp_path).returncode == 2
    assert tree(tmp_path) == before


@pytest.mark.parametrize("license", ['MIT"', "a\nb", "", "see file", "CC0"])
def test_what_is_no_name_of_a_licence_is_refused(tmp_path, license):
    refused = clean("rules", "new", "--package", "x", "--license", license, cwd=tmp_path)
    assert refused.returncode == 2 and not tree(tmp_path)


# --- keep: from a false alarm to an example --------------------------------------------------------------------------


def test_a_false_alarm_becomes_an_example_that_fails_until_the_rule_is_mended(project):
    """What docs/rules.md tells: nobody has to read the source for it."""
    clean("rules", "new", "mine", cwd=project)
    clean("rules", "add", "mine", cwd=project)
    (project / "seeds/b.txt").write_text(PROSE + "你怎么看？我投票给王小明，他回答说。\n", encoding="utf-8")
    told = clean("explain", "seeds/b.txt:2", cwd=project).stdout
    assert "mine/poll" in told and "clean rules keep seeds/b.txt:2" in told
    before = (project / "rules/mine.toml").read_text("utf-8")
    kept = clean("rules", "keep", "seeds/b.txt:2", cwd=project)
    assert kept.returncode == 0, kept.stderr
    assert "differs [-你怎么看？我投票给王小明，他回答说。⏎-]" in kept.stdout
    after = (project / "rules/mine.toml").read_text("utf-8")
    new = [line for line in after.split("\n") if line not in before.split("\n")]
    assert new == ['    "你怎么看？我投票给王小明，他回答说。\\n",'], "nothing else in the pack changes"
    failed = clean("rules", "test", "mine", cwd=project)
    assert failed.returncode == 1 and "1 do not hold" in failed.stdout
    mended = after.replace("    .* 投票 .*\n", "    .* 投票\n")
    (project / "rules/mine.toml").write_text(mended, encoding="utf-8")
    assert clean("rules", "test", "mine", cwd=project).returncode == 0
    clean(cwd=project)
    assert "王小明" in (project / "out/b.txt").read_text("utf-8")
    assert "投票" not in (project / "out/a.txt").read_text("utf-8")


def test_an_alarm_that_needs_its_neighbours_is_kept_with_them():
    rule = RULE.replace('kind = "line"\n', 'kind = "line"\nwhere = "tail"\nwithin = 1\n')
    tail = next(iter(packs_of(rule))).rules[0]
    lines = ["标题", PROSE.strip(), "广告位招租"]
    assert alarm.smallest(tail, "\n".join(lines) + "\n", 3) == "广告位招租\n"
    body = next(iter(packs_of(RULE.replace('kind = "line"\n', 'kind = "line"\nwhere = "body"\n')))).rules[0]
    text = "\n".join([PROSE.strip(), "一", "广告位招租", "二", PROSE.strip()]) + "\n"
    assert alarm.smallest(body, text, 3) == "一\n广告位招租\n二\n", "alone, the line is no body"
    assert alarm.smallest(body, "\n".join(["甲"] * 9 + ["广告位招租"]) + "\n", 4) is None


LINES = st.lists(st.sampled_from(["", "标题", "广告位招租", PROSE.strip()]), min_size=1, max_size=12)


@given(LINES, st.sampled_from(["any", "head", "body", "tail"]), st.data())
def test_the_smallest_part_is_of_the_text_and_raises_the_alarm_if_the_whole_text_does(lines, where, data):
    (rule,) = next(iter(packs_of(RULE.replace('kind = "line"\n', f'kind = "line"\nwhere = "{where}"\n')))).rules
    text = "\n".join(lines) + "\n"
    at = data.draw(st.integers(1, len(lines)))
    found = alarm.smallest(rule, text, at)
    if found is None:
        assert not alarm.alarms(rule, lines, at - 1)
    else:
        assert found in text and apply(rule, found) != found


def packs_of(rule: str):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "acme.toml"
        file.write_text(pack(rules=rule), encoding="utf-8")
        yield packs.load([file])[0]


@pytest.mark.parametrize("name", ["zh-site", "zh-lines", "zh-spam", "vocab-tw"])
def test_one_more_example_changes_its_own_place_in_a_pack_and_no_other(tmp_path, name):
    file = tmp_path / f"{name}.toml"
    before = (packs.shipped() / file.name).read_text("utf-8")
    (pack,) = packs.load([packs.shipped() / file.name])
    for rule in pack.rules[-2:]:
        file.write_text(before, encoding="utf-8")
        add_example(file, rule, "新的一句\n")
        after = file.read_text("utf-8")
        shown = difference(before, after)
        assert "[-" not in shown and "新的一句" in shown and len(after) - len(before) < 20


def test_keep_names_what_it_cannot_do(project):
    clean("rules", "new", "mine", cwd=project)
    clean("rules", "add", "mine", cwd=project)
    (project / "seeds/c.txt").write_text(PROSE + "分享到:\n", encoding="utf-8")
    before = tree(project)
    for args, what in (
        (["seeds/a.txt:3"], "no rule changes or proposes anything here"),
        (["seeds/a.txt:99"], "there is no such line"),
        (["seeds/a.txt:4", "--rule", "zh-site/poll"], "but mine/poll does"),
        (
            ["seeds/c.txt:2"],
            "is shipped, and not yours to change; nothing was written; make it yours: clean rules copy zh-site",
        ),
    ):
        refused = clean("rules", "keep", *args, cwd=project)
        assert refused.returncode == 2 and what in refused.stderr, refused.stderr
    assert tree(project) == before


def test_a_copy_of_a_shipped_pack_is_ones_own_and_cleans_the_same(project):
    clean(cwd=project)
    before = (project / "out/a.txt").read_bytes()
    for name in ("zh-lines", "zh-site"):
        assert clean("rules", "copy", name, cwd=project).returncode == 0
    assert packs.find("zh-lines", project) == project / "rules/zh-lines.toml"
    again = clean(cwd=project)
    assert again.returncode == 0 and (project / "out/a.txt").read_bytes() == before
    assert "stands there already" in clean("rules", "copy", "zh-lines", cwd=project).stderr
    (project / "seeds/c.txt").write_text(PROSE + "分享到:\n", encoding="utf-8")
    assert clean("rules", "keep", "seeds/c.txt:2", cwd=project).returncode == 0


# --- lint and stats --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(packs.shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_there_is_nothing_to_say_of_a_shipped_pack(file):
    assert list(advice.advice(packs.load([file])[0])) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("广告位招租'''", "(a|aa)+广告位招租'''", "is refused in an installed pack"),
        ('license = "CC0-1.0"', "", "no 'license'"),
        ('ment."', 'ment"', "is no sentence"),
        ("街边的广告位招租多年", "今天下雨", "tempts nobody: 今天下雨。⏎"),
        ('kind = "line"', 'kind = "span"', "cuts 0.0"),
    ],
)
def test_what_is_weak_in_a_pack_is_said(tmp_path, old, new, said):
    file = tmp_path / "acme.toml"
    text = pack().replace(old, new)
    if said.startswith("cuts"):
        text = text.replace("'''广告位招租'''", "'''广告位招租|市民'''").replace("街边的", "市 民的")
    file.write_text(text, encoding="utf-8")
    linted = clean("rules", "lint", file, cwd=tmp_path)
    assert linted.returncode == 1 and said in linted.stdout, linted.stdout + linted.stderr


def test_stats_count_what_the_last_run_did(project):
    clean("rules", "new", "mine", cwd=project)
    clean("rules", "add", "mine", cwd=project)
    assert "there is no report in out" in clean("rules", "stats", "mine", cwd=project).stderr
    clean(cwd=project)
    found = clean("rules", "stats", "mine", cwd=project)
    assert found.stdout.split("\n")[1].split() == ["mine/poll", "1", "1", "2", "0", "1", "1", "0"]
    assert found.stderr == "0 of 1 rules did nothing in the run that made out\n"


# --- watch -----------------------------------------------------------------------------------------------------------


def test_a_change_is_seen_once_and_one_that_comes_while_a_pack_is_tested_is_not_lost(tmp_path):
    a, b, table = tmp_path / "a", tmp_path / "b", tmp_path / "t.tsv"
    for file in (a, b, table):
        file.write_text("1", encoding="utf-8")
    steps = iter([None, a, None, table, b, "gone", None, a])

    def sleep(seconds: float) -> None:
        step = next(steps)
        if step == "gone":
            a.unlink()
        elif step is not None:
            step.write_text(f"{step.read_text('utf-8') if step.exists() else ''}1", encoding="utf-8")

    seen = []
    known = {a: stamps([a, table])}
    for changed in changes([a, b], known, sleep):
        seen.append([path.name for path in changed])
        if len(seen) == 2:
            b.write_text("saved while a is tested", encoding="utf-8")
        if len(seen) == 7:
            break
    assert seen == [[*"ab"], ["a"], ["b"], ["a"], ["b"], ["a"], ["a"]]


def test_watch_tests_again_when_a_pack_is_saved_and_ends_quietly(tmp_path):
    file = tmp_path / "acme.toml"
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/words.tsv").write_text(TABLE, encoding="utf-8")
    file.write_text(pack(rules=RULE + WORDS), encoding="utf-8")
    command = [*CLEAN, "rules", "test", "--watch", "acme.toml", "--isolated"]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    guard = threading.Timer(120, run.kill)
    guard.start()
    try:
        said = []

        def until(end: str) -> str:
            for line in run.stdout:
                said.append(line)
                if line.startswith(end):
                    return line
            raise AssertionError(said)

        assert until("2 rules") == "2 rules, 4 examples, 0 do not hold\n"
        until("watching")
        (tmp_path / "tables/words.tsv").write_text("软体\t软件\n", encoding="utf-8")
        assert until("2 rules") == "2 rules, 4 examples, 1 do not hold\n"
        until("watching")
        file.write_text("schema = ", encoding="utf-8")
        until("watching")
        file.write_text(pack(), encoding="utf-8")
        assert until("1 rules") == "1 rules, 2 examples, 0 do not hold\n"
        until("watching")
        run.send_signal(signal.SIGINT)
        left, errors = run.communicate()
    finally:
        guard.cancel()
        run.kill()
    assert run.returncode == 0 and "\x1b" not in "".join(said) + left
    assert "not TOML" in errors and "Traceback" not in errors


# --- the test kit ----------------------------------------------------------------------------------------------------


def test_each_example_is_a_test_and_a_todo_is_a_strict_xfail(tmp_path):
    file = tmp_path / "acme.toml"
    todo = RULE + 'todo = [["广告位出租\\n", ""]]\n'
    file.write_text(pack(rules=todo), encoding="utf-8")
    (mark,) = testing.pack_tests(file).pytestmark
    params = mark.args[1]
    assert [param.id for param in params] == ["acme/ad-turns-1", "acme/ad-keeps-1", "acme/ad-todo-1"]
    assert [bool(param.marks) for param in params] == [False, False, True]
    run = testing.pack_tests(file)
    for param in params[:2]:
        run(param.values[0])
    with pytest.raises(pytest.fail.Exception, match="known not to hold"):
        run(params[2].values[0])


def test_a_pack_that_cannot_be_read_is_one_failing_test(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="there is no such rule pack"):
        testing.pack_tests(tmp_path / "none.toml")()
    file = tmp_path / "acme.toml"
    file.write_text(pack(rules=RULE.replace("广告位招租'''", "(a|aa)+x'''")), encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="E203"):
        testing.pack_tests(file)()


def test_a_good_text_that_a_pack_changes_is_shown(tmp_path):
    file = tmp_path / "acme.toml"
    file.write_text(pack(), encoding="utf-8")
    testing.assert_untouched(file, PROSE)
    with pytest.raises(AssertionError, match=r"acme/ad changes a good text: .*\[-广告位招租⏎-\]"):
        testing.assert_untouched(file, PROSE + "广告位招租\n")


@pytest.mark.slow
def test_the_tests_of_a_new_package_run_with_plain_pytest(tmp_path):
    clean("rules", "new", "--package", "acme", cwd=tmp_path)
    top = tmp_path / "seedclean-acme"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}

    file = top / "seedclean_acme/pack.toml"
    file.write_text(file.read_text("utf-8").replace("    你怎么看 [？?]", "    "), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(command, cwd=top, env=env, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 1 and "1 failed, 2 passed" in done.stdout, done.stdout
    assert "acme/poll: a `keeps` example is touched" in done.stdout and "E203" not in done.stdout


@given(st.text("ab\n", max_size=8), st.text("ab\n", max_size=8))
def test_a_difference_shows_both_sides(wanted, got):
    shown = difference(wanted, got)
    assert ("[-" in shown or "{+" in shown) == (wanted != got)
