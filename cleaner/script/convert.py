"""Put a whole text into another script, and say which stretches of it change.

OpenCC converts, without saying where. A conversion leaves everything but Han alone, so the text and its conversion have
the same skeleton of other characters, and each run of Han stands against one run. Inside a run of equal length the
characters stand against each other; otherwise what differs between the common beginning and end is one change. So a
place is never looked for, and a phrase may change its length.

What comes out of a conversion to Traditional is then scored like any Traditional text (`repair`), with a lower
threshold: OpenCC's longest match errs over word boundaries (被发明 -> 被髮明).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from cleaner.script import ScriptState, decide
from cleaner.script.repair import Repairer
from cleaner.script.tables import FOLD, KANA, SENTENCE

if TYPE_CHECKING:
    from opencc import OpenCC

Target = Literal["hans", "hant", "tw", "hk"]

_FROM_HANS = {"hant": ("s2t",), "tw": ("s2tw",), "hk": ("s2hk",)}
# OpenCC goes from one region to another by way of its own standard
_FROM_HANT = {"hans": ("t2s",), "hant": (), "tw": ("hk2t", "t2tw"), "hk": ("tw2t", "t2hk")}
_RUNS = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


class Change(NamedTuple):
    """Put `new` where `start:end` of the text is."""

    start: int
    end: int
    new: str


def convert(text: str, state: ScriptState, target: Target, scorer: Repairer) -> list[Change]:
    """Return the changes that put `text` into the target's script; none if it is there, or in no script of Chinese.

    A text in a target's own script may still change its standard (tw, hk). Sentences with kana stay.
    """
    if state.script == "other" or (state.script == "hans" and target == "hans"):
        return []
    traditional = state.script == "hant" or target == "hans"
    made = text
    for config in _FROM_HANT[target] if traditional else _FROM_HANS[target]:
        made = _converter(config).convert(made)
    if not traditional:
        made = _scored(made.translate(FOLD) if target == "hant" else made, scorer)  # OpenCC writes 喫 羣 麪
    kana = [m.span() for m in SENTENCE.finditer(text) if KANA.search(m.group())] if state.evidence.kana else []
    return [c for c in changes(text, made) if not any(start <= c.start < end for start, end in kana)]


def converted(text: str, target: Literal["hans", "hant"]) -> str:
    """Return a short text in a script, as OpenCC's dictionaries have it; for a word and its neighbours."""
    made: str = _converter("t2s" if target == "hans" else "s2t").convert(text)
    return made if target == "hans" else made.translate(FOLD)


@lru_cache(maxsize=8)
def _converter(config: str) -> OpenCC:
    """Return one of OpenCC's converters; it takes 0.1 to 0.2 s to make, so once in a process.

    A configuration of OpenCC may load a shared object and read any file (measured, 1.4.2), and a bare name such as
    s2t is looked for in the working folder first: a repository with a file s2t.json would run code. So plugins are
    off before the library is there, and the configuration is named by the place where the package has it.
    """
    os.environ["OPENCC_DISABLE_PLUGINS"] = "1"
    for name in ("OPENCC_SEGMENTATION_PLUGIN_PATH", "OPENCC_DATA_DIR"):
        os.environ.pop(name, None)
    import opencc

    place = Path(opencc.__file__).resolve().parent / "clib" / "share" / "opencc" / f"{config}.json"
    return opencc.OpenCC(str(place), include_tofu_risk_dictionaries=False)


def _scored(text: str, scorer: Repairer) -> str:
    chars = list(text)
    for fix in scorer(text, decide(text)):
        if fix.sure:
            chars[fix.at] = fix.new
    return "".join(chars)


def changes(old: str, new: str) -> Iterator[Change]:
    """Yield what changes between a text and its conversion, a run of changed characters at a time.

    Raises ValueError if they differ in anything but Han.
    """
    if _RUNS.sub("", old) != _RUNS.sub("", new):
        raise ValueError("a conversion changed more than Han characters")
    runs = list(_RUNS.finditer(old)), list(_RUNS.finditer(new))
    if len(runs[0]) != len(runs[1]):
        raise ValueError("a conversion joined or removed runs of Han characters")
    for a, b in zip(*runs, strict=True):
        if a.group() != b.group():
            yield from _inside(a.start(), a.group(), b.group())


def _inside(at: int, old: str, new: str) -> Iterator[Change]:
    if len(old) != len(new):
        low = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        most = min(len(old), len(new)) - low
        tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
        yield Change(at + low, at + len(old) - tail, new[low : len(new) - tail])
        return
    start = 0
    while start < len(old):
        end = start
        while end < len(old) and old[end] != new[end]:
            end += 1
        if end > start:
            yield Change(at + start, at + end, new[start:end])
        start = end + 1
