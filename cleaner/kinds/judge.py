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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, NamedTuple

from cleaner import credit
from cleaner.context import Context, Proposal
from cleaner.kinds.chrome import Cues
from cleaner.kinds.layout import Page, around, known
from cleaner.kinds.own import FIELD, beginning_of_its_own, ending_of_its_own, signature, touching
from cleaner.kinds.places import BODY, NOISE, PLACES, TITLE, Weights
from cleaner.kinds.proof import evidence
from cleaner.kinds.traits import SURE_CHARS, Look, Seen, plainly_prose
from cleaner.tables import Table

ROUNDS = 6  # so often a result is judged again
LINES = 20_000  # longer texts are no pages
FEW = 2  # an article with so few lines of prose is perhaps made of lines: a poem


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
        if not 1 < len(lines) <= LINES:
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
        if not self._suspect(lines) or not self._may_prove(lines):
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
        if BODY not in places:
            return nothing
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
        heads |= signature(looks, core) | ending_of_its_own(looks, last)
        few = sum(looks[i].prose for i in range(*core[:2])) <= FEW
        begins = beginning_of_its_own(looks, first)
        heads |= {i for i in begins if FIELD.match(looks[i].text)}
        own = begins | (touching(looks, first, last) if few else frozenset())
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
            if goes and (first < i < last or i in own) and not one.cues:
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


def _told(traits: Sequence[str]) -> bool:
    """Say whether the article speaks of most of a line."""
    return "told:.6" in traits or "told:.7+" in traits


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
