"""Foreign text in Markdown: nothing of it may become markup, and nothing of it may wake a code host.

A code host does a lot to text: links, mentions, emoji, formulas, references to issues and commits. All of them
leave code spans alone, so any run of ASCII that could wake one of them (it holds @ # : / . and the like, or looks
like a hash or an issue key) stands in a code span; other ASCII marks are entities; Han text stays plain.
"""

from __future__ import annotations

import re

from cleaner.show import show

_RUN = re.compile(
    r"""
    (?P<ascii> [!-_a-{}]+ )   # printable ASCII without space, ` | ~ ...
  | (?P<mark>  [`|~]      )   # ... which no code span in a table can hold, or which strikes text
    """,
    re.VERBOSE,
)
_INERT = re.compile(  # runs that wake no code host by themselves
    r"""
    (?! .* : .* : )                      # two colons are an emoji
    (?: [:.]? [0-9A-Za-z(),;?'"+=-]+    # words
      | [0-9]+ [.:] [0-9]+ %?           # 8.8%, 10:31
      | [:./%!]                         # one mark between Han characters: 来源:云南日报
    )
    [.:!%]? [),;'"]*                    # and the end of a sentence
    """,
    re.VERBOSE,
)
_WAKES = re.compile(r"[0-9A-Fa-f]{7}|[A-Z]-[0-9]|(?i:www|https?|ftp|mailto|xmpp)")  # but a hash or an issue key does
_BEGINS = re.compile(r"[+=-]|[0-9]+[.)]")  # a list, a heading: only where a line begins


def inline(text: str) -> str:
    """Return foreign text as inline Markdown that is nothing but text, on any code host; line ends become ⏎."""
    return inert(show(text.replace("\n", "⏎")))


def inert(shown: str) -> str:
    """Return what `show` made of a text as inline Markdown."""
    return _RUN.sub(_inert, shown)


def _inert(match: re.Match[str]) -> str:
    run = match.group()
    if match["mark"]:
        return _entities(run)
    if not _INERT.fullmatch(run) or _WAKES.search(run):
        return f"`{run}`"
    begin = None if match.string[: match.start()].strip() else _BEGINS.match(run)
    if begin is None:
        return run
    at = begin.end() - 1
    return run[:at] + _entities(run[at]) + run[at + 1 :]


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)
