"""The proof that a text is a page: lines outside its article that can hardly be anything but chrome."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.kinds.announce import REACH, announces
from cleaner.kinds.layout import Core
from cleaner.kinds.traits import Look

CHROME = frozenset(
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
SENTENCE = 10  # 下一篇： announces nothing: a line of chrome is shorter than one that speaks of what it shows
_SPOKEN = re.compile("[。.!?！？]$")  # 你好吗? 我喜欢电影. may be anybody's words
_SAID = re.compile("[“「『].*[”」』]$|[（(]?[0-9]{1,2}[)）、.][^0-9]")


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
        elif one.sure or (one.han <= 30 and not CHROME.isdisjoint(one.cues) and not _SPOKEN.search(one.text)):
            likely += 1
    # a line with date and source right over the text is what pages have
    byline = any(one.byline and "date" in one.cues and not one.prose for one in looks[max(0, core[0] - 4) : core[0]])
    return sure + (likely + byline) / 2
