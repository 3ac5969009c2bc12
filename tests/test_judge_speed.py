"""The fast judge says what the plain one says: on the pages of the rules' examples, taken apart and put together."""

from __future__ import annotations

import math

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.errors import InputError
from cleaner.kinds import traits
from cleaner.kinds.layout import Page, around, known, look
from cleaner.kinds.traits import Seen, plainly_prose
from tests import plain_judge

RULES = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))
JUDGE = next(rule.do for rule in RULES if rule.id == "zh-lines/judge")
PLAIN = plain_judge.compiled(JUDGE.weights)
LINES = sorted(
    {
        line.strip()
        for rule in RULES
        if rule.stage == "lines"
        for text in [*(text for turn in rule.keys.turns for text in turn), *rule.keys.keeps]
        for line in text.split("\n")
        if line.strip()
    }
)
LONG = "".join(line for line in LINES if plainly_prose(line))[:1200]
LINE = st.one_of(
    st.sampled_from(LINES),
    st.sampled_from(LINES),
    st.tuples(st.integers(0, 600), st.integers(20, 600)).map(lambda at: LONG[at[0] : sum(at)]),
    st.text("老街再造計畫𠮷a，。 1：|", min_size=1, max_size=30).map(str.strip).filter(bool),
)
PAGE = st.lists(LINE, min_size=1, max_size=40)


def close(one, other):
    return all(math.isclose(a, b, abs_tol=1e-9) for a, b in zip(one, other, strict=True))


@given(PAGE, st.sets(st.integers(0, 39)))
def test_traits_and_chances_are_those_of_the_plain_judge(lines, gone):
    page = Page([look(line, JUDGE._cues) for line in lines])
    rest = page.without([i in gone for i in range(len(lines))])
    for one in (page, rest) if rest.looks else (page,):
        mine, plain = around(one), plain_judge.around(one.looks)
        sure, plainly_sure = known(one), plain_judge.known(one.looks)
        assert sure == plainly_sure
        for i, (fast, slow) in enumerate(zip(mine, plain, strict=True)):
            assert i in sure.body or sorted(fast) == sorted(slow)
        chances = JUDGE._weights.chances(mine, sure)
        expected = plain_judge.chances(PLAIN, plain, plainly_sure)
        assert all(close(a, b) for a, b in zip(chances, expected, strict=True))


@given(st.one_of(LINE, st.text("老街。了A1 \u3000𠮷", max_size=60).map(str.strip).filter(bool)))
def test_what_is_plainly_prose_is_prose(line):
    assert not plainly_prose(line) or look(line, JUDGE._cues).prose


@settings(max_examples=40)
@given(PAGE)
def test_a_text_without_the_chance_of_a_proof_is_not_judged_otherwise(lines):
    if not JUDGE._may_prove(lines):
        page = Page([look(line, JUDGE._cues) for line in lines])
        assert not any(verdict.goes for verdict in JUDGE._round(page))


@settings(max_examples=40)
@given(st.lists(st.sampled_from(LINES), min_size=5, max_size=40))
def test_what_was_settled_in_a_pass_would_be_judged_the_same_again(lines):
    try:
        done = clean("page", "\n".join(lines) + "\n", RULES, Settings())
    except InputError:  # chrome without an article that goes line by line, in too many passes: E401
        reject()
    left = [line.strip() for line in done.draft.text.split("\n") if line.strip()]
    assert not any(verdict.goes for verdict in JUDGE.judged(left))


@given(st.one_of(LINE, st.integers(0, 900).map(lambda at: LONG[at : at + 150]).map(str.strip).filter(bool)))
def test_a_glance_sees_what_a_look_sees(line):
    (one,), other = Seen(JUDGE._cues).looks([line]), look(line, JUDGE._cues)
    assert [getattr(one, name) for name in (*LOOK, "traits")] == [getattr(other, name) for name in (*LOOK, "traits")]


LOOK = ("text", "han", "prose", "byline", "cues", "sure", "stops", "cut")


@given(st.lists(st.text("（會議𠮷\U0010ffff\ud800Ａ：﹕，A。x\uf900", min_size=1, max_size=90), max_size=5))
def test_folding_by_a_table_is_folding(lines):
    plain = [line.translate(JUDGE._cues.fold) for line in lines]
    han = [sum("\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0003ffff" for c in line) for line in plain]
    assert JUDGE._cues.folded(lines) == (plain, han)


def test_what_was_seen_of_a_line_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(traits, "SEEN", 3)
    seen = Seen(JUDGE._cues)
    for pages in (["甲", "乙"], ["甲", "丙"], ["丁", "甲"], ["一", "二", "三", "四"]):
        assert [one.text for one in seen.looks(pages)] == pages
        assert len(seen._seen) <= 4


@given(st.one_of(LINE, st.text("【】[]责编：打印关闭 1/共页\ud800", max_size=30)))
def test_patterns_of_chrome_that_are_not_asked_are_not_there(line):
    text = line.translate(JUDGE._cues.fold)
    held, whole = JUDGE._cues.may_hold(text), JUDGE._cues.may_be(text)
    assert not [name for name, pattern in JUDGE._cues.search if (name, pattern) not in held and pattern.search(text)]
    assert not [name for name, pattern in JUDGE._cues.whole if (name, pattern) not in whole and pattern.fullmatch(text)]
