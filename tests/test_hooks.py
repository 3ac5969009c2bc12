"""What git and pre-commit do to a hook: each case drives both, types what the hook says, and reads the commit."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from cleaner.gitindex import Repository
from tests.conftest import ROOT
from tests.hook_repo import A, B, C, Repo, Run, environment, install, new_repo, published

HOOKS = ["clean-check", "clean"]


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    return environment(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def hooks(env, tmp_path_factory):
    return published(tmp_path_factory.mktemp("published") / "hooks", env)


@pytest.fixture(scope="module")
def models(env, hooks, tmp_path_factory):
    """A repository for each hook, made once and copied for each test."""
    place = tmp_path_factory.mktemp("models")
    for hook in HOOKS:
        install(new_repo(place / hook, env), hooks, hook)
    return place


@pytest.fixture
def repo(request, env, models, tmp_path):
    """A repository with a hook: clean-check, unless the test asks for another."""
    shutil.copytree(models / getattr(request, "param", "clean-check"), tmp_path / "repo")
    return Repo(tmp_path / "repo", env)


both = pytest.mark.parametrize("repo", HOOKS, indirect=True)
check_alone = pytest.mark.parametrize("repo", ["clean-check"], indirect=True)


def refused(repo: Repo, *args: str, kind: str, name: str) -> Run:
    head = repo.git("rev-parse", "HEAD")
    done = repo.commit(*args)
    assert done.code == 1 and repo.git("rev-parse", "HEAD") == head, done.said
    assert f"{kind:<8} out/{name}" in done.said, done.said
    return done


def passes(repo: Repo, *args: str) -> None:
    done = repo.commit(*args)
    assert done.code == 0, done.said
    assert repo.is_good()


# The index, read without pre-commit


def test_the_index_counts_not_the_disk(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    assert repo.clean("check", "--staged").said == "out/ is in step with staged seeds/ (2 files)\n"
    repo.write("seeds/draft.txt", C)  # nobody staged it
    repo.write("out/a.txt", "broken")  # nor that
    repo.write("clean.toml", "nonsense")
    assert repo.clean("check", "--staged").code == 0
    repo.git("checkout", "clean.toml", "out")
    repo.git("add", "seeds/draft.txt")
    found = repo.clean("check", "--staged")
    assert found.code == 1 and "missing  out/draft.txt   its seed is staged" in found.said
    assert (
        found.said.rstrip().split("\n")[-1] == "fix:  clean seeds/ out/ && git add -A out/      (nothing was written)"
    )
    assert repo.clean("check").code == 1 and repo.clean("check", "--worktree", PRE_COMMIT="1").code == 1
    assert repo.clean("check", "--rev", "HEAD").code == 0
    assert repo.clean("check", "--rev", "none").code == repo.clean("check", "--rev", "HEAD", "--staged").code == 2


@pytest.mark.slow
def test_packs_settings_and_decisions_are_those_of_the_index(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    rule = 'schema = 1\nname = "mine"\nversion = "1"\n[[rule]]\nid = "x"\nkind = "words"\nwhy = "x"\n'
    rule += 'table = { "图书馆" = "書館" }\nturns = [["图书馆", "書館"]]\nkeeps = ["图书"]\n'
    repo.write("mine.toml", rule)
    repo.write("clean.toml", 'src = "seeds"\nout = "out"\npacks = ["zh-core", "zh-spam", "./mine.toml"]\n')
    repo.write("rules/decisions.jsonl", "")
    assert repo.clean("check", "--staged").code == 0, "none of it is staged"
    repo.git("add", "clean.toml")
    assert "mine.toml" in (found := repo.clean("check", "--staged")).said and found.code == 2
    repo.git("add", "-A")
    assert repo.clean("check", "--staged").code == 1
    assert repo.clean("--staged").code == 0
    repo.git("add", "-A")
    assert repo.clean("check", "--staged").code == 0
    repo.write("mine.toml", rule.replace("書館", "圖書館"))
    assert repo.clean("check", "--staged").code == 0
    mask = repo.clean("explain", "seeds/a.txt:3").said.split("ids: edit ")[1][:12]
    repo.clean("decide", "replace", mask, "--with", "全省")
    assert repo.clean("check", "--staged").code == 0
    repo.git("add", "rules")
    assert "stale    out/a.txt" in repo.clean("check", "--staged").said


@pytest.mark.slow
def test_the_known_answer_is_given_only_for_the_same_index(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    first = repo.clean("check", "--staged")
    assert (first.code, first.said) == (0, repo.clean("check", "--staged").said)
    for name, text in (
        ("seeds/a.txt", C),
        ("out/a.txt", "x"),
        ("clean.toml", 'src = "seeds"\nout = "out"\nscript="off"'),
    ):
        repo.write(name, text)
        assert repo.clean("check", "--staged").code == 0
        repo.git("add", name)
        assert repo.clean("check", "--staged").code == 1, name
        repo.git("reset", "--hard")
        assert repo.clean("check", "--staged").code == 0
    for damage in (b"", b"seedclean hook 1\0", b"x" * 99):
        for file in Path(env["XDG_CACHE_HOME"], "seedclean/hook").iterdir():
            file.write_bytes(damage)
        assert repo.clean("check", "--staged").said == first.said


def test_a_repository_without_seeds_can_be_committed_to(env, tmp_path):
    repo = Repo(tmp_path, env)
    assert repo.clean("check", "--staged").code == 2, "no repository"
    repo.git("init")
    assert repo.clean("init", "--yes").code == 0
    repo.git("add", "-A")
    found = repo.clean("check", "--staged")
    assert (found.code, found.said) == (0, "nothing is in seeds/ and out/ of the index: nothing to compare\n")


@pytest.mark.slow
def test_odd_files_of_an_index(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    repo.write("seeds/縣 區\n.txt", C)
    (repo.path / "seeds/link.txt").symlink_to("a.txt")
    repo.write("seeds/intended.txt", C)
    repo.git("add", "seeds/縣 區\n.txt", "seeds/link.txt")
    repo.git("add", "-N", "seeds/intended.txt")
    assert repo.clean("--staged", "-q").code == 0
    repo.git("add", "-A", "out")
    assert repo.clean("check", "--staged").code == 0
    assert not (repo.path / "out/intended.txt").exists(), "only intended to be added"
    (repo.path / "sub").mkdir()
    assert repo.call("clean", "check", "--staged", cwd=repo.path / "sub").code == 0
    assert "../out/ is in step" in repo.call("clean", "check", "--staged", cwd=repo.path / "sub").said
    found = Repository.find(repo.path / "sub")
    assert found.prefix == "sub/" and len(found.at("HEAD")) < len(found.staged())


@pytest.mark.slow
def test_a_mistyped_folder_of_seeds_is_not_taken_for_an_emptied_one(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    for args in (("check", "--staged"), ("--staged",)):
        found = repo.clean(*args, "sedes", "out")
        assert found.code == 2 and "nothing is staged in it" in found.said
    assert (repo.path / "out/a.txt").exists()


@pytest.mark.slow
def test_an_unresolved_merge_is_said(env, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    for branch, text in (("x", A.replace("前列", "前面")), ("y", A.replace("前列", "后面"))):
        repo.git("checkout", "-b", branch, "main")
        repo.write("seeds/a.txt", text)
        repo.git("commit", "-am", branch)
    assert repo.call("git", "merge", "x").code == 1
    found = repo.clean("check", "--staged")
    assert found.code == 2 and "seeds/a.txt: is not merged in the index" in found.said


# git with pre-commit


@both
@pytest.mark.slow
def test_a_new_seed_without_its_output(repo):
    repo.write("seeds/news/c.txt", C)
    repo.git("add", "seeds")
    said = refused(repo, kind="missing", name="news/c.txt")
    repo.follow(said)
    passes(repo)
    assert repo.read("out/news/c.txt") == C and repo.read("seeds/news/c.txt") == C
    assert "稳步走在〓前列" in (repo.read("out/a.txt") or "")


@both
@pytest.mark.slow
def test_a_new_seed_with_its_output_made_but_not_added(repo):
    repo.write("seeds/c.txt", C)
    repo.clean()
    repo.git("add", "seeds")
    said = refused(repo, kind="missing", name="c.txt")
    repo.follow(said)
    passes(repo)
    assert repo.read("out/c.txt") == C


@both
@pytest.mark.slow
def test_an_edited_seed(repo):
    repo.write("seeds/b.txt", B.replace("兩年", "三年"))
    repo.git("add", "seeds")
    said = refused(repo, kind="stale", name="b.txt")
    repo.follow(said)
    passes(repo)
    assert "歷時三年" in (repo.read("out/b.txt") or "")


@check_alone
@pytest.mark.slow
def test_an_edited_seed_with_its_output_not_added(repo):
    repo.write("seeds/b.txt", B.replace("兩年", "三年"))
    repo.clean()
    repo.git("add", "seeds")
    said = refused(repo, kind="stale", name="b.txt")
    assert repo.follow(said) == "clean seeds/ out/ && git add -A out/"
    passes(repo)


@both
@pytest.mark.slow
def test_a_renamed_seed(repo):
    repo.git("mv", "seeds/b.txt", "seeds/水庫.txt")
    said = refused(repo, kind="missing", name="水庫.txt")
    assert "orphan   out/b.txt" in said.said
    repo.follow(said)
    passes(repo)
    assert {"out/水庫.txt"} == {
        n for n in repo.git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0") if "水" in n and "out" in n
    }
    assert repo.read("out/b.txt") is None


@both
@pytest.mark.slow
def test_a_deleted_seed(repo):
    repo.git("rm", "-q", "seeds/b.txt")
    said = refused(repo, kind="orphan", name="b.txt")
    repo.follow(said)
    passes(repo)
    assert repo.files() >= {"out/a.txt"} and "out/b.txt" not in repo.files()


@both
@pytest.mark.slow
def test_all_seeds_deleted(repo):
    repo.git("rm", "-q", "-r", "seeds")
    said = refused(repo, kind="orphan", name="a.txt")
    repo.follow(said)
    passes(repo)
    assert not {name for name in repo.files() if name.startswith("out/") and "__report__" not in name}


@both
@pytest.mark.slow
def test_an_untracked_draft_does_not_matter(repo):
    repo.write("seeds/draft.txt", C)
    repo.write("notes.md", "x")
    repo.git("add", "notes.md")
    passes(repo)
    assert "out/draft.txt" not in repo.files()


@both
@pytest.mark.slow
def test_a_draft_beside_a_staged_edit(repo):
    """The remedy must not take the draft along, nor an edit that is not staged."""
    repo.write("seeds/draft.txt", C)
    repo.write("seeds/b.txt", B.replace("兩年", "三年"))
    repo.git("add", "seeds/b.txt")
    repo.write("seeds/b.txt", B.replace("兩年", "四年"))
    repo.follow(refused(repo, kind="stale", name="b.txt"))
    passes(repo)
    assert "歷時三年" in (repo.read("out/b.txt") or "") and "out/draft.txt" not in repo.files()
    assert "四年" in (repo.path / "seeds/b.txt").read_text("utf-8")


@check_alone
@pytest.mark.slow
def test_commit_all(repo):
    repo.write("seeds/b.txt", B.replace("兩年", "三年"))
    said = refused(repo, "-a", kind="stale", name="b.txt")
    repo.follow(said)
    passes(repo, "-a")
    repo.write("seeds/b.txt", B)
    repo.clean()
    passes(repo, "-a")
    assert repo.read("seeds/b.txt") == B


@check_alone
@pytest.mark.slow
def test_commit_of_some_paths(repo):
    repo.write("seeds/b.txt", B.replace("兩年", "三年"))
    repo.clean()
    refused(repo, "--", "seeds/b.txt", kind="stale", name="b.txt")
    repo.write("seeds/a.txt", A.replace("春耕", "夏收"))
    passes(repo, "--", "seeds/b.txt", "out")
    assert "春耕" in (repo.read("seeds/a.txt") or "")
    repo.git("add", "seeds/a.txt")
    refused(repo, kind="stale", name="a.txt")


@both
@pytest.mark.slow
def test_a_linked_work_tree(repo, env):
    repo.git("worktree", "add", "-q", "-b", "other", "../linked")
    linked = Repo(repo.path.parent / "linked", env)
    linked.write("seeds/c.txt", C)
    linked.git("add", "seeds")
    linked.follow(refused(linked, kind="missing", name="c.txt"))
    passes(linked)
    assert linked.read("out/c.txt") == C and repo.read("out/c.txt") is None
    repo.write("notes.md", "x")
    repo.git("add", "notes.md")
    passes(repo)


@both
@pytest.mark.slow
def test_a_merge_of_two_good_branches(repo):
    """Totals and overlaps are of all texts, so neither branch has the right report."""
    shared = "双方将围绕高原特色农业和绿色能源两大产业在滇中地区共同建设三个示范园区"
    for branch, text in (("one", C.replace("每周二闭馆整理", shared)), ("two", A.replace("不误农时", shared))):
        repo.git("checkout", "-q", "-b", branch, "main")
        repo.write(f"seeds/{branch}.txt", text)
        repo.clean()
        repo.git("add", "-A")
        passes(repo)
    merged = repo.call("git", "merge", "-m", "both", "one")
    assert merged.code == 1 and "stale    out/__report__/report.jsonl" in merged.said, merged.said
    repo.follow(merged)
    passes(repo)
    assert len(repo.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert shared in (repo.read("out/__report__/report.jsonl") or "")


@check_alone
@pytest.mark.slow
def test_the_repository_is_a_submodule(repo, env, tmp_path):
    outer = Repo(tmp_path / "outer", env)
    outer.path.mkdir()
    outer.git("init")
    outer.write("clean.toml", "of = 'another repository'")
    outer.git("submodule", "add", "-q", str(repo.path), "corpus")
    inner = Repo(outer.path / "corpus", env)
    assert inner.call(sys.executable, "-m", "pre_commit", "install").code == 0
    inner.write("seeds/c.txt", C)
    inner.git("add", "seeds")
    inner.follow(refused(inner, kind="missing", name="c.txt"))
    passes(inner)
    assert inner.read("out/c.txt") == C
    assert "nothing is in" in outer.clean("check", "--staged", "corpus/seeds", "corpus/out").said, "not of this index"


@both
@pytest.mark.slow
def test_a_commit_that_changes_nothing_of_it_passes_and_writes_nothing(repo):
    before = {path: path.stat().st_mtime_ns for path in (repo.path / "out").rglob("*")}
    repo.write("README.md", "x")
    repo.git("add", "README.md")
    passes(repo)
    assert before == {path: path.stat().st_mtime_ns for path in (repo.path / "out").rglob("*")}


@pytest.mark.slow
def test_the_other_hooks(env, hooks, tmp_path):
    repo = new_repo(tmp_path / "repo", env)
    install(repo, hooks, "clean-lint")
    repo.write("seeds/c.txt", C)
    repo.git("add", "seeds")
    passes_lint = repo.commit()
    assert passes_lint.code == 0, passes_lint.said
    repo.write("seeds/d.txt", A)
    repo.git("add", "seeds")
    said = repo.commit()
    assert said.code == 1 and "seeds/d.txt:3" in said.said and "zh-spam/betting-word" in said.said
    repo.git("reset", "-q", "--hard")
    install(repo, hooks, "clean-rules")
    repo.write("rules/mine.toml", 'schema = 1\nname = "mine"\nversion = "1"\n')
    repo.git("add", "-A")
    assert repo.commit().code in (0, 1)
    repo.write("clean.toml", 'packs = ["./rules/mine.toml"]\n')
    repo.git("add", "-A")
    said = repo.commit()
    assert said.code == 1 and "rules/mine.toml:1" in said.said, said.said


@pytest.mark.slow
def test_the_published_hooks_and_what_init_writes_are_valid(env, tmp_path):
    repo = Repo(tmp_path, env)
    repo.git("init")
    repo.clean("init", "--yes")
    for file, what in ((ROOT / ".pre-commit-hooks.yaml", "manifest"), (tmp_path / ".pre-commit-config.yaml", "config"),
                       (ROOT / ".pre-commit-config.yaml", "config")):  # fmt: skip
        done = repo.call(sys.executable, "-m", "pre_commit", f"validate-{what}", str(file))
        assert done.code == 0, done.said
