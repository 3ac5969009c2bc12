"""What people have reviewed for the repair of characters, the thresholds it decides by, and what it proposes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from cleaner.script import Script

DIRTY = 3  # faults after which a text counts as carelessly converted (designed)
DIRTY_EASE = 1.0  # by how much tau is lowered in a dirty text: 4 -> 3, the values measured on constructed faults
RARE_GAIN = 0.5  # class R: the gain it needs ...
RARE_RATIO = math.log(3)  # ... and how much commoner the rival is on its own; without this 12 right, 15 wrong
ASK_EASE = 1.0  # by how much less than tau a suggestion needs; smaller gains are not worth a reviewer's time
PRIOR = 2.0  # the gain at which a change is as likely right as wrong (designed; to be fitted)
STYLE = 3  # forms of the first column of the style table that make a house style, if there are no more of the second
SURE_ALONE, SURE_CHOSEN, UNSURE = 0.99, 0.9, 0.5  # scores of class A with one form, with several (measured precision)

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]*")
_NAMED = re.compile(  # what stands directly before a name, or before its beginning
    """(?: (?<!百)姓 | 姓名[：:] | 名[叫為为曰] | [筆笔化藝艺乳]名 | [取改起]名 ) ["“「『]? [\u3400-\u9fff]{0,2} \\Z""",
    re.VERBOSE,
)
_GIVEN = ("名叫", "名為", "名为", "姓名：")
_BEFORE_NAME = "的與与和由對对向給给請请讓让問问及"  # what may stand before a surname without a pause
_SPEAKS = ("說", "表示", "強調", "認為", "指出", "坦言", "透露", "寫道", "攝", "攝影", "回憶", "編輯")  # no honorifics
_DOTS = "·‧・•"  # what stands between the parts of a transliterated name
_NEAR_DOT = 4  # characters of one part of such a name, at most


class Fix(NamedTuple):
    """Put `new` at `at`. `sure` is false for a suggestion; `score` is the probability that the fix is right."""

    at: int
    new: str
    klass: str
    score: float
    sure: bool


class Part(NamedTuple):
    """A stretch of the text that is in one script throughout."""

    start: int
    end: int
    script: Script


@dataclass(frozen=True)
class Knowledge:
    """What people have reviewed: the rows of rules/tables, as repair needs them.

    keep: a character that looks wrong and is not -> the regions where that holds ("any", or tw, hk, generic, cn)
    variants: a form that no region writes -> the form that all write
    named: of those, the forms that names have too
    style: a form that some texts write throughout -> the form that others write
    hongkong: those of the first that are the standard of Hong Kong
    chosen: of those, the ones that no conversion leaves: who writes them chose them
    free: (form, rival) where both live in good text -> the gain that a change needs (infinite: only suggested)
    silent: of those, the pairs that differ in style alone: not even suggested
    counts: words that the lexicon lacks or counts badly
    surnames, titles, sounds: how a name is recognised (see `_in_name`)
    kept: names that are written with a character that looks Simplified (芦部)
    """

    keep: dict[str, frozenset[str]] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    style: dict[str, str] = field(default_factory=dict)
    hongkong: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    free: dict[tuple[str, str], float] = field(default_factory=dict)
    silent: frozenset[tuple[str, str]] = frozenset()
    counts: tuple[tuple[str, float], ...] = ()
    surnames: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    sounds: frozenset[str] = frozenset()
    kept: tuple[str, ...] = ()


def least_gain(tau: float) -> float:
    """Return the gain below which no place is so much as asked about, unless its form is rare (class R)."""
    return tau - max(DIRTY_EASE, ASK_EASE)


def confidence(gain: float) -> float:
    """Return the probability that a change with this gain is right: logistic, one half at PRIOR."""
    return round(1 / (1 + math.exp(PRIOR - gain)), 3) if gain > PRIOR - 700 else 0.0


def around(text: str, at: int, reach: int) -> tuple[int, int]:
    """Return the bounds of the run of Han characters around `at`, at most `reach` characters to either side."""
    start = at
    while start > 0 and at - start < reach and "\u3400" <= text[start - 1] <= "\u9fff":
        start -= 1
    run = _RUN.match(text, at + 1, at + 1 + reach)
    return start, run.end() if run else at + 1


def is_kept(known: Knowledge, text: str, at: int) -> bool:
    """Say whether the character at `at` is part of a name that is kept as it is."""
    return any(text[at] in name and name in text[max(0, at - len(name) + 1) : at + len(name)] for name in known.kept)


def in_name(known: Knowledge, text: str, at: int) -> bool:
    """Say whether the character at `at` looks like a part of a name, where no word can tell the right form.

    That is so close to the dot of a foreign name, among characters that transliterate, in a surname with one or two
    characters that a title stands next to (市委副書記白云出席), in a surname before a title (于先生), and behind
    姓 and 名叫 (also where the text names that person again).
    """
    if _NAMED.search(text, max(0, at - 6), at) or _is_surname(known, text, at):
        return True
    start, end = around(text, at, _NEAR_DOT)
    if start and text[start - 1] in _DOTS and _sounds_foreign(known, text[start:at]):
        return True
    if end < len(text) and text[end] in _DOTS and _sounds_foreign(known, text[at + 1 : end]):
        return True
    near = text[max(start, at - 2) : at] + text[at + 1 : min(end, at + 3)]
    if sum(char in known.sounds for char in near) >= 3:
        return True
    for first in range(at, max(start, at - 2) - 1, -1):
        if text[first] in known.surnames:
            if text.endswith(known.titles, 0, first):
                return True
            if not first or not "\u3400" <= text[first - 1] <= "\u9fff":
                rest = text[at + 1 : at + 8]
                if at - first >= 1 and (
                    rest.startswith(known.titles) or (at - first == 1 and rest[1:].startswith(known.titles))
                ):
                    return True
    return False


@lru_cache(maxsize=2)
def _stated(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names (two characters) and surnames that a text itself gives: 名叫干雲, 姓干. Read once for a text."""
    names = {text[m.end() : m.end() + 2] for cue in _GIVEN for m in re.finditer(re.escape(cue), text)}
    return frozenset(names - {""}), frozenset(m.group(1) for m in re.finditer("(?<!百)姓(.)", text))


def _is_surname(known: Knowledge, text: str, at: int) -> bool:
    """Say whether a surname at `at` has a title behind it, with or without a given name, or the text gives the name."""
    names, surnames = _stated(text)
    if text[at : at + 2] in names:
        return True
    if text[at] not in known.surnames and text[at] not in surnames:
        return False
    before = text[at - 1 : at]
    if "\u3400" <= before <= "\u9fff" and before not in _BEFORE_NAME:
        return False
    titles = tuple(title for title in known.titles if title not in _SPEAKS)
    return any(text.startswith(titles, at + 1 + given) for given in range(3))


def _sounds_foreign(known: Knowledge, stretch: str) -> bool:
    """Say whether all characters between a dot and a place transliterate, but for one (no list of them is complete)."""
    return sum(char not in known.sounds for char in stretch) <= 1
