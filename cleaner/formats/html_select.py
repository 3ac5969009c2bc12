"""Which lines of a page are its article: an extractor's votes, the page's structure, and what its names say.

An extractor alone loses headlines, short subheads and repeated paragraphs, and keeps related lists (trafilatura 2.3 on
47 Chinese pages: body .993, precision .845, titles 43 of 48). Its votes are good at the one thing that is hard without
them, to say where the article is. So they only find the *core*, the element with most of the kept prose; inside it,
from its first to its last kept paragraph, every line stays that is not marked as something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from cleaner.formats.html_headline import BYLINE, CRUMBS, LONG, folded, likeness
from cleaner.formats.html_marks import LEAD_WORDS, TITLE_WORDS, words
from cleaner.formats.html_page import MOST, SURE, Page
from cleaner.formats.html_tree import HEADINGS

AGREED = 0.5  # share of the looser answer's prose below which the stricter one has lost too much
FAR = 0.25  # share of the densest text of the page below which an extractor has taken something else for the article
LIKELY = 0.2  # likeness to a headline that one has at least: called so by its class, or a small heading
GAP = 5  # links one after the other that make a list of them
ASIDE = 0.2  # share of the kept prose from which an element is no aside, whatever its name
REACH = 4  # short lines from one kept line to the next that still belongs to it

_PARAGRAPHS = frozenset(("p", "span", "font", "li", "dd", "pre", "blockquote", *HEADINGS))
_STOP = re.compile(r"[。！？…][”」』）)]?$")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Chosen:
    """The article: numbers of lines in order, which of them is the headline, and whether an extractor found it."""

    lines: tuple[int, ...]
    headline: int | None
    core: HtmlElement
    found: bool


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


def choose(page: Page, strict: frozenset[int], loose: frozenset[int]) -> Chosen | None:
    """Return the lines of the article, None if nothing on the page could be one.

    `strict` and `loose` are the lines that an extractor kept, careful and less so.
    """
    prose = page.prose((strict, loose))
    sure = page.headline
    below = frozenset(i for i in prose if sure is not None and i > sure)  # an article stands below its headline
    own = page.densest(below or prose)
    if sure is not None and own < (near := page.stretch(below)):
        own = near
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
    return _Choice(page, vote, vote | strict | loose, anchors, found).made()


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
        found: bool,
    ) -> None:  # fmt: skip
        self.page, self.strict, self.loose, self.found = page, strict, loose, found
        self.holders = page.holders(anchors, ASIDE)
        self.core = page.core(self._reached(anchors))
        self.inner = frozenset(i for i, path in enumerate(page.paths) if self.core in path) | self._siblings()
        kept = {page.blocks[i].key for i in strict}  # trafilatura gives equal paragraphs once
        self.strict |= {i for i in self.inner if page.blocks[i].key in kept}
        self.anchors = self._anchors(anchors)
        self.first, self.last = min(self.anchors), self._last(max(self.anchors))
        if self.core.tag == "p":  # an article of one paragraph, and what `_last` found beside it
            self.inner |= frozenset(range(max(self.anchors) + 1, self.last + 1))

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

    def _reached(self, anchors: frozenset[int]) -> frozenset[int]:
        """Return the anchors and the shorter voted lines right behind them: of two sentences, one may be no prose."""
        found, last = set(anchors), min(anchors)
        for i in range(last + 1, len(self.page.blocks)):
            if i in anchors:
                last = i
            elif self.page.blocks[i].is_link or self._noise(i) or i - last > REACH:
                if i > max(anchors):
                    break
            elif i in self.strict:
                found.add(i)
                last = i
        return frozenset(found)

    def _last(self, last: int) -> int:
        """Return the last line of the article: the last anchor, or a paragraph that follows without a list between.

        Where an extractor has not seen that paragraph, its word on the short lines behind it counts nothing either.
        """
        blocks, wide = self.page.blocks, self.core.tag in ("body", "html")
        found = last
        for i in range(last + 1, len(blocks)):
            block = blocks[i]
            beside = block.element.getparent() is blocks[found].element.getparent()
            closing = beside and not block.prose and _STOP.search(block.text) is not None
            inner = i in self.inner or (self.core.tag == "p" and closing)
            if not inner or block.is_link or self._noise(i) or (wide and i - found > REACH):
                break
            unseen = not self.found or (found > last and found not in self.loose)
            if block.prose or closing or (beside and unseen):
                found = i
        return found

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
        if sure or self._is_above_byline(headline):
            body = {i for i in body if i >= begin or self._is_near(i, headline)}
        body |= {headline} | {i for i in range(headline + 1, begin) if self._is_between(i)}
        return Chosen(tuple(sorted(body)), headline, self.core, self.found)

    def _is_near(self, i: int, headline: int) -> bool:
        """Say whether a line of a wide core, above its first paragraph, is article: path, tools and byline are not."""
        block = self.page.blocks[i]
        if i < headline:
            kicker = all(b.tag in HEADINGS and not b.is_link for b in self.page.blocks[i:headline])
            return kicker or (block.prose and i in self.loose)
        if block.is_link:
            return False
        wide = headline in self.inner
        return not wide or i in self.loose or block.prose or block.tag in HEADINGS

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
        return i <= self.last or i in self.loose or block.prose

    def _is_between(self, i: int) -> bool:
        """Say whether a line between headline and article is kept: a byline, a subtitle, a lead."""
        block = self.page.blocks[i]
        if self._noise(i) or block.is_link:
            return False
        if not _LETTER.search(block.text):
            return bool(BYLINE.search(block.text))  # a date alone
        named = not (TITLE_WORDS | LEAD_WORDS).isdisjoint(words(block.element))
        return bool(BYLINE.search(block.text)) or block.tag in HEADINGS or named or block.prose or i in self.strict

    def _headline(self, top: int) -> tuple[int | None, bool]:
        """Return the line above the first paragraph (or that) that is most likely the headline, and if it surely is."""
        menu = self._menu_above(top)
        scored = [(self._likeness(i) - 0.2 * (i < menu), i) for i in range(top + 1)]
        best, number = max(scored)
        same = [i for score, i in scored if i < top and best - score < 0.5 and self._same(i, number)]
        if number == top and same:  # once more above the article: that is its own place
            number = same[-1]
        return (number if best >= LIKELY else None), best >= SURE

    def _menu_above(self, top: int) -> int:
        """Return the last line above `top` that is the path to the page or ends three links in a row, else 0."""
        blocks = self.page.blocks
        for i in range(top - 1, 1, -1):
            if CRUMBS.search(blocks[i].text) or all(block.is_link for block in blocks[i - 2 : i + 1]):
                return i
        return 0

    def _same(self, i: int, j: int) -> bool:
        return folded(self.page.blocks[i].text) == folded(self.page.blocks[j].text)

    def _likeness(self, i: int) -> float:
        """Return how much a line is like a headline: like the page's titles, a heading, named so, where it stands."""
        block = self.page.blocks[i]
        size = len(block.key)
        if size < 2 or size > LONG:
            return 0.0
        like = max((likeness(folded(block.text), title) for title in self.page.titles), default=0.0)
        path = self.page.paths[i]
        tags = {str(element.tag) for element in path[-3:]}
        heading = 0.5 if "h1" in tags else 0.35 if "h2" in tags else 0.2 if tags & HEADINGS else 0.0
        named = 0.2 if any(not TITLE_WORDS.isdisjoint(words(element)) for element in path[-2:]) else 0.0
        unlike = 0.3 * ((block.prose and not heading) or bool(BYLINE.search(block.text))) * (not like)
        above = 0.3 * (not like and self._is_above_byline(i))
        against = 0.4 * block.is_link + 0.5 * self._noise(i) + unlike
        return like + heading + named + above - against + i * 1e-6

    def _is_above_byline(self, i: int) -> bool:
        """Say whether a line stands right above a byline, and is none: what a page without any title is called."""
        blocks = self.page.blocks
        block, heading = blocks[i], blocks[i].tag in HEADINGS
        if len(block.key) < 6 or (block.is_link and not heading) or (block.prose and not heading):
            return False
        if BYLINE.search(block.text) or CRUMBS.search(block.text):
            return False
        return i + 1 < len(blocks) and not blocks[i + 1].is_link and bool(BYLINE.search(blocks[i + 1].text))
