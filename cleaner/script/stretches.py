"""Which stretches of a text are in another script than the text: what the record of a file shows as evidence.

They are what repair treats in another way than the rest, in the same cut (`split`): passages and quotations in the
other script, sentences with kana, and in a mixed text what cannot be decided. Cantonese is no script: its particles
make the region hk, and no rule changes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from cleaner.script import ScriptState, Tally
from cleaner.script.tables import HAN, KANA

Kind = Literal["hans", "hant", "kana", "mixed"]


class Stretch(NamedTuple):
    """`start:end` of a text, what it is in, and the characters there that prove each script, and kana."""

    start: int
    end: int
    script: Kind
    hans: int
    hant: int
    kana: int


def stretches(text: str, state: ScriptState) -> list[Stretch]:
    """Return the stretches of `text` that are not in its script, in order; none for a text in one script throughout.

    The script of a mixed text is the one with more evidence. Linear in the text.
    """
    hans, hant, kana = state.evidence
    if state.script == "other" or not (kana or state.script == "mixed" or min(hans, hant)):
        return []
    from cleaner.script.split import split

    main = "hant" if hant > hans else "hans"
    found: list[Stretch] = []
    at = 0
    for part in split(text, state):
        found += _stretch(text, at, part.start, None)
        if part.script != main:
            found += _stretch(text, part.start, part.end, part.script)
        at = part.end
    return [*found, *_stretch(text, at, len(text), None)]


def _stretch(text: str, start: int, end: int, script: Kind | Literal["other"] | None) -> Iterator[Stretch]:
    """Yield what stands between two places, without the blanks around it, if anything there proves a script."""
    piece = text[start:end]
    if not HAN.search(piece) and not KANA.search(piece):
        return
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    found = _proof(piece)
    if found.hans or found.hant or found.kana:
        if found.kana:
            script = "kana"
        elif script not in ("hans", "hant"):
            script = "mixed" if found.hans and found.hant else "hans" if found.hans else "hant"
        yield Stretch(start, start + len(piece), script, found.hans, found.hant, found.kana)


def _proof(piece: str) -> Tally:
    from cleaner.script.evidence import tally

    return tally(piece)
