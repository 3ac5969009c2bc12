"""Words for masks: what a copy of the sentence has where a betting keyword took the place of a word.

Where two texts share a passage and one of them has a mask in it, the other may have the word that is lost. It counts
if the characters on both sides of the mask stand on both sides of the word. The word is only proposed; it is *sure* if
all copies that have one have the same, the surroundings agree well, and the passage is a copy and not a phrase: a
sentence that others fill in with another name proves nothing.

A copy that is masked itself at that place, or of which a rule for keywords says that something is wrong there, does
not count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from cleaner.overlap.values import Found, Overlap, Passage, Text, Word

if TYPE_CHECKING:
    from cleaner.overlap.key import Key

ANCHOR = 6  # key characters on each side of the mask that the copy must have: a seed, as in the search for passages
REACH = 16  # key characters on each side that are compared at most
WORD = 12  # key characters of the longest word that is looked for
TWINS = 16  # documents with one key text that are asked for a word; more of them say the same
SURE = 0.75  # share of what is compared that must agree before a word may be put without a person (designed)
_FILLED_IN = ("template", "enumeration")  # of a formula: other copies have other words by design

Span = tuple[int, int]


@dataclass(frozen=True)
class Masked:
    """A cleaned text and its masks, sorted; `tainted` are all places where a keyword was found or feared."""

    text: Text
    masks: tuple[Span, ...] = ()
    tainted: tuple[Span, ...] = ()
    fold_script: bool = True

    @cached_property
    def key(self) -> Key:
        from cleaner.overlap.key import make_key

        return make_key(self.text.text, self.fold_script)

    def at(self, position: int) -> int:
        """Return how many key characters stand before a position of the text."""
        return bisect_left(self.key.start, position)

    def keyed(self, passage: Passage) -> Span:
        """Return the key positions of a passage."""
        return self.at(passage.start), self.at(passage.end)


@dataclass
class _Votes:
    """What copies say of one mask: by folded word, the best place and the documents."""

    best: dict[str, tuple[float, str, Passage]] = field(default_factory=dict)
    documents: dict[str, set[str]] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)  # words that a copy has, not only a phrase


def words(found: Found, documents: Mapping[str, Masked]) -> dict[tuple[str, Span], tuple[Word, ...]]:
    """Return for each mask (document name, place) that a copy has a word for, the words, best first."""
    votes: dict[tuple[str, Span], _Votes] = {}
    twins = _twins(found, documents)
    for overlap in found.overlaps:
        if overlap.kind == "boilerplate" or dict(overlap.reasons)["rule"] in _FILLED_IN:
            continue
        for mine, other in ((overlap.a, overlap.b), (overlap.b, overlap.a)):
            masked = [one for one in twins.get(mine.document, [documents[mine.document]]) if one.masks]
            copies = twins.get(other.document, [documents[other.document]])[:TWINS] if masked else []
            for one in masked:
                for copy in copies:
                    if one is copy and mine.document != other.document:
                        continue
                    inside, within = documents[mine.document].keyed(mine), documents[other.document].keyed(other)
                    for mask in _inside(one, inside):
                        vote = _word(one, mask, copy, within)
                        if vote is not None:
                            _count(votes.setdefault((one.text.name, mask), _Votes()), overlap, *vote)
    return {place: tuple(_ranked(vote)) for place, vote in sorted(votes.items())}


def _twins(found: Found, documents: Mapping[str, Masked]) -> dict[str, list[Masked]]:
    """Return for each document that others have the same key text as, all of them, by name.

    The search compares only the first of them with other texts; what it finds there holds for all.
    """
    groups: dict[str, list[str]] = {}
    for overlap in found.overlaps:
        if overlap.unit == "document" and dict(overlap.reasons)["rule"] == "same":
            group = groups.setdefault(overlap.a.document, [overlap.a.document])
            group.append(overlap.b.document)
            groups[overlap.b.document] = group
    return {name: [documents[member] for member in sorted(group)] for name, group in groups.items()}


def _inside(one: Masked, keyed: Span) -> Iterator[Span]:
    """Yield the masks of a text that stand between two key positions."""
    for mask in one.masks:
        if keyed[0] <= one.at(mask[0]) <= keyed[1]:
            yield mask


def _count(votes: _Votes, overlap: Overlap, score: float, word: str, place: Passage) -> None:
    from cleaner.overlap.key import fold

    name = fold(word)
    old = votes.best.get(name)
    if old is None or (-score, place, word) < (-old[0], old[2], old[1]):
        votes.best[name] = (score, word, place)
    votes.documents.setdefault(name, set()).add(place.document)
    if overlap.kind in ("reuse", "quote"):
        votes.copied.add(name)


def _ranked(votes: _Votes) -> list[Word]:
    alone = len(votes.best) == 1
    found = [
        Word(
            word, score, len(votes.documents[name]), place, alone and score >= SURE and name in votes.copied
        )
        for name, (score, word, place) in votes.best.items()
    ]  # fmt: skip
    return sorted(found, key=lambda word: (-word.copies, -word.score, word.new))


def _word(mine: Masked, mask: Span, other: Masked, within: Span) -> tuple[float, str, Passage] | None:
    """Return (score, word, place) of what `other` has where `mine` has the mask, None if it has no such place.

    It is looked for near the key positions `within`. The word is in the script of `mine`.
    """
    low, high = _clear(mine, mask)
    at = mine.at(mask[0])
    left, right = mine.key.text[max(low, at - REACH) : at], mine.key.text[at : min(high, at + REACH)]
    if len(left) < ANCHOR or len(right) < ANCHOR:
        return None
    place = _best_place(left, right, other, within[0] - REACH, within[1] + REACH)
    if place is None:
        return None
    agree, begin, end = place
    start, stop = _between(mine, mask, at, other, begin, end)
    word = other.text.text[start:stop]
    around = int(other.key.end[begin - 1]), int(other.key.start[end])
    if start < 0 or "\n" in word or any(x <= around[1] and y >= around[0] for x, y in other.tainted):
        return None
    score = agree / (len(left) + len(right))
    return score, _in_script(word, mine, other, start), Passage(other.text.name, start, stop)


def _clear(mine: Masked, mask: Span) -> Span:
    """Return the key positions around a mask up to the next masks: behind those, the copy has words that are lost."""
    i = mine.masks.index(mask)
    low = mine.at(mine.masks[i - 1][1]) if i else 0
    high = mine.at(mine.masks[i + 1][0]) if i + 1 < len(mine.masks) else len(mine.key)
    return low, high


def _best_place(left: str, right: str, other: Masked, low: int, high: int) -> tuple[int, int, int] | None:
    """Return (characters that agree, begin, end) of the best place between `left` and `right`, in key positions."""
    text = other.key.text
    anchor, follow = left[-ANCHOR:], right[:ANCHOR]
    best = None
    at = text.find(anchor, max(low, 0), high)
    while at >= 0:
        begin = at + ANCHOR
        end = text.find(follow, begin, min(begin + WORD + ANCHOR, len(text)))
        if end >= 0:
            agree = _common(left[::-1], text[max(begin - REACH, 0) : begin][::-1]) + _common(
                right, text[end : end + REACH]
            )
            if best is None or agree > best[0]:
                best = agree, begin, end
        at = text.find(anchor, at + 1, high)
    return best


def _common(one: str, two: str) -> int:
    """Return how many characters two texts have in common at their start."""
    size = min(len(one), len(two))
    return next((i for i in range(size) if one[i] != two[i]), size)


def _between(mine: Masked, mask: Span, at: int, other: Masked, begin: int, end: int) -> Span:
    """Return where in `other` the word stands, without the punctuation that also stands beside the mask.

    (-1, -1) if nothing but other punctuation stands there.
    """
    low, high = int(other.key.end[begin - 1]), int(other.key.start[end])
    between = other.text.text[low:high]
    before = mine.text.text[int(mine.key.end[at - 1]) : mask[0]]
    after = mine.text.text[mask[1] : int(mine.key.start[at])]
    if between.startswith(before) and between[len(before) :].endswith(after):
        return low + len(before), high - len(after)
    if end == begin:
        return -1, -1
    return int(other.key.start[begin]), int(other.key.end[end - 1])


def _in_script(word: str, mine: Masked, other: Masked, start: int) -> str:
    """Return the word in the script of the text that receives it: 全国 becomes 全國 in a Traditional one.

    The sentence is converted with it, for the characters of a word alone do not say which of two forms is meant.
    """
    if not word or mine.text.script == other.text.script or mine.text.script not in ("hans", "hant"):
        return word
    from cleaner.script.convert import converted

    target: Literal["hans", "hant"] = "hans" if mine.text.script == "hans" else "hant"
    low, high = max(0, start - REACH), start + len(word)
    before, after = other.text.text[low:start], other.text.text[high : high + REACH]
    whole = converted(before + word + after, target)
    if len(whole) != len(before) + len(word) + len(after):
        return converted(word, target)
    return whole[len(before) : len(before) + len(word)]
