"""What the search keeps of its texts: compact arrays of all of them, and pages only of those that are looked at.

A page with its key and lines takes 14 bytes a character and a handful of objects; 200,000 of them fill the memory. So
texts are read in batches, each into arrays (`read`, a pure function of its texts, so that batches may be read
anywhere): a digest of each key text, the key characters, a hash of each line, and the band keys of the signatures.
What the search needs a page for, a candidate pair, makes it again; the last ones used are kept.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.key import changes, distinct, make_key
from cleaner.overlap.page import Page, line_borders
from cleaner.overlap.stream import Run, Stream
from cleaner.overlap.values import Text

Array = npt.NDArray[Any]

MIN_GRAMS = 20  # distinct key 4-grams below which a text is never a near duplicate
BATCH = 1 << 19  # characters read at a time
KEPT = 24_000_000  # characters of pages that are kept: about 400 MB
PAGE = 150  # what a page costs besides, in characters


@dataclass(frozen=True, eq=False)
class Batch:
    """Some texts as arrays: `codes[begin[i] : begin[i + 1]]` is the key of the i-th.

    `digests` (texts, 2) are 128 bits of each key. `lines` are all lines with key characters: text, place in its key,
    size, and start and end in the text (int32 each); `line_hash` are 64 bits of each. `bands` (16, texts) are the band
    keys of the signatures, `alphabet` the distinct key characters.
    """

    digests: Array
    begin: Array
    codes: Array
    lines: Array
    line_hash: Array
    bands: Array
    alphabet: Array


def batches(texts: Sequence[Text]) -> Iterator[tuple[int, int]]:
    """Yield the borders of batches of about half a million characters."""
    low = size = 0
    for at, text in enumerate(texts):
        if size > BATCH:
            yield low, at
            low, size = at, 0
        size += len(text.text)
    if low < len(texts):
        yield low, len(texts)


def digest_of(raw: bytes) -> bytes:
    """Return 128 bits that stand for the key characters of a text."""
    return hashlib.blake2b(raw, digest_size=16).digest()


def read(pages: Sequence[Page]) -> Batch:
    """Return what the search needs of some texts. It depends on nothing but them."""
    digests, lines, hashes = bytearray(), [], bytearray()
    for at, page in enumerate(pages):
        raw = page.key.codes.tobytes()
        digests += digest_of(raw)
        for low, high in zip(*line_borders(page.text, page.key), strict=True):
            if high > low:
                lines.append((at, low, high - low, *page.key.span(low, high)))
                hashes += hashlib.blake2b(raw[4 * low : 4 * high], digest_size=8).digest()
    codes = np.concatenate([np.zeros(0, np.uint32), *(page.key.codes for page in pages)])
    return Batch(
        digests=np.frombuffer(digests, np.uint64).reshape(-1, 2),
        begin=np.cumsum([0, *(len(page.key) for page in pages)]),
        codes=codes,
        lines=np.array(lines, np.int32).reshape(-1, 5),
        line_hash=np.frombuffer(hashes, np.uint64),
        bands=sketch.band_keys(sketch.signatures([page.key.text for page in pages])),
        alphabet=distinct(codes),
    )


class Shelf:
    """The pages of texts, by place; made when asked for, and kept as long as there is room."""

    def __init__(self, texts: Sequence[Text], fold_script: bool) -> None:
        self.texts = texts
        self.fold_script = fold_script
        self._kept: OrderedDict[int, Page] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, at: int) -> Page:
        page = self._kept.get(at)
        if page is not None:
            self._kept.move_to_end(at)
            return page
        page = self.make(at)
        self._kept[at] = page
        self._size += len(page.text) + PAGE
        while self._size > KEPT and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._size -= len(old.text) + PAGE
        return page

    def peek(self, at: int) -> Page:
        """Return a page that is looked at once: it is not kept."""
        return self._kept.get(at) or self.make(at)

    def make(self, at: int) -> Page:
        text = self.texts[at]
        return Page(text.name, text.text, text.script, make_key(text.text, self.fold_script), text.date)


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines of distinct texts, sorted by hash, text and place: rows as in `Batch.lines`.

    `edges` are the borders of the groups of equal lines, `spread` in how many texts each group stands.
    """

    rows: Array
    hashes: Array
    edges: Array
    spread: Array

    @classmethod
    def of(cls, rows: Array, hashes: Array) -> Lines:
        order = np.lexsort((rows[:, 1], rows[:, 0], hashes))
        rows, hashes = rows[order], hashes[order]
        fresh = changes(hashes)
        new_text = fresh | changes(rows[:, 0])
        edges = np.r_[np.flatnonzero(fresh), len(rows)]
        spread = np.add.reduceat(new_text.astype(np.int64), edges[:-1]) if len(rows) else np.zeros(0, np.int64)
        return cls(rows, hashes, edges, spread)

    def of_group(self, group: int) -> Array:
        """Return the first place of a line in each of its texts, as rows."""
        rows = self.rows[self.edges[group] : self.edges[group + 1]]
        found: Array = rows[changes(rows[:, 0])]
        return found

    def groups(self, least: int, most: int, size: int = 1) -> list[int]:
        """Return the groups that stand in `least` to `most` texts and have `size` key characters or more."""
        long = self.rows[self.edges[:-1], 2] >= size
        found: list[int] = np.flatnonzero(long & (self.spread >= least) & (self.spread <= most)).tolist()
        return found


@dataclass(frozen=True, eq=False)
class Shelved:
    """All texts, read: which is the first with its key text, and the arrays of those that are.

    `original[i]` is the first text (by name) with the key of the i-th. `digests`, `bands` and `sizes` are of all texts.
    """

    original: Array
    sizes: Array
    lines: Lines
    bands: Array
    alphabet: Array
    digests: Array

    def by_lines(self, common: Sequence[int]) -> Iterator[tuple[int, int, Run]]:
        """Yield for some groups of lines the pairs of texts that share one, and where.

        A line links every text to its hub, the one of lowest digest, so that a line of N texts costs N - 1 pairs.
        """
        for group in common:
            rows = self.lines.of_group(group)
            first = int(np.argmin(self.digests[rows[:, 0], 0]))
            hub, low, size, *_ = rows[first].tolist()
            for other, at, *_ in np.delete(rows, first, 0).tolist():
                yield (hub, other, Run(low, at, size)) if hub < other else (other, hub, Run(at, low, size))


def shelve(shelf: Shelf) -> tuple[Shelved, list[Batch]]:
    """Read all texts of `shelf`, batch by batch; the batches keep the key characters."""
    small = sum(len(text.text) + PAGE for text in shelf.texts) <= KEPT
    found: list[Batch] = []
    starts = []
    for low, high in batches(shelf.texts):
        found.append(read([shelf[at] if small else shelf.make(at) for at in range(low, high)]))
        starts.append(low)
    if not found:
        none = np.zeros(0, np.int64)
        return Shelved(none, none, Lines.of(none.reshape(0, 5), none), none.reshape(0, 0), none, none.reshape(0, 2)), []
    digests = np.concatenate([batch.digests for batch in found])
    original = originals(digests)
    rows = np.concatenate(
        [batch.lines + np.array([low, 0, 0, 0, 0], np.int32) for batch, low in zip(found, starts, strict=True)]
    )
    hashes = np.concatenate([batch.line_hash for batch in found])
    first = original[rows[:, 0]] == rows[:, 0]
    return Shelved(
        original,
        np.concatenate([np.diff(batch.begin) for batch in found]),
        Lines.of(rows[first], hashes[first]),
        np.concatenate([batch.bands for batch in found], 1),
        distinct(np.concatenate([batch.alphabet for batch in found])),
        digests,
    ), found


def originals(digests: Array) -> Array:
    """Return for each row the first row that equals it."""
    order = np.lexsort((np.arange(len(digests)), digests[:, 1], digests[:, 0]))
    fresh = changes(digests[order, 0]) | changes(digests[order, 1])
    found = np.empty(len(order), np.int64)
    found[order] = order[np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))]
    return found


def stream(found: list[Batch], shelved: Shelved, without: Array) -> Stream:
    """Return the key characters of all distinct texts without the lines `without`; empties `found`."""
    original = shelved.original
    order = np.lexsort((without[:, 1], without[:, 0]))
    without = without[order].astype(np.int64)
    codes, sizes, texts, lows = [], [], [], []
    start = 0
    found.reverse()
    while found:
        batch = found.pop()
        count = len(batch.begin) - 1
        inside = without[np.searchsorted(without[:, 0], start) : np.searchsorted(without[:, 0], start + count)]
        cut_low = batch.begin[inside[:, 0] - start] + inside[:, 1]
        edges = distinct(np.concatenate((batch.begin, cut_low, cut_low + inside[:, 2])))
        text = np.searchsorted(batch.begin, edges[:-1], "right") - 1
        alive = (original[start + text] == start + text) & ~np.isin(edges[:-1], cut_low)
        size = np.diff(edges)
        codes.append(batch.codes[np.repeat(alive, size)])
        sizes.append(size[alive])
        texts.append(start + text[alive])
        lows.append((edges[:-1] - batch.begin[text])[alive])
        start += count
    none = np.zeros(0, np.int64)
    return Stream(
        np.concatenate([np.zeros(0, np.uint32), *codes]),
        np.cumsum(np.concatenate(([0], *sizes))),
        np.concatenate([none, *texts]),
        np.concatenate([none, *lows]),
        shelved.digests[:, 0].astype(np.uint64),
    )
