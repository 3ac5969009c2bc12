"""Make one mark of a comma or full stop that stands twice by mistake: 好，，我们 -> 好，我们."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cleaner.context import Context, Proposal
from cleaner.kinds.prefilter import sought

_PAIR = re.compile("(?<=[\u4e00-\u9fff”’」』》）])(?:，，|。。|、、|；；)(?=[\u4e00-\u9fff“‘「『《（\n]|$)")
SLIPS = 3  # pairs in a text that are slips; more are a habit (designed)
_MORE = re.compile("([，。、；])\\1\\1")


@dataclass(frozen=True)
class Doubled:
    """Pairs only, and none in a text that also writes three, or many: there they are the author's dots."""

    stage: ClassVar = "characters"

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(_PAIR)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        text = context.text
        found = list(_PAIR.finditer(text))
        if found and not _MORE.search(text):
            for match in found:
                yield Proposal(match.start(), match.end(), match.group()[0], None if len(found) <= SLIPS else "ask")
