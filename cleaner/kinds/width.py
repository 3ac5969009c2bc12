"""Make letters and digits of one width, where a text has both: １２ and 12."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cleaner.context import Context, Proposal
from cleaner.kinds.prefilter import sought

_SIGN = "[＠＃＄％＆＊＋．／＝＿]"  # beside one of these the width is a part of a name or an address: ＠ＤＩＭＥ
_SORTS = (
    (re.compile(f"[０-９](?<!{_SIGN}.)[０-９]*(?!{_SIGN}|[Ａ-Ｚａ-ｚ０-９])"), re.compile("[0-9]")),
    (re.compile(f"[Ａ-Ｚａ-ｚ](?<!{_SIGN}.)[Ａ-Ｚａ-ｚ]*(?!{_SIGN}|[Ａ-Ｚａ-ｚ０-９])"), re.compile("[A-Za-z]")),
)
_ANY = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_SHIFT = 0xFEE0  # from full width to ASCII (Unicode: Halfwidth and Fullwidth Forms)
USUAL = 4  # times as many of the half-width form, or the full-width one is a choice as well


@dataclass(frozen=True)
class Width:
    """Full-width digits (letters) become half-width in a text that mostly writes those; marks are never touched."""

    stage: ClassVar = "characters"

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """One of these has to be in a text for this kind to find anything."""
        return sought(_ANY)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if not _ANY.search(context.text):
            return
        found = []
        for full, half in _SORTS:
            matches = list(full.finditer(context.text))
            count = sum(len(match.group()) for match in matches)
            if count and len(half.findall(context.text)) >= USUAL * count:
                found += matches
        if found and context.script.script == "other" and context.script.evidence.kana:
            return  # Japanese has standards of its own
        for match in sorted(found, key=re.Match.start):
            yield Proposal(match.start(), match.end(), "".join(chr(ord(char) - _SHIFT) for char in match.group()))
