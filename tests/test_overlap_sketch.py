"""Sketches: equal to datasketch bit for bit, and close to the truth."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.overlap import interop, sketch

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
    for _ in range(1000):
        shared = random_text(source, source.randrange(400))
        pairs.append([shared + random_text(source, 200), shared + random_text(source, 200)])
    made = sketch.signatures([text for pair in pairs for text in pair])
    for (one, other), first, second in zip(pairs, made[::2], made[1::2], strict=True):
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


class TestDatasketch:
    """Signatures go to datasketch and come back; what would compare with nothing is refused."""

    TEXT = "領導小組召開會議，研究部署下一階段的各項工作任務和具體安排"

    def test_signatures_go_there_and_back(self):
        pytest.importorskip("datasketch")
        ours = interop.signature(self.TEXT)
        for sketched in (interop.to_lean(ours), interop.to_minhash(ours)):
            assert interop.from_datasketch(sketched).tolist() == ours.tolist()

    def test_an_index_there_finds_the_simplified_copy(self):
        datasketch = pytest.importorskip("datasketch")
        index = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
        index.insert("hant", interop.to_lean(interop.signature(self.TEXT)))
        copy = "领导小组召开会议,研究部署下一阶段的各项工作任务和具体安排"
        assert index.query(interop.to_lean(interop.signature(copy))) == ["hant"]

    def test_grams_can_be_added_there(self):
        datasketch = pytest.importorskip("datasketch")
        key = interop.make_key(self.TEXT).text
        grams = [key[i : i + sketch.GRAM].encode() for i in range(len(key) - sketch.GRAM + 1)]
        theirs = datasketch.MinHash(num_perm=128, hashfunc=interop.gram_hash, scheme="affine32")
        theirs.update_batch(grams)
        assert interop.from_datasketch(theirs).tolist() == interop.signature(self.TEXT).tolist()
        grown = interop.to_minhash(interop.signature(self.TEXT))
        grown.update("甲乙丙丁".encode())
        theirs.update("甲乙丙丁".encode())
        assert grown.hashvalues.tolist() == theirs.hashvalues.tolist()

    def test_another_seed_scheme_or_size_is_refused(self):
        datasketch = pytest.importorskip("datasketch")
        for wrong in (
            datasketch.MinHash(128, seed=2, scheme="affine32"),
            datasketch.MinHash(64, scheme="affine32"),
            datasketch.MinHash(128, scheme="legacy"),
        ):
            with pytest.raises(ValueError, match="ours"):
                interop.from_datasketch(wrong)

    def test_a_text_without_a_gram_has_no_signature(self):
        with pytest.raises(ValueError, match="letters and digits"):
            interop.signature("一二三。")
        with pytest.raises(ValueError, match="no gram"):
            interop.gram_hash("甲乙".encode())
