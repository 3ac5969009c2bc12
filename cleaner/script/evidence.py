"""The evidence for a script in a long text, counted by arrays; `cleaner.script.decide` counts that of short ones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from cleaner.script import HONGKONG, TAIWAN, Tally
from cleaner.script.codes import Flags, codes, flags
from cleaner.script.tables import characters, is_kana

HANS, HANT, _KANA, _HAN, _TAIWAN, _HONGKONG = (np.uint8(1 << bit) for bit in range(6))


@lru_cache(maxsize=1)
def table() -> Flags:
    """Return what each character proves; read-only by convention."""
    known = characters()
    kana = [chr(code) for code in range(0x3040, 0x3100) if is_kana(chr(code))]
    return flags(
        (known.proves_hans, HANS), (known.proves_hant, HANT), (kana, _KANA),
        (map(chr, range(0x4E00, 0xA000)), _HAN), (TAIWAN, _TAIWAN), (HONGKONG, _HONGKONG),
    )  # fmt: skip


def tally(text: str) -> Tally:
    """Count what proves a script in `text`. About 3 ns a character.

    What no question can be about is not counted: a region without Traditional characters.
    """
    found = table().take(codes(text))

    def count(bit: np.uint8) -> int:
        return int(np.count_nonzero(found & bit))

    hant = count(HANT)
    return Tally(
        count(HANS),
        hant,
        count(_KANA),
        count(_HAN),  # also without kana: `decide` asks what is left of a text without its sentences with kana
        count(_TAIWAN) if hant else 0,
        count(_HONGKONG) if hant else 0,
    )
