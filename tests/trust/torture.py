"""Pages made to break a parser: each is finished, refused or killed in time, and loses nothing without a word.

37 pages by name, each made when it is asked for: large ones, deep ones, ones with too much of one thing, ones in the
wrong encoding, and ones that are no page. `LARGE` take seconds each.
"""

from __future__ import annotations

import gzip
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from cleaner.errors import InputError
from cleaner.formats.html import Extractor

LINES = [
    "今天上午，大家又到村口的老榕树下坐着，听老人讲起从前修桥的故事。",
    "老人说，那时候没有机器，石头都是从山上一块一块背下来的，走一趟要半天。",
    "孩子们听得入了迷，问他累不累，他笑着说，桥修好的那天，谁也不觉得累了。",
    "太阳落山的时候，有人点起了灯，故事还没有讲完，大家约好明天再来。",
]
ARTICLE = "".join(f"<p>{text}</p>\n" for text in LINES)
REFUSALS = ("E110", "E111", "E112", "E113", "E120", "E121", "E130", "E132")
TIME = 8.0  # seconds more than the deadline of the child: what is done before and after it, on a busy machine


def page(body: str, *, label: str = "utf-8", more: str = "") -> str:
    head = f'<meta charset="{label}"><title>河边的老榕树</title>' if label else "<title>河边的老榕树</title>"
    article = f'<div class="content"><h1>河边的老榕树</h1>{ARTICLE}{body}</div>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{more}{article}</body></html>"


def many(count: int) -> str:
    return "".join(f"<p>第{i}天上午，大家又到村口的老榕树下坐着，听老人讲起从前的故事。</p>\n" for i in range(count))


def _deep(depth: int) -> str:
    return page("<div>" * depth + LINES[1] + "</div>" * depth)


def _subset(declarations: str, use: str) -> str:
    return page(f"<p>{use}</p>").replace("<!DOCTYPE html>", f"<!DOCTYPE html [{declarations}]>")


def _laughs() -> str:
    names = "abcdefghij"
    rows = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names)]
    return _subset('<!ENTITY a "哈">' + "".join(rows), "&j;")


def _gb18030() -> bytes:
    return page("<p>他的名字里有𠀀字，€和镕也在。</p>", label="gb2312").encode("gb18030")


PAGES: dict[str, Callable[[], str | bytes]] = {
    "a tenth of a megabyte": lambda: page(many(1000)),
    "empty": lambda: b"",
    "plain text": lambda: "\n".join(LINES),
    "1,000 deep": lambda: _deep(1000),
    "10,000 deep": lambda: _deep(10_000),
    "50,000 bold": lambda: page("<b>" * 50_000 + "深处"),
    "billion laughs": _laughs,
    "a file of the machine": lambda: _subset('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
    "NUL": lambda: page("<p>这里有\0一个空字符。</p>").encode(),
    "lone surrogate": lambda: page("<p>这里有@@@一个。</p>").encode().replace(b"@@@", b"\xed\xa0\x80"),
    "controls": lambda: page("<p>这里有\x1b\x0b\x01和&#1;&#0;&#xD800;&#x110000;一些。</p>"),
    "XML declaration": lambda: '<?xml version="1.0" encoding="gbk"?>' + page(""),
    "gbk labelled gb2312": lambda: page("", label="gb2312").encode("gbk"),
    "gbk without a label": lambda: page("", label="").encode("gbk"),
    "gbk labelled utf-8": lambda: page("").encode("gbk"),
    "big5": lambda: page("<p>這裡有一棵很老的榕樹。</p>", label="big5").encode("big5", "xmlcharrefreplace"),
    "gb18030 labelled gb2312": _gb18030,
    "one bad byte": lambda: page("<p>这里@坏了。</p>").encode().replace(b"@", b"\xff"),
    "cut off in a character": lambda: page("").encode()[: len(page(LINES[0]).encode()) // 2 + 1],
    "UTF-16": lambda: page("").encode("utf-16"),
    "gzip": lambda: gzip.compress(page("").encode()),
    "gzip bomb": lambda: gzip.compress(b" " * 50_000_000),
    "500 tables": lambda: page("<table><tr><td>" * 500 + LINES[1]),
    "colspan": lambda: page("<table><tr><td colspan=99999999 rowspan=99999999>甲</td></tr></table>"),
    "script and bidi": lambda: page("<p>&lt;script&gt;alert(1)&lt;/script&gt;\u202e反过来的字。</p>"),
    "5 MB": lambda: page(many(45_000)),
    "19 MB": lambda: page(many(175_000)),
    "50 MB": lambda: page(many(460_000)),
    "a paragraph of 20 MB": lambda: page(f"<p>{LINES[0] * 200_000}</p>"),
    "100,000 deep": lambda: _deep(100_000),
    "200 of 200 deep": lambda: page(("<div>" * 200 + f"<p>{LINES[1]}</p>" + "</div>" * 200) * 200),
    "200,000 open paragraphs": lambda: page("<p>他说好。" * 200_000),
    "200,000 attributes": lambda: page("<p " + " ".join(f"a{i}=1" for i in range(200_000)) + ">好"),
    "an attribute of 10 MB": lambda: page(f'<p title="{"x" * 10_000_000}">好'),
    "1,000,000 references": lambda: page(f"<p>{'&amp;' * 1_000_000}"),
    "100,000 links": lambda: page('<a href="x">链接</a> ' * 100_000),
    "an open comment of 5 MB": lambda: page("<!-- " + "注" * 1_700_000),
}
LARGE = tuple(PAGES)[list(PAGES).index("5 MB") :]


class Torture:
    """The pages, one after the other. `problems` says what was lost or hung, empty if nothing was."""

    def __init__(self) -> None:
        self.figures: Counter[str] = Counter()
        self.problems: list[str] = []
        self.slowest = 0.0

    def run(self, *names: str) -> Torture:
        """Try the pages of these names, all of them if none is given."""
        with Extractor() as extractor:
            for name in names or PAGES:
                self._one(name, extractor)
        return self

    @property
    def what(self) -> str:
        """Say what came of them."""
        counts = (
            f"{self.figures['whole']} whole, {self.figures['flagged']} with a flag, {self.figures['refused']} refused"
        )
        return f"{counts} or killed; slowest {self.slowest:.1f} s"

    def _one(self, name: str, extractor: Extractor) -> None:
        made = PAGES[name]()
        raw = made.encode() if isinstance(made, str) else made
        self.figures["pages"] += 1
        begun = time.monotonic()
        try:
            found = extractor.extract(raw, "page.html")
        except InputError as err:
            self.figures["refused"] += 1
            if err.code not in REFUSALS:
                self._wrong("exits", f"{name}: {err}")
        except Exception as err:  # what it is for
            self._wrong("tracebacks", f"{name}: {type(err).__name__}: {err}")
        else:
            self.figures["flagged" if found.flags else "whole"] += 1
            whole = found.kept > 0.9 and all(text in found.text for text in LINES)
            if raw and not found.flags and not whole:
                self._wrong("lost", f"{name}: {found.kept:.2f} of it came out, and no flag says so")
            if "root:" in found.text or "哈哈" in found.text:
                self._wrong("other", f"{name}: an entity was expanded")
        spent = time.monotonic() - begun
        self.slowest = max(self.slowest, spent)
        if spent > extractor.deadline + TIME:
            self._wrong("hangs", f"{name}: {spent:.1f} s")

    def _wrong(self, figure: str, text: str) -> None:
        self.figures[figure] += 1
        self.problems.append(text)
