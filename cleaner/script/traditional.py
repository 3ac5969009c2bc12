"""The work on the Traditional parts of one text: all of its characters at once where that is possible.

Nine of ten places where a form has rivals need no comparison: no rival stands in any word with a neighbour. Those are
found for the whole text by array operations (`Lexicon.near`), and the others are compared in one go (`Lexicon.costs`).
Only what then looks wrong is looked at place by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaner.script import Region
from cleaner.script.codes import BEYOND, SIZE, Codes, Flags, Places, astral, codes, flags, within
from cleaner.script.knowledge import (
    DIRTY,
    DIRTY_EASE,
    RARE_GAIN,
    RARE_RATIO,
    STYLE,
    SURE_ALONE,
    SURE_CHOSEN,
    UNSURE,
    Fix,
    Knowledge,
    Part,
    confidence,
    in_name,
    is_kept,
    least_gain,
)
from cleaner.script.lexicon import REACH, STEPS, Lexicon, lexicon
from cleaner.script.tables import FOLD, characters, rivals

ROUNDS = 3  # a fix changes the context of its neighbours; longer chains are left to the next pass
LEVELS = 8  # runs of characters that each wait for the choice before them: so many are worked on one by one
NUMBER = "三"  # stands for digits before a character, so that measure words are known behind them

_WRONG, _COMPARED, _DIGIT = 1, 2, 4
_AROUND = np.arange(-REACH, REACH + 1)


class Gain(NamedTuple):
    """How much better the best rival is than the character that stands there, and that rival, folded."""

    by: float
    rival: str


@dataclass(frozen=True)
class Tables:
    """What is the same for all texts, as arrays by character; made once for a `Repairer`."""

    known: Knowledge
    tau: float

    @cached_property
    def find_hant(self) -> Flags:
        """Marks what can be wrong in a Traditional text: whatever stands around it, or by comparison; and digits."""
        digits = (chr(code) for code in range(SIZE) if chr(code).isdecimal())
        return flags((self._wrong_in_hant, _WRONG), (self.compared, _COMPARED), (digits, _DIGIT))

    @cached_property
    def _wrong_in_hant(self) -> set[str]:
        table, known = characters(), self.known
        hans = {char for char in table.hans if char not in table.both}
        return {*table.plain, *hans, *known.variants, *known.style} - set(self.compared)

    @cached_property
    def compared(self) -> dict[str, str]:
        """The characters that are compared with others, and those others."""
        table = characters()
        return {c: forms for c, forms in rivals().items() if c not in table.hans or c in table.both}

    @cached_property
    def folded(self) -> Codes:
        """What the lexicon has for each character: house style folded, digits as nothing."""
        table = np.arange(SIZE, dtype=np.uint16)
        for old, new in FOLD.items():
            table[old] = new
        table[(self.find_hant & _DIGIT) > 0] = BEYOND
        return table

    @cached_property
    def forms(self) -> tuple[NDArray[np.intp], NDArray[np.intp], Codes]:
        """For each compared character where its forms begin, how many they are, and the forms: its own folded first."""
        start, count = np.zeros(SIZE, np.intp), np.zeros(SIZE, np.intp)
        found: list[int] = []
        for char, others in self.compared.items():
            if char <= "\uffff":
                near = [ord(form) if form <= "\uffff" else BEYOND for form in char.translate(FOLD) + others]
                start[ord(char)], count[ord(char)] = len(found), len(near)
                found += near
        return start, count, np.array(found, np.uint16)

    @cached_property
    def commoner(self) -> NDArray[np.bool_]:
        """Marks the compared characters of which a rival is so much commoner that it may win without a word."""
        hant, lone, table = characters().hant, self.lexicon.lone, np.zeros(SIZE, bool)
        for char, others in self.compared.items():
            if char <= "\uffff":
                own = lone[ord(char.translate(FOLD))]
                need = RARE_GAIN if char in hant else least_gain(self.tau)
                table[ord(char)] = any(own - lone[ord(o)] >= need * STEPS for o in others if o <= "\uffff")
        return table

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon(self.known.counts)


class Traditional:
    """The work on the Traditional parts of one text."""

    def __init__(self, tables: Tables, text: str, parts: Sequence[Part], region: Region | None) -> None:
        self.tables, self.text, self.parts = tables, text, parts
        self.region = region or "generic"
        self.done: dict[int, Fix] = {}  # sure fixes: the context that later comparisons see
        self.asks: dict[int, Fix] = {}

    def fixes(self) -> list[Fix]:
        if not self.parts:
            return []
        self._units = codes(self.text)
        found = self.tables.find_hant.take(self._units)
        spans = [(part.start, part.end) for part in self.parts]
        doubtful = within(np.flatnonzero(found & _COMPARED), spans)
        wrong = within(np.flatnonzero(found & _WRONG), spans).tolist()
        if beyond := astral(self.text, self._units):
            wrong = sorted([*wrong, *within(np.array(beyond, np.intp), spans).tolist()])
        if not len(doubtful) and not wrong:
            return []
        self._folded = np.pad(self.tables.folded.take(self._units), REACH, constant_values=BEYOND)  # shifted by REACH
        self._digits = found & _DIGIT
        self._choose_all(self._plain_cases(wrong))
        gains = self._gains(doubtful)
        free = self.tables.known.free
        clear = sum(d >= max(self.tables.tau, free.get((self.text[at], x), 0.0)) for at, (d, x) in gains.items())
        dirty = len(self.done) + clear >= DIRTY
        for _ in range(ROUNDS):
            new = [at for at, gain in gains.items() if gain.by >= RARE_GAIN and self._settle(at, gain, dirty)]
            if not new:
                break
            near = np.zeros(len(self.text), bool)
            for at in new:
                near[max(0, at - REACH) : at + REACH + 1] = True
            near[list(self.done)] = False
            gains = self._gains(doubtful[near[doubtful]])
        return [*self.done.values(), *(fix for at, fix in self.asks.items() if at not in self.done)]

    def _plain_cases(self, places: Iterable[int]) -> list[int]:
        """Do classes K and B, and A where there is one form; return where one of several must be chosen."""
        table, known, several = characters(), self.tables.known, []
        for at in places:
            char = self.text[at]
            if char in table.plain:
                self._fix(Fix(at, table.plain[char], "K", SURE_ALONE, True))
            elif known.keep.get(char, frozenset()) & {"any", self.region}:
                continue
            elif char in known.style:
                if self._is_stray(char):
                    self._put(at, known.style[char], "B", SURE_ALONE)
            elif char in known.named and (in_name(known, self.text, at) or not self._in_word(at, known.variants[char])):
                self.asks[at] = Fix(at, known.variants[char], "B", UNSURE, False)
            elif char in known.variants:
                self._put(at, known.variants[char], "B", SURE_ALONE)
            elif char in table.hans and char not in table.both:
                if is_kept(known, self.text, at):
                    self.asks[at] = Fix(at, table.hans[char][0], "A", UNSURE, False)
                elif len(table.hans[char]) > 1:
                    several.append(at)
                else:
                    self._put(at, table.hans[char], "A", SURE_ALONE)
        return several

    def _in_word(self, at: int, new: str) -> bool:
        """Say whether some word has `new` beside a neighbour of the place, and none has what stands there (南庄)."""
        before, after = self.text[max(0, at - 1) : at].translate(FOLD), self.text[at + 1 : at + 2].translate(FOLD)
        old = self.text[at].translate(FOLD)
        known = self.tables.lexicon.knows([before + new, new + after, before + old, old + after])
        return any(known[:2]) and (old == new or not any(known[2:]))

    def _put(self, at: int, new: str, klass: str, score: float) -> None:
        self._fix(Fix(at, self._styled(new), klass, score, True))

    def _fix(self, fix: Fix) -> None:
        self.done[fix.at] = fix
        new = fix.new.translate(FOLD)
        self._folded[fix.at + REACH] = ord(new) if new <= "\uffff" else BEYOND

    def _is_stray(self, char: str) -> bool:
        """Say whether a form that may be house style is a stray here.

        It is if the text writes the other form of the pair more often. Else the text as a whole tells, by all pairs:
        a form that Hong Kong prints needs another that it does not print, and stays outside Taiwan if no conversion
        leaves it (衞生署 in a text that writes 說); any other form is a stray unless it is one of many.
        """
        known = self.tables.known
        own, other = self._style_use
        if char in known.hongkong and (self.region == "hk" or not other):
            return False
        if self._count(known.style[char]) > self._count(char):
            return True
        return not (char in known.chosen and self.region != "tw") and not (own >= STYLE and own >= other)

    @cached_property
    def _style_use(self) -> tuple[int, int]:
        """How often the text writes forms of the first and of the second column of the style table."""
        style = self.tables.known.style
        return sum(map(self._count, style)), sum(map(self._count, set(style.values())))

    @cached_property
    def _counts(self) -> NDArray[np.intp]:
        return np.bincount(self._units, minlength=SIZE)

    def _count(self, char: str) -> int:
        return int(self._counts[ord(char)]) if char <= "\uffff" else self.text.count(char)

    def _styled(self, char: str) -> str:
        """Return `char` as this text writes it: 為 and 台, unless there are more 爲 or 臺 in it."""
        usual = char.translate(FOLD)
        other = "臺" if usual == "台" else char
        return other if other != usual and self._count(other) > self._count(usual) else usual

    def _choose_all(self, places: list[int]) -> None:
        """Class A where the Simplified character stands for several: the form that scores best, the first on a tie.

        Each choice is context of the ones behind it, so a place waits for those before it that it can see.
        """
        levels: list[list[int]] = [[] for _ in range(LEVELS)]
        last, level = -REACH - 1, 0
        for at in places:
            level = min(level + 1, LEVELS - 1) if at - last <= REACH else 0
            levels[level].append(at)
            last = at
        hans = characters().hans
        for ready in filter(None, levels):
            forms = [hans[self.text[at]] for at in ready]
            rows = np.repeat(np.arange(len(ready)), [len(f) for f in forms])
            folded = "".join(forms).translate(FOLD)
            units = np.array([ord(c) if c <= "\uffff" else BEYOND for c in folded], np.uint16)
            costs = self.tables.lexicon.costs(self._context(np.array(ready, np.intp)), rows, units).tolist()
            done = 0
            for at, several in zip(ready, forms, strict=True):
                own = costs[done : done + len(several)]
                done += len(several)
                self._put(at, several[own.index(min(own))], "A", SURE_CHOSEN)

    def _gains(self, places: Places) -> dict[int, Gain]:
        """Return, for those of `places` where a rival may be better by RARE_GAIN, how much better, in order."""
        chars = self._units[places]
        before, after = self._folded[places + REACH - 1], self._folded[places + REACH + 1]
        number = np.uint16(ord(NUMBER))
        before = np.where(self._digits[np.maximum(places - 1, 0)] > 0, number, before)
        after = np.where(self._digits[np.minimum(places + 1, len(self._digits) - 1)] > 0, number, after)
        maybe = self.tables.lexicon.near(chars, before, after) | self.tables.commoner[chars]
        places, chars = places[maybe], chars[maybe]
        if not len(places):
            return {}
        first, count, forms = self.tables.forms
        many = count[chars]
        starts = np.cumsum(many) - many
        rows = np.repeat(np.arange(len(places)), many)
        which = np.arange(len(rows)) - starts[rows]
        tried = forms[first[chars][rows] + which]
        costs = self.tables.lexicon.costs(self._context(places), rows, tried)
        order = costs * SIZE + which  # the first of equals
        order[starts] += 2**30  # not against itself
        best = np.minimum.reduceat(order, starts)
        gains = costs[starts] - best // SIZE
        good = gains >= RARE_GAIN * STEPS
        winners = tried[starts + best % SIZE]
        return {
            at: Gain(by / STEPS, chr(rival))
            for at, by, rival in zip(
                places[good].tolist(), gains[good].tolist(), winners[good].tolist(), strict=True
            )
        }  # fmt: skip

    def _context(self, places: Places) -> Codes:
        """Return the characters around places, folded, with what has been fixed so far: a column for each place."""
        context = self._folded[places[None, :] + REACH + _AROUND[:, None]]
        numbered = np.flatnonzero(self._digits[np.maximum(places - 1, 0)])
        context[REACH - 1, numbered] = ord(NUMBER)  # 592隻: what is counted needs its number
        return np.asarray(context)

    def _settle(self, at: int, gain: Gain, dirty: bool) -> bool:
        """Decide on one place; return whether the text changes there."""
        char, table, known = self.text[at], characters(), self.tables.known
        tau = self.tables.tau - (DIRTY_EASE if dirty else 0.0)
        score = confidence(gain.by)
        klass = ""
        if gain.by >= tau:
            klass = "C"
        elif dirty and char in table.hant and char not in table.hans and self._commoner(gain.rival, char):
            klass = "R"
        guarded = gain.by < known.free.get((char, gain.rival), 0.0) or in_name(known, self.text, at)
        if klass and not guarded:
            self._put(at, gain.rival, klass, score)
            return True
        # Not by `dirty`: on its second pass a repaired text is clean, and must be asked the same
        if gain.by >= least_gain(self.tables.tau) and (char, gain.rival) not in known.silent:
            self.asks[at] = Fix(at, self._styled(gain.rival), klass or "C", score, False)
        return False

    def _commoner(self, rival: str, char: str) -> bool:
        lone = self.tables.lexicon.lone
        return int(lone[ord(char.translate(FOLD))]) - int(lone[ord(rival.translate(FOLD))]) >= RARE_RATIO * STEPS
