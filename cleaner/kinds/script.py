"""Put characters back into the script of the text: one for one, by scoring (see cleaner/script/repair.py)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from cleaner.context import Context, Proposal
from cleaner.script.knowledge import Knowledge
from cleaner.script.repair import Repairer
from cleaner.tables import Table


@dataclass(frozen=True)
class Script:
    """`tau` is the gain in log-probability that a change needs. The tables are reviewed knowledge, each optional:

    keep      character TAB regions (tw, hk, generic, cn; any): looks wrong there, and is not
    variants  form TAB the form that every region writes [TAB word]; word: only where that is in a word
    style     form TAB form [TAB hk | hk-own]: the first is house style of some texts, a stray in one that writes the
              second; hk: never a stray in a text from Hong Kong; hk-own: nor, but for Taiwan, in one that writes the
              second no more often
    free      form TAB form [TAB gain] [TAB style]: both live in good text, so a change is only suggested, unless from
              the first to the second by at least that gain; style: not even suggested
    words     word TAB count in 60 million words: what the lexicon lacks or counts badly
    names     surname | title | sound TAB text: how a name is recognised; kept TAB name: it stays as it is
    """

    stage: ClassVar = "script"

    tau: float = 4.0
    keep: Table | None = None
    variants: Table | None = None
    style: Table | None = None
    free: Table | None = None
    words: Table | None = None
    names: Table | None = None

    def __post_init__(self) -> None:
        if not 0 < self.tau <= 20:
            raise ValueError(f"'tau' is a gain between 0 and 20, not {self.tau}")

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if context.settings.script == "off" or context.script.script == "other":
            return
        for fix in self._repairer(context.text, context.script):
            yield Proposal(fix.at, fix.at + 1, fix.new, None if fix.sure else "ask", fix.klass, fix.score)

    @cached_property
    def _repairer(self) -> Repairer:
        uses = ("surname", "title", "sound", "kept")
        names = {use: [row[1] for row in _rows(self.names) if row[0] == use] for use in uses}
        free = _rows(self.free)
        known = Knowledge(
            keep={row[0]: frozenset(row[1].split()) for row in _rows(self.keep)},
            variants={row[0]: row[1] for row in _rows(self.variants)},
            named=frozenset(row[0] for row in _rows(self.variants) if row[2:] == ("word",)),
            style={row[0]: row[1] for row in _rows(self.style)},
            hongkong=frozenset(row[0] for row in _rows(self.style) if row[2:] in (("hk",), ("hk-own",))),
            chosen=frozenset(row[0] for row in _rows(self.style) if row[2:] == ("hk-own",)),
            free=self._free(free),
            silent=frozenset(pair for a, b, *rest in free if "style" in rest for pair in ((a, b), (b, a))),
            counts=tuple((row[0], float(row[1])) for row in _rows(self.words)),
            surnames=frozenset("".join(names["surname"])),
            titles=tuple(names["title"]),
            sounds=frozenset("".join(names["sound"])),
            kept=tuple(names["kept"]),
        )
        return Repairer(known, self.tau)

    @staticmethod
    def _free(rows: tuple[tuple[str, ...], ...]) -> dict[tuple[str, str], float]:
        """Return for each direction of a pair the gain that a change needs: infinite, unless the row says."""
        found: dict[tuple[str, str], float] = {}
        for a, b, *gain in rows:
            found[a, b] = float(gain[0]) if gain and gain[0] != "style" else math.inf
            found.setdefault((b, a), math.inf)
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _rows(table: Table | None) -> tuple[tuple[str, ...], ...]:
    return table.rows if table else ()
