"""Lines that stand in many documents of one folder, written down as a rule pack for a person to review.

Cleaning knows one document at a time; what only shows across documents (the same line under two hundred
articles) is found here, and becomes a proposal: counts as `why`, found lines as `turns`, lines that hold the
same words and must stay as `keeps`. Nothing is applied. What is repeated inside articles is not proposed: a
standing phrase of a series is text. Everything is sorted, so the same folder gives the same pack.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import regex

from cleaner import examples
from cleaner.context import han_count, is_prose
from cleaner.kinds.block import Block
from cleaner.kinds.line import Line
from cleaner.packs import Rule, RuleKeys
from cleaner.show import show

LONGEST = 400  # characters of a line that may be a repeated one
AT_EDGE = 0.8  # share of its documents in which a line has to stand on the same side of the article
COPY = 0.5  # share of the prose of the shorter document that makes two documents one
MORE_IN_BODY = (5, 0.2)  # documents, and share of them, for a line between paragraphs
PROOF_LETTERS = 6  # a line that may prove a block has at least so many letters
SHOWN = 4  # found lines that become examples of one rule
MOST = 200  # lines that one rule holds

_DIGITS = regex.compile(r"\d+")
_LETTER = regex.compile(r"\p{L}")
_HEADING = regex.compile(
    r"[（(]?[一二三四五六七八九十百\d]{1,4}[)）]?[、.．)）]|第.{1,5}[章节節条條篇回部]|[（(][一二三四五六七八九十]{1,3}[)）]"
)
_STOPS = regex.compile(r"[。！？；]")
_NEUTRAL = (
    "正文在这里结束，接下来要做的事情都已经写进了今年的工作计划。",
    "会议强调，要坚持问题导向，把各项任务落到实处，一步一个脚印。",
)
_UNSAFE = regex.compile(r"[\p{C}\p{Zl}\p{Zp}\"\\]")

Side = Literal["head", "tail", "body"]


@dataclass(frozen=True)
class Page:
    """One document: its lines without white space around them, blank ones left out."""

    name: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, name: str, text: str) -> Page:
        return cls(name, tuple(line for raw in text.split("\n") if (line := raw.strip())))


@dataclass(frozen=True)
class Limits:
    """In how many documents a line has to stand: this many, and this share of the folder."""

    documents: int = 3
    share: float = 0.02

    def least(self, count: int) -> int:
        return max(self.documents, math.ceil(self.share * count))


@dataclass(frozen=True)
class Repeat:
    """A line that stands in many documents. `forms` are its spellings, which differ in digits, commonest first."""

    key: str
    forms: tuple[str, ...]
    documents: int
    side: Side

    @property
    def exact(self) -> bool:
        return len(self.forms) == 1

    @property
    def prose(self) -> bool:
        return is_prose(self.forms[0])

    @property
    def find(self) -> str:
        """A verbose pattern for the line, any digits in place of its digits if they differ."""
        parts = [self.forms[0]] if self.exact else _DIGITS.split(self.forms[0])
        return r"\d+".join("".join(map(_literal, part)) for part in parts)


@dataclass(frozen=True)
class Found:
    """What a folder repeats: `pages` are its documents without near copies, `copies` how many those were."""

    pages: tuple[Page, ...]
    copies: int
    repeats: tuple[Repeat, ...]


def search(pages: Iterable[Page], limits: Limits) -> Found:
    """Return the lines that many documents have around their articles, the most frequent first."""
    every = sorted(pages, key=lambda page: page.name)
    unlike = _unlike(every)
    work = _Search(unlike, limits)
    return Found(tuple(unlike), len(every) - len(unlike), tuple(work.repeats()))


def _unlike(pages: Sequence[Page]) -> list[Page]:
    """Leave out documents whose prose stands mostly in an earlier one: ten copies are no ten witnesses."""
    kept: list[Page] = []
    prose: list[int] = []
    where: dict[str, list[int]] = defaultdict(list)
    for page in pages:
        own = {line: han_count(line) for line in page.lines if is_prose(line)}
        shared: Counter[int] = Counter()
        for line, size in own.items():
            for i in where[line][:20]:
                shared[i] += size
        total = sum(own.values())
        if any(size >= COPY * min(total, prose[i]) for i, size in shared.items()):
            continue
        for line in own:
            where[line].append(len(kept))
        kept.append(page)
        prose.append(total)
    return kept


def _key(line: str) -> str:
    return _DIGITS.sub("0", line)


class _Search:
    """Counts the lines of a folder once, and says which are repeated where."""

    def __init__(self, pages: Sequence[Page], limits: Limits) -> None:
        self.pages = pages
        self.least = limits.least(len(pages))
        self.keys = self._keys()
        self.sides: dict[str, Counter[Side]] = defaultdict(Counter)
        for page in pages:
            for key, side in self._places(page).items():
                self.sides[key][side] += 1

    def _keys(self) -> dict[str, str]:
        """Return for each repeated line its key: itself, or what is left of it with any digits."""
        exact: Counter[str] = Counter()
        loose: Counter[str] = Counter()
        for page in self.pages:
            lines = {line for line in page.lines if len(line) <= LONGEST}
            exact.update(lines)
            loose.update({_key(line) for line in lines})
        keys = {}
        for line, count in exact.items():
            key = _key(line)
            letters = len(_LETTER.findall(line))
            if letters >= 2 and loose[key] >= self.least and loose[key] >= 2 * count and key != line:
                keys[line] = key
            elif letters and count >= self.least:
                keys[line] = line
        return keys

    def _places(self, page: Page) -> dict[str, Side]:
        """Return on which side of the article each repeated line of a page stands; inside it if it ever does."""
        core = [i for i, line in enumerate(page.lines) if line not in self.keys and is_prose(line)]
        found: dict[str, Side] = {}
        for i, line in enumerate(page.lines):
            key = self.keys.get(line)
            if key is not None and core:
                side: Side = "head" if i < core[0] else "tail" if i > core[-1] else "body"
                found[key] = side if found.get(key, side) == side else "body"
        return found

    def repeats(self) -> list[Repeat]:
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        for page in self.pages:
            for line in set(page.lines) & self.keys.keys():
                forms[self.keys[line]][line] += 1
        titles = self._titles()
        found = []
        for key, spelt in forms.items():
            ordered = tuple(sorted(spelt, key=lambda line: (-spelt[line], line)))
            side = self._side(key)
            if side is not None and key not in titles:
                found.append(Repeat(key, ordered, sum(self.sides[key].values()), side))
        return sorted(found, key=lambda one: (-one.documents, one.key))

    def _side(self, key: str) -> Side | None:
        """Return where a line belongs, None if it is rather part of the articles."""
        sides = self.sides[key]
        count = sum(sides.values())
        if count < self.least:
            return None
        for side in ("head", "tail"):
            if sides[side] >= AT_EDGE * count:
                return (
                    None if side == "head" and is_prose(key) else side
                )  # repeated prose over an article introduces it
        enough = max(MORE_IN_BODY[0], math.ceil(MORE_IN_BODY[1] * len(self.pages)))
        return None if count < enough or is_prose(key) or _HEADING.match(key) else "body"

    def _titles(self) -> set[str]:
        """Return the keys that are the title of most of their documents: the longest of a wholly repeated head."""
        votes: Counter[str] = Counter()
        for page in self.pages:
            core = next((i for i, line in enumerate(page.lines) if line not in self.keys and is_prose(line)), 0)
            head = page.lines[:core]
            if head and all(line in self.keys for line in head):
                longest = max(head, key=han_count)
                votes[self.keys[longest]] += han_count(longest) >= 5
        return {key for key, count in votes.items() if 2 * count > sum(self.sides[key].values())}


# --- from lines to rules ---------------------------------------------------------------------------------------------


def propose(found: Found, limits: Limits) -> list[Rule]:
    """Return rules for what was found, each with examples that hold. They belong to no file yet."""
    least = limits.least(len(found.pages))
    blocks = _blocks(found, least)
    inside = {one.key for block in blocks for one in block}
    making = _Making(found)
    rules = [making.block(i, block) for i, block in enumerate(blocks, 1)]
    rest = [one for one in found.repeats if one.key not in inside]
    for side in ("head", "tail", "body"):
        mine = [one for one in rest if one.side == side]
        rules.append(making.words(f"{side}-lines", [one for one in mine if one.exact and not one.prose], side))
        rules.append(making.words(f"{side}-notes", [one for one in mine if one.exact and one.prose], side, ask=True))
        rules.append(making.finds(f"{side}-numbered", [one for one in mine if not one.exact], side))
    return [rule for rule in rules if rule is not None]


def _blocks(found: Found, least: int) -> list[list[Repeat]]:
    """Return groups of lines that stand together at the very end of documents, by size."""
    tails = {form: one for one in found.repeats if one.side == "tail" for form in one.forms}
    runs = []
    for page in found.pages:
        run = []
        for line in reversed(page.lines):
            if line not in tails:
                break
            run.append(tails[line])
        if len({one.key for one in run}) > 1:
            runs.append(run)
    count = Counter(key for run in runs for key in {one.key for one in run})
    stays = {one.key: one for one in tails.values() if count[one.key] >= max(least, AT_EDGE * one.documents)}
    group = {key: key for key in stays}

    def root(key: str) -> str:
        while group[key] != key:
            key = group[key]
        return key

    for run in runs:
        mine = sorted({root(one.key) for one in run if one.key in stays})
        for key in mine[1:]:
            group[key] = mine[0]
    members: dict[str, list[Repeat]] = defaultdict(list)
    for one in found.repeats:
        if one.key in stays:
            members[root(one.key)].append(one)
    good = [block for block in members.values() if len(block) > 1 and any(map(_proves, block))]
    return sorted(good, key=lambda block: (-block[0].documents, block[0].key))


def _proves(one: Repeat) -> bool:
    return len(_LETTER.findall(one.forms[0])) >= PROOF_LETTERS


class _Making:
    """Makes rules of repeated lines, and finds examples for them in the folder."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.repeated = {form for one in found.repeats for form in one.forms}
        self.kept = sorted(
            {line for page in found.pages for line in page.lines if line not in self.repeated}, key=_short
        )

    def words(self, name: str, ones: Sequence[Repeat], side: Side, *, ask: bool = False) -> Rule | None:
        """Return a rule that removes some lines, as they are."""
        ones = ones[:MOST]
        if not ones:
            return None
        do = Line(words=tuple(one.forms[0] for one in ones))
        return self._line_rule(name, do, ones, side, ask=ask or side == "body")

    def finds(self, name: str, ones: Sequence[Repeat], side: Side) -> Rule | None:
        """Return a rule that removes some lines whatever their digits."""
        ones = ones[:MOST]
        if not ones:
            return None
        do = Line(find="\n| ".join(one.find for one in ones))
        return self._line_rule(name, do, ones, side, ask=side == "body")

    def _line_rule(self, name: str, do: Any, ones: Sequence[Repeat], side: Side, *, ask: bool) -> Rule | None:
        where = (
            "any" if side == "body" or ones[0].prose else side
        )  # prose is never in the tail: it is what ends the body
        before, after = _NEUTRAL
        shown = [form for one in ones for form in one.forms[:2]][:SHOWN]
        if side == "head":
            turns = [(f"{line}\n{before}\n", f"{before}\n") for line in shown]
        elif side == "tail":
            turns = [(f"{before}\n{line}\n", f"{before}\n") for line in shown]
        else:
            turns = [(f"{before}\n{line}\n{after}\n", f"{before}\n{after}\n") for line in shown]
        keeps = [] if where == "any" else [f"{before}\n{shown[0]}\n{after}\n"]
        keys = {"where": where, "level": "ask" if ask else "fix", "max_chars": max(300, *(len(s) + 2 for s in shown))}
        return self._rule(name, "line", do, ones, keys, turns, keeps)

    def block(self, number: int, ones: Sequence[Repeat]) -> Rule | None:
        """Return a rule that removes a run of lines from the end of a text."""
        ones = ones[:MOST]
        proofs = sorted((one for one in ones if _proves(one)), key=lambda one: (-one.documents, one.key))[:SHOWN]
        do = Block(
            line=tuple(one.find for one in ones), proof="\n| ".join(f"^ {one.find} $" for one in proofs), where="tail"
        )
        known = {form for one in ones for form in one.forms}
        runs: Counter[tuple[str, ...]] = Counter()
        for page in self.found.pages:
            size = next((i for i, line in enumerate(reversed(page.lines)) if line not in known), len(page.lines))
            if size:
                runs[page.lines[len(page.lines) - size :]] += 1
        before, after = _NEUTRAL
        common = sorted(runs, key=lambda run: (-runs[run], run))
        turns = [("\n".join([before, *run]) + "\n", f"{before}\n") for run in common[:SHOWN]]
        unproven = [one.forms[0] for one in ones if one not in proofs]
        keeps = [f"{before}\n{line}\n" for line in unproven[:1]]
        keeps += ["\n".join([before, *common[0], after]) + "\n"] if common else []
        longest = max((sum(map(len, run)) + len(run) for run in runs), default=0)
        keys = {
            "where": None,
            "max_chars": max(300, 2 * longest),
        }
        return self._rule(f"tail-block-{number}", "block", do, ones, keys, turns, keeps)

    def _rule(
        self, name: str, kind_name: str, do: Any, ones: Sequence[Repeat], keys: Mapping[str, object],
        turns: list[tuple[str, str]], keeps: list[str],
    ) -> Rule | None:  # fmt: skip
        """Return the rule with those of its examples that hold; None if it does not do what it was made for."""
        prose = any(han_count(before) >= 60 and len(_STOPS.findall(before)) > 1 for before, _ in turns)
        given = {key: value for key, value in keys.items() if value is not None}
        parts = RuleKeys(
            id=name, kind=kind_name, why=self._why(ones), turns=turns or [("", "")], keeps=[""],
            removes_prose=prose, **given,  # type: ignore[arg-type]
        )  # fmt: skip
        rule = Rule(f"suggested/{name}", "suggested", "", 0, do, "lines", parts)
        good = [(a, b) for a, b in turns if examples.apply(rule, a) == b and examples.apply(rule, b) == b]
        stay = [
            text for text in [*self._tempting(ones), *keeps, *_quoted_in(ones)] if examples.apply(rule, text) == text
        ]
        if not good or not stay:
            return None
        return replace(rule, keys=parts.model_copy(update={"turns": good, "keeps": list(dict.fromkeys(stay))}))

    def _tempting(self, ones: Sequence[Repeat]) -> Iterator[str]:
        """Yield lines of the folder that are kept and hold the words of repeated ones, the shortest first."""
        for one in ones[:SHOWN]:
            words = one.forms[0]
            hits = (line for line in self.kept if words in line) if len(words) > 1 else iter(())
            line = next(hits, None)
            if line is not None:
                yield line + "\n"

    def _why(self, ones: Sequence[Repeat]) -> str:
        most, count = ones[0].documents, len(self.found.pages)
        what = (
            f"1 line stands in {most}"
            if len(ones) == 1
            else f"{len(ones)} lines stand in {ones[-1].documents} to {most}"
        )
        return f"Found by `clean suggest`: {what} of {count} documents, {_PLACE[ones[0].side]}. Not reviewed yet."


_PLACE = {
    "head": "before the article",
    "tail": "behind the article",
    "body": "between its paragraphs (subheads of a series look so too)",
}


def _short(line: str) -> tuple[int, str]:
    return len(line), line


def _quoted_in(ones: Sequence[Repeat]) -> list[str]:
    return [f"他念出“{ones[0].forms[0]}”这几个字，又放下了。\n"]


# --- from rules to TOML ----------------------------------------------------------------------------------------------


def to_toml(rules: Sequence[Rule], found: Found, name: str = "suggested") -> str:
    """Return a rule pack. Foreign text stands in it as basic strings; what could end or hide one is escaped."""
    copies = f", {found.copies} near copies left out" if found.copies else ""
    lines = [
        "# A proposal of `clean suggest`: nothing uses it before you name it in `packs`. Delete what you do not want,",
        "# give the rest better names and reasons, add `keeps`, and run `clean rules test` on this file.",
        "schema = 1",
        f"name = {quoted(name)}",
        'version = "1"',
        f"why = {quoted(f'Lines that stand in many of {len(found.pages)} documents of one folder{copies}.')}",
    ]
    counts = {form: one for one in found.repeats for form in one.forms}
    by_find = {one.find: one for one in found.repeats}
    for rule in rules:
        lines += ["", "[[rule]]", f"id = {quoted(rule.keys.id)}", f"kind = {quoted(rule.keys.kind)}"]
        lines += _own_keys(rule, counts, by_find)
        keys = rule.keys
        if rule.keys.kind != "block" and keys.where != "any":
            lines.append(f"where = {quoted(keys.where)}")
        if keys.level != "fix":
            lines.append(f"level = {quoted(keys.level)}")
        if keys.max_chars != 300:
            lines.append(f"max_chars = {keys.max_chars}")
        if keys.removes_prose:
            lines.append("removes_prose = true")
        lines += [f"why = {quoted(keys.why)}", "turns = ["]
        lines += [f"    [{quoted(before)}, {quoted(after)}]," for before, after in keys.turns]
        lines += ["]", "keeps = [", *(f"    {quoted(text)}," for text in keys.keeps), "]"]
    return "\n".join(lines) + "\n"


def _own_keys(rule: Rule, counts: dict[str, Repeat], by_find: dict[str, Repeat]) -> Iterator[str]:
    """Yield the keys of the kind itself, each line with its count."""
    do = rule.do
    if isinstance(do, Block):
        yield f"where = {quoted(do.where)}"
        yield f"proof = {quoted(do.proof)}"
        yield "line = ["
        yield from (f"    {quoted(find)},  # {by_find[find].documents} documents" for find in do.line)
        yield "]"
    elif isinstance(do, Line) and do.words:
        yield "words = ["
        yield from (f"    {quoted(word)},  # {counts[word].documents} documents" for word in do.words)
        yield "]"
    elif isinstance(do, Line) and do.find:
        yield f"find = {quoted(do.find)}"
        for find in do.find.split("\n| "):
            one = by_find[find]
            yield f"# {one.documents} documents, such as: {show(one.forms[0])}"


def quoted(text: str) -> str:
    """Return a TOML basic string: quotes, backslashes, and all control, hidden and unassigned characters escaped."""

    def escaped(match: regex.Match[str]) -> str:
        char = match.group()
        if char in '"\\':
            return "\\" + char
        return {"\n": "\\n", "\t": "\\t"}.get(char) or (
            f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"
        )

    return '"' + _UNSAFE.sub(escaped, text) + '"'


def _literal(char: str) -> str:
    """Return one character as it stands in a verbose pattern."""
    if char.isalnum() or (not char.isascii() and char.isprintable() and not char.isspace()):
        return char
    if char == " ":
        return "[ ]"
    return "\\" + char if char.isascii() and char.isprintable() else f"\\U{ord(char):08X}"
