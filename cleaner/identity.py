"""What an edit is called: an id that stays when other text is edited, lines move, or the file is renamed.

The identity of an edit is the rule that had the last word, the text it takes, and 16 characters on each side, folded
to one script and one composition. 16 is needed: the 353 readings of seed 003 have 348 ids with 8 characters around
them, and 353 with 16. The k-th equal one in a file gets the ordinal k. The path is no part of it, so that one footer
in two files is one decision.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b

CONTEXT = 16  # code points before and after a quote


def short_id(*parts: str) -> str:
    """Return 12 hex digits of BLAKE2b that stand for some texts, in order."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what stands at `start:end`, and up to 16 characters before and behind it."""
    return text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def folded(text: str) -> str:
    """Return `text` in one script and one composition, so that a converted copy has the same identity."""
    return unicodedata.normalize("NFC", text).translate(_one_script())


@cache
def _one_script() -> dict[int, str]:
    from cleaner.overlap.key import fold_table

    return str.maketrans(fold_table())


def identity(rule: str, exact: str, prefix: str, suffix: str) -> str:
    """Return the id of the first such edit in a file."""
    return short_id(rule, folded(exact), folded(prefix), folded(suffix))


def nth(first: str, ordinal: int) -> str:
    """Return the id of the `ordinal`-th edit, from 1, whose identity is `first`."""
    return first if ordinal == 1 else short_id(first, str(ordinal))


def identities(source: str, places: Iterable[tuple[int, int, str]]) -> list[str]:
    """Return the ids of (start, end, rule) in `source`, which come in the order of their places."""
    seen: Counter[str] = Counter()
    ids = []
    for start, end, rule in places:
        first = identity(rule, *around(source, start, end))
        seen[first] += 1
        ids.append(nth(first, seen[first]))
    return ids
