"""How fast line rules are: one automaton for all of them against `regex` one by one, and whole cleaning against both.

    python benchmarks/rules_speed.py [--megabytes 8] [--repeats 7] [--json FILE]

The corpus is made from the five seeds, with a fixed seed for chance: their sentences are recombined into articles,
with what the seeds carry around the article (byline, toolbar, footer) around one in three of them. All figures are
CPU seconds of one process, the candidates take turns, and what counts is the median of the ratios inside a turn.
Both ways of matching answer the same question (which line pattern matches which line) and have to agree.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import regex

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings, is_prose
from cleaner.kinds.prefilter import line_set
from cleaner.packs import Rule
from cleaner.script import decide

ROOT = Path(__file__).resolve().parent.parent
NOISE = (
    "曝光 无障碍", "打印本页 | 关闭窗口", "【打印】 【关闭】", "分享到：微信 微博 QQ空间", "相关文档:", "暂无评论",
    "责任编辑：王小明", "（責任編輯：陳大文）", "来源：昆明日报 编辑：王小明 审核：李大力", "延伸閱讀：", "评论留言",
    "网站地图 | 网站声明 | 关于我们", "主办单位：某市人民政府", "滇ICP备05000002号",
    "Copyright © 2021 All Rights Reserved",
)  # fmt: skip


def articles(size: int, chance: random.Random) -> list[str]:
    """Return articles of about `size` bytes of UTF-8 in all, each made from the sentences of seeds in one script."""
    rules = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))
    seeds = [path.read_bytes().decode("utf-8") for path in sorted((ROOT / "seeds").glob("*.txt"))]
    other = sorted({line.strip() for seed in seeds for line in seed.split("\n") if line.strip() and not is_prose(line)})
    voices: dict[str, list[str]] = {}
    for seed in seeds:
        text = clean("seed", seed, rules, Settings()).draft.text
        found = re.findall(r"[^。！？\n]+[。！？][”’」』]?", text)
        voices.setdefault(decide(text).script, []).extend(found)
    made: list[str] = []
    while size > 0:
        sentences = voices[chance.choice(sorted(voices))]
        body = ["".join(chance.choices(sentences, k=chance.randint(1, 4))) for _ in range(chance.randint(5, 20))]
        title = chance.choice(sentences)[:24].strip("，。！？、 ,")
        head, tail = [title, ""], []
        if chance.random() < 0.33:
            head += chance.sample(other, 2)
            tail = chance.sample(NOISE, chance.randint(1, 4))
        made.append("\n".join([*head, *body, *tail]) + "\n")
        size -= len(made[-1].encode())
    return made


def patterns_of(rules: tuple[Rule, ...]) -> dict[str, regex.Pattern[str]]:
    """Return the line patterns of some rules, compiled as the kinds do."""
    flags = regex.VERBOSE | regex.MULTILINE | regex.VERSION0
    sources = [pattern for rule in rules for pattern in getattr(rule.do, "line_patterns", ())]
    return {source: regex.compile(source, flags) for source in dict.fromkeys(sources)}


def one_by_one(texts: list[str], patterns: dict[str, regex.Pattern[str]]) -> list[tuple[int, int, str]]:
    """Return the hits (text, line, pattern), every pattern tried on every line."""
    tried = list(patterns.items())
    found = []
    for number, text in enumerate(texts):
        for i, line in enumerate(text.split("\n")):
            if line := line.strip():
                found += [(number, i, source) for source, pattern in tried if pattern.fullmatch(line)]
    return found


def with_set(texts: list[str], patterns: dict[str, regex.Pattern[str]]) -> list[tuple[int, int, str]]:
    """Return the same hits: the automaton is asked once a line, `regex` confirms."""
    lookout = line_set(tuple(patterns))
    if lookout is None:
        sys.exit("google-re2 is not installed: there is nothing to compare")
    hits, rest = lookout.hits, [source for source in patterns if source not in lookout.known]
    found = []
    for number, text in enumerate(texts):
        for i, line in enumerate(text.split("\n")):
            if line := line.strip():
                for source in [*hits(line), *rest] if rest else hits(line):
                    if patterns[source].fullmatch(line):
                        found.append((number, i, source))
    return found


def cleaned(texts: list[str], rules: tuple[Rule, ...]) -> int:
    """Clean every text with provenance and self-check; return how many edits were made."""
    settings = Settings()
    return sum(len(clean("text", text, rules, settings).draft.edits) for text in texts)


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    work()
    taken = time.process_time() - start
    gc.enable()
    return taken


def main() -> None:
    """Measure and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--megabytes", type=float, default=4)
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    texts = articles(int(given.megabytes * 1e6), random.Random(20211025))
    size = sum(len(text.encode()) for text in texts) / 1e6
    every = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))
    rules = tuple(rule for rule in every if hasattr(rule.do, "line_patterns"))
    patterns = patterns_of(rules)
    found = one_by_one(texts, patterns)
    if with_set(texts, patterns) != found:
        sys.exit("the hits differ: nothing else needs to be measured")
    edits = cleaned(texts, rules)
    stage = tuple(rule for rule in every if rule.stage == "lines")
    candidates: dict[str, Callable[[], object]] = {
        "`regex`, one by one": lambda: one_by_one(texts, patterns),
        "one automaton, `regex` confirms": lambda: with_set(texts, patterns),
        "line and block rules, whole cleaning": lambda: cleaned(texts, rules),
        f"all {len(stage)} rules of the stage `lines`, whole cleaning": lambda: cleaned(texts, stage),
        f"all {len(every)} shipped rules, whole cleaning": lambda: cleaned(texts, every),
    }
    cleaned(texts[:50], every)
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(given.repeats):
        for name, work in candidates.items():
            times[name].append(seconds(work))
    base = list(times.values())[1]
    lines = sum(text.count("\n") for text in texts)
    print(
        f"{len(texts)} articles, {lines} lines, {size:.1f} MB; {len(rules)} line and block rules with {len(patterns)} "
        f"line patterns; {len(found)} hits, {edits} edits; {given.repeats} turns\n"
    )
    print("| what | CPU s, best (worst) | MB/s | times the matching alone, median |")
    print("|---|---|---|---|")
    result = {}
    for name, taken in times.items():
        ratio = statistics.median(t / b for t, b in zip(taken, base, strict=True))
        print(f"| {name} | {min(taken):.2f} ({max(taken):.2f}) | {size / min(taken):.1f} | {ratio:.2f} |")
        result[name] = {"seconds": taken, "ratio": ratio}
    if given.json:
        given.json.write_bytes(json.dumps(result, ensure_ascii=False, indent=2).encode())


if __name__ == "__main__":
    main()
