"""The rules for known wordings of pages, and the benchmark that measures line cleaning."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings

FILE = Path(__file__).resolve().parent.parent / "benchmarks" / "lines.py"
PROSE = "走进城南老城区，映入眼帘的是整齐的外墙和宽敞的步道，居民们正在树下下棋聊天。\n"


@pytest.fixture(scope="module")
def bench():
    if not FILE.is_file():
        pytest.skip("the benchmarks are not part of this distribution")
    spec = importlib.util.spec_from_file_location("lines_benchmark", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["lines_benchmark"] = module
    spec.loader.exec_module(module)
    return module


def cleaned(text: str) -> str:
    files = [packs.find(name) for name in ("zh-core", "zh-spam", "zh-lines", "zh-site")]
    return clean("page", text, packs.in_order(packs.load(files)), Settings()).draft.text


@pytest.mark.parametrize(
    "line",
    [
        "请继续往下阅读...",
        "（請繼續往下閱讀）",
        "facebook google+ twitter 微博 email",
        "【1】【2】【3】",
        "上一页 1 2 3 4 下一页",
        "展开全文",
    ],
)
def test_a_known_wording_goes_from_between_paragraphs(line):
    assert cleaned(f"{PROSE}{line}\n{PROSE}") == PROSE * 2


@pytest.mark.parametrize(
    "line", ["上一篇：全市召开安全生产工作会议", "下一篇", "#老城区 #改造 #民生", "标签：老城区 改造"]
)
def test_a_known_wording_goes_from_behind_the_article_only(line):
    assert cleaned(f"{PROSE}{line}\n") == PROSE
    assert cleaned(f"{PROSE}{line}\n{PROSE}") == f"{PROSE}{line}\n{PROSE}"


def test_a_few_lines_of_chrome_prove_nothing():
    text = f"{PROSE}（文/图 王小明）\n收藏\n{PROSE}"
    assert cleaned(text) == text


def test_the_score_counts_lines_for_removal_and_characters_for_the_body(bench):
    rows = [
        {"text": "首页", "label": "drop"},
        {"text": "标题五个字", "label": "keep", "sub": "title"},
        {"text": "来源：某报", "label": "meta"},
        {"text": "正文十个字正文十个字", "label": "keep", "sub": "body"},
        {"text": "正文（广告）正文", "label": "edit", "gold": "正文正文"},
        {"text": "版权所有", "label": "drop"},
    ]
    count = bench.score(rows, {0: None, 1: None, 2: None, 3: rows[3]["text"], 4: "正文（广告）正文", 5: "版权所有"})
    assert (count["tp"], count["fp"], count["fn"]) == (1, 1, 1)
    figures = bench.figures(count)
    assert figures["F1"] == pytest.approx(0.5)
    assert figures["body recall"] == pytest.approx(14 / 19)
    assert figures["body precision"] == pytest.approx(14 / (14 + 4 + 4))
    assert (count["titles"], count["titles_kept"]) == (1, 0)


def test_the_benchmark_says_what_became_of_each_line(bench):
    lines = [PROSE.strip(), "请继续往下阅读", "（請繼續往下閱讀）他说：“好。”", PROSE.strip()]
    found = bench.ours(lines, bench.rules())
    assert found == {0: lines[0], 1: None, 2: "他说：“好。”", 3: lines[3]}


def test_the_baselines_answer_for_every_line(bench):
    lines = ["首页", PROSE.strip(), "版权所有"]
    assert bench.by_length(lines) == {0: None, 1: lines[1], 2: None}
    assert bench.by_stop(lines) == {0: None, 1: lines[1], 2: None}
    assert set(bench.by_trafilatura(lines)) == {0, 1, 2}
