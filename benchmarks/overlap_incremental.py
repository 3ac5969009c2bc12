"""What a second run costs: `python benchmarks/overlap_incremental.py [--size 1000]`.

A folder of articles (those of overlap_speed.py) is cleaned and compared from nothing, then again after each of some
events: nothing happened, one article was added, changed, renamed, removed. Every run opens the cache of the run before
and is held against a run that has none: the committed bytes of OUT must be equal, or the benchmark fails.

CPU seconds of the process, for what the cache is about: each document read and cleaned, and the search for overlaps;
then for the whole run with its records and README. Without the HTML pages, which every run makes anew.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from overlap_speed import articles

from cleaner import pipeline
from cleaner.cache import FILE, Cache
from cleaner.config import load
from cleaner.pipeline import Book, Result


class Clock:
    """CPU seconds since the last look, by what was done."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.last, self.doing = time.process_time(), ""

    def tick(self, what: str, _done: int, _of: int) -> None:
        now = time.process_time()
        self.spent[self.doing] = self.spent.get(self.doing, 0.0) + now - self.last
        self.last, self.doing = now, what


def once(folder: Path, cache: Path | None, book: Book) -> tuple[Result, float, float]:
    """Return the result of a run, and CPU seconds for cleaning, and for all of it."""
    clock, begun = Clock(), time.process_time()
    with Cache(cache) as store:
        result = pipeline.run(folder, None, load(None, {}), book, clock.tick, store)
    assert result.committed
    return result, clock.spent["cleaning"], time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1000, metavar="ARTICLES")
    size = parser.parse_args().size
    texts = articles(size + 2)
    book = Book.of(load(None, {}))
    with tempfile.TemporaryDirectory() as place:
        folder, cache = Path(place) / "seeds", Path(place) / "cache"
        folder.mkdir()
        for i, text in enumerate(texts[:size]):
            (folder / f"{i:06}.txt").write_bytes(text.encode())
        middle = folder / f"{size // 2:06}.txt"
        events = {
            "from nothing": lambda: None,
            "nothing happened": lambda: None,
            "one added": lambda: (folder / "new.txt").write_bytes(texts[size].encode()),
            "one changed": lambda: middle.write_bytes(texts[size + 1].encode()),
            "one renamed": lambda: middle.rename(folder / "renamed.txt"),
            "one removed": lambda: (folder / "renamed.txt").unlink(),
        }
        print(f"| {size:,} articles of 2,000 characters | cleaning, CPU s | share | whole run, CPU s | share |")
        print("|---|---|---|---|---|")
        first: tuple[float, float] | None = None
        for name, happen in events.items():
            happen()
            result, cleaning, whole = once(folder, cache, book)
            first = first or (cleaning, whole)
            shares = f"{cleaning / first[0]:.1%} | {whole:.2f} | {whole / first[1]:.1%}"
            print(f"| {name} | {cleaning:.2f} | {shares} |", flush=True)
            if name != "from nothing" and once(folder, None, book)[0].committed != result.committed:
                raise SystemExit(f"{name}: the result is not that of a run from nothing")
        print(f"\nThe cache holds {(cache / FILE).stat().st_size / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
