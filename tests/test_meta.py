"""What bylines say comes out in one form, and what cannot be read with certainty stays as it was written."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from cleaner import packs
from cleaner.clean import clean
from cleaner.config import load
from cleaner.context import Settings
from cleaner.errors import Errors
from cleaner.meta import headline, iso_date, names, normal, source
from cleaner.reports.table import COLUMNS, to_csv
from tests.conftest import SEEDS

RULES = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))
PROSE = "加快建设磷酸铁锂项目，是曲靖市贯彻落实会议精神的一个具体体现。"
HANT = "市府將持續推動各項建設，讓民眾感受到生活品質的提升與改變。"


def lifted(text: str, settings: Settings | None = None) -> dict[str, str]:
    return dict(clean("t", text, RULES, settings or Settings()).meta)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2021-10-25 07:33:20", "2021-10-25T07:33:20+08:00"),
        ("2021年10月25日 07:33", "2021-10-25T07:33+08:00"),
        ("2019年06月15日08:18", "2019-06-15T08:18+08:00"),
        ("2021/10/25", "2021-10-25"),
        ("2021.10.5", "2021-10-05"),
        ("民國110年10月25日", "2021-10-25"),
        ("中華民國 110 年 1 月 2 日", "2021-01-02"),
        ("110/10/25 07:33", "2021-10-25T07:33+08:00"),
        ("二〇二一年十月二十五日", "2021-10-25"),
        ("2021年10月25日 星期一 下午3:05", "2021-10-25T15:05+08:00"),
        ("2021-10-25(一) 07:33", "2021-10-25T07:33+08:00"),
        ("2021-10-25 12:30 am", "2021-10-25T00:30+08:00"),
        ("2021-10-25T07:33:20Z", "2021-10-25T07:33:20+00:00"),
        ("2021-10-25T07:33:20.123+0900", "2021-10-25T07:33:20+09:00"),
        ("2021-10-25 07:33 (GMT+8)", "2021-10-25T07:33+08:00"),
        ("２０２１－１０－２５　０７：３３", "2021-10-25T07:33+08:00"),
    ],
)
def test_a_date_becomes_iso_8601_with_its_zone(written, iso):
    assert iso_date(written) == iso


@pytest.mark.parametrize(
    "written",
    ["10-25-2021", "昨日", "99/10/25", "2021-13-40", "2021-10-25 25:00", "10-25 07:33", "2021-10/25",
     "15:312018/09/16", "",
     "二〇二一年十三月五日", "1234567"],
)  # fmt: skip
def test_what_is_not_certain_stays_as_it_was_written(written):
    assert iso_date(written) == written


def test_the_zone_is_a_setting_and_a_stated_one_wins():
    assert iso_date("2021-10-25 07:33", "+09:00") == "2021-10-25T07:33+09:00"
    assert iso_date("2021-10-25 07:33", "") == "2021-10-25T07:33"
    assert iso_date("2021-10-25 07:33 北京时间", "-05:00") == "2021-10-25T07:33+08:00"
    text = f"推动高质量发展\n来源：昆明日报 2021-10-25 07:33\n{PROSE}\n"
    assert lifted(text, replace(Settings(), timezone="-03:30"))["date"] == "2021-10-25T07:33-03:30"
    assert load(None, {"timezone": "+09:00"}).settings.timezone == "+09:00"
    with pytest.raises(Errors):
        load(None, {"timezone": "CST"})


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("责任编辑：王小明", ["王小明"]),
        ("（責任編輯：陳大文）", ["陳大文"]),
        ("记者 李强 通讯员：王 芳", ["李强", "王芳"]),
        ("王姗 李双双 首席记者贾献培报道", ["王姗", "李双双", "贾献培"]),
        ("陳大文／台北報導", ["陳大文"]),
        ("文/王小明", ["王小明"]),
        ("李强（实习）", ["李强"]),
        ("John Smith", ["John Smith"]),
        ("阿卜杜拉·汗、王小明", ["阿卜杜拉·汗", "王小明"]),
        ("——", []),
    ],
)
def test_names_come_without_labels_roles_and_places(written, found):
    assert names(written) == found


def test_sources_lose_labels_and_brackets_and_several_names_are_joined():
    written = ("《昆明日报》", "来源：昆明日报", "昆明日报（记者 王）", "[新华网", "人民网-文化频道")
    assert [source(one) for one in written] == [
        "昆明日报", "昆明日报", "昆明日报", "新华网", "人民网-文化频道",
    ]  # fmt: skip
    assert normal("author", ["王小明", "李大力、王小明"]) == "王小明、李大力"
    assert normal("location", ["台北報導"]) == "台北" and normal("date", ["", " "]) == ""


@pytest.mark.parametrize(
    ("byline", "found"),
    [
        ("来源：昆明日报 时间：2021-10-25 编辑：李大力",
         {"source": "昆明日报", "date": "2021-10-25", "editor": "李大力"}),
        ("2021-10-25 07:33 来源：云南日报", {"source": "云南日报", "date": "2021-10-25T07:33+08:00"}),
        ("昆明日报 2023年5月8日 10:31", {"source": "昆明日报", "date": "2023-05-08T10:31+08:00"}),
        ("发表于2014-08-24 21:30| 1164次阅读| 来源云南网| 0 条评论| 作者王小明",
         {"source": "云南网", "date": "2014-08-24T21:30+08:00", "author": "王小明"}),
        ("發佈時間：2021/10/25 下午 07:33 記者 陳大文／台北報導",
         {"date": "2021-10-25T19:33+08:00", "author": "陳大文", "location": "台北"}),
        ("最後更新：民國110年10月25日 07:33　編輯：林小美", {"date": "2021-10-25T07:33+08:00", "editor": "林小美"}),
        ("作者：王小明 记者：李大力 来源：云南网", {"author": "王小明、李大力", "source": "云南网"}),
    ],
)  # fmt: skip
def test_a_byline_is_lifted_in_its_real_forms(byline, found):
    meta = lifted(f"推动高质量发展\n{byline}\n{PROSE}\n")
    assert meta == {**found, "title": "推动高质量发展"}


def test_the_byline_under_the_title_counts_more_than_the_credits_below():
    meta = lifted(
        "推动高质量发展\n来源：云南日报 2021-10-25 07:33\n"
        f"{PROSE}\n来源：昆明日报 编辑：王小明\n（原标题：为民办实事）\n"
    )
    assert meta["source"] == "云南日报" and meta["editor"] == "王小明"
    assert meta["title"] == "为民办实事"


@pytest.mark.parametrize(
    "line",
    ["他说来源：昆明日报，时间：2021-10-25，编辑：李大力，都写得清清楚楚，没有一点含糊的地方。",
     "【本報記者陳大文台北報導】市府表示，老街再造計畫將於明年三月完工，屆時將成為觀光新亮點。",
     "新华社昆明10月25日电（记者王小明）高质量发展大竞赛活动一季度重点工作推进会在昆明召开。"],
)  # fmt: skip
def test_prose_that_speaks_of_sources_and_a_dateline_inside_it_stay(line):
    text = f"推动高质量发展\n\n{line}\n{PROSE}\n"
    done = clean("t", text, RULES, Settings())
    assert done.draft.text == text and dict(done.meta) == {"title": "推动高质量发展"}


def test_nothing_is_lifted_where_the_setting_says_so():
    text = f"推动高质量发展\n来源：昆明日报 2021-10-25 07:33\n{PROSE}\n"
    assert lifted(text, replace(Settings(), meta="keep")) == {} == lifted(text, replace(Settings(), meta="drop"))


def test_the_headline_is_the_first_line_that_can_be_one():
    assert headline(["安排", "首页 > 要闻", "昆明推动高质量发展", "副题也可以很长"]) == "昆明推动高质量发展"
    assert headline(["摘要，到这里还没有完，", "昆明推动高质量发展"]) == ""
    assert headline(["字" * 61]) == "" == headline([])
    assert headline(["雪", "昨夜的雪", "落满了院子的每个角落"]) == "", "a verse is no headline"


def test_the_seeds_have_their_bylines_in_the_records(result):
    meta = {file.path[:3]: file.meta for file in result.records.files}
    assert meta["001"] == {"date": "2023-05-08T10:31+08:00", "source": "昆明日报", "title": meta["001"]["title"]}
    assert meta["002"]["date"] == "2021-10-25T07:33:20+08:00" and meta["002"]["source"] == "云南日报"
    assert meta["003"]["title"].startswith("蘭開馳率市四大班子")
    assert len(meta) == len(list(SEEDS.glob("*.txt")))


def test_the_table_has_a_row_for_each_file_and_no_cell_is_a_formula(result):
    files = list(result.records.files)
    hostile = {
        "title": '=HYPERLINK("http://a","b")',
        "source": "+1",
        "author": "-1\n@x",
        "editor": " @cmd",
        "date": "2021-10-25",
    }
    files[0] = replace(files[0], meta=hostile)
    raw = to_csv(replace(result.records, files=tuple(files)))
    assert not raw.startswith(b"\xef\xbb\xbf") and raw == raw.decode().encode()
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    assert tuple(rows[0]) == COLUMNS and [row["path"] for row in rows] == [file.path for file in files]
    assert [rows[0][name] for name in ("title", "source", "author", "editor", "date")] == [
        "'" + hostile["title"], "'+1", "'-1 @x", "' @cmd", "2021-10-25",
    ]  # fmt: skip
    assert rows[1]["chars"] == str(files[1].chars_out)
