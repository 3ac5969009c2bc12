"""How likely a stretch of Traditional text is, by a lexicon of words with counts; for many places at once.

The cost of a stretch is that of its best segmentation into words: the sum of -log(count / total), in twelfths of the
natural logarithm (`STEPS`), as whole numbers, so that sums are exact and equal on every machine. A character that no
word explains counts as a tenth of an occurrence. Two spellings of one place are compared on the same stretch of up to
REACH characters on either side, so only words that cover the place can make the difference.

data/lexicon.bin (made by benchmarks/build_lexicon.py, mapped into memory) is a perfect hash table: a word's hash gives
its bucket, the bucket a displacement, both together the one slot where the word can stand; the slot holds 32 other bits
of the hash and the cost. So a lookup is two reads whatever the text, and a word that is not there is taken for one that
is once in 4,000 million lookups. The words of `extra`, a reviewed table, are few, and looked up beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.script.codes import SIZE, Codes, Places
from cleaner.script.tables import DATA, FOLD, rivals

REACH = 7  # characters of context on either side: with words of at most 8 characters, nothing further away matters
LONGEST = 8
STEPS = 12  # costs are in twelfths
UNSEEN = 0.1  # occurrences of a character that no word explains
NO_WORD = np.uint16(20_000)  # the cost of what is no word: more than 15 unseen characters cost
CHUNK = 4096  # places that are worked on at once: their arrays then stay in the cache

# The format of the file
HEAD = np.dtype([("magic", "S8"), ("total", "<f8"), ("buckets", "<u4"), ("slots", "<u4"), ("near", "<u4")])
MAGIC = b"seedlex1"

# Odd constants without a pattern (SplitMix64, and digits of the golden ratio)
_BASE, _MIX, _SEED, _SLOT, _PAIR = (
    0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F
)  # fmt: skip
_64 = 2**64 - 1

Hashes = NDArray[np.uint64]
Costs = NDArray[np.int32]

_POWERS = np.array([pow(_BASE, n, 2**64) for n in range(LONGEST + 1)], np.uint64)
_SHIFT = np.uint64(32)
_MIXER, _SEEDER, _SLOTTER = np.uint64(_MIX), np.uint64(_SEED), np.uint64(_SLOT)
# Words as pairs of cuts: those that cover the place, and those on either side of it in the order that they are needed
_ACROSS = [(start, end) for start in range(REACH + 1) for end in range(REACH + 1, start + LONGEST + 1)]
_STARTS = np.array([start for start, _ in _ACROSS])
_BEHIND = np.array([end - REACH - 1 for _, end in _ACROSS])  # how many characters of a word stand behind the place
_ALONE = _ACROSS.index((REACH, REACH + 1))
_FORWARD = (
    np.array([start for end in range(2, REACH + 1) for start in range(end - 1)]),
    np.array([end for end in range(2, REACH + 1) for _ in range(end - 1)]),
)
_BACKWARD = (
    np.array([start for start in range(REACH - 2, -1, -1) for _ in range(start + 2, REACH + 1)]),
    np.array([end for start in range(REACH - 2, -1, -1) for end in range(start + 2, REACH + 1)]),
)
_GATE = 16  # bits of the table that says which hashes to look for among the extra words


def word_hash(word: str) -> int:
    """Return the 64-bit hash of a word: its characters as the digits of a number to the base _BASE."""
    value = 0
    for char in word:
        value = (value * _BASE + ord(char)) & _64
    return value


def mixed(value: Hashes) -> Hashes:
    """Spread the bits of hashes, so that any of them may choose a place."""
    value = value ^ (value >> _SHIFT)
    value = value * _MIXER
    return np.asarray(value ^ (value >> _SHIFT))


def bucket(value: Hashes, buckets: int) -> Hashes:
    """Return the bucket of each mixed hash."""
    return np.asarray(((value >> _SHIFT) * np.uint64(buckets)) >> _SHIFT)


def slot(value: Hashes, seed: Hashes, slots: int) -> Hashes:
    """Return the slot of each mixed hash with the displacement of its bucket."""
    value = (value ^ (seed * _SEEDER)) * _SLOTTER
    return np.asarray(((value >> _SHIFT) * np.uint64(slots)) >> _SHIFT)


def pair_bit(char: Codes, beside: Codes, side: int, bits: int) -> Places:
    """Return the place, in a table of `bits` bits, that says whether a rival of `char` has `beside` at its `side`."""
    value = (char.astype(np.uint64) << np.uint64(17)) | (beside.astype(np.uint64) << np.uint64(1)) | np.uint64(side)
    return np.asarray(((value * np.uint64(_PAIR) >> _SHIFT) * np.uint64(bits)) >> _SHIFT).astype(np.intp)


def cost_of(count: float, total: float) -> int:
    """Return the cost of a word with `count` of `total` occurrences, in 0..255."""
    return min(255, max(0, round(math.log(total / count) * STEPS)))


class Lexicon:
    """Word costs. The counts of `extra`, a reviewed table, take the place of the built ones."""

    def __init__(self, extra: Iterable[tuple[str, float]] = ()) -> None:
        raw = np.memmap(DATA / "lexicon.bin", np.uint8, "r")
        head = raw[: HEAD.itemsize].view(HEAD)[0]
        assert head["magic"] == MAGIC, "lexicon.bin is not what benchmarks/build_lexicon.py writes"
        at = HEAD.itemsize

        def take(kind: str, count: int) -> NDArray[Any]:
            nonlocal at
            start, at = at, at + count * np.dtype(kind).itemsize
            return np.asarray(raw[start:at]).view(kind)

        self._prints = take("<u4", int(head["slots"]))
        self._seeds = take("<u2", int(head["buckets"]))
        self._near = take("u1", int(head["near"]))
        self._costs = take("u1", int(head["slots"]))
        self.lone = take("u1", SIZE).astype(np.int32)
        self._add([(word.translate(FOLD), cost_of(count, float(head["total"]))) for word, count in extra])

    def _add(self, extra: list[tuple[str, int]]) -> None:
        for word, cost in extra:
            if len(word) == 1:
                self.lone[ord(word)] = cost
        longer = sorted((word_hash(word), cost) for word, cost in extra if len(word) > 1)
        keys = mixed(np.array([key for key, _ in longer], np.uint64))
        order = np.argsort(keys)
        self._extra = keys[order]
        self._extra_costs = np.array([cost for _, cost in longer], np.uint16)[order]
        self._gate = np.zeros(1 << _GATE, bool)
        self._gate[(self._extra >> np.uint64(64 - _GATE)).astype(np.intp)] = True
        bits = pairs_of(word for word, _ in extra)
        if len(bits):
            self._near = np.array(self._near)
            places = _pair_places(bits, 8 * len(self._near))
            np.bitwise_or.at(self._near, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))

    def near(self, chars: Codes, before: Codes, after: Codes) -> NDArray[np.bool_]:
        """Say for each place whether a rival of its character may stand in a word with a neighbour.

        What is not so is exact, what is so may be wrong for one place in fifty: it costs a comparison.
        """
        bits = 8 * len(self._near)
        left, right = pair_bit(chars, before, 0, bits), pair_bit(chars, after, 1, bits)
        return np.asarray(
            ((self._near[left >> 3] >> (left & 7)) | (self._near[right >> 3] >> (right & 7))) & 1, dtype=bool
        )

    def words(self, keys: Hashes) -> NDArray[np.uint16]:
        """Return the cost of each word of two characters or more, given by its hash; NO_WORD for what is none."""
        keys = mixed(keys)
        seeds = self._seeds[bucket(keys, len(self._seeds))].astype(np.uint64)
        places = slot(keys, seeds, len(self._prints))
        known = self._prints[places] == keys.astype(np.uint32)
        found = np.full(keys.shape, NO_WORD)
        found[known] = self._costs[places[known]]
        extra = self._gate[(keys >> np.uint64(64 - _GATE)).astype(np.intp)]
        if extra.any():
            wanted = keys[extra]
            place = np.minimum(np.searchsorted(self._extra, wanted), len(self._extra) - 1)
            found[extra] = np.where(self._extra[place] == wanted, self._extra_costs[place], found[extra])
        return found

    def knows(self, words: Sequence[str]) -> list[bool]:
        """Say of each word, of two characters or more, whether the lexicon has it."""
        if not words:
            return []
        found: list[bool] = (self.words(np.array([word_hash(word) for word in words], np.uint64)) < NO_WORD).tolist()
        return found

    def costs(self, context: Codes, rows: Places, forms: Codes) -> Costs:
        """Return what each form costs in its context.

        `context` has a column of 2 * REACH + 1 folded characters for each place, of which the one in the middle does
        not count; `rows` says for each of `forms` (folded too) which column is its own.
        """
        result = np.empty(len(forms), np.int32)
        for low in range(0, len(forms), CHUNK):
            part = rows[low : low + CHUNK]
            first, last = int(part[0]), int(part[-1]) + 1
            result[low : low + CHUNK] = self._chunk(context[:, first:last], part - first, forms[low : low + CHUNK])
        return result

    def _chunk(self, context: Codes, rows: Places, forms: Codes) -> Costs:
        before, left = self._before(context[:REACH])
        after, right = self._behind(context[REACH + 1 :])
        chars = forms.astype(np.uint64)
        keys = left[:, rows][_STARTS] * _POWERS[_BEHIND + 1][:, None]
        keys += chars * _POWERS[_BEHIND][:, None]
        keys += right[:, rows][_BEHIND]
        costs = self.words(keys).astype(np.int32)
        costs[_ALONE] = self.lone[forms]
        costs += before[:, rows][_STARTS]
        costs += after[:, rows][_BEHIND]
        return np.asarray(costs.min(axis=0))

    def _before(self, chars: Codes) -> tuple[Costs, Hashes]:
        """Return for each cut s of the stretch before places the cost of chars[:s] and the hash of chars[s:]."""
        starts, words, alone = self._side(chars, _FORWARD)
        best = np.zeros(starts.shape, np.int32)
        at = 0
        for end in range(1, REACH + 1):
            np.add(alone[end - 1], best[end - 1], out=best[end])
            if end > 1:
                block = words[at : at + end - 1] + best[: end - 1]
                np.minimum(best[end], block.min(axis=0), out=best[end])
                at += end - 1
        return best, starts[REACH] - starts * _POWERS[REACH::-1][:, None]

    def _behind(self, chars: Codes) -> tuple[Costs, Hashes]:
        """Return for each cut e of the stretch behind places the cost of chars[e:] and the hash of chars[:e]."""
        starts, words, alone = self._side(chars, _BACKWARD)
        best = np.zeros(starts.shape, np.int32)
        at = 0
        for start in range(REACH - 1, -1, -1):
            np.add(alone[start], best[start + 1], out=best[start])
            if more := REACH - start - 1:
                block = words[at : at + more] + best[start + 2 :]
                np.minimum(best[start], block.min(axis=0), out=best[start])
                at += more
        return best, starts

    def _side(self, chars: Codes, pairs: tuple[Places, Places]) -> tuple[Hashes, Costs, Costs]:
        """Return the hashes of chars[:i], the costs of the words chars[start:end] of `pairs`, and of each character."""
        wide = chars.astype(np.uint64)
        hashes = np.zeros((REACH + 1, chars.shape[1]), np.uint64)
        for i in range(REACH):
            np.multiply(hashes[i], _POWERS[1], out=hashes[i + 1])
            hashes[i + 1] += wide[i]
        start, end = pairs
        words = self.words(hashes[end] - hashes[start] * _POWERS[end - start][:, None])
        return hashes, words.astype(np.int32), self.lone.take(chars)


def pairs_of(words: Iterable[str]) -> NDArray[np.uint64]:
    """Return (character, neighbour, side) of all words, packed: some rival of the character has the neighbour there."""
    found: set[int] = set()
    stands = _stands_for()
    for word in words:
        for left, right in pairwise(word):
            for char in stands.get(right, ""):
                found.add(ord(char) << 32 | ord(left) << 8)
            for char in stands.get(left, ""):
                found.add(ord(char) << 32 | ord(right) << 8 | 1)
    return np.array(sorted(found), np.uint64)


@lru_cache(maxsize=1)
def _stands_for() -> dict[str, str]:
    """Return for each form the characters that it is a rival of."""
    found: dict[str, list[str]] = {}
    for char, forms in rivals().items():
        for form in forms:
            found.setdefault(form, []).append(char)
    return {form: "".join(c for c in chars if c <= "\uffff") for form, chars in found.items()}


def _pair_places(packed: NDArray[np.uint64], bits: int) -> Places:
    char = (packed >> _SHIFT).astype(np.uint16)
    beside = (packed >> np.uint64(8)).astype(np.uint16)
    side = (packed & np.uint64(1)).astype(bool)
    return np.where(side, pair_bit(char, beside, 1, bits), pair_bit(char, beside, 0, bits))


def pair_table(words: Iterable[str], size: int) -> NDArray[np.uint8]:
    """Return the table, of `size` bytes, that `Lexicon.near` reads."""
    table = np.zeros(size, np.uint8)
    places = _pair_places(pairs_of(words), 8 * size)
    np.bitwise_or.at(table, places >> 3, np.left_shift(1, places & 7).astype(np.uint8))
    return table


@lru_cache(maxsize=4)
def lexicon(extra: tuple[tuple[str, float], ...] = ()) -> Lexicon:
    """Return the shipped lexicon with `extra` counts; the same one for the same counts, once in a process."""
    return Lexicon(extra)
