"""Lists of other things on a page, told by their shape: a heading that says so, cards of a link and its snippet.

A related list, a feed or the comments may stand in an element of any name, `_1pXc22` as well as `more`; their prose
reads like the article's. What gives them away is a heading whose words are of a closed set, and the repeated pattern.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from cleaner.formats.html_headline import folded
from cleaner.formats.html_tree import Block, names

CARDS = 3  # cards from which siblings of one kind are a list of them
LINES = 8  # lines that a card has at most
SNIPPET = 150  # Han characters that a card's own text has at most
HEADING = 16  # characters that the heading of a list has at most
HALF = 0.5  # share of the page's prose from which an element is not what its first line says
_WHOSE = names(
    """
    相关 相關 推荐 推薦 延伸 扩展 擴展 拓展 更多 热门 熱門 热点 熱點 最新 最热 最熱 精彩 精选 精選 网友 網友
    读者 讀者 全部 同类 同類 随机 隨機 近期 其他 其它 本栏 本欄 站内 站內 今日 一周 一週 本周 本週 24小时 24小時
    编辑 編輯 作者 往期 猜你 为你 為你 新 热 熱
    """
)
_WHAT = names(
    """
    阅读 閱讀 推荐 推薦 评论 評論 留言 回复 回覆 回應 文章 新闻 新聞 资讯 資訊 链接 連結 鏈接 报道 報導 報道
    消息 稿件 视频 影片 话题 話題 专题 專題 图集 图片 热文 热榜 热点 熱點 排行 排行榜 榜单 喜欢 喜歡 日记 作品
    内容 內容 热门 熱門 帖子 问题 問題
    """
)
# Headings that need no links below them: what follows is others' words
_VOICES = re.compile(
    r"""
    (?: 网友 | 網友 | 热门 | 熱門 | 最新 | 全部 | 精彩 | 精选 | 精選 | 读者 | 讀者 | 文章 )
        (?: 评论 | 評論 | 留言 | 回复 | 回覆 | 跟帖 | 点评 | 點評 ) (?:列表)? \d* 条?
    | \d+ [条條则則个個] (?: 评论 | 評論 | 留言 | 回复 | 回覆 )
    | (?: 评论 | 評論 ) (?: 列表 | 区 | 區 ) | [我][来來] [说說]? [两兩]句
    | (?: 发表 | 發表 | 参与 | 參與 | 写 | 寫 ) (?: 评论 | 評論 | 留言 | 回复 )
    """,
    re.VERBOSE,
)
_OTHERS = re.compile(
    rf"""
    (?: {"|".join(sorted(_WHOSE))} )+ (?: {"|".join(sorted(_WHAT))} )+ (?: 列表 | 榜 )?
    | [你您] (?: 可能 | 也许 | 也許 )? [还還也会會]?
        (?: 想看 | 喜欢 | 喜歡 | 感兴趣 | 感興趣 ) 的? (?: 内容 | 內容 | 文章 )?
    | 猜[你您] (?: 喜欢 | 喜歡 | 想看 | 感兴趣 ) | (?: 大家 | 他们 | 他們 ) [都还還正]? 在? 看 | 看了[又还還]看
    | 看更多 | 延伸 | 相关 | 相關
    """,
    re.VERBOSE,
)
# A line that names what the links in it are, and has nothing else to say
_LABEL = re.compile(
    r"""^[\W_]* (?:
      [上下前后後][一]? (?:篇|则|則|条|條|页|頁|章) (?:文章|新闻|新聞)?
      | (?:相关|相關|延伸|推荐|推薦|扩展|擴展|更多) (?:阅读|閱讀|新闻|新聞|文章|链接|連結|报道|報導|內容|内容)
      | (?:本文|文章|内容|相关|相關)? (?:标签|標籤|关键[词字]|關鍵[詞字])
      | 热词搜索 | 热搜词? | 熱搜 | 看更多 | (?i:tags?) | 延伸
    ) \s* [:：]""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w")


def listed(blocks: Sequence[Block], paths: Sequence[tuple[HtmlElement, ...]], headline: int | None) -> frozenset[int]:
    """Return the numbers of the lines that belong to lists of other things."""
    return _Lists(blocks, paths, headline).all()


def is_labelled(block: Block) -> bool:
    """Say whether a line is a label such as 上一篇 and links, that make half of the rest at least."""
    label = _LABEL.match(block.text)
    if label is None:
        return False
    rest = len(_WORD.findall(block.text, label.end()))
    return block.linked > 0 and 2 * block.linked >= rest


def _prose(blocks: Sequence[Block]) -> int:
    return sum(block.weight for block in blocks if block.prose and not block.is_link)


def _is_card(lines: Sequence[Block]) -> bool:
    links = [block for block in lines if block.is_link and len(block.key) >= 4]
    texts = [block for block in lines if not block.is_link]
    return bool(links) and bool(texts) and sum(block.weight for block in texts) <= SNIPPET


class _Lists:
    """The lists of one page; `spans` are the first and the last line of every element."""

    def __init__(self, blocks: Sequence[Block], paths: Sequence[tuple[HtmlElement, ...]], headline: int | None) -> None:
        self.blocks, self.paths, self.headline = blocks, paths, headline
        self.prose = _prose(blocks)
        self.spans: dict[HtmlElement, tuple[int, int]] = {}
        for i, path in enumerate(paths):
            for element in path:
                self.spans[element] = self.spans.get(element, (i, i))[0], i

    def all(self) -> frozenset[int]:
        found = {i for i, block in enumerate(self.blocks) if is_labelled(block)}
        for i, block in enumerate(self.blocks):
            if i not in found and len(block.key) <= HEADING:
                text = folded(block.text)
                voices = _VOICES.fullmatch(text) is not None
                if voices or _OTHERS.fullmatch(text):
                    found.update(self._under(i, voices=voices))
        return frozenset(found.union(self._cards()))

    def _under(self, i: int, *, voices: bool) -> range:
        """Return the lines that the heading `i` speaks of: of the widest element that it begins, or links after it.

        An element that holds the headline, or most prose of a page on which none stands before, is no list.
        """
        best, end = range(0), i
        begun = (self.headline is None or self.headline < i) and _prose(self.blocks[self.headline or 0 : i]) > 0
        for element in reversed(self.paths[i]):
            first, last = self.spans[element]
            if first != i:
                end = last
                break
            if self.headline in range(first, last + 1):
                break
            lines = self.blocks[first : last + 1]
            if not begun and _prose(lines) > HALF * self.prose:
                break
            if last > i and (voices or any(block.is_link for block in lines)):
                best = range(first, last + 1)
        return best or self._flat(i, end)

    def _flat(self, i: int, last: int) -> range:
        """Return a heading without an element of its own, and the links right after it, with a snippet to each."""
        after = [block.is_link for block in self.blocks[i + 1 : last + 1]]
        links = next((n for n, is_link in enumerate(after) if not is_link), len(after))
        if links == 1 and len(after) >= 4 and after == [True, False] * (len(after) // 2):
            links = len(after)
        return range(i, i + links + 1) if links else range(0)

    def _cards(self) -> Iterator[int]:
        """Yield the lines of siblings of one kind that each are a link and a short text, below a text in none."""
        kinds: dict[tuple[HtmlElement | None, str, str | None], list[tuple[int, int]]] = defaultdict(list)
        for element, span in self.spans.items():
            if span[1] > span[0]:
                kinds[element.getparent(), str(element.tag), element.get("class")].append(span)
        begin = -1 if self.headline is None else self.headline
        for siblings in kinds.values():
            short = [span for span in siblings if span[1] - span[0] < LINES]
            cards = [span for span in short if _is_card(self.blocks[span[0] : span[1] + 1])]
            if len(cards) < CARDS or 2 * len(cards) < len(siblings) or cards[0][0] <= begin:
                continue
            if _prose(self.blocks[begin + 1 : cards[0][0]]):
                for first, last in cards:
                    yield from range(first, last + 1)
