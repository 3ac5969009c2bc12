"""Passages that documents of a corpus share: seeds meet by exchange, pairs are aligned and classified as in a folder.

Seeds are winnowed 9-grams, so that every equal run of 16 key characters has one. Texts that share a seed are a pair:
all pairs of up to 16 texts; of more, the first with each of the others; of more than `bucket_cap`, the first two
only, and the report says so. A pair is aligned if the runs around its seeds have 16 equal characters together;
its passages are then found, and classified, by the code of the folder, from the two texts. Two texts that turn out to
be near duplicates (one holds the other: MinHash has no eye for that) become an edge and no passage.

What the folder finds and this does not: passages without an equal run of nine characters that is a seed in both,
repeats inside one text, clusters of passages.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from cleaner.corpus.components import LINK
from cleaner.corpus.counts import Table, df, gram_table
from cleaner.corpus.furniture import line_table
from cleaner.corpus.names import Names
from cleaner.corpus.sketches import SEED, line_hash
from cleaner.corpus.store import Compare, Pages, Store
from cleaner.overlap import OverlapSettings, explain
from cleaner.overlap.boxes import MATCHED, Box, Match, Part
from cleaner.overlap.classify import Surroundings
from cleaner.overlap.finder import ALL_PAIRS, COVERED
from cleaner.overlap.key import changes, distinct
from cleaner.overlap.page import Page
from cleaner.overlap.passages import find_passages
from cleaner.overlap.records import passage_records
from cleaner.overlap.seeds import find_runs, gram_hashes
from cleaner.overlap.stream import SEED as COUNTED
from cleaner.overlap.stream import Run, Stream
from cleaner.overlap.values import Overlap, Passage
from cleaner.runners import Job, Trial, Value, run_all
from cleaner.runners.exchange import Rows, Shuffle, save

Array = npt.NDArray[Any]
EDGE = np.dtype([("a", np.int64), ("b", np.int64), ("jaccard", np.float32), ("containment", np.float32),
                 ("capped", np.uint8)])  # fmt: skip
MEET = np.dtype([("a", np.int64), ("b", np.int64), ("at", np.int32), ("to", np.int32)])  # at -1: known as an edge
PAIRS = 2_000_000  # rows of pairs that a partition may have; beyond it the commonest seeds link to the first text
QUOTED = 200  # characters of a passage that a record quotes


@dataclass(frozen=True)
class Aligned:
    """Where passages and the edges found with them lie, and what was met on the way."""

    matches: tuple[str, ...]
    grams: tuple[str, ...]
    edges: tuple[str, ...]
    links: tuple[str, ...]
    counts: dict[str, int]
    notes: tuple[str, ...]


def align(
    shuffle: Shuffle, store: Store, seeds: Sequence[Rows], known: Sequence[str], settings: OverlapSettings
) -> Aligned:
    """Find the passages of all pairs that share seeds. `known` are MEET rows of the pairs that are edges already."""
    met, values = shuffle.exchange("seeds", seeds, "key", partial(_meet, settings))
    rows = [Rows(f"{name}.npy") for name in met] + [Rows(name) for name in known]
    found, done = shuffle.exchange("passages", rows, "a", partial(_align, store, settings))
    star, hot = (sum(value[name] for value in values) for name in ("star", "hot"))
    notes = []
    if star:
        notes.append(f"passages: {star} seeds of more than {_most(settings)} texts link each to the first only")
    if hot:
        most = max(value["most"] for value in values)
        notes.append(
            f"passages: {hot} seeds of more than {settings.bucket_cap} texts, up to {most}, link the first two only"
        )
    if left := sum(value["left"] for value in values):
        notes.append(f"passages: {left} seeds, the commonest of their partitions, link each text to the first only")
    counts = {name: sum(value[name] for value in done) for name in ("aligned", "edges")}
    return Aligned(
        tuple(f"{name}.jsonl" for name in found), tuple(f"{name}.grams.npy" for name in found),
        tuple(f"{name}.npy" for name in found),
        tuple(f"{name}.links.npy" for name in found), counts, tuple(notes),
    )  # fmt: skip


def _meet(settings: OverlapSettings, rows: Array, target: str, _trial: Trial) -> Value:
    """Write the pairs of texts that share a seed, and where it stands in both."""
    keys = np.sort(rows["key"])
    shared = np.append(distinct(keys[1:][keys[1:] == keys[:-1]]), np.uint64(0))
    rows = rows[shared[np.searchsorted(shared[:-1], rows["key"])] == rows["key"]]  # nine of ten are in one text alone
    rows = rows[np.lexsort((rows["doc"], rows["hash"], rows["key"]))]
    if len(rows):
        rows = rows[changes(rows["key"]) | changes(rows["hash"])]
    rows = rows[np.lexsort((rows["doc"], rows["key"]))]
    edges = np.r_[np.flatnonzero(changes(rows["key"])), len(rows)] if len(rows) else np.zeros(1, np.int64)
    sizes = np.diff(edges)
    hot, star = sizes > settings.bucket_cap, (sizes > _most(settings)) & (sizes <= settings.bucket_cap)
    found = [np.zeros(0, MEET), _pairs(rows, edges[:-1][hot], edges[:-1][hot] + 1)]
    total = left = 0
    for size in range(2, min(_most(settings), int(sizes.max(initial=0))) + 1):
        first, second = np.triu_indices(size, 1)
        at = edges[:-1][sizes == size]
        room = max(PAIRS - total, 0) // len(first)
        total += len(first) * min(len(at), room)
        found.append(_pairs(rows, (at[:room, None] + first).ravel(), (at[:room, None] + second).ravel()))
        left += len(at[room:])
        found.append(_stars(rows, at[room:], np.full(len(at[room:]), size)))
    found.append(_stars(rows, edges[:-1][star], sizes[star]))
    pairs = np.concatenate(found)
    save(f"{target}.npy", pairs[np.lexsort((pairs["to"], pairs["at"], pairs["b"], pairs["a"]))])
    most = int(sizes[hot].max(initial=0))
    return {"hot": int(hot.sum()), "most": most, "star": int(star.sum()), "left": left}


def _most(settings: OverlapSettings) -> int:
    """Return the number of texts up to which all pairs of a seed are looked at: a pair costs 2 ms."""
    return min(settings.seed_df, ALL_PAIRS)


def _pairs(rows: Array, ones: Array, others: Array) -> Array:
    """Return the pairs of two rows of one seed, of which the first is that of the earlier document."""
    found = np.empty(len(ones), MEET)
    found["a"], found["at"] = rows["doc"][ones], rows["place"][ones]
    found["b"], found["to"] = rows["doc"][others], rows["place"][others]
    return found


def _stars(rows: Array, begin: Array, sizes: Array) -> Array:
    """Return the pairs of the first row of each group with its others."""
    ones = np.repeat(begin, np.maximum(sizes - 1, 0))
    inside = np.arange(len(ones)) - np.repeat(np.cumsum(sizes - 1) - (sizes - 1), sizes - 1)
    return _pairs(rows, ones, ones + 1 + inside)


def _align(store: Store, settings: OverlapSettings, rows: Array, target: str, _trial: Trial) -> Value:
    """Find the passages of each pair; write them as JSON lines, and the near duplicates among them as edges."""
    rows = rows[np.lexsort((rows["to"], rows["at"], rows["b"], rows["a"]))]
    pages, compare = Pages(store, settings), Compare(store, settings)
    edges = []
    grams = [np.zeros(0, np.uint64)]
    aligned = 0
    with Path(f"{target}.jsonl").open("wb") as file:
        for (a, b), group in groupby(rows.tolist(), key=lambda row: row[:2]):
            seeds = [(at, to) for _, _, at, to in group]
            if seeds[0][0] < 0 or not _enough(store.key(a), store.key(b), seeds) or not pages.comparable(a, b):
                continue
            one, two = pages.page(a), pages.page(b)
            matches = _matches(one, two)
            aligned += 1
            if sum(match.matched for match in matches) >= COVERED * min(len(one.key), len(two.key)):
                figures = compare.figures(a, b)
                if compare.near(*figures):
                    edges.append((a, b, *figures, 0))
                    continue
            if any(match.chars >= settings.min_chars for match in matches):
                file.write(orjson.dumps([a, b, [_plain(match) for match in matches]]) + b"\n")
                grams += (gram_hashes(one.key.codes[m.box.a0 : m.box.a1], COUNTED) for m in matches)
    found = np.array(edges, EDGE)
    links = np.empty(len(found), LINK)
    links["u"], links["v"] = found["b"], found["a"]
    save(f"{target}.grams.npy", distinct(np.concatenate(grams)))
    save(f"{target}.links.npy", links)
    save(f"{target}.npy", found)
    return {"aligned": aligned, "edges": len(found)}


def _enough(one: str, two: str, seeds: Sequence[tuple[int, int]]) -> bool:
    """Say whether the equal runs around some seeds have 16 characters together."""
    total, ends = 0, dict[int, int]()  # where the last run of a diagonal ends
    for at, to in seeds:
        if at < ends.get(to - at, 0) or one[at : at + SEED] != two[to : to + SEED]:  # a hash is no proof
            continue
        low, high = 0, SEED
        while low < MATCHED and at > low and to > low and one[at - low - 1] == two[to - low - 1]:
            low += 1
        while high < MATCHED and at + high < len(one) and to + high < len(two) and one[at + high] == two[to + high]:
            high += 1
        ends[to - at] = at + high
        total += low + high
        if total >= MATCHED:
            return True
    return False


def _matches(one: Page, two: Page) -> tuple[Match, ...]:
    """Return the passages of two texts, found from all of their equal runs."""
    runs = find_runs(Stream.of([one.key, two.key]), 2, MATCHED)
    found = [run for a, b, equal in runs.pairs if (a, b) == (0, 1) for run in equal]
    return find_passages(one.key, two.key, found) if found else ()


@dataclass(frozen=True)
class Around:
    """What the corpus says of passages: lines that are furniture, and in how many texts grams stand."""

    lines: Table
    grams: Table

    def edge_lines(self, pages: Sequence[Page]) -> frozenset[str]:
        """Return the key texts of the lines of some pages that are furniture."""
        keys = sorted({line.key for page in pages for line in page.edge})
        known = self.lines.find(np.array([line_hash(key) for key in keys], np.uint64)).tolist()
        return frozenset(key for key, number in zip(keys, known, strict=True) if number)


@dataclass(frozen=True)
class Told:
    """The sharded records of passages, and how many there are of each kind."""

    files: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()


def classify(
    shuffle: Shuffle, names: Names, store: Store, aligned: Aligned, labels: Sequence[str],
    rows: Callable[[str], list[Rows]], settings: OverlapSettings,
) -> Told:  # fmt: skip
    """Write a record for each passage, with its kind."""
    around = Around(
        line_table(shuffle, rows("lines"), labels, settings.bucket_cap), gram_table(shuffle, store, aligned.grams)
    )
    folder = Path(shuffle.work, "classes")
    job = Job("classes", partial(_classes, names, store, around, settings, str(folder)), str(folder))
    tasks = list(enumerate(aligned.matches))
    values = run_all(shuffle.runner, job, tasks, shuffle.tick)
    kinds = ("reuse", "quote", "formula", "boilerplate")
    counts = tuple((kind, sum(value.get(kind, 0) for value in values)) for kind in kinds)
    return Told(tuple(str(folder / f"{number:06}.jsonl.gz") for number, _ in tasks), counts)


def _classes(
    names: Names, store: Store, around: Around, settings: OverlapSettings, folder: str,
    task: tuple[int, str], _trial: Trial,
) -> Value:  # fmt: skip
    number, source = task
    counts: dict[str, int] = {}
    pages = Pages(store, settings, names)
    known = lru_cache(maxsize=1 << 14)(partial(df, around.grams))
    with (
        Path(source).open("rb") as lines,
        Path(folder, f"{number:06}.jsonl.gz").open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=0) as file,
    ):
        for line in lines:
            a, b, raw_matches = orjson.loads(line)
            one, two, matches = pages.page(a), pages.page(b), [_match(each) for each in raw_matches]
            surroundings = Surroundings(around.edge_lines((one, two)), known)
            crowded = [_is_crowded(one, match, known, settings.bucket_cap) for match in matches]
            for overlap in passage_records(one, two, matches, crowded, surroundings, settings.min_chars):
                counts[overlap.kind] = counts.get(overlap.kind, 0) + 1
                file.write(_line(overlap, one, two))
    return counts


def _plain(match: Match) -> list[Any]:
    """Return a match as JSON holds it."""
    parts = [[list(part.box), [list(run) for run in part.equal]] for part in match.parts]
    return [parts, match.chars, match.distance, match.length]


def _match(raw: list[Any]) -> Match:
    """Return a match as it was before `_plain`."""
    parts, *figures = raw
    return Match(tuple(Part(Box(*box), tuple(Run(*run) for run in equal)) for box, equal in parts), *figures)


def _is_crowded(page: Page, match: Match, known: Callable[[str], list[int]], cap: int) -> bool:
    """Say whether half of a passage is lines of which most grams stand in more texts than the cap allows."""
    box = match.box
    inside = 0
    for line, size in page.lines_of(box.a0, box.a1):
        low, high = max(line.low, box.a0), min(line.high, box.a1)
        counts = sorted(known(page.key.text[low:high]))
        if counts and counts[len(counts) // 2] > cap:
            inside += size
    return 2 * inside >= box.a1 - box.a0


def _line(overlap: Overlap, one: Page, two: Page) -> bytes:
    """Return the record of a passage. Places are those of the cleaned texts."""
    record = {
        "type": "passage", "id": overlap.id, "kind": overlap.kind,
        "a": _side(overlap.a, one), "b": _side(overlap.b, two),
        "chars": overlap.chars, "jaccard": round(overlap.jaccard, 4), "containment": round(overlap.containment, 4),
        "identity": round(overlap.identity, 4), "cross_script": overlap.cross_script, "ops": overlap.ops,
        "order": overlap.order, "blocks": overlap.blocks or None, "source": overlap.source,
        "reasons": dict(overlap.reasons), "verdict": explain(overlap),
    }  # fmt: skip
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)


def _side(passage: Passage, page: Page) -> dict[str, Any]:
    quote = page.text[passage.start : passage.end][:QUOTED]
    quote = quote.encode("utf-8", "replace").decode()
    return {"path": passage.document, "start": passage.start, "end": passage.end, "quote": quote}


def records(paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the records of passages from their files."""
    for path in paths:
        with gzip.open(path) as file:
            for line in file:
                yield orjson.loads(line)
