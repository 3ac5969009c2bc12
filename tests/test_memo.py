"""What was done before is known by everything that bears on it, and comes back as it was."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import memo as memo_module
from cleaner import pipeline
from cleaner.cache import Cache
from cleaner.config import load
from cleaner.context import Settings
from cleaner.memo import Memo, find
from cleaner.overlap import OverlapSettings, Text
from cleaner.pipeline import memo_of
from tests.conftest import SEEDS
from tests.test_cli import clean
from tests.test_copies import HANS, HANT, MASKED, OTHER, folder
from tests.test_overlap import article, sentence

TEXTS = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))] + [MASKED, "", "标题\n"]


@pytest.fixture
def count(monkeypatch):
    """The names of the documents that are really cleaned."""
    seen: list[str] = []

    def counted(name, *rest):
        seen.append(name)
        return real(name, *rest)

    real = memo_module.clean
    monkeypatch.setattr(memo_module, "clean", counted)
    monkeypatch.setattr(pipeline, "BULK", 0)
    return seen


def test_what_comes_back_is_what_was_kept(tmp_path, config, book, count):
    with Cache(tmp_path) as cache:
        fresh = [memo_of(config, book, cache).clean("x", text, (), None, b"") for text in TEXTS]
    assert len(count) == len(TEXTS)
    with Cache(tmp_path) as cache:
        again = [memo_of(config, book, cache).clean("x", text, (), None, b"") for text in TEXTS]
    assert len(count) == len(TEXTS)
    assert again == fresh
    assert [type(edit) for one in again for edit in one.draft.edits] == [
        type(edit) for one in fresh for edit in one.draft.edits
    ]
    assert [one.draft.text for one in again] == [one.draft.text for one in fresh]


def test_another_input_is_another_document(tmp_path, config, book, count, monkeypatch):
    def done(rules=book.rules, digests=("d",), how=None, text=MASKED, ignore=(), decided=b""):
        with Cache(tmp_path) as cache:
            before = len(count)
            Memo.of(cache, rules, digests, how or Settings()).clean("x", text, ignore, None, decided)
            return len(count) > before

    assert done()
    assert not done()
    assert not done(how=replace(Settings(), prefilter=False))  # changes no result
    assert done(rules=book.rules[:-1])
    assert done(digests=("e",))
    assert done(how=replace(Settings(), spam_words="delete"))
    assert done(text=MASKED + "。")
    assert done(ignore=("zh-spam",))
    assert done(decided=b"decision")
    monkeypatch.setattr(memo_module, "code_digest", lambda: b"another version")
    assert done()


def test_what_does_not_fit_is_done_again(tmp_path, config, book, count):
    with Cache(tmp_path) as cache:
        memo = memo_of(config, book, cache)
        fresh = memo.clean("x", MASKED, (), None, b"")
        for wrong in (b"", b"{}", b'{"edits":[[5,2,"",["r"]]],"asks":[],"marks":[],"meta":[],"flags":[],"rulings":[]}'):
            for key in list(cache._new):
                cache.put(key, wrong)
            assert memo.clean("x", MASKED, (), None, b"") == fresh
    assert len(count) == 4


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    """A folder, and what it is after each of some events: added, changed, renamed, removed."""
    source = random.Random(draw(st.integers(0, 99)))
    shared = [sentence(source, size) for size in (25, 40, 80)]
    pool = [HANS, HANT, MASKED, OTHER, *(article(source, *draw(st.lists(st.sampled_from(shared), max_size=2)), size=60)
            for _ in range(3))]  # fmt: skip
    names = [f"{letter}.txt" for letter in "abcdef"]
    now = {name: draw(st.sampled_from(pool)) for name in names[:3]}
    found = [dict(now)]
    for _ in range(draw(st.integers(1, 4))):
        event = draw(st.sampled_from(["add", "change", "rename", "remove"]))
        old = draw(st.sampled_from(sorted(now)))
        new = draw(st.sampled_from(names))
        if event == "add":
            now.setdefault(new, draw(st.sampled_from(pool)))
        elif event == "change":
            now[old] = draw(st.sampled_from(pool))
        elif event == "rename" and new not in now:
            now[new] = now.pop(old)
        elif event == "remove" and len(now) > 1:
            del now[old]
        found.append(dict(now))
    return found


POLICIES = [{}, {"dedup": {"mode": "drop"}}, {"spam_words": "evidence"}]


@given(history=histories(), keys=st.sampled_from(POLICIES))
@settings(max_examples=6)
def test_after_any_history_out_is_as_from_scratch(tmp_path_factory, book, history, keys):
    place, config = tmp_path_factory.mktemp("history"), load(None, keys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "BULK", 0)
        for turn, texts in enumerate(history):
            seeds = folder(place / f"seeds{turn}", **{name[:-4]: text for name, text in texts.items()})
            with Cache(place / "cache") as cache:
                with_cache = pipeline.run(seeds, None, config, book, cache=cache)
            without = pipeline.run(seeds, None, config, book)
            assert with_cache.committed == without.committed


def test_only_what_changed_is_cleaned_again(tmp_path, count):
    seeds = folder(tmp_path / "seeds", a=HANS, b=HANT, c=OTHER)
    run = (seeds, tmp_path / "out", "--isolated", "--cache-dir", tmp_path / "cache")
    clean(*run)
    assert len(count) == 3
    clean("check", *run)
    assert len(count) == 3
    (seeds / "b.txt").rename(seeds / "d.txt")
    (seeds / "c.txt").write_text(OTHER + OTHER, "utf-8")
    (seeds / "a.txt").unlink()
    clean(*run)
    assert [name.rsplit("/", 1)[1] for name in count[3:]] == ["c.txt"]
    clean(*run, "--no-cache")
    assert len(count) == 6


def test_a_corpus_is_not_cleaned_again_for_the_next_new_article(tmp_path, count, monkeypatch):
    monkeypatch.setattr(pipeline, "BULK", 300_000)
    corpus, seeds = folder(tmp_path / "corpus", x=HANS, y=OTHER), folder(tmp_path / "seeds", a=HANT)
    run = ("overlaps", seeds, "--against", corpus, "--isolated", "--cache-dir", tmp_path / "cache")
    clean(*run)
    (seeds / "a.txt").write_text(HANT + OTHER, "utf-8")
    clean(*run)
    assert [name.rsplit("/", 1)[1] for name in count] == ["a.txt", "x.txt", "y.txt", "a.txt"]


def test_the_passages_of_the_seeds_come_back_as_they_were(tmp_path, result):
    texts = [Text(path.name, path.read_text("utf-8"), "hans") for path in sorted(SEEDS.glob("*.txt"))]
    with Cache(tmp_path) as cache:
        fresh = find(cache, texts, OverlapSettings(), "")
    with Cache(tmp_path) as cache:
        again = find(cache, texts, OverlapSettings(), "")
    assert again == fresh
    assert repr(again) == repr(fresh)
