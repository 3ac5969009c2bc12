"""The lines of a page together: which block is the article, what is certain, and what traits neighbours give a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from cleaner.kinds.chrome import Array, Cues
from cleaner.kinds.told import Pairs
from cleaner.kinds.traits import Look, bucket, look

NEAR = 3  # how many lines of prose, before and behind, the words of a line are looked up in


def _grade(share: float, grades: Sequence[tuple[str, float]], last: str) -> str:
    """Return the name of the first grade above a share, "0" for none of it."""
    return next((name for name, limit in grades if share < limit), last) if share else "0"


Core = tuple[int, int, bool]  # lines [low, high) of the main block, and if it is far ahead of all others


class Page:
    """Lines of a text with what all of them together say. `pairs` are of all lines, of which `which` are here."""

    def __init__(
        self, looks: Sequence[Look], pairs: Pairs | None = None, which: Array | None = None, whole: bool = False
    ) -> None:
        self.looks = looks
        self.whole = whole
        self._pairs = pairs
        self._which = np.arange(len(looks)) if which is None else which

    def without(self, gone: Sequence[bool]) -> Page:
        """Return the page without some lines; what was worked out of the others is kept."""
        left = [i for i in range(len(self.looks)) if not gone[i]]
        return Page([self.looks[i] for i in left], self.pairs, self._which[left], self.whole)

    @cached_property
    def core(self) -> Core | None:
        return main_block(self.looks)

    @cached_property
    def pairs(self) -> Pairs:
        return self._pairs or Pairs([one.text for one in self.looks])

    @cached_property
    def lists(self) -> list[bool]:
        return behind_lists(self.looks)

    @cached_property
    def body(self) -> tuple[int, ...]:
        """The lines that are certain to be the article's text: plain prose of a main block far ahead of all others."""
        if self.core is None or not self.core[2]:
            return ()
        return tuple(i for i in range(self.core[0], self.core[1]) if _plain(self.looks[i]))

    def _mask(self, lines: Sequence[int]) -> Array:
        found = np.zeros(self.pairs.count, bool)
        found[self._which[list(lines)]] = True
        return found

    @cached_property
    def asked(self) -> list[int]:
        """The lines of which anybody asks for traits: all but the body, unless the page is `whole`."""
        body = frozenset(() if self.whole else self.body)
        return [i for i in range(len(self.looks)) if i not in body]

    @cached_property
    def _asked(self) -> Array:
        return self._mask(self.asked)

    @cached_property
    def told(self) -> tuple[list[int], list[int]]:
        """For each line, of how many of its pairs the prose of the main block speaks, and how many it has.

        Not asked of the body, which has 0 of 0.
        """
        low, high, _ = self.core or (0, 0, False)
        same, own = self.pairs.spoken(self._asked, self._mask([i for i in range(low, high) if self.looks[i].prose]))
        return same[self._which].tolist(), own[self._which].tolist()

    @cached_property
    def near(self) -> tuple[list[float], list[float]]:
        """For each line the share of its pairs in the next and the last lines of prose; nan where there are none."""
        prose = self._mask([i for i, one in enumerate(self.looks) if one.prose])
        behind, before = self.pairs.around(self._asked, prose, NEAR)
        return behind[self._which].tolist(), before[self._which].tolist()

    def share(self, i: int) -> float:
        same, own = self.told[0][i], self.told[1][i]
        return same / own if own else 0.0


def headline(page: Page) -> int | None:
    """Return the line before the article that the article speaks of most: its headline, if there is one.

    If it speaks of none, the line right over the last dated byline before it.
    """
    looks, core = page.looks, page.core
    if core is None:
        return None
    best, most = None, 0.0
    for i in range(core[0] + 1):
        one = looks[i]
        if not _may_head(one) or (one.prose and i == core[0]):
            continue
        same, own = page.told[0][i], page.told[1][i]
        worth = same * same / own if own else 0.0
        if same >= 2 and worth > most:
            best, most = i, worth
    if best is None:
        for i in range(core[0] - 1, max(0, core[0] - 15), -1):
            if looks[i].byline and "date" in looks[i].cues:
                above = next((k for k in range(i - 1, -1, -1) if not looks[k].byline), 0)
                if _may_head(looks[above]) and not looks[above].cues:
                    return above
                break
        return _short_headline(looks, core)
    return best


def _short_headline(looks: Sequence[Look], core: Core) -> int | None:
    """Return the line of a word or two over the article, such as 老井: the text has the word, or a byline follows."""
    prose = "\n".join(one.text for one in looks[core[0] : core[1]] if one.prose)
    for i in range(core[0] - 1, max(-1, core[0] - 15), -1):
        one = looks[i]
        if one.cues or one.sure or not 1 <= one.han == len(one.text) <= 4:
            continue
        spoken = len(one.text) > 1 and one.text in prose and i > core[0] - 7
        if spoken or (looks[i + 1].byline and not looks[i + 1].prose):
            return i
    return None


def _may_head(one: Look) -> bool:
    stops = one.stops and one.text.rstrip("”」』")[-1:] not in ("?", "!")
    return 5 <= one.han <= 60 and not one.sure and not stops


_WEAK = frozenset(("right", "disclaim", "comment", "notice"))
AHEAD = 1.5  # a block so many times as weighty as the next is the article
STRANGE = 0.35  # prose of which the article speaks of so much may be its own, wherever it stands
SHORT_NOTICE = 20  # inside an article a site's notice is short: 点击下图看更多
APART = 8  # so many lines that are not prose end a block of prose


def main_block(looks: Sequence[Look]) -> Core | None:
    """Return the lines `[low, high)` of the block of prose that most likely is the article, and if it is far ahead.

    None if there is no prose. A block is lines of prose with at most `APART` lines from one to the next. Its weight is
    its Han characters; prose in the words of disclaimers and forms, cut-off snippets, prose that stands alone and what
    stands behind the heading of a list of other articles count less, a block soon after a byline counts double.
    """
    blocks: list[list[float]] = []  # [low, high, weight]
    byline = last = -99  # the last byline, the last line of prose
    others = behind_lists(looks)
    for i, one in enumerate(looks):
        if one.byline and not one.prose and ("date" in one.cues or one.han > 6):
            byline = i
        if not one.prose:
            if one.stops and not one.cues and blocks and not others[i]:
                last += 1  # verses and short sentences do not end a block
            continue
        weak = bool(one.cues & _WEAK)
        alone = not any(looks[k].prose for k in (i - 1, i + 1) if 0 <= k < len(looks))
        weight = one.han * (0.6 if alone else 1.0) * (0.15 if weak else 0.3 if one.cut else 0.25 if others[i] else 1.0)
        if blocks and i - last <= APART and not others[i]:
            if weak:
                continue  # it does not make a block longer
            blocks[-1][1] = i + 1
            blocks[-1][2] += weight
        else:
            blocks.append([i, i + 1, weight * (2 if i - byline <= 12 else 1)])
        last = i
    if not blocks:
        return None
    blocks.sort(key=lambda block: -block[2])
    low, high, weight = blocks[0]
    return int(low), int(high), len(blocks) == 1 or weight > AHEAD * blocks[1][2]


def behind_lists(looks: Sequence[Look]) -> list[bool]:
    """Say for each line whether it is behind the heading of a list of other articles, and the article has not gone on.

    It goes on where two lines of plain prose stand together: a list gives each article one.
    """
    found, related, prose = [], False, False
    for i, one in enumerate(looks):
        if prose and "related" in one.cues and one.han < 20 and not one.prose:
            related = True
        elif related and _plain(one) and i + 1 < len(looks) and _plain(looks[i + 1]):
            related = False
        prose = prose or _plain(one)
        found.append(related)
    return found


def _plain(one: Look) -> bool:
    return one.prose and not one.sure and not one.cues & _WEAK and not one.cut


class Known(NamedTuple):
    """What is certain before the chain is asked: lines that are the article's text, and lines that cannot be."""

    body: tuple[int, ...]
    other: tuple[int, ...]


def known(page: Page) -> Known:
    """Return what is certain of a page whose main block is far ahead of all others, nothing for any other text.

    Plain prose of that block is the article's; notices before and behind it, and short ones in it, are not, nor is what
    stands behind the heading of a list of other articles, once the block is over; prose there only if the article
    speaks of little of it.
    """
    looks, core, body = page.looks, page.core, page.body
    if core is None or not body:
        return Known((), ())
    other = []
    for i, one in enumerate(looks):
        listed = i >= core[1] and page.lists[i] and not (one.prose and page.share(i) >= STRANGE)
        inside = body[0] <= i <= body[-1]
        if listed or ("notice" in one.cues and (not inside or (not one.prose and one.han <= SHORT_NOTICE))):
            other.append(i)
    return Known(body, tuple(other))


def traits(lines: Sequence[str], cues: Cues) -> tuple[Page, list[list[str]]]:
    """Return the page of some lines (stripped, none empty), and for each line all its traits."""
    page = Page([look(line, cues) for line in lines], whole=True)
    return page, around(page)


def around(page: Page) -> list[list[str]]:
    """Return for each line the traits of its own and those that its neighbours give it.

    Lines of the body have none, as nobody asks for them, unless the page is `whole`.
    """
    looks, asked = page.looks, page.asked
    found: list[list[str]] = [[] for _ in looks]
    for i in asked:
        found[i] += looks[i].traits
    _by_place(looks, asked, found)
    _by_neighbours(looks, asked, found)
    _by_telling(page, found)
    _by_passing(looks, asked, found)
    return found


def _runs(looks: Sequence[Look]) -> list[int]:
    """Return for each line how long the run of lines that are not prose is in which it stands."""
    run = [0] * len(looks)
    i = 0
    while i < len(looks):
        j = i
        while j < len(looks) and not looks[j].prose:
            j += 1
        for k in range(i, j):
            run[k] = j - i
        i = max(j, i + 1)
    return run


def _by_place(looks: Sequence[Look], asked: Sequence[int], found: list[list[str]]) -> None:
    """Add how much prose stands before and behind, and how many other lines around."""
    run = _runs(looks)
    prose = list(accumulate((one.prose for one in looks), initial=0))
    for i in asked:
        mine = found[i]
        mine.append(f"prose-before:{bucket(prose[i], (1, 2, 4))}")
        mine.append(f"prose-behind:{bucket(prose[-1] - prose[i + 1], (1, 2, 4))}")
        if not looks[i].prose:
            mine.append(f"run:{bucket(run[i], (3, 6, 11))}")


_NO_CUES = frozenset(("byline", "date", "caption", "editor"))


def _seen_as(name: str, other: Look | None) -> list[str]:
    """Return the traits that a line gives to one beside it."""
    if other is None:
        return [f"{name}:edge"]
    found = []
    if other.prose:
        found.append(f"{name}:prose")
    if other.byline:
        found.append(f"{name}:byline")
    if "date" in other.cues:
        found.append(f"{name}:date")
    if other.sure:
        found.append(f"{name}:sure")
    elif other.cues - _NO_CUES:
        found.append(f"{name}:cue")
    elif not other.prose:
        found.append(f"{name}:short" if other.han < 8 else f"{name}:line")
    return found


def _by_neighbours(looks: Sequence[Look], asked: Sequence[int], found: list[list[str]]) -> None:
    """Add what the lines next to it are, and what stands within three lines."""
    count = len(looks)
    prose = list(accumulate((one.prose for one in looks), initial=0))
    sure = list(accumulate((one.sure for one in looks), initial=0))
    bylines = [i for i, one in enumerate(looks) if one.byline]
    at = 0
    for i in asked:
        one, mine = looks[i], found[i]
        mine += _seen_as("previous", looks[i - 1] if i else None)
        mine += _seen_as("next", looks[i + 1] if i + 1 < count else None)
        low, high = max(0, i - 3), min(count, i + 4)
        mine.append(f"near-prose:{bucket(prose[high] - prose[low] - one.prose, (1, 2, 4))}")
        mine.append(f"near-sure:{bucket(sure[high] - sure[low] - one.sure, (1, 2, 4))}")
        while at < len(bylines) and bylines[at] <= i:
            at += 1
        if at < len(bylines) and bylines[at] < i + 4 and not one.byline:
            mine.append("soon:byline")
        if prose[min(count, i + 6)] > prose[i + 1]:
            mine.append("soon:prose")


def _by_telling(page: Page, found: list[list[str]]) -> None:
    """Add where a line stands to the main block, and how much of it the prose speaks of."""
    looks, core, top = page.looks, page.core, headline(page)
    times = Counter(one.text for one in looks)
    behind, before = page.near
    for i in page.asked:
        one, mine = looks[i], found[i]
        if times[one.text] > 1:
            mine.append("repeated")
        if core and top is not None and i <= core[0] and one.text == looks[top].text:
            mine.append("headline")
        if core:
            where = "before" if i < core[0] else "in" if i < core[1] else "after"
            mine.append(f"core:{where}")
            if one.prose:
                mine.append(f"prose-core:{where}")
        if one.han < 4 or not page.told[1][i]:
            continue
        if core and not one.prose:
            mine.append("told:" + _grade(page.share(i), ((".1", 0.15), (".3", 0.4), (".6", 0.7)), ".7+"))
        for name, share in (("told-behind", behind[i]), ("told-before", before[i])):
            if share == share:  # not nan
                mine.append(f"{name}:" + _grade(share, ((".1", 0.15), (".3", 0.4)), ".5"))


def _by_passing(looks: Sequence[Look], asked: Sequence[int], found: list[list[str]]) -> None:
    """Add what was passed since the article began."""
    begun = False
    related = ended = copied = 0
    wanted = frozenset(asked)
    for i, one in enumerate(looks):
        if i in wanted:
            if related:
                found[i].append("passed:related")
            if ended:
                found[i].append("passed:editor")
            if copied:
                found[i].append("passed:chrome" if copied < 3 else "passed:much-chrome")
        if one.prose and not one.sure:
            copied = 0 if not related else copied
        begun = begun or one.prose
        if begun:
            related += "related" in one.cues and one.han < 20
            ended += "editor" in one.cues and not one.prose
            copied += one.sure
