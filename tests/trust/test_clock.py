"""A rule without end must not hang a command: its text is kept as it was, the others are done."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from cleaner import clock
from tests.conftest import ROOT
from tests.test_cli import PROSE, clean, seeds, tree

__all__ = ["seeds"]

PACK = """
schema = 1
name = "own"
version = "1"
[[rule]]
id = "endless"
kind = "span"
why = "A test."
find = '(?:X|XX|X\\p{L}?)+Z'
turns = [["XXZ。\\n", "。\\n"]]
keeps = ["正文XX。\\n"]
"""


@pytest.fixture
def timer():
    """The signal of a command, in this process; off again afterwards."""
    import signal

    before = signal.getsignal(signal.SIGVTALRM)
    clock.install()
    yield
    clock._State.installed = False
    signal.signal(signal.SIGVTALRM, before)


def hang(seeds) -> None:
    (seeds.parent / "own.toml").write_text(PACK, encoding="utf-8")
    (seeds.parent / "clean.toml").write_text(
        'packs = ["zh-core", "zh-spam", "zh-lines", "zh-site", "./own.toml"]\n', encoding="utf-8"
    )
    (seeds / "b.txt").write_text(f"标题\n\n{PROSE}分享到:\n{'X' * 60}\n", encoding="utf-8")


def test_a_rule_that_hangs_on_one_text_costs_that_text_alone(seeds):
    """The pattern of a user's own pack is not vetted: it takes 2**60 steps on one line of one text."""
    hang(seeds)
    done = clean("seeds/", "out/", "--set", "deadline=3", cwd=seeds.parent)
    assert done.returncode == 3, done.stderr
    assert "seeds/b.txt: the rule own/endless ran out of time on it; copied unchanged" in done.stderr
    assert "take it out of the pack own" in done.stderr and "[E210]" in done.stderr
    out = tree(seeds.parent / "out")
    assert out["b.txt"] == (seeds / "b.txt").read_bytes()
    assert out["a.txt"] != (seeds / "a.txt").read_bytes() and "[E" not in done.stderr.replace("[E210]", "")


def test_work_of_python_is_ended_too(timer):
    begun = time.process_time()
    with pytest.raises(clock.OutOfTime), clock.limited(0.05):
        while True:
            pass
    assert time.process_time() - begun < 5
    with clock.limited(0.05):
        pass
    end = time.process_time() + 0.2
    while time.process_time() < end:  # what was set has been taken back
        pass


def test_no_handler_for_errors_takes_the_end_of_time_for_an_error(timer):
    with pytest.raises(clock.OutOfTime), clock.limited(0.05):
        try:
            while True:
                pass
        except Exception:
            pytest.fail("an error")


def test_a_limit_inside_of_a_limit_is_the_outer_one(timer):
    with pytest.raises(clock.OutOfTime), clock.limited(0.05), clock.limited(3600):
        while True:
            pass


def test_a_program_that_imports_us_keeps_its_signals():
    code = (
        "import signal, cleaner\n"
        "from cleaner import clock\n"
        "cleaner.clean_text('正文。\\n')\n"
        "with clock.limited(0.01):\n"
        "    for _ in range(3_000_000): pass\n"
        "assert signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr


def test_another_thread_is_not_limited(timer):
    seen = []

    def work() -> None:
        with clock.limited(0.01):
            seen.append(clock._State.running)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]


def test_a_rule_that_hangs_on_good_prose_is_refused_when_it_is_loaded(tmp_path, timer, monkeypatch):
    from cleaner import packs
    from cleaner.errors import Errors

    monkeypatch.setattr("cleaner.packs.read.TRIAL", 0.3)
    text = PACK.replace(r"(?:X|XX|X\p{L}?)+Z", r"^(?:[\p{Han}，]|\p{Han}\p{Han})+[0-9A-Z]$")
    text = text.replace('"XXZ。\\n", "。\\n"', '"曲靖Z\\n", "\\n"').replace("正文XX。", "正文。")
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Errors) as caught:
        packs.load([tmp_path / "own.toml"])
    assert [one.code for one in caught.value.errors] == ["E203"]
