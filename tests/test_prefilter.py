"""The prefilter hides no match: all that `regex` matches is let through, and results are the same without it."""

from __future__ import annotations

import pickle
import random

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cleaner import clean as cleaning
from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Context, Settings
from cleaner.kinds import prefilter
from cleaner.kinds.line import Line
from cleaner.kinds.prefilter import line_set, needs, superset, text_set
from tests.conftest import SEEDS

re2 = pytest.importorskip("re2")

FLAGS = regex.VERBOSE | regex.MULTILINE | regex.VERSION0
RULES = packs.in_order(packs.load(sorted(packs.shipped().glob("*.toml"))))
PATTERNS = tuple(dict.fromkeys(p for rule in RULES for p in getattr(rule.do, "line_patterns", ())))
EVERYTHING = "".join(
    map(chr, [*range(0xD800), *range(0xE000, 0x33000), *range(0xE0000, 0xE0200), 0x10FFFF])
)  # all that is assigned


def texts() -> list[str]:
    """The seeds and all examples of all rules."""
    found = [path.read_bytes().decode("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    for rule in RULES:
        found += [text for turn in rule.keys.turns for text in turn] + rule.keys.keeps
    return found


def lines() -> list[str]:
    return sorted({line.strip() for text in texts() for line in text.split("\n") if line.strip()})


def disturbed(line: str, chance: random.Random) -> str:
    """A line with another character or blank in it: near to what a rule matches."""
    at = chance.randrange(len(line) + 1)
    return (
        line[:at]
        + chance.choice(["", " ", "\u3000", "\u00a0", "：", "|", "1", "１", "a", "云", "𠮷", "é", "İ"])
        + line[at + 1 :]
    )


@pytest.fixture
def without_re2(monkeypatch):
    def forget():
        for cached in (prefilter.line_set, prefilter.text_set, prefilter.needs, prefilter.quick, cleaning._plan):
            cached.cache_clear()

    forget()
    monkeypatch.setattr(prefilter, "_re2", lambda: None)
    yield
    monkeypatch.undo()
    forget()


def test_the_lines_that_are_hit_contain_every_line_that_a_shipped_rule_matches():
    lookout = line_set(PATTERNS)
    assert lookout is not None
    chance = random.Random(7)
    shown = lines()
    shown += [disturbed(line, chance) for line in shown for _ in range(3)]
    matched = 0
    for source in PATTERNS:
        pattern = regex.compile(source, FLAGS)
        for line in shown:
            if pattern.fullmatch(line):
                matched += 1
                assert source not in lookout.known or source in lookout.hits(line), (source, line)
    assert matched > 100


def test_nearly_every_shipped_line_pattern_has_a_prefilter_and_it_is_narrow():
    lookout = line_set(PATTERNS)
    assert lookout is not None and len(lookout.known) >= 0.9 * len(PATTERNS)
    prose = [line for line in lines() if len(line) > 60]
    assert sum(len(lookout.hits(line)) for line in prose) < len(prose)


@pytest.mark.parametrize(
    "source",
    [r"\s", r"\S", r"\w", r"\W", r"\d", r"\D", r"\p{Han}", r"\P{Han}", r"\p{L}", r"[^\s，。]", r"[\w·]", r"[^\W]",
     r"[^\S]", r"[^\d一-龥]", r"[一-龥a-f]", r"[^a-z]", r"[]\]x]", r"[a\-z]", r"[\u4e00-\u9fff]", r"(?i:i)", r"(?i:s)",
     r"(?i:[k-l])", ".",
     r"\p{Hiragana}", r"[\p{P}\x{20}]"],
)  # fmt: skip
def test_a_class_holds_every_character_that_regex_puts_into_it(source):
    wide = superset(source)
    if wide is None:
        assert source == r"[\p{P}\x{20}]"  # not how `regex` writes a code point
        return
    mine = set(b"".join(re2.findall(f"(?:{wide})+".encode(), EVERYTHING.encode())).decode())
    missing = set("".join(regex.findall(f"(?:{source})+", EVERYTHING, FLAGS))) - mine
    assert mine and not missing, sorted(map(ord, missing))[:5]


def test_a_class_is_no_wider_than_it_need_be():
    def holds(source, char):
        return re2.fullmatch(superset(source), char) is not None

    assert not any(holds(r"\w", c) for c in " ，。、：！？（）《》“”「」|·"[:-1])
    assert not any(holds(r"\s", c) for c in "a云，1")
    assert not any(holds(r"\d", c) for c in "云，a、")
    assert not any(holds(r"[^\s，。]", c) for c in " \u3000，。\t")


@pytest.mark.parametrize(
    "source",
    [r"(a)\1", r"(?P<x>a)(?P=x)", r"\R", r"\X", r"\Ga", r"\Ka", r"a{e<=1}", r"(?|a|b)", r"(?(?=a)a|b)",
     r"(a(?R)?b)", r"\N{DIGIT ONE}", r"\L<words>", r"\p{Script=Han}", r"[[:alpha:]]", r"(?i:é)",
     r"(?i:[^a])", r"a(?i)b", r"\v", r"\h"],
)  # fmt: skip
def test_what_the_translator_does_not_know_gets_no_prefilter(source):
    assert superset(source) is None


def test_a_pattern_without_a_prefilter_works_beside_others():
    rules = [Line(find=find) for find in ("一+", "二+", "三+", r"(.)\1\1")]
    lookout = line_set(tuple(rule.find for rule in rules))
    assert lookout.known == {"一+", "二+", "三+"}
    context = Context("四四四\n二二\n五\n", Settings(), "", lookout)
    assert [[p.start for p in rule(context)] for rule in rules] == [[], [4], [], [0]]


ATOMS = st.sampled_from(
    [
        "a",
        "云",
        ".",
        r"\s",
        r"\d",
        r"\w",
        "[云a]",
        "[^云]",
        "(?=云)",
        "(?!a)",
        "(?<=a)",
        r"\b",
        "^",
        "$",
        "(?i:K)",
        r"\p{Han}",
        r"\.",
        "[ ]",
        "(?<!云)",
        r"(?:\A|a)",
    ]
)
PATTERN = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        inner.map(lambda part: f"(?={part})"),
        inner.map(lambda part: f"(?<n>b)?(?(n){part}|a)"),
        inner.map(lambda part: f"(?(n2){part})"),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(
            inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,7}", "{5,}", "*?", "++", " {2,9} ?", "?+"])
        ).map(lambda pair: f"(?: {pair[0]} # why\n){pair[1]}"),
        st.tuples(st.sampled_from(["(?>", "(", "(?P<n>", "(?s:"]), inner).map(lambda pair: f"{pair[0]}{pair[1]})"),
    ),
    max_leaves=8,
)


@given(PATTERN, st.lists(st.text("a云K\u212a .1１\u3000", max_size=9), min_size=5, max_size=12))
def test_a_superset_matches_what_its_pattern_matches(source, strings):
    try:
        pattern = regex.compile(source, FLAGS)
    except regex.error:
        return
    wide = superset(source)
    assert wide is not None, source
    for text in strings:
        if pattern.fullmatch(text):
            assert re2.fullmatch(wide, text), (source, wide, text)
        if pattern.search(text):
            for need in needs(source):
                assert re2.search(need, text), (source, need, text)


def test_what_look_aheads_demand_is_asked_of_the_text():
    share = next(rule.do for rule in RULES if rule.id == "zh-site/share")
    prose = "他把照片分享到朋友圈。\n第二天，大家都看到了。\n" * 9
    for rule in RULES:
        if rule.do.__class__.__name__ == "Span" and rule.stage == "lines":
            asked = text_set(rule.do.text_patterns)
            assert asked is not None, rule.id
            assert not set(rule.do.text_patterns) <= asked.found(prose.encode()), rule.id
    assert set(share.text_patterns) <= text_set(share.text_patterns).found("春耕\n分享到：微信\n".encode())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("(?=甲)?乙", "乙"), ("(?:(?=甲)甲|乙)", "乙"), ("(?=甲)甲|乙", "乙"), ("(?:(?=甲)甲)*乙", "乙"),
        ("(?!(?=甲))乙", "乙"), ("(?<!(?=甲))乙", "乙"), ("(?=甲){0,1}乙", "乙"), ("(?:(?:(?=甲)甲)?乙)+", "乙"),
        ("(?=(?=甲|乙)乙)乙", "乙"),
    ],
)  # fmt: skip
def test_what_only_some_matches_need_is_not_asked(source, text):
    assert regex.search(source, text) is not None
    assert all(re2.search(need, text) for need in needs(source))


def test_texts_come_out_the_same_with_and_without_re2(request):
    shown = texts()
    rules = tuple(rule for rule in RULES if rule.stage in ("characters", "annotations", "lines", "words"))

    def outcomes():
        return [
            (done.draft.edits, done.asks, done.meta) for done in (clean("t", text, rules, Settings()) for text in shown)
        ]

    fast = outcomes()
    request.getfixturevalue("without_re2")
    assert line_set(PATTERNS) is None
    assert outcomes() == fast


def test_a_rule_pickles_after_its_run_and_a_lone_surrogate_is_no_obstacle():
    text = "正文\ud800。\n【打印】 【关闭】\n[图片]\n"
    first = clean("t", text, RULES, Settings())
    again = clean("t", text, pickle.loads(pickle.dumps(RULES)), Settings())
    assert first == again and "打印" not in first.draft.text


def test_an_automaton_too_large_for_its_memory_is_not_trusted(monkeypatch):
    monkeypatch.setattr(prefilter, "MEMORY", 40_000)
    assert line_set(tuple(f"{i}{PATTERNS[0]}" for i in range(9))) is None


def test_the_prefilter_is_no_kind():
    assert "prefilter" not in packs.kind_names()


def test_lines_seen_before_a_change_are_not_asked_again():
    asked = []

    class Lookout:
        known = frozenset({"x"})

        def hits(self, line):
            asked.append(line)
            return ("x",) if line == "x" else ()

    first = Context("甲\nx\n乙\n", Settings(), "", Lookout())
    assert list(first.may_match("x")) == [1] and list(first.may_match("y")) == [0, 1, 2]
    assert list(first.after("甲\n乙\n丙\nx").may_match("x")) == [3]
    assert asked == ["甲", "x", "乙", "丙"]
