"""Where a text speaks of characters and their forms, so that a form is what it says and not how it says it.

“强”繁体为“強”, 「畧」是「略」的異體, 老板與老闆: whoever puts such a place right makes the sentence false. No score
can see that, so such sentences are left alone altogether: those with a term of orthography, and those that set a form
beside its own rival. A text with several of the first is about forms: its short quotations are left alone everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from cleaner.script.knowledge import Fix, Part
from cleaner.script.tables import FOLD

ABOUT = 2  # sentences with a term after which a text is about forms
SHORT = 6  # characters of a quotation that mentions a word instead of saying something
NEAR = 40  # characters around a quoted form in which its rival is looked for
APART = 10  # characters between a form and its rival, at most, where the two are set side by side

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_WORD = re.compile(_HAN + _HAN)
_OPEN = "[“‘「『〈《\"']"
_TERMS = re.compile(
    rf"""
    [繁简簡異异][体體]
  | (?:正|俗|訛|讹|古|本|借)[体體]?字 (?![幕数數符母典节節段])
  | 字形 | [错錯別别]字 | 通假 | 通用字 | [规規][范範]字 | 合[规規][范範] | [异異][写寫形]
  | [误誤訛讹][作写寫用刻] | [笔筆][画畫] | 偏旁 | 部首
  | [应應該该当當][写寫]?[作成為为] \s? (?={_OPEN})
  | [写寫印刻][作成為为] \s? (?: {_OPEN} | {_HAN} (?!{_HAN}) )
  | 不[写寫][作成] | [应應][写寫] (?= {_HAN}{{1,4}} (?!{_HAN}) )
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(f"[“‘「『〈《]({_HAN}{{1,{SHORT}}})[”’」』〉》]")
_BESIDE = re.compile("[與与和跟同或及、/／|｜≠=＝→⇒是非作為为不]|->|vs", re.IGNORECASE)
_SIGN = re.compile("[→⇒≠=＝]|->")
_PAUSE = re.compile("[，；,;]")
_END = re.compile("[。！？!?\n]")


def protected(text: str, fixes: Sequence[Fix]) -> list[tuple[int, int]]:
    """Return the stretches of `text` to be left alone, given what would be changed there: sorted, disjoint."""
    if not fixes:
        return []
    sentences = _Sentences(text)
    found: set[tuple[int, int]] = set()
    for fix in fixes:
        span = sentences.around(fix.at)
        if span not in found and (sentences.has_term(span) or _beside(text, fix, *span)):
            found.add(span)
    if sentences.about() >= ABOUT:
        places = sorted(fix.at for fix in fixes)
        for match in _QUOTED.finditer(text):
            inside = bisect_left(places, match.start()) < bisect_left(places, match.end())
            if inside and sentences.around(match.start()) not in found:
                found.add(match.span())
    return sorted(found)


def without(parts: Iterable[Part], spans: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Yield what is left of `parts` outside the `spans`, which are sorted and disjoint."""
    ends = [end for _, end in spans]
    for part in parts:
        at = part.start
        for start, end in spans[bisect_right(ends, at) :]:
            if start >= part.end:
                break
            if at < start:
                yield Part(at, start, part.script)
            at = end
        if at < part.end:
            yield Part(at, part.end, part.script)


class _Sentences:
    """The sentences of a text, and which of them speak of forms."""

    def __init__(self, text: str) -> None:
        self._ends = [*(match.start() for match in _END.finditer(text)), len(text)]
        self._terms = [match.start() for match in _TERMS.finditer(text)]

    def around(self, at: int) -> tuple[int, int]:
        which = bisect_left(self._ends, at)
        return (self._ends[which - 1] + 1 if which else 0), self._ends[which]

    def has_term(self, span: tuple[int, int]) -> bool:
        return bisect_left(self._terms, span[0]) < bisect_left(self._terms, span[1])

    def about(self) -> int:
        """Return how many sentences have a term."""
        return len({self.around(at) for at in self._terms})


def _beside(text: str, fix: Fix, start: int, end: int) -> bool:
    """Say whether the sentence sets the form that stands at a place beside the one that would be put there.

    That is so if both are quoted as words, or if the word comes in both forms on the two sides of a conjunction.
    """
    low, high = max(start, fix.at - NEAR), min(end, fix.at + NEAR)
    quotes = list(_QUOTED.finditer(text, low, high))
    for own in quotes:
        if own.start() < fix.at < own.end():
            changed = (text[own.start(1) : fix.at] + fix.new + text[fix.at + 1 : own.end(1)]).translate(FOLD)
            others = {quote.group(1).translate(FOLD) for quote in quotes if quote is not own}
            if changed in others or fix.new in others or (len(changed) == 1 and any(changed in o for o in others)):
                return True
    low, high = max(start, fix.at - APART), min(end, fix.at + APART)
    if _SIGN.match(text, fix.at + 1) or _SIGN.search(text, max(start, fix.at - 2), fix.at):
        return True  # 干→幹
    before, after = text[max(start, fix.at - 1) : fix.at], text[fix.at + 1 : min(end, fix.at + 2)]
    for word, shift in ((before + fix.new, 1), (fix.new + after, 0)):
        at = text.find(word, low, high) if _WORD.fullmatch(word) else -1
        if at >= 0:
            first, last = sorted((at + shift, fix.at))
            between = text[first + 1 : last]
            if _BESIDE.search(between) and not _PAUSE.search(between):
                return True
    return False
