"""The part of `clean` that other tools have too, as one program for throughput.py: line rules, MinHash, one copy kept.

    python throughput_part.py CORPUS.jsonl OUT.jsonl [--stages]

One process: read JSONL, the rules of the stage `lines` (with the judge of pages, provenance and self-check), key text,
128 permutations in 16 bands of 8, candidates verified exactly (Jaccard .7), write JSONL. With --stages it prints the
CPU seconds and the bytes of each step.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.overlap.key import code_points, make_key
from cleaner.overlap.sketch import band_keys, buckets, distinct_grams, resemblance, signatures

Array = npt.NDArray[Any]
THRESHOLD = 0.7
BATCH = 256


class Clock:
    """CPU seconds of named steps."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.last = time.process_time()

    def lap(self, name: str) -> None:
        now = time.process_time()
        self.spent[name] = self.spent.get(name, 0.0) + now - self.last
        self.last = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stages", action="store_true")
    given = parser.parse_args()
    clock = Clock()
    ordered = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))
    rules = tuple(rule for rule in ordered if rule.id.startswith(("zh-lines/", "zh-site/")))
    rows, keys, bands, size = [], list[str](), [], 0
    clock.lap("start")
    for batch in _batches(given.corpus):
        found = [orjson.loads(line) for line in batch]
        size += sum(len(row["text"].encode()) for row in found)
        clock.lap("reading")
        for row in found:
            row["text"] = clean(row["id"], row["text"], rules, Settings()).draft.text
        clock.lap("line rules, judge, proof")
        folded = [make_key(row["text"]).text for row in found]
        clock.lap("key folding")
        bands.append(band_keys(signatures(folded)))
        clock.lap("signatures, bands")
        rows += found
        keys += folded
    kept = _first(keys, np.concatenate(bands, 1))
    clock.lap("candidates, verified")
    with given.out.open("wb") as file:
        file.writelines(orjson.dumps(rows[at]) + b"\n" for at in kept)
    clock.lap("writing")
    if given.stages:
        for name, spent in clock.spent.items():
            print(f"{name}\t{spent:.3f}\t{size}")
    print(len(kept), "documents kept")


def _batches(path: Path) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _first(keys: list[str], bands: Array) -> list[int]:
    """Return the places that stand for their group: the first of those joined by verified edges."""
    parent = list(range(len(keys)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = at = parent[parent[at]]
        return at

    alphabet = np.unique(code_points("".join(set("".join(keys)))))
    grams: dict[int, Array] = {}

    def of(at: int) -> Array:
        if at not in grams:
            grams[at] = distinct_grams(code_points(keys[at]), alphabet)
        return grams[at]

    for band in bands:
        for first, *others in buckets(band.copy()):
            for other in others:
                one, two = root(first), root(other)
                if one != two and (keys[first] == keys[other] or resemblance(of(first), of(other))[0] >= THRESHOLD):
                    parent[max(one, two)] = min(one, two)
    return [at for at in range(len(keys)) if root(at) == at]


if __name__ == "__main__":
    main()
