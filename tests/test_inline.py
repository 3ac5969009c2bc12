"""The kinds against noise inside a line: what each needs as proof, and what it leaves alone without."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.context import Context, Proposal, Settings
from cleaner.kinds.doubled import Doubled
from cleaner.kinds.emoji import Emoji
from cleaner.kinds.markup import Markup
from cleaner.kinds.mojibake import Mojibake
from cleaner.kinds.spaced import Spaced
from cleaner.kinds.width import Width
from cleaner.script.mojibake import reads
from cleaner.text import Draft, Edit

SENTENCE = "昆明市人民政府发布工作报告"


def proposals(kind: object, text: str) -> list[Proposal]:
    return list(kind(Context(text, Settings())))


def cleaned(kind: object, text: str) -> str:
    edits = [Edit(p.start, p.end, p.new, ("x",)) for p in proposals(kind, text) if p.level != "ask"]
    return Draft.of(text).revise(edits).text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("cp1252", "utf-8"), ("latin-1", "utf-8"), ("gb18030", "utf-8"), ("latin-1", "gb18030")],
)
def test_text_read_in_a_wrong_encoding_is_read_again(wrong, right):
    text = SENTENCE if wrong != "gb18030" else SENTENCE[:12]  # an odd number of bytes has lost one
    undefined = {129: "\x81", 141: "\x8d", 143: "\x8f", 144: "\x90", 157: "\x9d"}
    raw = text.encode(right)
    broken = (
        "".join(undefined.get(b) or bytes([b]).decode(wrong) for b in raw) if wrong == "cp1252" else raw.decode(wrong)
    )
    assert cleaned(Mojibake(), f"标题\n{broken}\n") == f"标题\n{text}\n"


def test_a_lost_byte_costs_one_character_and_not_the_line():
    broken = SENTENCE.encode().replace("民".encode(), "民".encode()[:2], 1).decode("gb18030", "replace")
    got = cleaned(Mojibake(), f"标题\n{broken}\n")
    assert got.startswith("标题\n昆明市人") and got.endswith("发布工作报告\n")


def test_mojibake_with_kana_and_lines_in_it_is_read_again():
    text = "今天的天气非常好，我们去公园里散步"
    assert cleaned(Mojibake(), text.encode().decode("gb18030", "ignore") + "\n").startswith(
        "今天的天气非常好，我们去公园里散"
    )


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "這是正常的繁體文章，鏈條、鏡子、鐘錶、鈔票和鍵盤。",
        "Ça coûte très cher à l’été — naïve Ångström",
        "±20℃，€30……",
    ],
)
def test_text_in_its_right_encoding_stays(text):
    assert proposals(Mojibake(), text) == []


def test_a_short_run_of_mojibake_is_only_asked_about():
    (found,) = proposals(Mojibake(), "中国".encode("gb18030").decode("latin-1"))
    assert (found.new, found.level) == ("中国", "ask")


def test_the_shift_of_a_converter_that_annotates_bytes_is_asked_about():
    (found,) = proposals(Mojibake(), "歡迎咨詢?nèi)绾纬蔀，再見")
    assert found.level == "ask" and found.new.startswith("如何成")


def test_chinese_reads_and_mojibake_does_not():
    assert reads(SENTENCE) > 0.3
    assert reads(SENTENCE[:12].encode().decode("gb18030")) < 0.1


@given(st.text("鏄嗘槑的我们，æ˜†Ö€中国", max_size=30))
def test_a_repair_of_mojibake_settles(text):
    for _ in range(3):
        before, text = text, cleaned(Mojibake(), text)
    assert text == before


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("他说&ldquo;好&rdquo;&nbsp;", "他说“好” "),
        ("A&amp;B", "A&B"),
        ("&#x4e2d;&#22269;", "中国"),
        ("&unknown; &copy", "&unknown; &copy"),
        ("&#0;&#8203;", "&#0;&#8203;"),
        ("HTML 用 &lt; 写小于号", "HTML 用 &lt; 写小于号"),
    ],
)
def test_entities_that_html_knows_become_their_characters(text, after):
    assert cleaned(Markup("entities"), text) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("一<br>二</p>三", "一\n二\n三"),
        ('<span style="a">字</span>', "字"),
        ("<b>粗</b>体", "粗体"),
        ("a<b>c", "a<b>c"),
        ("<3 <书名> <人>", "<3 <书名> <人>"),
        ("<p 我说>", "<p 我说>"),
        ("标签<br>换行", "标签<br>换行"),
    ],
)
def test_tags_that_html_knows_go(text, after):
    assert cleaned(Markup("tags"), text) == after


def test_spaced_out_han_is_closed_up_only_where_it_is_running_text():
    assert cleaned(Spaced(), "我 们 今 天 下 午 去 学 校 的 图 书 馆") == "我们今天下午去学校的图书馆"
    for text in (
        "琴 棋 书 画 诗 酒 花",
        "甲 乙 丙 丁 戊 己 庚 辛 壬 癸  子 丑",
        "王明 李华 张三 赵四 钱五 孙六 周七",
    ):
        assert cleaned(Spaced(), text) == text


def test_a_few_emoji_or_a_persons_own_stay():
    wedged = "统计🍻，目前🐳，规模🎈，百亿🌵，增长🎃，发展🚀，良好🍇，明显🧲。"
    assert cleaned(Emoji(), wedged) == "统计，目前，规模，百亿，增长，发展，良好，明显。"
    for text in (wedged[:12], wedged.replace("，", "，\n") + "😀" * 9, "😀。" * 30, wedged + SENTENCE * 200):
        assert cleaned(Emoji(), text) == text


def test_full_width_follows_half_width_only_where_that_is_usual():
    assert cleaned(Width(), "2023年第１次") == "2023年第1次"
    for text in ("１９９８年３月", "２次和3次", "＠ＤＩＭＥ和Python", "日本の１月は2023年"):
        assert cleaned(Width(), text) == text


def test_a_habit_of_double_marks_stays():
    assert cleaned(Doubled(), "好，，我们走。。") == "好，我们走。"
    for text in ("好。。。走。。", "一。。二。。三。。四。。", "！！？？……——"):
        assert cleaned(Doubled(), text) == text


@pytest.mark.parametrize("kind", [Mojibake(), Markup("tags"), Spaced(), Emoji(), Width(), Doubled()])
def test_a_kind_pickles_and_says_nothing_about_a_plain_text(kind):
    assert proposals(pickle.loads(pickle.dumps(kind)), f"{SENTENCE}。\n第二段，12人。\n") == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("我 们 的 生 活 一 天 天 变 好 ， 大 家 都 很 高 兴 。", "我们的生活一天天变好，大家都很高兴。"),
        (
            "本　次　活　动　由　市　图　书　馆　主　办　，　大　家　都　来　了　。",
            "本次活动由市图书馆主办，大家都来了。",
        ),
        ("本 届 活 动 市 图 书 馆 主 办 ，共 三 百 人 参 加 。", "本届活动市图书馆主办，共三百人参加。"),
        ("甲 乙 丙 丁 戊 己 庚 辛 壬 癸 子 丑 寅 卯", "甲 乙 丙 丁 戊 己 庚 辛 壬 癸 子 丑 寅 卯"),
        ("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈", "赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫 蒋 沈"),
    ],
)
def test_letter_spaced_text_is_closed_up_with_its_marks_and_a_list_is_not(text, right):
    assert cleaned(Spaced(), text) == right


def test_tags_that_close_themselves_and_an_entity_without_its_end_go():
    assert cleaned(Markup("tags"), "一张<img src='a.jpg'/>图，<br />完") == "一张图，\n完"
    assert cleaned(Markup("entities"), "好&nbsp的，?a=1&nbspx=2") == "好 的，?a=1&nbspx=2"
