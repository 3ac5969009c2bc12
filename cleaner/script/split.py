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

FOREIGN = 3  # characters that prove the other script, and none for the text's own, make a quotation
LINE_PROOF, BLOCK_PROOF = 2, 4  # evidence that a line, a block needs to decide for itself in a mixed text

_BREAKS = flags(("，。；：、！？,;:!?()（）“”‘’「」『』《》〈〉\n", 1))  # a clause lies between two of these
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
        """Yield the lines of a mixed text: each decides for itself if it can, else its block does, else the text."""
        hans, hant = state.evidence[:2]
        for block in _BLOCK.finditer(self.text):
            evidence = self._evidence(*block.span())
            above = majority(*evidence) if sum(evidence) >= BLOCK_PROOF else "mixed"
            if above == "mixed":
                above = "hant" if hant > hans else "hans"
            for line in _LINE.finditer(self.text, *block.span()):
                own = self._evidence(*line.span())
                script = majority(*own) if sum(own) >= LINE_PROOF else above
                if script == "mixed":
                    script = above
                if script != "other":
                    yield Part(*line.span(), script)

    def without_foreign(self, parts: Iterable[Part]) -> Iterator[Part]:
        """Yield `parts` without the clauses that are wholly in the other script."""
        for part in parts:
            at = part.start
            for start, end in self._foreign(part):
                if at < start:
                    yield Part(at, start, part.script)
                at = end
            if at < part.end:
                yield Part(at, part.end, part.script)

    def _foreign(self, part: Part) -> Iterator[tuple[int, int]]:
        """Yield the clauses of a part with FOREIGN characters that prove the other script, and none for its own."""
        other = self._places["hans" if part.script == "hant" else "hant"]
        other = other[np.searchsorted(other, part.start) : np.searchsorted(other, part.end)]
        if len(other) < FOREIGN:
            return
        clauses, count = np.unique(np.searchsorted(self._breaks, other), return_counts=True)
        for clause in clauses[count >= FOREIGN].tolist():
            start = max(part.start, int(self._breaks[clause - 1]) + 1)
            end = min(part.end, int(self._breaks[clause]))
            hans, hant = self._evidence(start, end)
            if not (hant if part.script == "hant" else hans):
                yield start, end


def _without_kana(text: str, parts: Iterator[Part]) -> Iterator[Part]:
    for part in parts:
        for sentence in SENTENCE.finditer(text, part.start, part.end):
            if sentence.group() and not KANA.search(sentence.group()):
                yield Part(*sentence.span(), part.script)
