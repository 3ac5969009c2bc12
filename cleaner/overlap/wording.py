"""What a span is made of: page furniture, phrases, datelines, what everybody writes, the words of a speaker.

The tables are in `data/`; each is read once.
"""

from __future__ import annotations

from functools import cache, lru_cache

from cleaner.overlap.key import DATA, fold
from cleaner.overlap.page import Page
from cleaner.overlap.pieces import datelines
from cleaner.overlap.stream import SEED

ATTRIBUTION_SHARE = 0.2  # of the passage, that the words "… said" at its start may take
_NUMERALS = frozenset("0123456789〇零一二三四五六七八九十百千万两")


def edge_share(page: Page, low: int, high: int, edge_lines: frozenset[str]) -> float:
    """Return the share of a span in whole lines that are at the edges of several documents."""
    if not edge_lines:
        return 0.0
    inside = sum(size for line, size in page.lines_of(low, high) if line.key in edge_lines and line in page.edge)
    return inside / (high - low)


def furniture_share(page: Page, low: int, high: int) -> float:
    """Return the share of a span in lines of page furniture."""
    inside = 0
    for line, size in page.lines_of(low, high):
        cues = _cues(line.key)
        if cues >= 2 or (cues == 1 and not page.is_prose(line)):
            inside += size
    return inside / (high - low)


@lru_cache(maxsize=1 << 14)
def _cues(line: str) -> int:
    """Return how many words of page furniture the key text of a line holds."""
    return sum(cue in line for cue in _words("chrome.tsv"))


def is_attributed(page: Page, low: int, high: int) -> bool:
    """Say whether a span is one sentence that somebody is said to have said: its attribution stands at its start."""
    key, text = page.key, page.text
    room = int((high - low) * ATTRIBUTION_SHARE)
    for word in _words("attribution.tsv"):
        at = key.text.find(word, max(low - len(word), 0), low + room + len(word))
        if at < 0:
            continue
        after = at + len(word)
        if after < high and key.start[after] > key.end[after - 1]:  # 指出,... and not 指出了
            speech = max(after, low)
            if text[key.end[after - 1]] in ',，:：、“「『"＂' and not page.crosses_sentence(speech, high):
                return True
    return False


@cache
def _words(name: str) -> tuple[str, ...]:
    """Return the key texts of the first column of a table, each once, sorted."""
    return tuple(sorted({fold(line.split("\t")[0]) for line in _lines(name)}))


@cache
def background_grams() -> frozenset[str]:
    """Return the 6-grams that many articles of a newspaper have."""
    texts = [line.split("\t")[1] for line in _lines("background.tsv")]
    return frozenset(text[i : i + SEED] for text in texts for i in range(len(text) - SEED + 1))


def _lines(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


@cache
def _phrase_table() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the formula table by its first two characters: each as the key texts around its '#' (any numeral)."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for line in _lines("formula.tsv"):
        parts = tuple(map(fold, line.split("\t")[0].split("#")))
        by_first.setdefault(parts[0][:2], []).append(parts)
    return {first: tuple(sorted(found)) for first, found in by_first.items()}


def _phrase_end(key: str, at: int, parts: tuple[str, ...]) -> int:
    """Return where a phrase that begins at `at` ends, or 0."""
    for i, part in enumerate(parts):
        if i:
            begin = at
            while at < len(key) and key[at] in _NUMERALS:
                at += 1
            if at == begin:
                return 0
        if not key.startswith(part, at):
            return 0
        at += len(part)
    return at


def phrase_share(key: str) -> float:
    """Return the share of a key text that phrases of the formula table cover."""
    return sum(high - low for low, high in _phrase_places(key)) / len(key)


@lru_cache(maxsize=1 << 14)
def _phrase_places(key: str) -> tuple[tuple[int, int], ...]:
    """Return the places of a key text that phrases of the formula table cover, sorted and disjoint."""
    found = []
    at = 0
    table = _phrase_table()
    for start in range(len(key)):
        for first in (key[start : start + 2], key[start]):
            for parts in table.get(first, ()):
                end = _phrase_end(key, start, parts)
                if end > at:
                    found.append((max(start, at), end))
                    at = end
    return tuple(found)


def usual_share(page: Page, low: int, high: int) -> float:
    """Return the share of a span in phrases, datelines and 6-grams of the background, together."""
    key = page.key.text[low:high]
    covered = bytearray(len(key))
    usual = background_grams()
    places = [(i, i + SEED) for i in range(len(key) - SEED + 1) if key[i : i + SEED] in usual]
    lines = ((x - low, y - low) for x, y in datelines(page, low, high))
    for x, y in (*places, *_phrase_places(key), *lines):
        covered[x:y] = b"\1" * (y - x)
    return sum(covered) / len(key)
