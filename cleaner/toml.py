"""Where the keys of a TOML text stand, so that an error can say `file:line`; and what was meant by a wrong one.

`tomllib` gives values without places. This is no parser: it walks over the lines of a text that
`tomllib` has accepted, and notes the line of each key, table and array table at the start of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)((?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=\s*(.*)""")


class Places:
    """The lines (from 1) of the keys of a TOML text."""

    def __init__(self, text: str) -> None:
        self._tables: dict[tuple[str, int], int] = {}
        self._keys: dict[tuple[str, int, str], int] = {}
        counts: dict[str, int] = {}
        table, closing = ("", 0), ""
        for number, line in enumerate(text.split("\n"), 1):
            if closing:  # inside a string of several lines
                closing = "" if closing in line else closing
                continue
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                name = header.group(2)
                counts[name] = counts.get(name, -1) + 1
                table = (name, counts[name])
                self._tables[table] = number
            elif key:
                self._keys.setdefault((*table, key.group(1).strip("\"'")), number)
                value = key.group(3)
                for mark in ("'''", '"""'):
                    if value.count(mark) % 2:
                        closing = mark

    def table(self, name: str, index: int = 0) -> int:
        """Return the line of the header of the `index`-th table `name`, or 1."""
        return self._tables.get((name, index), 1)

    def key(self, key: str, table: str = "", index: int = 0) -> int:
        """Return the line of a key in a table, or the line of the table's header."""
        return self._keys.get((table, index, key), self.table(table, index) if table else 1)


def suggestion(word: str, legal: Iterable[str]) -> str:
    """Return what to say about a word that is none of the legal ones."""
    choices = sorted(set(legal))
    near = get_close_matches(word, choices, 1)
    return f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(choices)}"
