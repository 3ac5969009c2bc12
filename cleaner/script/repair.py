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

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from cleaner.script import Script, ScriptState, majority
from cleaner.script.lexicon import FOLD, REACH, Lexicon, lexicon
from cleaner.script.tables import KANA, SENTENCE, characters

DIRTY = 3  # faults after which a text counts as carelessly converted (designed)
DIRTY_EASE = 1.0  # by how much tau is lowered in a dirty text: 4 -> 3, the values measured on constructed faults
RARE_GAIN = 0.5  # class R: the gain it needs ...
RARE_RATIO = math.log(3)  # ... and how much commoner the rival is on its own; without this 12 right, 15 wrong
ASK_EASE = 1.0  # by how much less than tau a suggestion needs; smaller gains are not worth a reviewer's time
PRIOR = 2.0  # the gain at which a change is as likely right as wrong (designed; to be fitted)
FOREIGN = 3  # characters that prove the other script, and none for the text's own, make a quotation
LINE_PROOF, BLOCK_PROOF = 2, 4  # evidence that a line, a block needs to decide for itself in a mixed text
STYLE = 3  # forms of the first column of the style table that make a house style, if there are no more of the second
ROUNDS = 3  # a fix changes the context of its neighbours; longer chains are left to the next pass
SURE_ALONE, SURE_CHOSEN = 0.99, 0.9  # scores of class A with one form, with several (measured precision)

NUMBER = "三"  # stands for digits before a character, so that measure words are known behind them

NO_GAIN = (-math.inf, "")

_CLAUSE = re.compile(r"[^，。；：、！？,;:!?()（）“”‘’「」『』《》〈〉\n]+")
_BLOCK = re.compile(r"(?:[^\n]+\n?)+")
_LINE = re.compile(r"[^\n]+")
_BEYOND = re.compile("[\U00020000-\U0003ffff]")
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]*")
_DOTS = "·‧・•"  # what stands between the parts of a transliterated name
_NEAR_DOT = 4  # characters of one part of such a name, at most


class Fix(NamedTuple):
    """Put `new` at `at`. `sure` is false for a suggestion; `score` is the probability that the fix is right."""

    at: int
    new: str
    klass: str
    score: float
    sure: bool


class Part(NamedTuple):
    """A stretch of the text that is in one script throughout."""

    start: int
    end: int
    script: Script


@dataclass(frozen=True)
class Knowledge:
    """What people have reviewed: the rows of rules/tables, as repair needs them.

    keep: a character that looks wrong and is not -> the regions where that holds ("any", or tw, hk, generic, cn)
    variants: a form that no region writes -> the form that all write
    style: a form that some texts write throughout -> the form that others write
    hongkong: those of the first that are the standard of Hong Kong
    free: (form, rival) where both live in good text -> the gain that a change needs (infinite: only suggested)
    silent: of those, the pairs that differ in style alone: not even suggested
    counts: words that the lexicon lacks or counts badly
    surnames, titles, sounds: how a name is recognised (see `_in_name`)
    """

    keep: dict[str, frozenset[str]] = field(default_factory=dict)
    variants: dict[str, str] = field(default_factory=dict)
    style: dict[str, str] = field(default_factory=dict)
    hongkong: frozenset[str] = frozenset()
    free: dict[tuple[str, str], float] = field(default_factory=dict)
    silent: frozenset[tuple[str, str]] = frozenset()
    counts: tuple[tuple[str, float], ...] = ()
    surnames: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    sounds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Repairer:
    """Proposes fixes for texts; holds only what is the same for all of them."""

    known: Knowledge
    tau: float = 4.0

    def __call__(self, text: str, state: ScriptState) -> list[Fix]:
        """Return the fixes for `text`, sorted by position, at most one for a position."""
        parts = list(split(text, state))
        found = _Traditional(self, text, [p for p in parts if p.script == "hant"], state).fixes()
        for part in parts:
            if part.script == "hans":
                found += self._simplified(text, part)
        return sorted(found)

    def _simplified(self, text: str, part: Part) -> Iterator[Fix]:
        table = characters()
        for match in self.find_hans.in_text(text).finditer(text, part.start, part.end):
            char = match.group()
            if char in table.plain:
                yield Fix(match.start(), table.plain[char], "K", SURE_ALONE, True)
            elif not self.known.keep.get(char, frozenset()) & {"any", "cn"}:
                sure = not in_name(self.known, text, match.start())
                yield Fix(match.start(), table.hant[char], "S", SURE_ALONE if sure else 0.5, sure)

    @cached_property
    def find_hans(self) -> _AnyOf:
        """What can be wrong in a Simplified text."""
        table = characters()
        return _AnyOf.of({*table.plain, *table.hant})

    @cached_property
    def find_hant(self) -> _AnyOf:
        """What can be wrong in a Traditional text."""
        table, known = characters(), self.known
        return _AnyOf.of({*table.plain, *table.hans, *known.variants, *known.style, *self.rivals})

    @cached_property
    def rivals(self) -> dict[str, str]:
        """For each form its rivals, without those that differ from it in style only."""
        table = characters().rivals
        found = {}
        for char in (*table, *(chr(new) if isinstance(new, int) else new for new in FOLD.values())):
            usual = char.translate(FOLD)
            same = [c for c in table if c.translate(FOLD) == usual]
            others = dict.fromkeys(o.translate(FOLD) for c in same for o in table[c])
            if forms := "".join(o for o in others if o != usual):
                found[char] = forms
        return found

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.known.counts)


@dataclass(frozen=True)
class _AnyOf:
    """Finds one of many characters.

    `re` looks characters up in one table, but only where a class has none beyond U+FFFF; else it is 100 times slower
    (measured). So those are looked for only in texts that have any.
    """

    low: re.Pattern[str]
    all: re.Pattern[str]

    @classmethod
    def of(cls, chars: set[str]) -> _AnyOf:
        low = "".join(sorted(c for c in chars if c <= "\uffff"))
        return cls(re.compile(f"[{low}]"), re.compile(f"[{low}]|[{''.join(sorted(chars - set(low)))}]"))

    def in_text(self, text: str) -> re.Pattern[str]:
        """Return the pattern to use for `text`."""
        return self.all if _BEYOND.search(text) else self.low


class _Traditional:
    """The work on the Traditional parts of one text."""

    def __init__(self, by: Repairer, text: str, parts: list[Part], state: ScriptState) -> None:
        self.by, self.text, self.parts = by, text, parts
        self.region = state.region or "generic"
        self.done: dict[int, Fix] = {}  # sure fixes: the context that later comparisons see
        self.asks: dict[int, Fix] = {}
        self.doubtful: list[int] = []

    def fixes(self) -> list[Fix]:
        if not self.parts:
            return []
        chosen = self._plain_cases()
        for at in chosen:
            self._choose(at)
        gains = {at: gain for at in self.doubtful if (gain := self._gain(at))[0] >= RARE_GAIN}
        free = self.by.known.free
        clear = sum(d >= max(self.by.tau, free.get((self.text[at], x), 0.0)) for at, (d, x) in gains.items())
        dirty = len(self.done) + clear >= DIRTY
        for _ in range(ROUNDS):
            new = [at for at, (gain, rival) in gains.items() if self._settle(at, gain, rival, dirty)]
            if not new:
                break
            near = {at + step for at in new for step in range(-REACH, REACH + 1)}
            gains = {
                at: g
                for at in self.doubtful
                if at in near and at not in self.done and (g := self._gain(at))[0] >= RARE_GAIN
            }
        return [*self.done.values(), *(fix for at, fix in self.asks.items() if at not in self.done)]

    def _plain_cases(self) -> list[int]:
        """Do classes K and B, and A where there is one form; return where one of several must be chosen."""
        table, known, several = characters(), self.by.known, []
        find = self.by.find_hant.in_text(self.text)
        for part in self.parts:
            for match in find.finditer(self.text, part.start, part.end):
                at, char = match.start(), match.group()
                if char in self.by.rivals and (char not in table.hans or char in table.both):
                    self.doubtful.append(at)
                elif char in table.plain:
                    self.done[at] = Fix(at, table.plain[char], "K", SURE_ALONE, True)
                elif known.keep.get(char, frozenset()) & {"any", self.region}:
                    continue
                elif char in known.style:
                    if self._is_stray(char):
                        self._put(at, known.style[char], "B", SURE_ALONE)
                elif char in known.variants:
                    self._put(at, known.variants[char], "B", SURE_ALONE)
                elif char in table.hans and char not in table.both:
                    if len(table.hans[char]) > 1:
                        several.append(at)
                    else:
                        self._put(at, table.hans[char], "A", SURE_ALONE)
        return several

    def _put(self, at: int, new: str, klass: str, score: float) -> None:
        self.done[at] = Fix(at, self._styled(new), klass, score, True)

    def _is_stray(self, char: str) -> bool:
        """Say whether a form that may be house style is a stray here.

        It is if the text writes the other form of the pair more often. Else the text as a whole tells, by all pairs:
        a form that Hong Kong prints needs another that it does not print, any other form is a stray unless it is
        one of many.
        """
        known = self.by.known
        own, other = self._style_use
        if char in known.hongkong and (self.region == "hk" or not other):
            return False
        return self._counts[known.style[char]] > self._counts[char] or not (own >= STYLE and own >= other)

    @cached_property
    def _style_use(self) -> tuple[int, int]:
        """How often the text writes forms of the first and of the second column of the style table."""
        style = self.by.known.style
        return sum(self._counts[c] for c in style), sum(self._counts[c] for c in set(style.values()))

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.text)

    def _styled(self, char: str) -> str:
        """Return `char` as this text writes it: 為, unless there are more 爲 in it."""
        usual = char.translate(FOLD)
        return char if self._counts[char] > self._counts[usual] else usual

    def _choose(self, at: int) -> None:
        """Class A where the Simplified character stands for several: the form that scores best, the first on a tie."""
        forms = characters().hans[self.text[at]]
        scores = self._scores(at, forms)
        self._put(at, forms[scores.index(max(scores))], "A", SURE_CHOSEN)

    def _gain(self, at: int) -> tuple[float, str]:
        """Return how much better the best rival is than the character that stands there, and that rival."""
        char = self.text[at]
        forms = self._possible(at, char)
        if not forms:
            return NO_GAIN
        own, *others = self._scores(at, char + forms)
        best = max(others)
        return best - own, forms[others.index(best)]

    def _possible(self, at: int, char: str) -> str:
        """Return the rivals that could win: those in a word with a neighbour, or far commoner on their own.

        This decides most places without a segmentation. It is exact: a rival that no word joins to a neighbour is a
        word of its own, and gains no more than it is commoner than the character that stands there.
        """
        left, right = self._char(at - 1), self._char(at + 1)
        words, alone = self.by.lexicon, self.by.lexicon.lone(char.translate(FOLD))
        need = RARE_GAIN if char in characters().hant else self.by.tau - max(DIRTY_EASE, ASK_EASE)
        return "".join(
            form for form in self.by.rivals[char] if words.joins(left, form, right) or words.lone(form) - alone >= need
        )

    def _char(self, at: int) -> str:
        """Return the character at a place as it is now, folded; "" outside of the text."""
        if not 0 <= at < len(self.text):
            return ""
        char = self.done[at].new if at in self.done else self.text[at]
        return NUMBER if char.isdecimal() else char.translate(FOLD)

    def _settle(self, at: int, gain: float, rival: str, dirty: bool) -> bool:
        """Decide on one place; return whether the text changes there."""
        char, table, known = self.text[at], characters(), self.by.known
        tau = self.by.tau - (DIRTY_EASE if dirty else 0.0)
        score = confidence(gain)
        klass = ""
        if gain >= tau:
            klass = "C"
        elif dirty and char in table.hant and char not in table.hans and self._commoner(rival, char):
            klass = "R"
        guarded = gain < known.free.get((char, rival), 0.0) or in_name(known, self.text, at)
        if klass and not guarded:
            self._put(at, rival, klass, score)
            return True
        # Not by `dirty`: on its second pass a repaired text is clean, and must be asked the same
        if gain >= self.by.tau - ASK_EASE and (char, rival) not in known.silent:
            self.asks[at] = Fix(at, self._styled(rival), klass or "C", score, False)
        return False

    def _commoner(self, rival: str, char: str) -> bool:
        words = self.by.lexicon
        return words.lone(rival.translate(FOLD)) - words.lone(char.translate(FOLD)) >= RARE_RATIO

    def _scores(self, at: int, forms: str) -> list[float]:
        before, after = self._around(at)
        return self.by.lexicon.scores(before, forms.translate(FOLD), after)

    def _around(self, at: int) -> tuple[str, str]:
        """Return up to REACH Han characters on either side, folded, with what has been fixed so far."""
        start, end = around(self.text, at, REACH)
        before, after = self.text[start:at], self.text[at + 1 : end]
        if not before and at and self.text[at - 1].isdecimal():
            return NUMBER, after.translate(FOLD)  # 592隻: what is counted needs its number
        if self.done:
            before = self._patched(before, start)
            after = self._patched(after, at + 1)
        return before.translate(FOLD), after.translate(FOLD)

    def _patched(self, text: str, start: int) -> str:
        return "".join(self.done[i].new if i in self.done else char for i, char in enumerate(text, start))


def confidence(gain: float) -> float:
    """Return the probability that a change with this gain is right: logistic, one half at PRIOR."""
    return round(1 / (1 + math.exp(PRIOR - gain)), 3) if gain > PRIOR - 700 else 0.0


def around(text: str, at: int, reach: int) -> tuple[int, int]:
    """Return the bounds of the run of Han characters around `at`, at most `reach` characters to either side."""
    start = at
    while start > 0 and at - start < reach and "\u3400" <= text[start - 1] <= "\u9fff":
        start -= 1
    run = _RUN.match(text, at + 1, at + 1 + reach)
    return start, run.end() if run else at + 1


def in_name(known: Knowledge, text: str, at: int) -> bool:
    """Say whether the character at `at` looks like a part of a name, where no word can tell the right form.

    That is so close to the dot of a foreign name, among characters that transliterate, and in a surname with one or
    two characters that a title stands next to (市委副書記白云出席).
    """
    start, end = around(text, at, _NEAR_DOT)
    if start and text[start - 1] in _DOTS and _sounds_foreign(known, text[start:at]):
        return True
    if end < len(text) and text[end] in _DOTS and _sounds_foreign(known, text[at + 1 : end]):
        return True
    near = text[max(start, at - 2) : at] + text[at + 1 : min(end, at + 3)]
    if sum(char in known.sounds for char in near) >= 3:
        return True
    for first in range(at, max(start, at - 2) - 1, -1):
        if text[first] in known.surnames:
            if text.endswith(known.titles, 0, first):
                return True
            if not first or not "\u3400" <= text[first - 1] <= "\u9fff":
                rest = text[at + 1 : at + 8]
                if at - first >= 1 and (
                    rest.startswith(known.titles) or (at - first == 1 and rest[1:].startswith(known.titles))
                ):
                    return True
    return False


def _sounds_foreign(known: Knowledge, stretch: str) -> bool:
    """Say whether all characters between a dot and a place transliterate, but for one (no list of them is complete)."""
    return sum(char not in known.sounds for char in stretch) <= 1


def split(text: str, state: ScriptState) -> Iterator[Part]:
    """Yield the parts of `text` that may be repaired, in order, each with its script.

    Left out are sentences with kana, quotations in the other script, and what cannot be decided.
    """
    if state.script == "other":
        return
    if state.script != "mixed":
        other = state.evidence.hans if state.script == "hant" else state.evidence.hant
        whole: Iterator[Part] = iter([Part(0, len(text), state.script)])
        parts = whole if other < FOREIGN else _without_foreign(text, whole)
    else:
        parts = _without_foreign(text, _by_line(text, state))
    yield from parts if not state.evidence.kana else _without_kana(text, parts)


def _by_line(text: str, state: ScriptState) -> Iterator[Part]:
    """Yield the lines of a mixed text: each decides for itself if it can, else its block does, else the text."""
    hans, hant = state.evidence[:2]
    for block in _BLOCK.finditer(text):
        evidence = _evidence(block.group())
        above = majority(*evidence) if sum(evidence) >= BLOCK_PROOF else "mixed"
        if above == "mixed":
            above = "hant" if hant > hans else "hans"
        for line in _LINE.finditer(text, *block.span()):
            own = _evidence(line.group())
            script = majority(*own) if sum(own) >= LINE_PROOF else above
            if script == "mixed":
                script = above
            if script != "other":
                yield Part(*line.span(), script)


def _without_foreign(text: str, parts: Iterator[Part]) -> Iterator[Part]:
    """Yield `parts` without the clauses that are wholly in the other script."""
    for part in parts:
        at = part.start
        for clause in _CLAUSE.finditer(text, part.start, part.end):
            hans, hant = _evidence(clause.group())
            own, other = (hant, hans) if part.script == "hant" else (hans, hant)
            if other >= FOREIGN and not own:
                if at < clause.start():
                    yield Part(at, clause.start(), part.script)
                at = clause.end()
        if at < part.end:
            yield Part(at, part.end, part.script)


def _without_kana(text: str, parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        for sentence in SENTENCE.finditer(text, part.start, part.end):
            if sentence.group() and not KANA.search(sentence.group()):
                yield Part(*sentence.span(), part.script)


def _evidence(text: str) -> tuple[int, int]:
    table = characters()
    return sum(c in table.proves_hans for c in text), sum(c in table.proves_hant for c in text)
