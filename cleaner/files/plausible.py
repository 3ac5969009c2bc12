"""How much a decoded text looks like Chinese: what tells GB18030 from Big5 when both decode without an error.

Nearly every even run of high bytes is some text in both. Only a reader can see that one of them is nonsense, and
the nearest thing to a reader that is honest about what it does not know is a likelihood ratio: for each character,
how much likelier it is in Chinese text than among common characters drawn at random. The random ones stand for any
wrong reading: Korean or Russian bytes read as GB18030 are mostly common characters too, but not the frequent ones.

Weights are natural logarithms; they add up, and exp(weight) is the odds. Measured on running text, a character of
the right reading is worth about +1.3, of a wrong one between -1.3 and -5. ASCII says nothing (0). Inside they are
whole thousandths, so that a sum does not depend on its order.

Imported only for what is not plain UTF-8: of the seeds none.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import NamedTuple

# Odds of a million to one between two readings, ten thousand to one against chance. Set, not fitted;
# benchmarks/guess_encoding.py says what they accept, refuse and get wrong (nothing) on the seeds.
MARGIN = math.log(1e6)
SURE = math.log(1e4)
# Characters of a line that are weighed together. A stretch that speaks against the reading by MARGIN is in another
# encoding than the rest of the file, or damaged: the text as a whole must not outvote it.
STRETCH = 200

COMMON = 3755  # characters of GB2312 level 1: what a wrong reading draws from, at best
PUNCTUATION = {
    **dict.fromkeys("，。、", 2.5),
    **dict.fromkeys("；：？！“”‘’（）《》「」『』【】…—·‧", 1.5),
}  # below their true weight
PINYIN = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüêńňǹḿ"  # GB2312 row 8; leaked readings are what this tool meets
RARE_COMMON, RARE, LETTER, EMOJI, STRANGE = -2.6, -5.0, -4.0, -2.0, -8.0
# Symbols that any reading may have: Latin-1 signs, punctuation to dingbats, CJK symbols, full-width forms.
_LATIN_1, _FULL_WIDTH = (0x00A0, 0x00BF), (0xFF01, 0xFF5E)
_SYMBOLS = (_LATIN_1, (0xD7, 0xD7), (0xF7, 0xF7), (0x2000, 0x27BF), (0x3000, 0x3020), (0xFE30, 0xFE6F), _FULL_WIDTH)
# When valid UTF-8 may be chance. Each common character of GB2312 has a chance of 0.18 to be valid, so eight of them
# 1e-6; four letters of one alphabet are a word; one sign among twenty Latin letters is a sign in Western text.
_CHANCE, _SAME_SCRIPT, _MUCH = 8, 4, 20
_HAN, _SIGNS = re.compile("[\u4e00-\u9fff]"), re.compile("[\xa0-\xbf×÷]")
_ACCENTED = re.compile("\xa0 | (?<=[A-Za-z])[À-ÖØ-öø-ÿ] | [À-ÖØ-öø-ÿ](?=[A-Za-z])", re.VERBOSE)
_ANY_ACCENTED = re.compile("\xa0 | (?<=[A-Za-z])[À-ÖØ-öø-ɏḀ-ỿ]+ | [À-ÖØ-öø-ɏḀ-ỿ](?=[A-Za-z])", re.VERBOSE)
# A word in another alphabet says nothing either; a wrong reading has such letters one by one.
_WORDS = re.compile("[\u3041-\u30ff]{3,} | [\u0370-\u03ff]{3,} | [\u0400-\u04ff]{3,}", re.VERBOSE)


class Weight(NamedTuple):
    """The weight of a text, and that of its least plausible stretch (a line, or part of one) with its position."""

    total: float
    worst: float
    at: int


class Choice(NamedTuple):
    """The likeliest reading, and what keeps us from taking it ("" if nothing), maybe with its position in the text."""

    name: str
    doubt: str
    at: int | None = None


def choose(readings: Mapping[str, str]) -> Choice:
    """Choose among the readings (encoding and text) of bytes that are not UTF-8."""
    ranked = sorted(((weigh(text), name) for name, text in readings.items()), key=lambda item: -item[0].total)
    if not ranked or ranked[0][0].total <= 0:
        return Choice("", "not utf-8, and no other encoding is plausible")
    weight, name = ranked[0]
    if weight.total < SURE:
        return Choice(name, f"not utf-8, and too short to be sure of {name}")
    if any(weight.total - other.total < MARGIN for other, _ in ranked[1:]):
        return Choice(name, f"not utf-8, and too short to tell {' from '.join(sorted(readings))}")
    if weight.worst <= -MARGIN:
        return Choice(name, f"the file reads as {name}, but this line does not", weight.at)
    return Choice(name, "")


def better(text: str, others: Mapping[str, str]) -> str | None:
    """Return the encoding of a reading that is sure, and likelier than `text` by the margin."""
    weight = weigh(text).total
    for name, other in others.items():
        total = weigh(other).total
        if total >= SURE and total - weight >= MARGIN:
            return name
    return None


def perhaps_meant(text: str, others: Mapping[str, str]) -> str | None:
    """Return the encoding of another reading that may be meant instead of `text`, a short one that is valid UTF-8."""
    if _perhaps_chance(text):
        weight = weigh(text).total if _HAN.search(text) else -math.inf
        for name, other in others.items():
            if _all_common(other) and weigh(other).total > weight:
                return name
    return None


def weigh(text: str) -> Weight:
    """Weigh `text`; a text without characters beyond ASCII weighs nothing."""
    odds, total, worst, worst_at, start = _odds(), 0, 0, 0, 0
    for line in _WORDS.sub(lambda word: "-" * len(word.group()), text).split("\n"):
        for low in range(0, len(line), STRETCH):
            weight = sum(map(odds.__getitem__, set(line[low : low + STRETCH])))  # 咖啡, 咖啡: said once
            total += weight
            if weight < worst:
                worst, worst_at = weight, start + low
        start += len(line) + 1
    return Weight(total / 1000, worst / 1000, worst_at)


def _perhaps_chance(text: str) -> bool:
    """Say whether GB18030 or Big5 may look like this in UTF-8 by chance (牡 is ĵ, 模 is ģ).

    Not if it is long, a word of one alphabet, or what Western text has: é beside a letter, ©, or a few signs in much.
    """
    high = [char for char in text if char > "\x7f"]
    letters = sum(map(str.isalpha, text)) - sum(map(str.isalpha, high))
    if len(high) > _CHANCE or letters >= _MUCH * len(high):
        return False
    scripts = {unicodedata.name(char, "?").split(" ")[0] for char in high}
    if len(high) >= _SAME_SCRIPT and len(scripts) == 1:
        return False
    rest = (_ACCENTED if letters < _MUCH else _ANY_ACCENTED).sub("", text)
    return not (_SIGNS.sub("", rest) if letters else rest).isascii()


def _all_common(text: str) -> bool:
    """Say whether every character beyond ASCII is Han of GB2312 or common, or punctuation: then this may be meant."""
    return all(char < "\x80" or char in PUNCTUATION or ("\u4e00" <= char <= "\u9fff" and _known(char)) for char in text)


def _known(char: str) -> bool:
    return _odds()[char] > 1000 * RARE or bool(char.encode("gb2312", "ignore"))


class _Odds(dict[str, int]):
    """The weight of each character; those that are no common Han character are worked out when they are met."""

    def __missing__(self, char: str) -> int:
        self[char] = weight = round(1000 * _uncommon(ord(char)))
        return weight


@cache
def _odds() -> _Odds:
    from importlib.resources import files  # 16 ms

    weights: dict[str, float] = dict.fromkeys(_first_levels(), RARE_COMMON)
    for line in files("cleaner.files").joinpath("common.tsv").read_text("utf-8").split("\n")[1:-1]:
        share, size, chars = line.split("\t")
        weights.update(dict.fromkeys(chars, math.log(float(share) / int(size) * COMMON)))
    weights.update(PUNCTUATION)
    weights.update(dict.fromkeys(PINYIN, 0.0))
    return _Odds({char: round(1000 * weight) for char, weight in weights.items()})


def _first_levels() -> str:
    """Return GB2312 level 1 (B0A1 to D7F9) and Big5 level 1 (A440 to C67E), the characters in daily use."""
    gb = [bytes((lead, trail)) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)][:COMMON]
    big5 = [bytes((lead, trail)) for lead in range(0xA4, 0xC7) for trail in chain(range(0x40, 0x7F), range(0xA1, 0xFF))]
    return b"".join(gb).decode("gb2312") + b"".join(big5[:5401]).decode("big5")


def _uncommon(code: int) -> float:
    if code < 0x80:
        return 0.0 if code >= 0x20 or code in (0x09, 0x0A, 0x0D) else LETTER
    if any(low <= code <= high for low, high in _SYMBOLS):
        return 0.0
    if 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF:
        return RARE
    if 0x1F000 <= code <= 0x1FAFF:
        return EMOJI
    if 0xA0 < code < 0x3400 or 0xAC00 <= code <= 0xD7FF or 0xFF65 <= code <= 0xFFDC:
        return LETTER
    return STRANGE  # private use, compatibility, controls, not assigned
