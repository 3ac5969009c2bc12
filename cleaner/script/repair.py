"""Put the characters of a text back into the script that the text is written in: one character for one.

A converter asks what a text would be in another script. Here the text already is in one, and single characters of it
are not, or are the wrong one of several (製定, 後 written 后). So each doubtful character is compared with every rival
in its own context, by the score of the best segmentation (`lexicon`), and changed only where a rival is far better.

Classes of a fix, in a Traditional text:
  K  a compatibility ideograph or radical            A  a character that is only Simplified
  B  a variant that no region writes (畧 for 略)      C  the wrong one of several forms, by at least `tau`
  R  the same by less, in a text shown to be dirty: a rare form that is only Traditional stands for a common one
In a Simplified text: K, and S, a character that is only Traditional.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cleaner.script import ScriptState
from cleaner.script.find import AnyOf
from cleaner.script.forms import protected, without
from cleaner.script.knowledge import SURE_ALONE, UNSURE, Fix, Knowledge, Part, in_name
from cleaner.script.tables import FOLD, characters, in_daily_use

if TYPE_CHECKING:
    from cleaner.script.traditional import Tables


@dataclass(frozen=True)
class Repairer:
    """Proposes fixes for texts; holds only what is the same for all of them."""

    known: Knowledge
    tau: float = 4.0

    def __call__(self, text: str, state: ScriptState) -> list[Fix]:
        """Return the fixes for `text`, sorted by position, at most one for a position."""
        wrong = self._find_hans.places(text) if state.script in ("hans", "mixed") else []
        if state.script == "other" or (state.script == "hans" and not wrong):
            return []
        from cleaner.script.split import split

        parts = list(split(text, state))
        found = self._in_parts(text, parts, wrong, state)
        if spoken := protected(text, found):
            found = self._in_parts(text, list(without(parts, spoken)), wrong, state)
        return found

    def _in_parts(self, text: str, parts: list[Part], wrong: list[int], state: ScriptState) -> list[Fix]:
        """Return the fixes in `parts`, sorted; `wrong` is where a Simplified text may need one."""
        from cleaner.script.traditional import Traditional

        found = Traditional(self._tables, text, [p for p in parts if p.script == "hant"], state.region).fixes()
        starts = [part.start for part in parts]
        for at in wrong:
            before = bisect_right(starts, at)
            part = parts[before - 1] if before else None
            if part and part.start <= at < part.end and part.script == "hans":
                found.append(self._simplified(text, at))
        return sorted(found)

    def _simplified(self, text: str, at: int) -> Fix:
        table, char = characters(), text[at]
        if char in table.plain:
            return Fix(at, table.plain[char], "K", SURE_ALONE, True)
        sure = not in_name(self.known, text, at) and (in_daily_use(char) or _in_word(text, at))
        return Fix(at, table.hant[char], "S", SURE_ALONE if sure else UNSURE, sure)

    @cached_property
    def _find_hans(self) -> AnyOf:
        """Finds what can be wrong in a Simplified text."""
        table = characters()
        kept = {char for char, where in self.known.keep.items() if where & {"any", "cn"}}
        return AnyOf(frozenset({*table.plain, *table.hant}) - (kept - set(table.plain)))

    @cached_property
    def _tables(self) -> Tables:
        from cleaner.script.traditional import Tables

        return Tables(self.known, self.tau)


def _in_word(text: str, at: int) -> bool:
    """Say whether a Traditional character makes a word with a neighbour, whichever script that one is in.

    A rare one that makes none may be a part of a name, or stand for another (中国鎲员: 党).
    """
    from cleaner.script.lexicon import lexicon

    hans = characters().hans
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    words = [left + text[at] for left in hans.get(before, before)] + [
        text[at] + right for right in hans.get(after, after)
    ]
    return any(lexicon().knows([word.translate(FOLD) for word in words if len(word) > 1]))
