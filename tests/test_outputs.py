"""SARIF, annotations, JUnit, the comment on a pull request: valid, one finding per decision, and text stays text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from markdown_it import MarkdownIt

from cleaner.cli.formats import OF_FINDINGS, of_findings, rendered
from cleaner.cli.printing import Printer
from cleaner.pipeline import Result
from cleaner.reports.findings import Finding, findings, ids_of
from cleaner.reports.sarif import MOST, to_sarif
from cleaner.reports.terminal import edit_line, summary
from cleaner.show import show
from tests import report_samples as samples
from tests.conftest import ROOT
from tests.payloads import EVERY

SCHEMA = json.loads((ROOT / "tests/schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def of(bad: str) -> list[Finding]:
    records, _, rules = samples.hostile(bad)
    return findings(records, rules, "seeds/")


def seeds(result: Result) -> list[Finding]:
    return findings(result.records, result.book.infos, "seeds/")


# ---- what a finding is


def test_a_decision_is_one_finding_however_many_places_it_has(result: Result) -> None:
    pinyin = [one for one in seeds(result) if one.rule == "zh-core/pinyin"]
    assert len(pinyin) == 1
    assert "353 places" in pinyin[0].message
    assert pinyin[0].file == "seeds/003_c134a841ba407666.txt"


def test_what_waits_comes_before_what_was_done(result: Result) -> None:
    levels = [one.level for one in seeds(result)]
    assert levels == sorted(levels, key=("error", "warning", "note").index)
    assert {one.gate for one in seeds(result) if one.level == "warning"} == {"pending", "overlap"}


def test_ids_stay_when_lines_move(result: Result) -> None:
    source = "頁腳\n正文。\n"
    moved = "新的一行。\n\n" + source
    ids = []
    for text in (source, moved):
        at = text.index("頁腳")
        edits = [samples.edit("a.txt", text, at, at + 3, "")]
        ids.append(ids_of(samples.records([samples.file("a.txt", text, edits)], edits)))
    assert ids[0] == ids[1] != frozenset()


# ---- each format


@EVERY
def test_sarif_is_valid_and_holds_no_link_placeholder_or_address_of_a_seed(bad: str) -> None:
    found = of(bad)
    log = json.loads(to_sarif(found))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == len(found)
    for result, one in zip(run["results"], found, strict=True):
        text = result["message"]["text"]
        assert RAW.search(text) is None
        assert not re.search(r"(?<!\\)\[[^\]]*\]\(", text)
        assert not re.search(r"\{\d+\}", re.sub(r"\{\{|\}\}", "", text))
        assert re.sub(r"\\\[(?=[^\]]*\]\()", "[", text).replace("{{", "{").replace("}}", "}") == one.message
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri)
        assert unquote(uri) == show(one.file)
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == one.rule


def test_sarif_of_the_seeds_has_a_result_per_group_with_its_fingerprint(result: Result) -> None:
    log = json.loads(to_sarif(seeds(result)))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    results = log["runs"][0]["results"]
    prints = [one["partialFingerprints"]["finding/v1"] for one in results]
    assert len(set(prints)) == len(prints)
    groups = {edit.group for edit in result.records.edits if edit.status == "applied"}
    assert groups <= set(prints)


@pytest.mark.slow
def test_sarif_stays_under_what_a_code_host_takes_and_says_so() -> None:
    many = [Finding(f"{i:012x}", "zh/r", "why", "note", "a.txt", "x", line=1) for i in range(MOST + 7)]
    log = json.loads(to_sarif(many))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    assert len(log["runs"][0]["results"]) == MOST
    (note,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("7 findings are left out")


@EVERY
def test_an_annotation_is_one_line_with_our_fields_only(bad: str) -> None:
    found = of(bad)
    lines = rendered("github", samples.hostile(bad)[0], found, "seeds/").decode().split("\n")
    assert len(lines) == len(found) + 1 and lines[-1] == ""
    for line, one in zip(lines, found, strict=False):
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        fields = dict(field.split("=", 1) for field in match[2].split(","))
        assert set(fields) <= {"file", "title", "line", "endLine", "col", "endColumn"}
        assert RAW.search(line) is None and "##[" not in line
        decoded = fields["file"].replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        assert decoded.replace("#\\u{23}[", "##[") == show(one.file)
        assert match[3].replace("%25", "%").replace("#\\u{23}[", "##[") == one.message


@EVERY
def test_gitlab_and_junit_give_every_text_back(bad: str) -> None:
    records, _, _ = samples.hostile(bad)
    found = of(bad)
    issues = json.loads(rendered("gitlab", records, found, "seeds/"))
    assert [issue["description"] for issue in issues] == [one.message for one in found]
    assert all(RAW.search(json.dumps(issue, ensure_ascii=False)) is None for issue in issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    raw = rendered("junit", records, found, "seeds/").decode()
    assert RAW.search(raw) is None
    root = ET.fromstring(raw)
    assert {element.tag for element in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "error", "system-out",
    }  # fmt: skip
    suite = root[0]
    assert len(suite) == int(suite.attrib["tests"]) == len(records.files)
    assert [case.tag for case in suite if case.find("error") is not None] == ["testcase"]


@EVERY
def test_a_comment_is_our_markup_and_wakes_nobody(bad: str) -> None:
    from tests.test_reports import outside_code
    from tests.test_reports import rendered as as_html

    text = rendered("comment", samples.hostile(bad)[0], of(bad), "seeds/", compared=True).decode()
    assert RAW.search(text) is None
    body = text.split("\n", 1)[1]  # the first line is the mark that a bot looks for
    parsed = as_html(body)
    assert {tag for tag, _ in parsed.tags} <= {
        "h3", "p", "strong", "ul", "li", "code", "details", "summary", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert not any(attrs for _, attrs in parsed.tags)
    for part in outside_code(body):
        assert not re.search(r"@\w|\w#\d|://|www\.|\w@|:\w+:", part), part


def test_a_comment_stays_under_the_limit_of_a_code_host_and_begins_with_its_mark() -> None:
    many = [
        Finding(f"{i:012x}", f"zh/r{i}", "why", "warning", "新聞" * 40, "文" * 900, "pending", 1) for i in range(500)
    ]
    text = rendered("comment", samples.records([]), many, "seeds/").decode()
    assert len(text) < 65_536
    assert text.startswith("<!-- seedclean -->\n")
    assert "… and 480 more findings" in text


@EVERY
def test_the_terminal_shows_no_control_and_starts_no_command_of_a_code_host(
    bad: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    records, _, _ = samples.hostile(bad)
    printer = Printer()
    for line in (*summary(records, "seeds/", "out/"), *map(edit_line, records.edits)):
        printer.say(line)
    printer.close()
    said = capfd.readouterr().out
    assert RAW.search(said) is None
    assert not any(line.lstrip().startswith("::") for line in said.split("\n"))
    assert "##[" not in said
    assert show(bad.replace("\n", ""))[:8].replace("##[", "#\\u{23}[") in said.replace("⏎", "")


@pytest.mark.parametrize("form", OF_FINDINGS)
def test_a_format_is_the_same_bytes_every_time_and_speaks_of_no_clock_or_place(form: str, result: Result) -> None:
    found = seeds(result)
    once = rendered(form, result.records, found, "seeds/")
    assert once == rendered(form, result.records, list(found), "seeds/")
    assert str(ROOT).encode() not in once
    assert not re.search(rb"20(2[4-9])-\d\d-\d\dT", once)


def test_nothing_found_is_valid_in_every_format() -> None:
    empty = samples.records([])
    jsonschema.Draft4Validator(SCHEMA).validate(json.loads(of_findings("sarif", [], [])))
    assert rendered("github", empty, [], "") == b""
    assert json.loads(rendered("gitlab", empty, [], "")) == []
    assert ET.fromstring(rendered("junit", empty, [], "")).attrib["tests"] == "0"
    assert "nothing waits" in MarkdownIt().render(rendered("comment", empty, [], "").decode())


# ---- the command line


def clean(cwd: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    command = [sys.executable, "-m", "cleaner", *args]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose last commit holds a seed and what was made of it."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    (tmp_path / "seeds").mkdir()
    (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
    (tmp_path / "seeds/a.txt").write_text("稳步走在365bet体育在线前列。\n", encoding="utf-8")
    assert clean(tmp_path, "seeds/", "out/", "--no-report").returncode == 0
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_new_only_leaves_out_of_list_and_gate_what_was_committed_before(repository: Path) -> None:
    gates = ("--fail-on", "pending", "--fail-on", "findings")
    assert clean(repository, "seeds/", "out/", "--no-report", *gates).returncode == 1
    assert clean(repository, "seeds/", "out/", "--no-report", *gates, "--new-only").returncode == 0
    (repository / "seeds/b.txt").write_text("位居188bet体育投注第一。\n", encoding="utf-8")
    done = clean(repository, "seeds/", "out/", "--no-report", *gates, "--new-only", "--output-format", "sarif")
    assert done.returncode == 1
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results] == ["seeds/b.txt"]
    again = clean(repository, "seeds/", "out/", "--no-report", "--new-only", "--output-format", "sarif")
    assert json.loads(again.stdout) == json.loads(done.stdout)  # the last commit is compared with, not the last run


def test_check_says_in_an_annotation_what_is_out_of_step(repository: Path) -> None:
    (repository / "seeds/b.txt").write_text("干净。\n", encoding="utf-8")
    done = clean(repository, "check", "seeds/", "out/", "--output-format", "github")
    assert done.returncode == 1
    assert "::error file=out/b.txt,title=check/missing::out/b.txt is missing" in done.stdout
    assert "::warning file=seeds/a.txt,title=zh-spam/betting-word" in done.stdout


def test_lint_and_report_give_every_format(repository: Path) -> None:
    for form in ("sarif", "github", "gitlab", "junit", "json", "jsonl"):
        done = clean(repository, "lint", "seeds/", "--output-format", form)
        assert (done.returncode, "betting-word" in done.stdout) == (1, True), done.stderr
    for form in (*OF_FINDINGS, "json", "jsonl", "md", "csv"):
        done = clean(repository, "report", "--format", form)
        assert done.returncode == 0 and done.stdout, done.stderr
