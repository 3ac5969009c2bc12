"""Speed and memory of the overlap kernels and of the whole search: `python benchmarks/overlap_speed.py PART ...`.

    signatures   MinHash of 2,500-character texts, ours and datasketch 2's bulk mode
    lsh          buckets of N signatures (default 100,000; --size 1000000), ours and datasketch's MinHashLSH
    align        one pair of 2,500 characters: find_passages beside difflib.SequenceMatcher
    articles     1,250, 2,500, 5,000, 10,000 articles of 2,000 characters
    paragraph    one paragraph in N short documents, doubling up to --size (default 200,000)

Times are CPU seconds of the process; where two are compared they take turns, and the best of --repeats counts. Memory
is the peak of a process of its own (ru_maxrss) less that of one which only made the input. The texts are generated
from a seed: `articles` are sentences of random characters, of which one in twenty comes from a pool that grows with
the number of articles, so that each shares text with about the same number of others, however many there are; one
article in fifty is a copy of another with 3 % of its characters changed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from random import Random
from typing import Any

REPEATS = 5
ALPHABET = [chr(0x4E00 + i) for i in range(3000)]
WEIGHTS = list(
    accumulate(1 / (20 + i) for i in range(3000))
)  # Zipf and Mandelbrot: the first 100 are a third of a text
COPIES, CHANGED = 0.02, 0.03


def characters(source: Random, size: int) -> str:
    return "".join(source.choices(ALPHABET, cum_weights=WEIGHTS, k=size))


def sentence(source: Random) -> str:
    return characters(source, 12 + int(source.random() * 29)) + "。"


def articles(count: int, size: int = 2000) -> list[str]:
    """Return articles as the head of this file describes them."""
    source = Random(7)
    pool = [sentence(source) for _ in range(count)]
    found: list[str] = []
    for i in range(count):
        if i and source.random() < COPIES:
            old = found[int(source.random() * i)]
            found.append("".join(source.choice(ALPHABET) if source.random() < CHANGED else char for char in old))
            continue
        parts, length = [], 0
        while length < size:
            part = pool[int(source.random() * count)] if source.random() < 0.05 else sentence(source)
            parts.append(part + ("\n" if source.random() < 0.2 else ""))
            length += len(part)
        found.append("".join(parts))
    return found


def cpu(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def best(works: Sequence[Callable[[], Any]], repeats: int) -> list[float]:
    """Return the least CPU seconds of each of `works`, which take turns."""
    times = [[cpu(work) for work in works] for _ in range(repeats)]
    return [min(column) for column in zip(*times, strict=True)]


def in_process(*what: str) -> tuple[float, float, str]:
    """Run one step of this file in a process of its own; return its CPU seconds, peak MB and what it printed."""
    child = subprocess.Popen([sys.executable, __file__, *what], stdout=subprocess.PIPE, encoding="utf-8")
    assert child.stdout is not None
    printed = child.stdout.read().strip()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{what} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed


def signatures(repeats: int) -> None:
    from datasketch import MinHash

    from cleaner.overlap import sketch

    source = Random(1)
    texts = [characters(source, 2500) for _ in range(200)]
    grams = [sorted({text[i : i + 4].encode() for i in range(len(text) - 3)}) for text in texts]
    works: list[Callable[[], Any]] = [
        lambda: sketch.signatures(texts),
        lambda: MinHash.bulk(grams, num_perm=sketch.PERMUTATIONS, scheme="affine32"),
    ]
    ours, theirs = best(works, repeats)
    print(f"| signatures, 200 texts of 2,500 characters | {ours:.3f} s | bulk {theirs:.3f} s | {theirs / ours:.1f}× |")


def _random_signatures(count: int) -> Any:
    """Return signatures of which every tenth pair is alike in 7 of 8 places."""
    import numpy as np

    made = np.random.default_rng(3).integers(0, 1 << 32, (count, 128), np.uint32)
    made[1::10, :112] = made[0::10, :112][: len(made[1::10])]
    return made


def lsh_step(who: str, count: int) -> None:
    """Fill an index and ask it for everything; print the CPU seconds of that alone."""
    made = _random_signatures(count)
    if who == "ours":
        from cleaner.overlap import sketch

        print(cpu(lambda: sum(len(sketch.buckets(band)) for band in sketch.band_keys(made))))
    elif who == "theirs":
        from datasketch import LeanMinHash, MinHashLSH

        rows = [LeanMinHash(seed=1, hashvalues=row, scheme="affine32") for row in made]

        def work() -> None:
            index = MinHashLSH(num_perm=128, params=(16, 8))
            for i, row in enumerate(rows):
                index.insert(i, row, check_duplication=False)
            for row in rows:
                index.query(row)

        print(cpu(work))
    elif who == "rows":
        from datasketch import LeanMinHash, MinHashLSH

        rows = [LeanMinHash(seed=1, hashvalues=row, scheme="affine32") for row in made]
        print(len(rows))
    else:
        from cleaner.overlap import sketch

        print(len(made), sketch.BANDS)


def lsh(count: int, repeats: int) -> None:
    found: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeats):
        for who in ("ours", "theirs", "input", "rows"):
            _, memory, printed = in_process("--step", "lsh", who, str(count))
            found.setdefault(who, []).append((float(printed.split()[0]), memory))
    least = {who: (min(t for t, _ in runs), min(m for _, m in runs)) for who, runs in found.items()}
    ours, theirs = least["ours"][0], least["theirs"][0]
    memory = least["ours"][1] - least["input"][1], least["theirs"][1] - least["rows"][1]
    print(
        f"| LSH, {count:,} signatures | {ours:.2f} s, {memory[0]:.0f} MB | datasketch {theirs:.2f} s, "
        f"{memory[1]:.0f} MB"
        f" | {theirs / ours:.0f}×, 1/{memory[1] / max(memory[0], 1):.0f} |"
    )


def align(repeats: int) -> None:
    """Two texts of 2,500 characters: half of it common, in three passages with 3 % edits."""
    from cleaner.overlap.boxes import MATCHED
    from cleaner.overlap.key import make_key
    from cleaner.overlap.passages import find_passages
    from cleaner.overlap.seeds import find_runs
    from cleaner.overlap.stream import Stream

    source = Random(5)
    pairs = []
    for _ in range(20):
        common = [characters(source, 400) for _ in range(3)]
        changed = ["".join(source.choice(ALPHABET) if source.random() < 0.03 else x for x in text) for text in common]
        one, two = ("".join(x + characters(source, 430) for x in texts) for texts in (common, changed))
        pairs.append((make_key(one), make_key(two)))

    seeds = [find_runs(Stream.of([one, two]), 50, MATCHED).pairs for one, two in pairs]

    def both() -> None:
        for one, two in pairs:
            for a, b, runs in find_runs(Stream.of([one, two]), 50, MATCHED).pairs:
                find_passages((one, two)[a], (one, two)[b], runs)

    def ours() -> None:
        for (one, two), found in zip(pairs, seeds, strict=True):
            for a, b, runs in found:
                find_passages((one, two)[a], (one, two)[b], runs)

    def theirs() -> None:
        for one, two in pairs:
            SequenceMatcher(None, one.text, two.text, autojunk=False).get_matching_blocks()

    fast, seeded, slow = best([ours, both, theirs], repeats)
    n = len(pairs)
    for name, seconds in (("aligning a pair of 2,500 characters", fast), ("the same, its seeds looked for", seeded)):
        print(f"| {name} | {seconds / n * 1000:.2f} ms | difflib {slow / n * 1000:.2f} ms | {slow / seconds:.0f}× |")


def search_step(what: str, count: int, input_only: bool) -> None:
    """Make the input and, unless `input_only`, search it; print CPU seconds of the search and what was found."""
    from cleaner.overlap import Text, find_overlaps

    source = Random(11)
    if what == "articles":
        texts = articles(count)
    else:
        common = characters(source, 120)
        texts = [f"{characters(source, 60)}\n{common}\n{characters(source, 60)}" for _ in range(count)]
    named = [Text(f"{i:07}", text, "hans") for i, text in enumerate(texts)]
    if input_only:
        print(len(named))
        return
    start = time.process_time()
    found = find_overlaps(named)
    print(
        time.process_time() - start, len(found.overlaps), len(found.clusters), "; ".join(found.notes) or "no limit met"
    )


def search(what: str, sizes: Sequence[int]) -> None:
    last = 0.0
    for size in sizes:
        _, memory, printed = in_process("--step", what, "search", str(size))
        seconds, overlaps, clusters, notes = printed.split(" ", 3)
        factor = f"{float(seconds) / last:.2f}" if last else "-"
        last = float(seconds)
        print(
            f"| {what}, {size:,} | {last:.1f} s | {memory:.0f} MB | ×{factor} "
            f"| {overlaps} overlaps, {clusters} clusters; {notes} |",
            flush=True,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("part", nargs="*", help="signatures, lsh, align, articles, paragraph")
    options.add_argument("--size", type=int, default=0)
    options.add_argument("--repeats", type=int, default=REPEATS)
    options.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.step:
        part, what, size = given.step[0], given.step[1], int(given.step[2])
        if part == "lsh":
            lsh_step(what, size)
        else:
            search_step(part, size, what == "input")
    if "signatures" in given.part:
        signatures(given.repeats)
    if "lsh" in given.part:
        lsh(given.size or 100_000, given.repeats)
    if "align" in given.part:
        align(given.repeats)
    if "articles" in given.part:
        top = given.size or 10_000
        search("articles", [top // 8, top // 4, top // 2, top])
    if "paragraph" in given.part:
        top = given.size or 200_000
        search("paragraph", [top // 4, top // 2, top])


if __name__ == "__main__":
    main()
