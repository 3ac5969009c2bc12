# ruff: noqa: E501 (tables and Han lines)
"""The judge: pages lose what is not the article, and whatever is no page stays as it is."""

from __future__ import annotations

import math
import pickle
import time
from pathlib import Path

import opencc
import pytest

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Context, Settings
from cleaner.kinds import own
from cleaner.kinds.chrome import Cues
from cleaner.kinds.judge import Judge
from cleaner.kinds.layout import look, main_block
from cleaner.kinds.places import PLACES
from cleaner.tables import Table

TABLES = packs.shipped() / "tables"
RULE = next(
    rule for pack in packs.load([packs.shipped() / "zh-lines.toml"]) for rule in pack.rules if rule.keys.kind == "judge"
)
JUDGE = RULE.do
CUES = Cues.of(Table(TABLES / "line-cues.tsv"))

ARTICLE = """\
老城区改造惠及三千户居民
走进城南老城区，映入眼帘的是整齐的外墙和宽敞的步道，居民们正在树下下棋聊天。
改造从群众最急的事做起
据介绍，老城区改造今年投入两亿元，更换管道十二公里，加装电梯六十部，惠及居民三千户。
“以前一下雨就积水，现在再也不用担心了。”家住二楼的李阿姨说。
下一步，当地将继续推进老城区改造，把群众的急难愁盼问题一件一件办好。
"""
HEAD = "首页\n新闻\n财经\n文旅\n您的位置：首页 > 新闻 > 社会\n"
TAIL = """\
分享到：微信 微博
相关阅读
全市召开安全生产工作会议
河边的樱花开了，游客多起来
本周末多云转晴，气温回升
关于我们 | 联系我们 | 网站地图
曝光 投稿箱
版权所有 某某新闻网 未经授权不得转载
"""


def judged(text: str) -> str:
    return clean("page", text, [RULE], Settings()).draft.text


@pytest.mark.parametrize("config", [None, "s2t", "s2tw", "s2hk"])
def test_a_page_comes_down_to_its_article(config):
    convert = opencc.OpenCC(config).convert if config else str
    assert judged(convert(HEAD + ARTICLE + TAIL)) == convert(ARTICLE)


def test_a_line_between_two_footers_goes_though_no_table_has_it():
    looks = look("曝光 投稿箱", CUES)
    assert not looks.sure
    assert "曝光" not in judged(ARTICLE + TAIL)


def test_subheads_quotations_and_the_headline_stay():
    left = judged(HEAD + ARTICLE + TAIL)
    for line in ARTICLE.split("\n"):
        assert line in left


def test_a_record_says_how_sure_and_of_what_class():
    done = clean("page", HEAD + ARTICLE + TAIL, [RULE], Settings())
    marks = {done.draft.source[mark.start : mark.end].strip(): mark for mark in done.marks}
    assert marks["相关阅读"].klass == "after: related" and marks["相关阅读"].score > 0.9
    assert marks["您的位置：首页 > 新闻 > 社会"].klass == "before: crumb"
    assert all(mark.score is not None and 0.5 < mark.score <= 1 for mark in done.marks)


TEXTS = {
    "poem": "静夜思\n李白\n床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n",
    "verses without marks": "再别\n轻轻的我走了\n正如我轻轻的来\n我轻轻的招手\n作别西天的云彩\n那河畔的金柳\n是夕阳中的新娘\n波光里的艳影\n在我的心头荡漾\n",
    "one line": "首页\n",
    "a list": "购物清单\n鸡蛋\n牛奶\n面包\n洗衣液\n垃圾袋\n",
    "words of chrome in a lesson": "常用词\n首页\n登录\n注册\n评论\n分享\n收藏\n",
    "dialogue": "“登录了吗？”\n“没有。”\n“先注册。”\n“怎么分享？”\n她把手机递给我，让我看上面的评论，又指了指右下角的收藏按钮。\n",
    "statute": "网络信息管理办法\n第一章　总则\n第一条　为了规范网络信息传播，保护公民、法人和其他组织的合法权益，制定本办法。\n"
    "第二条　网站应当在首页公布备案编号和举报电话，提供便捷的投诉入口。\n第二章　罚则\n第三条　违反本办法的，由有关部门责令改正；情节严重的，处以罚款。\n",
    "essay on web pages": "首页的学问\n一个网站的首页好比一座城市的门面，登录、注册、分享、评论，样样都要放在合适的地方。\n"
    "相关新闻\n放在哪里最好？有人说放在正文下面，也有人说放在右边，其实要看读者是谁。\n版权\n"
    "写清楚作者是谁，读者才知道该信谁，这是做网站最起码的道理，也是对作者的尊重。\n",
    "an article with credits": ARTICLE + "（记者 王小明 责任编辑：李大力）\n",
    "an article with a link": ARTICLE + "相关链接\n“老城区改造”是指对建成二十年以上的小区进行的综合整治。\n",
    "forum answer": "楼主的问题我也遇到过，先把缓存清掉，再重新登录一次，多半就好了。\n如果还不行，把评论区的日志贴上来，大家帮你看。\n",
}


@pytest.mark.parametrize("name", sorted(TEXTS))
@pytest.mark.parametrize("config", [None, "s2tw"])
def test_what_is_no_page_stays(name, config):
    text = opencc.OpenCC(config).convert(TEXTS[name]) if config else TEXTS[name]
    assert judged(text) == text


def test_a_page_without_prose_is_left_alone():
    assert judged(HEAD + TAIL) == HEAD + TAIL


def test_the_article_may_be_verses_between_prose():
    text = ARTICLE.replace(
        "“以前", "老人念起一首诗：\n清明时节雨纷纷，\n路上行人欲断魂。\n借问酒家何处有？\n牧童遥指杏花村。\n“以前"
    )
    assert judged(HEAD + text + TAIL) == text


def test_chapter_heads_of_a_statute_on_a_page_stay():
    text = TEXTS["statute"]
    assert judged(HEAD + text + TAIL) == text


def test_prose_of_a_list_of_other_articles_goes():
    snippets = "".join(
        f"第{n}届美食节本周末开幕\n美食节本周末在体育公园开幕，来自各地的厨师将带来两百多种小吃，市民可以免费入场……\n2023-05-0{n}\n"
        for n in range(1, 5)
    )
    assert judged(HEAD + ARTICLE + "分享到：\n热门推荐\n" + snippets + TAIL) == ARTICLE


def test_bylines_are_left_to_the_rules_that_lift_them():
    byline = "来源：某某日报　2023-05-08 10:31\n"
    text = HEAD + ARTICLE.replace("居民\n走进", "居民\n" + byline + "走进") + "责任编辑：王小明\n" + TAIL
    left = clean("page", text, [RULE], Settings(meta="keep")).draft.text
    assert byline in left and "责任编辑：王小明" in left and "首页" not in left
    done = clean("page", text, [RULE], Settings())  # nobody else has taken the byline: it is lifted, not lost
    assert dict(done.meta).items() >= {("source", "某某日报"), ("date", "2023-05-08T10:31+08:00")}
    assert byline not in done.draft.text


def test_blank_lines_leave_no_hole():
    text = "\n\n".join((HEAD + ARTICLE + TAIL).split("\n"))
    assert judged(text).strip("\n") == "\n\n".join(ARTICLE.strip().split("\n"))


def test_the_judge_finds_nothing_in_its_own_result():
    for text in (
        HEAD + ARTICLE + TAIL,
        HEAD + ARTICLE,
        ARTICLE + TAIL,
        TAIL + ARTICLE + HEAD,
        (HEAD + ARTICLE + TAIL) * 2,
    ):
        once = judged(text)
        assert judged(once) == once


def test_the_tables_are_whole():
    rows = Table(TABLES / "line-weights.tsv").rows
    assert {row[0] for row in rows} == {"trait", "step"}
    for what, name, *values in rows:
        numbers = [float(value) for value in values]
        assert all(math.isfinite(number) for number in numbers)
        if what == "trait":
            assert len(numbers) == len(PLACES) and numbers[PLACES.index("body")] == 0, name
        else:
            one, other = name.split(">")
            assert {one, other} <= {*PLACES, "start", "end"}
    names = [row[1] for row in rows]
    assert len(names) == len(set(names))


def test_the_folding_is_that_of_opencc():
    convert = opencc.OpenCC("t2s").convert
    old, new = next(row[1:] for row in Table(TABLES / "line-cues.tsv").rows if row[0] == "fold")
    own = {"裏": "里", "裡": "里", "羣": "群", "佔": "占", "蹤": "踪", "註": "注"}
    for a, b in zip(old, new, strict=True):
        assert convert(a) == b or own.get(a) == b or a in "喫臺佈錶衆爲綫祕檯颱週覆帳複閲説舖迴", (a, b)


def test_the_main_block_is_the_article_and_not_the_rules_of_the_comments():
    rules = "请勿发表与主题无关的评论，请勿张贴广告，违反者本站有权删除留言并封锁账号，敬请各位网友谅解。\n" * 4
    lines = (HEAD + ARTICLE + "发表评论\n" + rules).strip().split("\n")
    block = main_block([look(line, CUES) for line in lines])
    assert block is not None
    assert lines[block[0]].startswith("走进") and lines[block[1] - 1].startswith("下一步")


def test_a_judge_pickles_and_works_alike():
    text = HEAD + ARTICLE + TAIL
    again = pickle.loads(pickle.dumps(JUDGE))
    context = Context(text, Settings())
    assert list(again(context)) == list(JUDGE(context))


@pytest.mark.parametrize("keys", [{"drop": 0.2}, {"drop": 1.0}, {"proof": 0}])
def test_settings_out_of_range_are_refused(keys):
    with pytest.raises(ValueError):
        Judge(Table(Path("a")), Table(Path("b")), **keys)


def test_the_time_grows_with_the_lines_only():
    def seconds(times: int) -> float:
        context = Context(HEAD + ARTICLE * times + TAIL * times, Settings())
        start = time.process_time()
        list(JUDGE(context))
        return time.process_time() - start

    seconds(20)
    assert min(seconds(160) for _ in range(3)) < 6 * max(seconds(40) for _ in range(3)) + 0.1


def test_what_stands_before_the_line_that_closes_an_article_is_its_own_but_for_headlines():
    text = "经专家评审，共评出一等奖两名，现予公布，并向获奖师生表示祝贺。"
    lines = [
        text,
        "一等奖",
        "王小雨 实验小学",
        "咨询电话：0871-12345678",
        "城南菜市场改造完成后重新开业",
        "责任编辑：丁一",
    ]
    looks = [look(line, CUES) for line in lines]
    assert own.ending_of_its_own(looks, 0) == {1, 2, 3}, "the headline is judged like any other line"
    assert own.ending_of_its_own(looks[:-1], 0) == frozenset(), "nothing closes the article"
    related = [look(line, CUES) for line in [text, "相关阅读", "王小雨 实验小学", "责任编辑：丁一"]]
    assert own.ending_of_its_own(related, 0) == frozenset(), "under the heading of a list it is none"
