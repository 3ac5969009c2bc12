"""The walks of the docs: commands run as they stand there, and print what stands there."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SEEDS
from tests.doc_walk import walk
from tests.hook_repo import Repo, environment

GUIDE = ROOT / "docs" / "hooks.md"
NEW = "002_5ad29ed260622ba3.txt"


def commands(page: Path = GUIDE) -> list[tuple[str, list[str]]]:
    """Return each command of a guide with the lines that it prints there."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.rstrip("\n").split("\n"):
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(printed: str, shown: list[str]) -> bool:
    """Say whether a command printed what is shown; a line of … stands for any lines, and in a line for any text."""
    parts = [r"(?:.*\n)*" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n" for line in shown]
    return re.fullmatch("".join(parts), printed) is not None


def test_the_guide_is_read_as_it_is_meant():
    assert len(commands()) > 20
    assert matches("a\nb\nc\n", ["…", "c"]) and matches("xay\n", ["x…y"]) and matches("", [])
    assert not matches("a\nb\n", ["a"]) and not matches("a\n", ["…", "b"]) and not matches("a\n", [])


@pytest.mark.slow
def test_the_walk(tmp_path):
    (tmp_path / "home").mkdir()
    repo = Repo(tmp_path / "repo", environment(tmp_path / "home"))
    (repo.path / "seeds").mkdir(parents=True)
    (tmp_path / "new").mkdir()
    shutil.copy(SEEDS / NEW, tmp_path / "new")
    for name in ("000_dc01158ab21fdc48.txt", "001_da0654deea18aef1.txt"):
        shutil.copy(SEEDS / name, repo.path / "seeds")
    repo.git("init")
    assert repo.clean("init", "--yes").code == 0 and repo.clean("-q").code == 0
    repo.git("add", "-A")
    repo.git("commit", "-m", "two articles")
    assert repo.call(sys.executable, "-m", "pre_commit", "install").code == 0
    for command, shown in commands():
        done = repo.call("bash", "-c", command)
        refused = any(line.startswith("fix:") for line in shown)
        assert (done.code != 0) == refused, f"$ {command}\n{done.said}"
        assert matches(done.said, shown), f"$ {command}\n{done.said}\n--- is shown as\n" + "\n".join(shown)


def repository(folder: Path) -> Repo:
    """Return an empty folder, and an environment of one's own."""
    (folder / "home").mkdir()
    (folder / "repo").mkdir()
    return Repo(folder / "repo", {**environment(folder / "home"), "CLEAN_LANG": "en"})


@pytest.mark.slow
def test_the_walk_from_an_empty_folder_to_a_reviewed_commit_and_to_a_rule_of_ones_own(tmp_path):
    repo = repository(tmp_path)

    def run(command, folder):
        done = repo.call("bash", "-ec", command, cwd=folder)
        return done.code, done.said

    assert walk((ROOT / "docs/start.md").read_text("utf-8"), repo.path, run) >= 9
    assert repo.git("log", "--format=%s").split("\n")[:2] == [
        "A third article, and the line under it",
        "Two articles, cleaned and reviewed",
    ]
    assert "稳步走在全省前列" in repo.git("show", "HEAD:out/spring.txt")


@pytest.mark.slow
def test_the_commands_of_every_day(tmp_path):
    repo = repository(tmp_path)
    shutil.copytree(SEEDS, repo.path / "seeds")
    assert repo.clean("seeds", "out", "-q").code == 0
    found = commands(ROOT / "docs/everyday.md")
    assert len(found) >= 6
    for command, shown in found:
        done = repo.call("bash", "-c", command)
        assert matches(done.said, shown), f"$ {command}\n{done.said}\n--- is shown as\n" + "\n".join(shown)
