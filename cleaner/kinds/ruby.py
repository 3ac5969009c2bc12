"""Remove readings that leaked behind the characters they annotate: 領(lǐng)導(dǎo) -> 領導.

Some pages lose the markup of pinyin annotations and keep the reading in brackets. A single such bracket looks exactly
like an author's gloss, 行(xíng), so the whole text decides: a leak is dense, annotates many different characters that
only Traditional texts have, and annotates them everywhere; a gloss stands alone. Measured on a page with 353 leaks:
every one is an exact reading with its tone, of 55 characters, each annotated at every occurrence.

What leaks is the table of a bad converter, and that holds only characters that it converted. A text that annotates 天
and 了 as well is a primer or a poem with its readings, and a list of annotated characters is one to learn: all stay.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

from cleaner.context import Context, Proposal, han_count
from cleaner.kinds.prefilter import sought
from cleaner.script.tables import HAN, characters, readings

MANY = 5  # annotations below which nothing is removed
EXACT = 0.9  # share of them that are an exact reading
DIFFERENT = 3  # different characters
REPEATED = 0.8  # share of all occurrences of the annotated characters that carry an annotation, or ...
DENSE = 5 / 1000  # ... annotations for each Han character
COMMON = 0.2  # share of annotations on characters that both scripts write, above which a person annotated
LISTED = 0.5  # share of annotated characters that stand alone, as in a list of characters to learn
EVERYDAY = 10.9  # -log of the share of a character among words; 習 and 悶 have it (designed)
SIZE = 0x10000
NEIGHBOURS, NEARBY = 3, 200  # exact ones, within so many characters, that a reading with another tone needs

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_LETTERS = "a-zɡɑüāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ\u0300\u0301\u0304\u0308\u030c"
_LOOKALIKES = str.maketrans("ɡɑ", "ga")
_TONES = re.compile("[\u0300\u0301\u0304\u030c]")
_TALK = re.compile("[讀读唸念][作做成為为]|[讀读發发]音|拼音|注音|多音字|異讀|异读|同音")  # the text is about readings
_TALK_REACH = 12


Fit = Literal["exact", "near", "none"]


class Reading(NamedTuple):
    """An annotation `text[start:end]`, brackets included, of the character before it; how well it fits."""

    start: int
    end: int
    char: str
    fit: Fit


@dataclass(frozen=True)
class Ruby:
    """`brackets` are pairs of an opening and a closing one; `readings` names the table, so far only pinyin."""

    stage: ClassVar = "annotations"

    brackets: str = "()（）"
    readings: Literal["pinyin"] = "pinyin"

    def __post_init__(self) -> None:
        if not self.brackets or len(self.brackets) % 2:
            raise ValueError(f"'brackets' are pairs of an opening and a closing one, not {self.brackets!r}")

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(self._find)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        found = [reading for match in self._find.finditer(context.text) if (reading := _read(match))]
        if is_leak(context.text, found) or is_small_leak(context.text, found):
            yield from self._removed(context.text, found)
        elif len(found) > 1 and all(reading.fit == "exact" and reading.char in characters().hant for reading in found):
            for start, end, _, _ in found:  # too few to be sure, yet no author glosses 國 and 會
                yield Proposal(start, end, "", "ask", "exact", 0.5)

    def _removed(self, text: str, found: list[Reading]) -> Iterator[Proposal]:
        annotated = Counter(reading.char for reading in found)
        exact = [reading.start for reading in found if reading.fit == "exact"]
        for start, end, char, fit in found:
            typical = char in characters().hant or annotated[char] == text.count(char) > 1
            if not typical or self._is_talk(text, start):
                continue
            if fit == "exact":
                yield Proposal(start, end, "", None, "exact", 0.99)
            elif fit == "near":
                around = bisect_right(exact, start + NEARBY) - bisect_left(exact, start - NEARBY)
                yield Proposal(start, end, "", None if around >= NEIGHBOURS else "ask", "near", 0.9)

    def _is_talk(self, text: str, at: int) -> bool:
        """Say whether the words before `at` are about readings, so that the bracket is the author's own."""
        before = self._find.sub("", text[max(0, at - 6 * _TALK_REACH) : at])
        if _TALK.search(before[-_TALK_REACH:]):
            return True
        pair = self._pair.search(text, max(0, at - _TALK_REACH), at + 2 * _TALK_REACH)
        return pair is not None and pair.start() <= at < pair.end()

    @cached_property
    def _find(self) -> re.Pattern[str]:
        opening, closing = re.escape(self.brackets[::2]), re.escape(self.brackets[1::2])
        return re.compile(f"(?<=({_HAN}))[{opening}] ?([{_LETTERS}]{{1,8}}) ?[{closing}]")

    @cached_property
    def _pair(self) -> re.Pattern[str]:
        """Two characters set side by side for how they are read: 燜(mèn)與悶(mēn)不同."""
        gloss = _HAN + self._find.pattern.removeprefix(f"(?<=({_HAN}))")
        return re.compile(
            gloss + "[與与和跟及或、]" + gloss + "(?:不同|有別|有别|不一|各異|各异|之分|之別|之别|的區|的区)"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {"brackets": self.brackets, "readings": self.readings}


def is_leak(text: str, found: list[Reading]) -> bool:
    """Say whether the annotations of `text` are a leak of lost markup, and not an author's glosses."""
    exact = sum(reading.fit == "exact" for reading in found)
    annotated = Counter(reading.char for reading in found)
    if len(found) < MANY or exact < EXACT * len(found) or len(annotated) < DIFFERENT:
        return False
    if sum(reading.char not in characters().hant for reading in found) > COMMON * len(found):
        return False
    if sum(_is_alone(text, reading) for reading in found) > LISTED * len(found):
        return False
    everywhere = sum(text.count(char) for char in annotated)
    return len(found) >= REPEATED * everywhere or len(found) >= DENSE * han_count(text)


def is_small_leak(text: str, found: list[Reading]) -> bool:
    """Say whether too few annotations for `is_leak` are one all the same, by what they annotate.

    An author glosses what a reader may not know: a rare character, a name, the other reading of a common one. Nobody
    glosses 國, 門 and 護, which every reader knows and which have one reading; a table does.
    """
    chars = {reading.char for reading in found}
    if len(found) < 2 or _TALK.search(text) or not chars <= characters().hant.keys():
        return False
    if any(reading.fit != "exact" or _is_alone(text, reading) for reading in found):
        return False
    known = sum(len(readings()[char]) == 1 and is_everyday(char) for char in chars)
    return known >= 2 or (known == 1 and len(chars) >= DIFFERENT)


def is_everyday(char: str) -> bool:
    """Say whether every reader of Traditional text knows a character, by how often it stands alone."""
    from cleaner.script.lexicon import STEPS, lexicon

    return ord(char) < SIZE and int(lexicon().lone[ord(char)]) <= EVERYDAY * STEPS


def _is_alone(text: str, reading: Reading) -> bool:
    """Say whether the annotated character is no part of a longer run of Han or of annotations."""
    before, after = text[max(0, reading.start - 2) : reading.start - 1], text[reading.end : reading.end + 1]
    return not any(side and (side in "()（）" or HAN.match(side)) for side in (before, after))


def _read(match: re.Match[str]) -> Reading | None:
    """Return the annotation that `match` found, or None if it cannot be one: 氧(O) is too short without a tone."""
    char, raw = match.groups()
    sound = unicodedata.normalize("NFC", raw.translate(_LOOKALIKES))
    plain = toneless(sound)
    if plain == sound and len(sound) < 2:
        return None
    known = readings().get(char, frozenset())
    exact = sound in known
    fit: Fit = "exact" if exact else "near" if plain in {toneless(reading) for reading in known} else "none"
    if fit == "none" and plain == sound:  # a word in brackets: 方式(how)
        return None
    return Reading(match.start(), match.end(), char, fit)


def toneless(sound: str) -> str:
    """Return a reading without its tone mark, v for ü."""
    bare = _TONES.sub("", unicodedata.normalize("NFD", sound))
    return unicodedata.normalize("NFC", bare).replace("ü", "v")
