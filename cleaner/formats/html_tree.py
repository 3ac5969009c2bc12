"""A page as lines: one block element a line, in document order, each with what its markup says of it.

This dump, not the output of an extractor, is where the extracted text is taken from: it keeps the exact characters,
equal paragraphs (trafilatura makes n of them one) and the order of the page. Only the child process imports this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree, html
from lxml.html import HtmlElement


def names(text: str) -> frozenset[str]:
    """Return the words of a text: long lists of names are easier to read and to change so."""
    return frozenset(text.split())


# Elements that a browser lays out as blocks, by the rendering section of the HTML standard
# (https://html.spec.whatwg.org/multipage/rendering.html), and `br`.
BLOCKS = names(
    """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol
    optgroup option p pre search section select summary table tbody td tfoot th thead tr ul
    """
)
# What a reader never sees as text of the page: code, form fields, the stand-in for what was not loaded, readings.
UNSEEN = names(
    """
    annotation annotation-xml applet audio base canvas embed frame frameset head iframe input link meta noembed
    noframes noscript object param rp rt rtc script style svg template textarea title video
    """
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_SPACE = re.compile(r"[ \t\n\r\f\v]+")  # white space of HTML: U+3000 and no-break spaces are characters of the text
# Not `visibility`: pages hide all until they are loaded
_HIDDEN = re.compile(r"display\s*:\s*none|\b(?:left|top)\s*:\s*-\d{3,}(?:px|em)", re.IGNORECASE)
_GONE = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ue000-\uf8ff\x00-\x1f\x7f-\x9f]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_WORD = re.compile(r"\w+")
_STOP = re.compile(r"[。！？；…]|(?<=[\u4e00-\u9fff])[!?;]|[.!?](?=\s|$)")


def key(text: str) -> str:
    """Return what is left of a line when white space and what extractors drop in silence is taken out."""
    return _GONE.sub("", text)


def han_of(text: str) -> int:
    """Return how many Han characters a text has. Found in runs: twice as fast as one by one."""
    return sum(map(len, _HAN.findall(text)))


def letters_of(text: str) -> int:
    """Return how many letters and digits a text has."""
    return sum(map(len, _WORD.findall(text)))


def _weight(text: str, key: str, han: int) -> int:
    """Return how much text this is: its Han characters, or a third of its characters where it has nearly none."""
    return han if han * 5 >= len(text) else max(han, len(key) // 3)


@dataclass(eq=False, slots=True)
class Block:
    """One line of the page. `element` is the block it stands in; `linked` counts its letters and digits inside links.

    `is_link` says whether (nearly) all of it is inside links; brackets and bars between them do not count.
    """

    text: str
    element: HtmlElement
    linked: int
    key: str = field(init=False)
    weight: int = field(init=False)
    han: int = field(init=False)
    prose: bool = field(init=False)
    is_link: bool = field(init=False)

    def __post_init__(self) -> None:
        self.key = key(self.text)
        self.han = han_of(self.text)
        self.weight = _weight(self.text, self.key, self.han)
        self.prose = self.weight >= 20 and _STOP.search(self.text) is not None
        self.is_link = self.linked > 0 and self.linked * 10 >= letters_of(self.key) * 8

    @property
    def tag(self) -> str:
        return str(self.element.tag)


def parse(text: str, *, deep: bool) -> tuple[HtmlElement | None, bool]:
    """Return the tree of a page (None if nothing is in it), and whether the parser gave up on a part of it.

    libxml2 gives up, and says so only in its log, below 255 levels and at a text of 10 MB; with `deep` at 2 048
    levels and 1 GB (measured with libxml2 2.14: beyond, the text is gone without an exception).
    """
    parser = html.HTMLParser(encoding="utf-8", huge_tree=deep, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except etree.ParserError:  # "Document is empty"
        root = None
    return root, any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def blocks(root: HtmlElement) -> list[Block]:
    """Return the lines of a page."""
    return _Dump(root).blocks()


class _Dump:
    """Walks a tree and closes a line wherever a block begins or ends. No recursion: a page may be 2 000 deep."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.parts: list[str] = []
        self.linked = 0
        self.links = self.pre = 0
        self.inside: list[HtmlElement] = []
        self.found: list[Block] = []

    def blocks(self) -> list[Block]:
        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if tag in UNSEEN:
                    walk.skip_subtree()
                elif isinstance(tag, str):
                    self._open(element, tag)
                continue
            if tag not in UNSEEN and isinstance(tag, str):
                self._shut(tag)
            if element is not self.root and (tail := element.tail):
                self._take(tail)
        self._flush()
        return self.found

    def _open(self, element: HtmlElement, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
            if tag != "br":
                self.inside.append(element)
        self.links += tag == "a"
        self.pre += tag == "pre"
        if text := element.text:
            self._take(text)

    def _shut(self, tag: str) -> None:
        if tag in BLOCKS:
            self._flush()
            if tag != "br":
                self.inside.pop()
        self.links -= tag == "a"
        self.pre -= tag == "pre"

    def _take(self, text: str) -> None:
        if not self.pre:
            self._add(text)
            return
        for i, piece in enumerate(text.split("\n")):
            if i:
                self._flush()
            self._add(piece)

    def _add(self, piece: str) -> None:
        self.parts.append(piece)
        if self.links:
            self.linked += letters_of(key(piece))

    def _flush(self) -> None:
        if not self.parts:
            return
        text = _SPACE.sub(" ", "".join(self.parts)).strip()
        linked = self.linked
        self.parts.clear()
        self.linked = 0
        if key(text):
            self.found.append(Block(text, self.inside[-1] if self.inside else self.root, linked))


def hidden(element: HtmlElement) -> bool:
    """Say whether an element is not shown, as far as its own attributes tell."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )
