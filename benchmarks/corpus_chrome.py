"""Put page chrome around the articles of a corpus: each is of one of 25 sites, with its menu, toolbar and footer.

    python benchmarks/corpus_chrome.py CORPUS.jsonl OUT.jsonl

CORPUS is made by corpus_make.py. Pages of a crawl repeat such lines, and an edit takes most of them out, so that the
judge of pages, records and passages take a share of the time that they do not have on bare articles.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

import orjson

SITES = 25
MENU = (
    "首页 新闻 国内 国际 军事 财经 股票 基金 体育 娱乐 汽车 房产 科技 数码 教育 健康 旅游 文化 图片 视频 "
    "博客 微博 论坛 社区 邮箱 登录 注册 客户端 手机版 无障碍 简体 繁体 收藏本站 设为首页 RSS"
)
TOOLS = (
    "【打印】 【关闭】", "分享到：微信 微博 QQ空间", "字号：大 中 小", "点击数：{number}", "收藏 举报 评论({number})",
    "扫一扫在手机打开当前页", "上一篇：{title}", "下一篇：没有了", "相关阅读：", "· {title}", "· {title}", "热点推荐",
    "{title}", "{title}", "暂无评论", "责任编辑：{name}某",
)  # fmt: skip
FOOTERS = (
    "关于我们 | 联系我们 | 网站地图 | 版权声明", "Copyright © 2021 All Rights Reserved", "滇ICP备05000002号-{number}",
    "主办单位：某市人民政府办公室", "网站标识码：53010000{number}", "技术支持：某某科技有限公司", "未经授权不得转载",
    "违法和不良信息举报电话：010-8{number}",
)  # fmt: skip
CRUMB = "当前位置：首页 > 新闻 > 正文"


@dataclass(frozen=True)
class Site:
    """The lines that a site puts before and behind each of its articles; some have places to be filled."""

    head: list[str]
    tail: list[str]

    @classmethod
    def of(cls, rng: random.Random) -> Site:
        wide = [" ".join(rng.sample(MENU.split(), 6)) for _ in range(2) if rng.random() < 0.3]
        menu = rng.sample(MENU.split(), rng.randint(4, 14))
        return cls(
            [*wide, *menu, CRUMB],
            rng.sample(TOOLS, rng.randint(3, 8)) + rng.sample(FOOTERS, rng.randint(2, 6)),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    rng = random.Random(7)
    rows = [orjson.loads(line) for line in given.source.open("rb")]
    titles = [row["text"].split("\n")[0][:18] for row in rows]
    sites = [Site.of(rng) for _ in range(SITES)]
    with given.target.open("wb") as file:
        for row in rows:
            site = rng.choice(sites)
            date = f"2021-{rng.randint(1, 9):02}-{rng.randint(10, 19)} 10:{rng.randint(20, 29)}"
            tail = [
                line.format(number=rng.randint(100, 9999), title=rng.choice(titles), name=rng.choice("王李张刘陈杨"))
                for line in site.tail
            ]
            head = [*site.head, rng.choice(titles), f"来源：昆明日报 {date}", ""]
            row["text"] = "\n".join([*head, row["text"], *tail, ""])
            file.write(orjson.dumps(row) + b"\n")


if __name__ == "__main__":
    main()
