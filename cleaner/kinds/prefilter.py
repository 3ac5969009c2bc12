r"""Ask one automaton which of many line patterns a line may match, before `regex` looks at any of them.

A run has a hundred line patterns and a line matches none of them, nearly always; `regex` needs a call for each
to say so. A google-re2 `Set` says it in one. But re2 knows no look-around and its classes are of ASCII (`\s`
misses U+3000), and a prefilter that hides a match is a silent fault. So each pattern is rewritten into one that
matches *at least* the same lines: what only forbids is dropped (look-around, `\b`), what only prefers is
loosened (possessive, atomic, lazy, counted repeats), a class becomes the ASCII that `regex` itself says is in
it, and beyond ASCII the ranges that hold all it may ever hold. What the translator does not know gets no
prefilter. `regex` confirms every line that is hit, so the result is the same with and without re2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import regex

TOP = 0x10FFFF
MEMORY = 48 << 20  # bytes that the automaton's states may take; they are made when a text first leads to them
COPIES = 3  # a repeat keeps so many counted copies; more of them only make the automaton large
WORTH = 3  # with fewer patterns than this, asking first saves nothing
GROUP = 4  # patterns of one automaton for texts: what is in a text already is a part of its states, so they multiply
_PROBE = "\U0010ffff:probe"

Ranges = tuple[tuple[int, int], ...]

# Beyond ASCII. Exact, and stable (White_Space of the Unicode Character Database; a test holds `regex` to it).
_SPACE: Ranges = ((0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
                  (0x205F, 0x205F), (0x3000, 0x3000))  # fmt: skip
# Not exact: all but blocks whose every code point is assigned and is no member, so no later Unicode can add one.
_WORD: Ranges = (
    (0x80, 0x1FFF), (0x200B, 0x200F), (0x203F, 0x2040), (0x2054, 0x2054), (0x2060, 0x2FFF), (0x3004, 0x3007),
    (0x301F, 0x303F), (0x3041, 0xFEFF), (0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF3F, 0xFF3F), (0xFF41, 0xFF5A),
    (0xFF66, TOP),
)  # fmt: skip
_DIGIT: Ranges = (
    (0x80, 0x1FFF), (0x2C00, 0x2DFF), (0xA4D0, 0xABFF), (0xFB00, 0xFDFF), (0xFF10, 0xFF19), (0x10000, TOP),
)  # fmt: skip
_HAN: Ranges = (
    (0x2E80, 0x2FFF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x10000, TOP),
)  # fmt: skip
_ALL: Ranges = ((0x80, TOP),)
_WIDE = {r"\s": _SPACE, r"\w": _WORD, r"\d": _DIGIT, r"\p{Han}": _HAN, r"\p{IsHan}": _HAN}
_ASCII = "".join(map(chr, range(128)))
_FOLDED = {
    "i": "İı",
    "s": "ſ",
    "k": "\u212a",
}  # beyond ASCII, what `regex` takes for an ASCII letter if case is ignored
_DROPPED = frozenset("bBmM")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a"}
_COUNT = regex.compile(r"\{(\d*)(?:(,)(\d*))?\}")
_FLAGS = regex.compile(r"\(\?([aimsux]*)(?:-([imsx]+))?([:)])")
_CODE = regex.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_PROPERTY = regex.compile(r"\\[pP](?:\{\^?[A-Za-z_ ]+\}|[A-Z])")  # none that names a script or value with `=`


class Unknown(Exception):
    """The translator does not know a construct: the pattern gets no prefilter."""


def superset(pattern: str, *, verbose: bool = True) -> str | None:
    """Return a pattern of re2 that matches whatever `pattern` (of `regex`) matches in a line or a text, or None.

    A line comes without its line end, and is matched as a whole.
    """
    reader = _Reader(pattern, verbose)
    try:
        done = reader.choice()
        if reader.at < len(pattern):
            raise Unknown(pattern[reader.at :])
    except (Unknown, IndexError):
        return None
    return done


class _Reader:
    """Reads a pattern once, left to right, and writes the superset."""

    def __init__(self, source: str, verbose: bool) -> None:
        self.source = source
        self.verbose = verbose
        self.at = 0
        self.fold = False
        self.ahead: list[str] = []  # what look-aheads demand that every match passes through, with what stands before
        self._before: str | None = None  # what every match has before the atom read next, None if some do without it

    def _peek(self, size: int = 1) -> str:
        return self.source[self.at : self.at + size]

    def _skip(self) -> None:
        """Go over white space and comments, which mean nothing outside classes."""
        while self.verbose and self.at < len(self.source):
            if self.source[self.at].isspace():
                self.at += 1
            elif self.source[self.at] == "#":
                end = self.source.find("\n", self.at)
                self.at = len(self.source) if end < 0 else end
            else:
                return

    def choice(self, before: str | None = None) -> str:
        """Read alternatives up to a closing parenthesis or the end; `before` is what every match has before them."""
        parts: list[str] = []
        branches: list[str] = []
        demanded = len(self.ahead)
        while True:
            self._skip()
            char = self._peek()
            if char in ("", ")"):
                break
            if char == "|":
                self.at += 1
                branches.append("".join(parts))
                parts = []
                before = None
                del self.ahead[demanded:]  # the other branch does without
                continue
            self._before = None if before is None else before + "".join(parts)
            so_far = len(self.ahead)
            atom = self._atom()
            self._skip()
            if self._peek() and self._peek() in "*?{":
                del self.ahead[so_far:]
            parts.append(self._repeated(atom))
        branches.append("".join(parts))
        return "|".join(branches)

    def _repeated(self, atom: str) -> str:
        self._skip()
        char = self._peek()
        if char == "{":
            found = _COUNT.match(self.source, self.at)
            if not found or found.group() in ("{}", "{,}"):
                raise Unknown("{")
            low = int(found[1] or 0)
            high = low if not found[2] else int(found[3]) if found[3] else None
            self.at = found.end()
        elif char and char in "*+?":
            low, high = int(char == "+"), 1 if char == "?" else None
            self.at += 1
        else:
            return atom
        self._skip()
        if self._peek() in ("?", "+"):  # lazy or possessive: which match is preferred, not which lines match
            self.at += 1
            self._skip()
        if self._peek() and self._peek() in "*+?{":
            raise Unknown("repeat of a repeat")
        if not atom or high == 0:
            return ""
        if high is not None and high <= COPIES:
            return f"(?:{atom}){{{low},{high}}}" if (low, high) != (0, 1) else f"(?:{atom})?"
        if low <= 1:
            return f"(?:{atom}){'+' if low else '*'}"
        return f"(?:{atom}){{{min(low, COPIES)},}}"

    def _atom(self) -> str:
        char = self._peek()
        if char == "(":
            return self._group()
        if char == "[":
            return self._set()
        if char == "\\":
            return self._escape()
        self.at += 1
        if char in "*+?{":
            raise Unknown(char)
        if char in "^$":
            return ""  # like every other look at what stands around
        return "(?s:.)" if char == "." else self._literal(char)

    def _group(self) -> str:
        if self._peek(3) == "(?#":
            self.at = self.source.index(")", self.at) + 1
            return ""
        before, keep, passed = self.fold, True, self._before
        self._before = None
        head = next((h for h in ("(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!") if self.source.startswith(h, self.at)), "")
        named = regex.compile(r"\(\?P?<[A-Za-z_]\w*>").match(self.source, self.at)
        asked = regex.compile(r"\(\?\(\w+\)").match(self.source, self.at)
        if head:
            self.at += len(head)
            keep = head in ("(?:", "(?>")
            passed = None if head in ("(?!", "(?<=", "(?<!") else passed
        elif asked:  # (?(name)yes|no): one or the other, as if nothing were known of the group
            self.at = asked.end()
            passed = None
        elif named:
            self.at = named.end()
        elif self._peek(2) == "(?":
            flags = _FLAGS.match(self.source, self.at)
            if not flags or "a" in flags[1] or "x" in (flags[2] or "") or (flags[3] == ")" and self.at):
                raise Unknown(self._peek(6))
            self.fold = (self.fold or "i" in flags[1]) and "i" not in (flags[2] or "")
            self.at = flags.end()
            if flags[3] == ")":  # flags of the whole pattern, at its very start
                return ""
        else:
            self.at += 1
        inner = self.choice(passed)
        if self._peek() != ")":
            raise Unknown("no end of a group")
        self.at += 1
        self.fold = before
        if head == "(?=" and passed is not None:
            self.ahead.append(f"{passed}(?:{inner})")
        if asked:
            inner += "|"
        return f"(?:{inner})" if keep else ""

    def _escape(self) -> str:
        code = _CODE.match(self.source, self.at)
        if code:
            self.at = code.end()
            return self._literal(chr(int(code[1] or code[2] or code[3], 16)))
        char = self.source[self.at + 1]
        if char in "pP" or char in "sSdDwW":
            return _class(self._one_of_many(), self.fold, False, (), (self._last,))
        self.at += 2
        if char in _DROPPED or char in "AZ":
            return ""
        if char in _CONTROL:
            return self._literal(_CONTROL[char])
        if char.isascii() and char.isalnum():
            raise Unknown("\\" + char)
        return self._literal(char)

    def _one_of_many(self) -> str:
        """Read an escape that stands for one of many characters; it is kept in `_last` as well."""
        found = _PROPERTY.match(self.source, self.at)
        if found is None and self.source[self.at + 1] in "pP":
            raise Unknown("property")
        self._last = found.group() if found else self._peek(2)
        self.at += len(self._last)
        return self._last

    def _set(self) -> str:
        start = self.at
        self.at += 1
        negated = self._peek() == "^"
        self.at += negated
        singles: list[tuple[int, int]] = []
        classes: list[str] = []
        first = True
        while self._peek() != "]" or first:
            first = False
            low = self._member(classes)
            if self._peek() == "-" and self._peek(2) != "-]":
                if low is None:
                    raise Unknown("range of a class")
                self.at += 1
                high = self._member(classes)
                if high is None:
                    raise Unknown("range to a class")
                singles.append((low, high))
            elif low is not None:
                singles.append((low, low))
        self.at += 1
        return _class(self.source[start : self.at], self.fold, negated, tuple(singles), tuple(classes))

    def _member(self, classes: list[str]) -> int | None:
        """Read one member of a set; return its code point, None if it is a class of its own."""
        char = self.source[self.at]
        if char == "[" and self.source[self.at + 1] in ":.=":
            raise Unknown("[" + self.source[self.at + 1])
        if char != "\\":
            self.at += 1
            return ord(char)
        code = _CODE.match(self.source, self.at)
        if code:
            self.at = code.end()
            return int(code[1] or code[2] or code[3], 16)
        char = self.source[self.at + 1]
        if char in "pP" or char in "sSdDwW":
            classes.append(self._one_of_many())
            return None
        self.at += 2
        if char in _CONTROL:
            return ord(_CONTROL[char])
        if char.isascii() and char.isalnum():
            raise Unknown("\\" + char)
        return ord(char)

    def _literal(self, char: str) -> str:
        if not self.fold or char.lower() == char.upper():
            return _quoted(char)
        if not char.isascii():
            raise Unknown("case of " + char)
        return f"[{char.lower()}{char.upper()}{_FOLDED.get(char.lower(), '')}]"


@lru_cache(maxsize=4096)
def _class(source: str, fold: bool, negated: bool, singles: Ranges, classes: tuple[str, ...]) -> str:
    """Return a superset of a class: its ASCII is asked of `regex`, the rest is put together from ranges."""
    beyond = [(max(low, 0x80), high) for low, high in singles if high >= 0x80]
    if fold and (
        negated or any(chr(c).lower() != chr(c).upper() for low, high in beyond for c in range(low, high + 1))
    ):
        raise Unknown("case in a class")
    members = regex.compile(source, regex.VERSION0 | (regex.IGNORECASE if fold else 0)).findall(_ASCII)
    ranges = [(ord(char), ord(char)) for char in members]
    if negated:
        ranges += _rest(beyond + [r for name in classes if name == r"\s" for r in _SPACE])
    else:
        ranges += beyond + [r for name in classes for r in _WIDE.get(name, _ALL)]
        ranges += [(ord(c), ord(c)) for char in members if fold for c in _FOLDED.get(char.lower(), "")]
    if not ranges:
        raise Unknown("empty class")
    return "[" + "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in _merged(ranges)) + "]"


def _merged(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield ranges in order, those that touch as one."""
    low, high = -1, -2
    for start, end in sorted(ranges):
        if start <= high + 1 and high >= 0:
            high = max(high, end)
            continue
        if high >= 0:
            yield low, high
        low, high = start, end
    yield low, high


def _rest(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what the ranges leave of all code points beyond ASCII."""
    at = 0x80
    for low, high in _merged(ranges) if ranges else ():
        if at < low:
            yield at, low - 1
        at = high + 1
    if at <= TOP:
        yield at, TOP


def _quoted(char: str) -> str:
    if char.isalnum() or (ord(char) > 0x2FF and char.isprintable()):
        return char
    return f"\\x{{{ord(char):x}}}"


class LineSet:
    """Says which of some line patterns a line may match. Made by `line_set`, once per process; it does not pickle."""

    def __init__(self, patterns: Sequence[str], automaton: Any) -> None:
        self._patterns = patterns
        self._match = getattr(automaton, "_set", automaton).Match  # its wrapper takes as long as the match itself
        self.known = frozenset(patterns)

    def hits(self, line: str) -> tuple[str, ...]:
        """Return those of `known` that may match `line` as a whole: all that do are among them."""
        try:
            found = self._match(line.encode())
        except UnicodeEncodeError:  # a lone surrogate: not for re2
            return tuple(self._patterns)
        return tuple(self._patterns[i] for i in sorted(found)) if found else ()


@lru_cache(maxsize=64)
def line_set(patterns: tuple[str, ...]) -> LineSet | None:
    """Return the prefilter for some patterns, None if re2 is missing or there is nothing to win."""
    wide = {pattern: superset(pattern) for pattern in dict.fromkeys(patterns)}
    usable = {pattern: text for pattern, text in wide.items() if text is not None}
    if len(usable) < WORTH:
        return None
    re2 = _re2()
    if re2 is None:
        return None
    made = _automaton(re2, re2.Set.FullMatchSet(_options(re2)), usable)
    return LineSet(*made) if made else None


@lru_cache(maxsize=1024)
def needs(pattern: str) -> tuple[str, ...]:
    """Return patterns of re2 all of which are found in a text in which `pattern` (of `regex`) is; the more the better.

    They are the superset of the pattern itself, and what its look-aheads demand: most patterns that look at whole
    lines are `(?= ...) [^\\n]*`. What is in every text says nothing and is left out.
    """
    reader = _Reader(pattern, True)
    try:
        done = reader.choice("")
        if reader.at < len(pattern):
            raise Unknown(pattern[reader.at :])
    except (Unknown, IndexError):
        return ()  # what was read so far may be one branch of several
    re2 = _re2()
    if re2 is None:
        return ()
    return tuple(wide for wide in dict.fromkeys((*reader.ahead, done)) if _tells(re2, wide))


def sought(*patterns: re.Pattern[str] | regex.Pattern[str]) -> tuple[str, ...]:
    """Return patterns of re2 one of which is in every text that one of some plain patterns is found in.

    () if that is not known of all of them: then a text says nothing.
    """
    wide = [superset(pattern.pattern, verbose=False) for pattern in patterns]
    return tuple(one for one in wide if one is not None) if None not in wide else ()


def _tells(re2: Any, wide: str) -> bool:
    try:
        asked = re2.compile(wide, _options(re2))
    except re2.error:
        return False
    return asked.search(_PLAIN) is None


_PLAIN = "\n\n他说：“今天（周一）很好，”abc 12.5 到了。\n　　\n第二行\n"


@lru_cache(maxsize=64)
def quick(pattern: str) -> Callable[[str], bool] | None:
    """Return what says whether a pattern of re2 is in a short text (it may be in one with a lone surrogate).

    None without re2, and if it does not take the pattern.
    """
    re2 = _re2()
    if re2 is None:
        return None
    made = _automaton(re2, re2.Set.SearchSet(_options(re2)), {pattern: pattern})
    if made is None:
        return None
    found = getattr(made[1], "_set", made[1]).Match  # its wrapper, as that of a pattern, takes longer than the match

    def may(text: str) -> bool:
        try:
            return bool(found(text.encode()))
        except UnicodeEncodeError:
            return True

    return may


class TextSet:
    """Says which of some patterns of re2 are in a text. Made by `text_set`, once per process; it does not pickle."""

    def __init__(self, groups: Sequence[tuple[tuple[str, ...], Any]]) -> None:
        self._groups = [(patterns, getattr(automaton, "_set", automaton).Match) for patterns, automaton in groups]
        self.group = {pattern: number for number, (patterns, _) in enumerate(groups) for pattern in patterns}

    def found(self, raw: bytes) -> frozenset[str]:
        """Return the patterns that are in a text, given in UTF-8."""
        return frozenset([patterns[i] for patterns, match in self._groups for i in match(raw) or ()])

    def found_of(self, number: int, raw: bytes) -> frozenset[str]:
        """Return those of a group that are in a text."""
        patterns, match = self._groups[number]
        return frozenset([patterns[i] for i in match(raw) or ()])


@lru_cache(maxsize=64)
def text_set(patterns: tuple[str, ...], group: int = GROUP) -> TextSet | None:
    """Return what looks for some patterns of re2 (see `needs`), None if re2 is missing or none of them will do.

    So many of them as `group` says go into one automaton: a few for long texts, all for lines, where a call counts.
    """
    re2 = _re2()
    if re2 is None:
        return None
    made = [
        _automaton(re2, re2.Set.SearchSet(_options(re2)), {pattern: pattern for pattern in patterns[at : at + group]})
        for at in range(0, len(patterns), group)
    ]
    groups = [one for one in made if one]
    return TextSet(groups) if groups else None


def _automaton(re2: Any, automaton: Any, wide: dict[str, str]) -> tuple[tuple[str, ...], Any] | None:
    """Add patterns to a set and compile it; return those it took and the set, None if it is of no use."""
    taken = []
    for pattern, text in wide.items():
        try:
            automaton.Add(f"(?:{text})")
        except re2.error:
            continue
        taken.append(pattern)
    if not taken:
        return None
    automaton.Add("\\x{10ffff}:probe")
    try:
        automaton.Compile()
    except re2.error:
        return None
    if automaton.Match(_PROBE) is None:  # too large for its memory: it would say no to everything, in silence
        return None
    return tuple(taken), automaton


def _re2() -> Any:
    try:
        import re2
    except ImportError:
        return None
    return re2


def _options(re2: Any) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MEMORY
    return options
