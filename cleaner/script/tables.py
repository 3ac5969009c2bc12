"""The compiled character tables: what is Simplified, what is Traditional, what may be either.

Made by benchmarks/build_tables.py. Read once, when first asked for (2 ms), and never changed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
BIG5_COMMON = 0xC6  # the last lead byte of the first level of Big5

KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")  # without ・ and ー, which Chinese texts use too


def is_kana(char: str) -> bool:
    return KANA.match(char) is not None


SENTENCE = re.compile("[^。！？!?\n]*[。！？!?\n]?")  # U+3002 and its like; a line end also ends a sentence
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


# Spellings of one word that differ by house style only: the lexicon knows the second, and looks up the first as it.
FOLD = str.maketrans(
    "爲羣裏啓峯牀着麪喫衆僞脣祕竈臺説綫値敎眞産録鋭悦閲温衞滙嬀爭內旣靑淸戶硏卽",
    "為群裡啟峰床著麵吃眾偽唇秘灶台說線值教真產錄銳悅閱溫衛匯媯爭內既青清戶研即",
)


@dataclass(frozen=True)
class Characters:
    """All fields are read-only by convention; `Characters` lives once in a process.

    plain: compatibility ideograph or radical -> its ordinary form
    hans: a character that is only Simplified -> its Traditional forms, likeliest first
    hant: a character that is only Traditional -> its Simplified form
    both: of `hans`, the characters that are in daily use in Traditional texts all the same (并 听 群)
    rivals: a Traditional form -> the others that share a Simplified form with it (that form too, if in daily use)
    """

    plain: dict[str, str]
    hans: dict[str, str]
    hant: dict[str, str]
    rivals: dict[str, str]
    both: frozenset[str]
    proves_hans: frozenset[str]
    proves_hant: frozenset[str]


@lru_cache(maxsize=1)
def characters() -> Characters:
    """Return the tables of data/characters.tsv."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for line in (DATA / "characters.tsv").read_bytes().decode("utf-8").split("\n"):
        if line and not line.startswith("#"):
            name, key, value = line.split("\t")
            rows[name][key] = value
    return Characters(
        plain=rows["plain"],
        hans=rows["hans"],
        hant=rows["hant"],
        rivals=_rivals(rows["forms"]),
        both=frozenset(rows["both"]["-"]),
        proves_hans=frozenset(rows["evidence-hans"]["-"]),
        proves_hant=frozenset(rows["evidence-hant"]["-"]),
    )


def _rivals(forms: dict[str, str]) -> dict[str, str]:
    """Return for each form the others of its groups, in the order of the table."""
    rivals: dict[str, dict[str, None]] = defaultdict(dict)
    for simplified, group in forms.items():
        for char in (*group, simplified):
            rivals[char].update(dict.fromkeys(c for c in group if c != char))
    return {char: "".join(others) for char, others in rivals.items() if others}


@lru_cache(maxsize=1)
def rivals() -> dict[str, str]:
    """Return for each form its rivals, folded, without those that differ from it in style only."""
    table = characters().rivals
    same: dict[str, list[str]] = defaultdict(list)
    for char in table:
        same[char.translate(FOLD)].append(char)
    found = {}
    for char in (*table, *(chr(new) for new in FOLD.values())):
        usual = char.translate(FOLD)
        others = dict.fromkeys(other.translate(FOLD) for c in same[usual] for other in table[c])
        if forms := "".join(other for other in others if other != usual):
            found[char] = forms
    return found


def in_daily_use(char: str) -> bool:
    """Say whether the first level of Big5, its 5,401 common characters, has a character."""
    raw = char.encode("big5", "ignore")
    return len(raw) == 2 and raw[0] <= BIG5_COMMON


@lru_cache(maxsize=1)
def readings() -> dict[str, frozenset[str]]:
    """Return for each character its pinyin readings, with tone marks, NFC (data/readings.tsv, 41,923 characters)."""
    found: dict[str, frozenset[str]] = {}
    for line in (DATA / "readings.tsv").read_bytes().decode("utf-8").split("\n"):
        if line:
            sounds, chars = line.split("\t")
            found.update(dict.fromkeys(chars, frozenset(sounds.split(","))))
    return found
