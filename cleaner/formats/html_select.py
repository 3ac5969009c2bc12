"""Which lines of a page are its article: an extractor's votes, the page's structure, and what its names say.

An extractor alone loses headlines, short subheads and repeated paragraphs, and keeps related lists (trafilatura 2.3 on
47 Chinese pages: body .993, precision .845, titles 43 of 48). Its votes are good at the one thing that is hard without
them, to say where the article is. So they only find the *core*, the element with most of the kept prose; inside it,
from its first to its last kept paragraph, every line stays that is not marked as something else.

Names of classes and ids are evidence only below an element that holds the article: `<body class="has-sidebar">` says
nothing. No name here belongs to one site.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lxml.html import HtmlElement

from cleaner.formats.html_tree import HEADINGS, Block, hidden, key, names

CORE = 0.8  # share of the kept prose that the core holds at least
AGREED = 0.5  # share of the looser answer's prose below which the stricter one has lost too much
FAR = 0.25  # share of the densest text of the page below which an extractor has taken something else for the article
LONG = 120  # characters that no headline has
SURE = 0.9  # likeness to a title of the page with which a heading is its headline
LIKELY = 0.2  # likeness to a headline that one has at least: called so by its class, or a small heading
NEAR = 30  # lines under the headline in which the article begins: byline, tools, pictures
GAP = 8  # links one after the other that make a list of them
ASIDE = 0.2  # share of the kept prose from which an element is no aside, whatever its name
MOST = 0.5  # share of an extractor's prose that makes an element the article's, before any is believed

_NOISE_TAGS = names("nav footer aside button select optgroup option menu dialog form")
_NOISE_ROLES = names(
    """
    alert alertdialog banner complementary contentinfo dialog menu menubar navigation search toolbar tablist
    """
)
# What site makers all over the Chinese web call the parts that are not the article, English and pinyin.
_NOISE_WORDS = names(
    """
    nav navbar navigation navi menu submenu breadcrumb breadcrumbs crumb crumbs bread daohang mianbaoxie footer foot
    copyright copyrights copyinfo icp beian disclaimer disclaim declare declaration statement shengming shenming
    mianze banquan dibu share shares sharing sharebar sharebox social sns bdshare bshare jiathis bdsharebuttonbox
    addthis sharethis fenxiang related relate relation relational relates relatednews xgxw xgyd xiangguan recommend
    recommended recommends recommendation recommendations recommand recom tuijian guess youlike maylike interest
    interested readmore hot hotnews hots hotlist rank ranks ranking ranklist paihang paihangbang popular mostread
    mostviewed trending remen latest newest zuixin comment comments commentbox commentlist cmt reply replies pinglun
    disqus changyan livere ad ads adv advert adverts advertise advertisement advertising adbox adsbygoogle guanggao
    sponsor sponsored promo promotion promote banner banners sidebar side sider aside leftbar rightbar rightcol
    rightcolumn leftcolumn rightside leftside tag tags taglist tagcloud hashtag hashtags keyword keywords guanjianci
    biaoqian toolbar toolbox tools tool function functions fontsize textsize login logout signin signup register
    passport search searchbox searchbar sousuo qrcode qrcodes qr erweima ewm weixin wechat weibo pager pagination
    paging pagebar pagenav pagelist pagebox fanye prev prevnext nextprev adjacent shangxiaye subscribe subscription
    newsletter dingyue popup popin modal toast overlay cookie cookies privacy gdpr langbar languagebar download
    downloads xiazai appdownload vote votes poll survey digg praise zan dianzan mood xinqing jubao feedback fankui
    friendlink friendlinks friendslink yqlj youlian youqinglianjie sitemap widget widgets weather tianqi calendar
    backtop gotop totop backtotop
    """
)
# Those that even a kept paragraph obeys: they are written around notices that read like prose.
_CERTAIN = names(
    """
    copyright copyrights copyinfo disclaimer disclaim declare declaration statement shengming shenming mianze
    banquan share sharebar bdshare jiathis related relate relatednews recommend recommended tuijian qrcode erweima
    ewm footer comments commentlist cookie cookies privacy
    """
)
_PARAGRAPHS = frozenset(("p", "span", "font", "li", "dd", "pre", "blockquote", *HEADINGS))
_PICTURE_WORDS = names("caption captions picinfo photo photos pic pics img image images picture gallery")
_TITLE_WORDS = names("title headline heading tit biaoti dabiaoti bt subtitle subtit fubiaoti yinti zhubiaoti")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BYLINE = re.compile(
    r"""
    (?:19|20)\d\d \s? [-/.年] \s? \d{1,2} \s? [-/.月] \s? \d{1,2} | \d{1,2}:\d\d
    | (?:来源|來源|出处|出處|作者|记者|記者|编辑|編輯|责编|責編|文章来源|原标题|原標題|发布|發布|發佈|更新) \s* [:：/／]
    | [（(／/] \s* (?:記者|记者|文|撰文|編輯) | (?:報導|报道|撰文) \s* $
    """,
    re.VERBOSE,
)
_SPLIT = re.compile(r"[\s\-_0-9]+")
_LETTER = re.compile(r"[^\W\d_]")
_MARKUP = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Return a line as headlines are compared: without white space, punctuation and case."""
    return _MARKUP.sub("", key(text)).casefold()


def words(element: HtmlElement) -> frozenset[str]:
    """Return the words of an element's class and id, in lower case: `relatedNews-box` is related, news, box."""
    called = f"{element.get('class') or ''} {element.get('id') or ''}"
    parts = [*_WORD.findall(called), *_SPLIT.split(called)]  # camelCase, and as it is written
    return frozenset(part.lower() for part in parts if part)


@dataclass(frozen=True)
class Chosen:
    """The article: numbers of lines in order, which of them is the headline, and whether an extractor found it."""

    lines: tuple[int, ...]
    headline: int | None
    core: HtmlElement
    found: bool


class Page:
    """A page's lines with what the structure says of each; questions about an element are answered once."""

    def __init__(self, root: HtmlElement, blocks: Sequence[Block]) -> None:
        self.root = root
        self.blocks = blocks
        self._marks: dict[HtmlElement, tuple[bool, bool]] = {}
        self.paths = [self._path(block) for block in blocks]

    def _path(self, block: Block) -> tuple[HtmlElement, ...]:
        """Return the elements around a line, outermost first."""
        return (*reversed(tuple(block.element.iterancestors())), block.element)

    def _mark(self, element: HtmlElement) -> tuple[bool, bool]:
        """Say whether an element's own markup calls it something else than article, and whether certainly so."""
        if element not in self._marks:
            found = words(element)
            certain = bool(found & _CERTAIN)
            noise = (
                certain or bool(found & _NOISE_WORDS) or element.tag in _NOISE_TAGS
                or element.get("role") in _NOISE_ROLES or hidden(element)
            )  # fmt: skip
            self._marks[element] = noise, certain
        return self._marks[element]

    def noise(self, number: int, holders: frozenset[HtmlElement] = frozenset(), *, certain: bool = False) -> bool:
        """Say whether an element around a line, that is not one of `holders`, is marked as something else."""
        return any(self._mark(element)[certain] for element in self.paths[number] if element not in holders)

    def prose(self, votes: Sequence[frozenset[int]]) -> frozenset[int]:
        """Return the lines that read as prose, are no links, and stand in nothing that is marked as something else.

        What holds most of what an extractor kept is the article's, whatever it is called.
        """
        texts = frozenset(i for i, block in enumerate(self.blocks) if block.prose and not block.is_link)
        holders = frozenset().union(*(self.holders(vote & texts, MOST) for vote in votes), self.holders((), MOST))
        found = frozenset(i for i in texts if not self.noise(i, holders))
        return found or frozenset(i for i in texts if not self.noise(i, self.holders(texts, MOST)))

    def weigh(self, numbers: Iterable[int]) -> int:
        return sum(self.blocks[i].weight for i in numbers)

    def shares(self, numbers: Iterable[int]) -> dict[HtmlElement, int]:
        """Return how much of some lines each element holds."""
        found: dict[HtmlElement, int] = defaultdict(int)
        for i in numbers:
            for element in self.paths[i]:
                found[element] += self.blocks[i].weight
        return found

    def holders(self, numbers: Iterable[int], share: float) -> frozenset[HtmlElement]:
        """Return the elements that hold that share of some lines, and html and body."""
        numbers = list(numbers)
        least = share * self.weigh(numbers)
        held = {element for element, weight in self.shares(numbers).items() if weight >= least}
        return frozenset(held | set(self.root.iter("html", "body")))

    def core(self, numbers: Iterable[int]) -> HtmlElement:
        """Return the lowest element that holds at least `CORE` of some lines."""
        numbers = list(numbers)
        least = CORE * self.weigh(numbers)
        found = [element for element, share in self.shares(numbers).items() if share >= least]
        return max(found, key=lambda e: sum(1 for _ in e.iterancestors()), default=self.root)

    def headline(self, titles: Sequence[str]) -> int | None:
        """Return the line that is a heading and says what the page calls itself, if there is one."""
        bodies = self.holders((), MOST)
        for i, block in enumerate(self.blocks):
            if not block.is_link and len(block.key) <= LONG and not self.noise(i, bodies):
                heading = HEADINGS & {str(element.tag) for element in self.paths[i][-3:]}
                if heading and any(likeness(folded(block.text), title) >= SURE for title in titles):
                    return i
        return None

    @staticmethod
    def _is_picture(element: HtmlElement) -> bool:
        return element.tag in ("figure", "figcaption") or not _PICTURE_WORDS.isdisjoint(words(element))

    def densest(self, lines: Iterable[int], headline: int | None) -> frozenset[int]:
        """Return those of the lines that stand in the element that they are densest in: an answer of our own.

        Each paragraph counts for its parent, and half for its grandparent (the idea of Readability); those that
        hold the first one under the headline count twice.
        """
        prose = sorted(i for i in lines if not any(self._is_picture(e) for e in self.paths[i][-3:])) or sorted(lines)
        scores: dict[HtmlElement, float] = defaultdict(float)
        for i in prose:
            for up, element in enumerate(self.paths[i][-2:-4:-1] or self.paths[i][-1:]):
                scores[element] += self.blocks[i].weight / (up + 1)
        if not scores:
            return frozenset()
        if headline is not None and prose[0] - headline < NEAR:
            scores = {e: score * (1 + (e in self.paths[prose[0]])) for e, score in scores.items()}
        best = max(scores.values())
        top = next(element for element, score in scores.items() if score == best)
        return frozenset(i for i in prose if top in self.paths[i])


def _one_stretch(page: Page, anchors: frozenset[int]) -> frozenset[int]:
    """Return the first stretch of some lines if lists of links part them and nothing but the body holds them all.

    Then a footer, or the rules for comments, stands in no element of its own that could be told from the article.
    """
    if page.core(anchors).tag not in ("body", "html"):
        return anchors
    kept, links, last = [], 0, min(anchors)
    for i in range(last, max(anchors) + 1):
        if i in anchors:
            kept.append(i)
            links = 0
        else:
            links = links + 1 if page.blocks[i].is_link else links
            if links >= GAP:
                break
    return frozenset(kept)


def choose(page: Page, strict: frozenset[int], loose: frozenset[int], titles: Sequence[str]) -> Chosen | None:
    """Return the lines of the article, None if nothing on the page could be one.

    `strict` and `loose` are the lines that an extractor kept, careful and less so; `titles` what the head of the page
    calls itself.
    """
    prose = page.prose((strict, loose))
    sure = page.headline(titles)
    below = frozenset(i for i in prose if sure is not None and i > sure)  # an article stands below its headline
    own = page.densest(below or prose, sure)
    vote, found = _believed(page, strict, loose, own, below or prose)
    plain = frozenset(i for i in vote if not page.blocks[i].is_link)
    anchors = (
        vote & below
        or vote & prose
        or frozenset(i for i in plain if not page.noise(i, page.holders(plain, MOST)))
        or vote
    )
    if not anchors:
        return None
    if sure is not None and min(anchors) > sure:
        anchors = _one_stretch(page, anchors)
    return _Choice(page, vote, vote | strict | loose, anchors, titles, found).made()


def _believed(
    page: Page, strict: frozenset[int], loose: frozenset[int], own: frozenset[int], prose: frozenset[int]
) -> tuple[frozenset[int], bool]:
    """Return the answer to go by, and whether it is the extractor's.

    The strict one, unless the loose one holds most of it and much more, or the page has a far larger text.
    """
    careful, more, ours = (page.weigh(vote & prose) for vote in (strict, loose, own))
    extends = 2 * page.weigh(strict & loose & prose) >= careful
    if careful and careful >= FAR * ours and not (extends and careful < AGREED * more):
        return strict, True
    if more and more >= FAR * ours:
        return loose, True
    if own:
        return own, False
    return strict or loose, bool(strict or loose)


class _Choice:
    """One choice of lines; see `choose`."""

    def __init__(
        self, page: Page, strict: frozenset[int], loose: frozenset[int], anchors: frozenset[int],
        titles: Sequence[str], found: bool,
    ) -> None:  # fmt: skip
        self.page, self.strict, self.loose, self.titles, self.found = page, strict, loose, titles, found
        self.holders = page.holders(anchors, ASIDE)
        self.core = page.core(anchors)
        self.inner = frozenset(i for i, path in enumerate(page.paths) if self.core in path) | self._siblings()
        kept = {page.blocks[i].key for i in strict}  # trafilatura gives equal paragraphs once
        self.strict |= {i for i in self.inner if page.blocks[i].key in kept}
        self.anchors = self._anchors(anchors)
        self.first, self.last = min(self.anchors), max(self.anchors)

    def _siblings(self) -> frozenset[int]:
        """Return the lines of the core's next of kin: same tag and same class beside it, so parts of one article."""
        parent, name = self.core.getparent(), self.core.get("class")
        if parent is None or not name or self.core.tag in ("td", "li", "body"):
            return frozenset()
        kin = {e for e in parent if e.tag == self.core.tag and e.get("class") == name}
        return frozenset(i for i, path in enumerate(self.page.paths) if not kin.isdisjoint(path))

    def _anchors(self, anchors: frozenset[int]) -> frozenset[int]:
        """Return the anchors inside the core, and those outside whose text does not stand inside too."""
        blocks = self.page.blocks
        inside = anchors & self.inner
        texts = {blocks[i].key for i in self.inner}
        good = {i for i in anchors - inside if blocks[i].key not in texts and not self._noise(i)}
        around = self.core.getparent() if self.core.tag in _PARAGRAPHS else None
        near = {
            i for i, path in enumerate(self.page.paths)
            if (i in self.inner or (around is not None and around in path))
            and i in self.strict and not blocks[i].is_link and not self._noise(i)
        }  # fmt: skip
        return frozenset(inside | good | near) or anchors

    def _noise(self, i: int, *, certain: bool = False) -> bool:
        return self.page.noise(i, self.holders, certain=certain)

    def made(self) -> Chosen:
        """Make the choice."""
        blocks = self.page.blocks
        body = {i for i in range(len(blocks)) if self._is_body(i)}
        begin = min((i for i in self.anchors if blocks[i].prose), default=self.first)
        headline, sure = self._headline(begin)
        if headline is None:
            return Chosen(tuple(sorted(body)), None, self.core, self.found)
        if sure:  # what a wide core holds above and right below its headline is not all article: path, tools, byline
            wide = headline in self.inner
            body = {
                i for i in body
                if i >= begin or i in self.loose or blocks[i].prose or (i > headline and not wide)
                or blocks[i].tag in HEADINGS
            }  # fmt: skip
        body |= {headline} | {i for i in range(headline + 1, begin) if self._is_between(i)}
        return Chosen(tuple(sorted(body)), headline, self.core, self.found)

    def _is_body(self, i: int) -> bool:
        block = self.page.blocks[i]
        if i in self.anchors:
            return not self._noise(i, certain=True)
        if i not in self.inner:
            return i in self.strict and self.first < i < self.last and not block.is_link and not self._noise(i)
        if self._noise(i):
            return False
        if block.is_link:
            return i in self.loose and self.first < i < self.last
        return i < self.last or i in self.loose or block.prose

    def _is_between(self, i: int) -> bool:
        """Say whether a line between headline and article is kept: a byline, a subtitle, a lead."""
        block = self.page.blocks[i]
        if self._noise(i) or (block.is_link and i not in self.strict) or not _LETTER.search(block.text):
            return False
        named = not _TITLE_WORDS.isdisjoint(words(block.element))
        return bool(_BYLINE.search(block.text)) or block.tag in HEADINGS or named or block.prose or i in self.strict

    def _headline(self, top: int) -> tuple[int | None, bool]:
        """Return the line above the first paragraph (or that) that is most likely the headline, and if it surely is."""
        scored = [(self._likeness(i), i) for i in range(top + 1)]
        best, number = max(scored)
        same = [i for score, i in scored if i < top and best - score < 0.5 and self._same(i, number)]
        if number == top and same:  # once more above the article: that is its own place
            number = same[-1]
        return (number if best >= LIKELY else None), best >= SURE

    def _same(self, i: int, j: int) -> bool:
        return folded(self.page.blocks[i].text) == folded(self.page.blocks[j].text)

    def _likeness(self, i: int) -> float:
        """Return how much a line is like a headline: like the page's titles, a heading, named so, where it stands."""
        block = self.page.blocks[i]
        size = len(block.key)
        if size < 2 or size > LONG:
            return 0.0
        like = max((likeness(folded(block.text), title) for title in self.titles), default=0.0)
        path = self.page.paths[i]
        tags = {str(element.tag) for element in path[-3:]}
        heading = 0.5 if "h1" in tags else 0.35 if "h2" in tags else 0.2 if tags & HEADINGS else 0.0
        named = 0.2 if any(not _TITLE_WORDS.isdisjoint(words(element)) for element in path[-2:]) else 0.0
        unlike = 0.3 * (block.prose or bool(_BYLINE.search(block.text))) * (not like)
        against = 0.4 * block.is_link + 0.5 * self._noise(i) + unlike
        return like + heading + named - against + i * 1e-6


def likeness(line: str, title: str) -> float:
    """Return how much a line is like the title of the page (0-1), which may have the site's name behind or before it.

    Both are `folded`.
    """
    if not line or not title:
        return 0.0
    if line == title:
        return 1.0
    if len(line) >= 4 and line in title:
        return 0.9 if title.startswith(line) or 2 * len(line) >= len(title) else 0.3
    if len(title) >= 4 and title in line:
        return 0.9 * len(title) / len(line)
    if min(len(line), len(title)) < 6 or len(title) > 300:
        return 0.0
    match = SequenceMatcher(None, line, title, autojunk=False)
    common = sum(part.size for part in match.get_matching_blocks() if part.size > 1)
    share = common / len(line)
    return share * 0.8 if share >= 0.7 else 0.0
