"""What a second run costs: `python benchmarks/overlap_incremental.py [--size 1000] [--search 10000]`.

A folder of articles (those of overlap_speed.py) is cleaned and compared from nothing, then again after each of some
events: nothing happened, one article was added, changed, renamed, removed. Every run opens the cache of the run before
and is held against a run that has none: the committed bytes of OUT must be equal, or the benchmark fails.

CPU seconds of the process, for what the cache is about: each document read and cleaned, and the search for overlaps;
then for the whole run with its records and README. Without the HTML pages, which every run makes anew.

With --search the search for overlaps alone, over that many articles: whole, and with the index of the last one.
"Index" is everything but giving out the records of all passages: reading, updating and writing it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from overlap_speed import articles, cpu

from cleaner import pipeline
from cleaner.cache import FILE, Cache
from cleaner.config import load
from cleaner.overlap import Found, OverlapSettings, Text, find_overlaps
from cleaner.overlap.index import find_indexed, update
from cleaner.pipeline import Book, Result

EVENTS = ("nothing happened", "one added", "one changed", "one renamed", "one removed")


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


def after(texts: list[Text], event: str, spare: list[str]) -> list[Text]:
    """Return the texts after one of `EVENTS`."""
    middle = len(texts) // 2
    one = texts[middle]
    if event == "one added":
        return [*texts, Text("new.txt", spare.pop(), one.script)]
    if event == "one changed":
        return [*texts[:middle], Text(one.name, spare.pop(), one.script), *texts[middle + 1 :]]
    if event == "one renamed":
        return [*texts[:middle], Text("renamed.txt", one.text, one.script), *texts[middle + 1 :]]
    return texts[1:] if event == "one removed" else texts


class Given:
    """CPU seconds in which records were given out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for name in ("_restored", "found_of"):
            setattr(update, name, self.timed(getattr(update, name)))

    def timed(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            begun = time.process_time()
            found = work(*args)
            self.seconds += time.process_time() - begun
            return found

        return timed


def search(size: int) -> None:
    """Print what the search for overlaps costs, whole and with an index."""
    made = articles(size + 2)
    texts = [Text(f"{i:06}.txt", text, "hans") for i, text in enumerate(made[:size])]
    spare = made[size:]
    whole = cpu(lambda: find_overlaps(texts))
    given = Given()
    print(f"| search over {size:,} articles of 2,000 characters | CPU s | share | index alone, CPU s | share |")
    print("|---|---|---|---|---|")
    print(f"| without an index | {whole:.2f} | 100.0% | | |")
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "index"
        first = cpu(lambda: find_indexed(texts, OverlapSettings(), folder))
        print(f"| from nothing, with the index made | {first:.2f} | {first / whole:.1%} | | |", flush=True)
        for event in EVENTS:
            texts, given.seconds, begun = after(texts, event, spare), 0.0, time.process_time()
            found.append(find_indexed(texts, OverlapSettings(), folder))  # to free the last one takes time, too
            spent = time.process_time() - begun
            alone = spent - given.seconds
            print(f"| {event} | {spent:.2f} | {spent / whole:.1%} | {alone:.2f} | {alone / whole:.2%} |", flush=True)
        bytes_ = sum(path.stat().st_size for path in folder.iterdir())
    if found[-1] != find_overlaps(texts):
        raise SystemExit("the result is not that of a search from nothing")
    print(f"\n{len(found[-1].overlaps):,} records; the index has {bytes_ / 1e6:.0f} MB.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1000, metavar="ARTICLES")
    parser.add_argument("--search", type=int, metavar="ARTICLES")
    given = parser.parse_args()
    if given.search:
        search(given.search)
    else:
        runs(given.size)


def runs(size: int) -> None:
    """Print what whole runs cost."""
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
