"""What a headline is like: like what the page calls itself, a heading, named so, right above a byline."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from cleaner.formats.html_tree import key

LONG = 120  # characters that no headline has
SHARED = 0.7  # share of a line that is in a title, in pieces of two characters and more, if it says the same
BYLINE = re.compile(
    r"""
    (?:19|20)\d\d \s? [-/.年] \s? \d{1,2} \s? [-/.月] \s? \d{1,2} | \d{1,2}:\d\d
    | (?:来源|來源|出处|出處|作者|记者|記者|编辑|編輯|责编|責編|文章来源|原标题|原標題|发布|發布|發佈|更新) \s* [:：/／]
    | [（(／/] \s* (?: 記者|记者|文|撰文|編輯) | (?:報導|报道|撰文) \s* $
    """,
    re.VERBOSE,
)
# The way from the front page to this one, which stands where a headline may
CRUMBS = re.compile(r"位置|首页|首頁|[>›»＞][^<]*$")
_MARKUP = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Return a line as headlines are compared: without white space, punctuation and case."""
    return _MARKUP.sub("", key(text)).casefold()


def likeness(line: str, title: str) -> float:
    """Return how much a line is like the title of the page (0-1), which may have the site's name behind or before it.

    Both are `folded`.
    """
    if not line or not title:
        return 0.0
    if line == title:
        return 1.0
    if len(line) >= 4 and line in title:
        if title.startswith(line):
            return 0.9
        return 0.45 if 2 * len(line) >= len(title) else 0.3  # also the name of the site, where that is long
    if len(title) >= 4 and title in line:
        return 0.9 * len(title) / len(line)
    if min(len(line), len(title)) < 6 or len(title) > 300:
        return 0.0
    if sum(map(set(title).__contains__, line)) < SHARED * len(line):  # cannot be reached: no need to look for where
        return 0.0
    match = SequenceMatcher(None, line, title, autojunk=False)
    common = sum(part.size for part in match.get_matching_blocks() if part.size > 1)
    share = common / len(line)
    return share * 0.8 if share >= SHARED else 0.0


def is_name(line: str, title: str) -> bool:
    """Say whether a line (`folded`) that begins the page's title is long enough to be a headline, not a site's name."""
    return len(line) >= 12 or 2 * len(line) >= len(title)
