"""The words of page chrome, compiled from a table: which a line has, and how much of it they cover."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import add
from typing import Any, NamedTuple

import numpy as np

from cleaner.kinds.prefilter import quick, superset, text_set
from cleaner.tables import Table

# What prose itself may say to be chrome; other words of chrome (登录, 广告, 浏览器) are topics of articles too.
IN_PROSE = frozenset(("right", "disclaim", "comment", "editor", "caption", "date"))

_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | dict.fromkeys((12288, 160, 8195, 8194, 9), 32)
_WIDTH |= {
    ord(c): ord(d) for c, d in zip("﹐﹑﹒﹔﹕﹖﹗︰∶﹝﹞", ",、.;:?!::()", strict=True)
}  # small and vertical forms
_FILLING = re.compile(r"[\s\d|丨｜/\\·・•.:;,，、。~\-—_+*#>»›<«→【】\[\]()（）「」『』《》“”\"'!！?？©®&=]+")


Array = np.ndarray[Any, Any]
Named = tuple[str, re.Pattern[str]]
Asking = Callable[[str], Sequence[Named]]


def is_han(chars: Array) -> Array:
    """Say which of some code points (uint32) are Han characters of a word: none of the compatibility block."""
    found: Array = (chars - np.uint32(0x3400) <= 0x9FFF - 0x3400) | (chars - np.uint32(0x20000) < 0x20000)
    return found


@dataclass(frozen=True)
class Cues:
    """The words and patterns of page chrome, compiled from a table (see rules/tables/line-cues.tsv)."""

    fold: dict[int, int]
    words: dict[str, tuple[Word, ...]]
    search: tuple[tuple[str, re.Pattern[str]], ...]
    search_prose: tuple[tuple[str, re.Pattern[str]], ...]  # those of `search` that are asked of prose
    whole: tuple[tuple[str, re.Pattern[str]], ...]
    anchor: Callable[[str], bool]  # says quickly whether a line, not folded, may have a word of chrome
    may_hold: Asking  # those of `search` that a folded line may hold
    may_be: Asking  # those of `whole` that it may be
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
        searched = tuple((name, re.compile("|".join(parts))) for name, parts in search.items())
        matched = tuple((name, re.compile("|".join(parts))) for name, parts in whole.items())
        return cls(
            fold,
            _by_first(words),
            searched,
            tuple((name, pattern) for name, pattern in searched if name in IN_PROSE),
            matched,
            _anywhere(anchors, fold),
            _asking(searched, "(?:{})"),
            _asking(matched, "^(?:{})$"),
            _quick([part for name in sorted(IN_PROSE) for part in search.get(name, [])]),
        )

    @cached_property
    def _single(self) -> frozenset[str]:
        return frozenset(first for first in self.words if len(first) == 1)

    @cached_property
    def _table(self) -> Array:
        table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
        table[list(self.fold)] = list(self.fold.values())
        return table

    def folded(self, lines: Sequence[str]) -> tuple[list[str], list[int]]:
        """Return lines, none empty, folded as `translate` does it, and how many Han characters each has."""
        if not lines:
            return [], []
        raw = np.frombuffer("\n".join(lines).encode("utf-32-le", "surrogatepass"), np.uint32)
        chars = self._table.take(raw)
        starts = np.fromiter(accumulate((len(line) + 1 for line in lines[:-1]), initial=0), np.int64, len(lines))
        han: list[int] = np.add.reduceat(is_han(chars), starts, dtype=np.int64).tolist()
        return chars.tobytes().decode("utf-32-le", "surrogatepass").split("\n"), han

    def covered(self, text: str) -> tuple[float, Counter[str], int]:
        """Return the share (0-1) of a folded line that words of chrome take, by class, and how many words they are."""
        size = len(_FILLING.sub("", text))
        found: Counter[str] = Counter()
        if not size:
            return 0.0, found, 0
        taken = count = done = 0
        words, single = self.words, self._single
        for at, pair in enumerate(map(add, text, text[1:] + "\0")):
            if (pair not in words and pair[0] not in single) or at < done:
                continue
            for word in (*words.get(pair, ()), *words.get(pair[0], ())):
                if text.startswith(word.text, at) and word.fits(text, at):
                    taken += word.letters
                    count += 1
                    for name in word.classes:
                        found[name] += word.letters
                    done = at + len(word.text)
                    break
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


def _asking(named: tuple[Named, ...], form: str) -> Asking:
    """Return what says which of some patterns to ask of a text: one automaton for all, each put into `form`."""
    wide = [superset(pattern.pattern, verbose=False) for _, pattern in named]
    asked = [None if one is None else form.format(one) for one in wide]
    known = tuple(one for one in asked if one is not None)
    automaton = text_set(known, group=max(len(known), 1))
    if automaton is None:
        return lambda text: named
    by_form = {one: pair for one, pair in zip(asked, named, strict=True) if one in automaton.group}
    always = [pair for one, pair in zip(asked, named, strict=True) if one not in automaton.group]

    def ask(text: str) -> Sequence[Named]:
        try:
            found = automaton.found(text.encode())
        except UnicodeEncodeError:  # a lone surrogate: not for re2
            return named
        return [*always, *(by_form[one] for one in found)]

    return ask


def _quick(patterns: Sequence[str]) -> Callable[[str], bool]:
    wide = [superset(pattern, verbose=False) for pattern in patterns]
    fast = quick("|".join(f"(?:{one})" for one in wide)) if wide and None not in wide else None
    return fast or (lambda text: True)


_ALONE = " |/·"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _by_first(words: dict[str, list[str]]) -> dict[str, tuple[Word, ...]]:
    """Return the words by their first two characters, or by all of one, the longest first."""
    found: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        one = Word(word, len(_FILLING.sub("", word)), tuple(dict.fromkeys(words[word])))
        found.setdefault(word[:2], []).append(one)
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
