"""The one place where foreign text is made harmless to look at.

Articles, file names and packs are hostile: an ESC in a title drives a terminal, U+202E reorders a
line, a zero-width character hides. `show` makes all of these visible as `\\u{202E}`; whatever is
printed, and whatever a report displays, goes through it first.
This module imports nothing of ours.
"""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, bidirectional
    "\ud800-\udfff\U000e0000-\U000e0fff]"  # lone surrogates, tags and variation selectors
    r"|\\(?=u\{)"  # our own escape, so that no two texts look the same
)

_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")  # of a name, where it is no UTF-8


def show(text: str, *, keep: str = "") -> str:
    """Return `text` with every control, bidirectional, invisible or surrogate character as `\\u{HEX}`.

    The result is printable and injective: different texts stay different. Characters in `keep`
    (such as a newline where the reader prints lines) pass through.
    """

    def visible(match: re.Match[str]) -> str:
        char = match.group()
        return char if char in keep else f"\\u{{{ord(char):X}}}"

    return _UNSAFE.sub(visible, text)


def record_path(name: str) -> str:
    """Return a file name as records hold it: itself, so that programs find the file again.

    Only bytes that are no UTF-8 stand as `\\xNN`, since JSON cannot hold them; `disk_name` leads back.
    """
    return "".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else c for c in name)


def disk_name(path: str) -> str:
    """Return the name of a file of OUT that a record has as `path`.

    A `\\xNN` in it stands for a byte: no file of OUT has a backslash in its name (E103).
    """
    return _BYTE.sub(lambda match: chr(0xDC00 + int(match[1], 16)), path)


def show_path(name: str) -> str:
    """Return a file name for people: bytes that are not UTF-8 (surrogate escapes) as `\\xNN`, the rest by `show`."""
    return show(record_path(name))


# Characters that a viewer may hide or obey: JSON allows them raw, a careful file does not hold them.
_HIDDEN = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def visible_json(raw: bytes) -> bytes:
    """Return JSON (UTF-8) with hidden characters as \\uXXXX: the same values, and Han stays readable."""
    return _HIDDEN.sub(_escaped, raw.decode("utf-8")).encode("utf-8")


def _escaped(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def width(text: str) -> int:
    """Return the columns that a terminal gives a text: two for wide characters (Unicode Standard Annex #11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """Return `text` filled up to `columns`, set flush left or right."""
    gap = " " * (columns - width(text))
    return gap + text if right else text + gap
