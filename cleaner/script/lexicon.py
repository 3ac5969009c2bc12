"""How likely a stretch of Traditional text is, by a lexicon of words with counts.

The score of a stretch is that of its best segmentation into words: the sum of log(count / total), natural logarithm.
A character that no word explains counts as a tenth of an occurrence. Two spellings of one place are compared on the
same stretch of up to 7 characters on either side, so only words that cover the place can make the difference.

The lexicon (data/lexicon.bin, format in benchmarks/build_lexicon.py) is one text; the words that begin with a
character are unpacked when that character is first looked up, so that a short article does not pay for all of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from cleaner.script.tables import DATA

REACH = 7  # characters of context on either side: with words of at most 8 characters, nothing further away matters
LONGEST = 8
STEPS = 12  # scores are stored in twelfths
UNSEEN = 0.1  # occurrences of a character that no word explains

# Spellings of one word that differ by house style only: the lexicon knows the second, and looks up the first as it.
FOLD = str.maketrans(
    "爲羣裏啓峯牀着麪喫衆僞脣祕竈臺説綫値敎眞産録鋭悦閲温衞滙嬀爭內旣靑淸戶硏卽",
    "為群裡啟峰床著麵吃眾偽唇秘灶台說線值教真產錄銳悅閱溫衛匯媯爭內既青清戶研即",
)

_ENTRY = re.compile("([^\ue000-\ue0ff]*)([\ue000-\ue0ff])")

Longer = dict[str, float]
Pairs = dict[str, tuple[float, Longer]]
Bucket = tuple[float, Pairs]

NEVER = -math.inf


class Lexicon:
    """Word scores. The counts of `extra`, a reviewed table, take the place of the built ones."""

    def __init__(self, extra: Iterable[tuple[str, float]] = ()) -> None:
        total, beside, index, self._text = (DATA / "lexicon.bin").read_bytes().decode("utf-16-le").split("\n", 3)
        self._total = math.log(float(total))
        self._blocks: dict[str, tuple[int, int]] = {}
        at = 0
        for i in range(0, len(index), 3):
            size = (ord(index[i + 1]) - 0x100) * 4096 + ord(index[i + 2]) - 0x100
            self._blocks[index[i]] = (at, at + size)
            at += size
        self._extra: dict[str, list[tuple[str, float]]] = {}
        for word, count in extra:
            folded = word.translate(FOLD)
            self._extra.setdefault(folded[0], []).append((folded[1:], math.log(count) - self._total))
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}
        for entry in beside.split("\ue000")[:-1]:
            self._before[entry[0]], _, self._after[entry[0]] = entry[1:].partition("\ue001")
        for word in (first + rest for first, words in self._extra.items() for rest, _ in words):
            for left, right in pairwise(word):
                self._before[right] = self._before.get(right, "") + left
                self._after[left] = self._after.get(left, "") + right
        self._unseen: Bucket = (math.log(UNSEEN) - self._total, {})
        self._buckets: dict[str, Bucket] = {}

    def lone(self, char: str) -> float:
        """Return the score of a character as a word of its own."""
        return self._bucket(char)[0]

    def joins(self, left: str, form: str, right: str) -> bool:
        """Say whether some word has `form` behind `left` or before `right`: without one, only `lone` counts for it."""
        return (left != "" and left in self._before.get(form, "")) or (
            right != "" and right in self._after.get(form, "")
        )

    def scores(self, before: str, forms: str, after: str) -> list[float]:
        """Return for each character of `forms` the score of the stretch before + character + after.

        All three are folded (`FOLD`); `before` and `after` have at most REACH characters.
        """
        ahead, crossing = self._forward(before)
        behind = self._backward(after)
        last = self._bucket(before[-1])[1] if before else {}
        result = []
        for form in forms:
            lone, pairs = self._bucket(form)
            best = ahead[-1] + lone + behind[0]
            if after and (hit := pairs.get(after[0])):
                best = max(best, ahead[-1] + hit[0] + behind[1], ahead[-1] + _longest("", hit[1], after, behind, 1))
            if hit := last.get(form):
                best = max(best, ahead[-2] + hit[0] + behind[0], ahead[-2] + _longest("", hit[1], after, behind, 0))
            for base, rest, longer in crossing:
                end = rest + form
                best = max(
                    best, base + longer.get(end, NEVER) + behind[0], base + _longest(end, longer, after, behind, 0)
                )
            result.append(best)
        return result

    def _forward(self, text: str) -> tuple[list[float], list[tuple[float, str, Longer]]]:
        """Return the best score of each beginning of `text`, and the longer words that may run on past its end.

        Those come as (score before the word, what it already has behind its first two characters, its possible ends).
        """
        size = len(text)
        best = [0.0] + [NEVER] * size
        crossing = []
        for start, char in enumerate(text):
            base = best[start]
            lone, pairs = self._bucket(char)
            if base + lone > best[start + 1]:
                best[start + 1] = base + lone
            if start + 1 < size and (hit := pairs.get(text[start + 1])):
                score, longer = hit
                if base + score > best[start + 2]:
                    best[start + 2] = base + score
                if longer:
                    for end in range(start + 3, size + 1):
                        score = longer.get(text[start + 2 : end], NEVER)
                        if base + score > best[end]:
                            best[end] = base + score
                    crossing.append((base, text[start + 2 :], longer))
        return best, crossing

    def _backward(self, text: str) -> list[float]:
        """Return the best score of each end of `text`."""
        size = len(text)
        best = [NEVER] * size + [0.0]
        for start in range(size - 1, -1, -1):
            lone, pairs = self._bucket(text[start])
            top = lone + best[start + 1]
            if start + 1 < size and (hit := pairs.get(text[start + 1])):
                score, longer = hit
                top = max(top, score + best[start + 2])
                if longer:
                    for end in range(start + 3, size + 1):
                        top = max(top, longer.get(text[start + 2 : end], NEVER) + best[end])
            best[start] = top
        return best

    def _bucket(self, first: str) -> Bucket:
        bucket = self._buckets.get(first)
        if bucket is None:
            bucket = self._buckets[first] = self._unpacked(first)
        return bucket

    def _unpacked(self, first: str) -> Bucket:
        block = self._blocks.get(first)
        extra = self._extra.get(first, [])
        if block is None and not extra:
            return self._unseen
        words = {rest: (0xE000 - ord(score)) / STEPS for rest, score in _ENTRY.findall(self._text, *(block or (0, 0)))}
        words.update(extra)
        found: dict[str, tuple[float, Longer]] = {}
        for rest, score in words.items():
            if len(rest) > 1:
                found.setdefault(rest[0], (NEVER, {}))[1][rest[1:]] = score
        for rest, score in words.items():
            if len(rest) == 1:
                found[rest] = (score, found[rest][1] if rest in found else {})
        return words.get("", self._unseen[0]), found


def _longest(rest: str, longer: Longer, after: str, behind: list[float], taken: int) -> float:
    """Return the best score of a word that ends in `rest` and at least one character of `after` past `taken`."""
    best = NEVER
    for end in range(taken + 1, len(after) + 1):
        score = longer.get(rest + after[taken:end])
        if score is not None and score + behind[end] > best:
            best = score + behind[end]
    return best


@lru_cache(maxsize=4)
def lexicon(extra: tuple[tuple[str, float], ...] = ()) -> Lexicon:
    """Return the shipped lexicon with `extra` counts; the same one for the same counts, once in a process."""
    return Lexicon(extra)
