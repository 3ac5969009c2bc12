"""What was cleaned and compared before: documents and searches whose every input is the same are not done again.

A page is known by its bytes: to take it apart takes thirty times as long as to clean its text.

A document is known by its text together with everything else that bears on its result: rules, settings, decisions, our
own code and data, and the libraries that know about characters. So of a folder of which one article changed, one is
cleaned. The search for overlaps has an index of its own (cleaner/overlap/index), which knows what one text changes.

What comes back is checked like a fresh result: the edits have to lead back to the source.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import TypeAdapter, ValidationError

from cleaner.cache import Cache, key_of
from cleaner.clean import Ask, Cleaned, Mark, clean, self_check
from cleaner.context import Settings
from cleaner.errors import SelfCheckError
from cleaner.overlap import Found, OverlapSettings, Text, find_overlaps
from cleaner.packs import Rule
from cleaner.rulings import Judge, Ruling
from cleaner.text import Draft, Edit, splice

if TYPE_CHECKING:
    from cleaner.formats.html import Extracted, Pages

PACKAGES = (
    "seedclean", "regex", "opencc", "numpy", "rapidfuzz", "google-re2", "trafilatura", "lxml", "justext",
)  # fmt: skip
NONE = Cache(None)


@dataclass(frozen=True)
class _Kept:
    """A `Cleaned` without its name and its texts: the source is at hand, and the edits give the result."""

    edits: tuple[Edit, ...]
    asks: tuple[Ask, ...]
    marks: tuple[Mark, ...]
    meta: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    rulings: tuple[Ruling, ...]


@cache
def _kept() -> TypeAdapter[_Kept]:
    return TypeAdapter(_Kept)


@dataclass(frozen=True)
class Memo:
    """Cleans and compares with a cache at hand. `book` is the digest of the rules (`Memo.of` makes it)."""

    cache: Cache
    rules: tuple[Rule, ...]
    settings: Settings
    book: bytes

    @classmethod
    def of(cls, cache: Cache, rules: Sequence[Rule], digests: Sequence[str], settings: Settings) -> Memo:
        """`digests` are those of the packs that `rules` come from."""
        if cache.folder is None:
            return cls(cache, tuple(rules), settings, b"")
        same = replace(settings, prefilter=True)  # which changes no result
        book = key_of(code_digest(), *digests, *(rule.id for rule in rules), repr(same))
        return cls(cache, tuple(rules), settings, book)

    def clean(self, name: str, text: str, ignore: Sequence[str], judge: Judge | None, decided: bytes) -> Cleaned:
        """Return `clean.clean` of a document; `decided` stands for what `judge` knows. Raises what that raises."""
        if self.cache.folder is None:
            return clean(name, text, self.rules, self.settings, ignore, judge)
        key = key_of("clean", self.book, text, repr(tuple(ignore)), decided)
        raw = self.cache.get(key)
        known = _restored(name, text, raw) if raw is not None else None
        if known is not None:
            return known
        cleaned = clean(name, text, self.rules, self.settings, ignore, judge)
        self.cache.put(key, _stored(cleaned))
        return cleaned

    def knows(self, raw: bytes, encoding: str | None, allow_nul: bool) -> bool:
        """Say whether the main text of a page is known."""
        return self.cache.folder is not None and self._page(_page_key(raw, encoding, allow_nul)) is not None

    def extract(self, pages: Pages, raw: bytes, where: str, encoding: str | None, allow_nul: bool) -> Extracted:
        """Return `pages.extract` of a page. Raises what that raises: what went wrong is tried again in each run."""
        if self.cache.folder is None:
            return pages.extract(raw, where, encoding=encoding, allow_nul=allow_nul)
        key = _page_key(raw, encoding, allow_nul)
        if (known := self._page(key)) is not None:
            return known
        found = pages.extract(raw, where, encoding=encoding, allow_nul=allow_nul)
        self.cache.put(key, orjson.dumps(found))
        return found

    def _page(self, key: bytes) -> Extracted | None:
        raw = self.cache.get(key)
        with suppress(ValidationError):
            return _extracted().validate_json(raw) if raw is not None else None
        return None


def _page_key(raw: bytes, encoding: str | None, allow_nul: bool) -> bytes:
    return key_of("page", code_digest(), raw, repr((encoding, allow_nul)))


@cache
def _extracted() -> TypeAdapter[Extracted]:
    from cleaner.formats.html import Extracted  # a folder of texts does without it

    return TypeAdapter(Extracted)


def find(cache: Cache, texts: Sequence[Text], settings: OverlapSettings, place: str) -> Found:
    """Return `find_overlaps` of `texts`; `place` tells one folder of texts from another, and changes no result."""
    if cache.folder is None:
        return find_overlaps(texts, settings)
    from cleaner.overlap.index import find_indexed

    name = key_of(place, repr(settings)).hex()[:32]
    return find_indexed(texts, settings, cache.folder / "overlaps" / name, code_digest().hex(), shelved=True)


def _stored(cleaned: Cleaned) -> bytes:
    kept: dict[str, Any] = {
        "edits": [tuple(edit) for edit in cleaned.draft.edits], "asks": cleaned.asks, "marks": cleaned.marks,
        "meta": cleaned.meta, "flags": cleaned.flags, "rulings": cleaned.rulings,
    }  # fmt: skip
    return orjson.dumps(kept)


def _restored(name: str, text: str, raw: bytes) -> Cleaned | None:
    """Return a document as it was cleaned before, None if what was kept does not fit it."""
    try:
        kept = _kept().validate_json(raw)
        draft = Draft(text, kept.edits, splice(text, kept.edits))
        self_check(name, draft)
    except (ValidationError, SelfCheckError):
        return None
    return Cleaned(name, draft, kept.asks, kept.marks, kept.meta, kept.flags, kept.rulings)


@cache
def code_digest() -> bytes:
    """Return 32 bytes that stand for our code and data, and for what else knows about characters here."""
    here = Path(__file__).parent
    parts: list[str | bytes] = [sys.version, *(f"{name} {version(name)}" for name in PACKAGES)]
    for path in sorted(here.rglob("*")):
        if path.suffix in (".py", ".tsv", ".bin") and path.is_file():
            parts += [path.relative_to(here).as_posix(), path.read_bytes()]
    return key_of(*parts)
