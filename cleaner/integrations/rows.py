"""Rows in columns: what `datasets.map(batched=True)` hands over, and what a frame is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from cleaner.api import Cleaned, Cleaner
from cleaner.text import Edit, splice


def clean_row(cleaner: Cleaner, text: str, name: str = "row") -> Cleaned:
    r"""Return a text of a row cleaned; one that cannot be cleaned as it was, with the code in its flags.

    Lines end with LF afterwards: \r\n and \r become \n first, and the flag `line-ends` says so.
    """
    if "\r" not in text:
        return cleaner.clean(text, name, errors="keep")
    done = cleaner.clean(text.replace("\r\n", "\n").replace("\r", "\n"), name, errors="keep")
    return replace(done, flags=(*done.flags, "line-ends"))


def provenance(cleaner: Cleaner, done: Cleaned) -> dict[str, Any]:
    """Return what `cleaner` did to a text as plain values.

    `edits` have `start` and `end` in code points of the source (with LF), what stood there (`old`), what stands there
    now (`new`), and the rules behind it (`by`); `pending` is at how many places a person has to decide; `meta` what a
    byline said; `flags` what to look at.
    """
    source = done.draft.source
    edits = [
        {"start": e.start, "end": e.end, "old": source[e.start : e.end], "new": e.new, "by": list(e.by)}
        for e in done.edits
    ]
    return {"edits": edits, "pending": cleaner.waiting(done), "meta": dict(done.meta), "flags": list(done.flags)}


def restore(text: str, told: Mapping[str, Any]) -> str:
    """Return the source of a cleaned `text` from its `provenance`."""
    back, shift = [], 0
    for edit in told["edits"]:
        start = edit["start"] + shift
        back.append(Edit(start, start + len(edit["new"]), edit["old"], tuple(edit["by"])))
        shift += len(edit["new"]) - (edit["end"] - edit["start"])
    return splice(text, back)


class CleanRows:
    """Cleans a column of a batch: `dataset.map(CleanRows(), batched=True)`.

    `column` is the text; `into` the column that holds the provenance as JSON, None for none. The other arguments are
    settings (the keys of clean.toml). A row without a text (None) stays. It pickles as its settings, so that workers
    can have it, and so that `datasets` finds its cache again.
    """

    def __init__(self, column: str = "text", into: str | None = "clean", **settings: Any) -> None:
        self.column, self.into = column, into
        self.cleaner = Cleaner(**settings)

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Return the columns that change, by name."""
        texts = batch[self.column]
        done = [None if text is None else clean_row(self.cleaner, text, f"row {i}") for i, text in enumerate(texts)]
        columns: dict[str, list[Any]] = {self.column: [one.text if one else None for one in done]}
        if self.into is not None:
            columns[self.into] = [self._told(one) if one else None for one in done]
        return columns

    def _told(self, done: Cleaned) -> str:
        return orjson.dumps(provenance(self.cleaner, done)).decode()
