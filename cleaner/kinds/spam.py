"""Find betting-site spam: title lines, names glued to a title, and keywords planted inside sentences.

Hacked and planted pages carry search-engine bait: `BRAND SUFFIX+`, chained by separators. Neither half
proves anything alone: 开云 is also Kering, 体育在线 a programme, 银河娱乐 a listed company. So what counts is
grammar: a name that is certain (tables, or a shape such as 365bet) with a suffix behind it, or a name
that is not, with a chain of suffixes that nobody writes in prose. Names are compared folded (Simplified,
lower case, half width), one character for one, so positions stay true.

Three modes, one rule each: `line` takes a whole line away, `edge` cuts the spam part off a real title or
off the end of a paragraph, `token` replaces a keyword inside a sentence, where the lost word stays lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from cleaner.context import Context, Proposal
from cleaner.kinds.bait import Grammar
from cleaner.kinds.bait_titles import Titles
from cleaner.kinds.bait_words import Planted
from cleaner.kinds.prefilter import quick
from cleaner.tables import Table

Mode = Literal["line", "edge", "token"]


@dataclass(frozen=True)
class Spam:
    """`brands` are names with what they need behind them, `weak` names that are other things too.

    `suffixes` have a class (field, bet, shop, place) and what may not follow them; `known` are words
    that rightly stand before a suffix. `put` is used in place of the setting for a masked word, if given.
    """

    stage: ClassVar = "lines"  # a rule in mode "token" says stage = "words"

    mode: Mode
    brands: Table
    weak: Table
    suffixes: Table
    known: Table | None = None
    put: str = ""

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar.of(self.brands, self.weak, self.suffixes, self.known)

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in self.__dict__.items() if key != "grammar"}

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """What this kind asks `Context.may_hold` for: one of them has to be there."""
        signs = self.grammar.signs
        if self.mode == "line":
            return signs.named, signs.bait, signs.called
        return (signs.named, signs.bait, signs.called) if self.mode == "edge" else (signs.named, signs.chain)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if not any(context.may_hold((pattern,)) for pattern in self.text_patterns):
            return iter(())
        if self.mode == "token":
            return Planted(self.grammar, self._worth(context), self.put).words(context)
        titles = Titles(self.grammar, self._worth(context))
        return titles.lines(context) if self.mode == "line" else titles.edges(context)

    def _worth(self, context: Context) -> Callable[[str], bool]:
        """Return what says quickly whether a line may hold what this rule looks for."""
        fast = quick("|".join(f"(?:{pattern})" for pattern in self.text_patterns)) if context.overview else None
        return fast or _always


def _always(text: str) -> bool:
    return True
