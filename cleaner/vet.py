"""Packs that are not ours: what their rules may hold, and which rules are too broad to be loaded.

A pack that an installed package brings was written by somebody the user may not know. Its patterns have to take time
in proportion to the text (`kinds/linear.py`), are of bounded size, and are compiled first in a child that is killed
after two seconds. A rule of any pack that is not shipped, and that would cut a good part of good prose, is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cleaner.context import Context, Settings
from cleaner.errors import OutputError
from cleaner.formats.sandbox import Died, Late, NotStarted, Sandbox
from cleaner.kinds.linear import PATTERNS, How, check
from cleaner.kinds.syntax import Refused

WORDS = 20_000  # words of a rule; a list of 20,000 compiled in 4.2 s (trust.md)
PUT = 200  # characters of a replacement: a text must not grow without bound
SECONDS = 2.0  # for the compilation of the patterns of a rule
IN_TABLES = {"judge": ("cues",)}  # keys of a kind that name a table with patterns
BROAD = 0.05  # share of the characters of good prose that a rule may cut; every shipped rule cuts none of them


def vet(rule: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (key, what is wrong, what to do) for a rule, as its table, of a pack that is not trusted."""
    for key, pattern, how in _patterns(rule):
        try:
            check(pattern, how)
        except Refused as err:
            what, _, how_on = str(err).partition("; ")
            yield key, f"'{key}' is refused in an installed pack: {what}", how_on or "write what it means"
    for key in IN_TABLES.get(str(rule.get("kind")), ()):
        if key in rule:
            what = f"the table '{key}' of kind '{rule['kind']}' holds patterns, which nobody has checked"
            yield key, f"{what}: refused in an installed pack", "write rules of kind line"
    for key, value in rule.items():
        if isinstance(value, (list, tuple, dict)) and len(value) > WORDS:
            yield key, f"'{key}' has {len(value)} words, the limit is {WORDS}", "put them into several rules"
    put = rule.get("put")
    if isinstance(put, str) and len(put) > PUT:
        yield "put", f"'put' has {len(put)} characters, the limit is {PUT}", "write a shorter one"


def _patterns(rule: Mapping[str, Any]) -> Iterator[tuple[str, str, How]]:
    for key, how in PATTERNS.get(str(rule.get("kind")), {}).items():
        value = rule.get(key)
        for pattern in value if isinstance(value, list) else [value]:
            if isinstance(pattern, str):
                yield key, pattern, how


def compiles(rules: Sequence[Mapping[str, Any]], worker: str = "cleaner.trial") -> bool:
    """Compile the patterns of a pack where it cannot harm us: in a child with little memory and time."""
    patterns = [pattern for rule in rules for _, pattern, _ in _patterns(rule)]
    if not patterns:
        return True
    with Sandbox(worker) as box:
        try:
            box.ask(json.dumps(patterns).encode("ascii"), SECONDS)
        except (Late, Died):
            return False
        except NotStarted as err:
            how = "give it more memory or processes (ulimit), and run the same command again"
            raise OutputError("E306", "the trial of a pack", f"no child: {err}", "nothing was written", how) from err
    return True


@lru_cache(maxsize=1)
def _prose(file: Path) -> tuple[Context, ...]:
    texts = file.read_bytes().decode("utf-8").split("\n\n")
    return tuple(Context(text.strip("\n") + "\n", Settings()) for text in texts)


def broad(kind: str, do: Any, prose: Path) -> float | None:
    """Return the share (0-1) of good prose that a rule would cut, if that is too much to be meant; else None.

    `prose` has texts parted by blank lines. Only kinds that take patterns of an author are asked; what a rule puts in
    place of a text does not count as cut.
    """
    share = cuts(kind, do, prose)
    return share if share > BROAD else None


def cuts(kind: str, do: Any, prose: Path) -> float:
    """Return the share (0-1) of good prose that a rule would cut, wherever it stands; as `broad`."""
    if kind not in PATTERNS and kind != "words":
        return 0.0
    cut = size = 0
    for context in _prose(prose):
        size += len(context.text)
        cut += sum(max(0, one.end - one.start - len(one.new)) for one in do(context))
    return cut / size
