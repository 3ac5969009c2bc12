"""Close up Han characters that stand one by one: 我 们 今 天 去 学 校 -> 我们今天去学校."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cleaner.context import Context, Proposal

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_RUN = re.compile(f"(?<!{_HAN})(?:{_HAN}[，。、；：！？]? ){{5,}}{_HAN}(?!{_HAN})")
_RUNNING = re.compile("[的了是在和与與我们們你他这這那不有对對为為将將]")  # words of running text: a list has none
LONG = 12  # Han characters of a run from which it is no list, heading or line of a poem (designed)


@dataclass(frozen=True)
class Spaced:
    """A run of six or more is closed up if it is long, or has a word of running text; else it is asked about."""

    stage: ClassVar = "characters"

    def __call__(self, context: Context) -> Iterator[Proposal]:
        for match in _RUN.finditer(context.text):
            run = match.group()
            han = len(run) - run.count(" ")
            level = None if _RUNNING.search(run) and han >= LONG else "ask"
            for at, char in enumerate(run, match.start()):
                if char == " ":
                    yield Proposal(at, at + 1, "", level)  # type: ignore[arg-type]
