"""No fault of the disk tears a file: a sample of the faults by default, all of them in CI."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from cleaner.config import load
from tests.conftest import ROOT
from tests.test_cli import PROSE, clean, seeds
from tests.trust.injector import Faults
from tests.trust.kills import Kills

__all__ = ["seeds"]


def test_a_failing_operation_leaves_whole_files_and_the_next_run_mends_all(tmp_path):
    found = Faults(tmp_path).series(step=67)
    assert found.problems == [] and found.figures["faults"] >= 20


@pytest.mark.slow
def test_every_fourth_operation_may_fail(tmp_path):
    found = Faults(tmp_path).series(step=4)
    assert found.problems == [] and found.figures["faults"] >= 300


def test_a_run_killed_at_its_very_end_leaves_nothing_that_the_next_one_does_not_remove(seeds):
    """All was written, the kill came before its marks were gone; the next run has nothing to write, and must sweep."""
    clean("seeds/", "out/", cwd=seeds.parent)
    out = seeds.parent / "out"
    (out / ".incomplete").touch()
    (out / ".clean-0123456789abcdef").write_bytes(b"half")
    assert clean("seeds/", "out/", cwd=seeds.parent).returncode == 0
    assert not [path.name for path in out.rglob(".*")]


def test_an_orphan_that_cannot_be_deleted_is_4_and_no_bug(seeds, monkeypatch):
    clean("seeds/", "out/", cwd=seeds.parent)
    (seeds / "b.txt").write_bytes((seeds / "a.txt").read_bytes())
    (seeds / "a.txt").unlink()

    def denied(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.unlink", denied)
    done = clean("seeds/", "out/", cwd=seeds.parent)
    assert done.returncode == 4 and "[E302]" in done.stderr, done.stderr


def test_a_run_that_has_waited_for_another_one_leaves_out_as_its_own_report_says(seeds, monkeypatch):
    """What was to be written was known before it waited: OUT held a text of the other run, and a report of neither."""
    from cleaner import files, output, pipeline

    config = load(None, {})
    book = pipeline.Book.of(config)
    (seeds / "b.txt").write_text("标题\n\n" + PROSE, encoding="utf-8")
    out = seeds.parent / "out"
    first = pipeline.run(seeds, out, config, book)
    output.write(first, out)
    (seeds / "b.txt").write_text("题目\n\n" + PROSE * 2, encoding="utf-8")
    other = pipeline.run(seeds, out, config, book)
    (out / "a.txt").unlink()

    class Waits(files.Lock):
        def __enter__(self):
            monkeypatch.setattr(files, "Lock", plain)
            output.write(other, out)
            return super().__enter__()

    plain = files.Lock
    monkeypatch.setattr(files, "Lock", Waits)
    output.write(first, out, wait=True)
    assert output.differences(first, out) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_that_python_can_only_ignore_is_not_lost(tmp_path, number, code):
    """It came in a callback of the import lock: Python printed a traceback, and the run went on to its end."""
    program = (
        "import gc, os, sys, time\n"
        "from cleaner import cli\n"
        "class Loud:\n"
        f"    def __del__(self): os.kill(os.getpid(), {int(number)}); time.sleep(0.05)\n"
        "def command(**_):\n"
        "    x = Loud(); del x; time.sleep(20)\n"
        "cli.cli.main = command\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == code and "Traceback" not in done.stderr, done.stderr


@pytest.mark.slow
def test_no_kill_tears_a_file_or_leaves_a_process(tmp_path):
    """A sample; benchmarks/trust.py kills 200 times."""
    found = Kills(tmp_path).series({"parent": 5, "worker": 3, "workers": 2, "both": 3, "SIGINT": 3, "SIGTERM": 3})
    assert found.problems == [], found.figures
    assert found.figures["two workers"]
