"""What the fuzz has found, as small as it can be. Each ended in a traceback or drove the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cleaner import files, output, packs, pipeline
from cleaner.config import load
from cleaner.context import Context, Settings
from cleaner.errors import CleanerError, Errors, OutputError
from cleaner.formats import warc
from cleaner.reports.records import from_jsonl
from tests.test_cli import PROSE, clean, seeds, tree

__all__ = ["seeds"]

ROOT = Path(__file__).resolve().parent.parent.parent

PACK = r"""
schema = 1
name = "own"
version = "1"
[[rule]]
id = "a"
kind = "{kind}"
why = "A test."
{body}
turns = [["標題领导\n分享到:\n【打印】【关闭】\n", "標題領導\n"]]
keeps = ["正文。"]
"""


def errors(tmp_path, kind: str, body: str, **tables: bytes) -> list[CleanerError]:
    for name, raw in tables.items():
        (tmp_path / f"{name}.tsv").write_bytes(raw)
    (tmp_path / "own.toml").write_text(PACK.format(kind=kind, body=body), encoding="utf-8")
    with pytest.raises(Errors) as caught:
        packs.load([tmp_path / "own.toml"])
    return list(caught.value.errors)


def test_a_report_that_anybody_has_edited_drives_no_terminal():
    with pytest.raises(CleanerError, match="E205") as caught:
        from_jsonl(b'{"type":"\\u001b]0;owned\\u0007\\n\\u202e"}\n', "report.jsonl")
    assert str(caught.value).isprintable()


def test_the_name_of_a_table_drives_no_terminal(tmp_path):
    (one,) = errors(tmp_path, "spun", 'forms = "a\\u001b[31m\\n.tsv"')
    assert one.code == "E202" and str(one).isprintable()


def test_a_table_that_is_not_utf8_is_named_with_its_line(tmp_path):
    (one,) = errors(tmp_path, "spun", 'forms = "t.tsv"', t="標\t標\t1\n標題\t2\n".encode("gb18030"))
    assert one.code == "E202" and "table 't.tsv' is not UTF-8 in line 1" in str(one)


@pytest.mark.parametrize(
    ("kind", "key", "raw"),
    [("spun", "forms", b"abc\n"), ("script", "keep", "領\n".encode()), ("words", "file", b"x\n")],
)
def test_a_table_with_too_few_columns_is_a_mistake_and_no_bug(tmp_path, kind, key, raw):
    (one,) = errors(tmp_path, kind, f'{key} = "t.tsv"', t=raw)
    assert one.code == "E202", one


def test_weights_that_are_no_numbers_are_a_mistake(tmp_path):
    body = 'weights = "w.tsv"\ncues = "c.tsv"'
    cues = (packs.shipped() / "tables/line-cues.tsv").read_bytes()
    for weights in (b"", b"start\tstart>head\tx\n", b"trait\tx\n"):
        (one,) = errors(tmp_path, "judge", body, w=weights, c=cues)
        assert one.code == "E202", (weights, one)


def test_a_wrong_value_that_is_quoted_drives_no_terminal(tmp_path):
    (tmp_path / "clean.toml").write_text('required_version = "\\u001b[31m\\n>"\n', encoding="utf-8")
    with pytest.raises(Errors) as caught:
        load(tmp_path / "clean.toml", {})
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("glob", ["!", "[z-a]", "a\\\\"])
@pytest.mark.parametrize("key", ['exclude = ["{}"]', '[per_file_ignores]\n"{}" = ["zh-core"]'])
def test_a_pattern_of_files_that_is_none_is_a_mistake(tmp_path, key, glob):
    (tmp_path / "clean.toml").write_text(key.format(glob) + "\n", encoding="utf-8")
    with pytest.raises(CleanerError, match="is no pattern of files"):
        load(tmp_path / "clean.toml", {})


def test_a_nul_in_a_path_of_the_configuration_is_named(tmp_path):
    (tmp_path / "clean.toml").write_text('protect = "\\u0000"\n', encoding="utf-8")
    with pytest.raises(CleanerError, match="'protect' holds a NUL") as caught:
        load(tmp_path / "clean.toml", {})
    assert caught.value.code == "E202"


def test_brackets_without_end_in_a_configuration_are_a_mistake(tmp_path):
    (tmp_path / "clean.toml").write_text("packs = " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(CleanerError, match="E202"):
        load(tmp_path / "clean.toml", {})


def test_a_bug_that_one_document_brings_out_costs_that_document_alone(seeds, monkeypatch):
    """It ended the run with 70 before anything was written; now the others are done, and the run still ends with 70."""
    from cleaner.kinds.line import Line

    plain = Line.__call__

    def broken(self, context):
        if "坏" in context.text:
            raise ZeroDivisionError("坏")
        return plain(self, context)

    monkeypatch.setattr(Line, "__call__", broken)
    (seeds / "b.txt").write_text(f"标题\n\n{PROSE}坏。\n分享到:\n", encoding="utf-8")
    done = clean("seeds/", "out/", "--set", "dedup.mode=off", cwd=seeds.parent)
    out = tree(seeds.parent / "out")
    assert done.returncode == 70 and "seeds/b.txt: a bug of ours (ZeroDivisionError at " in done.stderr, done.stderr
    assert "in rule zh-" in done.stderr and "[E490]" in done.stderr and "坏" not in done.stderr
    assert out["b.txt"] == (seeds / "b.txt").read_bytes() and out["a.txt"] != (seeds / "a.txt").read_bytes()


def test_an_empty_archive_has_no_rows(tmp_path):
    (tmp_path / "a.warc").write_bytes(b"")
    assert warc.cut(tmp_path / "a.warc", "a.warc") == []


def test_a_long_menu_in_a_footer_takes_no_time(book):
    """A shipped pattern could read the blanks between 41 items of a menu in 3**40 ways: 118 s, then E210."""
    line = " | ".join(f"{i}市人大常委会" for i in range(60))
    footer = next(rule for rule in book.rules if rule.id == "zh-site/footer")
    begun = time.process_time()
    list(footer.propose(Context(f"标题\n\n{PROSE}\n{line}\n", Settings())))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(("name", "raised"), [("SIGINT", "KeyboardInterrupt"), ("SIGTERM", "_Terminated")])
def test_a_signal_waits_until_a_module_is_loaded(name, raised, tmp_path):
    """orjson crashed the interpreter, and pydantic raised an error of its own, where an interrupt came into them."""
    module = f"import os, signal\nos.kill(os.getpid(), signal.{name})\nsum(range(100_000))\nprint('loaded')\n"
    (tmp_path / "slow.py").write_text(module, "utf-8")
    program = (
        "import signal, time\nfrom cleaner.cli import _ended\n"
        f"signal.signal(signal.{name}, _ended)\n"
        "try:\n    import slow\n    time.sleep(5)\nexcept BaseException as err:\n    print(type(err).__name__)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["loaded", raised], done.stderr


def two_seeds(tmp_path, config):
    """A text and one that is too large, and the settings with which it is."""
    src = tmp_path / "src"
    src.mkdir()
    (src / "a.txt").write_text(PROSE, encoding="utf-8")
    (src / "big.txt").write_text(PROSE * 9, encoding="utf-8")
    limit = len((src / "big.txt").read_bytes()) - 1
    return src, replace(config, keys=config.keys.model_copy(update={"max_file_size": limit}))


def test_a_seed_that_goes_after_the_walk_is_left_alone(tmp_path, config, book, monkeypatch):
    src, settings = two_seeds(tmp_path, config)
    real = pipeline.survey

    def survey(*args):
        found = real(*args)
        (src / "a.txt").unlink()
        return found

    monkeypatch.setattr(pipeline, "survey", survey)
    assert [error.code for error in pipeline.run(src, None, settings, book).errors] == ["E131", "E120"]


@pytest.mark.parametrize(("make", "code"), [(os.mkfifo, "E101"), (None, "E131")])
def test_a_large_seed_that_becomes_something_else_is_not_waited_for(tmp_path, config, book, monkeypatch, make, code):
    src, settings = two_seeds(tmp_path, config)
    real = files.read

    def read(path, where, *, limit):
        try:
            return real(path, where, limit=limit)
        finally:
            if path.name == "big.txt":
                path.unlink()
                if make:
                    make(path)

    monkeypatch.setattr(files, "read", read)
    assert [error.code for error in pipeline.run(src, None, settings, book).errors] == [code]


@pytest.mark.parametrize("old", [False, True])
def test_a_large_seed_that_goes_before_it_is_copied_stops_no_other(tmp_path, config, book, old):
    src, settings = two_seeds(tmp_path, config)
    out = tmp_path / "out"
    found = pipeline.run(src, out, settings, book)
    if old:
        output.write(found, out)
        (out / "a.txt").unlink()
    (src / "big.txt").unlink()
    done = output.write(found, out)
    assert [error.code for error in done.errors] == ["E131"]
    assert (out / "a.txt").exists() and (out / "__report__" / "report.jsonl").exists()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that fails when it is read")
def test_a_disk_that_fails_while_a_seed_is_read_is_said(tmp_path):
    """Memory of a process that is not mapped can be opened and not read (EIO)."""
    with pytest.raises(OutputError, match=r"cannot be read \(Input/output error\).*E302"):
        files.read(Path("/proc/self/mem"), "a.txt", limit=10)
