"""A step of a datatrove pipeline (https://github.com/huggingface/datatrove)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from datatrove.pipeline.base import PipelineStep

from cleaner.api import Cleaner
from cleaner.integrations.rows import clean_row, provenance

if TYPE_CHECKING:
    from datatrove.data import Document


class Clean(PipelineStep):  # type: ignore[misc]
    """Clean the text of every document; no document is dropped.

    `metadata["clean"]` (or another `key`; None for none) says what was done, as `rows.provenance` has it. The other
    arguments are settings (the keys of clean.toml). Statistics: `total`, `changed`, `edits`, `removed_chars`,
    `pending`, and `quarantined` for documents that were left as they were.
    """

    type = "🧹 - CLEAN"
    name = "seedclean"

    def __init__(self, key: str | None = "clean", **settings: Any) -> None:
        super().__init__()
        self.key = key
        self.cleaner = Cleaner(**settings)

    def run(self, data: Iterator[Document], rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        """Yield each document, cleaned."""
        for document in data:
            with self.track_time():
                done = clean_row(self.cleaner, document.text, str(document.id))
                told = provenance(self.cleaner, done)
                self._count(document.text, done.text, told)
                if self.key is not None:
                    document.metadata[self.key] = told
                document.text = done.text
            yield document

    def _count(self, before: str, after: str, told: dict[str, Any]) -> None:
        self.stat_update("total")
        if after != before:
            self.stat_update("changed")
        self.stat_update("edits", value=len(told["edits"]))
        self.stat_update("removed_chars", value=len(before) - len(after))
        self.stat_update("pending", value=told["pending"])
        if any(flag.startswith("quarantined") for flag in told["flags"]):
            self.stat_update("quarantined")
