"""The lines right before and behind the text that are the article's own, whatever their place speaks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaner.kinds.layout import Core
from cleaner.kinds.proof import CHROME
from cleaner.kinds.traits import Look

_SIGNED = re.compile("(?:[0-9]{4}|[〇零一二三四五六七八九]{4})年.{1,2}月.{1,3}日")


HEADLINE = 10  # Han characters that the headline of another article has at least
_PARTICULAR = re.compile(r"[:\d(]")


def touching(looks: Sequence[Look], first: int, last: int) -> frozenset[int]:
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


FIELD = re.compile("[\u3400-\u9fff]{2,8}(?: ?[(][^)]{1,8}[)])?: ?(?!$)")  # 地点：车站, 出租方（甲方）：刘建国


def _is_its_own(one: Look) -> bool:
    """Say whether a line may be the text's, right at it: no word of chrome is in it, or whom to ask."""
    return (not one.sure and not one.cues - _MAY_BE_ITS_OWN) or _REACHED.match(one.text) is not None


def beginning_of_its_own(looks: Sequence[Look], first: int) -> frozenset[int]:
    """Return the lines between the byline, with its date, and the text: what it needs, who plays in it, who rents."""
    for i in range(first - 1, -1, -1):
        if looks[i].byline or not _is_its_own(looks[i]):
            found = range(i + 1, first) if looks[i].byline and "date" in looks[i].cues else ()
            return frozenset(k for k in found if looks[k].han >= 5 and "made:mixed" not in looks[k].traits)
    return frozenset()


def ending_of_its_own(looks: Sequence[Look], last: int) -> frozenset[int]:
    """Return the lines between the text and what stands right under an article: who edited it, a share bar, 【打印】.

    Winners, prices, a programme, an answer, a closing formula: without a word of chrome among them they are the text's.
    """
    for i in range(last + 1, len(looks)):
        if not _is_its_own(looks[i]):
            found = range(last + 1, i) if looks[i].cues & _CLOSES else ()
            return frozenset(k for k in found if not _is_headline(looks[k]))
    return frozenset()


def _is_headline(one: Look) -> bool:
    """Say whether a line reads like the headline of another article: no field, no number, no sentence."""
    return one.han >= HEADLINE and not one.stops and _PARTICULAR.search(one.text) is None


def signature(looks: Sequence[Look], core: Core) -> frozenset[int]:
    """Return the lines of a signature right under the text: who signed, and the date in full."""
    for i in range(core[1], min(core[1] + 5, len(looks))):
        if looks[i].sure or not CHROME.isdisjoint(looks[i].cues):
            break
        if _SIGNED.fullmatch(looks[i].text):
            return frozenset(range(core[1], i + 1))
    return frozenset()
