"""Which script a text is written in, and the repair of the characters that are not in it.

`decide` counts characters that prove a script: Simplified ones that GB2312 has and Big5 has not, and Traditional ones
the other way round. Characters that both scripts use prove nothing, and neither does a sentence with kana, which is
Japanese. The repair itself is in `repair`; tables and lexicon are read when first needed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from cleaner.script.tables import KANA, SENTENCE, characters, is_kana

Script = Literal["hans", "hant", "mixed", "other"]
Region = Literal["tw", "hk", "cn", "generic"]

MAJORITY = 0.9  # share of the evidence that one script needs, or the text is mixed (designed)
JAPANESE = 0.1  # share of kana among kana and evidence-bearing sentences' Han above which a text is Japanese (designed)
LONG = 1000  # characters from which a text is looked at as an array; numpy takes 0.1 s to import
SHORT = 60  # the same if numpy is there already
VOTES = 3  # marker characters that a region needs, and as many times more than the other one has

# How only one of the two regions writes a word, and particles of written Cantonese. Hong Kong's newspapers also write
# 線, 啟, 衛 and 說, so those prove nothing.
TAIWAN = "裡臺"
HONGKONG = "裏綫衞着嘅咗喺嚟佢啲冇哋嗰咁唔嘢俾瞓攞枱揾"


class Evidence(NamedTuple):
    """How many characters prove each script; kana prove that a sentence is Japanese."""

    hans: int
    hant: int
    kana: int


class Tally(NamedTuple):
    """How many characters of a text are of each kind: proof of a script or a region, kana, Han (U+4E00 to U+9FFF)."""

    hans: int
    hant: int
    kana: int
    han: int
    taiwan: int
    hongkong: int


@dataclass(frozen=True)
class ScriptState:
    """The script of a text, `other` where nothing proves any; the region is None unless the script is one of two."""

    script: Script
    region: Region | None
    evidence: Evidence


def is_for_arrays(text: str) -> bool:
    """Say whether a text is looked at as an array, which changes no result."""
    return len(text) >= (SHORT if "numpy" in sys.modules else LONG)


@lru_cache(maxsize=4)  # rules, records and the report ask in turn, of one source and of one result
def decide(text: str) -> ScriptState:
    """Say which script `text` is in. Linear in the text, 3 ns a character in a long one."""
    found = _tally(text)
    kana = found.kana
    if kana:
        found = _tally("".join(part for part in SENTENCE.findall(text) if not KANA.search(part)))
    script = majority(found.hans, found.hant)
    if kana and kana >= JAPANESE * (kana + found.han):
        script = "other"
    return ScriptState(script, _region(script, found), Evidence(found.hans, found.hant, kana))


def _tally(text: str) -> Tally:
    if is_for_arrays(text):
        from cleaner.script.evidence import tally

        return tally(text)
    counts, table = Counter(text), characters()

    def total(chars: Iterable[str]) -> int:
        return sum(map(counts.__getitem__, chars))

    has_kana = KANA.search(text) is not None
    return Tally(
        total(table.proves_hans.intersection(counts)),
        total(table.proves_hant.intersection(counts)),
        total(filter(is_kana, counts)) if has_kana else 0,
        total(char for char in counts if "\u4e00" <= char <= "\u9fff"),
        total(TAIWAN),
        total(HONGKONG),
    )


def majority(hans: int, hant: int) -> Script:
    """Return the script that the evidence is for."""
    total = hans + hant
    if not total:
        return "other"
    if hant >= MAJORITY * total:
        return "hant"
    return "hans" if hans >= MAJORITY * total else "mixed"


def _region(script: Script, found: Tally) -> Region | None:
    if script == "hans":
        return "cn"
    if script != "hant":
        return None
    if found.taiwan >= VOTES and found.taiwan >= VOTES * found.hongkong:
        return "tw"
    return "hk" if found.hongkong >= VOTES and found.hongkong >= VOTES * found.taiwan else "generic"
