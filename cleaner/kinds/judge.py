"""Judge each line of a page by its shape, its words and its place, and remove what is not the article.

A text that was copied or extracted from a page is a chain of places: what stands before the article, its title, what
stands between title and text, the text, things put into it, and what stands behind. Every line speaks for one place or
another by its traits (`traits.py`), each trait has a weight for each place in a committed table, and a place may follow
another or not; forward-backward over the chain gives for every line the probability that it is not the article's.
Because whole places are weighed and not lines alone, a short unknown line between two footers goes and a short
subhead between two paragraphs stays.

The judge only acts where it has proof that the text is a page: lines that are chrome beyond doubt. It never acts
on a text without prose, nor where the chain and the weightiest block of prose disagree on what is the article. It
judges its own result again until nothing more goes, so that a second run finds nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from cleaner import credit
from cleaner.context import Context, Proposal
from cleaner.kinds.announce import REACH, announces
from cleaner.kinds.chrome import Cues
from cleaner.kinds.layout import Core, Known, Page, around, known
from cleaner.kinds.traits import SURE_CHARS, Look, Seen, plainly_prose
from cleaner.tables import Table

PLACES = ("before", "title", "gap", "body", "inside", "after")
BEFORE, TITLE, GAP, BODY, INSIDE, AFTER = range(6)
NOISE = (BEFORE, GAP, INSIDE, AFTER)
ROUNDS = 6  # so often a result is judged again
LINES = 20_000  # longer texts are no pages
FEW = 2  # an article with so few lines of prose is perhaps made of lines: a poem
_TINY = 1e-300

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Weights:
    """The table, compiled: for each trait (a row) its weight in each place, for two places that of the step."""

    rows: dict[str, int]
    traits: Array  # (traits + 1, places), the last row for traits that have no weight
    steps: Array  # (from, to), factors
    starts: Array
    ends: Array

    @classmethod
    def of(cls, table: Table) -> Weights:
        rows: dict[str, int] = {}
        values: list[list[float]] = []
        size = len(PLACES)
        steps, starts, ends = np.zeros((size, size)), np.zeros(size), np.zeros(size)
        for what, name, *rest in table.rows:
            if what == "trait":
                rows[name] = len(values)
                values.append([float(value) for value in rest[:size]])
                continue
            one, _, other = name.partition(">")
            if one == "start":
                starts[PLACES.index(other)] = math.exp(float(rest[0]))
            elif other == "end":
                ends[PLACES.index(one)] = 1.0
            else:
                steps[PLACES.index(one), PLACES.index(other)] = math.exp(float(rest[0]))
        return cls(rows, np.array([*values, [0.0] * size]), steps, starts, ends)

    def chances(self, lines: Sequence[Sequence[str]], known: Known) -> list[list[float]]:
        """Return for each line the probability of each place (forward-backward), given the traits of all lines.

        Lines of `known` are the article's text for sure, or are not.
        """
        body = np.zeros(len(lines), bool)
        body[list(known.body)] = True
        found = np.zeros((len(lines), len(PLACES)))
        found[body, BODY] = 1.0
        open_ = np.flatnonzero(~body)
        if len(open_):
            says = self._says([lines[i] for i in open_.tolist()])
            if known.other:
                other = np.zeros(len(lines), bool)
                other[list(known.other)] = True
                says[np.ix_(other[open_], np.array([BODY, TITLE]))] = 0.0
            breaks = np.flatnonzero(np.diff(open_) > 1) + 1  # what is certain parts the chain
            for low, high in zip([0, *breaks], [*breaks, len(open_)], strict=True):
                start = self.starts if open_[low] == 0 else self.steps[BODY]
                end = self.ends if open_[high - 1] == len(lines) - 1 else self.steps[:, BODY]
                found[open_[low:high]] = self._between(says[low:high], start, end)
        result: list[list[float]] = found.tolist()
        return result

    def _says(self, lines: Sequence[Sequence[str]]) -> Array:
        """Return how much each line speaks for each place, at most 1: (lines, places)."""
        row, none = self.rows.get, len(self.rows)
        at = [row(name, none) for names in lines for name in names]
        sizes = np.fromiter(map(len, lines), np.int64, len(lines))
        sums = np.add.reduceat(self.traits[at], np.cumsum(sizes) - sizes)
        found: Array = np.exp(sums - sums.max(axis=1, keepdims=True))
        return found

    def _between(self, says: Array, start: Array, end: Array) -> Array:
        """Return the probabilities of the places of a run of lines, between what stands before and behind it."""
        count = len(says)
        ahead, back = np.empty_like(says), np.empty_like(says)
        total = np.add.reduce  # half of what the method `sum` takes, for so few
        now = start * says[0]
        ahead[0] = last = now / (total(now) + _TINY)
        for i in range(1, count):
            now = (last @ self.steps) * says[i]
            ahead[i] = last = now / (total(now) + _TINY)
        back[-1] = last = end / total(end)
        for i in range(count - 2, -1, -1):
            now = self.steps @ (says[i + 1] * last)
            back[i] = last = now / (total(now) + _TINY)
        both: Array = ahead * back
        both /= both.sum(axis=1, keepdims=True) + _TINY
        return both


class Verdict(NamedTuple):
    """What is thought of one line: that it goes, how surely (0-1), and of what class it is."""

    goes: bool
    score: float
    klass: str
    credit: bool = False  # it says who wrote the article, where or when, and nothing else


class _Settled(NamedTuple):
    """What a pass has left of a document: its lines, and those that say who wrote it, where and when."""

    lines: list[str]
    credits: dict[str, Verdict]


@dataclass(frozen=True)
class Judge:
    """`weights` and `cues` are tables; a line goes if it is noise with a probability above `drop`.

    `proof` is how many lines must be chrome beyond doubt (a line of chrome words that is not quite certain counts half)
    before the judge acts at all.
    """

    stage: ClassVar = "lines"
    lifts: ClassVar = ("title", "source", "date", "author", "editor", "location")  # but most of what it takes is none

    weights: Table
    cues: Table
    drop: float = 0.6
    proof: float = 2.0

    def __post_init__(self) -> None:
        if not 0.5 <= self.drop < 1:
            raise ValueError(f"'drop' is a probability of at least 0.5 and below 1, not {self.drop}")
        if self.proof < 1:
            raise ValueError(f"'proof' is a number of lines, at least 1, not {self.proof}")

    def __call__(self, context: Context) -> Iterator[Proposal]:
        settled = context.settled.get(id(self))
        if isinstance(settled, _Settled) and settled.credits:
            yield from self._rest_of_credits(context, settled.credits)
            return
        lines = [line for line in context.stripped if line]
        if isinstance(settled, _Settled) and settled.lines == lines:
            return  # what an earlier pass left of this document, and judged
        if not 1 < len(lines) <= LINES or not self._suspect(lines):
            return
        verdicts = self.judged(lines)
        lifts = context.settings.meta != "keep"
        context.settled[id(self)] = _Settled(
            [line for line, verdict in zip(lines, verdicts, strict=True) if not verdict.goes],
            {line: verdict for line, verdict in zip(lines, verdicts, strict=True) if verdict.credit and lifts},
        )
        rows = [i for i, line in enumerate(context.stripped) if line]
        runs: list[list[int]] = []  # positions in rows
        for k, verdict in enumerate(verdicts):
            if verdict.goes:
                if runs and runs[-1][-1] == k - 1:
                    runs[-1].append(k)
                else:
                    runs.append([k])
        for run in runs:
            start, end = context.cut(rows[run[0]], rows[run[-1]] + 1)
            edges = [start, *(context.lines[rows[k]].start for k in run[1:]), end]
            for k, low, high in zip(run, edges, edges[1:], strict=False):
                yield Proposal(low, high, "", klass=verdicts[k].klass, score=round(verdicts[k].score, 3))

    def _rest_of_credits(self, context: Context, credits: dict[str, Verdict]) -> Iterator[Proposal]:
        """Take the credits that the rules for known forms of bylines have left in the pass before."""
        done = 0
        for i, line in enumerate(context.lines):
            if verdict := credits.pop(line.stripped, None):
                start, end = context.cut(i, i + 1)
                lift = credit.read(line.stripped)[0]
                yield Proposal(max(start, done), end, "", klass=verdict.klass, score=round(verdict.score, 3), lift=lift)
                done = end
        credits.clear()

    def judged(self, lines: Sequence[str]) -> list[Verdict]:
        """Judge lines that are stripped and not empty; what remains would not be judged otherwise.

        Lines of credits are told, and do not go: rules that know their form better come first.
        """
        found = [Verdict(False, 0.0, "")] * len(lines)
        if not self._may_prove(lines):
            return found
        page, left = Page(self._seen.looks(lines)), list(range(len(lines)))
        for _ in range(ROUNDS):
            verdicts = self._round(page)
            if not any(verdict.goes for verdict in verdicts):
                break
            for i, verdict in zip(left, verdicts, strict=True):
                found[i] = verdict
            page = page.without([verdict.goes for verdict in verdicts])
            left = [i for i in left if not found[i].goes]
        return found

    def _may_prove(self, lines: Sequence[str]) -> bool:
        """Say whether the lines may have the proof: the same count as `evidence`, of all that is not plainly prose."""
        looks = self._seen.looks([line for line in lines if not plainly_prose(line)])
        return evidence(looks, (len(looks), len(looks), True), closely=False) + 0.5 >= self.proof

    def _round(self, page: Page) -> list[Verdict]:
        looks = page.looks
        nothing = [Verdict(False, 0.0, "")] * len(looks)
        core = page.core
        if core is None or evidence(looks, core) < self.proof:
            return nothing
        traits = around(page)
        chances = self._weights.chances(traits, known(page))
        places = [chance.index(max(chance)) for chance in chances]
        kept = sum(looks[i].han for i in range(*core[:2]) if looks[i].prose and places[i] in (BODY, TITLE))
        if 2 * kept < sum(looks[i].han for i in range(*core[:2]) if looks[i].prose):
            return nothing  # the chain takes something else for the article
        first = next(i for i, place in enumerate(places) if place == BODY)
        last = len(places) - 1 - places[::-1].index(BODY)
        title = max(range(first + 1), key=lambda i: chances[i][TITLE])
        heads = {i for i in range(first) if "headline" in traits[i]} | (
            {title} if chances[title][TITLE] > 0.3 else set()
        )
        heads |= {
            i
            for i in range(first)
            if heads & {i - 1, i + 1} and looks[i].han >= 10 and not looks[i].cues and _told(traits[i])
        }
        if first and looks[first - 1].text.endswith(":") and not looks[first - 1].cues:
            heads.add(first - 1)  # 各县（区）教育局： whom the text addresses
        heads |= _signature(looks, core) | _ending_of_its_own(looks, last)
        few = sum(looks[i].prose for i in range(*core[:2])) <= FEW
        begins = _beginning_of_its_own(looks, first)
        heads |= {i for i in begins if _FIELD.match(looks[i].text)}
        touching = begins | (_touching(looks, first, last) if few else frozenset())
        found = []
        for i, (one, chance) in enumerate(zip(looks, chances, strict=True)):
            score = sum(chance[place] for place in NOISE)
            goes = score > self.drop and i not in heads
            edges = min(heads | {title}), max(first, core[0]), last
            between = title < i < edges[1]  # 文：何家豪 under its title is the author, whatever its place speaks for
            said = self._credit(one, i, *edges) if goes or between else ""
            goes = goes and not said
            if goes and title <= i <= last and "has:chapter" in one.traits and not one.sure:
                goes = False  # 第一章 总则, 一、: the article counts its parts
            if goes and (first < i < last or i in touching) and not one.cues:
                goes = score > 0.9  # nothing but its place speaks against a line inside the article, or right at it
            found.append(Verdict(goes, score, _class(one, places[i]), said == "whole"))
        return found

    @staticmethod
    def _credit(one: Look, i: int, title: int, first: int, last: int) -> Literal["", "some", "whole"]:
        """Say whether a line carries source, date or names of the article, and if it does nothing else."""
        head, tail = title - 2 <= i <= first, last < i <= last + 8
        if not head and not tail:
            return ""
        _, whole = credit.read(one.text)
        if whole and (head or not one.text[0].isdigit()):  # a bare date behind the text is that of something else
            return "whole"
        return "some" if one.byline and (head or "editor" in one.cues) else ""

    def _suspect(self, lines: Sequence[str]) -> bool:
        """Say quickly whether a text may have the proof at all: at least two short lines with a word of chrome."""
        chrome = self._cues.anchor
        found = (line for line in lines if 1 < len(line) <= SURE_CHARS and chrome(line))
        return next(found, None) is not None and next(found, None) is not None

    @cached_property
    def _cues(self) -> Cues:
        return Cues.of(self.cues)

    @cached_property
    def _seen(self) -> Seen:
        return Seen(self._cues)

    @cached_property
    def _weights(self) -> Weights:
        return Weights.of(self.weights)

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


_CHROME = frozenset(
    (
        "crumb",
        "share",
        "tool",
        "right",
        "legal",
        "comment",
        "page",
        "footer",
        "login",
        "related",
        "tags",
        "app",
        "disclaim",
    )
)


_ALSO_HEADS = frozenset(("menu", "related", "date", "caption", "page"))  # also words that stand alone in print


def _told(traits: Sequence[str]) -> bool:
    """Say whether the article speaks of most of a line."""
    return "told:.6" in traits or "told:.7+" in traits


SENTENCE = 10  # 下一篇： announces nothing: a line of chrome is shorter than one that speaks of what it shows
_SPOKEN = re.compile("[。.!?！？]$")  # 你好吗? 我喜欢电影. may be anybody's words
_SIGNED = re.compile("(?:[0-9]{4}|[〇零一二三四五六七八九]{4})年.{1,2}月.{1,3}日")
_SAID = re.compile("[“「『].*[”」』]$|[（(]?[0-9]{1,2}[)）、.][^0-9]")


def _touching(looks: Sequence[Look], first: int, last: int) -> frozenset[int]:
    """Return the lines before and behind the article without a word of chrome among them and in between."""
    low, high = first, last
    while low and not looks[low - 1].cues:
        low -= 1
    while high + 1 < len(looks) and not looks[high + 1].cues:
        high += 1
    if low == 0:
        low = first  # nothing says where the page's own lines end
    if high == len(looks) - 1:
        high = last
    return frozenset((*range(low, first), *range(last + 1, high + 1)))


_CLOSES = frozenset(("editor", "share", "tool"))  # what stands right under an article
_MAY_BE_ITS_OWN = frozenset(("byline", "date", "caption", "widget"))  # degrees and dates are a forecast's too
_REACHED = re.compile(
    "(?:联系人|联络人|联系方式|(?:联系|咨询|报名|垂询|办公|查询)?(?:电话|手机)|(?:电子)?邮箱|e-?mail|地 ?址)[(:]"
)


_FIELD = re.compile("[\u3400-\u9fff]{2,8}(?: ?[(][^)]{1,8}[)])?: ?(?!$)")  # 地点：车站, 出租方（甲方）：刘建国


def _is_its_own(one: Look) -> bool:
    """Say whether a line may be the text's, right at it: no word of chrome is in it, or whom to ask."""
    return (not one.sure and not one.cues - _MAY_BE_ITS_OWN) or _REACHED.match(one.text) is not None


def _beginning_of_its_own(looks: Sequence[Look], first: int) -> frozenset[int]:
    """Return the lines between the byline, with its date, and the text: what it needs, who plays in it, who rents."""
    for i in range(first - 1, -1, -1):
        if looks[i].byline or not _is_its_own(looks[i]):
            found = range(i + 1, first) if looks[i].byline and "date" in looks[i].cues else ()
            return frozenset(k for k in found if looks[k].han >= 5 and "made:mixed" not in looks[k].traits)
    return frozenset()


def _ending_of_its_own(looks: Sequence[Look], last: int) -> frozenset[int]:
    """Return the lines between the text and what stands right under an article: who edited it, a share bar, 【打印】.

    Winners, prices, a programme, an answer, a closing formula: without a word of chrome among them they are the text's.
    """
    for i in range(last + 1, len(looks)):
        if not _is_its_own(looks[i]):
            return frozenset(range(last + 1, i) if looks[i].cues & _CLOSES else ())
    return frozenset()


def _signature(looks: Sequence[Look], core: Core) -> frozenset[int]:
    """Return the lines of a signature right under the text: who signed, and the date in full."""
    for i in range(core[1], min(core[1] + 5, len(looks))):
        if looks[i].sure or not _CHROME.isdisjoint(looks[i].cues):
            break
        if _SIGNED.fullmatch(looks[i].text):
            return frozenset(range(core[1], i + 1))
    return frozenset()


def evidence(looks: Sequence[Look], core: Core, closely: bool = True) -> float:
    """Return how many lines outside the core prove that a text is a page.

    Those beyond doubt count whole, likely ones half: a heading such as 图片新闻 or 要闻 is also found in print. What a
    line of the text announces, what somebody says, and the numbered steps of a manual may be made of the same words;
    if they are not looked at `closely`, these count too.
    """
    sure = likely = announced = 0
    for i, one in enumerate(looks):
        shown, announced = announced > 0, announced - 1
        if closely and (not one.sure or one.han >= SENTENCE) and announces(one.text):
            shown, announced = True, REACH
        if one.prose or core[0] <= i < core[1] or shown or (closely and _SAID.match(one.text)):
            continue
        if one.sure and one.cues - _ALSO_HEADS:
            sure += 1
        elif one.sure or (one.han <= 30 and not _CHROME.isdisjoint(one.cues) and not _SPOKEN.search(one.text)):
            likely += 1
    # a line with date and source right over the text is what pages have
    byline = any(one.byline and "date" in one.cues and not one.prose for one in looks[max(0, core[0] - 4) : core[0]])
    return sure + (likely + byline) / 2


def _class(one: Look, place: int) -> str:
    """Return the word for what a line that goes is: by its cues, else by its shape, and where it stands."""
    for name in (
        "legal",
        "right",
        "crumb",
        "related",
        "comment",
        "share",
        "login",
        "tool",
        "page",
        "footer",
        "app",
        "disclaim",
        "tags",
        "vote",
        "ad",
        "menu",
    ):
        if name in one.cues:
            return f"{PLACES[place]}: {name}"
    return f"{PLACES[place]}: {'snippet' if one.prose else 'list'}"
