"""The tool as a library: clean a text with provenance, find overlaps, read the records of a run.

What stands in `cleaner.__all__` is stable: within one major version it keeps its names, its arguments and what it
returns. (That list is the only one; the names `as` themselves are for it.)
`import cleaner` costs nothing; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from cleaner.clean import Cleaned as Cleaned
from cleaner.clean import clean as _clean
from cleaner.config import Config
from cleaner.config import load as _config
from cleaner.context import Settings
from cleaner.errors import CleanerError as CleanerError
from cleaner.errors import InputError, SelfCheckError, UsageError
from cleaner.overlap import Found as Found
from cleaner.overlap import Text
from cleaner.overlap import find_overlaps as _find_overlaps
from cleaner.packs import Pack, find
from cleaner.packs import load as _load
from cleaner.pipeline import Book
from cleaner.reports.previous import JSONL
from cleaner.reports.records import Records as Records
from cleaner.reports.records import from_jsonl
from cleaner.text import Draft


class Cleaner:
    """The rules and settings of a run, loaded once, for one text after the other.

    The keyword arguments are the keys of clean.toml (`clean config schema`); no file is looked for. A Cleaner pickles
    as its settings, and loads its packs again where it is unpickled, so it can be handed to workers.

    Raises Errors (a group of CleanerError) for a setting or a pack that is wrong, all mistakes at once.
    """

    def __init__(self, **settings: Any) -> None:
        self._given = settings
        self._config  # noqa: B018  a wrong setting is an error here, not at the first text

    @cached_property
    def _config(self) -> Config:
        return _config(None, {"decisions": "", **self._given})

    @cached_property
    def _book(self) -> Book:
        return Book.of(self._config)

    @cached_property
    def _settings(self) -> Settings:
        return replace(self._config.settings, final_newline=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._given,)

    def clean(self, text: str, name: str = "text", *, errors: Literal["raise", "keep"] = "raise") -> Cleaned:
        """Return `text` cleaned, with every change: `.text`, `.edits`, `.asks`, `.meta`, `.flags`.

        Positions are code points of `text`, whose lines have to end with LF; it need not end with one. Messages call
        the text `name`.
        With `errors="keep"` a text that cannot be cleaned comes back as it was, with the code in its flags
        (`quarantined:E220`), as `clean SRC OUT` keeps such a file; else InputError is raised: E220 the rules would
        take more of the prose than the budget allows, E401 they find no end. ValueError for CR in `text`.
        """
        if "\r" in text:
            raise ValueError(r"lines have to end with \n; open files with newline=None, or replace \r\n first")
        try:
            return _clean(name, text, self._book.rules, self._settings, self._config.keys.ignore)
        except (InputError, SelfCheckError) as err:
            if errors == "raise":
                raise
            return Cleaned(name, Draft.of(text), (), (), (), (f"quarantined:{err.code}",))

    def waiting(self, done: Cleaned) -> int:
        """Return at how many places of a cleaned text a person has to decide: masks of lost words, and proposals."""
        review = {rule.id for rule in self._book.rules if rule.keys.review}
        proposed = sum(ask.why in ("ask", "E221", "E222") for ask in done.asks)
        return proposed + sum(not review.isdisjoint(edit.by) for edit in done.edits)

    def texts(self, texts: Iterable[str]) -> list[str]:
        """Return each text cleaned, in order; one that cannot be cleaned comes back as it was (`errors="keep"`)."""
        return [self.clean(text, errors="keep").text for text in texts]


def _again(settings: dict[str, Any]) -> Cleaner:
    return Cleaner(**settings)


_DEFAULT: list[Cleaner] = []  # made when first asked for


def clean_text(text: str) -> Cleaned:
    """Clean one text with the default packs and settings: `Cleaner().clean(text)`, the rules loaded once."""
    if not _DEFAULT:
        _DEFAULT.append(Cleaner())
    return _DEFAULT[0].clean(text)


def find_overlaps(texts: Mapping[str, str], index: str | Path | None = None, **settings: Any) -> Found:
    """Return the duplicates and shared passages of `texts` (name to cleaned text), across scripts.

    The keyword arguments are those of `cleaner.overlap.OverlapSettings` (threshold, min_chars, ...). With `index`, a
    folder of its own for these texts, the next search over most of them takes a twentieth of the time. Positions are
    code points of the texts. Raises ValueError for a setting that has no meaning.
    """
    from cleaner.overlap import OverlapSettings
    from cleaner.script import decide

    given = [Text(n, t, decide(t).script) for n, t in texts.items()]
    policies = replace(OverlapSettings(), **settings)
    if index is None:
        return _find_overlaps(given, policies)
    from cleaner.memo import code_digest
    from cleaner.overlap.index import find_indexed

    return find_indexed(given, policies, Path(index), code_digest().hex())


def load_packs(*names: str | Path) -> tuple[Pack, ...]:
    """Return rule packs by name (`zh-core`) or path, read and checked; each `.rules` has its `why` and examples.

    Raises Errors with all that is wrong in them, each with `file:line`.
    """
    return _load(find(str(name), None) for name in names)


def records(out: str | Path) -> Records:
    """Return the records of the run that made the folder `out`: iterate, or use `.files`, `.edits`, `.of(path)`.

    Raises UsageError if there is no report in `out`, or a line of it is not a record of this version.
    """
    file = Path(out) / JSONL
    try:
        raw = file.read_bytes()
    except OSError as err:
        raise UsageError(
            "E105", str(file), f"there is no report ({err.strerror})", "nothing was read",
            "give the folder that `clean SRC OUT` wrote",
        ) from err  # fmt: skip
    return from_jsonl(raw, str(file))
