"""Close up Han characters that stand one by one: 我 们 今 天 去 学 校 -> 我们今天去学校."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cleaner.context import Context, Proposal
from cleaner.kinds.prefilter import sought
from cleaner.script.mojibake import reads

_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_MARKS = "，。、；：！？"
_RUN = re.compile(
    f"(?<!{_HAN})(?:{_HAN}(?:[ \u3000]?[{_MARKS}][ \u3000]?|[ \u3000])){{5,}}{_HAN}(?!{_HAN})(?:[ \u3000][{_MARKS}])?"
)
_RUNNING = re.compile("[的了是在和与與我们們你他这這那不有对對为為将將]")  # words of running text: a list has none
WORDS = 0.25  # share of neighbours that are a word: running text has 0.3 to 0.5, a list of single characters hardly any
LONG = 12  # Han characters of a run from which it is no list, heading or line of a poem (designed)


@dataclass(frozen=True)
class Spaced:
    """A run of six or more is closed up if it is long and reads as running text; else it is asked about."""

    stage: ClassVar = "characters"

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(_RUN)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        for match in _RUN.finditer(context.text):
            run = match.group()
            plain = re.sub(f"[ \u3000{_MARKS}]", "", run)
            has_mark = len(plain) + run.count(" ") + run.count("\u3000") < len(run)
            running = len(plain) >= LONG and (_RUNNING.search(plain) or (has_mark and reads(plain) >= WORDS))
            level = None if running else "ask"
            for at, char in enumerate(run, match.start()):
                if char in " \u3000":
                    yield Proposal(at, at + 1, "", level)  # type: ignore[arg-type]
