"""Pages taken apart before their turn, several at a time, each in a child of its own.

Nine tenths of the time of a page is its extractor, and that works in a child anyhow (`sandbox`). So a folder needs no
processes of ours beside it: a few threads that wait for as many children. The pages are asked for in the order in which
they were given, and what comes out does not depend on who took them apart, or when.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType

from cleaner.formats.html import Extracted, Extractor

AHEAD = 3  # pages that are begun, or done and not yet asked for, for each child: they are held in memory
LEAST = 12  # pages for each child below which a further one does not pay: it takes 0.4 s of CPU to start (measured)


class Ahead:
    """Takes apart `pages`, pairs of (where, bytes), while others are worked on: `with Ahead(pages, 2) as ahead: ...`

    `pages` is read by the caller's thread only, a few at a time, whenever `go_on` is called. `jobs` children are
    started as they are needed. `encoding` and `allow_nul` are those of `extract`.
    """

    def __init__(
        self, pages: Iterator[tuple[str, bytes]], jobs: int, *, encoding: str | None = None, allow_nul: bool = False
    ) -> None:
        self.pages = pages
        self.encoding, self.allow_nul = encoding, allow_nul
        self.extractors = [Extractor() for _ in range(jobs)]
        self._free: SimpleQueue[Extractor] = SimpleQueue()
        for extractor in self.extractors:
            self._free.put(extractor)
        # Threads that stay: the kernel ends a child with the thread that started it.
        self._threads = ThreadPoolExecutor(jobs, "extract")
        self._begun: dict[str, tuple[bytes, Future[Extracted]]] = {}

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children, whatever they are at, and the threads that wait for them."""
        for extractor in self.extractors:
            extractor.box.stop()
        self._threads.shutdown(cancel_futures=True)
        for extractor in self.extractors:
            extractor.box.close()

    def go_on(self) -> None:
        """Begin as many pages as may be begun."""
        while len(self._begun) < AHEAD * len(self.extractors) and (page := next(self.pages, None)) is not None:
            where, raw = page
            self._begun[where] = raw, self._submit(raw, where, self.encoding, self.allow_nul)

    def extract(self, raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False) -> Extracted:
        """Return the main text of a page; errors are those of `Extractor.extract`.

        One that was not begun, or with other bytes, or settings, is taken apart now.
        """
        begun, future = self._taken(where)
        if future is not None and begun == raw and (encoding, allow_nul) == (self.encoding, self.allow_nul):
            return future.result()
        return self._submit(raw, where, encoding, allow_nul).result()

    def _taken(self, where: str) -> tuple[bytes, Future[Extracted] | None]:
        """Forget what was begun before a page, as nobody asks for it any more, and return that page."""
        while where in self._begun:
            first = next(iter(self._begun))
            page = self._begun.pop(first)
            if first == where:
                return page
        return b"", None

    def _submit(self, raw: bytes, where: str, encoding: str | None, allow_nul: bool) -> Future[Extracted]:
        return self._threads.submit(self._extract, raw, where, encoding, allow_nul)

    def _extract(self, raw: bytes, where: str, encoding: str | None, allow_nul: bool) -> Extracted:
        extractor = self._free.get()
        try:
            return extractor.extract(raw, where, encoding=encoding, allow_nul=allow_nul)
        finally:
            self._free.put(extractor)
