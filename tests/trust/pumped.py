"""Attack strings on shipped rules: a piece repeated to 8,000, 16,000, … characters, and a line of 64 KiB."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cleaner.context import Context, Settings
from cleaner.packs import Rule

PIECES = (
    " ", "|", "1", "bet", "曲靖", "(a)", "官网", "、，", "分享到", "领(lǐng)", "a.b/", "【】", "\u00a0 ", "：", "年月", "https://a",
    "&amp;", "<br>", "２０２４", "。。", "我 们 ", "🎰", "記者", "ä¸", "0871-", "责编:王", ">>", "［", "www.", "第1",
    "曲靖 | ", " | 人大", "市人大常委会 | ", "首页 > ", "关于我们 - ", "网站地图 · ", "责编： 王",
    "官网 、 ", "1 / 2 ", "Ａ ： ", "【 打印 】 ",
)  # fmt: skip
SIZE = 64 << 10  # of the long line
LEAST = 0.15  # seconds under which a ratio says nothing but noise


class Row(NamedTuple):
    """A rule on a piece: seconds for a line of 64 KiB, and the least ratio of time per doubling of the length."""

    rule: str
    piece: str
    seconds: float
    ratio: float


def ratios(rules: Sequence[Rule]) -> Iterator[Row]:
    """Yield a row for every rule and piece. The ratio is 1 where the whole line takes less than can be measured."""
    settings = Settings()
    for rule in rules:
        list(rule.propose(Context("x", settings)))  # tables are read here
        for piece in PIECES:
            seconds = _best(rule, piece, SIZE)
            ratio = 1.0
            if seconds > LEAST:  # a busy machine disturbs one of five, not all
                ratio = min(_best(rule, piece, SIZE) / max(_best(rule, piece, SIZE // 2), 1e-9) for _ in range(5))
            yield Row(rule.id, piece, seconds, ratio)


def _best(rule: Rule, piece: str, size: int) -> float:
    line = "好" + piece * (size // len(piece)) + "x\n"
    begun = time.process_time()
    list(rule.propose(Context(line, Settings())))
    return time.process_time() - begun
