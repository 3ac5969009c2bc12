"""Undo spinning: characters put for others that look alike, so that a copy no longer matches its source (日 -> ㄖ).

Every form of the tables is rare, yet each lives somewhere: in a name, in a word of Cantonese or Japanese, in a text
about rare characters. So a form counts only where it is out of place: no word of the lexicon has it there, no guard of
its own holds, and the original makes a word with its neighbours, or stands alone everywhere (的). And a text has to
have several, or be short and have one that nobody uses: others are asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cleaner.script import ScriptState
from cleaner.script.find import AnyOf
from cleaner.script.knowledge import Fix
from cleaner.script.tables import FOLD, KANA, SENTENCE, characters, rivals

SEVERAL = 2  # different places that a text must have: an author has one reason for a rare character, hardly two
DENSE = (
    1 / 1500
)  # of the characters, for several: spinners change one in 20 to 100, a text about characters is longer (designed)
SHORT = 1000  # characters of a text in which one is as dense as that
WORD = 4  # characters of the longest word that is looked for around a place
NUMBER = "三"  # stands for digits before a character, so that measure words are known behind them
PROVEN = ("line",)  # reasons for which no character stands beside anything: without a word it counts as weak
ALONE = 7.0  # -log of its share of words below which a character stands beside anything (one word in 1,100: 日, 大, 的)
SURE, UNSURE = 0.97, 0.5

Fit = Literal["word", "alone", "free"]
_PROOF = ("word", "alone")

_JOINS = "和與与及跟同或由對对向給给請请讓让"  # what may stand before a name without a pause
_BOPOMOFO = re.compile("[\u3105-\u312f\u02c7\u02cb\u02ca\u02d9]")
_CANTONESE = re.compile("[嘅喺佢咗嚟冇嗰咁唔嘢乜咩囉噉攞]")
_TALK = re.compile(
    "[讀读唸念][作做成為为音]|注音|拼音|字形|部首|偏旁|異體|异体|生僻字|同[「“]|甲骨|篆|汉字|漢字|符號|符号"
)
_BESIDE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff0-9０-９]")
_STROKE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff，。；：、“].[\u3400-\u4dbf\u4e00-\u9fff]")  # a line that is no dash
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Spun:
    """`forms`: form -> (original, reason, where it is at home: yue, jp or nothing).

    `surnames` and `titles`, by which names are recognised, are Traditional.
    """

    forms: Mapping[str, tuple[str, str, str]]
    surnames: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()

    def __call__(self, text: str, state: ScriptState) -> list[Fix]:
        """Return a fix for each place where a form is out of place; none is sure unless there are enough of them."""
        if state.script == "other":
            return []
        found = [(at, new) for at in self._any.places(text) if (new := self._original(text, at, state))]
        if not found:
            return []
        plain = _replaced(text, found)
        fits = [self._fits(text, plain, at, new) for at, new in found]
        good = [at for (at, _), fit in zip(found, fits, strict=True) if fit in _PROOF]
        able = [at for (at, _), fit in zip(found, fits, strict=True) if fit is not None]
        dense = len(able) >= DENSE * len(text)
        several = dense and _different(text, good) >= SEVERAL
        weak = several or (dense and bool(good) and len(text) <= SHORT and _different(text, able) >= SEVERAL)
        made = []
        for (at, new), fit in zip(found, fits, strict=True):
            alone = len(text) <= SHORT and self._no_other_use(text[at])
            sure = (fit in _PROOF and (several or weak or alone)) or (fit == "free" and weak)
            made.append(Fix(at, new, "H", SURE if sure else UNSURE, sure))
        return made

    def _no_other_use(self, char: str) -> bool:
        """Say whether people have found no use of a form at all, so that one is enough."""
        _, reason, where = self.forms[char]
        return reason in ("radical", "like", "bopomofo") and where != "jp"

    @cached_property
    def _any(self) -> AnyOf:
        return AnyOf(frozenset(self.forms))

    def _original(self, text: str, at: int, state: ScriptState) -> str:
        """Return what the form at `at` stands for in this text, "" if it is in its place."""
        new, reason, where = self.forms[text[at]]
        around = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
        if not _BESIDE.search(around):
            return ""
        simplified = state.script == "hans" or (state.script == "mixed" and state.evidence.hans > state.evidence.hant)
        if not simplified and text[at] in characters().hant:
            return ""  # a character of this script, if a rare one
        if not simplified and new in characters().hans:
            new = characters().hans[new] if len(characters().hans[new]) == 1 else ""
        start = max(text.rfind(stop, 0, at) for stop in "。！？\n") + 1
        sentence = SENTENCE.match(text, start)
        near = sentence.group() if sentence else around
        if _TALK.search(near):
            return ""
        if reason == "line" and (state.script != "hans" or not _STROKE.match(text, max(0, at - 1))):
            return ""
        if reason == "bopomofo":
            home = len(_BOPOMOFO.findall(near)) - sum(char in self.forms for char in _BOPOMOFO.findall(near))
            return "" if home or _BOPOMOFO.search(around) or state.region in ("tw", "hk") else new
        if reason == "kana":
            others = [char for char in near if KANA.match(char) and char not in self.forms]
            return "" if others or KANA.search(around) else new
        if where == "yue" and (state.region == "hk" or _CANTONESE.search(text)):
            return ""
        if where == "jp" and (KANA.search(near) or "日本" in near or "日語" in near or "日语" in near):
            return ""
        return new

    def _fits(self, text: str, plain: str, at: int, new: str) -> Fit | None:
        """Say what speaks for the original in this place: a word with its neighbours, or that it stands alone anywhere.

        `plain` is the text with the originals of all forms, as a neighbour may be spun too. "free": nothing does, but
        nothing against it; None: a word has the form itself there.
        """
        from cleaner.script.lexicon import STEPS, lexicon

        low, high = max(0, at - WORD + 1), min(len(text), at + WORD)
        before, after = _traditional(text[low:at]), _traditional(text[at + 1 : high])
        if any(lexicon().knows([*_words(before, text[at], after)])) or self._begins_name(text, at):
            return None
        before, after = _traditional(plain[low:at]), _traditional(plain[at + 1 : high])
        forms = dict.fromkeys(_traditional(new) + new + rivals().get(new, ""))
        named = self._is_named(before)
        if any(any(lexicon().knows([*_words(before, form, after, int(named))])) for form in forms):
            return "word"
        lone = min(lexicon().lone[[ord(char) for char in forms]])
        if lone <= ALONE * STEPS and self.forms[text[at]][1] not in PROVEN:
            return "alone"
        return None if named else "free"

    def _begins_name(self, text: str, at: int) -> bool:
        """Say whether a surname, alone or with a character of the name, stands before a form where a name may begin.

        That is at the beginning of a clause, behind a conjunction, or behind a title: 王小苼、李岼和老師何畕.
        """
        for first in (at - 1, at - 2):
            if first >= 0 and text[first] != "于" and _traditional(text[first]) in self.surnames:  # 于是
                before = text[max(0, first - 4) : first]
                if not _HAN.match(before[-1:]) or before[-1:] in _JOINS or _traditional(before).endswith(self.titles):
                    return True
        return False

    def _is_named(self, before: str) -> bool:
        """Say whether a surname stands right before a form: then only a word that has it too proves the original."""
        return before[-1:] in self.surnames and before[-1:] not in "於于"


def _words(before: str, char: str, after: str, least: int = 0) -> Iterator[str]:
    """Yield what may be a word around `char`, of two characters or more, at least so many of them before it."""
    for left in range(len(before) + 1 - least):
        for right in range(len(after) + 1):
            if 2 <= len(before) - left + 1 + right <= WORD:
                yield before[left:] + char + after[:right]


def _replaced(text: str, found: list[tuple[int, str]]) -> str:
    """Return the text with the originals, and a number in words for each digit, as those of the lexicon are."""
    chars = [NUMBER if char.isdecimal() else char for char in text]
    for at, new in found:
        chars[at] = new
    return "".join(chars)


def _different(text: str, places: list[int]) -> int:
    """Return how many of the places differ on both sides: a name is written the same again and again."""
    return min(len({text[max(0, at - 1) : at + 1] for at in places}), len({text[at : at + 2] for at in places}))


def _traditional(text: str) -> str:
    """Return the likeliest Traditional form of each character, as the lexicon has it."""
    hans = characters().hans
    return "".join(hans.get(char, char)[0] for char in text).translate(FOLD)
