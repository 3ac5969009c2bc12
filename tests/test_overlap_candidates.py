"""The three ways to candidates: each finds copies, gives true runs, and depends on nothing but the texts."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.overlap import OverlapSettings, Text
from cleaner.overlap.candidates import WAYS, WINNOW, winnow
from cleaner.overlap.find import find
from cleaner.overlap.key import Key, make_key
from cleaner.overlap.seeds import gram_hashes
from cleaner.overlap.stream import SEED, Stream

LETTERS = [chr(0x4E00 + i) for i in range(600)]
small = st.lists(st.text("甲乙丙丁戊己", max_size=60), min_size=1, max_size=4)


def text(source: random.Random, size: int) -> str:
    return "".join(source.choice(LETTERS) for _ in range(size))


def keys(texts: list[str]) -> list[Key]:
    return [make_key(x) for x in texts]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("edits", [0, 0.08])
def test_a_copied_passage_is_found(way, edits):
    source = random.Random(3)
    common = text(source, 120)
    copy = "".join(source.choice(LETTERS) if source.random() < edits else x for x in common)
    texts = [text(source, 400) + common + text(source, 300), text(source, 200) + copy + text(source, 500)]
    (record,) = find([Text(str(i), x, "hans") for i, x in enumerate(texts)], OverlapSettings(), WAYS[way]).overlaps
    assert record.kind == "reuse"
    assert abs(record.a.start - 400) <= 8
    assert abs(record.b.end - 320) <= 8


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40, deadline=None)
@given(texts=small, limit=st.sampled_from([2, 50]))
def test_runs_are_equal_on_both_sides(way, texts, limit):
    found = keys(texts)
    for a, b, runs in WAYS[way](Stream.of(found), limit, 0).pairs:
        assert a <= b
        for run in runs:
            assert found[a].text[run.a0 : run.a0 + run.size] == found[b].text[run.b0 : run.b0 + run.size]
            assert min(run.a0, run.b0) >= 0


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_neither_the_order_of_the_texts_nor_a_stranger_changes_a_record(way, seed, order):
    source = random.Random(seed)
    common = [text(source, source.randrange(20, 60)) + "。" for _ in range(3)]
    parts = [[source.choice(common) if source.random() < 0.5 else text(source, 40) for _ in range(6)] for _ in range(4)]
    texts = [Text(f"{i}.txt", "".join(x), "hans") for i, x in enumerate(parts)]
    found = find(texts, OverlapSettings(), WAYS[way])
    assert find(order.sample(texts, len(texts)), OverlapSettings(), WAYS[way]) == found
    stranger = Text("1-stranger.txt", "".join(chr(0xAC00 + 7 * i) for i in range(200)), "other")
    assert find([*texts, stranger], OverlapSettings(), WAYS[way]).overlaps == found.overlaps


@settings(max_examples=60)
@given(small)
def test_which_grams_are_winnowed_depends_on_their_text_alone(texts):
    found = keys(texts)
    whole = winnow(Stream.of(found))
    at = 0
    for key in found:
        count = max(len(key) - SEED + 1, 0)
        assert whole[at : at + count].tolist() == winnow(Stream.of([key])).tolist()[:count]
        at += len(key)


@given(st.text("甲乙丙丁戊己庚辛", min_size=SEED + WINNOW - 1, max_size=80))
def test_of_any_neighbouring_grams_one_is_winnowed(raw):
    chosen = winnow(Stream.of(keys([raw])))
    assert all(chosen[at : at + WINNOW].any() for at in range(len(chosen) - WINNOW + 1))


def test_two_fifths_of_the_grams_are_winnowed():
    chosen = winnow(Stream.of(keys([text(random.Random(1), 20_000)])))
    assert 0.38 < chosen.mean() < 0.42  # 2 / (w + 1): Schleimer, Wilkerson, Aiken 2003


def test_a_gram_hash_does_not_depend_on_what_stands_around_it():
    codes = np.arange(0x4E00, 0x4E00 + 40, dtype=np.uint32)
    assert gram_hashes(codes, SEED)[7] == gram_hashes(codes[7:13], SEED)[0]
