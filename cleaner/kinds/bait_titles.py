"""Betting titles: a line that is spam as a whole, and spam at the edge of a real title or of a paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from cleaner.context import Context, Proposal
from cleaner.kinds.bait import Grammar, Unit, fold

LINE_CHARS = 240  # a title line is short; longer lines are only looked at from their ends
EDGE_CHARS = 80  # how far from either end of a line spam may reach
COVERED = 0.70  # share of a line that names, suffixes and labels take in a title line (measured on planted pages)
TITLE_CHARS = 8  # a line so long that stands in two lines running is no chance
FEW_HAN = 6  # with two names, fewer Han characters than this outside the grammar are no title
_URL_BAIT = re.compile(r"(?:https?://|www\.)\S*?(?<![a-z])(?:\d*bet\d+|\d+bet|kaiyun|leyu|hth|yabo|manbetx)(?![a-z])")
_STRONG_SEPARATOR = frozenset("_-—–|·•@/【】[]()（）「」『』")
_SENTENCE_END = "。！？!?；;…”」』）)"
# A line with so much to say before its colon introduces what stands under it; 友情链接： does not.
_INTRODUCES = re.compile("[\u4e00-\u9fff].{4,}[:：]$")


class Titles:
    """Looks for titles that are spam, or have spam at an edge."""

    def __init__(self, grammar: Grammar, worth: Callable[[str], bool]) -> None:
        self.grammar = grammar
        self.worth = worth  # says quickly whether a line may hold what is looked for

    def lines(self, context: Context) -> Iterator[Proposal]:
        done = 0
        listed = False  # under a line that introduces a list, as far as titles and blank lines go
        for i, line in enumerate(context.lines):
            if not line.stripped:
                continue
            short = 2 < len(line.stripped) <= LINE_CHARS and self.worth(line.stripped)
            if short and not context.prose_at(i) and self._is_title(fold(line.stripped)):
                start, end = context.cut(i, i + 1)
                yield Proposal(max(start, done), end, "", level="ask" if listed else None)
                done = end
            else:
                listed = self._introduces(line.stripped)

    def _introduces(self, line: str) -> bool:
        """Say whether a line announces what stands under it, in words of its own (友情链接： has none)."""
        if line[-1] not in ":：" or not _INTRODUCES.search(line[-EDGE_CHARS:]):
            return False
        return any(unit.kind == "other" for unit in self._units(fold(line[-EDGE_CHARS:])))

    def _is_title(self, text: str) -> bool:
        """Say whether the folded line is spam as a whole."""
        grammar = self.grammar
        if not grammar.suffix.search(text) and not grammar.name.search(text):
            return False
        units = self._units(text)
        size = dict.fromkeys(("key", "name", "suffix", "neutral", "separator", "other"), 0)
        for unit in units:
            size[unit.kind] += unit.end - unit.start
        words = sum(size.values()) - size["separator"]
        if not words or not size["suffix"] + size["key"] + size["name"]:
            return False
        covered = 1 - size["other"] / words
        hits, certain, called = self._hits(text, units)
        if certain and covered >= COVERED:
            return True
        if hits >= 2 and (certain or called) and _han(text, units) < FEW_HAN:
            return True
        return (covered == 1 and self._pure_chain(text, units)) or self._is_unknown(text, units)

    def _hits(self, text: str, units: Sequence[Unit]) -> tuple[int, bool, bool]:
        """Return how many names stand in the line, whether one is certain, and whether one is called upon."""
        hits, certain, called = 0, bool(_URL_BAIT.search(text)), False
        at = 0
        for unit in units:
            if unit.kind == "key":
                hits, certain = hits + 1, True
            if unit.kind != "name" or unit.start < at:
                continue
            match = self.grammar.name.match(text, unit.start)
            if match is None:
                continue
            phrase = self.grammar.phrase(text, match)
            at = phrase.end
            hits += 1
            certain = certain or self.grammar.certain(text, phrase)
            called = called or any(self.grammar.classes[s] == "shop" for s in phrase.suffixes)
        return hits, certain, called

    def _pure_chain(self, text: str, units: Sequence[Unit]) -> bool:
        """Say whether a line of suffixes alone speaks of betting itself and calls to come: 百家乐-在线APP官网."""
        found = [self.grammar.classes[text[u.start : u.end]] for u in units if u.kind == "suffix"]
        return "bet" in found and found.count("shop") >= 2

    def _is_unknown(self, text: str, units: Sequence[Unit]) -> bool:
        """Say whether the line is a chain of suffixes behind one name that no table knows.

        Each segment is `NAME? SUFFIX+` with the same name in all, at least two in all and at least four
        suffixes, or one segment of three; two of them call to come, and one names the trade.
        """
        names, suffixes, segments, last = set(), [], 0, ""
        run, times = "", 0
        for unit in [*units, Unit("separator", len(text), len(text))]:
            word = text[unit.start : unit.end]
            if unit.kind == "suffix":
                suffixes.append(word)
                if run:
                    names.add(run)
                    times += 1
                run = ""
            elif unit.kind in ("other", "name"):
                if last == "suffix":
                    return False
                run += word
            elif unit.kind == "separator":
                segments += last == "suffix"
                if run:
                    return False
            last = unit.kind
        classes = [self.grammar.classes[suffix] for suffix in suffixes]
        if len(names) != 1 or not self.grammar.foreign(next(iter(names))):
            return False
        enough = len(suffixes) >= 4 if segments > 1 else len(suffixes) >= 3
        # one call is enough where betting itself is named and the name stands twice with a chain behind it, or thrice:
        # nobody but a shop says 鼎盛娱乐_鼎盛娱乐平台_鼎盛娱乐官网
        repeated = times >= 3 or (times == 2 and "bet" in classes)
        called = classes.count("shop") >= 2 or (repeated and "shop" in classes)
        return enough and called and self.grammar.complete(suffixes)

    def _units(self, text: str) -> tuple[Unit, ...]:
        return self.grammar.units(text)

    # --- edges of a line ---------------------------------------------------------------------------------

    def edges(self, context: Context) -> Iterator[Proposal]:
        for i, line in enumerate(context.lines):
            if len(line.stripped) < 8 or not self.worth(_ends(line.stripped)):
                continue
            base = line.start + context.text[line.start : line.end].index(line.stripped[0])
            text = fold(line.stripped)
            low = self._prefix(text, context.prose_at(i)) or self._before_title(context, i, text)
            high = self._suffix(text, context.prose_at(i))
            if sum(c.isalpha() for c in text[low:high]) < 4:
                continue  # nothing of a title would be left: a matter for the rule of whole lines
            if low:
                yield Proposal(base, base + low, "")
            if high < len(text):
                yield Proposal(base + high, base + len(text), "")

    def _prefix(self, text: str, prose: bool) -> int:
        """Return where the real text begins, behind spam and its separator; 0 if there is none."""
        head = text[:EDGE_CHARS]
        run = self._run(head, self._units(head))
        while run and run[-1].kind != "separator":
            run.pop()
        end = next((unit.end for unit in reversed(run) if text[unit.start] in _STRONG_SEPARATOR), 0)
        if (
            not end and run and not prose and text[run[-1].start] not in "、，,"
        ):  # 乐鱼体育、亚博体育等赞助商: a list goes on
            end = run[-1].end
        while end < len(text) and text[end] in " _-|":
            end += 1
        return end if end < len(text) and self._is_bait(text[:end]) else 0

    def _before_title(self, context: Context, i: int, text: str) -> int:
        """Return where a title begins that stands again in the next line, behind the trade and two calls to come.

        The name before them may be in no table: what is cut is no part of the title, as the page itself shows.
        """
        below = next((line.stripped for line in context.lines[i + 1 :] if line.stripped), "")
        if not TITLE_CHARS <= len(below) < len(text) or context.prose_at(i):
            return 0
        head = text[: -len(below)]
        units = self._units(head) if text.endswith(fold(below)) else ()
        if not units or units[-1].kind != "separator":
            return 0
        suffixes = [head[unit.start : unit.end] for unit in units if unit.kind == "suffix"]
        name = "".join(head[unit.start : unit.end] for unit in units if unit.kind in ("other", "name"))
        calls = [self.grammar.classes[suffix] for suffix in suffixes].count("shop")
        spam = calls >= 2 and self.grammar.complete(suffixes) and (not name or self.grammar.foreign(name))
        return len(head) if spam else 0

    def _suffix(self, text: str, prose: bool) -> int:
        """Return where the real text ends, before spam and its separator; the length if there is none."""
        skip = max(0, len(text) - EDGE_CHARS)
        tail = text[skip:]
        units = self._units(tail)[::-1]
        run = self._run(tail, units)[::-1]
        if not run or (len(run) == len(units) and skip == 0):
            return len(text)
        begin = after = skip + run[0].start
        while after < len(text) and text[after] in _SENTENCE_END:
            after += 1
        if after > begin or (begin and text[begin - 1] in _SENTENCE_END):
            begin = after
        else:
            strong = (u.start for u in run if u.kind == "separator" and tail[u.start] in _STRONG_SEPARATOR)
            begin = skip + next(strong, len(tail))
            if prose and text[begin : begin + 1] not in ("(", "[", "【"):
                return len(text)
        while begin and begin < len(text) and text[begin - 1] in " _-|":
            begin -= 1
        return begin if begin < len(text) and self._is_bait(text[begin:]) else len(text)

    @staticmethod
    def _run(text: str, units: Sequence[Unit]) -> list[Unit]:
        """Return the units from the start of `units` up to the first that is other text."""
        run: list[Unit] = []
        for unit in units:
            if unit.kind == "other":
                break
            run.append(unit)
        return run

    def _is_bait(self, text: str) -> bool:
        """Say whether a part cut off at an edge is certain: by grammar, or one certain Latin name by itself."""
        bare = text.strip("_-—–|·•@/【】[]()（） ")
        if self.grammar.name.fullmatch(bare) and self.grammar.proven(bare):
            return bare.isascii()
        units = self._units(text)
        return self._hits(text, units)[1]


def _ends(line: str) -> str:
    """Return both ends of a line, as far as spam is looked for there, and some more."""
    reach = EDGE_CHARS + 40
    return line if len(line) <= 2 * reach else f"{line[:reach]}\n{line[-reach:]}"


def _han(text: str, units: Sequence[Unit]) -> int:
    """Return how many Han characters stand outside the grammar."""
    return sum("\u4e00" <= text[unit.start] <= "\u9fff" for unit in units if unit.kind == "other")
