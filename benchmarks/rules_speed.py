"""How fast line rules are: an automaton for all of them against `regex` one by one, and whole cleaning against both.

    python benchmarks/rules_speed.py [--megabytes 8] [--repeats 7] [--json FILE]

The corpus is made from the five seeds, with a fixed seed for chance: their sentences are recombined into articles,
with what the seeds carry around the article (byline, toolbar, footer) around one in three of them. All figures are
CPU seconds of one process, the candidates take turns, and what counts is the median of the ratios inside a turn.
Both ways of matching answer the same questions (which pattern matches which line, which is in which text) and have to
agree. Line cleaning is all of the stage `lines`: the grammar of betting names and the judge of pages among it.
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

from cleaner import credit, packs
from cleaner.clean import clean
from cleaner.context import Settings, is_prose
from cleaner.kinds.judge import Judge
from cleaner.kinds.prefilter import line_set, text_set
from cleaner.kinds.span import Span
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


class Matching:
    """What the rules of the stage `lines` ask of a text, in both ways: every line pattern of every line, and every
    pattern of a text (the rules that look at whole texts, and the grammar of betting names) of every text."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        flags = regex.VERBOSE | regex.MULTILINE | regex.VERSION0
        sources = [pattern for rule in rules for pattern in getattr(rule.do, "line_patterns", ())]
        self.lines = {source: regex.compile(source, flags) for source in dict.fromkeys(sources)}
        self.texts: dict[str, tuple[regex.Pattern[str], tuple[str, ...]]] = {}  # with what has to be there
        for rule in rules:
            if isinstance(rule.do, Span):
                self.texts[rule.do.find] = regex.compile(rule.do.find, flags), rule.do.text_patterns
            else:
                for source in getattr(rule.do, "text_patterns", ()):
                    self.texts[source] = regex.compile(source, regex.VERSION0), (source,)
        lookout = line_set(tuple(self.lines))
        overview = text_set(tuple(dict.fromkeys(need for _, needs in self.texts.values() for need in needs)))
        if lookout is None or overview is None:
            sys.exit("google-re2 is not installed: there is nothing to compare")
        self.lookout, self.overview = lookout, overview

    def one_by_one(self, texts: list[str]) -> list[tuple[int, int, str]]:
        """Return the hits (text, line, pattern), every pattern tried on every line or text; line -1 for a text."""
        tried = list(self.lines.items())
        found = []
        for number, text in enumerate(texts):
            for i, line in enumerate(text.split("\n")):
                if line := line.strip():
                    found += [(number, i, source) for source, pattern in tried if pattern.fullmatch(line)]
            found += [(number, -1, source) for source, (pattern, _) in self.texts.items() if pattern.search(text)]
        return found

    def with_sets(self, texts: list[str]) -> list[tuple[int, int, str]]:
        """Return the same hits: the automata are asked once a line and once a text, `regex` confirms."""
        hits, rest = self.lookout.hits, [source for source in self.lines if source not in self.lookout.known]
        known = self.overview.group
        found = []
        for number, text in enumerate(texts):
            for i, line in enumerate(text.split("\n")):
                if line := line.strip():
                    for source in [*hits(line), *rest] if rest else hits(line):
                        if self.lines[source].fullmatch(line):
                            found.append((number, i, source))
            held = self.overview.found(text.encode())
            for source, (pattern, needs) in self.texts.items():
                if all(need in held or need not in known for need in needs) and pattern.search(text):
                    found.append((number, -1, source))
        return found


def cleaned(texts: list[str], rules: tuple[Rule, ...]) -> int:
    """Clean every text with provenance and self-check; return how many edits were made.

    What the judge remembers of lines is forgotten first: a corpus is cleaned once, and a second turn is no faster.
    """
    settings = Settings()
    for rule in rules:
        if isinstance(rule.do, Judge):
            rule.do._seen.forget()
    credit.read.cache_clear()
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
    stage = tuple(rule for rule in every if rule.stage == "lines")
    matching = Matching(stage)
    found = matching.one_by_one(texts)
    if matching.with_sets(texts) != found:
        sys.exit("the hits differ: nothing else needs to be measured")
    edits = cleaned(texts, stage)
    quiet = tuple(rule for rule in stage if not isinstance(rule.do, Judge))
    candidates: dict[str, Callable[[], object]] = {
        "`regex`, one by one": lambda: matching.one_by_one(texts),
        "two automata, `regex` confirms": lambda: matching.with_sets(texts),
        f"{len(quiet)} rules of the stage `lines`, without the judge, whole cleaning": lambda: cleaned(texts, quiet),
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
        f"{len(texts)} articles, {lines} lines, {size:.1f} MB; {len(stage)} rules with {len(matching.lines)} patterns "
        f"for lines and {len(matching.texts)} for texts; {len(found)} hits, {edits} edits; {given.repeats} turns\n"
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
