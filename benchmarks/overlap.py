"""Overlaps of the public benchmark, ours beside other methods: one table, seeded and repeatable.

    python benchmarks/overlap_make.py 199801.txt WORK                 (once: makes WORK/dev and WORK/test)
    python benchmarks/overlap.py WORK                                 all methods on test
    python benchmarks/overlap.py WORK --split dev --method ours --noise none --noise s2t

Each method runs in a process of its own on the documents of one noise after the other, and writes what it found to
WORK/SPLIT/METHOD.jsonl; CPU time and peak memory are that process's. The scorer and what it counts: overlap_score.py.
Ours cleans each document with the shipped packs, looks for overlaps in the cleaned texts, and reports places in the
files; only `reuse` and `quote` are handed in. The other methods are written from their descriptions in the form that
serves them best (see overlap_peers.py).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from overlap_make import NOISES, SEEDS
from overlap_peers import PEERS
from overlap_score import HEAD, Data, Row, judge, line, report, rows, score

OURS = {"ours": "every", "ours-winnowed": "winnowed", "ours-windows": "windows"}
METHODS = (*OURS, *PEERS)


def documents(folder: Path, noise: str) -> dict[str, str]:
    return {f"{noise}/{path.stem}": path.read_text("utf-8") for path in sorted((folder / "docs" / noise).glob("*.txt"))}


def ours(docs: dict[str, str], way: str = "every") -> Iterator[Row]:
    """Yield what the detector finds in the cleaned documents, in places of the documents as they were.

    `way` is how it comes to its candidates: see cleaner/overlap/candidates.py.
    """
    from cleaner.clean import clean
    from cleaner.config import load
    from cleaner.overlap import Text
    from cleaner.overlap.candidates import WAYS
    from cleaner.overlap.find import find
    from cleaner.pipeline import Book
    from cleaner.script import decide

    config = load(None, {})
    rules = Book.of(config).rules
    drafts = {name: clean(name, text, rules, config.settings).draft for name, text in docs.items()}
    texts = [Text(name, draft.text, decide(draft.text).script) for name, draft in drafts.items()]
    for found in find(texts, config.overlaps, WAYS[way]).overlaps:
        if found.a.document != found.b.document and found.kind in ("reuse", "quote"):
            row: Row = {"kind": found.kind}
            for side, place in (("a", found.a), ("b", found.b)):
                start, end = drafts[place.document].locate_span(place.start, place.end)
                row |= {side: place.document, f"{side}_start": start, f"{side}_end": end}
            yield row


def run(folder: Path, method: str, noises: list[str]) -> None:
    """Write what one method finds under each noise."""
    search = partial(ours, way=OURS[method]) if method in OURS else PEERS[method]
    with (folder / f"{method}.jsonl").open("w", encoding="utf-8") as out:
        for noise in noises:
            for row in search(documents(folder, noise)):
                print(json.dumps(row), file=out)


def measured(folder: Path, method: str, noises: list[str]) -> tuple[float, float]:
    """Run one method in a process of its own; return its CPU seconds and its peak memory in MB."""
    command = [sys.executable, __file__, str(folder), "--run", method]
    child = subprocess.Popen([*command, *(part for noise in noises for part in ("--noise", noise))])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{method} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("work", type=Path, help="where overlap_make.py put the benchmark")
    options.add_argument("--split", choices=tuple(SEEDS), default="test")
    options.add_argument("--method", choices=METHODS, action="append")
    options.add_argument("--noise", choices=NOISES, action="append")
    options.add_argument("--run", choices=METHODS, help=argparse.SUPPRESS)
    given = options.parse_args()
    noises = given.noise or list(NOISES)
    if given.run:
        run(given.work, given.run, noises)
        return
    folder = given.work / given.split
    data = Data.read(folder).only(lambda name: name.split("/")[0] in noises)
    size = sum(len(text) for noise in noises for text in documents(folder, noise).values())
    table, details = [], ""
    for method in given.method or METHODS:
        seconds, memory = measured(folder, method, noises)
        judged = judge(data, rows(folder / f"{method}.jsonl"))
        table.append(f"{line(method, score(data.gold, judged))} {seconds:.0f} | {memory:.0f} |")
        if method == "ours":
            details = report(data, judged)
    head, rule = HEAD.format("method").split("\n")
    print(f"{given.split}: {len(noises)} noises, {size:,} characters, {len(data.gold)} plants\n")
    print("\n".join([f"{head} CPU s | peak MB |", f"{rule}---|---|", *table]))
    print(f"\nOurs\n\n{details}")


if __name__ == "__main__":
    main()
