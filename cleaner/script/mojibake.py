"""Undo text that was decoded by the wrong encoding, where that can be undone and proved.

Every repair is reversible: what comes out, encoded and decoded as it was by mistake, gives what was there. And it has
to read like Chinese: its neighbouring characters have to be words of the lexicon far more often than before. What is
short, or could have been another text too, is only asked about.

- UTF-8 read as Windows-1252 or Latin-1: æ˜†æ˜Ž -> 昆明
- GBK read as Latin-1: ÖÐ¹ú -> 中国
- UTF-8 read as GBK: 鏄嗘槑 -> 昆明
- the shift of a converter that put readings into GBK bytes at the wrong place: 咨詢?nèi)绾… -> 咨詢如… (only asked)
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from cleaner.script.find import AnyOf
from cleaner.script.tables import FOLD, characters, readings

RISE = 0.25  # by how much the share of neighbours that are a word has to rise (ordinary text: 0.3 to 0.5, mojibake: 0)
SURE_HAN = 4  # Han characters of a result below which it is only asked about
LEAST_HAN = 2
PERIOD = 3  # two Han characters in UTF-8 are three in GBK

_LATIN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{4,}"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_GBK_RUN = re.compile("[^\x00-\x7f]{3,1000}")  # GBK has kana, Greek and lines beside Han
_SHIFT = re.compile("([\u4e00-\u9fff])[?？\ufffd]\\(?([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6})\\)([\u4e00-\u9fff]{2,})")


class Guess(NamedTuple):
    """What `start:end` of the text was, and whether that is certain enough to change it."""

    start: int
    end: int
    new: str
    sure: bool


@dataclass(frozen=True)
class Mojibake:
    """Finds stretches that were decoded by the wrong encoding."""

    def __call__(self, text: str) -> list[Guess]:
        """Return the guesses for `text`, sorted and disjoint."""
        found = [*self._latin(text), *self._gbk(text), *self._shifted(text)]
        kept: list[Guess] = []
        for guess in sorted(found):
            if not kept or guess.start >= kept[-1].end:
                kept.append(guess)
        return kept

    @cached_property
    def needed(self) -> tuple[re.Pattern[str], ...]:
        """Patterns one of which has to be in a text in which anything is found."""
        leads = f"[{''.join(sorted(self._leads.chars))}]"
        return _LATIN, re.compile(f"{leads}..{leads}"), _SHIFT

    def _latin(self, text: str) -> Iterator[Guess]:
        for match in _LATIN.finditer(text):
            old = match.group()
            for back, forth in ((_from_1252, _to_1252), (_from_latin, _to_latin)):
                new = _decoded(back(old), "utf-8")
                if new and len(_HAN.findall(new)) >= LEAST_HAN and forth(new.encode("utf-8")) == old:
                    yield Guess(*match.span(), new, True)  # UTF-8 that decodes by chance has no run of Han
                    break
            else:
                new = _decoded(_from_latin(old), "gb18030")
                han = len(_HAN.findall(new))
                if (
                    han >= LEAST_HAN
                    and 2 * han >= len(new)
                    and reads(new) >= RISE
                    and _to_latin(new.encode("gb18030")) == old
                ):
                    yield Guess(*match.span(), new, han > SURE_HAN)

    def _gbk(self, text: str) -> Iterator[Guess]:
        places = self._leads.places(text)
        done = 0
        for first, second in pairwise(places):
            if second - first != PERIOD or first < done:
                continue
            start, stop = text.rfind("\n", 0, first) + 1, text.find("\n", first)
            done = stop if stop >= 0 else len(text)
            for match in _GBK_RUN.finditer(text, start, done):
                for low, high, new in _pieces(match.group()):
                    old, han = match.group()[low:high], len(_HAN.findall(new))
                    if han >= LEAST_HAN and reads(new) - reads(old) >= RISE:
                        yield Guess(match.start() + low, match.start() + high, new, han >= SURE_HAN)

    @cached_property
    def _leads(self) -> AnyOf:
        """Finds what the first two bytes of a Han character in UTF-8 look like in GBK."""
        pairs = (bytes([lead, trail]) for lead in range(0xE4, 0xEA) for trail in range(0x80, 0xC0))
        return AnyOf(frozenset(char for pair in pairs if len(char := _decoded(pair, "gbk")) == 1))

    def _shifted(self, text: str) -> Iterator[Guess]:
        """The converter replaced a character that two others happened to hold between them in GBK.

        The first of its bytes is the last of the character before, and stayed there. The second went with the bracket,
        and everything behind is shifted by one byte; with it, the run decodes again.
        """
        if "(" not in text and ")" not in text:
            return
        for match in _SHIFT.finditer(text):
            before, sound, rest = match.groups()
            last = before.encode("gbk", "ignore")[-1:]
            found = set()
            for char in _chars_read(unicodedata.normalize("NFC", sound)):
                raw = char.encode("gbk", "ignore")
                if len(raw) == 2 and raw[:1] == last:
                    tail = raw[1:] + rest.encode("gbk", "ignore")
                    new = _decoded(tail if len(tail) % 2 == 0 else tail[:-1], "gbk")
                    if new and reads(new) - reads(rest) >= RISE:
                        found.add(new)
            if len(found) == 1:
                yield Guess(match.start() + 1, match.end(), found.pop(), False)


def _pieces(run: str) -> Iterator[tuple[int, int, str]]:
    """Yield the stretches of a run, three characters or more, whose GBK bytes are UTF-8, with what they say.

    A byte that was lost on the way ends a stretch, and the next one begins behind it.
    """
    sizes = [len(char.encode("gb18030", "ignore")) for char in run]
    raw, starts = run.encode("gb18030", "ignore"), [0, *accumulate(sizes)]
    at = 0
    while at + 3 <= len(run):
        good = len(raw[starts[at] :])
        try:
            raw[starts[at] :].decode("utf-8")
        except UnicodeDecodeError as err:
            good = err.start
        end = bisect_right(starts, starts[at] + good) - 1
        while end - at >= 3 and not (new := _decoded(raw[starts[at] : starts[end]], "utf-8")):
            end -= 1
        if end - at >= 3 and _decoded(new.encode("utf-8"), "gb18030") == run[at:end]:
            yield at, end, new
            at = end
        else:
            at += 1


def reads(text: str) -> float:
    """Return the share of neighbouring Han characters that are a word of the lexicon."""
    from cleaner.script.lexicon import lexicon

    hans = characters().hans
    plain = "".join(hans.get(char, char)[0] for char in text).translate(FOLD)
    pairs = [a + b for a, b in pairwise(plain) if _HAN.match(a) and _HAN.match(b)]
    return sum(lexicon().knows(pairs)) / len(pairs) if pairs else 0.0


def _decoded(raw: bytes | None, encoding: str) -> str:
    """Return the text, or "" if the bytes are not of this encoding."""
    try:
        return raw.decode(encoding) if raw else ""
    except UnicodeDecodeError:
        return ""


def _from_1252(text: str) -> bytes | None:
    """Return the bytes of text that was read as Windows-1252; what that leaves undefined was read as Latin-1."""
    try:
        return b"".join(c.encode("latin-1") if c in _UNDEFINED else c.encode("cp1252") for c in text)
    except UnicodeEncodeError:
        return None


def _to_1252(raw: bytes) -> str:
    return "".join(chr(b) if chr(b) in _UNDEFINED else bytes([b]).decode("cp1252") for b in raw)


def _from_latin(text: str) -> bytes | None:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return None


def _to_latin(raw: bytes) -> str:
    return raw.decode("latin-1")


_UNDEFINED = "\x81\x8d\x8f\x90\x9d"


def _chars_read(sound: str) -> list[str]:
    return [char for char, sounds in readings().items() if sound in sounds]
