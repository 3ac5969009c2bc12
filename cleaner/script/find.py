"""Where a text has any of many characters, at the price of one array lookup a character."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cleaner.script import is_for_arrays

if TYPE_CHECKING:
    from cleaner.script.codes import Flags


@dataclass(frozen=True)
class AnyOf:
    """Finds the characters of a set; `chars` may be of any plane."""

    chars: frozenset[str]

    def places(self, text: str) -> list[int]:
        """Return where `text` has one, in order."""
        if not is_for_arrays(text):
            return [] if self.chars.isdisjoint(text) else [at for at, char in enumerate(text) if char in self.chars]
        import numpy as np

        from cleaner.script.codes import codes

        found: list[int] = np.flatnonzero(self._table.take(codes(text))).tolist()
        return [at for at in found if text[at] in self.chars]

    @cached_property
    def _table(self) -> Flags:
        from cleaner.script.codes import BEYOND, flags

        table = flags((self.chars, 1))
        table[BEYOND] = any(char > "\uffff" for char in self.chars)
        return table
