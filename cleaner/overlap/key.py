"""The key text: what is left of a text when script, width, case, punctuation and leaked readings do not count.

Two articles match if their key texts do. The key is NFKC, lower case, letters and digits only, and every character
replaced by the representative of its class (data/fold.tsv, made from all OpenCC tables; data/fold-own.tsv,
reviewed additions). It is a table lookup without context, so that `key(x + y) == key(x) + key(y)` wherever a
cluster ends, and so that OpenCC, whatever it does to a text, does not change its key.

A cluster is a character and the marks that follow it; NFKC is applied cluster by cluster, so that a composed and a
decomposed copy agree. Each key character remembers the span of its cluster, which is how a match leads back to the
text. A cluster may give several key characters (㎡ gives two) or none (punctuation).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import regex

DATA = Path(__file__).parent / "data"
Codes = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int32]

# Marks, and the two kinds of Hangul letters that compose with what stands before them without being marks.
_JOINED = r"[\p{M}\u1161-\u1175\u11A8-\u11C2]"
_MARK = regex.compile(_JOINED)
_CLUSTERS = regex.compile(rf"(?:(?!{_JOINED}).)?{_JOINED}+", regex.DOTALL)
_RUBY = regex.compile(r"(?<=\p{Han}\p{M}*) [(（﹙] \s* ([\p{Latin}\p{M}]{1,14}) \s* [)）﹚]", regex.VERBOSE)
# Ideographs of Unicode 13, older than any Python we run on; not the hexagrams at 4DC0 and the compatibility blocks.
_PLAIN = ((0x3400, 0x4DC0), (0x4E00, 0x9FFD), (0x20000, 0x2A6DE))
_TONES = frozenset("\u0300\u0301\u0304\u030c")  # grave, acute, macron, caron: the four tones of pinyin
_READING = 6  # zhuang, chuang, shuang: no syllable of pinyin is longer


@dataclass(frozen=True, eq=False)
class Key:
    """A key text and where each of its characters stands in the text: `start[i]:end[i]` is the cluster of `text[i]`.

    `codes` are the code points of `text`. `start` and `end` never decrease.
    """

    text: str
    codes: Codes
    start: Places
    end: Places

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def plain(self) -> bool:
        """Whether every cluster gives one key character, so that a span may end anywhere."""
        return not bool((self.start[1:] == self.start[:-1]).any())

    def opens(self, at: int) -> bool:
        """Say whether key position `at` (0 to the length) is the border of a cluster: a span may end here."""
        return not 0 < at < len(self) or bool(self.start[at] != self.start[at - 1])

    def span(self, low: int, high: int) -> tuple[int, int]:
        """Return the place of the key characters `low:high` (at least one) in the text."""
        return int(self.start[low]), int(self.end[high - 1])


@cache
def fold_table() -> dict[str, str]:
    """Return the representative of every character that is not its own.

    The reviewed additions may join two generated classes: then the representative of the addition is that of both.
    """
    table: dict[str, str] = {}
    for name in ("fold.tsv", "fold-own.tsv"):
        for line in (DATA / name).read_text("utf-8").split("\n"):
            if line and not line.startswith("#"):
                first, others = line.split("\t")[:2]
                own = table.get(first, first)
                table.update(dict.fromkeys(others, own))
    return table


@lru_cache(maxsize=1 << 16)
def folded(cluster: str, script: bool = True) -> str:
    """Return the key characters of one cluster, none or several. `script` False leaves out the classes."""
    small = unicodedata.normalize("NFKC", cluster).lower()
    if not small.isalnum():
        small = "".join(filter(str.isalnum, small))
    if not script:
        return small
    table = fold_table()
    return "".join([table.get(char, char) for char in small])


def fold(text: str) -> str:
    """Return the key text of a word or phrase without marks; for tables and short strings."""
    return "".join(map(folded, text))


def changes(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Say for each of `values` whether it differs from the one before; the first does."""
    found = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the distinct `values`, sorted. (np.unique loads numpy.ma for this, which costs 30 ms.)"""
    ordered = np.sort(values)
    return ordered[changes(ordered)]


def readings(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of bracketed pinyin readings with a tone mark that follow a Han character: 領(lǐng)."""
    if "(" not in text and "（" not in text and "﹙" not in text:
        return
    for match in _RUBY.finditer(text):
        marks = unicodedata.normalize("NFKD", match[1])
        if not _TONES.isdisjoint(marks) and len(unicodedata.normalize("NFKC", match[1])) <= _READING:
            yield match.span()


def code_points(text: str) -> Codes:
    """Return the code points of `text` (lone surrogates included)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def make_key(text: str, script: bool = True) -> Key:
    """Return the key of `text` with its offset map; `script` False compares characters as they are written."""
    codes = code_points(text)
    table = _singles(script)
    found = table.take(codes, mode="clip")
    if (fresh := found == _UNKNOWN).any():
        _learn(table, distinct(codes[fresh]), script)
        found = table.take(codes, mode="clip")
    if bool((found >= _SEVERAL).any()) or any(readings(text)):
        return _by_pieces(text, codes, script)
    at = np.flatnonzero(found)
    found = found[at]
    start = at.astype(np.int32)
    return Key(found.tobytes().decode("utf-32-le"), found, start, start + np.int32(1))


# What `_singles` holds beside a code point and 0, which stands for none: looked at piece by piece; not asked for yet
_SEVERAL, _UNKNOWN = np.uint32(0xFFFFFFFE), np.uint32(0xFFFFFFFF)


@cache
def _singles(script: bool) -> Codes:
    """Return the key character of each code point that has one at most and is no mark; `_learn` adds to it.

    The ideographs are there from the beginning. The last entry stands for all code points above.
    """
    plain, table = _ideographs(script)
    found = np.where(plain, table, _UNKNOWN)
    found[-1] = _SEVERAL
    return found


def _learn(table: Codes, codes: Codes, script: bool) -> None:
    for code in codes.tolist():
        own = folded(chr(code), script)
        table[code] = _SEVERAL if len(own) > 1 or _MARK.match(chr(code)) else ord(own) if own else 0


def _by_pieces(text: str, codes: Codes, script: bool) -> Key:
    """Return the key of a text in which a cluster is not one character, or a character gives several."""
    plain, table = _ideographs(script)
    piece = np.zeros(len(codes), np.int64)  # 0: an ideograph, which gives one character, by table
    others = np.flatnonzero(~plain[np.minimum(codes, len(plain) - 1)])
    used = distinct(codes[others])
    piece[others] = np.searchsorted(used, codes[others]) + 1
    pieces = ["-", *(folded(chr(code), script) for code in used.tolist())]
    ends = np.arange(1, len(codes) + 1, dtype=np.int32)
    for low, high, special in _exceptions(text, script):
        piece[low:high] = len(pieces)
        pieces.append("")
        if special:
            piece[low] = len(pieces)
            ends[low] = high
            pieces.append(special)
    sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
    begin = np.cumsum(sizes) - sizes
    count = sizes[piece]
    at = np.repeat(np.arange(len(codes), dtype=np.int32), count)
    inside = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    found = code_points("".join(pieces))[begin[piece[at]] + inside]
    by_table = piece[at] == 0
    found[by_table] = table[codes[at[by_table]]]
    return Key(found.tobytes().decode("utf-32-le"), found, at, ends[at])


@cache
def _ideographs(script: bool) -> tuple[npt.NDArray[np.bool_], Codes]:
    """Return which code points are ideographs that NFKC and lower() leave alone, and the class of each.

    Nine tenths of a Chinese text are looked up here; the rest goes through `folded`. The last entry stands for all
    code points above.
    """
    plain = np.zeros(_PLAIN[-1][1] + 1, bool)
    for low, high in _PLAIN:
        plain[low:high] = True
    table = np.arange(len(plain), dtype=np.uint32)
    for char, first in fold_table().items() if script else ():
        if ord(char) < len(table):
            table[ord(char)] = ord(first)
    return plain, table


def _exceptions(text: str, script: bool) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, key characters) where characters cannot be looked up one by one: marks, then readings."""
    if text.isascii():
        return
    if _MARK.search(text):
        for match in _CLUSTERS.finditer(text):
            yield *match.span(), folded(match[0], script)
    for low, high in readings(text):
        yield low, high, ""
