"""The patterns that a pack of somebody else may use: a small language, read into a tree.

Only what has a plain meaning in terms of characters is taken: literals, classes, groups, alternatives, repetitions,
anchors, and a look at one neighbouring character. Everything else of the `regex` package (references to groups,
recursion, fuzzy matching, conditions, sets of sets) is refused, since nothing bounds the time that it takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import regex

LENGTH = 2_000  # characters of a pattern
DEPTH = 30  # groups in groups
COUNT = 1_000  # upper end of a repetition
_QUANTIFIER = re.compile(r"(?:[?*+]|\{(\d*)(,?)(\d*)\})[?+]?")
_FLAGS = re.compile(r"\(\?([is]+)\)")
_OPEN = re.compile(r"\((?!\?)|\(\?:|\(\?>|\(\?P?<(?![=!])\w+>")
_LOOK = re.compile(r"\(\?<?[=!]")
_ESCAPE = re.compile(r"\\(?:[dDwWsS]|[pP]\{[\w^=-]+\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrtfva]|\W)")
_ANCHOR = re.compile(r"\\[bBAZ]|[\^$]")
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\[\\])*\]", re.DOTALL)
_STRANGE = re.compile(r"--|&&|\|\||~~|\\[^dDwWsSpPxuUnrtfva\W]")  # what a class may hold beside characters


class Refused(ValueError):
    """A pattern that is not in the language; the message says why, and after `; ` what to do."""


@dataclass(frozen=True)
class Char:
    """One character of a set, `chars`: those of the alphabet (`alphabet`) that it can be."""

    chars: frozenset[str]


@dataclass(frozen=True)
class Cat:
    """One part after the other; without parts, nothing: an anchor, a look-around."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Alt:
    """One of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """`part`, `low` to `high` times; None: without end."""

    part: Node
    low: int
    high: int | None


Node = Char | Cat | Alt | Repeat
NOTHING = Cat(())


@lru_cache(maxsize=1)
def _base() -> str:
    """Return the characters that stand for all: the whole BMP, and one in 256 of the planes above."""
    low = (code for code in range(0x10000) if not 0xD800 <= code < 0xE000)
    return "".join(map(chr, (*low, *range(0x10000, 0x110000, 0x100))))


@lru_cache(maxsize=4096)
def _chars(atom: str, flags: int, more: str) -> frozenset[str]:
    try:
        found = regex.compile(atom, flags | regex.VERSION0)
    except (regex.error, OverflowError) as err:
        raise Refused(f"{atom} is not right ({err})") from err
    return frozenset(found.findall(_base() + more))


def read(pattern: str) -> Node:
    """Return the tree of a verbose, multi-line pattern. Raises Refused."""
    if len(pattern) > LENGTH:
        raise Refused(f"it has {len(pattern)} characters, the limit is {LENGTH}; split the rule")
    return _Reader(pattern).whole()


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.text, self.at, self.flags, self.depth = pattern, 0, 0, 0
        # a set above the BMP begins and ends at characters that the pattern writes, or where a property does
        written = {chr(min(int(code, 16), 0x10FFFF)) for code in re.findall(r"\\U([0-9a-fA-F]{8})", pattern)}
        self.more = "".join(sorted({*written, *(char for char in pattern if ord(char) > 0xFFFF)}))

    def whole(self) -> Node:
        self._skip()
        if found := _FLAGS.match(self.text, self.at):
            self.at = found.end()
            self.flags = sum({"i": int(regex.IGNORECASE), "s": int(regex.DOTALL)}[flag] for flag in set(found[1]))
        node = self._alternatives()
        if self.at < len(self.text):
            raise Refused("it has a bracket without its other half")
        return node

    def _skip(self) -> None:
        """Skip white space, comments, and what verbose patterns do not match."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text.startswith("(?#", self.at):
                end = self.text.find(")", self.at)
                self.at = len(self.text) if end < 0 else end + 1
            elif not char.isspace():
                return
            else:
                self.at += 1

    def _alternatives(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise Refused(f"its groups are nested deeper than {DEPTH}; write it with fewer brackets")
        parts = [self._sequence()]
        while self.at < len(self.text) and self.text[self.at] == "|":
            self.at += 1
            parts.append(self._sequence())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Alt(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        self._skip()
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self._repeated(self._atom()))
            self._skip()
        return parts[0] if len(parts) == 1 else Cat(tuple(parts))

    def _repeated(self, node: Node) -> Node:
        self._skip()
        found = _QUANTIFIER.match(self.text, self.at)
        if found is None:
            if self.text[self.at : self.at + 1] == "{":
                raise Refused("'{' does not begin a number of times; write it as \\{")
            return node
        self.at = found.end()
        sign = found.group()[0]
        low = int(found[1] or 0) if sign == "{" else int(sign == "+")
        if sign == "{":
            if not (found[1] or found[3]):
                raise Refused("'{' does not begin a number of times; write it as \\{")
            high = (int(found[3]) if found[3] else None) if found[2] else low
        else:
            high = 1 if sign == "?" else None
        if max(low, high or 0) > COUNT:
            raise Refused(f"it repeats up to {max(low, high or 0)} times, the limit is {COUNT}")
        self._skip()
        if _QUANTIFIER.match(self.text, self.at):
            raise Refused("it repeats a repetition; put a group around it")
        return Repeat(node, low, high)

    def _atom(self) -> Node:
        text, at = self.text, self.at
        if found := _LOOK.match(text, at):
            return self._look(found)
        if found := _OPEN.match(text, at):
            self.at = found.end()
            node = self._alternatives()
            self._close()
            return node
        if found := _ANCHOR.match(text, at):
            self.at = found.end()
            return NOTHING
        if text[at] == "[":
            return self._class()
        if text[at] == "\\":
            found = _ESCAPE.match(text, at)
            if found is None:
                raise Refused(f"{text[at : at + 2]} is not for packs of others; write what it means")
        elif text[at] in "(?*+{)":
            raise Refused(f"'{text[at : at + 3]}' is not for packs of others; write what it means")
        atom = found.group() if found else text[at]
        self.at += len(atom)
        return Char(_chars(atom, self.flags, self.more))

    def _look(self, found: re.Match[str]) -> Node:
        self.at = found.end()
        node = self._alternatives()
        self._close()
        if not all(isinstance(part, Char) for part in (node.parts if isinstance(node, Alt) else (node,))):
            raise Refused("it looks around at more than one character; match it and keep it by a group")
        return NOTHING

    def _class(self) -> Node:
        found = _CLASS.match(self.text, self.at)
        if found is None or _STRANGE.search(found.group()):
            raise Refused("it has a class within a class; write one class of characters")
        self.at = found.end()
        return Char(_chars(found.group(), self.flags, self.more))

    def _close(self) -> None:
        self._skip()
        if self.text[self.at : self.at + 1] != ")":
            raise Refused("it has a bracket without its other half")
        self.at += 1
