"""The same texts but for some: what is new is searched, and of the rest only that which it changes.

Gives what a search from nothing gives, to the last figure (tests/test_index.py: random histories). A pair of texts is
looked at again if

- one of them is new, or a gram that both have became frequent or rare, or has another hub (runs.py);
- they share a common line that they did not;
- they are near duplicates now, or are so no more;
- a passage of them holds a gram that stands in other texts than before, or a line that became furniture or is so no
  more: then its passages are the same, their classes may not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import orjson

from cleaner.overlap.boxes import Match
from cleaner.overlap.classify import Surroundings
from cleaner.overlap.finder import COVERED, Edge
from cleaner.overlap.found import found_of
from cleaner.overlap.index.build import hashes_of
from cleaner.overlap.index.census import Census, census
from cleaner.overlap.index.grams import Lookup, Turnover, turnover
from cleaner.overlap.index.lows import Lows
from cleaner.overlap.index.runs import NewRuns, new_runs
from cleaner.overlap.index.state import Index, Pair, Pairs, Records, Result, restored
from cleaner.overlap.key import code_points
from cleaner.overlap.seeds import PAIRS, gram_hashes
from cleaner.overlap.stream import SEED, Array, Run
from cleaner.overlap.values import Found, Overlap, OverlapSettings, Text

FEW, SHARE = 16, 32  # an index is made anew when this many texts, or one of so many, came or went since it was made
MOST = 200_000  # key characters of texts that are looked at again because a gram moved; at least this many may be
BEFORE, BEHIND = SEED // 2, 1  # a class asks for grams from this many characters before a passage to this many before
# its end (`classify._goes_on`)


def updated(index: Index, ordered: Sequence[Text], settings: OverlapSettings) -> tuple[Found, Index] | None:
    """Return what texts, sorted by name, share, and the index of them; None if a search from nothing is due.

    The index is the same object if nothing happened.
    """
    state = index.state
    if not len(state.entries.end):
        return None
    now = census(index, ordered, settings)
    allowed = max(FEW, len(ordered) // SHARE)
    base = int(np.searchsorted(state.entries.end, index.listed, "right"))
    changed = len(now.at) - base + int((~now.entries.alive[:base]).sum())
    if changed > allowed or index.crowded or now.finder.shelved.lines.spread.max(initial=0) > settings.bucket_cap:
        return None
    lookup = Lookup(now, index.postings, index.listed)
    turned = turnover(now, lookup, state, settings.seed_df)
    runs = new_runs(now, turned, state, settings.seed_df, max(MOST, len(now.codes) // 4))
    if runs is None or state.starts + runs.starts > PAIRS:
        return None
    return _Update(index, now, turned, lookup, runs).result()


class _Update:
    """One update. `todo` are pairs of entries whose passages are looked for anew, with their runs; `kept` says which
    pairs of before are as they were."""

    def __init__(self, index: Index, now: Census, turned: Turnover, lookup: Lookup, runs: NewRuns) -> None:
        self.index, self.now, self.turned, self.lookup, self.runs = index, now, turned, lookup, runs
        self.finder, self.old = now.finder, index.state.pairs
        self.lows = Lows(now)
        self.lined = self._lined()
        self.todo: dict[Pair, Sequence[Run]] = dict(runs.by_pair)
        self.kept = self._kept()
        self.matches: dict[Pair, Sequence[Match]] = {}

    def result(self) -> tuple[Found, Index]:
        """Return what is found, and the index of it."""
        self._look(self.todo)
        near, notes = self._near()
        furniture = self.finder.furniture(list(near.values()), self.lows)
        around = Surroundings(frozenset(map(self._line, furniture)), self._df)
        lines = hashes_of(self.finder.shelved.lines, furniture)
        self._look_again(self._other_near(near) | self._other_surroundings(lines))
        results = {}
        for pair, runs in self.todo.items():
            overlaps = self._overlaps(pair, near.get(pair), around)
            results[pair] = Result(runs, self.matches[pair], _code(near.get(pair)), overlaps)
        return self._collected(results, notes, lines)

    def _lined(self) -> dict[Pair, list[Run]]:
        """Return the common lines of each pair that has some."""
        found: dict[Pair, list[Run]] = {}
        for a, b, run in self.finder.shelved.by_lines(self.finder.common):
            found.setdefault((int(self.now.entry[a]), int(self.now.entry[b])), []).append(run)
        return found

    def _kept(self) -> Array:
        """Say which pairs are as they were. If only names changed places, or common lines are others, runs are kept."""
        ends = self.old.ends
        at = self.now.at[ends]
        stale = self.runs.stale[ends]
        stay = (at[:, 0] >= 0) & (at[:, 1] >= 0) & ~(stale[:, 0] & stale[:, 1])
        other = at[:, 0] > at[:, 1]
        before: dict[Pair, list[Run]] = {}
        for a, b, *run in self.index.state.lined.tolist():
            before.setdefault((a, b), []).append(Run(*run))
        lined = [pair for pair in before.keys() | self.lined.keys() if before.get(pair) != self.lined.get(pair)]
        moved = np.flatnonzero(stay & (other | self._are(lined)))
        for (a, b), runs in zip(self.old.ends[moved].tolist(), self.old.runs_of(moved), strict=True):
            flip = bool(self.now.at[a] > self.now.at[b])
            self.todo[(b, a) if flip else (a, b)] = _flipped(runs) if flip else runs
        stay[moved] = False
        return self._complete(stay, self.lined)

    def _are(self, pairs: Iterable[Pair]) -> Array:
        """Say which pairs of before are among `pairs`."""
        return _are_in(self._number(self.old.ends), self._number(list(pairs)))

    def _number(self, pairs: Sequence[Pair] | Array) -> Array:
        """Return one number for each pair of entries."""
        rows = np.asarray(pairs, np.int64).reshape(-1, 2)
        found: Array = rows[:, 0] * len(self.now.at) + rows[:, 1]
        return found

    def _complete(self, kept: Array, pairs: Iterable[Pair]) -> Array:
        """Look for passages also in those of `pairs` that are neither kept nor looked at; return `kept`."""
        rows = [pair for pair in pairs if pair not in self.todo]
        missing = set(rows).difference(map(tuple, self.old.ends[kept & self._are(rows)].tolist()))
        self.todo |= {pair: () for pair in rows if pair in missing}
        return kept

    def _look(self, pairs: Mapping[Pair, Sequence[Run]]) -> None:
        """Find the passages of some pairs."""
        for (a, b), runs in pairs.items():
            runs = (*runs, *self.lined.get((a, b), ()))
            self.matches[a, b] = self.finder.matches(int(self.now.at[a]), int(self.now.at[b]), runs)

    def _look_again(self, which: Array) -> None:
        """Find the passages of pairs of before, which are what they were."""
        self.kept = self.kept & ~which
        place = np.flatnonzero(which)
        runs = dict(zip(map(tuple, self.old.ends[place].tolist()), self.old.runs_of(place), strict=True))
        self._look(runs)
        self.todo |= runs

    def _near(self) -> tuple[dict[Pair, Edge], list[str]]:
        """Return the near duplicates of now, by pair of entries, and the limits that were met."""
        state, at, finder = self.index.state, self.now.at, self.finder
        compared = at[state.compared]
        live = (compared >= 0).all(1)
        places = map(tuple, np.sort(compared[live], 1).tolist())
        finder.figures.update(zip(places, map(tuple, state.figures[live].tolist()), strict=True))
        ends = at[self.old.ends[self.kept]]
        least = finder.shelved.sizes[ends].min(1) if len(ends) else np.zeros(0)
        covered = (ends[:, 0] != ends[:, 1]) & (self.old.matched[self.kept] >= COVERED * least)
        passages = {(int(at[a]), int(at[b])): tuple(matches) for (a, b), matches in self.matches.items()}
        pairs = sorted([*map(tuple, ends[covered].tolist()), *finder.covered(passages)])
        edges, notes = finder.near_duplicates(pairs)
        return {(int(self.now.entry[edge.a]), int(self.now.entry[edge.b])): edge for edge in edges}, notes

    def _other_near(self, near: Mapping[Pair, Edge]) -> Array:
        """Say which kept pairs are near duplicates now and were not, or the other way round."""
        self._complete(self.kept, near)
        self.matches |= dict.fromkeys(self.todo.keys() - self.matches.keys(), ())
        code = np.zeros(len(self.kept), np.int8)
        for value in (1, 2):
            code[self._are(pair for pair, edge in near.items() if _code(edge) == value)] = value
        found: Array = self.kept & (code != self.old.near)
        return found

    def _other_surroundings(self, furniture: Array) -> Array:
        """Say which kept pairs have a passage with grams that stand in other texts now, or with lines of furniture."""
        turned, entries = self.turned, self.now.entries
        counted = (np.maximum(turned.old, 2) != np.maximum(turned.new, 2))[turned.gram]
        grams = np.sort(turned.place[counted & entries.alive[turned.owner]])
        changed = np.setxor1d(self.index.state.furniture, furniture)
        rows = self.now.lines.rows[np.isin(self.now.lines.hashes, changed)]
        start = np.sort(entries.begin[rows[:, 0]] + rows[:, 1])
        end = np.sort(entries.begin[rows[:, 0]] + rows[:, 1] + rows[:, 2])
        boxes = self.old.boxes
        ends = entries.begin[self.old.ends[boxes[:, 0]]]
        found = np.zeros(len(self.kept), bool)
        for side in (0, 1):
            low, high = ends[:, side] + boxes[:, 1 + 2 * side], ends[:, side] + boxes[:, 2 + 2 * side]
            hit = np.searchsorted(grams, low - BEFORE) < np.searchsorted(grams, high - BEHIND)
            hit |= np.searchsorted(end, low, "right") < np.searchsorted(start, high)
            found[boxes[hit, 0]] = True
        found &= self.kept & (self.old.near == 0)
        return found

    def _overlaps(self, pair: Pair, edge: Edge | None, around: Surroundings) -> list[Overlap]:
        a, b = (int(self.now.at[entry]) for entry in pair)
        if edge:
            return [self.finder.near(edge, self.matches[pair])]
        return list(self.finder.records(a, b, self.matches[pair], around)) if self.finder.comparable(a, b) else []

    def _line(self, group: int) -> str:
        """Return the key text of a group of equal lines."""
        lines = self.finder.shelved.lines
        at, low, size, *_ = lines.rows[lines.edges[group]].tolist()
        start = int(self.now.entries.begin[self.now.entry[at]]) + low
        return self.now.codes[start : start + size].tobytes().decode("utf-32-le", "surrogatepass")

    def _df(self, key: str) -> list[int]:
        """Return for each gram of a key text in how many texts of now it stands (as `Runs.df`)."""
        return self.lookup.counts(gram_hashes(code_points(key), SEED))

    def _collected(self, results: Mapping[Pair, Result], notes: list[str], furniture: Array) -> tuple[Found, Index]:
        """Return everything: what was kept, what is new, and copies."""
        index, now, finder = self.index, self.now, self.finder
        names = [text.name for text in finder.shelf.texts]
        records = Records(len(index.records))
        kept = self.old.kept(self.kept)
        overlaps = _restored(index.records, kept.record, now.at[kept.ends], names)
        overlaps += chain.from_iterable(result.overlaps for result in results.values())
        copies, copied, found = self._copies(names, records)
        overlaps += found
        pairs = kept.and_also(Pairs.of(results, records))
        lined = [(*pair, *run) for pair, runs in self.lined.items() for run in runs]
        compared = np.array(list(finder.figures), np.int64).reshape(-1, 2)
        state = replace(
            index.state,
            names=tuple(names),
            texts=now.texts,
            entries=replace(now.entries, edged=self.lows.edged),
            lines=self.lows.lines(),
            alphabet=now.alphabet,
            often=self.turned.often,
            hubs=self.turned.hubs,
            stars=self.runs.stars,
            starts=index.state.starts + self.runs.starts,
            pairs=pairs,
            lined=np.array(lined, np.int32).reshape(-1, 5),
            compared=now.entry[compared].astype(np.int32),
            figures=np.array(list(finder.figures.values()), np.float64).reshape(-1, 2),
            furniture=furniture,
            copies=copies,
            copied=copied,
        )
        notes += finder.limits(len(self.turned.often), 0)
        raw = b"".join((index.records, *records.parts))
        new = replace(index, state=state, codes=now.codes, records=raw)
        same = state.names == index.state.names and np.array_equal(state.texts, index.state.texts)
        return found_of(overlaps, notes, finder.settings), index if same else new

    def _copies(self, names: Sequence[str], records: Records) -> tuple[Array, Array, list[Overlap]]:
        """Return the pairs of texts with one key, by their digests, where their records stand, and these."""
        state, texts = self.index.state, self.now.texts[:, :2]
        known = dict(zip(map(tuple, state.copies.tolist()), map(tuple, state.copied.tolist()), strict=True))
        copies, copied, found = [], [], []
        for a, b in self.finder.copied():
            pair = (*texts[a].tolist(), *texts[b].tolist())
            at = known.get(pair)
            if at is None:
                record = self.finder.copy(a, b)
                at = records.add([record])
            else:
                (record,) = _restored(self.index.records, np.array([at]), np.array([(a, b)]), names)
            copies.append(pair)
            copied.append(at)
            found.append(record)
        return np.array(copies, np.uint64).reshape(-1, 4), np.array(copied, np.int64).reshape(-1, 2), found


def _are_in(values: Array, few: Array) -> Array:
    """Say which of `values` are among a few others (np.isin sorts them all)."""
    if not len(few):
        return np.zeros(len(values), bool)
    few = np.sort(few)
    found: Array = few[np.minimum(np.searchsorted(few, values), len(few) - 1)] == values
    return found


def _code(edge: Edge | None) -> int:
    return 1 + edge.capped if edge else 0


def _flipped(runs: Sequence[Run]) -> list[Run]:
    return sorted(Run(run.b0, run.a0, run.size) for run in runs)


def _restored(raw: bytes, record: Array, at: Array, names: Sequence[str]) -> list[Overlap]:
    """Return the records that stand in `raw`, with the names of now; `at` are the places of both texts in these."""
    if not len(record):
        return []
    parts = b"],[".join([raw[start:end] for start, end in record.tolist()])
    pairs = zip(orjson.loads(b"[[" + parts + b"]]"), at.tolist(), strict=True)
    return [restored(one, names[a], names[b]) for found, (a, b) in pairs for one in found]
