"""`--files-from`: the files that are worked on stand in a list."""

from __future__ import annotations

import pytest

from tests.test_cli import clean as cli_clean

GOOD = "会议指出，要抓好春耕备耕，把高标准农田建设放在重要位置，不误农时。\n"
BAD = "365bet体育在线_188体育投注-官网\n\n" + GOOD


@pytest.fixture
def folder(tmp_path):
    for name in ("a.txt", "b.txt", "in/c.txt", "in/新 年.txt", "a.html"):
        path = tmp_path / "seeds" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(BAD, encoding="utf-8")
    return tmp_path


def clean(cwd, *args, stdin=b""):
    done = cli_clean(*args, cwd=cwd, input=stdin.decode())
    return done.returncode, done.stdout, done.stderr


def texts(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.txt"))


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        ("seeds/a.txt\nseeds/in/新 年.txt\n", ()),
        ("seeds/a.txt\r\nseeds/in/新 年.txt", ()),
        ("./seeds/in/../a.txt\0seeds/in/新 年.txt\0", ()),
        ("seeds/a.txt\0seeds/in/新 年.txt", ("-0",)),
        ("{cwd}/seeds/a.txt\nseeds/in/新 年.txt\n", ()),
    ],
    ids=["lines", "lines of Windows", "NUL by itself", "NUL asked for", "absolute"],
)
def test_only_what_is_named_is_cleaned(folder, raw, options):
    stdin = raw.format(cwd=folder).encode()
    code, _, said = clean(folder, "seeds/", "out/", "-q", "--files-from", "-", *options, stdin=stdin)
    assert (code, said) == (0, "")
    assert texts(folder / "out") == ["a.txt", "in/新 年.txt"]
    assert '"in/c.txt"' not in (folder / "out/__report__/report.jsonl").read_text("utf-8")
    code, said, _ = clean(folder, "check", "seeds/", "out/", "--files-from", "-", *options, stdin=stdin)
    assert (code, said) == (0, "out/ is in step with seeds/ (2 files)\n")


def test_a_list_may_be_a_file_and_diff_and_lint_take_it_too(folder):
    (folder / "list").write_text("seeds/b.txt\n", encoding="utf-8")
    code, said, _ = clean(folder, "lint", "--files-from", "list")
    assert code == 1 and {line.split(":")[0] for line in said.splitlines()} == {"seeds/b.txt"}
    code, said, _ = clean(folder, "diff", "seeds", "--files-from", "list")
    assert code == 0 and said.startswith("b.txt:1:1: ")


def test_a_part_never_deletes_what_the_whole_has_made(folder):
    (folder / "seeds/a.html").unlink()
    assert clean(folder, "seeds", "out", "-q")[0] == 0
    code, _, said = clean(folder, "seeds", "out", "--files-from", "-", stdin=b"seeds/a.txt\n")
    assert code == 2 and "holds 3 files of SRC that are not named, such as b.txt" in said
    assert texts(folder / "out") == ["a.txt", "b.txt", "in/c.txt", "in/新 年.txt"]


def test_excludes_are_obeyed_for_named_files(folder):
    (folder / "clean.toml").write_text('exclude = ["b.txt"]\n', encoding="utf-8")
    stdin = b"seeds/a.txt\nseeds/b.txt\n"
    assert clean(folder, "seeds", "out", "-q", "--files-from=-", stdin=stdin)[0] == 0
    assert texts(folder / "out") == ["a.txt"]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [
        (b"", "no file is named there"),
        (b"\n\n", "no file is named there"),
        (b"seeds/none.txt\nclean.toml\n", "seeds/none.txt: no such file, and --files-from names it"),
        (b"seeds/none.txt\nother.txt\n", "other.txt: is not in seeds, and --files-from names it"),
    ],
)
def test_a_wrong_list_is_refused_and_nothing_is_written(folder, stdin, said):
    (folder / "other.txt").write_text(GOOD, encoding="utf-8")
    code, _, told = clean(folder, "seeds", "out", "--files-from", "-", stdin=stdin)
    assert code == 2 and said in told and "[E105]" in told and not (folder / "out").exists()


def test_it_does_not_go_with_the_index_nor_with_one_file(folder):
    for args in (("check", "--staged", "seeds", "out"), ("seeds/a.txt", "-")):
        code, _, said = clean(folder, *args, "--files-from", "-", stdin=b"seeds/a.txt\n")
        assert code == 2 and "--files-from names files" in said
    assert clean(folder, "seeds", "out", "-0")[2].startswith("clean run: -0 goes with --files-from")
