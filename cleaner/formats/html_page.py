"""A page's lines with what its structure says of each; questions about an element are answered once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from cleaner.formats import html_lists
from cleaner.formats.html_headline import LONG, folded, is_name, likeness
from cleaner.formats.html_marks import is_picture, mark
from cleaner.formats.html_tree import HEADINGS, Block

CORE = 0.8  # share of the kept prose that the core holds at least
SURE = 0.9  # likeness to a title of the page with which a heading is its headline
NEAR = 30  # lines under the headline in which the article begins: byline, tools, pictures
MOST = 0.5  # share of an extractor's prose that makes an element the article's, before any is believed


class Page:
    """The lines of a page, the elements around each (`paths`, outermost first), and what the page calls itself.

    `headline` is the line that surely is the headline, None if none is; `listed` are the lines of lists of other
    things (`html_lists`).
    """

    def __init__(self, root: HtmlElement, blocks: Sequence[Block], titles: Sequence[str] = ()) -> None:
        self.root = root
        self.blocks = blocks
        self.titles = titles
        self.listed: frozenset[int] = frozenset()
        self._marks: dict[HtmlElement, tuple[bool, bool]] = {}
        self._paths: dict[HtmlElement, tuple[HtmlElement, ...]] = {}
        self.paths = [self._path(block.element) for block in blocks]
        self.headline = self._sure_headline()
        self.listed = html_lists.listed(blocks, self.paths, self.headline)

    def _path(self, element: HtmlElement) -> tuple[HtmlElement, ...]:
        """Return the elements around one, and it; found once for those that lines share."""
        path = self._paths.get(element)
        if path is None:
            parent = element.getparent()
            above = self._paths.get(parent) or tuple(reversed(tuple(element.iterancestors())))
            path = self._paths[element] = (*above, element)
        return path

    def _mark(self, element: HtmlElement) -> tuple[bool, bool]:
        if element not in self._marks:
            self._marks[element] = mark(element)
        return self._marks[element]

    def noise(self, number: int, holders: frozenset[HtmlElement] = frozenset(), *, certain: bool = False) -> bool:
        """Say whether a line is listed, or an element around it, that is not one of `holders`, is marked as noise."""
        return number in self.listed or any(
            self._mark(element)[certain] for element in self.paths[number] if element not in holders
        )

    def prose(self, votes: Sequence[frozenset[int]]) -> frozenset[int]:
        """Return the lines that read as prose, are no links, and stand in nothing that is marked as something else.

        What holds most of what an extractor kept is the article's, whatever it is called; but if prose that nothing
        marks stands under the headline, only with that or the headline in it: comments may be longer than an article.
        """
        texts = frozenset(i for i, block in enumerate(self.blocks) if block.prose and not block.is_link)
        bodies = self.holders((), MOST)
        holders = frozenset().union(*(self.holders(vote & texts, MOST) for vote in votes), bodies)
        if self.headline is not None:
            around = frozenset(self.paths[self.headline]) | bodies
            near = range(self.headline + 1, min(self.headline + NEAR, len(self.blocks)))
            begin = next((i for i in near if i in texts and not self.noise(i, around)), None)
            if begin is not None:
                holders &= around | frozenset(self.paths[begin])
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

    def _sure_headline(self) -> int | None:
        """Return the heading that says what the page calls itself; without one, another line that does."""
        bodies = self.holders((), MOST)
        others: list[tuple[int, int]] = []
        for i, block in enumerate(self.blocks):
            tags = {str(element.tag) for element in self.paths[i][-3:]}
            if (block.is_link and "h1" not in tags) or len(block.key) > LONG or self.noise(i, bodies):
                continue
            line = folded(block.text)
            like = [title for title in self.titles if likeness(line, title) >= SURE]
            if like and HEADINGS & tags:
                return i
            if not block.is_link and any(is_name(line, title) for title in like):
                others.append((len(line), -i))
        return -max(others)[1] if others else None

    def densest(self, lines: Iterable[int]) -> frozenset[int]:
        """Return those of the lines that stand in the element that they are densest in: an answer of our own.

        Each paragraph counts for its parent, and half for its grandparent (the idea of Readability); those that
        hold the first one under the headline count twice.
        """
        prose = sorted(i for i in lines if not any(is_picture(e) for e in self.paths[i][-3:])) or sorted(lines)
        scores: dict[HtmlElement, float] = defaultdict(float)
        for i in prose:
            for up, element in enumerate(self.paths[i][-2:-4:-1] or self.paths[i][-1:]):
                scores[element] += self.blocks[i].weight / (up + 1)
        if not scores:
            return frozenset()
        if self.headline is not None and prose[0] - self.headline < NEAR:
            scores = {e: score * (1 + (e in self.paths[prose[0]])) for e, score in scores.items()}
        best = max(scores.values())
        top = next(element for element, score in scores.items() if score == best)
        return frozenset(i for i in prose if top in self.paths[i])

    def stretch(self, lines: frozenset[int]) -> frozenset[int]:
        """Return the first of some lines and those that follow it without three lines of links in a row between."""
        kept: list[int] = []
        links = 0
        for i in range(min(lines, default=0), len(self.blocks)):
            links = links + 1 if self.blocks[i].is_link else 0
            if links == 3 or i in self.listed:
                break
            if i in lines:
                kept.append(i)
        return frozenset(kept)
