"""Put the whole text into one script, or into the standard of one region (see cleaner/script/convert.py)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from cleaner.context import Context, Proposal
from cleaner.kinds.script import Script
from cleaner.script.convert import convert


@dataclass(frozen=True)
class Convert(Script):
    """`to` is the script or region; `tau` and the tables are those of `script`, for the scoring of what comes out."""

    stage: ClassVar = "script"

    tau: float = 2.0
    to: Literal["hans", "hant", "tw", "hk"] = "hant"

    def __call__(self, context: Context) -> Iterator[Proposal]:
        for change in convert(context.text, context.script, self.to, self._repairer):
            yield Proposal(*change)

    @staticmethod
    def _free(rows: tuple[tuple[str, ...], ...]) -> dict[tuple[str, str], float]:
        """Return as `Script` does, but any gain is enough where a row asks for one: no author chose the form here.

        OpenCC did (发明了 -> 發明瞭), and a gain in the table protects the choices of authors.
        """
        return {pair: gain if math.isinf(gain) else 0.0 for pair, gain in Script._free(rows).items()}

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}
