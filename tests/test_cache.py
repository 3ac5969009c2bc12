"""The cache: it gives back what was put, or nothing; it never fails a run."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import known
from cleaner.cache import FILE, Cache, default_folder, key_of


def test_a_value_is_there_for_a_later_run(tmp_path):
    with Cache(tmp_path) as cache:
        cache.put(key_of("甲"), b"one")
        assert cache.get(key_of("甲")) == b"one"
    with Cache(tmp_path) as cache:
        assert cache.get(key_of("甲")) == b"one"
        assert cache.get(key_of("乙")) is None


def test_without_a_folder_nothing_is_known_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Cache(None) as cache:
        cache.put(b"k", b"v")
        cache.put_many({b"l": b"v"})
        assert cache.get_many([b"k", b"l"]) == {}
    assert not list(tmp_path.iterdir())


@given(st.lists(st.text(max_size=3), max_size=4), st.lists(st.text(max_size=3), max_size=4))
def test_other_parts_give_another_key(one, two):
    assert (key_of(*one) == key_of(*two)) == (one == two)


def test_a_run_that_asks_nothing_makes_no_file(tmp_path):
    with Cache(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


def test_more_keys_than_one_statement_takes(tmp_path):
    values = {key_of(str(i)): str(i).encode() for i in range(2500)}
    with Cache(tmp_path) as cache:
        cache.put_many(values)
    with Cache(tmp_path) as cache:
        assert cache.get_many([*values, b"unknown"]) == values


DAMAGES = {
    "cut off": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: os.truncate(path, 0),
    "no database": lambda path: path.write_bytes(b"not a database at all, but long enough to be looked at" * 100),
    "zeros in the middle": lambda path: path.write_bytes(path.read_bytes()[:5000] + bytes(3000)),
    "a schema that is no text": lambda path: path.write_bytes(
        path.read_bytes().replace(b"CREATE TABLE", b"CREATE TABL\x91")
    ),
    "another program's": lambda path: _foreign(path),
    "another table": lambda path: _without_table(path),
}


def _foreign(path):
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE entries (other TEXT)")
    db.close()


def _without_table(path):
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE entries RENAME TO other")
    db.close()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_or_foreign_file_is_unknown_and_made_anew(tmp_path, damage):
    values = {key_of(str(i)): bytes(200) + str(i).encode() for i in range(100)}
    with Cache(tmp_path) as cache:
        cache.put_many(values)
    damage(tmp_path / FILE)
    for _ in range(2):  # the run that finds the damage, and the next one
        with Cache(tmp_path) as cache:
            found = cache.get_many(values)
            assert found.items() <= values.items()
            cache.put_many(values)
    with Cache(tmp_path) as cache:
        assert cache.get_many(values) == values


def test_a_value_that_was_changed_is_unknown(tmp_path):
    with Cache(tmp_path) as cache:
        cache.put(b"k", b"value")
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE entries SET value = value || 'x'")
    db.close()
    with Cache(tmp_path) as cache:
        assert cache.get(b"k") is None


def test_a_value_of_another_key_is_unknown(tmp_path):
    with Cache(tmp_path) as cache:
        cache.put_many({b"k": b"one", b"l": b"two"})
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("UPDATE entries SET value = (SELECT value FROM entries WHERE key = ?)", (b"l",))
    db.close()
    with Cache(tmp_path) as cache:
        assert cache.get_many([b"k", b"l"]) == {b"l": b"two"}


@pytest.mark.parametrize("what", [(1 << 63) - 1, -5, "'x'", "x'00'", "0.5"])
def test_a_count_of_turns_that_is_none_fails_no_run(tmp_path, what):
    with Cache(tmp_path) as cache:
        cache.put(b"k", b"value")
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute(f"UPDATE turns SET number = {what}")
    db.close()
    for _ in range(2):
        with Cache(tmp_path) as cache:
            cache.put(b"l", b"value")
    with Cache(tmp_path) as cache:
        assert cache.get(b"l") == b"value"


def test_what_was_used_longest_ago_goes_first(tmp_path):
    for name in ("old", "used", "new"):
        with Cache(tmp_path, limit=3000) as cache:
            cache.get(b"used")
            cache.put(name.encode(), bytes(1000))
    with Cache(tmp_path, limit=3000) as cache:
        cache.get(b"used")
        cache.put(b"newest", bytes(1000))
    with Cache(tmp_path) as cache:
        known = set(cache.get_many([b"old", b"used", b"new", b"newest"]))
    assert known == {b"used", b"newest"}  # down to three quarters of the limit


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_folder_that_cannot_be_written_fails_nothing(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with Cache(tmp_path / "cache") as cache:
            cache.put(b"k", b"v")
            cache.flush()
            assert cache.trouble
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_fails_nothing(tmp_path):
    (tmp_path / "cache").write_bytes(b"mine")
    with Cache(tmp_path / "cache") as cache:
        cache.put(b"k", b"v")
        cache.flush()
        assert cache.trouble
    assert (tmp_path / "cache").read_bytes() == b"mine"


def test_runs_at_the_same_time_lose_nothing(tmp_path):
    code = (
        "import sys; from pathlib import Path; from cleaner.cache import Cache\n"
        "for turn in range(5):\n"
        "    with Cache(Path(sys.argv[1])) as cache:\n"
        "        cache.put_many({f'{sys.argv[2]} {turn} {i}'.encode(): b'v' * 500 for i in range(100)})\n"
        "        assert not cache.trouble, cache.trouble\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "abc"]
    assert [run.wait() for run in runs] == [0, 0, 0]
    with Cache(tmp_path) as cache:
        keys = [f"{name} {turn} {i}".encode() for name in "abc" for turn in range(5) for i in range(100)]
        assert len(cache.get_many(keys)) == len(keys)


@pytest.mark.skipif(os.name == "nt", reason="no such modes")
def test_nobody_else_may_read_what_the_texts_say(tmp_path):
    with Cache(tmp_path / "cache") as cache:
        cache.put(b"k", b"v")
    assert stat.S_IMODE((tmp_path / "cache" / FILE).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="XDG")
def test_the_folder_is_the_users_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "seedclean"


def test_without_a_home_there_is_none(monkeypatch):
    """`~` is no name of a folder: it would be made where the command is run."""
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert default_folder() is None


def test_answers_to_a_hook_do_not_pile_up(tmp_path, monkeypatch):
    """A hook that is given the names of files asks another question at each commit."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(Path(__file__).parent)
    monkeypatch.setattr(known, "_MOST", 6)
    for number in range(9):
        argv = ["check", "--staged", f"{number}.txt"]
        known.remember(argv, ["."], "in step")
        assert known.answer(argv) == "in step"
    assert 3 <= len(list((tmp_path / "seedclean" / "hook").iterdir())) <= 6
