"""Every shipped rule: its examples hold, and a rule that is made to match everything is caught by them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import ClassVar

import pytest
import regex

from cleaner import packs
from cleaner.context import Context, Proposal, Settings
from cleaner.examples import failures
from cleaner.packs import Rule

FILES = sorted(packs.shipped().glob("*.toml"))
RULES = [rule for pack in packs.load(FILES) for rule in pack.rules]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_example_of_a_rule_holds(rule):
    assert not [str(failure) for failure in failures(rule)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_why_and_has_more_than_one_temptation(rule):
    assert rule.why.endswith((".", "。"))
    assert len(rule.keys.turns) >= 2 and len(rule.keys.keeps) >= 3


def test_no_rule_names_a_site():
    """A rule that knows one host would belong into a pack for that site."""
    host = regex.compile(r"(?i)[a-z0-9-]+\\?\.(?:com|cn|net|org|tw|hk|gov)\b")
    for rule in RULES:
        for field in fields(rule.do):
            value = getattr(rule.do, field.name, "") if field.init else ""
            for text in [value] if isinstance(value, str) else value if isinstance(value, tuple) else []:
                assert not (isinstance(text, str) and host.search(text)), rule.id


@dataclass(frozen=True)
class Everything:
    """What a kind does if it matches whatever it is shown: each line, or the whole text, goes."""

    kind: str
    stage: ClassVar[str] = "lines"

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if self.kind in ("line", "spam"):
            yield from (Proposal(line.start, line.end, "") for line in context.lines if line.stripped)
        elif context.text:
            yield Proposal(0, len(context.text), "")


def widened(rule: Rule) -> Rule:
    """Return the rule with its patterns made to match everything, or its judgement switched off."""
    own = rule.do
    names = {field.name for field in fields(own) if field.init}
    if rule.keys.kind == "block":
        own = replace(own, line=(".+",), proof=".")
    elif "find" in names and own.find:
        own = replace(own, find=r"(?s).+" if rule.keys.kind == "span" else ".+")
    elif rule.keys.kind == "words":
        own = replace(own, file=None, table={char: "" for text in rule.keys.keeps for char in text}, unless=())
    else:
        own = Everything(rule.keys.kind)
    return replace(
        rule, do=own, keys=rule.keys.model_copy(update={"where": "any", "max_chars": 10**6, "removes_prose": True})
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_matches_everything_fails_its_examples(rule):
    found = Counter(failure.part for failure in failures(widened(rule)))
    assert found["a `keeps` example is touched"], found


PUMPED = [
    " \u00a0",
    " ",
    "|",
    "_-",
    "1",
    "bet",
    "曲靖",
    "(a)",
    "官网",
    "、，",
    "分享到",
    "领(lǐng)",
    "□",
    "a.b/",
    "【】",
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_long_line_of_anything_takes_no_rule_long(rule):
    """A pattern that begins anew at each character of a run is quadratic: 20,000 characters would take seconds."""
    list(rule.propose(Context("x", Settings())))  # tables and grammars are read here
    for piece in PUMPED:
        line = piece * (20_000 // len(piece))
        for text in (line + "\n", line + "x", "好" + line + "好\n"):
            spent = []
            while len(spent) < 3 and not (spent and spent[-1] < 1):  # again: another process may have had the caches
                begun = time.process_time()
                list(rule.propose(Context(text, Settings())))
                spent.append(time.process_time() - begun)
            assert min(spent) < 1, piece


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_does_nothing_fails_its_examples(rule):
    class Nothing:
        stage = "lines"

        def __call__(self, context):
            return iter(())

    assert {failure.part for failure in failures(replace(rule, do=Nothing()))} == {
        "a `turns` example comes out otherwise"
    }
