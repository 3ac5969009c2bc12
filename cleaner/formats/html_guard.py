"""What is wrong with a page before a parser sees it: limits it passes, and things that would make text vanish.

libxml2 and trafilatura lose text without a word (trust.md section 6): one `&#1;` makes trafilatura give nothing, an
internal DOCTYPE subset leaks into the text, attributes of one tag cost quadratic time. Everything here is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.entities import html5

from cleaner.errors import InputError

BYTES = 20_000_000  # of a page; trafilatura's own limit
ATTRIBUTES = 2_000  # of one tag; 20 000 took 3 s in lxml alone
TEXT = 10_000_000  # characters of one text node

# C0 controls without white space, DEL, surrogates, and what is no character: never text, and a parser drops the page,
# the text or the character for it.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ASCII = bytes(i for i in range(0x80) if _CONTROL.match(chr(i)))
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")
# `="..."` hides a `>`; a quote elsewhere does not (HTML standard, attribute name state)
_TAG = re.compile(
    r"""<[a-zA-Z] (?: =\s*+(?: "[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) )? | [^>=]++ )*+""", re.VERBOSE | re.DOTALL
)
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | [^\s>]*+)""", re.VERBOSE | re.DOTALL)
_XML = re.compile(r"\A[\s\ufeff]*<\?xml[^>]*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?([A-Za-z_][\w.-]{0,100})")


@dataclass(frozen=True)
class Guarded:
    """A page that may be parsed, and what was done to it: `control-characters`, `doctype-subset`."""

    text: str
    flags: tuple[str, ...]


def guard(text: str, where: str) -> Guarded:
    """Take out what no reader sees and no parser survives. Raises InputError E113 for a page over a limit."""
    _check_tags(text, where)
    flags = []
    text, subset = _without_subset(_XML.sub("", text, count=1))
    if subset:
        flags.append("doctype-subset")
    plain = _REFERENCE.sub(_reference, _CONTROL.sub("", text) if _may_hold_controls(text) else text)
    if len(plain) != len(text) and (_CONTROL.search(text) or any(_gone(m) for m in _REFERENCE.finditer(text))):
        flags.append("control-characters")
    return Guarded(plain, tuple(flags))


def over(where: str, what: str) -> InputError:
    """Return the error for a page that cannot be extracted."""
    how = "save it again without what makes it so, exclude it, or give its text as .txt"
    return InputError("E113", where, what, "copied unchanged and quarantined", how)


def check_size(raw: bytes, where: str) -> None:
    """Raise InputError E113 for a page that is too large; by its bytes, before anything is done with it."""
    if len(raw) > BYTES:
        size, most = (f"{number:,}".replace(",", " ") for number in (len(raw), BYTES))
        raise over(where, f"the page has {size} bytes, the limit is {most}")


def _check_tags(text: str, where: str) -> None:
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > 2 * ATTRIBUTES:  # shorter ones have no room for them
            count = len(_VALUE.sub("= ", tag.group()).replace("=", " ").split()) - 1
            if count > ATTRIBUTES:
                line = text.count("\n", 0, tag.start()) + 1
                raise over(f"{where}:{line}", f"a tag has {count} attributes, the limit is {ATTRIBUTES}")


def _without_subset(text: str) -> tuple[str, bool]:
    """Cut the internal subset of the DOCTYPE, and references to the entities that it declares."""
    begin = _DOCTYPE.search(text, 0, 100_000)
    if begin is None:
        return text, False
    end = text.find("]", begin.end())
    close = text.find(">", end) if end >= 0 else -1
    if close < 0:
        close = text.find(">", begin.end())
    subset = text[begin.end() : close if close >= 0 else len(text)]
    rest = text[close + 1 :] if close >= 0 else ""
    names = sorted({name for name in _ENTITY.findall(subset) if f"{name};" not in html5})
    if names:
        rest = re.sub(f"&(?:{'|'.join(map(re.escape, names[:1000]))});", "", rest)
    return text[: begin.start()] + "<!DOCTYPE html>" + rest, True


def _may_hold_controls(text: str) -> bool:
    """Say quickly whether `_CONTROL` may be found: by bytes it takes half the time."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return True
    return len(raw.translate(None, _ASCII)) != len(raw) or "\ufffe" in text or "\uffff" in text


def _number(match: re.Match[str]) -> int:
    return int(match[1], 16) if match[1] else int(match[2])


def _gone(match: re.Match[str]) -> bool:
    """Say whether a reference stands for nothing that may be in a text: a control, a surrogate, no character at all."""
    char = unescape(match.group())
    return char == "" or (char == "\ufffd" and _number(match) != 0xFFFD) or bool(_CONTROL.match(char))


def _reference(match: re.Match[str]) -> str:
    """Return a reference as it may stand: none to a control character; &#150; is –, as in every browser."""
    if _gone(match):
        return ""
    return unescape(match.group()) if 0x80 <= _number(match) < 0xA0 else match.group()
