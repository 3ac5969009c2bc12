# ruff: noqa: E501 (tables of patterns)
"""Packs of others: evil patterns are refused when the pack is loaded, good ones taken, and what is taken is fast."""

from __future__ import annotations

import itertools
import re
import time

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import packs
from cleaner.errors import Errors
from cleaner.kinds.linear import PATTERNS, check
from cleaner.kinds.syntax import Refused
from cleaner.vet import compiles
from tests.conftest import ROOT

EVIL = [  # trust.md section 5, and what stands in the literature on the denial of service by patterns
    r"^(a+)+$", r"(x+x+)+y", r"(a|aa)+$", r"(a|a)*$", r"^(\w+\s?)*$", r"(.*)*(.*)*(.*)*Z", r"([^\n]*[0-9]+)+投注",
    r"(?:[一-鿿]+[，。]?)+官网@$", r"(((a{1,99}){1,99}){1,99}){1,99}", r"(?:foobar){e<=6}", r".*?,.*?,.*?,.*?Z",
    "a?" * 30 + "a" * 30, r"(a?){30}a{30}", r"(?:a|b|ab)*c", r"(.)\1", r"(?R)", r"\X+", r"(\d+,?)+x", r"a*b?a*x",
    r"(?:\w|\d)+!", r"(?:a*b*)*c", r"(?=ab)c", r"(?<=abc)d", r"[[a]--[b]]", "(" * 40 + "a" + ")" * 40, "a{2000}",
    r"(?i:a)", r"(?|a|b)", r"(?:a{1,3}){1,30}b", r".{0,100}.{0,100}.{0,100}b", r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}x", r"(.*)($|x)(.*)y", r"\L<words>", r"a\Kb", r"(?(1)a|b)", r"(?P>x)",
    r"^(.*?,){11}P", r"(a*)*b", r"(?s).*", "a" * 2001, r"(\s*\|\s*)+$", r"(?:[^,]*,?)*x",
]  # fmt: skip
ENDLESS = [r"\s+$", r"\d+元", r"[^ ]*x"]  # good for a whole line, quadratic in a search
GOOD = {
    "whole": [
        r"你怎么看 [？?] .* 投票 .*", r"\d{4}年\d{1,2}月\d{1,2}日 .*", r"(?:编辑|责编)[:：]\s*\p{Han}{2,4}", r"(?:\d+,)+\d+元",
        r"https?://[\w./-]+", r"(?:分享到|微信|微博)(?:\s+(?:分享到|微信|微博))*", r"[^\d]*\d+[^\d]*", r"(?i)copyright \  .*",
        r"[-=_]{3,} # a rule", r"版权所有 (?: ©|\(c\) )? \s* \d{4}",
    ],
    "search": [
        r"(?<=\p{Han}) \( [a-zāáǎà]{1,6} \)", r"(?:365bet|188bet)体育(?:在线|投注)", r"https?://[\w./-]{1,200}",
        r"\b点击查看\b", r"[\U00010000-\U0001FFFF]", r"(?P<a>关注){1,3}我们",
    ],
}  # fmt: skip


@pytest.mark.parametrize("how", ["whole", "search"])
@pytest.mark.parametrize("pattern", EVIL)
def test_an_evil_pattern_is_refused(pattern, how):
    begun = time.process_time()
    if (pattern, how) in ((r"(?s).*", "whole"),):
        pytest.skip("one loop over a whole line is linear; that it is too broad is E201")
    with pytest.raises(Refused):
        check(pattern, how)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("pattern", ENDLESS)
def test_a_search_has_an_end(pattern):
    check(pattern, "whole")
    with pytest.raises(Refused, match="no end"):
        check(pattern, "search")


@pytest.mark.parametrize(("how", "pattern"), [(how, pattern) for how, some in GOOD.items() for pattern in some])
def test_a_plain_pattern_is_taken(how, pattern):
    check(pattern, how)
    regex.compile(pattern, regex.VERBOSE | regex.MULTILINE)


ATOMS = st.sampled_from(["a", "b", "[ab]", ".", "c", r"\w"])
SMALL = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{0,3}", "{2}", "*?", "{1,}"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: f"(?:{'|'.join(some)})"),
    ),
    max_leaves=8,
)
PUMPS = ["".join(word) for size in (1, 2, 3) for word in itertools.product("ab", repeat=size)]


@given(pattern=SMALL)
@settings(max_examples=60)
def test_what_is_taken_takes_time_in_proportion(pattern):
    """None of the random patterns that the check takes is quadratic on a pumped word of 4,000 characters."""
    for how in ("whole", "search"):
        try:
            check(pattern, how)
        except Refused:
            continue
        found = regex.compile(pattern, regex.VERBOSE | regex.MULTILINE)
        for word in PUMPS[:6] if how == "search" else PUMPS:
            text = word * (4_000 // len(word)) + "!"
            spent = []
            for _ in range(5):
                begun = time.process_time()
                if how == "whole":
                    found.fullmatch(text, timeout=60)
                else:
                    sum(1 for _ in found.finditer(text, timeout=60))
                spent.append(time.process_time() - begun)
                if spent[-1] < 0.1:
                    break
            assert min(spent) < 0.1, (pattern, how, word)


@given(st.text(st.sampled_from("ab()[]{}|*+?.\\^$,12 #\n:=!<>P&-~好\U00020000"), max_size=30))
def test_any_text_is_taken_or_refused(text):
    for how in ("whole", "search"):
        try:
            check(text, how)
        except Refused as err:
            assert str(err)


def test_every_kind_that_takes_patterns_is_known_to_the_check():
    """A new kind that compiles what an author writes has to say here how its patterns are used."""
    sources = {path.stem: path.read_text("utf-8") for path in (ROOT / "cleaner/kinds").glob("*.py")}
    assert {name for name, text in sources.items() if re.search(r"\bcompiled\(\"", text)} == set(PATTERNS)


# --- packs -----------------------------------------------------------------------------------------------------------

RULE = """
[[rule]]
id = "{id}"
kind = "{kind}"
why = "A test."
{body}
turns = [["广告位招租\\n", ""]]
keeps = ["正文。\\n"]
"""


def pack(*rules: tuple[str, str, str], name: str = "theirs") -> str:
    return f'schema = 1\nname = "{name}"\nversion = "1"\n' + "".join(
        RULE.format(id=one, kind=kind, body=body) for one, kind, body in rules
    )


@pytest.fixture
def site(tmp_path, monkeypatch):
    """An installed data package that brings a pack; its module must never be imported."""

    def install(text: str, value: str = "their_pack") -> None:
        info, data = tmp_path / "theirs-1.dist-info", tmp_path / "their_pack"
        info.mkdir(exist_ok=True)
        data.mkdir(exist_ok=True)
        (data / "__init__.py").write_text("raise SystemExit('imported')\n")
        (data / "pack.toml").write_text(text, encoding="utf-8")
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[cleaner.packs]\ntheirs = {value}\n")
        (info / "RECORD").write_text("their_pack/__init__.py,,\ntheir_pack/pack.toml,,\n../outside.toml,,\n")
        packs.installed.cache_clear()

    monkeypatch.syspath_prepend(str(tmp_path))
    yield install
    packs.installed.cache_clear()


def codes(file) -> list[str]:
    try:
        packs.load([file])
    except Errors as err:
        return [one.code for one in err.errors]
    return []


def test_an_installed_pack_is_found_and_nothing_of_it_runs(site):
    site(pack(("ad", "line", 'find = "广告位招租"')))
    assert codes(packs.find("theirs")) == []


def test_an_installed_pack_may_not_hold_what_is_slow_and_the_same_pack_is_taken_as_ones_own(site, tmp_path):
    text = pack(("ad", "line", r"find = '(a|aa)+$'"), ("b", "span", r"find = '\s+$'"), ("c", "span", 'find = "广告"'))
    site(text)
    assert codes(packs.find("theirs")) == ["E203", "E203"]
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    assert codes(own) == []


def test_an_installed_pack_may_not_hold_patterns_in_a_table_either(site):
    """The table of cues of kind judge is compiled by `re`: what it holds was checked by nobody."""
    body = 'weights = "tables/line-weights.tsv"\ncues = "tables/line-cues.tsv"'
    site(pack(("a", "judge", body)))
    assert "E203" in codes(packs.find("theirs"))


def test_a_new_table_of_patterns_is_known_to_the_check():
    """Whoever makes patterns of a table (`Cues.of`) in another kind has to say so in vet.IN_TABLES."""
    from cleaner.vet import IN_TABLES

    users = {path.stem for path in (ROOT / "cleaner/kinds").glob("*.py") if "Cues.of(" in path.read_text("utf-8")}
    assert users - {"chrome"} == set(IN_TABLES)


def test_limits_of_an_installed_pack(site):
    words = "table = {" + ", ".join(f'"词{i}" = "语"' for i in range(20_001)) + "}"
    site(pack(("a", "words", words), ("b", "span", f'find = "广告"\nput = "{"x" * 201}"')))
    assert codes(packs.find("theirs")) == ["E203", "E203"]


@pytest.mark.parametrize("value", ["..", "../outside", "their_pack.sub", "/etc"])
def test_an_entry_point_leads_nowhere_else(site, value, tmp_path):
    (tmp_path.parent / "outside.toml").write_text(pack(("a", "line", 'find = "x"')), encoding="utf-8")
    site(pack(("a", "line", 'find = "x"')), value)
    with pytest.raises(Exception, match="E202"):
        packs.find("theirs")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("line", "find = '.+'"),
        ("span", "find = '[^\\n]+'"),
        ("line", r"find = '\p{Han}.*'"),
        ("span", r"find = '[，。]'"),
    ],
)
def test_a_rule_that_would_cut_good_prose_is_refused(tmp_path, kind, body):
    file = tmp_path / "own.toml"
    file.write_text(pack(("a", kind, body)), encoding="utf-8")
    assert codes(file) == ["E201"]


def test_a_compilation_without_end_is_killed(tmp_path, monkeypatch):
    (tmp_path / "slow_trial.py").write_text(
        "import time\nfrom cleaner.formats import sandbox\nsandbox.serve(lambda question: time.sleep(60))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("cleaner.vet.SECONDS", 0.3)
    begun = time.monotonic()
    assert not compiles([{"kind": "line", "find": "a"}], "slow_trial")
    assert time.monotonic() - begun < 20
