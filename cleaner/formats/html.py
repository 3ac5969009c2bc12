"""HTML pages: bytes in, the article's text out, with how much of the page it is and what was noticed on the way.

Decoding is ours (`html_decode`); everything after runs in a child that is killed at the deadline (`sandbox`,
`html_worker`). Nothing here imports lxml or trafilatura.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import chain
from types import TracebackType
from typing import Any, Protocol

import orjson

from cleaner.errors import InputError, OutputError
from cleaner.formats import html_decode, html_guard
from cleaner.formats.sandbox import Died, Late, NotStarted, Sandbox

WORKER = "cleaner.formats.html_worker"
DEADLINE = 10.0  # seconds of wall time for one page
TRIES = 2  # a child may be killed for another reason once, not twice on the same page
PAUSE = 0.2  # seconds before a child that could not be started is tried again


@dataclass(frozen=True)
class Extracted:
    """The main text of a page, a line a block, LF at the end of each.

    `kept` is the share (0-1) of the page's text outside <nav>, counted in Han characters, that it is. `meta` are
    (field, value) that the page states for machines. `encoding` and `bom` are of the page.
    """

    text: str
    kept: float
    flags: tuple[str, ...]
    meta: tuple[tuple[str, str], ...]
    encoding: str
    bom: bool


class Pages(Protocol):
    """Who takes pages apart; see `Extractor.extract`."""

    def extract(self, raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False) -> Extracted: ...


class Extractor:
    """Extracts pages with one child, started when the first page comes: `with Extractor() as pages: ...`"""

    def __init__(self, worker: str = WORKER, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self.box = Sandbox(worker)

    def __enter__(self) -> Extractor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.box.close()

    def extract(self, raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False) -> Extracted:
        """Return the main text of a page.

        Raises InputError: E110 (NUL), E111 (undecodable or no certain encoding), E112 (bytes that do not fit, in the
        main text), E113 (over a limit, or no main text), E130 (the child died twice, or gave no answer), E132
        (deadline); OutputError: E306 (there is no child).
        """
        html_guard.check_size(raw, where)
        page = html_decode.decode_page(raw, where, encoding=encoding, allow_nul=allow_nul)
        raw = self._asked({"text": page.text.replace("\0", ""), "where": where}, where)
        try:
            found = _read(raw, where)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as err:
            raise _failed(where, "the extractor gave no answer that can be read") from err
        text = found.text
        damaged = text.count("\ufffd")
        if damaged and (page.bad or damaged > page.text.count("\ufffd")):
            what = f"its main text would have {damaged} characters that cannot be read (U+FFFD)"
            how = "mend its bytes, name its encoding with --encoding, or exclude it"
            raise InputError("E112", where, what, "copied unchanged and quarantined", how)
        flags = tuple(sorted({*page.flags, *found.flags}))
        return Extracted(text, found.kept, flags, found.meta, page.encoding, page.bom)

    def _asked(self, question: dict[str, str], where: str) -> bytes:
        """Return the child's answer; a child that dies is replaced once."""
        raw = orjson.dumps(question)
        for left in range(TRIES - 1, -1, -1):
            try:
                return self.box.ask(raw, self.deadline)
            except Late as err:
                what = f"the extractor did not end in {self.deadline:g} s and was killed"
                how = "save the page again without what makes it so, exclude it, or give its text as .txt"
                raise InputError("E132", where, what, "copied unchanged and quarantined", how) from err
            except Died as err:
                if not left:
                    raise _failed(where, f"the extractor died on it {TRIES} times") from err
            except NotStarted as err:
                if not left:
                    how = "give it more memory or processes (ulimit), and run the same command again"
                    raise OutputError("E306", where, f"no extractor: {err}", "nothing was written", how) from err
                time.sleep(PAUSE)
        raise AssertionError("unreachable")


def _read(raw: bytes, where: str) -> Extracted:
    """Return what a child answers. Raises InputError, and ValueError or its like if it is no answer at all."""
    found: dict[str, Any] = json.loads(raw)
    if "error" in found:
        raise InputError(*found["error"])
    if "broken" in found:
        raise _failed(where, f"the extractor failed on it ({found['broken']})")
    text, kept = "".join(line + "\n" for line in found["lines"]), float(found["kept"])
    meta = tuple(sorted((str(field), str(value)) for field, value in found["meta"].items()))
    flags = tuple(str(flag) for flag in found["flags"])
    "".join((text, *flags, *chain.from_iterable(meta))).encode()  # half a surrogate is no text
    if not 0 <= kept <= 1:
        raise ValueError
    return Extracted(text, kept, flags, meta, "", bom=False)


def _failed(where: str, what: str) -> InputError:
    return InputError("E130", where, what, "copied unchanged and quarantined", "exclude it, and please report it")
