"""What a command may import before it has anything to do: the list is the contract, milliseconds are not."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from tests.conftest import ROOT
from tests.hook_repo import A, Repo, environment

HEAVY = ("pydantic", "rich", "regex", "opencc", "numpy", "scipy", "lxml", "trafilatura", "datasketch", "jinja2")
_ALL = (*HEAVY, "rapidfuzz", "orjson", "pathspec", "xxhash", "re2", "starlette", "uvicorn", "pyarrow", "ray")


def imported(repo: Repo, *args: str, **env: str) -> set[str]:
    """Return the top-level names of what `clean ARGS` imports, and those of ours in full."""
    done = repo.call(sys.executable, "-X", "importtime", "-m", "cleaner", *args, **env)
    assert done.code == 0, done.said
    names = [line.rpartition("|")[2].strip() for line in done.said.split("\n") if line.startswith("import time:")]
    assert "cleaner" in names or "cleaner.known" in names
    return {name if name.startswith("cleaner.") else name.partition(".")[0] for name in names}


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    repo = Repo(home / "repo", environment(home))
    repo.path.mkdir()
    repo.git("init")
    repo.write("clean.toml", 'src = "seeds"\nout = "out"\n')
    repo.write("seeds/a.txt", A)
    assert repo.clean("-q").code == 0
    repo.git("add", "-A")
    return repo


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["run", "--help"], ["check", "--help"]])
def test_help_needs_click_and_nothing_else(repo, args):
    assert not imported(repo, *args) & set(_ALL)


def test_completion_needs_click_and_nothing_else(repo):
    assert not imported(repo, _CLEAN_COMPLETE="bash_source") & set(_ALL)


def test_a_hook_with_nothing_to_do_imports_next_to_nothing(repo):
    for args, env in ((["check", "--staged"], {}), (["run"], {"PRE_COMMIT": "1"})):
        assert repo.clean(*args, **env).code == 0, "the first time it has to work"
        found = imported(repo, *args, **env)
        ours = {name for name in found if name.startswith("cleaner.")}
        assert ours <= {"cleaner.known", "cleaner.__main__"}, ours
        assert not found & {*_ALL, "click", "tomllib", "json", "pathlib", "typing_extensions"}, found


def test_lint_of_a_text_leaves_pages_overlaps_and_reports_alone(repo):
    repo.write("good.txt", "会议指出，要抓好春耕备耕，把高标准农田建设放在重要位置，不误农时。\n")
    found = imported(repo, "lint", "good.txt")
    assert not found & {"trafilatura", "lxml", "datasketch", "scipy", "jinja2", "rich"}, found


@pytest.mark.parametrize("name", HEAVY)
def test_the_list_is_of_packages_that_there_are(name):
    """A name that was mistyped would be absent from every import."""
    assert find_spec(name) is not None


@pytest.mark.slow
def test_the_hook_on_five_thousand_unchanged_seeds_costs_less_than_six_interpreters(tmp_path):
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import hook
    finally:
        sys.path.pop(0)
    place = tmp_path / "repo"
    place.mkdir()
    env = hook.environment(tmp_path)
    hook.make(place, 5000, env)
    hook.once(hook.HOOK, place, env)
    assert any(hook.factor(hook.measure(place, env, 7)) <= hook.LIMIT for _ in range(5))  # other work may be on a core
