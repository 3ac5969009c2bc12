"""The docs site: its reference leaves nothing out, and it builds without a warning."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import pytest

from cleaner import packs
from cleaner.cli import COMMANDS
from cleaner.config import ConfigKeys
from cleaner.reports.records import report_schema
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_every_command_setting_record_and_rule_has_its_place(pages):
    headings = set(re.findall(r"^#+ (.+)$", "".join(pages.values()), re.MULTILINE))
    assert {f"clean {name}" for name in COMMANDS} <= headings
    rules = {rule.id for pack in packs.load(sorted(packs.shipped().glob("*.toml"))) for rule in pack.rules}
    assert rules <= headings
    assert set(report_schema()["$defs"]) <= headings
    assert [key for key in ConfigKeys.model_fields if f"| `{key}` |" not in pages["settings.md"]] == []


def test_the_examples_of_the_reference_are_run_live(pages):
    assert "turns  稳步走在365bet体育在线前列。\n    →  稳步走在〓前列。" in pages["rules.md"]


def test_the_navigation_names_every_page():
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert [p.name for p in sorted((ROOT / "docs").glob("*.md")) if f" {p.name}\n" not in nav] == []


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_all_its_links_lead_somewhere(tmp_path):
    pytest.importorskip("mkdocs")
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr
    html = (tmp_path / "index.html").read_text("utf-8")
    for name in ("security.html", "changes.html", "start.html", "pictures/article.png"):
        assert (tmp_path / name).is_file(), name
    assert re.findall(r"(?:src|href)=\"(?:https?:)?//[^\"]*\.(?:js|css|woff2?)", html) == []
