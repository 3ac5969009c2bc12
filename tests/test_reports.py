"""README.md and the HTML pages: what they say, and that nothing from a seed, a name or a pack becomes markup."""

from __future__ import annotations

import base64
import hashlib
import os
import posixpath
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt  # comes with rich

from cleaner.pipeline import Result
from cleaner.reports.head import committed
from cleaner.reports.html import page_names, pages
from cleaner.reports.html_compare import compare
from cleaner.reports.html_pairs import align
from cleaner.reports.markdown import to_markdown
from cleaner.reports.markdown_text import inline
from cleaner.reports.records import to_jsonl
from cleaner.reports.views import Reading, groups_of
from cleaner.show import show
from cleaner.text import Edit, splice
from tests import report_samples as samples
from tests.payloads import EVERY

ELEMENTS = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "p", "a", "b", "small", "section",
    "ul", "li", "dl", "div", "dt", "dd", "input", "span", "kbd", "main", "table", "thead", "tbody", "tr", "th",
    "td", "svg", "rect", "details", "summary", "nav", "aside", "label", "bdi", "del", "ins", "u", "i", "mark",
    "code", "em", "button", "dialog", "script", "form", "textarea", "line", "circle", "text", "caption",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "type", "id", "placeholder", "aria-label",
    "aria-hidden", "autocomplete", "href", "data-g", "data-l", "data-h", "data-stop", "dir", "open", "hidden",
    "viewbox", "preserveaspectratio", "width", "height", "role", "scope", "readonly", "method", "spellcheck",
    "data-report", "data-id", "data-of", "data-e", "data-do", "data-by", "data-was", "data-many",
    "data-word", "data-side",
    "x", "y", "cx", "cy", "r", "x1", "y1", "x2", "y2", "stroke-width",
}  # fmt: skip


def harmless(bad: str) -> str:
    """Return a text of the same size and lines that nobody could take for markup."""
    return re.sub(r"\S", "x", bad)


@cache
def hostile(bad: str) -> dict[str, str]:
    """Return the pages of a hostile report: several tests look at the same ones."""
    return made(samples.hostile(bad))


def made(sample: samples.Sample) -> dict[str, str]:
    return {name: raw.decode("utf-8") for name, raw in pages(*sample)}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def tags_of(page: str) -> _Tags:
    parser = _Tags()
    parser.feed(page)
    parser.close()
    return parser


def _kept(parsed: _Tags) -> list[str]:
    """The elements without those that set a hidden character apart from its neighbours."""
    return [tag for tag, _ in parsed.tags if tag not in ("code", "mark")]


# ---- HTML: safe


@EVERY
def test_a_page_has_our_elements_and_attributes_only(bad: str) -> None:
    for (name, page), plain in zip(hostile(bad).items(), hostile(harmless(bad)).values(), strict=True):
        parsed, like = tags_of(page), tags_of(plain)
        assert {tag for tag, _ in parsed.tags} <= ELEMENTS, name
        assert {key for _, attrs in parsed.tags for key, _ in attrs} <= ATTRIBUTES, name
        assert _kept(parsed) == _kept(like), name
        for _, attrs in parsed.tags:
            for key, value in attrs:
                assert value is None or key in ("href", "content") or re.fullmatch(r"[\w ,.%?-]*", value), (name, key)


@EVERY
def test_what_was_hostile_is_there_as_text(bad: str) -> None:
    for name, page in hostile(bad).items():
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", page) is None
        seen = re.sub(r"\s+", "", "".join(tags_of(page).text))
        for line in bad.split("\n"):
            assert re.sub(r"\s+", "", show(line)) in seen, name


@EVERY
def test_every_link_leads_to_a_page_of_the_report_and_to_a_line_that_is_there(bad: str) -> None:
    report = hostile(bad)
    assert len(report) == 6
    links = 0
    for name, page in report.items():
        for tag, attrs in tags_of(page).tags:
            href = dict(attrs).get("href")
            if href is None:
                continue
            assert tag == "a" and re.fullmatch(r"[A-Za-z0-9_.~/%#-]+", href), href
            where, _, anchor = href.partition("#")
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(where, errors="surrogateescape")))
                if where
                else name
            )
            assert target in report, href
            assert not anchor or f'id="{anchor}"' in report[target], href
            links += 1
    assert links > 10


@EVERY
def test_the_policy_allows_the_two_blocks_of_ours_and_nothing_else(bad: str) -> None:
    for page in hostile(bad).values():
        style, script = (re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
        assert len(style) == len(script) == 1
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        assert policy == (
            f"default-src 'none'; style-src '{_hash(style[0])}'; script-src '{_hash(script[0])}'; "
            "base-uri 'none'; form-action 'none'"
        )
        assert "http:" not in style[0] + script[0] and "https:" not in style[0] + script[0] and "url(" not in style[0]


def _hash(block: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()


# ---- HTML: right


def columns(page: str) -> list[tuple[str, str]]:
    """Return the text of both sides of each row."""
    tree = lxml.html.document_fromstring(page.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
    rows = tree.xpath("//div[contains(@class, 'text')]/div[starts-with(@class, 'r ')]")
    return [
        tuple("".join(row.xpath(f"./bdi[@class='{side}']")[0].itertext()) for side in ("a", "z"))  # type: ignore[misc]
        for row in rows
    ]


def test_the_columns_say_what_stood_there_and_what_stands_there_now() -> None:
    source = "題\n\n領(lǐng)導云來了。\n\n頁腳一\n頁腳二\n最後。\n"
    cut, swap, foot = source.index("("), source.index("云"), source.index("\n頁腳一")
    edits = [
        samples.edit("a.txt", source, cut, cut + 6, ""),
        samples.edit("a.txt", source, swap, swap + 1, "雲", "zh/script"),
        samples.edit("a.txt", source, foot, foot + 9, "", "zh/footer"),
    ]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    page = made((report, {"a.txt": source}, {}))["files/a.txt.html"]
    assert columns(page) == [
        ("題", "題"),
        ("", ""),
        ("領(lǐng)導云來了。", "領導雲來了。"),
        ("⏎", ""),
        ("頁腳一", ""),
        ("頁腳二", ""),
        ("最後。", "最後。"),
    ]
    assert page.count("zh/footer</bdi></a>") == 1  # two removed lines and a blank one, one label, at the first
    assert "zh/footer</bdi></a>" in page[page.index('id="L5"') : page.index('id="L6"')]
    assert '<div class="text" lang="zh-Hant">' in page


def test_353_equal_edits_are_one_group_with_one_reason() -> None:
    source = "".join(f"第{i}段領(lǐng)導\n" for i in range(353))
    edits = [
        samples.edit("a.txt", source, m.start(), m.end(), "", "zh/pinyin") for m in re.finditer(r"\(.*?\)", source)
    ]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    page = made((report, {"a.txt": source}, {"zh/pinyin": samples.rule("zh/pinyin", "The reading leaked.")}))
    article = page["files/a.txt.html"]
    assert article.count("<li id=") == 1 and article.count("The reading leaked.") == 1
    assert "<b>×353</b>" in article
    readme = to_markdown(report, {}).decode()
    assert readme.count("zh/pinyin") == 1 and "| 353 |" in readme


def test_a_proposal_changes_no_column_and_is_marked_in_both() -> None:
    source = "切片專案順利\n"
    edits = [samples.edit("a.txt", source, 2, 4, "項目", status="proposed", level="ask", pending=True)]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    page = made((report, {"a.txt": source}, {}))["files/a.txt.html"]
    assert columns(page) == [("切片專案順利", "切片專案順利")]
    assert page.count(f'<u class="ask" data-g="0" data-e="{edits[0].id}">專案</u>') == 2


def test_removed_white_space_can_be_seen() -> None:
    source = "甲\u00a0 乙\u200b丙\n"
    edits = [samples.edit("a.txt", source, 1, 3, "")]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    assert columns(made((report, {"a.txt": source}, {}))["files/a.txt.html"]) == [
        ("甲⍽␣乙\\u{200B}丙", "甲乙\\u{200B}丙")
    ]
    assert "<del>⍽␣</del>" in to_markdown(report, {}).decode()


def test_an_overlap_is_aligned_and_what_differs_is_marked() -> None:
    a, b = "前文打造先進(jìn)製造都市的目標\n", "另一篇打造先進製造城市的目標。"
    one = samples.side("a.txt", a, "打造先進(jìn)製造都市的目標")
    two = samples.side("b.txt", b, "打造先進製造城市的目標")
    at, to = a.index("都"), b.index("城")
    found = samples.overlap(one, two, ops=((at, at + 1, to, to + 1),))
    edits = [samples.edit("a.txt", a, a.index("("), a.index(")") + 1, "")]
    (row,) = align(Reading(a, edits), Reading(b, []), found)
    assert [(run.kind, run.text) for run in row.left] == [
        ("ctx", "前文"), ("same", "打造先進製造"), ("diff", "都"), ("same", "市的目標"),
    ]  # fmt: skip
    assert [(run.kind, run.text) for run in row.right][1:4] == [
        ("same", "打造先進製造"),
        ("diff", "城"),
        ("same", "市的目標"),
    ]


@given(st.data())
def test_a_source_read_piece_by_piece_gives_the_source_and_the_result(data: st.DataObject) -> None:
    source = data.draw(st.text("甲乙(\n ", max_size=24))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=8)))
    edits = [
        samples.edit("a", source, low, high, new)
        for low, high in zip(cuts[::2], cuts[1::2], strict=False)
        if (new := data.draw(st.sampled_from(["", "新", "\n"]))) != source[low:high]
    ]
    starts = [edit.start for edit in edits]
    edits = [edit for i, edit in enumerate(edits) if starts.index(edit.start) == i]
    reading = Reading(source, edits)
    places = sorted({0, len(source), *data.draw(st.lists(st.integers(0, len(source)), max_size=5))})
    read = [piece for low, high in pairwise(places) for piece in reading.pieces(low, high)]
    if source:
        assert "".join(piece.text for piece in read if piece.kind != "new") == source
        result = splice(source, [Edit(edit.start, edit.end, edit.new, edit.by) for edit in edits])
        assert "".join(piece.text for piece in read if piece.kind != "gone") == result


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.txt", "n/a.txt"], ["files/a.txt.html", "files/n/a.txt.html"]),
        (["a", "a.html/b"], ["files/a_.html", "files/a.html/b.html"]),
        (["a_", "a.html/b", "a"], ["files/a_.html", "files/a.html/b.html", "files/a__.html"]),
    ],
)
def test_no_page_stands_in_the_way_of_another(paths: list[str], names: list[str]) -> None:
    found = page_names(paths)
    assert sorted(found.values()) == sorted(set(found.values()))
    assert {posixpath.dirname(name) for name in found.values()}.isdisjoint(found.values())
    assert [found[path] for path in paths] == names or len(paths) == 3


def test_a_long_name_still_fits_into_a_folder_and_stays_unique() -> None:
    found = page_names(["縣" * 84 + "甲", "縣" * 84 + "乙"])
    assert len(set(found.values())) == 2
    assert all(len(name.rpartition("/")[2].encode()) <= 255 for name in found.values())


@pytest.mark.parametrize("path", ["../a.txt", "/etc/passwd", "a/../../b", ""])
def test_a_path_that_leads_out_of_the_report_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="relative"):
        page_names([path])


def test_the_five_seeds_give_pages_whose_right_column_is_the_file_in_out(result: Result) -> None:
    """White space that an edit put is shown by a sign, so the columns are compared without any."""

    def bare(text: str) -> str:
        return re.sub(r"[\s␣⇥⏎⍽□]+|\\u\{[0-9A-F]+\}", "", text)

    names = {file.path: f"files/{file.path}.html" for file in result.records.files}
    made_pages = {name.partition("__report__/")[2]: raw.decode() for name, raw in result.pages()}
    for path, name in names.items():
        rows = columns(made_pages[name])
        assert bare("".join(right for _, right in rows)) == bare(result.texts[path].decode())


# ---- Markdown


def rendered(markdown: str) -> _Tags:
    return tags_of(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


MARKDOWN_ELEMENTS = {
    "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "del", "ins", "code", "details",
    "summary", "ul", "li",
}  # fmt: skip
WAKES = re.compile(r"@\w|\w#\d|#\d|!\d|://|www\.|\w@|:\w+:|\$|[0-9a-f]{7}|[A-Z]-\d|https?:")


def outside_code(markdown: str) -> Iterator[str]:
    """Yield each stretch of text that a code host would look through for things to link."""
    tree = lxml.html.fragment_fromstring(
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown),
        create_parent="div",
    )
    for element in tree.iter():
        if element.tag != "code":
            yield element.text or ""
        yield element.tail or ""


@EVERY
def test_a_readme_has_our_elements_only_and_no_attribute(bad: str) -> None:
    parsed = rendered(to_markdown(*samples.hostile(bad)[::2]).decode())
    like = rendered(to_markdown(*samples.hostile(harmless(bad))[::2]).decode())
    assert {tag for tag, _ in parsed.tags} <= MARKDOWN_ELEMENTS
    assert not any(attrs for _, attrs in parsed.tags)
    assert [t for t, _ in parsed.tags if t != "code"] == [t for t, _ in like.tags if t != "code"]


@EVERY
def test_no_code_host_finds_anything_to_link_in_a_readme(bad: str) -> None:
    for text in outside_code(to_markdown(*samples.hostile(bad)[::2]).decode()):
        assert WAKES.search(text) is None, text


@given(st.text(st.sampled_from("甲乙 aZ09@#!:/.\\`|<>&*_~[](){}$^%-+='\"\n\t\u202e\x1b"), max_size=30))
def test_any_text_comes_through_markdown_as_the_same_text(text: str) -> None:
    parsed = rendered(f"| x |\n| --- |\n| 甲{inline(text)} |\n")
    assert {tag for tag, _ in parsed.tags} <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert len([tag for tag, _ in parsed.tags if tag == "td"]) == 1
    assert "".join("".join(parsed.text).split()) == "".join(("x甲" + show(text.replace("\n", "⏎"))).split())


def test_a_readme_says_what_waits_and_how_to_look_closer() -> None:
    source = "稳步走在365bet体育在线前列。\n"
    edits = [
        samples.edit("新 聞/a.txt", source, 4, 14, "〓", "zh/bet", pending=True,
                     candidates=(samples.CandidateRecord("全省", 0.9),))
    ]  # fmt: skip
    text = to_markdown(samples.records([samples.file("新 聞/a.txt", source, edits)], edits), {}).decode()
    assert "## Waiting for a decision: 1 place in 1 group" in text
    assert "稳步走在<del>365bet体育在线</del><ins>〓</ins>前列" in text
    assert "candidates: 全省 (0.90)" in text
    assert "`clean explain '新 聞/a.txt:1'`" in text


def test_a_long_readme_is_cut_and_says_so() -> None:
    source = "甲乙\n"
    edits = {f"{i:03}.txt": [samples.edit(f"{i:03}.txt", source, 0, 1, "")] for i in range(60)}
    files = [samples.file(path, source, found) for path, found in edits.items()]
    text = to_markdown(samples.records(files, [e for found in edits.values() for e in found]), {}).decode()
    assert text.count("<summary>") == 50
    assert "… and 10 more files: report.jsonl beside this page has all of them." in text

    long = "".join(f"{chr(0x4E00 + i)}\n" for i in range(250))
    many = [samples.edit("a.txt", long, 2 * i, 2 * i + 1, "", f"zh/r{i}") for i in range(250)]
    text = to_markdown(samples.records([samples.file("a.txt", long, many)], many), {}).decode()
    assert text.count("`zh/r") == 200
    assert "… and 50 more groups" in text


def test_only_reuse_stands_open_in_a_readme() -> None:
    text, other = "貫徹落實精神", "貫徹落實精神。"
    reuse = samples.overlap(samples.side("a", text, text), samples.side("b", other, text))
    formula = samples.overlap(reuse.a, reuse.b, kind="formula", cluster="c2", verdict="a set phrase")
    within = samples.overlap(reuse.a, reuse.a, cluster=None, verdict="twice")
    report = samples.records(
        [samples.file("a", text, []), samples.file("b", other, [])], [], [reuse, formula, within],
        [samples.cluster("c1", [reuse]), samples.cluster("c2", [formula])],
    )  # fmt: skip
    readme = to_markdown(report, {}).decode()
    assert readme.index("### c1") < readme.index("<details>") < readme.index("### c2") < readme.index("twice")


# ---- both


def test_reports_are_the_same_bytes_for_any_hash_seed() -> None:
    code = (
        "import hashlib\nfrom tests.report_samples import hostile\nfrom cleaner.reports.html import pages\n"
        "from cleaner.reports.markdown import to_markdown\nsample = hostile('<b>x @y')\n"
        "print(hashlib.sha256(repr(list(pages(*sample))).encode() + to_markdown(*sample[::2])).hexdigest())\n"
    )
    runs = set()
    for seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, check=True)
        runs.add(done.stdout)
    assert len(runs) == 1


def test_a_long_article_with_many_edits_is_rendered_in_linear_time() -> None:
    def seconds(size: int) -> float:
        source = "領(lǐng)導專案來了" * size  # one line: the worst case for everything that works by line
        edits = [samples.edit("a.txt", source, m.start(), m.end(), "") for m in re.finditer(r"\(.*?\)", source)]
        asks = [
            samples.edit("a.txt", source, m.start(), m.end(), "項目", "zh/ask", status="proposed")
            for m in re.finditer("專案", source)
        ]
        every = sorted([*edits, *asks], key=lambda edit: edit.start)
        report = samples.records([samples.file("a.txt", source, every)], every)
        start = time.process_time()
        assert len(dict(pages(report, {"a.txt": source}, {}))) == 4  # with the pages of two rules
        return time.process_time() - start

    seconds(10)
    assert min(seconds(4000) for _ in range(2)) < 12 * max(seconds(1000), seconds(1000), 0.01)


def test_equal_edits_of_two_fates_are_two_groups() -> None:
    source = "甲甲"
    edits = [
        samples.edit("a", source, 0, 1, "乙"),
        samples.edit("a", source, 1, 2, "乙", status="kept"),
    ]
    assert [(group.status, len(group.edits)) for group in groups_of(edits)] == [("applied", 1), ("kept", 1)]


# ---- rules, clusters, and what a change does


def test_the_page_of_a_rule_has_every_hit_in_its_context_rare_forms_last() -> None:
    source = "甲(lǐng)乙(lǐng)丙(dǎo)丁\n"
    edits = [samples.edit("a.txt", source, m.start(), m.end(), "", "zh/ruby") for m in re.finditer(r"\(.*?\)", source)]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    page = made((report, {"a.txt": source}, {"zh/ruby": samples.rule("zh/ruby", "A reading leaked.")}))
    rule = page["rules/zh.ruby.html"]
    tree = lxml.html.document_fromstring(rule)
    forms = ["".join(form.itertext()).split() for form in tree.xpath("//section/h2")]
    assert [form[0] for form in forms] == ["(lǐng)", "(dǎo)"]
    hits = ["".join(hit.xpath("./span[@class='han']")[0].itertext()) for hit in tree.xpath("//li[@data-stop]")]
    assert hits == [source.replace("\n", "⏎")] * 3
    assert rule.count('href="../files/a.txt.html#L1"') == 3
    assert 'href="rules/zh.ruby.html"' in page["index.html"]


def _cluster(count: int) -> samples.Sample:
    texts = {f"{i:02}.txt": f"第{i}篇：貫徹落實精神推動發展。\n" for i in range(count)}
    sides = [samples.side(path, text, "貫徹落實精神推動發展") for path, text in texts.items()]
    found = [samples.overlap(a, b) for a, b in pairwise(sides)]
    cluster = samples.cluster("c1", found, source="01.txt")
    return samples.records([samples.file(p, t, []) for p, t in texts.items()], [], found, [cluster]), texts, {}


def test_a_cluster_is_a_picture_and_the_same_as_a_table() -> None:
    tree = lxml.html.document_fromstring(made(_cluster(5))["clusters/c1.html"])
    assert [node.text for node in tree.xpath("//svg/text")] == ["1", "2", "3", "4", "5"]
    assert tree.xpath("//svg/text[@class='first']")[0].text == "2"
    assert len(tree.xpath("//svg/line")) == 4
    matrix = [[cell.text_content() for cell in row] for row in tree.xpath("//table[@class='matrix']/tbody/tr")]
    assert matrix[1] == ["2", "0.97", "–", "0.97", "", ""]
    for href in tree.xpath("//table[@class='matrix']//a/@href"):
        assert tree.xpath("//section[@id=$id]", id=href[1:])
    assert len(tree.xpath("//table[@class='members']/tbody/tr")) == 5


@pytest.mark.parametrize("count", [2, 25])
def test_a_cluster_that_no_picture_could_show_has_none(count: int) -> None:
    page = made(_cluster(count))["clusters/c1.html"]
    assert "<circle" not in page and "members" in page


def test_what_a_change_of_rules_does_is_told_rule_by_rule() -> None:
    source, other = "甲乙丙。\n", "丁。\n"
    kept, went = samples.edit("a.txt", source, 0, 1, "", "zh/one"), samples.edit("a.txt", source, 1, 2, "", "zh/old")
    came = samples.edit("a.txt", source, 2, 3, "貳", "zh/new")
    mine = samples.edit("b.txt", other, 0, 1, "", "zh/one")
    then = samples.records(
        [samples.file("a.txt", source, [kept, went]), samples.file("b.txt", other, [mine])], [kept, went, mine]
    )
    edited = samples.file("b.txt", other + "更。\n", [mine], sha256_in="2" * 64)
    now = samples.records(
        [samples.file("a.txt", source, [kept, came]), edited, samples.file("c.txt", "戊。\n", [])], [kept, came, mine]
    )
    found = compare(then, now)
    assert {shift.rule: (len(shift.came), len(shift.went)) for shift in found.shifts} == {
        "zh/new": (1, 0),
        "zh/old": (0, 1),
    }
    assert [file.path for file in found.added] == ["c.txt"]
    assert [(file.path, before, after) for file, before, after in found.edited] == [("b.txt", 1, 1)]
    texts = {"a.txt": source, "b.txt": other, "c.txt": "戊。\n"}
    report = {name: raw.decode() for name, raw in pages(now, texts, {}, then)}
    assert "1 change new, 1 gone, in 1 article" in report["index.html"]
    assert "3 seeds" not in report["index.html"] and "2 seeds added, deleted or edited" in report["index.html"]
    assert report["compare.html"].count('class="came"') == report["compare.html"].count('class="went"') == 1
    assert not compare(now, now)
    assert "compare.html" not in made((now, texts, {}))


def test_the_report_of_the_last_commit_is_compared_with_and_may_be_missing(tmp_path: Path, result: Result) -> None:
    out = tmp_path / "out"
    assert committed(out) is None
    out.mkdir()
    assert committed(out) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert committed(out) is None
    (out / "__report__").mkdir()
    (out / "__report__/report.jsonl").write_bytes(to_jsonl(result.records))
    assert committed(out) is None
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    (out / "__report__/report.jsonl").write_bytes(b"")
    assert committed(out) == result.records
    (out / "__report__/report.jsonl").write_bytes(b"{}\n")
    subprocess.run([*git, "commit", "-qam", "of another version"], check=True)
    assert committed(out) is None
