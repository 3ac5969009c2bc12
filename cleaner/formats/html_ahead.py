"""Pages taken apart before their turn, several at a time, each in a child of its own.

Nearly all of the time of a page is spent in the extractor's child (`sandbox`). So a folder needs no processes of ours
beside it: a few threads that wait for as many children. The pages are asked for in the order in which they were given,
and what comes out does not depend on who took them apart, or when.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread

from cleaner.errors import OutputError
from cleaner.formats.html import Extracted, Extractor

AHEAD = 3  # pages that are begun, or done and not yet asked for, for each child: they are held in memory
LEAST = 12  # pages for each child from which a further one pays: its start takes as long as four (measured: 0.2 s)

Task = tuple[Future[Extracted], bytes, str, str | None, bool]  # of `Extractor.extract`


class Ahead:
    """Takes apart `pages`, pairs of (where, bytes), while others are worked on: `with closing(Ahead(pages, 2)) as ...`

    `pages` is read by the caller's thread only, a few at a time, whenever `go_on` is called. `jobs` children are
    started as they are needed; where the machine does not give that many, fewer do the work. `encoding` and `allow_nul`
    are those of `extract`.
    """

    def __init__(
        self, pages: Iterator[tuple[str, bytes]], jobs: int, *, encoding: str | None = None, allow_nul: bool = False
    ) -> None:
        self.pages = pages
        self.encoding, self.allow_nul = encoding, allow_nul
        self.extractors = [Extractor() for _ in range(jobs)]
        self._todo: SimpleQueue[Task | None] = SimpleQueue()
        self._begun: dict[str, tuple[bytes, Future[Extracted]]] = {}
        self._threads: list[Thread] = []
        self._lock, self._working = Lock(), 0

    def close(self) -> None:
        """End the children, whatever they are at, and the threads that wait for them."""
        for extractor in self.extractors:
            extractor.box.stop()
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()
        for extractor in self.extractors:
            extractor.box.close()

    def go_on(self) -> None:
        """Begin as many pages as may be begun."""
        while len(self._begun) < AHEAD * len(self.extractors) and (page := next(self.pages, None)) is not None:
            where, raw = page
            self._begun[where] = raw, self._submit(raw, where, self.encoding, self.allow_nul)

    def extract(self, raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False) -> Extracted:
        """Return the main text of a page; errors are those of `Extractor.extract`, OutputError E306 only where no
        child can be started at all.

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
        if not self._threads:
            self._start(where)
        future: Future[Extracted] = Future()
        self._todo.put((future, raw, where, encoding, allow_nul))
        return future

    def _start(self, where: str) -> None:
        """Start a thread for each child: it stays, as the kernel ends a child with the thread that started it.

        They do not hold up the end of the process: who is interrupted while this closes may be so at once.
        """
        for extractor in self.extractors:
            thread = Thread(target=self._work, args=(extractor,), name="extract", daemon=True)
            try:
                with self._lock:
                    thread.start()
                    self._working += 1
            except RuntimeError as err:
                if not self._threads:
                    how = "give it more processes (ulimit -u), and run the same command again"
                    raise OutputError("E306", where, f"no extractor: {err}", "nothing was written", how) from err
                return
            self._threads.append(thread)

    def _work(self, extractor: Extractor) -> None:
        while (task := self._todo.get()) is not None:
            future, raw, where, encoding, allow_nul = task
            try:
                future.set_result(extractor.extract(raw, where, encoding=encoding, allow_nul=allow_nul))
            except OutputError as err:  # no child for this thread; another one may have one
                if self._leaves():
                    self._todo.put(task)
                    return
                future.set_exception(err)
            except BaseException as err:
                future.set_exception(err)

    def _leaves(self) -> bool:
        """Say whether a thread may end, as it is not the last one."""
        with self._lock:
            if self._working == 1:
                return False
            self._working -= 1
            return True
