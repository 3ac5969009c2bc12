"""Which script a text is written in, and the repair of the characters that are not in it.

`decide` counts characters that prove a script: Simplified ones that GB2312 has and Big5 has not, and Traditional ones
the other way round. Characters that both scripts use prove nothing, and neither does a sentence with kana, which is
Japanese. The repair itself is in `repair`; tables and lexicon are read when first needed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cleaner.script.tables import KANA, SENTENCE, characters

Script = Literal["hans", "hant", "mixed", "other"]
Region = Literal["tw", "hk", "cn", "generic"]

MAJORITY = 0.9  # share of the evidence that one script needs, or the text is mixed (designed)
JAPANESE = 0.1  # share of kana among kana and evidence-bearing sentences' Han above which a text is Japanese (designed)
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


@dataclass(frozen=True)
class ScriptState:
    """The script of a text, `other` where nothing proves any; the region is None unless the script is one of two."""

    script: Script
    region: Region | None
    evidence: Evidence


def decide(text: str) -> ScriptState:
    """Say which script `text` is in. Linear in the text, about 30 ns a character."""
    kana = len(KANA.findall(text)) if KANA.search(text) else 0
    if kana:
        text = "".join(part for part in SENTENCE.findall(text) if not KANA.search(part))
    counts = Counter(text)
    table = characters()
    hans = sum(count for char, count in counts.items() if char in table.proves_hans)
    hant = sum(count for char, count in counts.items() if char in table.proves_hant)
    evidence = Evidence(hans, hant, kana)
    script = majority(hans, hant)
    if kana and kana >= JAPANESE * (kana + sum(n for char, n in counts.items() if "\u4e00" <= char <= "\u9fff")):
        script = "other"
    return ScriptState(script, _region(script, counts), evidence)


def majority(hans: int, hant: int) -> Script:
    """Return the script that the evidence is for."""
    total = hans + hant
    if not total:
        return "other"
    if hant >= MAJORITY * total:
        return "hant"
    return "hans" if hans >= MAJORITY * total else "mixed"


def _region(script: Script, counts: Counter[str]) -> Region | None:
    if script == "hans":
        return "cn"
    if script != "hant":
        return None
    taiwan = sum(counts[c] for c in TAIWAN)
    hongkong = sum(counts[c] for c in HONGKONG)
    if taiwan >= VOTES and taiwan >= VOTES * hongkong:
        return "tw"
    return "hk" if hongkong >= VOTES and hongkong >= VOTES * taiwan else "generic"
