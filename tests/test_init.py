"""`clean init`, and the files that run the check elsewhere: the Action and the image."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli import cli
from tests.conftest import ROOT

WRITTEN = ["clean.toml", ".gitattributes", ".gitignore", ".pre-commit-config.yaml"]


def init(*args: str, code: int = 0) -> str:
    found = CliRunner().invoke(cli, ["init", *args], standalone_mode=False)
    assert found.exception is None and (found.return_value or 0) == code, (found.exception, found.output)
    return found.output


def git(*args: str) -> str:
    return subprocess.run(["git", *args], check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    git("init", "-q")
    return tmp_path


def test_it_shows_each_file_before_it_writes(place):
    said = init("--dry-run")
    assert not [name for name in WRITTEN if (place / name).exists()]
    done = init("--src", "data/seeds", "--out", "data/clean")
    for name in WRITTEN:
        for line in (place / name).read_text("utf-8").rstrip("\n").split("\n"):
            assert f"    {line}\n" in done and done.index(f"{name} (new)") < done.index(f"wrote {WRITTEN[0]}")
            assert f"    {line.replace('data/clean', 'out').replace('data/seeds', 'seeds')}\n" in said
    assert git("config", "diff.cjk.wordRegex") == ".\n" and git("config", "merge.clean-out.driver") == "true\n"
    assert init("--src", "data/seeds", "--out", "data/clean").endswith("nothing to do: all of it is there\n")


def test_it_changes_nothing_that_stands_there(place):
    mine = {
        "clean.toml": "# mine\n", ".gitattributes": "*.png binary\nout/** -text", ".gitignore": "*.pyc\n",
        ".pre-commit-config.yaml": "repos: []\n",
    }  # fmt: skip
    for name, text in mine.items():
        (place / name).write_text(text, encoding="utf-8")
    said = init()
    for name, text in mine.items():
        assert (place / name).read_text("utf-8").startswith(text)
    assert (place / "clean.toml").read_text("utf-8") == "# mine\n"
    assert (place / ".pre-commit-config.yaml").read_text("utf-8") == "repos: []\n"
    assert "add this under `repos:` yourself" in said and "id: clean-check" in said
    assert "merge=union" in (place / ".gitattributes").read_text("utf-8")
    before = {name: (place / name).read_bytes() for name in mine}
    init()
    assert before == {name: (place / name).read_bytes() for name in mine}


def test_a_project_that_is_configured_gets_no_second_configuration(place):
    (place / "pyproject.toml").write_text('[tool.clean]\nsrc = "a"\nout = "b"\n', encoding="utf-8")
    init()
    assert not (place / "clean.toml").exists()


def test_git_sees_what_was_meant(place):
    init()
    (place / "seeds").mkdir()
    (place / "seeds/a.txt").write_bytes("发展数字经济。\r\n".encode())
    (place / "out/__report__/files").mkdir(parents=True)
    for name in ("README.md", "report.jsonl", "index.html", "files/a.html", "rules.html"):
        (place / "out/__report__" / name).write_text("x", encoding="utf-8")
    (place / "out/.clean.lock").write_text("x", encoding="utf-8")
    git("add", "-A")
    assert set(git("ls-files", "out").split()) == {"out/__report__/README.md", "out/__report__/report.jsonl"}
    assert git("show", ":seeds/a.txt").encode() == "发展数字经济。\n".encode() or b"\r\n" in (
        subprocess.run(["git", "show", ":seeds/a.txt"], check=True, capture_output=True).stdout
    )
    attributes = git("check-attr", "-a", "out/a.txt", "rules/decisions.jsonl")
    assert "merge: clean-out" in attributes and "merge: union" in attributes and "diff: cjk" in attributes
    git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", "x")
    (place / "seeds/a.txt").write_bytes("发展数码经济。\r\n".encode())
    diff = subprocess.run(
        ["git", "diff", "--word-diff"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    ).stdout
    assert "数[-字-]{+码+}经济" in diff, diff


@pytest.mark.parametrize("name", ["", "a b", "../x", "a*"])
def test_a_name_that_git_would_read_as_a_pattern_is_refused(place, name):
    found = CliRunner().invoke(cli, ["init", "--src", name], standalone_mode=False)
    assert "plain name of a folder" in str(found.exception)


def steps() -> list[dict]:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]


@pytest.mark.slow
def test_the_action_runs_what_it_says(tmp_path):
    """Its own script, run as a runner does, with the inputs as data and not as text of the script."""
    script = next(step["run"] for step in steps() if "clean check" in step.get("run", ""))
    assert "${{" not in script, "an input in the text of a script is code"
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "clean").write_text(
        f"#!{sys.executable}\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n", encoding="utf-8"
    )
    (tools / "clean").chmod(0o755)

    def words(**inputs: str) -> list[str]:
        env = {"PATH": f"{tools}:/usr/bin:/bin", "SRC": "", "OUT": "", "ARGS": "", **inputs}
        done = subprocess.run(["bash", "-e", "-c", script], env=env, check=True, capture_output=True, encoding="utf-8")
        return json.loads(done.stdout)

    always = ["check", "--staged", "--output-format", "github"]
    assert words() == always
    assert words(SRC="my seeds", OUT="out") == [*always, "my seeds", "out"]
    assert words(ARGS="--fail-on pending; rm -rf $HOME") == [*always, "--fail-on", "pending;", "rm", "-rf", "$HOME"]


@pytest.mark.slow
def test_the_action_and_the_image_are_what_their_linters_expect():
    tools = Path(sys.executable).parent
    checks = [
        [str(tools / "check-jsonschema"), "--builtin-schema", "vendor.github-actions", "action.yml"],
        [str(tools / "hadolint"), "--failure-threshold", "info", "Dockerfile"],
    ]
    for check in checks:
        done = subprocess.run(check, cwd=ROOT, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stdout + done.stderr
