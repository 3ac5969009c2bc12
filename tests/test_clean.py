from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.clean import clean, prose_taken, self_check
from cleaner.context import Budget, Context, Proposal, Settings
from cleaner.errors import InputError, SelfCheckError
from cleaner.packs import Rule, RuleKeys
from cleaner.text import Draft, Edit, reconstruct

PROSE = "曲靖市委常委會進一步研究部署貫徹落實工作,要求堅持高標準、嚴要求,一手抓謀劃。\n"
# What pollutes real pages, and what only looks like it: documents are random sequences of these.
SCRAPS = [
    PROSE, "全市上下堅持把產業發展作為重要載體,通過共同努力,讓項目建設變成了業績錶。\n", "\n", "\n\n", "  \n",
    "在365bet体育在线率先实现县县通高速,高速公路通车里程达1100公里,是十二五末的二倍。\n", "評論留言\n",
    "领(lǐng)导(dǎo)在市无水港项(xiàng)目现(xiàn)场调(diào)研,强(qiáng)调要认(rèn)真落实。\n", "分享到:\n",
    "主办单位:省人民政府办公厅 滇ICP备05000002号\n", "网站地图 | 网站声明 | 联系我们\n", "微信 微博\n",
    "来源:云南日报 2021-10-25 07:33:20 【字体:\n", "188bet体育_188体育投注-在线APP官网@\n", "函數 f(x) 遞增\n",
    "他說我要留言。\n", "行(xíng)和行(háng)是多音字。\n", "\u00a0", "\u200b", "字", "𠀀", "\ue000", "e\u0301", "🍻",
    "\u3000\u3000段落。\n", "云南 99℃ 0\n", "Plain English.\n", "😀\u200d👩",
]  # fmt: skip
DOCUMENTS = st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def cleaned(text, book, settings=None, **keys):
    return clean("a.txt", text, book.rules, settings or Settings(), **keys)


@given(text=DOCUMENTS | ANY_TEXT)
def test_a_second_run_changes_nothing(book, text):
    """P1."""
    try:
        once = cleaned(text, book).draft.text
    except InputError as err:
        assert err.code == "E220"
        return
    assert cleaned(once, book).draft.text == once


@given(text=DOCUMENTS | ANY_TEXT)
def test_the_edits_are_sorted_credited_and_lead_back(book, text):
    """P2, P3."""
    try:
        done = cleaned(text, book)
    except InputError:
        return
    draft = done.draft
    changes = [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits]
    assert draft.source == text == reconstruct(draft.text, changes)
    assert all(a.end <= b.start for a, b in zip(draft.edits, draft.edits[1:], strict=False))
    assert all(e.by and set(e.by) <= set(book.by_id) for e in draft.edits)
    assert all(0 <= ask.start <= ask.end <= len(text) for ask in done.asks)
    assert len(text) - len(draft.text) == sum(e.end - e.start - len(e.new) for e in draft.edits)


@given(
    text=st.lists(st.sampled_from([PROSE, "凝聚合力齊心抓落實\n", "\n" + PROSE]), min_size=1, max_size=6).map("".join)
)
def test_clean_text_comes_through_untouched(book, text):
    """P4."""
    text = text.lstrip("\n")
    assert cleaned(text, book).draft.edits == ()


@given(text=DOCUMENTS)
def test_nothing_is_invented(book, text):
    """P9: every character of the result is of the source or of an insertion in the list of edits."""
    try:
        draft = cleaned(text, book).draft
    except InputError:
        return
    inserted = {c for e in draft.edits for c in e.new}
    assert set(draft.text) <= set(text) | inserted
    assert inserted <= set("〓\n ") | {c for e in draft.edits for c in e.new if "zh-core/script" in e.by}


@given(text=st.text(st.sampled_from("abc XYZ.,;!?-()[]{}0189\té\U0001f37b\ue000\U00020000😀"), max_size=80))
def test_text_without_han_comes_through(book, text):
    """P10: letters, emoji, private use and rare ideographs survive; only blank ends and the last line end change."""
    draft = cleaned(text, book).draft
    assert all(not draft.source[e.start : e.end].strip() and not e.new.strip() for e in draft.edits)


def rule(rule_id="t/r", do=None, **keys):
    base = {"id": "r", "kind": "span", "why": "w", "turns": [("a", "b")], "keeps": ["c"], **keys}
    return Rule(rule_id, "t", "t.toml", 1, do, "words", RuleKeys(**base))


class Cut:
    """Proposes to replace fixed spans; `times` lets it find new work in every pass."""

    stage = "words"

    def __init__(self, *spans, new=""):
        self.spans, self.new = spans, new

    def __call__(self, context: Context):
        for start, end in self.spans:
            if end <= len(context.text):
                yield Proposal(start, end, self.new)


def test_a_rule_without_end_is_stopped_and_named():
    with pytest.raises(InputError, match=r"no end in 4 passes \(t/r .*E401") as err:
        clean("a.txt", "x", [rule(do=type("Grow", (), {"__call__": lambda s, c: [Proposal(0, 0, "y")]})())], Settings())
    assert err.value.exit == 3


LONG = "我们认真学习贯彻会议精神并且抓好各项工作落实。" * 6


def test_a_cut_of_prose_needs_the_word_of_its_rule():
    first = LONG[:80]
    stopped = clean("a", LONG, [rule(do=Cut((0, 80)))], Settings())
    assert stopped.draft.edits == () and [ask.why for ask in stopped.asks] == ["E221"]
    allowed = clean("a", LONG, [rule(do=Once(first), removes_prose=True)], Settings())
    assert allowed.draft.text == LONG.removeprefix(first)


class Once:
    """Removes one text, once."""

    stage = "words"

    def __init__(self, word):
        self.word = word

    def __call__(self, context: Context):
        if context.text.startswith(LONG):
            yield Proposal(0, len(self.word), "")


def test_a_cut_longer_than_its_rule_says_is_listed():
    text = "x" * 400
    done = clean("a", text, [rule(do=Cut((0, 301)))], Settings())
    assert done.draft.text == text and [ask.why for ask in done.asks] == ["E222"]


def test_a_document_that_would_lose_most_of_its_prose_is_refused_and_a_soft_loss_is_flagged():
    sentence = "我们认真学习贯彻会议精神并且抓好各项工作落实。\n"
    text = sentence * 10
    with pytest.raises(InputError, match=r"cut 7\d % of its prose|cut 7\d% of its prose.*E220"):
        clean("a", text, [rule(do=Shorten(7, sentence))], Settings())
    assert clean("a", text, [rule(do=Shorten(3, sentence))], Settings()).flags == ("soft-budget",)
    assert clean("a", text, [rule(do=Shorten(1, sentence))], Settings()).flags == ()
    free = clean("a", text, [rule(do=Shorten(7, sentence), removes_prose=True)], Settings())
    assert free.draft.text == sentence * 3


def test_a_text_of_short_lines_that_goes_nearly_whole_is_flagged():
    """Prose it has none, so no budget counts it."""
    text = "赌徒的自白\n" * 10
    assert clean("a", text, [rule(do=Shorten(10, "赌徒的自白\n"))], Settings()).flags == ("emptied",)
    assert clean("a", text, [rule(do=Shorten(9, "赌徒的自白\n"))], Settings()).flags == ()
    assert clean("a", "\n" * 10, [rule(do=Shorten(10, "\n"))], Settings()).flags == ()


class Shorten:
    """Removes the first `count` of ten sentences, one by one."""

    stage = "words"

    def __init__(self, count, sentence):
        self.count, self.sentence = count, sentence

    def __call__(self, context: Context):
        if context.text == self.sentence * 10:
            size = len(self.sentence)
            yield from (Proposal(i * size, (i + 1) * size, "") for i in range(self.count))


def test_prose_taken_counts_prose_alone():
    source = "云南 网站地图 无障碍\n" + "我们认真学习贯彻会议精神并且抓好各项工作落实。\n"
    assert prose_taken(Draft.of(source).revise([Edit(0, 12, "", ("r",))]), set()) == 0
    assert prose_taken(Draft.of(source).revise([Edit(12, 24, "", ("r",))]), set()) == pytest.approx(12 / 22)
    assert prose_taken(Draft.of(source).revise([Edit(12, 24, "", ("r",))]), {"r"}) == 0


def test_a_protected_term_is_left_alone_and_said(book):
    text = "戰畧白云出席。" + PROSE
    settings = Settings(protect=("戰畧",))
    done = cleaned(text, book, settings)
    assert "戰畧" in done.draft.text
    assert any(ask.why == "protected" for ask in done.asks)
    assert "戰略" in cleaned(text, book).draft.text


def test_an_ignored_rule_does_nothing_and_is_said(book):
    text = "稳步走在365bet体育在线前列。\n"
    done = cleaned(text, book, ignore=("zh-spam",))
    assert "365bet体育在线" in done.draft.text
    assert {ask.why for ask in done.asks if ask.rule == "zh-spam/betting-word"} == {"suppressed"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("mask", "稳步走在〓前列。"),
        ("keep", "稳步走在365bet体育在线前列。"),
        ("delete", "稳步走在前列。"),
        ("map", "稳步走在全省前列。"),
    ],
)
def test_policies_for_a_betting_word_in_a_sentence(book, policy, expected):
    settings = Settings(spam_words=policy, spam_map=(("365bet体育在线", "全省"),))
    assert cleaned("稳步走在365bet体育在线前列。\n", book, settings).draft.text == expected + "\n"


@pytest.mark.parametrize(
    ("policy", "left", "meta"), [("lift", False, True), ("keep", True, False), ("drop", False, False)]
)
def test_policies_for_the_line_of_source_and_date(book, policy, left, meta):
    text = "标题在此\n\n来源:云南日报   2021-10-25 07:33:20 【字体:\n\n" + PROSE
    done = cleaned(text, book, Settings(meta=policy))
    assert ("来源" in done.draft.text) == left
    assert bool(done.meta) == meta
    if meta:
        assert dict(done.meta)["source"] == "云南日报"


def test_the_self_check_finds_a_list_that_does_not_lead_back():
    good = Draft.of("abc").revise([Edit(0, 1, "x", ("r",))])
    self_check("a", good)
    for bad in (replace(good, text="xbd"), replace(good, edits=()), replace(good, source="bbc", edits=())):
        with pytest.raises(SelfCheckError, match="E402"):
            self_check("a", bad)


def test_budgets_can_be_set():
    done = clean("a", "x" * 400, [rule(do=Cut((0, 301)), max_chars=301)], Settings(budget=Budget(hard=1)))
    assert done.asks == ()
