"""What goes into the overlap detector and what comes out of it: frozen values, and nothing else.

Positions are half-open, count code points and start at 0. They are positions of the text as it was given, which is
the cleaned text of an article. "Key characters" are those of the key text (`key.py`): letters and digits, folded
so that script, width and case vanish. This module imports nothing of ours, so that a report can read an `Overlap`
without paying for numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["reuse", "formula", "quote", "boilerplate"]
Unit = Literal["document", "passage"]
Figure = int | float | str | bool


@dataclass(frozen=True)
class Text:
    """One article: a name that is unique in the run, its cleaned text, and `hans`, `hant`, `mixed` or `other`.

    `date` is when it says it was published, ISO 8601, if it says so; anything else there is no date.
    """

    name: str
    text: str
    script: str
    date: str = ""


@dataclass(frozen=True)
class OverlapSettings:
    """The policies of the search; every default is the shipped one.

    `threshold` and `containment` are shares (0-1) of distinct key 4-grams from which two whole documents are near
    duplicates. `min_chars` is the least number of aligned key characters of a passage. `same_script` leaves out
    pairs whose two texts are in different scripts; `fold_script` False compares characters as they are written.
    `bucket_cap` is the number of distinct members above which a bucket is linked to its first member only, `seed_df`
    the number of distinct texts above which a gram is looked at in the first text with each other one only; both are
    reported in `Found.notes` when met.

    Raises ValueError for a value that has no meaning.
    """

    threshold: float = 0.7
    containment: float = 0.8
    min_chars: int = 20
    same_script: bool = False
    fold_script: bool = True
    bucket_cap: int = 1000
    seed_df: int = 50

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold is {self.threshold}; it is a share above 0 and up to 1")
        if not 0 < self.containment <= 1:
            raise ValueError(f"containment is {self.containment}; it is a share above 0 and up to 1")
        if self.min_chars < 16:
            raise ValueError(f"min_chars is {self.min_chars}; below 16 unrelated articles match")
        if self.bucket_cap < 16 or self.seed_df < 2:
            raise ValueError("bucket_cap must be at least 16 and seed_df at least 2")


class Passage(NamedTuple):
    """A place in a cleaned text: half-open, in code points."""

    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Overlap:
    """Two places that hold the same text, how far they agree, and what kind of repetition that is.

    `a` comes before `b` (by name, then start); both in one document means a repeat inside that text, which is never
    in a cluster and never gates. `id` is 12 hex digits from both folded quotes, whichever is first, so it stays when
    files are renamed or other text is edited. `chars` counts aligned key characters (equal or replaced one by one).
    `jaccard` and `containment` are exact, on the key 4-grams of the two places; `identity` is 1 - d / n with the
    Levenshtein distance d of the two key texts and n the length of the longer one. `ops` are the stretches
    (a0, a1, b0, b1) that differ, in positions of the texts; between them the key text is equal. Where sentences
    changed places, `order` is "moved", `blocks` are the aligned parts, and `ops` lie inside them. `source` names the
    side that is probably the original; a hint. `reasons` are the figures behind `kind`, see `classify.explain`.
    """

    id: str
    unit: Unit
    kind: Kind
    a: Passage
    b: Passage
    chars: int
    jaccard: float
    containment: float
    identity: float
    cross_script: bool
    ops: tuple[tuple[int, int, int, int], ...]
    reasons: tuple[tuple[str, Figure], ...]
    order: str | None = None
    blocks: tuple[tuple[int, int, int, int], ...] = ()
    source: Literal["a", "b"] | None = None


@dataclass(frozen=True)
class Cluster:
    """Places (whole documents, or passages) that verified overlaps of one kind connect.

    `edges` are indices into `Found.overlaps`. `source` and `keep` are document names: the probable original if
    there is evidence for one, and the copy that stays where copies are dropped (the smallest name). `capped` says
    that a limit was met here, so that members may be missing.
    """

    unit: Unit
    kind: Kind
    members: tuple[Passage, ...]
    edges: tuple[int, ...]
    source: str | None
    keep: str | None
    capped: bool


@dataclass(frozen=True)
class Found:
    """Everything found: overlaps and clusters in a fixed order, and each limit that was met, by name and count."""

    overlaps: tuple[Overlap, ...]
    clusters: tuple[Cluster, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word proposed for a mask, from a copy of the sentence.

    `evidence` is its place in the copy and `score` the share (0-1) of the surroundings that agree; `copies` is the
    number of documents that have the word. `sure` says that it may be put without asking a person.
    """

    new: str
    score: float
    copies: int
    evidence: Passage
    sure: bool
