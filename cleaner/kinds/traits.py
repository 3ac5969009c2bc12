"""What the lines of a page look like: the traits that the kind `judge` weighs.

A trait is a name such as `han:5-8`, `ends:stop`, `cover:menu` or `next:prose`; a line has it or has it not.
Traits say what a line is made of (length, marks, words of page chrome), what stands around it, and how much
of it is spoken of in the prose before and behind. None knows a site, an absolute position, or the length of the text,
so that a line is judged alike in a whole page and in a cutting of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

from cleaner.kinds.chrome import Cues

CHROME_CHARS = 400  # longer lines are prose, whatever words they have
CUE_CHARS = 160  # cues are looked for in lines up to this length, in longer ones only in this much of either end
SURE_CHARS = 60  # a line that is chrome beyond doubt is short
SEEN = 20_000  # looks at so many lines are kept

_LATIN = re.compile(r"[a-z]")
_STOPS = re.compile(r"[。！？；!?;]")
_COMMAS = re.compile(r"[，,、]")
_PARTICLES = "的了是在和与及也都就而但其将被把着过对这那他她它我你们为于以从"
_FUNCTION = re.compile(rf"[{_PARTICLES}]|不[能会是]|已经")
_FOUR_FUNCTION = re.compile(rf"(?:[^{_PARTICLES}]*[{_PARTICLES}]){{4}}")
_CHAPTER = re.compile(
    r"^(?:第[一二三四五六七八九十百零\d]+[章节節条條款篇部回卷课讲]|附件?[则則录錄:]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
)
_ITEM = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[•·\-*◆●■□◎])")
_SEPARATED = re.compile(r"\S+(?:[ |丨/·>»_]+\S+){3,}")
_ELLIPSIS = re.compile(r"(?:\.{2,}|…+)[ 】\])]?$")
_DATE_END = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: ?\d{1,2}:\d{2}(?::\d{2})?)?$|\d{1,2}:\d{2}$")
_HEAD_MARK = re.compile(r"^[【〔\[]|[?？!！]$|[:：]")


class Look:
    """What one line is by itself. `cues` are classes of chrome, `sure` says it can hardly be a line of an article.

    The traits of prose of an article are hardly ever asked for, and worked out when they are.
    """

    __slots__ = ("_traits", "byline", "cues", "cut", "han", "prose", "stops", "sure", "text")

    def __init__(
        self, text: str, han: int, prose: bool, byline: bool, cues: frozenset[str], sure: bool, ends: str,
        traits: tuple[str, ...] | Callable[[], tuple[str, ...]],
    ) -> None:  # fmt: skip
        self.text = text
        self.han = han
        self.prose = prose
        self.byline = byline
        self.cues = cues
        self.sure = sure
        self.stops = ends == "stop"  # the trait ends:stop
        self.cut = ends == "ellipsis" and han >= 8  # ends:cut
        self._traits = traits

    @property
    def traits(self) -> tuple[str, ...]:
        if callable(self._traits):
            self._traits = self._traits()
        return self._traits


@lru_cache(maxsize=8192)
def bucket(value: int, edges: tuple[int, ...]) -> str:
    """Return the name of the range between two edges in which a count lies."""
    for low, high in zip((0, *edges), edges, strict=False):
        if value < high:
            return f"{low}-{high - 1}" if high - 1 > low else f"{low}"
    return f"{edges[-1]}+"


_TWENTY_HAN = re.compile(r"(?:[^\u3400-\u9fff]*[\u3400-\u9fff]){20}")


def plainly_prose(line: str) -> bool:
    """Say quickly that `look` will find a line to be prose; it may find others to be prose too."""
    return "。" in line and _TWENTY_HAN.match(line) is not None


def _ending(text: str, stopped: bool) -> str:
    """Return how a folded line ends; `stopped` says whether a mark that ends a sentence is in it."""
    if text.endswith("。") or text[-2:-1] == "。":
        return "stop"
    tail = text[-2:]
    if _STOPS.search(tail.rstrip('”"」』》)')[-1:] or " ") or (tail[-1:] in '”」』"' and stopped):
        return "stop"
    if _ELLIPSIS.search(text):
        return "ellipsis"
    return "colon" if text.endswith(":") else "comma" if text[-1] in ",，、" else "open"


def _said(text: str, prose: bool, cues: Cues) -> tuple[set[str], str, set[str]]:
    """Return the classes of chrome that are in a folded line, the line without marks around it, and what that is."""
    sample = text if len(text) <= CUE_CHARS else text[:CUE_CHARS] + " " + text[-CUE_CHARS:]
    asked = cues.may_hold(sample) if not prose else cues.search_prose if cues.told(sample) else ()
    bare = text.strip(" |>»›:◆●■▶►▲★☆※【】[]()<«→·•-")
    return (
        {name for name, pattern in asked if pattern.search(sample)},
        bare,
        {name for name, pattern in cues.may_be(bare) if pattern.fullmatch(bare)},
    )


class Seen:
    """Looks at lines, and remembers what it saw: chrome is the same on page after page."""

    def __init__(self, cues: Cues) -> None:
        self.cues = cues
        self._seen: dict[str, Look] = {}

    def looks(self, lines: Sequence[str]) -> list[Look]:
        """Return what lines are, each stripped and not empty; of long prose with half the effort of `look`."""
        seen = self._seen
        new = [line for line in dict.fromkeys(lines) if line not in seen]
        if len(seen) + len(new) > SEEN:
            seen.clear()
            new = list(dict.fromkeys(lines))
        for line, text, han in zip(new, *self.cues.folded(new), strict=True):
            seen[line] = _glance(line, text, han, self.cues)
        return [seen[line] for line in lines]

    def forget(self) -> None:
        """Look at every line anew from here on."""
        self._seen.clear()


def _glance(line: str, text: str, han: int, cues: Cues) -> Look:
    size = len(line)
    if size <= SURE_CHARS or not plainly_prose(line) or (size <= CHROME_CHARS and not _FOUR_FUNCTION.match(text)):
        return _look(text, han, cues)  # its words of chrome count
    found, _, heads = _said(text, True, cues)
    return Look(
        text, han, True, "byline" in found and han <= 60, frozenset(found | heads), "notice" in heads,
        _ending(text, True), lambda: _look(text, han, cues).traits,
    )  # fmt: skip


def look(line: str, cues: Cues) -> Look:
    """Look at one stripped line that is not empty."""
    (text,), (han,) = cues.folded([line])
    return _look(text, han, cues)


def _look(text: str, han: int, cues: Cues) -> Look:
    """Look at one folded line, with so many Han characters."""
    size = len(text)
    stops = len(_STOPS.findall(text))
    ends = _ending(text, stops > 0)
    function = len(_FUNCTION.findall(text))
    prose = han >= 20 and (
        ends in ("stop", "ellipsis") or "。" in text or stops > 1 or (han >= 40 and len(_COMMAS.findall(text)) >= 2)
    )
    traits = [f"han:{bucket(han, (1, 3, 5, 9, 14, 20, 32, 60, 120))}", f"ends:{ends}"]
    found, bare, heads = _said(text, prose, cues)
    share, by_class, count = (
        cues.covered(text) if size <= CHROME_CHARS and not (prose and function > 3) else (0.0, Counter(), 0)
    )
    if share >= 0.5:
        traits.append("cover:" + ("all" if share >= 0.95 else "most" if share >= 0.75 else "half"))
        best = max(by_class.values())
        found |= {name for name, chars in by_class.items() if chars >= 0.6 * best and name != "menu"}
        if share >= 0.75 and by_class["menu"] >= 0.6 * best:
            found.add("menu")
        if count >= 4:
            traits.append("cover:many")
    traits += [f"cue:{name}" for name in sorted(found)]
    traits += [f"is:{name}" for name in sorted(heads)]
    latin = len(_LATIN.findall(text))
    if not han:
        traits.append("made:latin" if latin > 3 else "made:digits")
    elif latin > han:
        traits.append("made:mixed")
    if han >= 8:
        rate = function / han
        traits.append(
            "function:" + ("none" if not function else "few" if rate < 0.06 else "some" if rate < 0.12 else "many")
        )
    if _COMMAS.search(text) and han >= 8:
        traits.append("has:comma")
    if stops > 1:
        traits.append("has:sentences")
    if _CHAPTER.match(text):
        traits.append("has:chapter")
    elif _ITEM.match(text):
        traits.append("has:number")
    if not prose and _SEPARATED.fullmatch(text):
        traits.append("has:separators")
    if ends == "ellipsis" and han >= 8:
        traits.append("ends:cut")
    if han >= 6 and (text[-1].isdigit() or text[-1] == "日") and _DATE_END.search(text):
        traits.append("ends:date")
    if not prose and han >= 8 and _HEAD_MARK.search(text):
        traits.append("has:headline-mark")
    if " " in text.strip() and not stops and 8 <= han <= 40:
        traits.append("has:blank")
    sure = "notice" in heads or (
        size <= SURE_CHARS
        and (
            bool(heads & {"related", "footer"})
            or (share >= 0.95 and (count >= 2 or len(bare) >= 4))
            or bool(found & {"legal"})
            or (
                bool(found & {"right", "crumb", "share", "tool", "footer"})
                and not prose
                and stops == 0
                and (share >= 0.3 or "crumb" in found)
            )
        )
    )
    if sure:
        traits.append("sure")
    return Look(text, han, prose, "byline" in found and han <= 60, frozenset(found | heads), sure, ends, tuple(traits))
