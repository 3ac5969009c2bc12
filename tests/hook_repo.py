"""A real git repository of two small seeds, with the published hooks installed by the real pre-commit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

A = """云南举行农业农村工作会议

会议指出，今年一季度，全省农业总产值增长百分之九，高于全国平均水平，稳步走在365bet体育在线前列。

会议要求，各县区要抓好春耕备耕，把高标准农田建设放在重要位置，不误农时，不误生产。
"""
B = """水庫除險加固工程完工

市領(lǐng)導(dǎo)到現場查看水庫大壩，要求做好防汛準備，確保下遊群眾安全度汛。

工程總投資三千萬元，歷時兩年完成，可以保障下遊六萬畝農田的灌溉用水。
"""
C = """新建图书馆对市民开放

新建的图书馆共有四层，藏书五十万册，设有儿童阅览区和自习室，每周二闭馆整理。

馆长介绍，市民凭身份证可以借书，每次最多五册，借期一个月，还可以续借一次。
"""


@dataclass
class Run:
    code: int
    said: str


@dataclass
class Repo:
    """A repository at `path`. `env` is what every program in it sees, and nothing of the environment of the tests."""

    path: Path
    env: dict[str, str] = field(repr=False)

    def call(self, *args: str, cwd: Path | None = None, **env: str) -> Run:
        done = subprocess.run(
            args, cwd=cwd or self.path, env={**self.env, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8",
        )  # fmt: skip
        return Run(done.returncode, done.stdout)

    def git(self, *args: str) -> str:
        done = self.call("git", *args)
        assert done.code == 0, f"git {args}: {done.said}"
        return done.said

    def clean(self, *args: str, **env: str) -> Run:
        return self.call("clean", *args, **env)

    def commit(self, *args: str) -> Run:
        """Commit, and see that the index is what it was if the hook refuses."""
        before = self.git("ls-files", "-s")
        done = self.call("git", "commit", "-m", "change", *args)
        if done.code:
            assert self.git("ls-files", "-s") == before, "a hook never touches the staging area"
        return done

    def follow(self, refused: Run) -> str:
        """Type what the last line says, and return it."""
        lines = [
            line for line in refused.said.split("\n") if line.startswith(("fix:", "now type:")) or "now type:" in line
        ]
        assert lines, refused.said
        command = re.split(r"fix:|now type:", lines[-1])[-1].split("      (")[0].strip()
        done = self.call("bash", "-ec", command)
        assert done.code == 0, done.said
        return command

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def read(self, name: str, rev: str = "HEAD") -> str | None:
        """Return a file as a commit holds it, None if it has none."""
        done = self.call("git", "show", f"{rev}:{name}")
        return done.said if done.code == 0 else None

    def files(self, rev: str = "HEAD") -> set[str]:
        return set(self.git("ls-tree", "-r", "--name-only", rev).split())

    def is_good(self, rev: str = "HEAD") -> bool:
        """Say whether a commit holds what its seeds make."""
        return self.clean("check", "--rev", rev).code == 0


def environment(place: Path) -> dict[str, str]:
    """Return an environment in which `clean` is this checkout, and git knows nobody's settings."""
    tools = place / "bin"
    tools.mkdir()
    for name, module in (("clean", "cleaner"), ("pre-commit", "pre_commit")):
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    (place / ".gitconfig").write_text(
        "[user]\nname = Li\nemail = li@example.org\n[init]\ndefaultBranch = main\n[protocol \"file\"]\nallow = always\n"
        "[commit]\ngpgsign = false\n",
        encoding="utf-8",
    )  # fmt: skip
    return {
        "PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(place), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1", "PRE_COMMIT_HOME": str(place / "pre-commit"), "GIT_EDITOR": "true",
        "XDG_CACHE_HOME": str(place / "cache"), "PRE_COMMIT_COLOR": "never",
    }  # fmt: skip


def new_repo(place: Path, env: dict[str, str]) -> Repo:
    """Return a repository with `clean init`, two seeds and their outputs in its first commit; no hook yet."""
    place.mkdir()
    repo = Repo(place, env)
    repo.git("init")
    assert repo.clean("init", "--yes").code == 0
    (place / ".pre-commit-config.yaml").unlink()
    repo.write("seeds/a.txt", A)
    repo.write("seeds/b.txt", B)
    assert repo.clean().code == 0
    repo.git("add", "-A")
    repo.git("commit", "-m", "seeds and what they make")
    return repo


def published(place: Path, env: dict[str, str]) -> Path:
    """Return a repository that publishes this project's hooks, as a tag of the project would."""
    place.mkdir()
    hooks = Repo(place, env)
    hooks.git("init")
    hooks.write(".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    hooks.git("add", "-A")
    hooks.git("commit", "-m", "hooks")
    hooks.git("tag", "v0.1.0")
    return place


def install(repo: Repo, source: Path, hook: str) -> None:
    """Have pre-commit install a published hook; the tool is the one on PATH instead of one from a registry."""
    repo.write(
        ".pre-commit-config.yaml",
        f"default_install_hook_types: [pre-commit, pre-merge-commit]\nrepos:\n- repo: {source}\n  rev: v0.1.0\n"
        f"  hooks:\n  - id: {hook}\n    language: system\n",
    )
    repo.git("add", "-A")
    repo.git("commit", "-m", "hook")
    done = repo.call(sys.executable, "-m", "pre_commit", "install")
    assert done.code == 0 and "pre-merge-commit" in done.said, done.said
