"""The words of page chrome, compiled from a table: which a line has, and how much of it they cover."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.kinds.prefilter import quick, superset
from cleaner.tables import Table

# What prose itself may say to be chrome; other words of chrome (登录, 广告, 浏览器) are topics of articles too.
IN_PROSE = frozenset(("right", "disclaim", "comment", "editor", "caption", "date"))

_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | dict.fromkeys((12288, 160, 8195, 8194, 9), 32)
_WIDTH |= {
    ord(c): ord(d) for c, d in zip("﹐﹑﹒﹔﹕﹖﹗︰∶﹝﹞", ",、.;:?!::()", strict=True)
}  # small and vertical forms
_FILLING = re.compile(r"[\s\d|丨｜/\\·・•.:;,，、。~\-—_+*#>»›<«→【】\[\]()（）「」『』《》“”\"'!！?？©®&=]+")


@dataclass(frozen=True)
class Cues:
    """The words and patterns of page chrome, compiled from a table (see rules/tables/line-cues.tsv)."""

    fold: dict[int, int]
    words: dict[str, tuple[Word, ...]]
    search: tuple[tuple[str, re.Pattern[str]], ...]
    search_prose: tuple[tuple[str, re.Pattern[str]], ...]  # those of `search` that are asked of prose
    whole: tuple[tuple[str, re.Pattern[str]], ...]
    anchor: Callable[[str], bool]  # says quickly whether a line, not folded, may have a word of chrome
    told: Callable[[str], bool]  # says quickly whether prose may say of itself to be chrome

    @classmethod
    def of(cls, table: Table) -> Cues:
        words: dict[str, list[str]] = {}
        search: dict[str, list[str]] = {}
        whole: dict[str, list[str]] = {}
        anchors: list[str] = []
        fold = dict(_WIDTH)
        for how, name, what in table.rows:
            if how == "fold":
                fold |= {ord(a): ord(b) for a, b in zip(name, what, strict=True)}
            elif how == "anchor":
                anchors += what.split()
            elif how == "words":
                for word in what.split():
                    words.setdefault(word, []).append(name)
            else:
                (search if how == "search" else whole).setdefault(name, []).append(what)
        fold |= {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
        fold |= {c: c - 0xFEE0 + 32 for c in range(0xFF21, 0xFF3B)}
        return cls(
            fold,
            _by_first(words),
            tuple((name, re.compile("|".join(parts))) for name, parts in search.items()),
            tuple((name, re.compile("|".join(parts))) for name, parts in search.items() if name in IN_PROSE),
            tuple((name, re.compile("|".join(parts))) for name, parts in whole.items()),
            _anywhere(anchors, fold),
            _quick([part for name in sorted(IN_PROSE) for part in search.get(name, [])]),
        )

    def covered(self, text: str) -> tuple[float, Counter[str], int]:
        """Return the share (0-1) of a folded line that words of chrome take, by class, and how many words they are."""
        size = len(_FILLING.sub("", text))
        found: Counter[str] = Counter()
        if not size:
            return 0.0, found, 0
        taken = count = at = 0
        while at < len(text):
            for word in self.words.get(text[at], ()):
                if text.startswith(word.text, at) and word.fits(text, at):
                    taken += word.letters
                    count += 1
                    for name in word.classes:
                        found[name] += word.letters
                    at += len(word.text)
                    break
            else:
                at += 1
        return min(taken / size, 1.0), found, count


class Word(NamedTuple):
    """A word of chrome with its classes. A single Han character counts only alone, Latin letters only whole."""

    text: str
    letters: int
    classes: tuple[str, ...]

    def fits(self, text: str, at: int) -> bool:
        end = at + len(self.text)
        before, after = text[at - 1 : at], text[end : end + 1]
        if len(self.text) == 1 and not self.text.isascii():
            return (not before or before in _ALONE) and (not after or after in _ALONE)
        if _is_latin(self.text[0]) and _is_latin(before):
            return False
        return not (_is_latin(self.text[-1]) and _is_latin(after))


def _quick(patterns: Sequence[str]) -> Callable[[str], bool]:
    wide = [superset(pattern, verbose=False) for pattern in patterns]
    fast = quick("|".join(f"(?:{one})" for one in wide)) if wide and None not in wide else None
    return fast or (lambda text: True)


_ALONE = " |/·"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _by_first(words: dict[str, list[str]]) -> dict[str, tuple[Word, ...]]:
    """Return the words by their first character, the longest first."""
    found: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        one = Word(word, len(_FILLING.sub("", word)), tuple(dict.fromkeys(words[word])))
        found.setdefault(word[0], []).append(one)
    return {first: tuple(some) for first, some in found.items()}


def _anywhere(words: Sequence[str], fold: dict[int, int]) -> Callable[[str], bool]:
    """Return what says whether folded words are in a text that is not folded."""
    forms: dict[str, str] = {}
    for one, other in fold.items():
        if other > 0x20:
            forms[chr(other)] = forms.get(chr(other), chr(other)) + chr(one)
    either = ("".join(f"[{re.escape(forms[c])}]" if c in forms else re.escape(c) for c in word) for word in words)
    pattern = "|".join(either)
    if fast := quick(pattern):
        return fast
    slow = re.compile(pattern or "(?!)").search
    return lambda text: slow(text) is not None
