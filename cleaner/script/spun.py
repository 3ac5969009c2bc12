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
from cleaner.script.tables import FOLD, KANA, SENTENCE, characters

SEVERAL = 2  # different places that a text must have: an author has one reason for a rare character, hardly two
DENSE = (
    1 / 1500
)  # of the characters, for several: spinners change one in 20 to 100, a text about characters is longer (designed)
SHORT = 1000  # characters of a text in which one is as dense as that
WORD = 4  # characters of the longest word that is looked for around a place
PROVEN = ("line",)  # reasons for which a word has to prove the original
ALONE = 7.0  # -log of its share of words below which a character stands beside anything (one word in 1,100: 日, 大, 的)
SURE, UNSURE = 0.97, 0.5

_BOPOMOFO = re.compile("[\u3105-\u312f\u02c7\u02cb\u02ca\u02d9]")
_CANTONESE = re.compile("[嘅喺佢咗嚟冇嗰咁唔嘢乜咩囉噉攞]")
_TALK = re.compile(
    "[讀读唸念][作做成為为音]|注音|拼音|字形|部首|偏旁|異體|异体|生僻字|同[「“]|甲骨|篆|汉字|漢字|符號|符号"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True)
class Spun:
    """`forms`: form -> (original, reason, where it is at home: yue, jp or nothing)."""

    forms: Mapping[str, tuple[str, str, str]]

    def __call__(self, text: str, state: ScriptState) -> list[Fix]:
        """Return a fix for each place where a form is out of place; none is sure unless there are enough of them."""
        if state.script == "other":
            return []
        found = [(at, new) for at in self._any.places(text) if (new := self._original(text, at, state))]
        fits = [self._fits(text, at, new) for at, new in found] if found else []
        good = [at for (at, _), fit in zip(found, fits, strict=True) if fit]
        several = _different(text, good) >= SEVERAL and len(good) >= DENSE * len(text)
        made = []
        for (at, new), fit in zip(found, fits, strict=True):
            sure = fit is not None and (several or (len(text) <= SHORT and self._no_other_use(text[at])))
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
        if not _HAN.search(around):
            return ""
        if state.script != "hans" and text[at] in characters().hant:
            return ""  # a character of this script, if a rare one
        if state.script != "hans" and new in characters().hans:
            new = characters().hans[new] if len(characters().hans[new]) == 1 else ""
        start = max(text.rfind(stop, 0, at) for stop in "。！？\n") + 1
        sentence = SENTENCE.match(text, start)
        near = sentence.group() if sentence else around
        if _TALK.search(near):
            return ""
        if reason == "line" and (state.script != "hans" or len(around) < 2 or not all(map(_HAN.match, around))):
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

    def _fits(self, text: str, at: int, new: str) -> Literal["word", "alone"] | None:
        """Say what proves the original in this place: a word with its neighbours, or that it stands alone anywhere.

        Nothing does if a word has the form itself there.
        """
        from cleaner.script.lexicon import STEPS, lexicon

        low, high = max(0, at - WORD + 1), min(len(text), at + WORD)
        before, after = _traditional(text[low:at]), _traditional(text[at + 1 : high])

        def words(char: str) -> Iterator[str]:
            for left in range(len(before) + 1):
                for right in range(len(after) + 1):
                    if 2 <= len(before) - left + 1 + right <= WORD:
                        yield before[left:] + char + after[:right]

        if any(lexicon().knows([*words(text[at])])):
            return None
        forms = _traditional(new) + new
        if any(any(lexicon().knows([*words(form)])) for form in dict.fromkeys(forms)):
            return "word"
        alone = min(lexicon().lone[[ord(char) for char in forms]]) <= ALONE * STEPS
        return "alone" if alone and self.forms[text[at]][1] not in PROVEN else None


def _different(text: str, places: list[int]) -> int:
    """Return how many of the places differ on both sides: a name is written the same again and again."""
    return min(len({text[max(0, at - 1) : at + 1] for at in places}), len({text[at : at + 2] for at in places}))


def _traditional(text: str) -> str:
    """Return the likeliest Traditional form of each character, as the lexicon has it."""
    hans = characters().hans
    return "".join(hans.get(char, char)[0] for char in text).translate(FOLD)
