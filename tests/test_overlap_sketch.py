"""Sketches: equal to datasketch bit for bit, and close to the truth."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.overlap import sketch

letters = st.text("甲乙丙丁𠮷a", max_size=30)


def random_text(source: random.Random, size: int) -> str:
    return "".join(chr(0x4E00 + source.randrange(3000)) for _ in range(size))


def test_signatures_equal_those_of_datasketch():
    datasketch = pytest.importorskip("datasketch")
    source = random.Random(3)
    texts = [
        "",
        "甲",
        "甲乙丙",
        "甲乙丙丁",
        "𠮷𠮷𠮷𠮷𠮷",
        *(random_text(source, source.randrange(300)) for _ in range(30)),
    ]
    texts.append(random_text(source, sketch.BLOCK + 500))
    raw, offsets = sketch.shingles(texts)
    ours = sketch.signatures(texts)
    for at, row in enumerate(ours):
        theirs = datasketch.MinHash(sketch.PERMUTATIONS, hashfunc=lambda x: x, scheme="affine32")
        theirs.update_batch(raw[offsets[at] : offsets[at + 1]].tolist())
        assert row.tolist() == theirs.hashvalues.tolist()


@settings(max_examples=50)
@given(st.lists(letters, max_size=8))
def test_a_signature_does_not_depend_on_its_batch(texts):
    together = sketch.signatures(texts)
    assert all((sketch.signatures([text])[0] == row).all() for text, row in zip(texts, together, strict=True))


def test_the_estimate_is_within_four_sigma_of_the_true_jaccard():
    source = random.Random(5)
    pairs = []
    for _ in range(200):
        shared = random_text(source, source.randrange(400))
        pairs.append([shared + random_text(source, 200), shared + random_text(source, 200)])
    for one, other in pairs:
        first, second = sketch.signatures([one, other])
        truth, _ = sketch.text_resemblance(one, other)
        sigma = math.sqrt(max(truth * (1 - truth), 0.01) / sketch.PERMUTATIONS)
        assert abs(float((first == second).mean()) - truth) <= 4 * sigma


@given(letters, letters)
def test_resemblance_counts_distinct_grams(one, other):
    alphabet = sketch.distinct(np.concatenate([sketch.code_points(one), sketch.code_points(other)]))
    sets = [{text[i : i + 4] for i in range(len(text) - 3)} for text in (one, other)]
    ours = sketch.resemblance(*(sketch.distinct_grams(sketch.code_points(t), alphabet) for t in (one, other)))
    if all(sets):
        both = len(sets[0] & sets[1])
        assert ours == (both / len(sets[0] | sets[1]), both / min(map(len, sets)))
    else:
        assert ours == (0.0, 0.0)


@given(st.lists(st.integers(0, 9), max_size=30))
def test_buckets_are_the_groups_of_equal_keys(keys):
    expected = [[i for i, x in enumerate(keys) if x == key] for key in dict.fromkeys(keys) if keys.count(key) > 1]
    assert sketch.buckets(np.array(keys, np.uint64)) == expected
