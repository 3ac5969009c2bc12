"""A page as lines: one block element a line, in document order, each with what its markup says of it.

This dump, not the output of an extractor, is where the extracted text is taken from: it keeps the exact characters,
equal paragraphs (trafilatura makes n of them one) and the order of the page. Only the child process imports this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w")
_STOP = re.compile(r"[。！？；…]|(?<=[\u4e00-\u9fff])[!?;]|[.!?](?=\s|$)")


def key(text: str) -> str:
    """Return what is left of a line when white space and what extractors drop in silence is taken out."""
    return _GONE.sub("", text)


def weight_of(text: str) -> int:
    """Return how much text this is: its Han characters, or a third of its characters where it has nearly none."""
    han = len(_HAN.findall(text))
    return han if han * 5 >= len(text) else max(han, len(key(text)) // 3)


@dataclass(eq=False, slots=True)
class Block:
    """One line of the page. `element` is the block it stands in; `linked` counts its letters and digits inside links.

    `inline` are the names of the elements inside it that hold all of its text (a line that is one `<strong>`).
    """

    text: str
    element: HtmlElement
    linked: int
    key: str = field(init=False)
    weight: int = field(init=False)
    prose: bool = field(init=False)

    def __post_init__(self) -> None:
        self.key = key(self.text)
        self.weight = weight_of(self.text)
        self.prose = self.weight >= 20 and _STOP.search(self.text) is not None

    @property
    def is_link(self) -> bool:
        """Whether (nearly) all of it is inside links; brackets and bars between them do not count."""
        return self.linked * 10 >= len(_WORD.findall(self.key)) * 8 and self.linked > 0

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
    return list(_Dump(root))


class _Dump:
    """Walks a tree and closes a line wherever a block begins or ends. No recursion: a page may be 2 000 deep."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self.parts: list[str] = []
        self.linked = 0
        self.links = self.pre = 0
        self.inside: list[HtmlElement] = []

    def __iter__(self) -> Iterator[Block]:
        walk = etree.iterwalk(self.root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if not isinstance(tag, str):
                if event == "end":
                    yield from self._take(element.tail)
                continue
            if event == "start":
                if tag in UNSEEN:
                    walk.skip_subtree()
                    continue
                yield from self._open(element, tag)
            else:
                yield from self._shut(element, tag)
        yield from self._flush()

    def _open(self, element: HtmlElement, tag: str) -> Iterator[Block]:
        if tag in BLOCKS:
            yield from self._flush()
            if tag != "br":
                self.inside.append(element)
        self.links += tag == "a"
        self.pre += tag == "pre"
        yield from self._take(element.text)

    def _shut(self, element: HtmlElement, tag: str) -> Iterator[Block]:
        if tag not in UNSEEN:
            if tag in BLOCKS:
                yield from self._flush()
                if tag != "br":
                    self.inside.pop()
            self.links -= tag == "a"
            self.pre -= tag == "pre"
        if element is not self.root:
            yield from self._take(element.tail)

    def _take(self, text: str | None) -> Iterator[Block]:
        if not text:
            return
        pieces = text.split("\n") if self.pre else [text]
        for i, piece in enumerate(pieces):
            if i:
                yield from self._flush()
            self.parts.append(piece)
            if self.links:
                self.linked += len(_WORD.findall(key(piece)))

    def _flush(self) -> Iterator[Block]:
        text = _SPACE.sub(" ", "".join(self.parts)).strip()
        linked = self.linked
        self.parts.clear()
        self.linked = 0
        if key(text):
            yield Block(text, self.inside[-1] if self.inside else self.root, linked)


def hidden(element: HtmlElement) -> bool:
    """Say whether an element is not shown, as far as its own attributes tell."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN.search(element.get("style") or ""))
    )
