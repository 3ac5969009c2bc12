"""Lists of other things on a page: known by their shape and heading, and what looks like one in an article stays."""

from __future__ import annotations

import pytest

from cleaner.formats import html_worker

TITLE = "白塘河上的七座桥"
PROSE = [
    "白塘河穿城而过，两岸的人来来往往，要靠七座桥，最老的一座已经有三百多年。",
    "第一座桥叫柳桥，桥头原来有一棵柳树，大水那年倒了，名字却留了下来。",
    "第二座桥是铁的，是修铁路的人留下的，桥面很窄，两个人要侧着身子才能过去。",
    "第三座桥没有名字，大家只叫它新桥，叫了四十年，它早就不新了，还叫新桥。",
]
OTHERS = [
    "河口湿地今年飞来上千只候鸟，摄影爱好者在岸边守了整整一天，拍到了难得的照片。",
    "石桥区的社区食堂开张一个月，老人们说味道不错，就是排队的时间长了一点。",
    "从一粒种子到一碗米饭要走多远，记者跟着农民走了一百二十天，写下这篇报道。",
]


def page(article: str, *, title: str = TITLE, head: str = "", around: str = "{}") -> str:
    return (
        f"<html><head><title>{title}_白塘网</title>{head}</head><body><ul><li><a href=a>首页</a></li>"
        f"<li><a href=b>新闻</a></li></ul>{around.format(article)}<div><p>白塘网</p></div></body></html>"
    )


def lines(markup: str) -> list[str]:
    found: list[str] = html_worker.extract(markup, "page.html")["lines"]
    return found


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


BODY = f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE)}</div>"
GIVES = [TITLE, *PROSE]
CARDS = "".join(
    f"<div class=_x1><a href=c>别处的一篇文章{i}</a><div>{text}</div></div>" for i, text in enumerate(OTHERS)
)
TALK = paragraphs(*OTHERS)


@pytest.mark.parametrize(
    "after",
    [
        f"<div class=_x0>{CARDS}</div>",
        f"<div><h3>推荐阅读</h3>{TALK}<a href=d>更多</a></div>",
        f"<section><h2>热门评论</h2>{TALK}</section>", f"<div><b>3 条评论</b>{TALK}</div>",
        f"<section><h2>大家都在看</h2><a href=d>别处的文章</a>{TALK}</section>",
        f"<h3>相关新闻</h3><p><a href=e>别处的一篇文章</a></p><p>{OTHERS[0]}</p>"
        f"<p><a href=f>又一篇文章</a></p><p>{OTHERS[1]}</p>",
    ],
    ids=["cards", "recommended", "comments", "counted", "feed", "flat"],
)  # fmt: skip
def test_a_list_of_other_things_goes_whatever_its_element_is_called(after):
    assert lines(page(f"<div>{BODY}{after}</div>")) == GIVES


def test_a_list_inside_the_article_goes_and_what_follows_it_stays():
    links = "<p>相关链接</p>" + "".join(f"<p><a href=g>别处的一篇文章{i}</a></p>" for i in range(3))
    label = "<p>延伸阅读：<a href=h>别处的一篇文章</a></p><p>上一篇：<a href=i>又一篇</a></p>"
    article = (
        f"<div><h1>{TITLE}</h1>{paragraphs(*PROSE[:2])}{links}{paragraphs(PROSE[2])}{label}<p>{PROSE[3]}</p></div>"
    )
    assert lines(page(article)) == GIVES


def test_what_looks_like_a_list_in_an_article_stays():
    text = [
        "最新消息", PROSE[0], "相关", PROSE[1], "推荐阅读：这一节的书单由老师们写成，每本书后面都写了理由。", PROSE[2],
        "上一篇：我们说了第一座桥", PROSE[3], "热门评论",
    ]  # fmt: skip
    assert lines(page(f"<div><h1>{TITLE}</h1>{paragraphs(*text)}</div>")) == [TITLE, *text]


def test_sections_each_with_a_link_as_its_head_are_an_article():
    parts = "".join(
        f"<h3><a href=j{i}>第{i}座桥的故事</a></h3><p>{PROSE[i % 4]}</p><p>{OTHERS[i % 3]}</p>" for i in range(6)
    )
    found = lines(page(f"<div><h1>{TITLE}</h1><p>{PROSE[0]}</p>{parts}</div>"))
    assert [text for text in found if text in OTHERS] == [OTHERS[i % 3] for i in range(6)]


def test_the_first_of_many_posts_of_one_kind_is_the_article():
    first = f"<div class=post><a href=u>楼主的名字</a>{paragraphs(*PROSE, PROSE[0])}</div>"
    posts = "".join(f"<div class=post><a href=u{i}>别人的名字</a><p>{text}</p></div>" for i, text in enumerate(OTHERS))
    found = lines(page(f"<div><h1>{TITLE}</h1>{first}{posts}</div>"))
    assert [text for text in found if text in PROSE] == [*PROSE, PROSE[0]] and not set(OTHERS) & set(found)


def test_a_channel_called_like_a_list_does_not_take_the_article_with_it():
    assert lines(page(f"<div><h2>热点新闻</h2>{BODY}<p><a href=k>更多</a></p></div>")) == GIVES
    untitled = page(f"<div><h2>热点新闻</h2>{BODY}<p><a href=k>更多</a></p></div>", title="白塘网")
    assert [text for text in lines(untitled) if text in PROSE] == PROSE


def test_comments_and_snippets_longer_than_a_short_article_are_not_the_article():
    short = ["5月6日凌晨，白塘河西岸一栋居民楼起火，消防部门到场后很快扑灭。", "没有人受伤。"]
    article = f"<div class=k1><h1>{TITLE}</h1>{paragraphs(*short)}</div>"
    for after in (f"<div class=pinglun>{TALK}{TALK}</div>", f"<div class=k2>{CARDS}{CARDS}</div>"):
        assert lines(page(f"{article}{after}")) == [TITLE, *short]


def test_the_second_of_two_sentences_stays_though_it_is_no_prose_by_itself():
    short = ["5月6日凌晨，白塘河西岸一栋居民楼起火，消防部门到场后很快扑灭。", "事故原因正在调查中。"]
    each = "".join(f"<div class=w><p>{text}</p></div>" for text in short)
    assert lines(page(f"<div><div>{TITLE}</div><div>{each}</div></div>")) == [TITLE, *short]


@pytest.mark.parametrize(
    "headline",
    [
        f"<h1><a href=self>{TITLE}</a></h1><p>2021-05-06 来源：白塘日报</p>",
        f"<h3>新闻中心</h3><div>您的位置：首页 > 新闻</div><span>{TITLE}</span><br>2021-05-06 来源：白塘日报<br>",
        f"<div>{TITLE}</div><div>时间：2021-05-06</div>",
    ],
    ids=["a link to itself", "no heading", "no heading and no crumbs"],
)
@pytest.mark.parametrize("title", [TITLE, "白塘县某某有限公司"])
def test_a_headline_above_the_byline_is_found_though_it_is_no_heading(headline, title):
    found = lines(page(f"<div><div>{headline}</div>{paragraphs(*PROSE)}</div>", title=title))
    assert TITLE in found and [text for text in found if text in PROSE] == PROSE and "新闻中心" not in found


def test_the_name_of_the_site_at_the_end_of_the_title_is_not_the_headline():
    around = "<h1>白塘网，白塘人的网上家园</h1><p>首页 > 新闻</p>{}"
    article = f"<div><div>七座桥</div><div>2021-05-06</div>{paragraphs(*PROSE)}</div>"
    assert lines(page(article, title="七座桥_白塘网，白塘人的网上家园", around=around))[:2] == ["七座桥", "2021-05-06"]


def test_a_toolbar_in_brackets_and_bars_is_links():
    bar = "<p>【<a href=l>大</a> <a href=m>中</a> <a href=n>小</a>】【<a href=o>打印</a>】｜<a href=p>关闭</a></p>"
    assert lines(page(f"<div><h1>{TITLE}</h1>{bar}{paragraphs(*PROSE)}</div>")) == GIVES


def test_short_lines_of_a_part_that_the_extractor_did_not_see_stay():
    rest = ["一、第四座", PROSE[2], "二、第五座", "（一）木头的", "（二）石头的", "（三）铁的", "三、第六座", PROSE[3]]
    more = "".join(f"<section><span>{text}</span></section>" for text in [*rest, "白塘文史社"])
    article = f"<h1>{TITLE}</h1><section class=e>{paragraphs(*PROSE[:2])}</section><section class=e>{more}</section>"
    assert lines(page(f"<div>{article}</div>")) == [TITLE, *PROSE[:2], *rest, "白塘文史社"]
