"""What the lines of a page look like: the traits that the kind `judge` weighs.

A trait is a name such as `han:5-8`, `ends:stop`, `cover:menu` or `next:prose`; a line has it or has it not.
Traits say what a line is made of (length, marks, words of page chrome), what stands around it, and how much
of it is spoken of in the prose before and behind. None knows a site, an absolute position, or the length of the text,
so that a line is judged alike in a whole page and in a cutting of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cleaner.tables import Table

CHROME_CHARS = 400  # longer lines are prose, whatever words they have
CUE_CHARS = 160  # cues are looked for in lines up to this length, in longer ones only in this much of either end
SURE_CHARS = 60  # a line that is chrome beyond doubt is short
NEAR = 3  # how many lines of prose, before and behind, the words of a line are looked up in

_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | dict.fromkeys((12288, 160, 8195, 8194, 9), 32)
_FILLING = re.compile(r"[\s\d|丨｜/\\·・•.:;,，、。~\-—_+*#>»›<«→【】\[\]()（）「」『』《》“”\"'!！?？©®&=]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[a-z]")
_STOPS = re.compile(r"[。！？；!?;]")
_COMMAS = re.compile(r"[，,、]")
_FUNCTION = re.compile(r"[的了是在和与及也都就而但其将被把着过对这那他她它我你们为于以从]|不[能会是]|已经")
_CHAPTER = re.compile(
    r"^(?:第[一二三四五六七八九十百零\d]+[章节節条條款篇部回卷课讲]|附件?[则則录錄:]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
)
_ITEM = re.compile(r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[•·\-*◆●■□◎])")
_SEPARATED = re.compile(r"\S+(?:[ |丨/·>»_]+\S+){3,}")
_ELLIPSIS = re.compile(r"(?:\.{2,}|…+)[ 】\])]?$")
_DATE_END = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: ?\d{1,2}:\d{2}(?::\d{2})?)?$|\d{1,2}:\d{2}$")
_HEAD_MARK = re.compile(r"^[【〔\[]|[?？!！]$|[:：]")


# What prose itself may say to be chrome; other words of chrome (登录, 广告, 浏览器) are topics of articles too.
_IN_PROSE = frozenset(("right", "disclaim", "comment", "editor", "caption", "date"))


@dataclass(frozen=True)
class Cues:
    """The words and patterns of page chrome, compiled from a table (see rules/tables/line-cues.tsv)."""

    fold: dict[int, int]
    words: dict[str, tuple[Word, ...]]
    search: tuple[tuple[str, re.Pattern[str]], ...]
    whole: tuple[tuple[str, re.Pattern[str]], ...]
    anchor: re.Pattern[str]

    @classmethod
    def of(cls, table: Table) -> Cues:
        words: dict[str, list[str]] = {}
        search: dict[str, list[str]] = {}
        whole: dict[str, list[str]] = {}
        anchors: list[str] = []
        fold = dict(_WIDTH)
        for how, name, what in table.rows:
            if how == "fold":
                fold |= {ord(a): ord(b) for a, b in zip(name, what, strict=True)}
            elif how == "anchor":
                anchors += what.split()
            elif how == "words":
                for word in what.split():
                    words.setdefault(word, []).append(name)
            else:
                (search if how == "search" else whole).setdefault(name, []).append(what)
        fold |= {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
        fold |= {c: c - 0xFEE0 + 32 for c in range(0xFF21, 0xFF3B)}
        return cls(
            fold,
            _by_first(words),
            tuple((name, re.compile("|".join(parts))) for name, parts in search.items()),
            tuple((name, re.compile("|".join(parts))) for name, parts in whole.items()),
            _anywhere(anchors, fold),
        )

    def covered(self, text: str) -> tuple[float, Counter[str], int]:
        """Return the share (0-1) of a folded line that words of chrome take, by class, and how many words they are."""
        size = len(_FILLING.sub("", text))
        found: Counter[str] = Counter()
        if not size:
            return 0.0, found, 0
        taken = count = at = 0
        while at < len(text):
            for word in self.words.get(text[at], ()):
                if text.startswith(word.text, at) and word.fits(text, at):
                    taken += word.letters
                    count += 1
                    for name in word.classes:
                        found[name] += word.letters
                    at += len(word.text)
                    break
            else:
                at += 1
        return min(taken / size, 1.0), found, count


class Word(NamedTuple):
    """A word of chrome with its classes. A single Han character counts only alone, Latin letters only whole."""

    text: str
    letters: int
    classes: tuple[str, ...]

    def fits(self, text: str, at: int) -> bool:
        end = at + len(self.text)
        before, after = text[at - 1 : at], text[end : end + 1]
        if len(self.text) == 1 and not self.text.isascii():
            return (not before or before in _ALONE) and (not after or after in _ALONE)
        if _is_latin(self.text[0]) and _is_latin(before):
            return False
        return not (_is_latin(self.text[-1]) and _is_latin(after))


_ALONE = " |/·"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _by_first(words: dict[str, list[str]]) -> dict[str, tuple[Word, ...]]:
    """Return the words by their first character, the longest first."""
    found: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        one = Word(word, len(_FILLING.sub("", word)), tuple(dict.fromkeys(words[word])))
        found.setdefault(word[0], []).append(one)
    return {first: tuple(some) for first, some in found.items()}


def _anywhere(words: Sequence[str], fold: dict[int, int]) -> re.Pattern[str]:
    """Return a pattern for folded words in a text that is not folded."""
    forms: dict[str, str] = {}
    for one, other in fold.items():
        if other > 0x20:
            forms[chr(other)] = forms.get(chr(other), chr(other)) + chr(one)
    either = ("".join(f"[{re.escape(forms[c])}]" if c in forms else re.escape(c) for c in word) for word in words)
    return re.compile("|".join(either) or "(?!)")


class Look(NamedTuple):
    """What one line is by itself. `cues` are classes of chrome, `sure` says it can hardly be a line of an article."""

    text: str
    han: int
    prose: bool
    byline: bool
    cues: frozenset[str]
    sure: bool
    traits: tuple[str, ...]


def _bucket(value: int, edges: Sequence[int]) -> str:
    for low, high in zip((0, *edges), edges, strict=False):
        if value < high:
            return f"{low}-{high - 1}" if high - 1 > low else f"{low}"
    return f"{edges[-1]}+"


def look(line: str, cues: Cues) -> Look:
    """Look at one stripped line that is not empty."""
    text = line.translate(cues.fold)
    han = len(_HAN.findall(text))
    size = len(text)
    stops = len(_STOPS.findall(text))
    tail = text[-2:]
    ends = (
        "stop"
        if _STOPS.search(tail.rstrip('”"」』》)')[-1:] or " ") or (tail[-1:] in '”」』"' and stops)
        else (
            "ellipsis"
            if _ELLIPSIS.search(text)
            else "colon"
            if text.endswith(":")
            else "comma"
            if text[-1] in ",，、"
            else "open"
        )
    )
    if text.endswith("。") or text[-2:-1] == "。":
        ends = "stop"
    function = len(_FUNCTION.findall(text))
    prose = han >= 20 and (
        ends in ("stop", "ellipsis") or "。" in text or stops > 1 or (han >= 40 and len(_COMMAS.findall(text)) >= 2)
    )
    traits = [f"han:{_bucket(han, (1, 3, 5, 9, 14, 20, 32, 60, 120))}", f"ends:{ends}"]
    sample = text if size <= CUE_CHARS else text[:CUE_CHARS] + " " + text[-CUE_CHARS:]
    found = {name for name, pattern in cues.search if (not prose or name in _IN_PROSE) and pattern.search(sample)}
    bare = text.strip(" |>»›:◆●■▶►▲★☆※【】[]()<«→·•-")
    heads = {name for name, pattern in cues.whole if pattern.fullmatch(bare)}
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
    if _SEPARATED.fullmatch(text) and not prose:
        traits.append("has:separators")
    if ends == "ellipsis" and han >= 8:
        traits.append("ends:cut")
    if _DATE_END.search(text) and han >= 6:
        traits.append("ends:date")
    if _HEAD_MARK.search(text) and not prose and han >= 8:
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
    return Look(text, han, prose, "byline" in found and han <= 60, frozenset(found | heads), sure, tuple(traits))


def _grade(share: float, grades: Sequence[tuple[str, float]], last: str) -> str:
    """Return the name of the first grade above a share, "0" for none of it."""
    return next((name for name, limit in grades if share < limit), last) if share else "0"


def _pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring Han characters, and the Latin words, of a folded text."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1) if _HAN.match(text[i]) and _HAN.match(text[i + 1])}
    return frozenset(pairs)


def traits(lines: Sequence[str], cues: Cues) -> tuple[list[Look], list[list[str]]]:
    """Return for each line (stripped, none empty) its look, and all its traits."""
    looks = [look(line, cues) for line in lines]
    return looks, around(looks)


def headline(looks: Sequence[Look], core: tuple[int, int, bool], told: frozenset[str]) -> int | None:
    """Return the line before the article that the article speaks of most: its headline, if there is one.

    If it speaks of none, the line right over the last dated byline before it.
    """
    best, most = None, 0.0
    for i in range(core[0] + 1):
        one = looks[i]
        if not _may_head(one) or (one.prose and i == core[0]):
            continue
        own = _pairs(one.text)
        same = sum(pair in told for pair in own)
        worth = same * same / len(own) if own else 0.0
        if same >= 2 and worth > most:
            best, most = i, worth
    if best is None:
        for i in range(core[0] - 1, max(0, core[0] - 15), -1):
            if looks[i].byline and "date" in looks[i].cues:
                return i - 1 if _may_head(looks[i - 1]) and not looks[i - 1].cues else None
    return best


def _may_head(one: Look) -> bool:
    return 5 <= one.han <= 60 and not one.sure and "ends:stop" not in one.traits


_WEAK = frozenset(("right", "disclaim", "comment", "notice"))
AHEAD = 1.5  # a block so many times as weighty as the next is the article
STRANGE = 0.35  # prose of which the article speaks of so much may be its own, wherever it stands
APART = 8  # so many lines that are not prose end a block of prose


def main_block(looks: Sequence[Look]) -> tuple[int, int, bool] | None:
    """Return the lines `[low, high)` of the block of prose that most likely is the article, and if it is far ahead.

    None if there is no prose. A block is lines of prose with at most `APART` lines from one to the next. Its weight is
    its Han characters; prose in the words of disclaimers and forms, cut-off snippets, prose that stands alone and what
    stands behind the heading of a list of other articles count less, a block soon after a byline counts double.
    """
    blocks: list[list[float]] = []  # [low, high, weight]
    byline = last = -99  # the last byline, the last line of prose
    others = behind_lists(looks)
    for i, one in enumerate(looks):
        if one.byline and not one.prose and ("date" in one.cues or one.han > 6):
            byline = i
        if not one.prose:
            if "ends:stop" in one.traits and not one.cues and blocks and not others[i]:
                last += 1  # verses and short sentences do not end a block
            continue
        weak = bool(one.cues & _WEAK)
        alone = not any(looks[k].prose for k in (i - 1, i + 1) if 0 <= k < len(looks))
        weight = (
            one.han
            * (0.6 if alone else 1.0)
            * (0.15 if weak else 0.3 if "ends:cut" in one.traits else 0.25 if others[i] else 1.0)
        )
        if blocks and i - last <= APART and not others[i]:
            if weak:
                continue  # it does not make a block longer
            blocks[-1][1] = i + 1
            blocks[-1][2] += weight
        else:
            blocks.append([i, i + 1, weight * (2 if i - byline <= 12 else 1)])
        last = i
    if not blocks:
        return None
    blocks.sort(key=lambda block: -block[2])
    low, high, weight = blocks[0]
    return int(low), int(high), len(blocks) == 1 or weight > AHEAD * blocks[1][2]


def behind_lists(looks: Sequence[Look]) -> list[bool]:
    """Say for each line whether it is behind the heading of a list of other articles, and the article has not gone on.

    It goes on where two lines of plain prose stand together: a list gives each article one.
    """
    found, related, prose = [], False, False
    for i, one in enumerate(looks):
        if prose and "related" in one.cues and one.han < 20 and not one.prose:
            related = True
        elif related and _plain(one) and i + 1 < len(looks) and _plain(looks[i + 1]):
            related = False
        prose = prose or _plain(one)
        found.append(related)
    return found


def _plain(one: Look) -> bool:
    return one.prose and not one.sure and not one.cues & _WEAK and "ends:cut" not in one.traits


class Known(NamedTuple):
    """What is certain before the chain is asked: lines that are the article's text, and lines that cannot be."""

    body: tuple[int, ...]
    other: tuple[int, ...]


def known(looks: Sequence[Look]) -> Known:
    """Return what is certain of a page whose main block is far ahead of all others, nothing for any other text.

    Plain prose of that block is the article's; notices before and behind it are not, nor is what stands behind the
    heading of a list of other articles, once the block is over; prose there only if the article speaks of little of it.
    """
    core = main_block(looks)
    if core is None or not core[2]:
        return Known((), ())
    body = tuple(i for i in range(core[0], core[1]) if _plain(looks[i]))
    if not body:
        return Known((), ())
    lists = behind_lists(looks)
    told = _told_by(looks, core)
    other = []
    for i, one in enumerate(looks):
        listed = i >= core[1] and lists[i] and not (one.prose and _share(one.text, told) >= STRANGE)
        if listed or (not body[0] <= i <= body[-1] and "notice" in one.cues):
            other.append(i)
    return Known(body, tuple(other))


def _told_by(looks: Sequence[Look], core: tuple[int, int, bool]) -> frozenset[str]:
    return _pairs("\n".join(looks[i].text for i in range(core[0], core[1]) if looks[i].prose))


def _share(text: str, told: frozenset[str]) -> float:
    own = _pairs(text)
    return sum(pair in told for pair in own) / len(own) if own else 0.0


def around(looks: Sequence[Look]) -> list[list[str]]:
    """Return for each line the traits of its own and those that its neighbours give it."""
    count = len(looks)
    found = [list(one.traits) for one in looks]
    prose = [i for i, one in enumerate(looks) if one.prose]
    pairs = {i: _pairs(looks[i].text[:400]) for i in prose}
    times = Counter(one.text for one in looks)
    core = main_block(looks)
    told = _told_by(looks, core) if core else frozenset()
    top = headline(looks, core, told) if core else None
    # runs of lines that are not prose
    run = [0] * count
    i = 0
    while i < count:
        j = i
        while j < count and not looks[j].prose:
            j += 1
        for k in range(i, j):
            run[k] = j - i
        i = max(j, i + 1)
    before = 0  # index into prose: how many lines of prose stand before
    related = ended = copied = 0
    for i, one in enumerate(looks):
        mine = found[i]
        while before < len(prose) and prose[before] < i:
            before += 1
        behind = len(prose) - before - (1 if one.prose else 0)
        mine.append(f"prose-before:{_bucket(before, (1, 2, 4))}")
        mine.append(f"prose-behind:{_bucket(behind, (1, 2, 4))}")
        if not one.prose:
            mine.append(f"run:{_bucket(run[i], (3, 6, 11))}")
        previous, following = (looks[i - 1] if i else None), (looks[i + 1] if i + 1 < count else None)
        for name, other in (("previous", previous), ("next", following)):
            if other is None:
                mine.append(f"{name}:edge")
                continue
            if other.prose:
                mine.append(f"{name}:prose")
            if other.byline:
                mine.append(f"{name}:byline")
            if "date" in other.cues:
                mine.append(f"{name}:date")
            if other.sure:
                mine.append(f"{name}:sure")
            elif other.cues - {"byline", "date", "caption", "editor"}:
                mine.append(f"{name}:cue")
            elif not other.prose:
                mine.append(f"{name}:short" if other.han < 8 else f"{name}:line")
        low, high = max(0, i - 3), min(count, i + 4)
        near = sum(looks[k].prose for k in range(low, high) if k != i)
        mine.append(f"near-prose:{_bucket(near, (1, 2, 4))}")
        chrome = sum(looks[k].sure for k in range(low, high) if k != i)
        mine.append(f"near-sure:{_bucket(chrome, (1, 2, 4))}")
        if any(looks[k].byline for k in range(i + 1, min(count, i + 4))) and not one.byline:
            mine.append("soon:byline")
        if any(looks[k].prose for k in range(i + 1, min(count, i + 6))):
            mine.append("soon:prose")
        if times[one.text] > 1:
            mine.append("repeated")
        if core and top is not None and i <= core[0] and one.text == looks[top].text:
            mine.append("headline")
        if core:
            where = "before" if i < core[0] else "in" if i < core[1] else "after"
            mine.append(f"core:{where}")
            if one.prose:
                mine.append(f"prose-core:{where}")
        # how much of the line the prose around speaks of
        if one.han >= 4:
            own = pairs[i] if one.prose else _pairs(one.text)
            if own:
                if core and not one.prose:
                    share = sum(pair in told for pair in own) / len(own)
                    mine.append("told:" + _grade(share, ((".1", 0.15), (".3", 0.4), (".6", 0.7)), ".7+"))
                ahead = [k for k in prose[before : before + NEAR + 1] if k > i][:NEAR]
                back = prose[max(0, before - NEAR) : before]
                for name, places in (("told-behind", ahead), ("told-before", back)):
                    if places:
                        share = sum(any(pair in pairs[k] for k in places) for pair in own) / len(own)
                        mine.append(f"{name}:" + _grade(share, ((".1", 0.15), (".3", 0.4)), ".5"))
        # what was passed since the article began
        if related:
            mine.append("passed:related")
        if ended:
            mine.append("passed:editor")
        if copied:
            mine.append("passed:chrome" if copied < 3 else "passed:much-chrome")
        if one.prose and not one.sure:
            copied = 0 if not related else copied
        if before or one.prose:
            related += "related" in one.cues and one.han < 20
            ended += "editor" in one.cues and not one.prose
            copied += one.sure
    return found
