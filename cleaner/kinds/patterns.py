"""What the kinds that take patterns share: how one is compiled, and which are refused."""

from __future__ import annotations

import regex


def compiled(key: str, pattern: str) -> regex.Pattern[str]:
    """Compile a rule's pattern, verbose and multi-line. Raises ValueError with the key's name in it."""
    try:
        found = regex.compile(pattern, regex.VERBOSE | regex.MULTILINE | regex.VERSION0)
    except (regex.error, OverflowError) as err:
        raise ValueError(f"'{key}' is not a regular expression: {err}") from err
    except RecursionError as err:
        raise ValueError(f"'{key}' is nested too deeply; write it with fewer brackets") from err
    if found.match(""):
        raise ValueError(f"'{key}' also matches nothing at all; make it need at least one character")
    return found


def literal(text: str) -> str:
    """Return a verbose pattern for a text itself."""
    return "".join(
        char if char.isalnum() else f"\\x{ord(char):02x}" if char.isascii() else f"\\U{ord(char):08x}" for char in text
    )


def groups(match: regex.Match[str]) -> tuple[tuple[str, str], ...]:
    """Return what the named groups of a match took, stripped, in the order of the text: what a rule may lift.

    A group that took part several times (作者：甲 记者：乙) is there several times.
    """
    if not match.re.groupindex:
        return ()
    found = match.capturesdict()
    return tuple(
        (name, text.strip()) for name, texts in sorted(found.items()) for text in texts if text and text.strip()
    )
