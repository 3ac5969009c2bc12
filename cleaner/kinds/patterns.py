"""What the kinds that take patterns share: how one is compiled, and which are refused."""

from __future__ import annotations

import regex


def compiled(key: str, pattern: str) -> regex.Pattern[str]:
    """Compile a rule's pattern, verbose and multi-line. Raises ValueError with the key's name in it."""
    try:
        found = regex.compile(pattern, regex.VERBOSE | regex.MULTILINE | regex.VERSION0)
    except regex.error as err:
        raise ValueError(f"'{key}' is not a regular expression: {err}") from err
    if found.match(""):
        raise ValueError(f"'{key}' also matches nothing at all; make it need at least one character")
    return found


def groups(match: regex.Match[str]) -> tuple[tuple[str, str], ...]:
    """Return the named groups that took part in a match, stripped: what a rule may lift as metadata."""
    found = match.groupdict()
    return tuple((name, text.strip()) for name, text in sorted(found.items()) if text and text.strip())
