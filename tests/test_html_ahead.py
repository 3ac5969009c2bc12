"""Pages taken apart before their turn: the same results in the same order, and nobody left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import repeat
from pathlib import Path

import pytest

from cleaner import pipeline
from cleaner.cache import Cache
from cleaner.errors import InputError, OutputError
from cleaner.formats import html_ahead
from cleaner.formats.html import Extractor
from cleaner.formats.html_ahead import Ahead
from cleaner.formats.sandbox import Sandbox
from tests.test_cli import clean
from tests.test_html import GOOD, PARAGRAPHS, child_of, gone, page
from tests.trust.harness import children_of

ROOT = Path(__file__).resolve().parent.parent
ECHO = (
    "found = json.loads(question)['text']\n"
    "return json.dumps({'lines': [found], 'kept': 1, 'flags': [], 'meta': {}}).encode()"
)


def ahead(worker, pages, jobs=2, deadline=20.0):
    found = Ahead(iter(pages), jobs)
    for extractor in found.extractors:
        extractor.box, extractor.deadline = Sandbox(worker), deadline
    return closing(found)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Thirty pages, one of them empty, one with NUL, one too deep, and a text among them."""
    monkeypatch.setattr(html_ahead, "LEAST", 1)
    src = tmp_path / "pages"
    src.mkdir()
    for i in range(30):
        body = [f"<p>{PARAGRAPHS[(i + k) % 4]}{i}</p>" for k in range(3)]
        (src / f"{i:02}.html").write_text(page(*body, title=f"第{i}个故事"), encoding="utf-8")
    (src / "05.html").write_text("<html><body></body></html>", encoding="utf-8")
    (src / "11.html").write_bytes(page().encode() + b"\0")
    (src / "17.html").write_text(page("<div>" * 3000 + PARAGRAPHS[0]), encoding="utf-8")
    (src / "x.txt").write_text(f"{PARAGRAPHS[0]}\n", encoding="utf-8")
    return src


def done(src, config, book, jobs, cache=None):
    keys = config.keys.model_copy(update={"jobs": jobs})
    found = pipeline.run(src, None, pipeline.replace(config, keys=keys), book, cache=cache or Cache(None))
    return found.committed, found.errors and [str(error) for error in found.errors]


def test_one_child_or_three_the_same_comes_out(folder, config, book):
    one = done(folder, config, book, 1)
    assert len(one[1]) == 2 and len(one[0]) > 50 and done(folder, config, book, 3) == one


def test_known_pages_start_no_child(folder, tmp_path, config, book, monkeypatch):
    monkeypatch.setattr(pipeline, "BULK", 0)
    for name in ("11", "17"):  # what cannot be done is tried again in each run
        (folder / f"{name}.html").unlink()
    with Cache(tmp_path / "cache") as cache:
        first = done(folder, config, book, 3, cache)

    def never(*_args, **_how):
        raise AssertionError("a page was taken apart again")

    with monkeypatch.context() as patch, Cache(tmp_path / "cache") as cache:
        patch.setattr(Extractor, "extract", never)
        assert done(folder, config, book, 3, cache) == first
    (folder / "07.html").write_text(page(), encoding="utf-8")
    asked: list[str] = []
    real = Extractor.extract

    def counted(self, raw, where, **how):
        asked.append(Path(where).name)
        return real(self, raw, where, **how)

    monkeypatch.setattr(Extractor, "extract", counted)
    with Cache(tmp_path / "cache") as cache:
        assert done(folder, config, book, 3, cache) != first
    assert asked == ["07.html"]


def test_another_encoding_is_another_page(folder, tmp_path, config, book, monkeypatch):
    monkeypatch.setattr(pipeline, "BULK", 0)
    (folder / "00.html").write_bytes(page(head="").encode("gb18030"))
    with Cache(tmp_path / "cache") as cache:
        done(folder, config, book, 2, cache)
    keys = config.keys.model_copy(update={"encoding": "big5"})
    other = pipeline.replace(config, keys=keys)
    with Cache(tmp_path / "cache") as cache:
        assert done(folder, other, book, 2, cache) == done(folder, other, book, 2)


def test_bytes_that_changed_meanwhile_are_taken_apart_as_they_are_now(tmp_path, monkeypatch):
    with ahead(child_of(tmp_path, ECHO, monkeypatch), [("a", b"old"), ("b", b"b")]) as pages:
        pages.go_on()
        assert pages.extract(b"new", "a").text == "new\n"
        assert pages.extract(b"b", "b").text == "b\n"


def test_pages_that_nobody_asks_for_do_not_stop_the_others(tmp_path, monkeypatch):
    names = [(f"{i}", f"{i}".encode()) for i in range(40)]
    with ahead(child_of(tmp_path, ECHO, monkeypatch), names) as pages:
        for where, raw in names[::5]:
            pages.go_on()
            assert pages.extract(raw, where).text == f"{where}\n"
            assert not pages._begun or min(map(int, pages._begun)) > int(where)


def test_no_more_is_read_than_was_said(tmp_path, monkeypatch):
    seen: list[int] = []

    def names():
        for i in range(1000):
            seen.append(i)
            yield f"{i}", b"x"

    with ahead(child_of(tmp_path, ECHO, monkeypatch), names()) as pages:
        pages.go_on()
        pages.go_on()
        assert len(seen) == 2 * html_ahead.AHEAD


def test_a_page_that_hangs_and_one_that_kills_cost_the_others_nothing(tmp_path, monkeypatch):
    code = (
        "if '慢'.encode() in question: time.sleep(100)\n"
        f"if '死'.encode() in question: os.kill(os.getpid(), signal.SIGKILL)\n{GOOD}"
    )
    texts = ["好", "慢", "好", "死", "好", "好"]
    given = [(f"{i}", page(f"<p>{text}</p>").encode()) for i, text in enumerate(texts)]
    codes = []
    with ahead(child_of(tmp_path, code, monkeypatch), given, deadline=0.5) as pages:
        for where, raw in given:
            pages.go_on()
            try:
                codes.append(pages.extract(raw, where).text)
            except InputError as err:
                codes.append(err.code)
    assert codes == ["好\n", "E132", "好\n", "E130", "好\n", "好\n"]


def refuse(monkeypatch, kind, which, error):
    """Have starts of a thread or process fail: those whose number is in `which`."""
    name = "__init__" if kind is subprocess.Popen else "start"
    real, count = getattr(kind, name), iter(range(1000))

    def start(self, *args, **how):
        if next(count) in which:
            raise error
        return real(self, *args, **how)

    monkeypatch.setattr(kind, name, start)


FULL = (subprocess.Popen, BlockingIOError(11, "Resource temporarily unavailable"))
THREADS = (threading.Thread, RuntimeError("can't start new thread"))


@pytest.mark.parametrize(
    ("kind", "error", "which"),
    [(*FULL, [0]), (*FULL, [1, 2, 3, 4]), (*FULL, range(1, 1000)), (*THREADS, [1, 2]), (*THREADS, [2])],
)
def test_where_not_all_children_can_be_started_the_others_do_it(tmp_path, monkeypatch, kind, error, which):
    given = [(f"{i}", f"{i}".encode()) for i in range(20)]
    refuse(monkeypatch, kind, which, error)
    with ahead(child_of(tmp_path, ECHO, monkeypatch), given, jobs=3) as pages:
        for where, raw in given:
            pages.go_on()
            assert pages.extract(raw, where).text == f"{where}\n"


@pytest.mark.parametrize(("kind", "error"), [FULL, THREADS])
def test_where_no_child_can_be_started_the_run_ends_and_nothing_is_quarantined(
    folder, config, book, monkeypatch, kind, error
):
    refuse(monkeypatch, kind, range(1000), error)
    with pytest.raises(OutputError, match=r"00\.html: no extractor: .*(start new thread|unavailable).*E306"):
        done(folder, config, book, 2)


@pytest.mark.parametrize("pause", [0.0, 0.02, 0.5])
def test_to_close_waits_for_nobody(tmp_path, monkeypatch, pause):
    """Children that are being started, and those that hang, are ended; no thread waits for them."""
    begun = time.monotonic()
    with ahead(
        child_of(tmp_path, "time.sleep(100)", monkeypatch), zip("abcdefgh", repeat(b"x"), strict=False)
    ) as pages:
        pages.go_on()
        time.sleep(pause)
    assert time.monotonic() - begun < 8
    assert not children_of(os.getpid())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_child_outlives_the_command(tmp_path, how):
    src = tmp_path / "pages"
    src.mkdir()
    for i in range(200):
        (src / f"{i}.html").write_text(page(*(f"<p>{text}{i}</p>" for text in PARAGRAPHS * 30)), encoding="utf-8")
    command = [sys.executable, "-m", "cleaner", str(src), str(tmp_path / "out"), "-q", "-j", "3", "--isolated"]
    running = subprocess.Popen([*command, "--no-cache"], env={**os.environ, "PYTHONPATH": str(ROOT)})
    end = time.monotonic() + 60
    while len(found := children_of(running.pid)) < 3:
        assert time.monotonic() < end and running.poll() is None
        time.sleep(0.01)
    running.send_signal(how)
    assert running.wait(20) == (130 if how == signal.SIGINT else -how)
    assert all(gone(pid) for pid in found)
    assert not (tmp_path / "out").exists()


def test_the_command_takes_jobs_for_a_folder(folder, tmp_path):
    assert clean("pages", "out", "-j", "2", "-q", cwd=tmp_path).returncode == 3
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.txt")}
    shutil.rmtree(tmp_path / "out")
    assert clean("pages", "out", "-j", "1", "-q", cwd=tmp_path).returncode == 3
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").rglob("*.txt")} == first
