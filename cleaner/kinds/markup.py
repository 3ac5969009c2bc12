"""Undo what is left of markup in a line of text: entities (&nbsp;) and tags of HTML (<br>).

Only what HTML knows is touched: `<3`, `<书名>` and `AT&T` stay. A text that writes about markup keeps all of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import ClassVar, Literal

from cleaner.context import Context, Proposal

_ENTITY = re.compile(
    r"&(?:amp;)?(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|(nbsp)(?![A-Za-z0-9=;]))"
)
_TAG = re.compile(
    r"""<(/?)(p|br|div|span|font|img|table|tbody|tr|td|th|ul|ol|li|h[1-6]|center|strong|em|hr|sup|sub|blockquote|section
       |article|iframe|input|label|o:p|a|b|i|u)((?:\s[^<>\n]{0,300})?)\s?(/?)>""",
    re.VERBOSE | re.IGNORECASE,
)
_BREAKS = frozenset(("br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6"))  # what began or ended a line
_TALK = re.compile(
    r"HTML|XML|CSS|JavaScript|网页|網頁|标签|標籤|代码|代碼|程式|源码|實體|实体|转义|轉義|跳脫|语法|語法|`|<code|<\?",
    re.I,
)
_ATTRIBUTES = re.compile(r"""(?:\s+[a-z:_-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*\s*""", re.IGNORECASE)


@dataclass(frozen=True)
class Markup:
    """`what` says which: entities become their characters; tags go, those that break a line leave a line end."""

    stage: ClassVar = "characters"

    what: Literal["entities", "tags"]

    def __call__(self, context: Context) -> Iterator[Proposal]:
        text = context.text
        if self.what == "entities":
            if "&" in text and not _TALK.search(text):
                yield from _entities(text)
        elif "<" in text and not _TALK.search(_TAG.sub("", text)):
            yield from _tags(text)


def _entities(text: str) -> Iterator[Proposal]:
    for match in _ENTITY.finditer(text):
        name = match.group(1) or match.group(2)  # &nbsp is known without its semicolon too
        if name[0] != "#" and f"{name};" not in html5:
            continue
        char = html.unescape(f"&{name};").replace("\u00a0", " ")
        if char and char.isprintable() and "\ufffd" not in char:
            yield Proposal(match.start(), match.end(), char)


def _tags(text: str) -> Iterator[Proposal]:
    for match in _TAG.finditer(text):
        closing, name, attributes, _ = match.groups()
        name = name.lower()
        attributes = attributes.rstrip().removesuffix("/")  # <img src='a.jpg'/>
        if not _ATTRIBUTES.fullmatch(attributes):
            continue
        if len(name) == 1 and name != "p" and not attributes and not re.search(f"</{name}>", text, re.IGNORECASE):
            continue  # a<b>c is a comparison
        breaks = name in _BREAKS and (closing or name == "br")
        at_edge = text[match.end() : match.end() + 1] in ("", "\n") or text[
            max(0, match.start() - 1) : match.start()
        ] in ("", "\n")
        yield Proposal(match.start(), match.end(), "\n" if breaks and not at_edge else "")
