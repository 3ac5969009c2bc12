"""`--log-format json`: stderr is one JSON object a line, and says how it ended."""

from __future__ import annotations

import json

from cleaner.cli.printing import Printer
from tests.conftest import SEEDS
from tests.test_cli import clean


def lines(done):
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_run_ends_with_its_result(tmp_path):
    done = clean(SEEDS, tmp_path / "out", "--log-format", "json")
    end = lines(done)[-1]
    assert end["type"] == "result" and end["exit"] == done.returncode == 0
    assert (end["files"], end["pending"], end["files_quarantined"]) == (5, 7, 0)
    assert done.stdout.startswith("5 files")


def test_an_error_has_its_parts(tmp_path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.txt").write_bytes("好文章。\n".encode())
    (tmp_path / "seeds/b.txt").write_bytes(b"abc\0def\n")
    done = clean("seeds", "out", "--log-format=json", "-q", cwd=tmp_path)
    error, end = lines(done)
    assert (error["type"], error["level"], error["code"]) == ("message", "error", "E110")
    assert error["where"] == "seeds/b.txt:1" and {"what", "done", "how", "text"} <= set(error)
    assert end["exit"] == 3 == done.returncode and done.stdout == ""


def test_a_wrong_command_line_is_an_object_too():
    done = clean("check", "--log-format", "json", "--nonsense")
    message, end = lines(done)
    assert message["level"] == "error" and "--nonsense" in message["text"] and end == {"type": "result", "exit": 2}


def test_a_check_tells_how_many_files_differ(tmp_path):
    (tmp_path / "out").mkdir()
    done = clean("check", SEEDS, tmp_path / "out", "--log-format", "json")
    assert lines(done)[-1]["differences"] == 7 and done.returncode == 1


def test_progress_is_an_object_once_a_second(capsys):
    printer = Printer()
    printer.as_json = True
    printer._begun = printer._last = -100.0
    printer.tick("cleaning", 3, 5)
    printer.tick("cleaning", 4, 5)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line) == {"type": "progress", "what": "cleaning", "done": 3, "of": 5}


def test_an_interrupt_is_an_object_too(monkeypatch, tmp_path):
    from cleaner import pipeline

    def interrupted(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "run", interrupted)
    done = clean(SEEDS, tmp_path / "out", "--log-format", "json")
    message, end = lines(done)
    assert (
        message["text"].startswith("interrupted") and end == {"type": "result", "exit": 130} and done.returncode == 130
    )
