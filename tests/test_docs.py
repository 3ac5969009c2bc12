"""The examples in docs/ work."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from cleaner import packs
from tests.conftest import ROOT
from tests.doc_walk import walk
from tests.test_cli import clean


def here(command: str, folder: Path) -> tuple[int, str]:
    """Run a command of a page: ours in this process, which is faster."""
    if command.startswith("clean"):
        done = clean(*shlex.split(command, comments=True)[1:], cwd=folder, env={"CLEAN_LANG": "en"})
        return done.returncode, done.stderr + done.stdout
    other = subprocess.run(
        ["bash", "-ec", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    return other.returncode, other.stdout


def test_the_guide_for_rule_authors_works_by_copying_its_commands(tmp_path):
    """From nothing to a rule, and from a false alarm to a tested rule; docs/rules.md says no more than what happens."""
    page = (ROOT / "docs/rules.md").read_text("utf-8")
    assert walk(page, tmp_path, here) >= 10
    assert clean("rules", "test", "mine", cwd=tmp_path).returncode == 0
    assert clean("check", cwd=tmp_path).returncode == 0
    assert "王阿姨" in (tmp_path / "out/vote.txt").read_text("utf-8")
    assert "投票" not in (tmp_path / "out/library.txt").read_text("utf-8")


def test_the_guide_names_every_kind_and_the_design_every_module():
    guide = (ROOT / "docs/rules.md").read_text("utf-8")
    assert [name for name in packs.kind_names() if f"| `{name}` |" not in guide] == []
    design = (ROOT / "docs/design.md").read_text("utf-8")
    modules = {p.name for p in (ROOT / "cleaner").iterdir() if p.suffix == ".py" and not p.name.startswith("__")}
    folders = {f"{p.name}/" for p in (ROOT / "cleaner").iterdir() if (p / "__init__.py").is_file()}
    assert [name for name in modules | folders if name not in design] == []
