"""Which parts of a text are in one script throughout, so that they may be repaired."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cleaner.script import Script, ScriptState, majority
from cleaner.script.codes import codes, flags
from cleaner.script.evidence import HANS, HANT, table
from cleaner.script.knowledge import Part
from cleaner.script.tables import KANA, SENTENCE

FOREIGN = 3  # characters that prove the other script, and none for the text's own, make a clause or sentence foreign
QUOTED = 2  # the same for what stands in quotation marks or is a title
LINE_PROOF, BLOCK_PROOF = 2, 4  # evidence that a line, a block needs to decide for itself in a mixed text
BOTH = 0.5  # share of a text's rarer script in sentences of that script alone, from which the text is written in both
TWICE, MORE = 2, 2  # how many times as much, and how much more, a sentence needs for one script to have strays in it

_BREAKS = flags(("，。；：、！？,;:!?()（）“”‘’「」『』《》〈〉\n", 1))  # a clause lies between two of these
REACH = 1000  # characters of a quotation, at most: an opening mark without its closing one is looked for no further
_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉"}
_MARK = re.compile("[“”‘’「」『』《》〈〉。！？!?；;\n]")
_BLOCK = re.compile(r"(?:[^\n]+\n?)+")
_LINE = re.compile(r"[^\n]+")


def split(text: str, state: ScriptState) -> Iterator[Part]:
    """Yield the parts of `text` that may be repaired, in order, each with its script.

    Left out are sentences with kana, quotations in the other script, and what cannot be decided.
    """
    if state.script == "other":
        return
    if state.script != "mixed":
        other = state.evidence.hans if state.script == "hant" else state.evidence.hant
        whole = [Part(0, len(text), state.script)]
        parts = iter(whole) if other < FOREIGN else _Proof(text).without_foreign(whole)
    else:
        proof = _Proof(text)
        parts = proof.without_foreign(proof.by_line(state))
    yield from parts if not state.evidence.kana else _without_kana(text, parts)


class _Proof:
    """What proves a script in one text, by place."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._units = codes(text)
        found = table().take(self._units)
        self._places: dict[Script, NDArray[np.intp]] = {
            "hans": np.flatnonzero(found & HANS), "hant": np.flatnonzero(found & HANT)
        }  # fmt: skip

    @cached_property
    def _breaks(self) -> NDArray[np.intp]:
        return np.concatenate([[-1], np.flatnonzero(_BREAKS.take(self._units)), [len(self.text)]])

    def _evidence(self, start: int, end: int) -> tuple[int, int]:
        """Return how many characters of `text[start:end]` prove each script: Simplified, Traditional."""
        hans, hant = (np.searchsorted(self._places[s], (start, end)).tolist() for s in ("hans", "hant"))
        return hans[1] - hans[0], hant[1] - hant[0]

    def by_line(self, state: ScriptState) -> Iterator[Part]:
        """Yield the parts of a mixed text: a line decides for itself if it can, else its block does.

        Where those are mixed too, the text decides if its rarer script is but faults. A text that has both scripts
        quotes, or sets passages side by side: there each sentence, and what it quotes, is on its own, and one that
        is in the other script throughout must not follow its neighbours.
        """
        hans, hant = state.evidence[:2]
        text: Script = "hant" if hant > hans else "hans"
        both = self._is_in_both(state)
        for block in _BLOCK.finditer(self.text):
            evidence = self._evidence(*block.span())
            above = majority(*evidence) if sum(evidence) >= BLOCK_PROOF else "mixed"
            for line in _LINE.finditer(self.text, *block.span()):
                own = self._evidence(*line.span())
                script = majority(*own) if sum(own) >= LINE_PROOF else above
                if script == "mixed":
                    script = above
                if both:
                    yield from self._by_sentence(line.start(), line.end(), script)
                else:
                    yield Part(*line.span(), text if script == "mixed" else script)

    def _is_in_both(self, state: ScriptState) -> bool:
        """Say whether the rarer script of a mixed text is that of whole sentences and quotations, and no faults."""
        rarer = int(state.evidence.hant < state.evidence.hans)
        alone = 0
        for unit in _units(self.text, 0, len(self.text)):
            counts = self._proof(unit)
            alone += counts[rarer] if not counts[1 - rarer] else 0
        return alone >= max(FOREIGN, BOTH * state.evidence[rarer])

    def _proof(self, unit: list[tuple[int, int]]) -> tuple[int, int]:
        """Return how many characters of a sentence or quotation prove each script: Simplified, Traditional."""
        counts = [self._evidence(*span) for span in unit]
        return sum(hans for hans, _ in counts), sum(hant for _, hant in counts)

    def _by_sentence(self, start: int, end: int, line: Script) -> Iterator[Part]:
        """Yield the sentences and quotations of a line that are in one script but for a few strays.

        Those that prove nothing follow the line, whose script is given, if that is one.
        """
        found: list[Part] = []
        for unit in _units(self.text, start, end):
            hans, hant = self._proof(unit)
            least, most = sorted((hans, hant))
            script: Script = "hant" if hant > hans else "hans"
            if not most:
                script = line
            elif least and not (most >= TWICE * least and most - least >= MORE):
                continue
            if script != "mixed":
                found += (Part(*span, script) for span in unit)
        yield from sorted(found)

    def without_foreign(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield `parts` without the clauses, sentences and quotations that are wholly in the other script."""
        for part in parts:
            at = part.start
            for start, end in sorted(self._foreign(part)):
                if at < start:
                    yield Part(at, start, part.script)
                at = max(at, end)
            if at < part.end:
                yield Part(at, part.end, part.script)

    def _foreign(self, part: Part) -> Iterator[tuple[int, int]]:
        """Yield what proves the other script and not its own, often enough: clauses, and units (see `_units`)."""
        other = self._places["hans" if part.script == "hant" else "hant"]
        other = other[np.searchsorted(other, part.start) : np.searchsorted(other, part.end)]
        if len(other) < QUOTED:
            return
        clauses, count = np.unique(np.searchsorted(self._breaks, other), return_counts=True)
        for clause in clauses[count >= FOREIGN].tolist():
            start = max(part.start, int(self._breaks[clause - 1]) + 1)
            end = min(part.end, int(self._breaks[clause]))
            if not self._evidence(start, end)[part.script == "hant"]:
                yield start, end
        for line in self._lines(part, other):
            for unit in _units(self.text, *line):
                quoted = unit[0][0] > 0 and self.text[unit[0][0] - 1] in _QUOTES
                hans, hant = self._proof(unit)
                own, there = (hant, hans) if part.script == "hant" else (hans, hant)
                if there >= (QUOTED if quoted else FOREIGN) and not own:
                    yield from unit

    def _lines(self, part: Part, places: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
        """Yield the lines of a part that have at least QUOTED of `places`."""
        at = 0
        while at + QUOTED <= len(places):
            place = int(places[at])
            start = max(part.start, self.text.rfind("\n", 0, place) + 1)
            end = self.text.find("\n", place)
            end = part.end if end < 0 else min(end, part.end)
            after = int(np.searchsorted(places, end))
            if after - at >= QUOTED:
                yield start, end
            at = after


def _units(text: str, start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the sentences of a stretch, each as its pieces around quotations, and each quotation as one.

    A quotation is what stands between two marks of one pair, with all that is inside; one that has no end is none.
    """
    pieces: list[tuple[int, int]] = []
    at = scan = start
    while mark := _MARK.search(text, scan, end):
        scan = mark.end()
        closing = _QUOTES.get(mark.group())
        close = _closing(text, mark.start(), end) if closing else -1
        if closing and close < 0:
            continue
        if at < mark.start():
            pieces.append((at, mark.start()))
        if closing:
            if mark.end() < close:
                yield [(mark.end(), close)]
            at = scan = close + 1
            continue
        at = mark.end()
        if mark.group() not in "”’」』》〉" and pieces:
            yield pieces
            pieces = []
    if at < end:
        pieces.append((at, end))
    if pieces:
        yield pieces


def _closing(text: str, at: int, end: int) -> int:
    """Return where the quotation that opens at `at` closes, or -1."""
    opening, depth = text[at], 0
    pair = re.compile(f"[{opening}{_QUOTES[opening]}]")
    for mark in pair.finditer(text, at, min(end, at + REACH)):
        depth += 1 if mark.group() == opening else -1
        if not depth:
            return mark.start()
    return -1


def _without_kana(text: str, parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        for sentence in SENTENCE.finditer(text, part.start, part.end):
            if sentence.group() and not KANA.search(sentence.group()):
                yield Part(*sentence.span(), part.script)
