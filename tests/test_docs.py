"""The examples in docs/ work."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cleaner import config, packs
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


RUN = {  # fences of a page, by language, and the test that runs them; "" is a fence without a language
    ("docs/start.md", "sh"): "test_the_walk_from_an_empty_folder_to_a_reviewed_commit_and_to_a_rule_of_ones_own",
    ("docs/rules.md", "sh"): "test_the_guide_for_rule_authors_works_by_copying_its_commands",
    ("docs/packs.md", "sh"): "test_a_pack_package_is_made_installed_locked_tampered_with_and_removed_as_the_page_says",
    ("docs/hooks.md", "console"): "test_the_walk",
    ("docs/everyday.md", "console"): "test_the_commands_of_every_day",
    ("docs/index.md", "console"): "test_the_commands_of_the_first_page_are_those_of_the_readme",
    ("docs/library.md", "pycon"): "test_the_examples_of_the_library_page_work",
    ("docs/library.md", "python"): "test_the_recipes_in_the_docs_work",
    ("docs/library.md", "yaml"): "test_the_recipe_for_data_juicer_is_one",
    ("docs/hooks.md", "yaml"): "test_settings_and_hooks_that_are_shown_are_legal",
    ("docs/everyday.md", "toml"): "test_settings_and_hooks_that_are_shown_are_legal",
    ("README.md", "toml"): "test_settings_and_hooks_that_are_shown_are_legal",
    ("README.md", "yaml"): "test_settings_and_hooks_that_are_shown_are_legal",
    ("README.md", ""): "test_the_quoted_output_is_what_the_commands_print",
    ("README.zh-CN.md", ""): "test_the_quoted_output_is_what_the_commands_print",
}
SHOWN = {  # pages with fences that nothing can run: a tree of files, a formula, a command that waits for a browser
    "docs/design.md", "docs/html.md", "docs/overlap.md", "docs/report.md", "docs/everyday.md",
}  # fmt: skip
PAGES = [
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")),
    "README.md",
    "README.zh-CN.md",
]


def blocks(page):
    """Return the fences of a page: language, whether it is a file to write, and what is in it."""
    text = (ROOT / page).read_text("utf-8")
    found = re.findall(r"^```(\w*)( title=\S+)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert text.count("\n```") == 2 * len(found), f"{page}: a fence that is not read"
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_the_docs_is_run_by_a_test(page):
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    walked = (page, "sh") in RUN
    for language, title, _ in blocks(page):
        if walked and (title or language == "text"):  # a file of a walk, or what a command of it prints
            continue
        test = RUN.get((page, language))
        if test is None:
            assert page in SHOWN and language in ("", "text"), f"{page}: nothing runs its {language or 'plain'} blocks"
        else:
            assert f"def {test}(" in tests, f"{page}: there is no {test}"


def test_settings_and_hooks_that_are_shown_are_legal(tmp_path):
    for page in ("README.md", "docs/everyday.md"):
        for language, _, body in blocks(page):
            if language == "toml":
                file = tmp_path / "clean.toml"
                file.write_text(body, encoding="utf-8")
                assert config.load(file, {}).keys.per_file_ignores
    yaml = pytest.importorskip("yaml")
    shown = [
        yaml.safe_load(body)
        for page in ("README.md", "docs/hooks.md")
        for kind, _, body in blocks(page)
        if kind == "yaml"
    ]
    hooks = [hook for one in shown for repo in one["repos"] for hook in repo["hooks"]]
    assert len(hooks) == 2 and {hook["entry"] for hook in hooks} == {"clean check --staged"}


def test_the_commands_of_the_first_page_are_those_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    make, explain = (body.removeprefix("$ ").strip() for kind, _, body in blocks("docs/index.md") if kind == "console")
    assert f"    {make}\n" in readme
    assert explain.removeprefix(".venv/bin/") in readme
