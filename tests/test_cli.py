"""The command as users type it: texts, exit codes, and what is left on the disk."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cleaner import cli
from tests.conftest import ROOT, SEEDS

CLEAN = [sys.executable, "-m", "cleaner"]
SLOW = """
import time
import cleaner.pipeline as pipeline
from cleaner.cli import main
honest, seen = pipeline.clean_bytes, []
def clean_bytes(*args):
    seen.append(args[0])
    if len(seen) == 3:
        print("third", flush=True)
        time.sleep(600)
    return honest(*args)
pipeline.clean_bytes = clean_bytes
main()
"""
PROSE = "曲靖市委常委会进一步研究部署贯彻落实工作,要求坚持高标准、严要求,一手抓谋划。\n"


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def clean(*args, cwd=None, input=None, env=None):
    """Run the command in this process, as `main` runs it; a tenth of the time that a process of its own takes."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    stdin = io.TextIOWrapper(io.BytesIO((input or "").encode()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["clean", *map(os.fspath, args)])
        for name, stream in (("stdin", stdin), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
        patch.delenv("PRE_COMMIT", raising=False)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        patch.chdir(cwd or Path.cwd())
        with pytest.raises(SystemExit) as left:
            cli.main()
        for stream in (out, err):
            stream.flush()
    texts = (stream.buffer.getvalue().decode("utf-8") for stream in (out, err))
    return Done(left.value.code, *texts)


def shell(*args, cwd=None, env=None):
    """Run the command in a process of its own."""
    command = [*CLEAN, *map(os.fspath, args)]
    full = {**os.environ, **(env or {})}
    return subprocess.run(command, cwd=cwd, env=full, capture_output=True, encoding="utf-8", timeout=300)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def seeds(tmp_path):
    """A folder with one short seed."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "a.txt").write_text("标题\n\n" + PROSE + "分享到:\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The five seeds and what the command makes of them; read only."""
    place = tmp_path_factory.mktemp("done")
    shutil.copytree(SEEDS, place / "seeds")
    first = shell("seeds/", "out/", cwd=place)
    assert first.returncode == 0, first.stderr
    return place, first


@pytest.fixture
def mine(done, tmp_path):
    """A copy of `done` that may be changed."""
    shutil.copytree(done[0], tmp_path / "x")
    return tmp_path / "x"


def test_the_seeds_come_out_as_the_committed_folder(done):
    place, first = done
    texts = sorted(p.name for p in SEEDS.glob("*.txt"))
    for name in texts:
        assert (place / "out" / name).read_bytes() == (ROOT / "out" / name).read_bytes(), name
    assert "wrote 5 texts and out/__report__/" in first.stdout
    for page in ("README.md", "report.jsonl", "index.html"):
        assert (place / "out/__report__" / page).is_file()


def test_a_second_run_writes_nothing_and_says_so(mine):
    before = {p: p.stat().st_mtime_ns for p in (mine / "out").rglob("*")}
    again = clean("seeds/", "out/", cwd=mine)
    assert again.returncode == 0
    assert "nothing to write: out/ is in step with seeds/" in again.stdout
    assert {p: p.stat().st_mtime_ns for p in (mine / "out").rglob("*")} == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda p: (p / "out/001_da0654deea18aef1.txt").unlink(), "missing  out/001_", id="text gone"),
        pytest.param(
            lambda p: (p / "out/__report__/README.md").unlink(), "missing  out/__report__/README.md", id="report"
        ),
        pytest.param(lambda p: _append(p / "out/000_dc01158ab21fdc48.txt"), "stale    out/000_", id="text edited"),
        pytest.param(lambda p: _append(p / "seeds/004_2d84c27bc3cdf833.txt"), "stale    out/004_", id="seed edited"),
        pytest.param(lambda p: (p / "seeds/003_c134a841ba407666.txt").unlink(), "orphan   out/003_", id="seed deleted"),
        pytest.param(lambda p: (p / "seeds/new.txt").write_bytes(b"a\n"), "missing  out/new.txt", id="seed new"),
    ],
)
def test_check_lists_what_is_not_in_step_and_writes_nothing(mine, change, expected):
    assert clean("check", "seeds/", "out/", cwd=mine).returncode == 0
    change(mine)
    before = tree(mine)
    found = clean("check", "seeds/", "out/", cwd=mine)
    assert found.returncode == 1
    assert expected in found.stdout
    assert found.stdout.splitlines()[-1].startswith("fix:  clean seeds/ out/")
    assert len(found.stdout.splitlines()) <= 20
    assert tree(mine) == before
    assert clean("seeds/", "out/", cwd=mine).returncode == 0
    assert clean("check", "seeds/", "out/", cwd=mine).returncode == 0


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + "\n新的一段。\n".encode())


def test_an_edit_in_the_rules_makes_out_stale(mine):
    (mine / "rules").mkdir()
    shutil.copytree(ROOT / "rules/tables", mine / "rules/tables")
    for name in ("zh-core", "zh-spam", "zh-site"):
        shutil.copy(ROOT / f"rules/{name}.toml", mine / "rules")
    (mine / "clean.toml").write_text('src = "seeds"\nout = "out"\n', encoding="utf-8")
    assert clean("check", cwd=mine).returncode == 0
    pack = mine / "rules/zh-spam.toml"
    pack.write_text(pack.read_text("utf-8") + "\n# a comment\n", encoding="utf-8")
    found = clean("check", cwd=mine)
    assert found.returncode == 1
    assert "stale    " in found.stdout and "__report__/report.jsonl" in found.stdout


def test_undo_gives_the_seeds_back_byte_for_byte(done, tmp_path):
    place, _ = done
    back = clean("undo", "out/", tmp_path / "back", cwd=place)
    assert back.returncode == 0, back.stderr
    assert "rebuilt 5 files" in back.stdout and "0 could not be rebuilt" in back.stdout
    assert tree(tmp_path / "back") == tree(place / "seeds")


def test_undo_of_one_rule_takes_back_that_rule_only(done, tmp_path):
    place, _ = done
    clean("undo", "out/", tmp_path / "back", "--rule", "zh-spam/betting-word", cwd=place)
    text = (tmp_path / "back/002_5ad29ed260622ba3.txt").read_text("utf-8")
    assert "〓" not in text and "稳步走在365bet体育在线前列" in text and "主办单位" not in text


def test_undo_says_when_out_was_changed_by_hand(mine):
    path = mine / "out/002_5ad29ed260622ba3.txt"
    path.write_text(path.read_text("utf-8").replace("〓", "全省", 1), encoding="utf-8")
    for more in ((), ("--rule", "zh-core")):
        back = clean("undo", "out/", f"back{len(more)}/", *more, cwd=mine)
        assert back.returncode == 1
        assert "is not the text that the report describes" in back.stderr
        assert len(list((mine / f"back{len(more)}").iterdir())) == 4, (
            "the others are rebuilt, the wrong text is not written"
        )


def test_undo_reads_nothing_outside_of_out(seeds):
    clean("seeds/", "out/", cwd=seeds.parent)
    (seeds.parent / "secret.txt").write_text("secret", encoding="utf-8")
    report = seeds.parent / "out/__report__/report.jsonl"
    report.write_text(report.read_text("utf-8").replace('"out":"a.txt"', '"out":"../secret.txt"'), encoding="utf-8")
    back = clean("undo", "out/", "back/", cwd=seeds.parent)
    assert back.returncode == 1 and "lies outside of OUT" in back.stderr


def test_undo_does_not_overwrite_another_text(mine):
    _append(mine / "seeds/000_dc01158ab21fdc48.txt")
    back = clean("undo", "out/", "seeds/", cwd=mine)
    assert back.returncode == 2 and "stands there already" in back.stderr


def test_explain_names_the_rule_its_reason_and_the_pending_decision(done):
    found = clean("explain", "seeds/002_5ad29ed260622ba3.txt:14", cwd=done[0])
    assert found.returncode == 0
    for part in ("zh-spam/betting-word", "稳步走在[-365bet体育在线-]{+〓+}前列", "pending", "why: ", "turns", "keeps"):
        assert part in found.stdout
    assert "no rule changes" in clean("explain", "seeds/002_5ad29ed260622ba3.txt:8", cwd=done[0]).stdout


def test_explain_takes_rules_and_ids(done):
    place, _ = done
    assert "ok turns" in clean("explain", "zh-spam/betting-word", cwd=place).stdout
    records = [json.loads(line) for line in (place / "out/__report__/report.jsonl").read_text("utf-8").splitlines()]
    edit = next(r for r in records if r["type"] == "edit")
    overlap = next(r for r in records if r["type"] == "overlap" and r["kind"] == "reuse")
    assert edit["by"][0] in clean("explain", edit["id"], cwd=place).stdout
    assert overlap["a"]["path"] in clean("explain", overlap["id"], cwd=place).stdout
    assert clean("explain", "0123456789ab", cwd=place).returncode == 2


def test_diff_shows_what_is_behind_a_stale_file_and_a_patch_that_applies(mine):
    (mine / "out/001_da0654deea18aef1.txt").unlink()
    found = clean("diff", "seeds/", "out/", cwd=mine)
    assert found.returncode == 1
    assert "001_da0654deea18aef1.txt:1:1: zh-spam/title" in found.stdout and "002_" not in found.stdout
    patch = clean("diff", "seeds/", "--unified", cwd=mine)
    applied = subprocess.run(
        ["patch", "-p1", "-d", "seeds"], input=patch.stdout, cwd=mine, capture_output=True, encoding="utf-8"
    )
    assert applied.returncode == 0, applied.stdout
    for name in ("000_dc01158ab21fdc48.txt", "003_c134a841ba407666.txt"):
        assert (mine / "seeds" / name).read_text("utf-8").rstrip("\n") == (mine / "out" / name).read_text(
            "utf-8"
        ).rstrip("\n")


def test_one_file_and_standard_input(done, tmp_path):
    place, _ = done
    name = "004_2d84c27bc3cdf833.txt"
    expected = (place / "out" / name).read_text("utf-8")
    assert clean(f"seeds/{name}", "-", cwd=place).stdout == expected
    assert clean("-", input=(place / "seeds" / name).read_text("utf-8"), cwd=place).stdout == expected
    clean(f"seeds/{name}", tmp_path / "one.txt", cwd=place)
    assert (tmp_path / "one.txt").read_text("utf-8") == expected
    clean(f"seeds/{name}", f"{tmp_path}/", cwd=place)
    assert (tmp_path / name).read_text("utf-8") == expected
    same = clean(f"seeds/{name}", f"seeds/{name}", cwd=place)
    assert same.returncode == 2 and "same file" in same.stderr


# --- bad input -------------------------------------------------------------------------------------------------------


def test_a_missing_src_is_named(tmp_path):
    found = clean("nowhere/", "out/", cwd=tmp_path)
    assert found.returncode == 2 and "nowhere" in found.stderr and "[E105]" in found.stderr
    assert not (tmp_path / "out").exists()


def test_a_mistyped_command_is_not_taken_for_a_folder(tmp_path):
    found = clean("chekc", "out/", cwd=tmp_path)
    assert found.returncode == 2 and "did you mean `clean check`?" in found.stderr


def test_an_empty_src_is_named(tmp_path):
    (tmp_path / "seeds").mkdir()
    found = clean("seeds/", "out/", cwd=tmp_path)
    assert found.returncode == 2 and "nothing to clean: it is empty" in found.stderr
    (tmp_path / "seeds/a.pdf").write_bytes(b"%PDF")
    found = clean("seeds/", "out/", cwd=tmp_path)
    assert found.returncode == 2 and "none of its 1 entries can be cleaned" in found.stderr


def test_out_equal_to_src_or_around_it_is_refused_and_out_inside_src_is_left_out_of_the_walk(seeds):
    for out in ("seeds", "seeds/../seeds/", "."):
        found = clean("seeds/", out, cwd=seeds.parent)
        assert found.returncode == 2 and "[E105]" in found.stderr, out
    assert tree(seeds).keys() == {"a.txt"}
    for _ in range(2):
        assert clean("seeds/", "seeds/out/", cwd=seeds.parent).returncode == 0
    assert {name for name in tree(seeds) if name.endswith(".txt")} == {"a.txt", "out/a.txt"}


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        pytest.param("b.txt", b"PK\x03\x04\x00\x00rest", "E110", id="binary"),
        pytest.param("b.txt", PROSE.encode()[:-4] + b"\xff\xfe\x80\n", "E111", id="broken utf-8"),
        pytest.param("b.txt", "云南".encode("gb18030"), "E111", id="too short to tell"),
    ],
)
def test_what_cannot_be_read_is_quarantined_with_its_bytes(seeds, name, raw, code):
    (seeds / name).write_bytes(raw)
    found = clean("seeds/", "out/", cwd=seeds.parent)
    out = seeds.parent / "out"
    assert found.returncode == 3 and f"[{code}]" in found.stderr and f"seeds/{name}" in found.stderr
    assert (out / name).read_bytes() == raw
    assert "分享到" not in (out / "a.txt").read_text("utf-8")
    assert code in (out / "__report__/README.md").read_text("utf-8")
    assert clean("check", "seeds/", "out/", cwd=seeds.parent).returncode == 0, "a quarantine that stands is in step"
    assert clean("undo", "out/", "back/", cwd=seeds.parent).returncode == 0
    assert tree(seeds.parent / "back") == tree(seeds)


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_and_rebuilt(tmp_path, encoding):
    (tmp_path / "seeds").mkdir()
    seed = "004_2d84c27bc3cdf833.txt" if encoding == "big5hkscs" else "001_da0654deea18aef1.txt"
    text = (SEEDS / seed).read_text("utf-8").replace("\n", "\r\n")
    raw = text.encode(encoding, "ignore")
    (tmp_path / "seeds/a.txt").write_bytes(raw)
    assert clean("seeds/", "out/", cwd=tmp_path).returncode == 0
    clean("undo", "out/", "back/", cwd=tmp_path)
    assert (tmp_path / "back/a.txt").read_bytes() == raw


def test_an_empty_file_is_empty_and_no_duplicate_of_another(seeds):
    for name in ("e1.txt", "e2.txt"):
        (seeds / name).write_bytes(b"")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 0 and (seeds.parent / "out/e1.txt").read_bytes() == b""
    assert "reuse" not in found.stdout


def test_a_pipe_is_left_out_and_does_not_hang(seeds):
    os.mkfifo(seeds / "pipe.txt")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 3 and "pipe.txt" in found.stderr and "[E101]" in found.stderr
    assert not (seeds.parent / "out/pipe.txt").exists()


def test_a_link_out_of_the_tree_is_not_followed(seeds):
    (seeds.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (seeds / "link.txt").symlink_to("../secret.txt")
    for more in ((), ("--follow-symlinks",)):
        found = clean("seeds/", "out/", "-v", *more, cwd=seeds.parent)
        assert not (seeds.parent / "out/link.txt").exists(), more
        assert "link.txt" in found.stdout + found.stderr


def test_a_link_in_out_that_leads_out_of_it_is_not_written_through(seeds):
    (seeds / "sub").mkdir()
    (seeds / "sub/b.txt").write_text(PROSE, encoding="utf-8")
    (seeds.parent / "elsewhere").mkdir()
    (seeds.parent / "out").mkdir()
    (seeds.parent / "out/sub").symlink_to("../elsewhere")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 3 and "[E103]" in found.stderr
    assert not list((seeds.parent / "elsewhere").iterdir()) and (seeds.parent / "out/a.txt").is_file()


def test_two_names_that_differ_in_case_only_are_both_left_out(seeds):
    (seeds / "A.txt").write_text(PROSE, encoding="utf-8")
    if len(list(seeds.iterdir())) < 2:
        pytest.skip("this file system has one name for both")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 3 and found.stderr.count("[E104]") == 2
    assert not (seeds.parent / "out/a.txt").exists() and not (seeds.parent / "out/A.txt").exists()


def test_a_file_over_the_limit_is_quarantined_by_its_size(seeds):
    (seeds / "big.txt").write_bytes(b"x" * 5000)
    found = clean("seeds/", "out/", "--max-file-size", "4000", cwd=seeds.parent)
    assert found.returncode == 3 and "[E120]" in found.stderr
    assert (seeds.parent / "out/big.txt").read_bytes() == b"x" * 5000


@pytest.mark.slow
def test_a_line_of_20_mib_is_done(seeds):
    text = "曲靖市坚持高质量发展," * ((20 << 20) // 33) + "\n"
    (seeds / "long.txt").write_text(text, encoding="utf-8")
    found = clean("seeds/", "out/", "--dedup", "off", cwd=seeds.parent)
    assert found.returncode == 0, found.stderr
    assert (seeds.parent / "out/long.txt").read_text("utf-8") == text


def test_an_out_that_cannot_be_written_is_4_and_nothing_is_torn(seeds, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    found = clean("seeds/", blocked / "out", cwd=seeds.parent)
    assert found.returncode in (2, 4) and "Traceback" not in found.stderr
    if os.geteuid():  # root may write everywhere
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        found = clean("seeds/", locked / "out", cwd=seeds.parent)
        assert found.returncode == 4 and "[E302]" in found.stderr


def test_a_read_only_file_system_is_4(seeds, monkeypatch):
    """For root as well: every open for writing fails as on a read-only file system."""
    import errno

    real = Path.open

    def refused(self, mode="r", *args, **keys):
        if set(mode) & set("wxa"):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))
        return real(self, mode, *args, **keys)

    monkeypatch.setattr(Path, "open", refused)
    found = clean(seeds, seeds.parent / "out")
    assert found.returncode == 4 and "[E302]" in found.stderr
    assert not any(p.is_file() and p.suffix == ".txt" for p in (seeds.parent / "out").rglob("*"))


def test_a_pack_with_three_mistakes_names_all_three_and_writes_nothing(seeds):
    (seeds.parent / "mine.toml").write_text(
        'schema = 1\nname = "mine"\nversion = "1"\n'
        '[[rule]]\nid = "a"\nkind = "span"\nwhy = "w"\nfnd = "x"\nturns = [["x", ""]]\nkeeps = ["y"]\n'
        '[[rule]]\nid = "b"\nkind = "spann"\nwhy = "w"\nfind = "x"\nturns = [["x", ""]]\nkeeps = ["y"]\n'
        '[[rule]]\nid = "c"\nkind = "span"\nwhy = "w"\nfind = "x*"\nturns = [["x", ""]]\nkeeps = ["y"]\n',
        encoding="utf-8",
    )
    found = clean("seeds/", "out/", "--pack", "./mine.toml", cwd=seeds.parent)
    assert found.returncode == 2
    assert [line.split(": ")[0].rsplit(":")[-1] for line in found.stderr.splitlines()] == ["8", "13", "22"]
    assert not (seeds.parent / "out").exists()


def test_a_wrong_configuration_names_everything_at_once(seeds):
    (seeds.parent / "clean.toml").write_text('sript = "own"\nmeta = "lft"\n[budget]\nhrd = 2\n', encoding="utf-8")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 2
    assert [line.split(": ")[0].rsplit(":")[-1] for line in sorted(found.stderr.splitlines())] == ["1", "2", "4"]
    assert "did you mean 'script'?" in found.stderr and "did you mean 'hard'?" in found.stderr


def test_ctrl_c_leaves_out_untouched_and_is_130(mine):
    """The signal comes in the middle of the work: the command says when it has read the third text, and waits."""
    for i in range(5):
        shutil.copy(SEEDS / "003_c134a841ba407666.txt", mine / f"seeds/x{i}.txt")
    before = tree(mine / "out")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "seeds/", "out/"],
        cwd=mine, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout.readline() == "third\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in errors and "Traceback" not in errors
    assert tree(mine / "out") == before


def test_a_hook_fails_when_it_wrote_something(seeds):
    hook = {"PRE_COMMIT": "1"}
    assert clean("seeds/", "out/", cwd=seeds.parent, env=hook).returncode == 1
    assert clean("seeds/", "out/", cwd=seeds.parent, env=hook).returncode == 0


def test_the_text_of_a_deleted_seed_goes_and_a_file_of_somebody_else_stays(seeds):
    (seeds / "b.txt").write_text(PROSE, encoding="utf-8")
    clean("seeds/", "out/", cwd=seeds.parent)
    (seeds.parent / "out/notes.txt").write_text("mine", encoding="utf-8")
    (seeds / "b.txt").unlink()
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert "deleted 1 whose seed is gone" in found.stdout
    assert {p.name for p in (seeds.parent / "out").glob("*.txt")} == {"a.txt", "notes.txt"}


def test_a_report_that_names_a_file_outside_deletes_nothing(seeds):
    clean("seeds/", "out/", cwd=seeds.parent)
    victim = seeds.parent / "victim.txt"
    victim.write_text("keep me", encoding="utf-8")
    report = seeds.parent / "out/__report__/report.jsonl"
    report.write_text(report.read_text("utf-8").replace('"out":"a.txt"', '"out":"../victim.txt"'), encoding="utf-8")
    clean("seeds/", "out/", cwd=seeds.parent)
    assert victim.read_text("utf-8") == "keep me"


def test_a_reader_that_goes_away_does_not_stop_the_run(seeds):
    command = f"{sys.executable} -m cleaner seeds/ out/ -v | true; exit ${{PIPESTATUS[0]}}"
    found = subprocess.run(
        ["bash", "-c", command], cwd=seeds.parent, capture_output=True, encoding="utf-8", timeout=300
    )
    assert found.returncode == 0 and "Traceback" not in found.stderr and "Broken pipe" not in found.stderr
    assert (seeds.parent / "out/a.txt").is_file()


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_that_nobody_reads_or_that_has_no_room_is_no_bug(option):
    """click prints these itself: they were 1 on a closed pipe, and 70 on a full disk."""
    command = f"{sys.executable} -m cleaner {option} | true; echo ${{PIPESTATUS[0]}}; {sys.executable} -m cleaner"
    done = subprocess.run(["bash", "-c", f"{command} {option} > /dev/full"], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout, done.returncode) == ("0\n", 4) and "[E304]" in done.stderr, done
    assert "E490" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_an_answer_that_was_known_and_has_no_room_is_no_bug():
    """What `known` answers is printed before the command line is there: it was a traceback, and 1."""
    program = "import cleaner.known, cleaner.__main__ as m; cleaner.known.answer = lambda _: 'in step\\n'; m.main()"
    command = f'{sys.executable} -c "{program}" > /dev/full'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 4 and "[E304]" in done.stderr and "Traceback" not in done.stderr, done


def test_a_full_stdout_is_4_and_out_is_whole(seeds):
    with Path("/dev/full").open("wb") as full:
        found = subprocess.run(
            [*CLEAN, "seeds/", "out/"],
            cwd=seeds.parent,
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=300,
        )
    assert found.returncode == 4 and "[E304]" in found.stderr
    assert (seeds.parent / "out/__report__/report.jsonl").is_file()


def test_the_bytes_of_out_depend_on_nothing_but_the_input(done, tmp_path):
    place, _ = done
    wanted = {k: v for k, v in tree(place / "out").items() if not k.endswith(".html")}
    for env in (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "PYTHONIOENCODING": "gbk"},
    ):
        out = tmp_path / env["PYTHONHASHSEED"]
        assert shell(SEEDS, out, "--isolated", cwd=tmp_path, env=env).returncode == 0
        assert {k: v for k, v in tree(out).items() if not k.endswith(".html")} == wanted


def test_every_record_fits_the_published_schema(done):
    import jsonschema

    place, _ = done
    schema = json.loads(clean("report", "--schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    kinds = set()
    for line in (place / "out/__report__/report.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        validator.validate(record)
        kinds.add(record["type"])
    assert kinds == {"run", "file", "edit", "overlap", "cluster"}
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**record, "surprise": 1})


def test_reports_can_be_made_again_from_out_alone(done, tmp_path):
    place, _ = done
    assert clean("report", "out/", "--format", "jsonl", cwd=place).stdout == (
        place / "out/__report__/report.jsonl"
    ).read_text("utf-8")
    assert clean("report", "out/", "--format", "md", cwd=place).stdout == (
        place / "out/__report__/README.md"
    ).read_text("utf-8")
    clean("report", "out/", "-o", tmp_path, cwd=place)
    assert (tmp_path / "index.html").read_bytes() == (place / "out/__report__/index.html").read_bytes()


def test_lint_reports_pollution_by_place(done):
    found = clean("lint", "seeds/001_da0654deea18aef1.txt", cwd=done[0])
    assert found.returncode == 1
    assert found.stdout.splitlines()[0].startswith("seeds/001_da0654deea18aef1.txt:1:1: zh-spam/title: '188bet")
    assert clean("lint", "out/001_da0654deea18aef1.txt", cwd=done[0]).returncode == 0


def test_overlaps_shows_both_sides_with_what_differs(done):
    found = clean("overlaps", "seeds/", cwd=done[0])
    assert found.returncode == 0
    assert "副中心[都]市的目標定位" in found.stdout and "副中心[城]市的目标定位" in found.stdout


def test_gates_stop_a_commit_that_waits_for_a_person(mine):
    assert clean("seeds/", "out/", "--fail-on", "pending", cwd=mine).returncode == 1
    assert clean("seeds/", "out/", "--fail-on", "overlap", cwd=mine).returncode == 1


def test_doctor_finds_a_report_that_does_not_lead_back(mine):
    assert clean("doctor", "out/", "--replay", cwd=mine).returncode == 0
    report = mine / "out/__report__/report.jsonl"
    report.write_text(
        report.read_text("utf-8").replace('"exact":"戰畧"', '"exact":"戰署"').replace('"exact":"畧"', '"exact":"署"'),
        encoding="utf-8",
    )
    found = clean("doctor", "out/", "--replay", cwd=mine)
    assert found.returncode == 1 and "does not lead back to the seed that was read" in found.stderr


def test_configuration_and_schemas_are_json():
    for args in (("config", "show"), ("config", "schema"), ("rules", "schema"), ("report", "--schema")):
        json.loads(clean(*args).stdout)


def test_help_comes_without_the_weight_of_the_work(tmp_path):
    found = clean("--help")
    assert found.returncode == 0 and "clean SRC OUT" in found.stdout
    command = [sys.executable, "-X", "importtime", "-m", "cleaner", "--help"]
    times = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300).stderr
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in times.splitlines()}
    assert not loaded & {
        "pydantic",
        "regex",
        "numpy",
        "opencc",
        "scipy",
        "lxml",
        "rich",
        "jinja2",
        "datasketch",
        "trafilatura",
    }


def test_a_run_imports_nothing_that_it_does_not_need(seeds):
    command = [sys.executable, "-X", "importtime", "-m", "cleaner", "seeds/", "out/"]
    times = subprocess.run(command, cwd=seeds.parent, capture_output=True, encoding="utf-8", timeout=300).stderr
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in times.splitlines()}
    assert not loaded & {"scipy", "lxml", "datasketch", "trafilatura", "pyarrow", "ray"}


def test_the_list_of_commands_says_what_the_commands_say():
    import importlib

    from cleaner.cli import COMMANDS

    for name, (module, text) in COMMANDS.items():
        command = getattr(importlib.import_module(f"cleaner.cli.{module}"), name)
        assert command.help.strip().split("\n")[0] == text, name


# --- what a reviewer met ---------------------------------------------------------------------------------------------


def test_pages_behind_a_link_are_not_deleted(seeds):
    clean("seeds/", "out/", cwd=seeds.parent)
    shutil.rmtree(seeds.parent / "out/__report__")
    precious = seeds.parent / "elsewhere/files/precious.html"
    precious.parent.mkdir(parents=True)
    precious.write_text("keep me", encoding="utf-8")
    (seeds.parent / "out/__report__").symlink_to("../elsewhere")
    found = clean("seeds/", "out/", cwd=seeds.parent)
    assert found.returncode == 3 and "[E103]" in found.stderr
    assert precious.read_text("utf-8") == "keep me" and list(precious.parent.iterdir()) == [precious]


def test_one_file_as_out_is_a_link_followed_a_pipe_written_to_and_never_another_text(seeds):
    seed, folder = seeds / "a.txt", seeds.parent
    (seeds / "b.txt").write_text(PROSE, encoding="utf-8")
    refused = clean(seed, seeds / "b.txt")
    assert refused.returncode == 2 and "--overwrite" in refused.stderr
    assert (seeds / "b.txt").read_text("utf-8") == PROSE
    (folder / "target.txt").write_text("", encoding="utf-8")
    (folder / "link.txt").symlink_to("target.txt")
    assert clean(seed, folder / "link.txt").returncode == 0
    assert (folder / "link.txt").is_symlink() and PROSE in (folder / "target.txt").read_text("utf-8")
    assert clean(seed, folder / "link.txt", "--overwrite").returncode == 0
    assert clean(seed, folder / "new/deep/x.txt").returncode == 0
    assert clean(seed, "/dev/null").returncode == 0 and not Path("/dev/null").is_file()
    assert clean(seeds, "-").returncode == 2


@pytest.mark.parametrize(
    "name",
    ["esc\x1b[31mred.txt", "new\nline.txt", "rtl\u202e.txt", "空 格 “引號”.txt", "a'b\".txt", "latin\udce9\udcff.txt"],
)
def test_an_odd_name_leads_back_is_an_orphan_when_gone_and_is_never_printed_raw(seeds, name):
    try:
        (seeds / name).write_text("分享到:\n" + PROSE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    (seeds.parent / "clean.toml").write_text(
        'exclude = ["drafts/*"]\n[per_file_ignores]\n"esc*" = ["zh-core"]\n', encoding="utf-8"
    )
    found = clean("seeds/", "out/", "-v", cwd=seeds.parent)
    assert found.returncode == 0
    for more in (clean("lint", f"seeds/{name}", cwd=seeds.parent), clean("explain", f"seeds/{name}", cwd=seeds.parent)):
        assert not set("\x1b\u202e") & set(found.stdout + found.stderr + more.stdout + more.stderr)
    assert clean("undo", "out/", "back/", cwd=seeds.parent).returncode == 0
    assert tree(seeds.parent / "back") == tree(seeds)
    (seeds / name).unlink()
    assert "deleted 1" in clean("seeds/", "out/", cwd=seeds.parent).stdout
    assert not (seeds.parent / "out" / name).exists()


def test_undo_of_a_rule_leaves_what_other_rules_had_the_last_word_on(done, tmp_path):
    place, _ = done
    assert clean("undo", "out/", tmp_path / "b", "--rule", "zh-core/spaces", cwd=place).returncode == 0
    text = (tmp_path / "b/002_5ad29ed260622ba3.txt").read_text("utf-8")
    assert "主办单位" not in text and "\u00a0" in text
    assert clean("undo", "out/", tmp_path / "c", "--rule", "nope", cwd=place).returncode == 2


SLIPS = [
    ("--select", "zh-spma"), ("--ignore", "nope"), ("--no-pack", "nope"), ("--spam-words", "map"),
    ("--set", 'per_file_ignores={"a"=["zh-nope"]}'), ("--set", 'exclude=["**"]'), ("--set", 'placeholder="a\\nb"'),
]  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_configuration_is_refused_and_out_stays(seeds, slip):
    clean("seeds/", "out/", cwd=seeds.parent)
    before = tree(seeds.parent / "out")
    found = clean("seeds/", "out/", *slip, cwd=seeds.parent)
    assert found.returncode == 2 and "nothing was written" in found.stderr, found.stderr
    assert tree(seeds.parent / "out") == before


def test_after_all_seeds_are_deleted_out_follows_and_is_in_step(seeds):
    clean("seeds/", "out/", cwd=seeds.parent)
    (seeds / "a.txt").unlink()
    assert clean("check", "seeds/", "out/", cwd=seeds.parent).returncode == 1
    assert clean("seeds/", "out/", cwd=seeds.parent).returncode == 0
    assert clean("check", "seeds/", "out/", cwd=seeds.parent).returncode == 0
    assert "nothing to write" in clean("seeds/", "out/", cwd=seeds.parent).stdout


def test_explain_of_a_line_that_is_not_there_says_so(seeds):
    found = clean("explain", seeds / "a.txt:99")
    assert found.returncode == 2 and "no line 99" in found.stderr
    assert "did you mean" in clean("explain", "zh-spam/bettin").stderr
