"""What kind of repetition a passage is, and the figures behind the verdict.

Most short strings that Chinese news share are formula: of 45 shared passages of 20 characters and more between
unrelated articles, read by hand, half were datelines, titles of office and slogans. So a detector without classes
is useless to a reviewer, however good its recall. Only `reuse` counts for gates; the other kinds are listed, folded.

The tests run in a fixed order and the first that holds decides: boilerplate, quote, formula, reuse. Each reads
figures that stand in `Overlap.reasons`, and `sentence` says the verdict in words. Nothing here depends on the size of
the corpus: limits relative to it would let one unrelated document change the verdict on others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from cleaner.overlap.boxes import Match
from cleaner.overlap.page import FULL_STOP, Page
from cleaner.overlap.pieces import MANY, Piece, pieces
from cleaner.overlap.stream import SEED, Run
from cleaner.overlap.values import Figure, Kind
from cleaner.overlap.wording import (
    _NUMERALS,
    background_grams,
    edge_share,
    furniture_share,
    is_attributed,
    phrase_share,
    usual_share,
)

BOILERPLATE_SHARE = 0.5
QUOTED_SHARE = 0.8  # some characters of what follows the quotation may agree by chance
FORMULA_SHARE = 0.6
USUAL_SHARE = 0.6  # phrases, datelines and what everybody writes, together
CHANCE_SHARE = 0.8  # of a passage of several pieces, in those that are formula by themselves
NAMES_SHARE = 0.6
LONG = 30  # aligned key characters from which a passage is reuse unless it is something else
REFERENCE = 1000  # documents that idf is counted against: a constant, not the size of the folder
RARE_SHORT = 65.0  # rarity of a passage under 30 characters: 11 grams that stand in two documents only (6.2 each)
RARE_LONG = 37.0  # rarity of a longer one: six such grams, one run of eleven characters that is nobody's phrase
SIGN = 15.0  # what one sign weighs, in rarity: between two and three rare grams. Signs of copying: it runs across a
# sentence end; the two documents share more. Signs of a phrase: it begins and ends with a clause in both; it holds no
# figure, date or Latin name; its grams are frequent here.
SENTENCE = 60  # aligned characters from which even one sentence is more than a phrase
CROWD = 5  # documents from which a gram counts as frequent here
DIGIT_OPS, DIGIT_SPACING = 2, 40  # a template: at least two changed numbers, one every 40 characters or closer
SLOT, SLOT_SPACING = 4, 20  # a template: a name that is filled in, and how close such places are
_NUMBER = re.compile(r"\d\d|[a-z]{2}")  # figures, dates, Latin names: what a formula does not hold


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the other documents say about a passage.

    `edge_lines` are the key texts of lines that stand at the head or tail of three documents that otherwise differ.
    `df` gives for each 6-gram of a key text the number of documents in which it stands (at least 2).
    """

    edge_lines: frozenset[str]
    df: Callable[[str], list[int]]


@dataclass(frozen=True)
class Verdict:
    """A class and the figures behind it; the first of them is the name of the test that decided."""

    kind: Kind
    reasons: tuple[tuple[str, Figure], ...]

    @property
    def doubtful(self) -> bool:
        """Whether the passage is only too short, so that other passages of the same two documents could lift it."""
        return self.reasons[0][1] == "short"


def classify(
    a: Page, b: Page, match: Match, around: Surroundings, *, company: bool = False, capped: bool = False
) -> Verdict:
    """Return what kind of repetition `match` is, and why.

    `company` says that the two documents share another passage of reuse (asked only where the verdict is in doubt);
    `capped` that the passage came from a bucket which met its limit.
    """
    figures = _figures(a, b, match, around, company)
    figures["capped"] = capped
    kind, rule = _decide(figures)
    return Verdict(kind, tuple(_shared(*item) for item in (("rule", rule), *sorted(figures.items()))))


@lru_cache(maxsize=1 << 14, typed=True)
def _shared(name: str, figure: Figure) -> tuple[str, Figure]:
    """Return one and the same pair for the same figure: most records have most of them in common."""
    return name, figure


def _decide(figures: dict[str, Figure]) -> tuple[Kind, str]:
    """Return the class and the name of the test that decided: the first that holds."""
    chars = figures["chars"]
    tests: tuple[tuple[bool, Kind, str], ...] = (
        (bool(figures["capped"]), "boilerplate", "bucket"),
        (_at_least(figures["edge_lines"], BOILERPLATE_SHARE), "boilerplate", "edges"),
        (_at_least(figures["chrome"], BOILERPLATE_SHARE), "boilerplate", "chrome"),
        (_at_least(figures["quoted"], QUOTED_SHARE), "quote", "marks"),
        (_is_common_sentence(figures), "formula", "many"),
        (_at_least(figures["enumerated"], NAMES_SHARE), "formula", "enumeration"),
        (bool(figures["attributed"]), "quote", "attribution"),
        (_at_least(figures["phrases"], FORMULA_SHARE), "formula", "phrases"),
        (_at_least(figures["background"], FORMULA_SHARE), "formula", "background"),
        (_at_least(figures["usual"], USUAL_SHARE), "formula", "usual"),
        (bool(figures["template"]), "formula", "template"),
        (_at_least(figures["by_chance"], CHANCE_SHARE), "formula", "pieces"),
        (_at_least(chars, LONG) and _at_least(figures["weight"], RARE_LONG), "reuse", "long"),
        (_at_least(figures["weight"], RARE_SHORT), "reuse", "rare"),
    )
    for holds, kind, rule in tests:
        if holds:
            return kind, rule
    return "formula", "common" if _at_least(chars, LONG) else "short"


def _is_common_sentence(figures: dict[str, Figure]) -> bool:
    """Say whether a passage is one sentence, or less, that many documents have and nothing around it.

    A wire story has other sentences before and behind, in company; a slogan or a closing phrase stands alone.
    """
    alone = not figures["full_stop"] and not figures["company"] and not _at_least(figures["chars"], SENTENCE)
    if not alone or not _at_least(figures["df"], MANY):
        return False
    return bool(figures["whole_clauses"]) or _at_least(figures["df"], CROWD + 1)


def _at_least(figure: Figure, limit: float) -> bool:
    return isinstance(figure, (int, float)) and figure >= limit


def _figures(a: Page, b: Page, match: Match, around: Surroundings, company: bool) -> dict[str, Figure]:
    """Return every figure that the tests read; those that describe one side are of the side that has less."""
    box = match.box
    sides = ((a, box.a0, box.a1), (b, box.b0, box.b1))
    runs = [a.key.text[run.a0 : run.a0 + run.size] for part in match.parts for run in part.equal if run.size >= SEED]
    by_run = list(_counts(a, match, around))
    counts = [count for run in by_run for count in run]
    apart = pieces(a, b, match, by_run)
    usual = background_grams()
    known = [run[i : i + SEED] in usual for run in runs for i in range(len(run) - SEED + 1)]
    rarity = sum(
        math.log(REFERENCE / min(count, REFERENCE))
        for count, common in zip(counts, known, strict=True)
        if not common  # what everybody writes is no evidence, however few have it here
    )
    numbers = any(_NUMBER.search(run) for run in runs)
    borders = all(page.opens_clause(low) and page.closes_clause(high) for page, low, high in sides)
    crosses = all(page.crosses_sentence(low, high) for page, low, high in sides)
    stops = all(page.crosses_sentence(low, high, FULL_STOP) for page, low, high in sides)
    crowd = sorted(counts)[len(counts) // 2] if counts else 0
    signs = crosses + company - (not numbers) - borders - (crowd > CROWD)
    return {
        "background": round(sum(known) / max(len(known), 1), 3),
        "attributed": all(is_attributed(*side) for side in sides),
        "by_chance": _by_chance(a, b, apart, around) if len(apart) > 1 else 0.0,
        "chars": match.chars,
        "chrome": round(min(furniture_share(*side) for side in sides), 3),
        "clause_borders": borders,
        "company": company,
        "df": crowd,
        "edge_lines": round(min(edge_share(*side, around.edge_lines) for side in sides), 3),
        "enumerated": round(min(page.enumerated(low, high) for page, low, high in sides), 3),
        "full_stop": stops,
        "numbers": numbers,
        "pieces": len(apart),
        "phrases": round(min(phrase_share(page.key.text[low:high]) for page, low, high in sides), 3),
        "quoted": round(min(page.quoted(low, high) for page, low, high in sides), 3),
        "rarity": round(rarity, 1),
        "sentence_end": crosses,
        "signs": signs,
        "template": len(apart) == 1 and _is_template(list(_changes(a, b, match)), match.chars),
        "usual": round(min(usual_share(*side) for side in sides), 3),
        "whole_clauses": all(page.holds_clauses(low, high) for page, low, high in sides),
        "weight": round(rarity + SIGN * signs, 1),
    }


def _counts(a: Page, match: Match, around: Surroundings) -> Iterator[list[int]]:
    """Yield for each equal run of a match in how many documents each of its 6-grams stands."""
    for part in match.parts:
        counts = around.df(a.key.text[part.box.a0 : part.box.a1])
        for run in part.equal:
            low = run.a0 - part.box.a0
            yield counts[low : max(low + run.size - SEED + 1, low)]


def _by_chance(a: Page, b: Page, apart: Sequence[Piece], around: Surroundings) -> float:
    """Return the share of several pieces, by equal characters, in those that are formula by themselves."""
    total = sum(piece.matched for piece in apart)
    return round(sum(piece.matched for piece in apart if _is_common(a, b, piece, around)) / total, 3)


def _is_common(a: Page, b: Page, piece: Piece, around: Surroundings) -> bool:
    """Say whether a piece alone is a sentence that many have, made of what everybody writes, a list, a quotation
    or a template.

    What many have is a phrase if they have it each among other text; a wire story goes on alike in all of them.
    """
    sides = tuple((page, low, high) for page, (low, high) in zip((a, b), piece.sides, strict=True))
    if piece.df >= MANY and not any(_goes_on(*side, piece.df, around) for side in sides):
        return not all(page.crosses_sentence(low, high, FULL_STOP) for page, low, high in sides)
    if min(usual_share(*side) for side in sides) >= USUAL_SHARE:
        return True
    if min(page.enumerated(low, high) for page, low, high in sides) >= NAMES_SHARE:
        return True
    if min(page.quoted(low, high) for page, low, high in sides) >= QUOTED_SHARE:
        return True
    return _is_template(list(_between(a, b, piece.runs)), piece.matched)


def _goes_on(page: Page, low: int, high: int, df: int, around: Surroundings) -> bool:
    """Say whether half of the documents that have a span have what runs across its start or its end here, too."""
    key, half = page.key.text, SEED // 2
    borders = (key[at - half : at + half] for at in (low, high) if half <= at <= len(key) - half)
    return any(2 * around.df(gram)[0] > df for gram in borders)


def classify_document(
    a: Page, b: Page, changes: Sequence[tuple[str, str]], chars: int, *, capped: bool = False
) -> tuple[Kind, str]:
    """Return the class of two near duplicates and the test that decided, "" for reuse.

    `changes` are the key texts of both sides where they differ, `capped` says that their bucket met its limit.

    Whole documents are reuse unless they are one template with other numbers, or pages of nothing but furniture.
    """
    if capped:
        return "boilerplate", "bucket"
    if min(furniture_share(page, 0, len(page.key)) for page in (a, b)) >= BOILERPLATE_SHARE:
        return "boilerplate", "furniture"
    return ("formula", "template") if _is_template(changes, chars) else ("reuse", "")


def _is_template(changes: Sequence[tuple[str, str]], chars: int) -> bool:
    """Say whether two places are one sentence filled in twice.

    Either most changes put other numbers, one every 40 characters or closer; or a number and nothing but short words
    (names) differ, one every 20 characters or closer: … 1月13日 … 选举张荣茂为 …
    """
    numbers = sum(_NUMERALS.issuperset(old + new) for old, new in changes)
    slots = sum(0 < len(old) <= SLOT and 0 < len(new) <= SLOT for old, new in changes)
    other_number = any(old and new and _NUMERALS.issuperset(old + new) for old, new in changes)
    mostly = numbers >= DIGIT_OPS and numbers * 2 > len(changes) and chars <= DIGIT_SPACING * numbers
    filled = other_number and len(changes) >= DIGIT_OPS and slots == len(changes) and chars <= SLOT_SPACING * slots
    return mostly or filled


def _changes(a: Page, b: Page, match: Match) -> Iterator[tuple[str, str]]:
    """Yield the key characters of both sides wherever a match is not equal."""
    for part in match.parts:
        yield from _between(a, b, part.equal)


def _between(a: Page, b: Page, runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    for one, two in pairwise(runs):
        yield a.key.text[one.a0 + one.size : two.a0], b.key.text[one.b0 + one.size : two.b0]
