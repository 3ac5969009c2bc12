"""Planted betting spam, from a seeded generator: `python benchmarks/spam.py [LINES]` prints rates with 95 % intervals.

Names are invented (shapes such as 777bet, and Han names that no table of the packs lists), suffixes and separators are
those of such spam everywhere. Clean lines are sentences of the five seeds, as they are and with betting, lotteries,
clubs and listed companies spoken of. Each line is cleaned in a text of its own, with all shipped packs.
"""

from __future__ import annotations

import random
import sys
from math import sqrt
from pathlib import Path

from cleaner.clean import clean
from cleaner.config import load
from cleaner.pipeline import Book

ROOT = Path(__file__).resolve().parent.parent
FIELDS = ["体育", "娱乐", "电竞", "棋牌", "真人", "彩票", "體育", "娛樂"]
CALLS = ["官网", "APP下载", "登录入口", "注册", "官方网站", "手机版", "网页版", "投注", "官網", "在线"]
JOINTS = ["_", "-", " - ", "|", "—", "·"]
FRAMES = [  # clean sentences that speak of it; {} is a company, a club, a site or a game
    "警方查处了{}等网站，抓获犯罪嫌疑人十二名，冻结涉案资金三百余万元。",
    "{}公布的中期业绩显示，上半年收入同比增长百分之八。",
    "周末的比赛中，{}主场以二比一获胜，球迷在看台上唱起了队歌。",
    "法院审理查明，被告人通过{}多次下注，输光了全部积蓄。",
    "记者走访发现，{}的门口排起了长队，市民都说这里的菜好吃。",
]
NOUNS = [
    "澳门金沙酒店", "美高梅中国", "银河娱乐集团", "AC米兰", "威尼斯人酒店", "开云集团", "星空音乐节", "皇冠假日酒店",
    "体育彩票中心", "福利彩票", "国家体育总局", "某赌博网站", "新葡京", "太阳城集团", "永利皇宫", "188号公交车",
]  # fmt: skip


def name(rng: random.Random) -> str:
    """Return an invented name that no table lists."""
    number = str(rng.choice([66, 77, 99, 128, 388, 777, 808, 2018]))
    shapes = [f"{number}bet", f"bet{number}", f"{rng.choice(['yo', 'sky', 'win', 'zox', 'qp'])}bet{number[:2]}"]
    han = rng.choice("鼎铭瀚曜珑翊骏柏宸") + rng.choice("博盈尊晟庄捷")
    return rng.choice([*shapes, han])


def title(rng: random.Random) -> str:
    joint = rng.choice(JOINTS)
    who = name(rng)
    parts = [who + rng.choice(FIELDS) + rng.choice(["", "在线", "国际"]) + rng.choice(CALLS) for _ in range(2)]
    return joint.join([*parts, rng.choice(CALLS)]) + rng.choice(["", "@", "(中国)"])


def keyword(rng: random.Random) -> str:
    shaped = next(word for word in iter(lambda: name(rng), "") if word.isascii())
    return shaped + rng.choice(FIELDS) + rng.choice(["", "在线", "投注", "官网"])


def prose() -> list[str]:
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "out").glob("00[0124]*.txt"))]
    return [line for text in texts for line in text.split("\n") if len(line) > 60 and "〓" not in line]


def planted(rng: random.Random, line: str) -> tuple[str, str]:
    """Return a line with a keyword between two Han characters, and what is to come of it."""
    word = keyword(rng)
    han = ["\u4e00" <= char <= "\u9fff" for char in line]
    at = rng.choice([i for i in range(20, len(line) - 20) if han[i - 1] and han[i]])
    return line[:at] + word + line[at:], line[:at] + "〓" + line[at:]


def interval(good: int, of: int) -> str:
    """Return a rate with its 95 % interval (Wilson 1927)."""
    z, p = 1.96, good / of
    scale = 1 + z * z / of
    middle, half = (p + z * z / (2 * of)) / scale, z * sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / scale
    return f"{p:.4f} ({middle - half:.4f}-{min(1.0, middle + half):.4f})"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    rng, config = random.Random(7), load(None, {})
    rules, settings, lines = Book.of(config).rules, config.settings, prose()
    article = "\n".join(lines[:3])
    sorts = ("title lines removed", "words in sentences masked, the sentence intact", "clean lines unharmed")
    good = {sort: [0, 0] for sort in sorts}
    shown = 0
    for i in range(count):
        sort = sorts[i % 3]
        if sort.startswith("title"):
            text, wanted = f"{title(rng)}\n{article}\n", f"{article}\n"
        elif sort.startswith("words"):
            before, after = planted(rng, rng.choice(lines))
            text, wanted = before + "\n", after + "\n"
        else:
            text = wanted = rng.choice([rng.choice(FRAMES).format(rng.choice(NOUNS)), rng.choice(lines)]) + "\n"
        got = clean("x", text, rules, settings).draft.text
        good[sort][0] += got == wanted
        good[sort][1] += 1
        if got != wanted and shown < 12:
            shown += 1
            print(f"  {sort}: {text[:70]!r} -> {got[:70]!r}", file=sys.stderr)
    print("| what | lines | rate (95 % interval) |\n|---|---|---|")
    for sort, (right, of) in good.items():
        print(f"| {sort} | {of} | {interval(right, of)} |")


if __name__ == "__main__":
    main()
