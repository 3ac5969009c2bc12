"""Remove emoji that a spinner wedged into sentences: 統計數據🍻,目前 -> 統計數據,目前."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import regex

from cleaner.context import Context, Proposal, han_count
from cleaner.kinds.prefilter import sought

DENSE = 1 / 150  # emoji for each Han character
KINDS = 8  # different ones: a person has favourites
WEDGED = 0.8  # share of them that stand inside a sentence: a person sets them behind its end

_EMOJI = regex.compile(
    r"\p{Extended_Pictographic}(?:\uFE0F|[\U0001F3FB-\U0001F3FF])*(?:\u200D\p{Extended_Pictographic}\uFE0F?)*"
)
_INSIDE = regex.compile(r"[，、,；：。！？]|\p{Han}")
MARKED = 0.5  # share of those before a mark: before a word an emoji may stand for one, or head an item
_FEW = regex.compile(r"[\u2600-\u27BF\u2B00-\u2BFF\u3030\u303D\U0001F000-\U0001FAFF]")


@dataclass(frozen=True)
class Emoji:
    """All go that stand between a Han character and a mark or another one, if the text as a whole shows it."""

    stage: ClassVar = "characters"

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(_FEW)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        text = context.text
        if not _FEW.search(text):
            return
        found = list(_EMOJI.finditer(text))
        if len({match.group() for match in found}) < KINDS or len(found) < DENSE * han_count(text):
            return
        wedged = [
            match for match in found
            if _INSIDE.match(text, match.end()) and match.start() and regex.match(r"\p{Han}", text[match.start() - 1])
        ]  # fmt: skip
        marked = sum(text[match.end()] in "，、,；：。！？" for match in wedged)
        if len(wedged) >= WEDGED * len(found) and marked >= MARKED * len(wedged):
            for match in wedged:
                yield Proposal(match.start(), match.end(), "")
