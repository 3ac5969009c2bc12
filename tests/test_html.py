"""HTML: from the bytes of a page to the text of its article, and nothing lost without a word."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from opencc import OpenCC

from cleaner import output, pipeline
from cleaner.errors import InputError, OutputError
from cleaner.formats import format_of, html_guard, output_name, page_of
from cleaner.formats.html import Extracted, Extractor
from cleaner.formats.html_align import marked, stripped
from cleaner.formats.html_decode import decode_page, label_of
from cleaner.formats.sandbox import Died, Late, Sandbox
from cleaner.undo import read_report, rebuild

TITLE = "河边的老榕树"
PARAGRAPHS = [
    "今天上午，大家又到村口的老榕树下坐着，听老人讲起从前修桥的故事。",
    "老人说，那时候没有机器，石头都是从山上一块一块背下来的，走一趟要半天。",
    "孩子们听得入了迷，问他累不累，他笑着说，桥修好的那天，谁也不觉得累了。",
    "太阳落山的时候，有人点起了灯，故事还没有讲完，大家约好明天再来。",
]
TO_HANT = OpenCC("s2t")


def page(*blocks: str, title: str = TITLE, head: str = '<meta charset="utf-8">', around: str = "{}") -> str:
    body = "\n".join(blocks or [f"<p>{text}</p>" for text in PARAGRAPHS])
    article = around.format(f'<div class="content"><h1>{title}</h1>\n<div class="text">{body}</div></div>')
    return f"<!DOCTYPE html><html><head>{head}<title>{title}_故事_某某网</title></head><body>{article}</body></html>"


def paragraphs(*texts: str) -> list[str]:
    return [f"<p>{text}</p>" for text in texts or PARAGRAPHS]


@pytest.fixture(scope="module")
def pages():
    with Extractor() as extractor:
        yield extractor


def lines(pages: Extractor, markup: str | bytes) -> list[str]:
    return extract(pages, markup).text.split("\n")[:-1]


def extract(pages: Extractor, markup: str | bytes) -> Extracted:
    raw = markup.encode() if isinstance(markup, str) else markup
    return pages.extract(raw, "page.html")


def refused(pages: Extractor, markup: str | bytes) -> InputError:
    with pytest.raises(InputError) as found:
        extract(pages, markup)
    return found.value


NOTICE = '<div class="footer"><p>某某网版权作品，未经书面授权，严禁转载，违者将被追究法律责任。</p></div>'
ESCAPED = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in PARAGRAPHS)
DATA = {
    "textarea": f'<textarea class="article-content">{ESCAPED}</textarea>',
    "script": f"<script>var DATA = ['{ESCAPED}']</script>",
    "json": f'<script type="application/json">{json.dumps(PARAGRAPHS, ensure_ascii=False)}</script>',
    "escaped json": f'<script type="application/json">{json.dumps(PARAGRAPHS)}</script>',
}


@pytest.mark.parametrize("form", DATA)
def test_a_footer_is_no_article_where_the_article_is_data(pages, form):
    head = f"<html><head><meta charset=utf-8><title>{TITLE}</title></head><body>"
    found = refused(pages, f"{head}{DATA[form]}{NOTICE}</body></html>")
    assert found.code == "E113" and "no main text" in str(found)


@pytest.mark.parametrize("form", DATA)
def test_an_article_that_is_shown_stays_beside_its_copy_as_data(pages, form):
    assert lines(pages, page(*paragraphs(), around="{}" + DATA[form] * 2 + NOTICE)) == [TITLE, *PARAGRAPHS]
    short = page(*paragraphs(PARAGRAPHS[0]), around="{}" + DATA[form] + NOTICE)
    assert lines(pages, short) == [TITLE, PARAGRAPHS[0]]


# --- what is article -------------------------------------------------------------------------------------------------


NAV = (
    '<div class="nav"><ul>'
    + "".join(f'<li><a href="#">{w}</a></li>' for w in ("首页", "新闻", "体育", "财经"))
    + "</ul></div>"
)
RELATED = (
    '<div class="related-news"><h3>相关新闻</h3><ul>'
    + "".join(f'<li><a href="#">第{i}条别的新闻，也写得像一句完整的话一样长</a></li>' for i in range(8))
    + "</ul><p>昨天下午，邻村也有人讲了一个很长的故事，来听的人比往年多了一倍。</p></div>"
)
FOOTER = '<div class="footer"><p>版权所有 某某网 未经许可不得转载，违者将被追究责任。</p></div>'


def test_the_article_comes_out_and_what_is_around_it_does_not(pages):
    found = lines(pages, page(around=f"{NAV}{{}}{RELATED}{FOOTER}"))
    assert found == [TITLE, *PARAGRAPHS]


def test_short_subheads_chapter_heads_lists_and_verses_stay(pages):
    short = ["第一章", "修桥", "他说：", "石头", "木头", "春风又到旧桥边", "一", "（完）"]
    body = [
        f"<p>{PARAGRAPHS[0]}</p>", "<p>第一章</p>", "<h3>修桥</h3>", f"<p>{PARAGRAPHS[1]}</p>", "<p>他说：</p>",
        "<ul><li>石头</li><li>木头</li></ul>", "<p>春风又到旧桥边</p>", f"<p>{PARAGRAPHS[2]}</p>", "<p>一</p>",
        f"<p>{PARAGRAPHS[3]}</p>", "<p>（完）</p>",
    ]  # fmt: skip
    found = lines(pages, page(*body, around=f"{NAV}{{}}{FOOTER}"))
    assert [text for text in short if text not in found] == []
    assert found[0] == TITLE
    assert [text for text in found if text in PARAGRAPHS] == PARAGRAPHS


def test_equal_paragraphs_stay_as_often_as_they_stand_there(pages):
    assert lines(pages, page(*paragraphs(*[PARAGRAPHS[0]] * 12))) == [TITLE, *[PARAGRAPHS[0]] * 12]
    assert lines(pages, page(*paragraphs(*["春风又到旧桥边"] * 60))) == [TITLE, *["春风又到旧桥边"] * 60]
    refrain = [PARAGRAPHS[0], "河水流啊流", PARAGRAPHS[1], "河水流啊流", PARAGRAPHS[2], "河水流啊流", PARAGRAPHS[3]]
    assert lines(pages, page(*paragraphs(*refrain))) == [TITLE, *refrain]


@pytest.mark.parametrize(
    "headline",
    [
        "<h1>{}</h1>", "<h2 class='x'>{}</h2>", "<div class='article-title'>{}</div>",
        "<table><tr><td>{}</td></tr></table>",
        "<div id='bt'><span>{}</span></div>", "<header class='entry'><h1>{}</h1></header>",
    ],
)  # fmt: skip
def test_the_headline_stays_whatever_element_it_is(pages, headline):
    body = "".join(paragraphs())
    html = (
        f"<html><head><title>{TITLE} - 某某网</title></head><body>{NAV}<div id='a'>{headline.format(TITLE)}"
        f"<div class='info'>来源：某某报 2020年5月6日</div></div><div id='b'>{body}</div>{FOOTER}</body></html>"
    )
    assert lines(pages, html) == [TITLE, "来源：某某报 2020年5月6日", *PARAGRAPHS]


def test_the_name_of_the_site_in_a_heading_is_not_the_headline(pages):
    logo = '<nav><h1><a href="/">某某网：每天讲一个故事，天天都有新故事</a></h1></nav>'
    assert lines(pages, page(around=f"{logo}{{}}")) == [TITLE, *PARAGRAPHS]


def test_a_byline_stays_for_the_rules_and_share_bars_between_do_not(pages):
    between = (
        '<div class="info">2020-05-06 10:11 来源：某某报</div><div class="share"><a>微信</a> 分享到 <a>微博</a></div>'
    )
    html = page().replace("</h1>", f"</h1>{between}")
    assert lines(pages, html) == [TITLE, "2020-05-06 10:11 来源：某某报", *PARAGRAPHS]


def test_names_say_nothing_about_an_element_that_holds_the_article(pages):
    html = page(
        around='<form><div class="hot share related comments"><section class="sidebar-open">{}</section></div></form>'
    )
    assert lines(pages, html) == [TITLE, *PARAGRAPHS]


def test_an_article_in_parts_of_one_class_comes_out_whole(pages):
    parts = "".join(f'<div class="part">{"".join(paragraphs(p, "小标题"))}</div>' for p in PARAGRAPHS)
    html = (
        f"<html><head><title>{TITLE}</title></head><body>{NAV}<h1>{TITLE}</h1><div>{parts}</div>{FOOTER}</body></html>"
    )
    found = lines(pages, html)
    assert [text for text in found if text in PARAGRAPHS] == PARAGRAPHS
    assert found.count("小标题") >= 3


def test_comments_longer_than_the_article_are_not_taken_for_it(pages):
    rules = "".join(
        f"<li>发表评论时请遵守第{i}条规定，不得发布与主题无关的内容，违者删除留言。</li>" for i in range(12)
    )
    html = page(
        *paragraphs(*PARAGRAPHS[:1]), around=f'{{}}<section class="comments" id="comments"><ul>{rules}</ul></section>'
    )
    assert lines(pages, html) == [TITLE, PARAGRAPHS[0]]


def test_readings_scripts_and_forms_are_no_text(pages):
    ruby = "<p><ruby>榕<rp>(</rp><rt>róng</rt><rp>)</rp></ruby>树下，大家都坐着听老人讲从前的故事。</p>"
    html = page(ruby, *paragraphs(), "<script>var a='脚本里的话，也有句号。'</script><textarea>写几句吧。</textarea>")
    assert lines(pages, html) == [TITLE, "榕树下，大家都坐着听老人讲从前的故事。", *PARAGRAPHS]


def test_text_with_line_breaks_instead_of_paragraphs(pages):
    html = page("　　" + "<br><br>　　".join(PARAGRAPHS))
    assert [line.strip("　") for line in lines(pages, html)] == [TITLE, *PARAGRAPHS]


def test_traditional_pages_are_the_same_to_it(pages):
    html = TO_HANT.convert(page(around=f"{NAV}{{}}{RELATED}{FOOTER}"))
    assert lines(pages, html) == [TO_HANT.convert(text) for text in (TITLE, *PARAGRAPHS)]


def test_metadata_is_what_the_page_states(pages):
    head = (
        '<meta charset="utf-8"><meta property="og:site_name" content="某某网"><meta name="author" content="张三">'
        '<meta property="article:published_time" content="2020-05-06T10:11:12+08:00">'
    )
    wanted = {"title": TITLE, "source": "某某网", "author": "张三", "date": "2020-05-06T10:11:12+08:00"}
    assert dict(extract(pages, page(head=head)).meta) == wanted
    assert dict(
        extract(pages, page(head='<meta charset="utf-8"><meta name="author" content="某某网编辑部">')).meta
    ) == {"title": TITLE}


def test_a_page_of_links_loses_nothing_without_a_word(pages):
    index = "".join(f'<li><a href="#">这里是第{i}条新闻的标题，点开才能看到内容</a></li>' for i in range(200))
    html = f"<html><head><title>某某网</title></head><body><ul>{index}</ul></body></html>"
    bounded(pages, html, "index")


def test_an_empty_page_gives_an_empty_text(pages):
    for html in ("", "  \n", "<html><body></body></html>", "<html><body><script>var a=1</script></body></html>"):
        assert extract(pages, html).text == ""


# --- bytes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label, written, flags",
    [
        ("utf-8", "utf-8", ()), ("gb2312", "gb18030", ()), ("gbk", "gb18030", ()), ("", "gb18030", ()),
        ("utf-8", "gb18030", ("charset-corrected",)), ("gb2312", "utf-8", ("charset-corrected",)),
        ("iso-8859-1", "gb18030", ("charset-corrected",)), ("utf-16", "utf-8", ()),
    ],
)  # fmt: skip
def test_a_label_is_believed_where_the_bytes_agree(pages, label, written, flags):
    html = page(head=f'<meta http-equiv="Content-Type" content="text/html; charset={label}">' if label else "")
    found = extract(pages, html.encode(written))
    assert (found.text, found.encoding, found.flags) == ("\n".join([TITLE, *PARAGRAPHS, ""]), written, flags)


def test_big5_comes_out_with_and_without_its_label(pages):
    text = [TO_HANT.convert(text) for text in (TITLE, *PARAGRAPHS)]
    for head in ('<meta charset="big5">', ""):
        found = extract(pages, TO_HANT.convert(page(head=head)).encode("big5-hkscs"))
        assert (found.text.split("\n")[:-1], found.encoding) == (text, "big5-hkscs")


def test_characters_beyond_gb2312_survive_its_label(pages):
    text = "𠀀㐀€镕四个字都在GB2312之外，然而标着GB2312的网页里常常有它们。"
    html = page(*paragraphs(*PARAGRAPHS, text), head='<meta charset="gb2312">')
    assert lines(pages, html.encode("gb18030")) == [TITLE, *PARAGRAPHS, text]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_more_than_a_label(pages, mark):
    found = extract(pages, page(head='<meta charset="gbk">').encode(mark))
    assert found.bom and found.text.endswith(f"{PARAGRAPHS[-1]}\n")


def test_a_label_in_a_comment_or_after_a_script_is_read_as_a_browser_would():
    assert label_of(b'<!-- <meta charset="big5"> --><meta charset=gbk>') == "gbk"
    assert label_of(b"<script>" + b"x" * 5000 + b"</script><meta charset='GB2312' />") == "gb2312"
    assert label_of(b"<p>charset=big5</p>") is None


def test_a_bad_byte_outside_of_the_article_is_a_flag_and_inside_a_refusal(pages):
    raw = page().encode()
    cut = TITLE.encode()[:-1]
    found = extract(pages, raw.replace(f"{TITLE}_故事_某某网".encode(), cut))
    assert found.flags == ("bad-bytes",) and found.text == "\n".join([TITLE, *PARAGRAPHS, ""])
    assert refused(pages, raw.replace("修桥".encode(), b"\xff", 1)).code == "E112"
    assert refused(pages, raw.replace(PARAGRAPHS[3].encode(), PARAGRAPHS[3].encode()[:-1])).code == "E112"


def test_bytes_that_are_no_text_are_refused(pages):
    assert refused(pages, gzip.compress(page().encode())).code == "E110"
    assert refused(pages, page().replace("桥", "\0").encode()).code == "E110"
    assert refused(pages, bytes(range(128, 256)) * 40).code == "E111"
    assert refused(pages, page().encode("shift_jis", "ignore") + "これは別の符号です。".encode("euc-jp") * 20).code in (
        "E111",
        "E112",
    )


def test_a_label_of_the_user_is_obeyed():
    assert decode_page(page().encode("gb18030"), "x", encoding="gbk").encoding == "gb18030"


# --- guards ----------------------------------------------------------------------------------------------------------


def test_control_characters_are_taken_out_with_a_flag(pages):
    text = "中&#1;文\x01和&#xD800;别&#0;的\x1b字&#x110000;都在，&#150;一个也没有少。"
    found = extract(pages, page(*paragraphs(), f"<p>{text}</p>"))
    assert found.text.endswith("\n中文和别的字都在，–一个也没有少。\n")
    assert found.flags == ("control-characters",)


def test_references_to_characters_stay(pages):
    found = lines(
        pages, page(*paragraphs(), "<p>&lt;b&gt; &amp; &#20013;&#x6587;&nbsp;都是寻常的字，谁也不会弄错。</p>")
    )
    assert found[-1] == "<b> & 中文\xa0都是寻常的字，谁也不会弄错。"


@pytest.mark.parametrize("entity", ['lol "哈"', 'xxe SYSTEM "file:///etc/passwd"'])
def test_an_internal_subset_neither_acts_nor_leaks(pages, entity):
    name = entity.split()[0]
    subset = f'<!DOCTYPE html [<!ENTITY {entity}><!ENTITY lol2 "&lol;&lol;">]>'
    html = page(*paragraphs(), f"<p>&{name};后面的话还在这里，一句也没有少。&lol2;</p>").replace(
        "<!DOCTYPE html>", subset
    )
    found = extract(pages, html)
    assert found.text == "\n".join([TITLE, *PARAGRAPHS, "后面的话还在这里，一句也没有少。", ""])
    assert found.flags == ("doctype-subset",)


def test_too_large_too_deep_and_too_many_attributes_are_refused(pages):
    assert refused(pages, b"<p>" + b"x" * html_guard.BYTES).code == "E113"
    assert refused(pages, page("<div>" * 3000 + PARAGRAPHS[0])).code == "E113"
    many = " ".join(f"a{i}=1" for i in range(html_guard.ATTRIBUTES + 1))
    assert refused(pages, page(f"<p {many}>{PARAGRAPHS[0]}</p>")).code == "E113"
    assert refused(pages, page(f'<p x=">" {many}>{PARAGRAPHS[0]}</p>')).code == "E113"
    assert refused(pages, page(*paragraphs(), "<!-- " + PARAGRAPHS[0] * 50)).code == "E113"


def test_depth_and_attributes_within_the_limits_are_no_matter(pages):
    for depth in (240, 260, 600):
        html = page(
            *paragraphs(), "<div>" * depth + "<p>最深的地方也有一句完整的话，谁都看得见。</p>" + "</div>" * depth
        )
        assert lines(pages, html)[-1] == "最深的地方也有一句完整的话，谁都看得见。"
    many = " ".join(f"a{i}=1" for i in range(1000))
    assert (
        lines(pages, page(*paragraphs(), f"<p {many}>属性再多，也还是一句完整的话，谁都看得见。</p>"))[1:-1]
        == PARAGRAPHS
    )


def test_quotes_and_angles_in_the_text_do_not_deceive_the_guard():
    text = page(*['<p title=5">他说"好，3 < 5 而且 5 > 3。</p>' for _ in range(3000)])
    assert html_guard.guard(text, "x").text == text


def test_script_in_text_stays_text(pages):
    html = page(*paragraphs(), "<p>&lt;script&gt;alert(1)&lt;/script&gt; 这样写的只是文字，不会做任何事。\u202e</p>")
    assert lines(pages, html)[-1].startswith("<script>alert(1)</script> 这样写的只是文字")


# --- the child -------------------------------------------------------------------------------------------------------


GOOD = "return json.dumps({'lines': ['好'], 'kept': 1.0, 'flags': [], 'meta': {}}).encode()"


def child_of(tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a worker that answers by `code`, a function body of `question`."""
    name = f"worker_{hashlib.sha256(code.encode()).hexdigest()[:8]}"
    body = "\n".join(f"    {line}" for line in code.split("\n"))
    (tmp_path / f"{name}.py").write_text(
        "import json, os, re, sys, time, signal\nfrom cleaner.formats import sandbox\n"
        f"def answer(question):\n{body}\nsandbox.bind_to_parent(int(sys.argv[1]))\nsandbox.serve(answer)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return name


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(") ", 1)[1][0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_one_child_answers_all_questions(tmp_path, monkeypatch):
    with Sandbox(child_of(tmp_path, "return question[::-1]", monkeypatch)) as box:
        assert [box.ask(q, 20) for q in (b"abc", b"", b"x" * 3_000_000)] == [b"cba", b"", b"x" * 3_000_000]
        assert box.starts == 1


def test_a_hanging_child_is_killed_at_the_deadline_and_replaced(tmp_path, monkeypatch):
    code = "if question == b'hang': time.sleep(100)\nreturn str(os.getpid()).encode()"
    with Sandbox(child_of(tmp_path, code, monkeypatch)) as box:
        first = int(box.ask(b"go", 20))
        begun = time.monotonic()
        with pytest.raises(Late):
            box.ask(b"hang", 0.3)
        assert time.monotonic() - begun < 5 and gone(first)
        assert int(box.ask(b"go", 20)) != first and box.starts == 2


def test_a_child_that_does_not_even_read_is_killed_too(tmp_path, monkeypatch):
    name = child_of(tmp_path, "return b''", monkeypatch)
    source = tmp_path / f"{name}.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace(
            "sandbox.serve(answer)", "sandbox._put(sys.stdout.buffer, b'')\ntime.sleep(100)"
        ),
        encoding="utf-8",
    )
    with Sandbox(name) as box, pytest.raises(Late):
        box.ask(b"x" * 5_000_000, 0.5)


def test_a_page_that_hangs_is_quarantined_and_the_next_one_comes_out(tmp_path, monkeypatch):
    code = f"if '慢'.encode() in question: time.sleep(100)\n{GOOD}"
    with Extractor(child_of(tmp_path, code, monkeypatch), deadline=0.5) as extractor:
        extractor.box.starting = 60
        assert refused(extractor, page("<p>慢</p>")).code == "E132"
        assert extract(extractor, page()).text == "好\n"


def test_a_child_that_dies_once_is_asked_again_and_twice_is_quarantined(tmp_path, monkeypatch):
    mark = tmp_path / "died"
    code = (
        f"if '死'.encode() in question or not os.path.exists({str(mark)!r}):\n"
        f"    open({str(mark)!r}, 'w').close(); os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{GOOD}"
    )
    with Extractor(child_of(tmp_path, code, monkeypatch)) as extractor:
        assert extract(extractor, page()).text == "好\n" and extractor.box.starts == 2
        assert refused(extractor, page("<p>死</p>")).code == "E130"
        assert extract(extractor, page()).text == "好\n"


WHOLE = {"lines": [], "kept": 1.0, "flags": [], "meta": {}}
NO_ANSWERS = [b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b"null", b'{"error": [1]}', b'{"error": 5}']
NO_ANSWERS += [
    json.dumps(WHOLE | other).encode()
    for other in (
        {"lines": 5}, {"lines": ["\ud800"]}, {"lines": [[]]}, {"meta": []}, {"meta": {"a": "\udfff"}},
        {"kept": float("nan")}, {"kept": 2}, {"kept": None}, {"flags": 3},
    )
]  # fmt: skip


def test_what_is_no_answer_quarantines_the_page_and_the_next_one_comes_out(tmp_path, monkeypatch):
    (tmp_path / "answers").write_bytes(b"\n".join(NO_ANSWERS))
    code = (
        "if not (found := re.search('怪([0-9]+)'.encode(), question)):\n"
        f"    {GOOD}\n"
        f"return open({str(tmp_path / 'answers')!r}, 'rb').read().split(b'\\n')[int(found[1])]"
    )
    with Extractor(child_of(tmp_path, code, monkeypatch)) as extractor:
        for number in range(len(NO_ANSWERS)):
            assert refused(extractor, page(f"<p>怪{number}</p>")).code == "E130", NO_ANSWERS[number]
            assert extract(extractor, page()).text == "好\n"


def test_an_answer_without_end_is_not_waited_for(tmp_path, monkeypatch):
    code = "sys.__stdout__.buffer.write(b'\\x10' * (1 << 20)); sys.__stdout__.flush(); time.sleep(100)"
    with Sandbox(child_of(tmp_path, code, monkeypatch)) as box, pytest.raises(Died):
        box.ask(b"x", 60)


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "time.sleep(100)"])
def test_a_child_that_is_never_ready_is_no_fault_of_a_page(tmp_path, monkeypatch, code):
    (tmp_path / "never.py").write_text(f"import time\n{code}\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with Extractor("never") as extractor, pytest.raises(OutputError, match="E306"):
        extractor.box.starting = 0.2
        extract(extractor, page())


def test_a_killed_child_costs_nothing(pages):
    assert extract(pages, page()).text
    child = pages.box._child
    os.kill(child.pid, signal.SIGKILL)
    assert extract(pages, page()).text == "\n".join([TITLE, *PARAGRAPHS, ""])


def test_new_replacement_characters_are_refused(tmp_path, monkeypatch):
    code = "return json.dumps({'lines': ['坏\\ufffd'], 'kept': 1.0, 'flags': [], 'meta': {}}).encode()"
    with Extractor(child_of(tmp_path, code, monkeypatch)) as extractor:
        assert refused(extractor, page()).code == "E112"
        assert extract(extractor, page(f"<p>{PARAGRAPHS[0]}\ufffd</p>")).text == "坏\ufffd\n"  # it stood there before


def test_no_child_outlives_its_parent(tmp_path, monkeypatch):
    name = child_of(tmp_path, "time.sleep(100)", monkeypatch)
    parent = (
        "import sys, os\nfrom cleaner.formats.sandbox import Sandbox\n"
        f"box = Sandbox({name!r})\nprint(box._started().pid, flush=True)\nbox.ask(b'', 100)\n"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parent.parent)])
    running = subprocess.Popen(
        [sys.executable, "-c", parent], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
    )
    assert running.stdout is not None
    child = int(running.stdout.readline())
    assert alive(child)
    running.kill()
    running.wait()
    running.stdout.close()
    assert gone(child)


def test_the_child_may_not_reach_the_network_nor_write(tmp_path, monkeypatch):
    code = (
        "import socket\nsandbox.restrict()\ntried = []\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: os.system('true'),\n"
        f"            lambda: open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x')):\n"
        "    try: act(); tried.append('done')\n"
        "    except (PermissionError, OSError) as err: tried.append(type(err).__name__)\n"
        "return json.dumps(tried).encode()"
    )
    with Sandbox(child_of(tmp_path, f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{code}", monkeypatch)) as box:
        assert json.loads(box.ask(b"", 20)) == ["PermissionError", "PermissionError", "OSError"]


def test_the_answer_hangs_on_nothing_but_the_page(pages):
    html = page(around=f"{NAV}{{}}{RELATED}{FOOTER}").encode()
    found = {extract(pages, html) for _ in range(6)}
    with Extractor() as fresh:
        found.add(extract(fresh, html))
    assert len(found) == 1


# --- the parts -------------------------------------------------------------------------------------------------------


def test_lines_are_matched_where_their_neighbours_are():
    page_lines = ["首页", "新闻", "标题", "首页", "第一段很长的话", "小标题", "第二段很长的话", "首页"]
    found, share = marked(page_lines, ["第一段很长的话", "小标题", "首页"])
    assert (sorted(found), share) == ([4, 5, 7], 1.0)


def test_a_line_that_the_extractor_joined_or_cut_is_still_found():
    long = "这是一句超过十二个字的长话一"
    found, share = marked(
        ["甲", long, "另一句也超过了十二个字的话"], [f"{long}另一句也超过了十二个字的话", "别处来的文字"]
    )
    assert sorted(found) == [1, 2] and 0.8 < share < 1
    assert sorted(marked([f"{long}，后面还有"], [long])[0]) == [0]


def test_signs_of_lists_and_tables_are_no_part_of_a_line():
    assert stripped("- 石头\n| 甲 | 乙 |\n# 标题\n1. 一") == ["石头", "甲", "乙", "标题", "一"]


def test_names_of_pages():
    assert format_of("a/b.HTM") == "html" and output_name("a/b.HTM") == "a/b.txt" and output_name("a.md") == "a.md"
    names = frozenset({"a/b.html", "c.htm"})
    assert page_of("a/b_files/frame.html", names) == "a/b.html"
    assert page_of("c_files/x/y.html", names) == "c.htm"
    assert page_of("a/other_files/frame.html", names) is None and page_of("_files/x.html", names) is None


# --- the whole run ---------------------------------------------------------------------------------------------------


def clean(*args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", "-m", "cleaner", *map(str, args)]
    path = str(Path(__file__).parent.parent)
    return subprocess.run(
        command, cwd=cwd, capture_output=True, encoding="utf-8", timeout=300, env={**os.environ, "PYTHONPATH": path}
    )


ARTICLE = "".join(f"{line}\n" for line in (TITLE, *PARAGRAPHS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, config, book):
    """A folder of saved pages and what a run makes of it; read only."""
    place = tmp_path_factory.mktemp("folder")
    src = place / "pages"
    (src / "sub" / "two_files").mkdir(parents=True)
    (src / "one.html").write_text(page(around=f"{NAV}{{}}{RELATED}{FOOTER}"), encoding="utf-8")
    (src / "sub" / "two.htm").write_bytes(page(head='<meta charset="gb2312">').encode("gb18030"))
    (src / "sub" / "two_files" / "frame.html").write_text(page(), encoding="utf-8")
    (src / "sub" / "two_files" / "style.css").write_text("p {}", encoding="utf-8")
    (src / "note.txt").write_text(f"{PARAGRAPHS[0]}\n", encoding="utf-8")
    (src / "deep.html").write_text(page("<div>" * 3000 + PARAGRAPHS[0]), encoding="utf-8")
    (src / "same.html").write_text(page(), encoding="utf-8")
    (src / "same.txt").write_text(page(), encoding="utf-8")
    result = pipeline.run(src, place / "out", config, book)
    output.write(result, place / "out")
    return src, place / "out", result


def test_pages_stand_in_out_as_texts(folder):
    _, out, result = folder
    assert (out / "one.txt").read_text(encoding="utf-8") == ARTICLE
    assert (out / "sub" / "two.txt").read_text(encoding="utf-8") == ARTICLE
    assert (out / "__report__/extracted/one.html.txt").read_text(encoding="utf-8") == ARTICLE
    assert result.exit == 3 and not output.differences(result, out)


def test_a_quarantined_page_stands_there_as_it_is(folder):
    src, out, result = folder
    assert (out / "deep.html").read_bytes() == (src / "deep.html").read_bytes()
    found = {file.path: file for file in result.records.files}["deep.html"]
    assert (found.code, found.out, found.extracted) == ("E113", "deep.html", None)


def test_frames_of_a_saved_page_are_skipped(folder):
    _, out, result = folder
    found = {file.path: file for file in result.records.files}
    assert found["sub/two_files/frame.html"].message == "part of the saved page sub/two.htm"
    assert not (out / "sub/two_files").exists()


def test_two_inputs_with_one_output_name_are_both_left_out(folder):
    _, out, result = folder
    codes = {file.path: (file.code, file.out) for file in result.records.files}
    assert codes["same.html"] == codes["same.txt"] == ("E104", None) and not (out / "same.txt").exists()


def test_the_record_says_where_the_text_came_from(folder):
    src, _, result = folder
    found = {file.path: file for file in result.records.files}
    one = found["one.html"]
    assert (one.out, one.format, one.status, one.chars_in) == ("one.txt", "html", "changed", len(ARTICLE))
    assert one.sha256_in == hashlib.sha256((src / "one.html").read_bytes()).hexdigest()
    assert one.extracted and one.extracted.sha256 == hashlib.sha256(ARTICLE.encode()).hexdigest()
    assert 0 < one.extracted.kept < 1 and one.meta == {"title": TITLE}
    assert found["sub/two.htm"].encoding == "gb18030" and found["note.txt"].extracted is None


def test_out_leads_back_to_the_extracted_text(folder):
    src, out, _ = folder
    back = {one.path: one for one in rebuild(out, read_report(out))}
    assert all(one.whole for one in back.values())
    assert back["one.html.txt"].raw == ARTICLE.encode() and back["one.html.txt"].seed == "one.html"
    assert back["note.txt"].raw == (src / "note.txt").read_bytes()
    assert back["deep.html"].raw == (src / "deep.html").read_bytes()


def test_a_page_that_is_gone_takes_its_texts_along(folder, tmp_path, config, book):
    src, out, _ = folder
    shutil.copytree(src, tmp_path / "pages")
    shutil.copytree(out, tmp_path / "out")
    (tmp_path / "pages" / "one.html").unlink()
    output.write(pipeline.run(tmp_path / "pages", tmp_path / "out", config, book), tmp_path / "out")
    left = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.txt")}
    assert left == {"note.txt", "sub/two.txt", "__report__/extracted/sub/two.htm.txt"}


def test_a_name_too_long_for_the_extracted_text_is_left_out(tmp_path, config):
    (tmp_path / f"{'桥' * 83}.html").write_text(page(), encoding="utf-8")  # 254 bytes; .txt makes it 258
    [entry] = pipeline.survey(tmp_path, None, config)
    assert entry.error is not None and entry.error.code == "E103"


def test_one_page_to_standard_output_and_no_parser_in_the_parent(tmp_path):
    (tmp_path / "page.html").write_text(page(), encoding="utf-8")
    done = clean("page.html", "-", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, ARTICLE)
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "cleaner" in loaded and not loaded & {"lxml", "trafilatura"}


# --- torture ---------------------------------------------------------------------------------------------------------


def many(count: int) -> str:
    return "".join(f"<p>第{i}天上午，大家又到村口的老榕树下坐着，听老人讲起从前的故事。</p>\n" for i in range(count))


TORTURE = {
    "siblings": page(*paragraphs(), *["<div>" * 40 + f"<p>{PARAGRAPHS[1]}</p>" + "</div>" * 40 for _ in range(40)]),
    "bold": page(*paragraphs(), "<b>" * 5000 + "深处" + "</b>" * 5000),
    "unclosed paragraphs": page("<p>他今天说了很多的话，大家都觉得很有意思。" * 500),
    "attribute": page(*paragraphs(), f'<p title="{"x" * 1_000_000}">有一个很长的属性，然而这句话还在。</p>'),
    "entities": page(*paragraphs(), f"<p>{'&amp;' * 50_000}</p>"),
    "tables": page(*paragraphs(), "<table><tr><td>" * 60 + PARAGRAPHS[1]),
    "colspan": page(*paragraphs(), "<table><tr><td colspan=99999999>甲</td></tr></table>"),
    "links": page(*paragraphs(), '<a href="x">链接</a> ' * 5000),
    "unclosed script": page(*paragraphs(), "<script>" + "if(a<b){'中文'}" * 5000),
    "quotes": page(*['<p title=5">他说"好。</p>'] * 2000),
    "equal and short": page(*["<p>他说。</p>"] * 2000),
    "plain text": "\n".join(PARAGRAPHS),
    "xml declaration": '<?xml version="1.0" encoding="gbk"?>' + page(),
    "cut off": page()[:-60],
    "a tenth of a megabyte": page(many(1000)),
}


def bounded(pages: Extractor, html: str, name: str) -> None:
    """A page is finished or refused in time, and what comes out is most of the page, or flagged."""
    begun = time.monotonic()
    try:
        found = extract(pages, html)
    except InputError as err:
        assert err.code in ("E113", "E132"), name
    else:
        whole = all(text in found.text for text in PARAGRAPHS if text in html)
        assert found.flags or found.kept > 0.9 or (whole and name in ("links", "unclosed script")), (name, found.kept)
    assert time.monotonic() - begun < pages.deadline + 8, name


@pytest.mark.parametrize("name", sorted(TORTURE))
def test_hostile_pages_lose_nothing_without_a_flag(pages, name):
    bounded(pages, TORTURE[name], name)
