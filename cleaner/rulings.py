"""What decisions mean for one document: rulings on what the rules did and asked for.

Rules work first as if nobody had decided anything, so that what a person decides on has the same id whatever else
was decided. A `Judge` then looks at everything they did and asked for, and gives rulings; if one changes
something, the document is done again from its source with the ruled changes made and the ruled places left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Do = Literal["keep", "remove", "replace", "accept"]


@dataclass(frozen=True)
class Place:
    """A change that rules made (`asked` is None), or did not make for that reason, in positions of the source."""

    start: int
    end: int
    new: str
    by: tuple[str, ...]
    asked: str | None = None
    klass: str | None = None
    score: float | None = None

    @property
    def rule(self) -> str:
        """The rule that had the last word: the spaces in a removed footer are no reason of their own."""
        return self.by[-1]


@dataclass(frozen=True)
class Ruling:
    """A decision on a place. `id` is that of the edit, `decision` that of the decision."""

    place: Place
    id: str
    decision: str
    do: Do
    replacement: str = ""

    @property
    def put(self) -> str:
        """What is to stand at the place, unless it is kept."""
        return {"remove": "", "replace": self.replacement}.get(self.do, self.place.new)

    @property
    def changes(self) -> bool:
        """Say whether it makes another text than the rules alone."""
        return self.do == "keep" or self.place.asked is not None or self.put != self.place.new

    def meets(self, start: int, end: int) -> bool:
        """Say whether `start:end` of the source and the place have a character in common, or are one point."""
        if start == end or self.place.start == self.place.end:
            return start <= self.place.end and self.place.start <= end
        return start < self.place.end and self.place.start < end


class Judge(Protocol):
    """Knows what was decided for one document."""

    def __call__(self, source: str, places: Sequence[Place]) -> Sequence[Ruling]:
        """Return the rulings on `places`, which are sorted and are all there are in `source`."""
        ...


def settle(rulings: Sequence[Ruling], source: str) -> tuple[tuple[Ruling, ...], tuple[Ruling, ...]]:
    """Return (kept, made): places that stay as they are, and changes that are made, sorted and disjoint.

    Where places meet, keeping wins over changing, and of two changes the earlier and longer one.
    """
    alive = [r for r in rulings if r.changes]
    kept = [r for r in alive if r.do == "keep" or r.put == source[r.place.start : r.place.end]]
    made: list[Ruling] = []
    at = 0
    for ruling in sorted(alive, key=lambda r: (r.place.start, -r.place.end)):
        low, high = ruling.place.start, ruling.place.end
        if ruling in kept or low < at or any(other.meets(low, high) for other in kept):
            continue
        made.append(ruling)
        at = high
    return tuple(kept), tuple(made)
