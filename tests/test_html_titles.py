"""Headlines with bars, brackets and dashes stay whole, however the <title> puts the site's name to them."""

from __future__ import annotations

from itertools import product

import pytest

from cleaner.formats import html_worker

HEADLINES = [
    "A股收评 | 三大指数集体收涨 半导体板块领涨两市", "【人物】守桥人老周：我在这里等了三十年",
    "－182°C的海洋：探测器传回新照片",
    "白塘－石桥高铁通车", "“十四五”开局之年_白塘怎么干", "高温！高温！白塘发布红色预警", "快讯｜白塘发布红色预警",
    "图集丨白塘的春天 — 一城花开", "白塘女足 2-1 逆转石桥女足", "Python 3.12 新特性 - 类型参数", "小说",
]  # fmt: skip
TITLES = ["{}_新闻频道_某某网", "{} - 某某網", "{} | 某某新聞", "{}-某某日报数字报", "某某网 - {}", "{}", "某某公司"]
FORMS = ["<h1>{}</h1>", "<h2 class=t>{}</h2>", "<div class=title>{}</div>"]
BODY = (
    "<p>外婆走的那年冬天，舅舅把老屋的东西分给大家，我什么都没有要，只要了那只铁皮的针线盒。</p>"
    "<p>盒子是装饼干用的，盖子上的画已经看不清了，依稀是两个穿红衣服的孩子在放风筝。</p>"
    "<p>我打开它，里面有三十几根针，七团线，一把缺了口的剪刀，还有一枚顶针。</p>"
)


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_is_kept_whole_and_is_the_title(headline):
    for number, (title, form) in enumerate(product(TITLES, FORMS)):
        if number % 2 == len(headline) % 2:  # each title and each form with each headline, not all of both
            continue
        page = (
            f"<html><head><title>{title.format(headline)}</title></head><body>"
            "<div class=logo><a href=/>某某网</a></div>"
            "<ul><li><a>首页</a></li><li><a>新闻</a></li></ul>"
            f"<div class=main>{form.format(headline)}"
            f"<div class=info>2021-05-06 10:11 来源：某某网</div>"
            f"<div class=c>{BODY}</div></div><div>某某网</div></body></html>"
        )
        found = html_worker.extract(page, "page.html")
        assert (found["lines"][0], found["meta"]["title"]) == (headline, headline), (title, form)
