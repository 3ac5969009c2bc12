"""Which copies of a document go if copies are to be dropped, and which one stays.

A cluster is what verified pairs connect, so two of its members may have little in common. Nothing is dropped for that:
a document goes only if one that stays is a near duplicate of *it*, counted exactly, or holds it. The copy that stays is
the one a person named, else the best by `keep`, else the first by name. At least one member of every cluster stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Literal

from cleaner.overlap.values import Found, OverlapSettings, Text

Keep = Literal["first", "newest", "longest"]
CHINA = timezone(timedelta(hours=8))  # of dates that state no zone


@dataclass(frozen=True)
class Facts:
    """What counts besides the text: the `date` (ISO 8601), and whether a document has to stay.

    `fixed` documents are of the corpus that others are held against; `named` ones a person wants to keep.
    """

    date: str | None = None
    fixed: bool = False
    named: bool = False


@dataclass(frozen=True)
class Dropped:
    """A document that goes, the near duplicate of it that stays, how alike they are, and why that one stays."""

    name: str
    keeper: str
    jaccard: float
    containment: float
    why: str


@dataclass(frozen=True)
class Choice:
    """What goes, by name; and for each cluster of `Found.clusters` (by its index) the copy that stays first of all."""

    dropped: tuple[Dropped, ...]
    keepers: Mapping[int, str]


def choose(
    found: Found, texts: Sequence[Text], facts: Mapping[str, Facts], keep: Keep, settings: OverlapSettings,
    spared: frozenset[frozenset[str]] = frozenset(),
) -> Choice:  # fmt: skip
    """Return what `--dedup drop` drops. `spared` are pairs of names that a person wants to keep both."""
    by_name = {text.name: text for text in texts}
    resemble = _resemblance(by_name, settings)
    dropped: list[Dropped] = []
    keepers = {}
    for i, cluster in enumerate(found.clusters):
        if cluster.unit != "document" or cluster.kind != "reuse":
            continue
        members = sorted({member.document for member in cluster.members})
        work = _Cluster(members, by_name, facts, keep, settings, resemble, spared)
        kept, gone = work.result()
        keepers[i] = kept[0]
        dropped += gone
    return Choice(tuple(sorted(dropped, key=lambda d: d.name)), keepers)


Resemble = Callable[[str, str], tuple[float, float]]


@dataclass(frozen=True)
class _Cluster:
    members: Sequence[str]
    texts: Mapping[str, Text]
    facts: Mapping[str, Facts]
    keep: Keep
    settings: OverlapSettings
    resemble: Resemble
    spared: frozenset[frozenset[str]]

    def result(self) -> tuple[list[str], list[Dropped]]:
        """Return who stays, best first, and who goes."""
        order = sorted(self.members, key=self._rank)
        kept: list[str] = []
        keeper: dict[str, str] = {}
        for name in order:
            holder = None if self._must_stay(name) else next((k for k in kept if self._covers(k, name)), None)
            if holder is None:
                kept.append(name)
            else:
                keeper[name] = holder
        self._drop_excerpts(kept, keeper)
        return kept, [self._dropped(name, keeper[name]) for name in sorted(keeper)]

    def _drop_excerpts(self, kept: list[str], keeper: dict[str, str]) -> None:
        """Drop also what came first and is held by a longer one that stays, if nothing else depends on it."""
        for name in reversed(list(kept)):
            if self._must_stay(name):
                continue
            holder = next((k for k in kept if k != name and self._covers(k, name)), None)
            if holder is None:
                continue
            moved = {
                other: next((k for k in kept if k != name and self._covers(k, other)), "")
                for other, old in keeper.items()
                if old == name
            }
            if all(moved.values()):
                keeper.update(moved)
                keeper[name] = holder
                kept.remove(name)

    def _must_stay(self, name: str) -> bool:
        facts = self.facts.get(name, Facts())
        return facts.fixed or facts.named

    def _covers(self, keeper: str, name: str) -> bool:
        """Say whether `name` may go because `keeper` stays: they are near duplicates, or `keeper` holds it."""
        one, two = self.texts[keeper], self.texts[name]
        if frozenset((keeper, name)) in self.spared or (self.settings.same_script and one.script != two.script):
            return False
        jaccard, containment = self.resemble(keeper, name)
        if jaccard >= self.settings.threshold:
            return True
        return containment >= self.settings.containment and len(one.text) >= len(two.text)

    def _rank(self, name: str) -> tuple[object, ...]:
        facts = self.facts.get(name, Facts())
        best: tuple[float, ...] = ()
        if self.keep == "newest":
            when = moment(facts.date)
            best = (0, -when) if when is not None else (1, 0)
        elif self.keep == "longest":
            best = (-len(self.texts[name].text),)
        return (not facts.named, not facts.fixed, best, name)

    def _dropped(self, name: str, keeper: str) -> Dropped:
        return Dropped(name, keeper, *self.resemble(keeper, name), self._why(name, keeper))

    def _why(self, name: str, keeper: str) -> str:
        mine, facts = self.facts.get(name, Facts()), self.facts.get(keeper, Facts())
        if facts.named:
            return "a decision keeps it"
        if facts.fixed:
            return "it is in the corpus that new articles are held against"
        if self._rank(keeper) > self._rank(name):
            return "it holds all of this one"
        if self.keep == "newest":
            dates = [one.date if moment(one.date) is not None else None for one in (facts, mine)]
            if dates[0] is None:
                return "first by path, since the date of neither is known"
            if dates[1] is None:
                return f"newest ({dates[0]}; the date of this one is not known)"
            same = moment(dates[0]) == moment(dates[1])
            return f"first by path, both of {dates[0]}" if same else f"newest ({dates[0]}, this one {dates[1]})"
        if self.keep == "longest" and len(self.texts[keeper].text) != len(self.texts[name].text):
            return f"longest ({len(self.texts[keeper].text)} characters, this one {len(self.texts[name].text)})"
        return "first by path"


def moment(date: str | None) -> float | None:
    """Return a date of ISO 8601 (a year, month, day or time) as seconds, None if it is none. A day begins at 0:00."""
    if not date:
        return None
    padded = date + "-01" * (2 - date.count("-")) if len(date) <= len("2024-06") else date
    try:
        when = datetime.fromisoformat(padded)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=CHINA)).astimezone(UTC).timestamp()


def _resemblance(texts: Mapping[str, Text], settings: OverlapSettings) -> Resemble:
    """Return a function that gives exact (Jaccard, containment) of two documents."""
    import numpy as np

    from cleaner.overlap import sketch
    from cleaner.overlap.key import Key, distinct, make_key

    @cache
    def key(name: str) -> Key:
        return make_key(texts[name].text, settings.fold_script)

    @cache
    def compare(one: str, two: str) -> tuple[float, float]:
        a, b = key(one), key(two)
        if a.text == b.text:
            return 1.0, 1.0
        both = distinct(np.concatenate((a.codes, b.codes)))
        return sketch.resemblance(sketch.distinct_grams(a.codes, both), sketch.distinct_grams(b.codes, both))

    return lambda one, two: compare(*sorted((one, two)))
