"""Clean scraped articles, with proof of what was changed and why.

>>> import cleaner
>>> done = cleaner.clean_text("会议强调，今年一季度农业总产值增长9%，高于全省平均水平，稳步走在365bet体育在线前列。")
>>> done.text
'会议强调，今年一季度农业总产值增长9%，高于全省平均水平，稳步走在〓前列。'
>>> done.edits
(Edit(start=33, end=43, new='〓', by=('zh-spam/betting-word',)),)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for readers and type checkers; a command that needs none of it must not wait for it
    from cleaner.api import (
        Cleaned,
        Cleaner,
        CleanerError,
        Found,
        Records,
        clean_text,
        find_overlaps,
        load_packs,
        records,
    )

__version__ = "0.1.0"
__all__ = [
    "Cleaned",
    "Cleaner",
    "CleanerError",
    "Found",
    "Records",
    "clean_text",
    "find_overlaps",
    "load_packs",
    "records",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import cleaner.api

    return getattr(cleaner.api, name)
