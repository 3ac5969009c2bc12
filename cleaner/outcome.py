"""What became of one input: done, left alone, or not possible. Every input has exactly one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cleaner.clean import Cleaned
from cleaner.errors import CleanerError
from cleaner.files import Source
from cleaner.formats import output_name
from cleaner.overlap import Word
from cleaner.script import ScriptState

Status = Literal["changed", "unchanged", "empty", "skipped", "quarantined", "dropped"]


def status_of(text: str, raw: bytes | None) -> Literal["empty", "changed", "unchanged"]:
    """Return the status of a document that was cleaned, from its result and its bytes."""
    return "empty" if not text else "changed" if text.encode() != raw else "unchanged"


@dataclass(frozen=True)
class Proposed:
    """The words that copies have for the mask over `start:end` of the source, best first.

    Their evidence is a place of the copy's source. `put` says that the first of them stands in the text.
    """

    start: int
    end: int
    words: tuple[Word, ...]
    put: bool


@dataclass(frozen=True)
class Outcome:
    """One input of a run. `name` is its relative posix path.

    `raw` are the bytes read, None where nothing could be read (a pipe, a file over the limit that is
    only copied). `cleaned`, `source` and `script` are there for changed, unchanged and empty inputs.
    A quarantined, skipped or dropped one says why in `error` or `note`. Of a page (`kept` is a number), `source` holds
    the extracted text with the page's encoding, and does not lead back to `raw`.
    """

    name: str
    status: Status
    format: str
    sha256: str
    raw: bytes | None = None
    source: Source | None = None
    cleaned: Cleaned | None = None
    script: ScriptState | None = None
    error: CleanerError | None = None
    note: str = ""
    stands: bool = True  # whether something stands for it in OUT: a pipe or a refused name has nothing to copy
    kept: float | None = None  # of a page: the share of its text that `source`, the extracted text, is
    proposed: tuple[Proposed, ...] = ()

    @property
    def out(self) -> str:
        """The name under which it stands in OUT: what is only copied keeps its own."""
        return output_name(self.name) if self.cleaned else self.name

    @property
    def text(self) -> str:
        """The text as it goes to OUT. Raises ValueError for an input that has none."""
        if self.cleaned is None:
            raise ValueError(f"{self.name} was not cleaned")
        return self.cleaned.draft.text
