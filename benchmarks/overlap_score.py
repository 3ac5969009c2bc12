"""Score found overlaps against planted ones: `python benchmarks/overlap_score.py DATA OUT.jsonl [--min-len 16]`.

DATA holds gold.jsonl, hardneg.jsonl and ignore.jsonl as overlap_make.py writes them; OUT.jsonl has one detection a
line: {"a": "doc1", "a_start": 10, "a_end": 90, "b": "doc2", "b_start": 5, "b_end": 77}, in code points, half open,
either document first; "kind" is optional.

Measures of PAN (Potthast et al., COLING 2010): precision and recall of characters over (pair, side), granularity =
detections per detected case, plagdet = F1 / log2(1 + granularity). A detection that touches a planted passage on both
sides belongs to it; one that lies at least half, on both sides, in a known natural overlap of the articles is left
out; one shorter than --min-len on both sides too. One on a negative is charged as false, by class, save number
templates (`stat_template`) and a saying in quotation marks that is reported as a quote: these are counted only.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

MIN_LEN = 16
Row = dict[str, Any]


class Side(NamedTuple):
    """A place in a document."""

    doc: str
    start: int
    end: int


class Two(NamedTuple):
    """A place in each of two documents, the smaller name first, and what is said of them."""

    a: Side
    b: Side
    row: Row

    @property
    def docs(self) -> tuple[str, str]:
        return self.a.doc, self.b.doc

    def touches(self, other: Two) -> bool:
        return _both(self.a, other.a) > 0 and _both(self.b, other.b) > 0

    def mostly_in(self, other: Two) -> bool:
        inside = ((_both(x, y), x.end - x.start) for x, y in ((self.a, other.a), (self.b, other.b)))
        return all(2 * both >= size for both, size in inside)


def _both(one: Side, two: Side) -> int:
    return max(0, min(one.end, two.end) - max(one.start, two.start))


def two(row: Row) -> Two:
    a, b = Side(row["a"], row["a_start"], row["a_end"]), Side(row["b"], row["b_start"], row["b_end"])
    return Two(*(sorted((a, b)) if a.doc != b.doc else (a, b)), row)


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line] if path.exists() else []


@dataclass(frozen=True)
class Data:
    """What is known of a benchmark: planted passages, natural overlaps, and negatives by document."""

    gold: tuple[Two, ...]
    ignore: tuple[Two, ...]
    negatives: tuple[Row, ...]

    @classmethod
    def read(cls, folder: Path) -> Data:
        gold, ignore, negatives = (rows(folder / f"{name}.jsonl") for name in ("gold", "ignore", "hardneg"))
        return cls(tuple(map(two, gold)), tuple(map(two, ignore)), tuple(negatives))

    def only(self, keep: Callable[[str], bool]) -> Data:
        """Return the part in documents whose names `keep` accepts."""
        return Data(
            tuple(x for x in self.gold if keep(x.a.doc)),
            tuple(x for x in self.ignore if keep(x.a.doc)),
            tuple(x for x in self.negatives if keep(x["spans"][0]["doc"])),
        )


@dataclass(frozen=True)
class Judged:
    """What became of each detection: those of each case, those that are charged, those that only count."""

    of_case: dict[str, list[Two]]
    used: tuple[Two, ...]  # of a case, or false: they go into precision
    false: Counter[str]
    counted: Counter[str]
    flagged: dict[str, set[tuple[str, str, str]]]  # pairs of a negative by its class: (group, document, document)


def judge(data: Data, detections: Iterable[Row], min_len: int = MIN_LEN) -> Judged:
    """Return what each detection is."""
    cases, natural = _by_docs(data.gold), _by_docs(data.ignore)
    negatives = _by_docs(
        Two(Side(x["doc"], x["start"], x["end"]), Side(y["doc"], y["start"], y["end"]), group)
        for group in data.negatives
        for x, y in combinations(sorted(group["spans"], key=lambda span: span["doc"]), 2)
    )
    kinds: dict[str, list[tuple[Side, str]]] = defaultdict(list)
    for group in data.negatives:
        for span in group["spans"]:
            kinds[span["doc"]].append((Side(span["doc"], span["start"], span["end"]), group["cls"]))
    of_case: dict[str, list[Two]] = defaultdict(list)
    flagged: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    used, false, counted = [], Counter[str](), Counter[str]()
    for found in map(two, detections):
        if max(found.a.end - found.a.start, found.b.end - found.b.start) < min_len:
            counted["too short"] += 1
            continue
        own = [case for case in cases.get(found.docs, ()) if found.touches(case)]
        if own:
            used.append(found)
            for case in own:
                of_case[case.row["id"]].append(found)
            continue
        if any(found.mostly_in(one) for one in natural.get(found.docs, ())):
            counted["natural"] += 1
            continue
        negative = next((one for one in negatives.get(found.docs, ()) if found.touches(one)), None)
        kind = negative.row["cls"] if negative else _same_kind(found, kinds)
        if kind == "stat_template" or (kind == "quotation" and found.row.get("kind") == "quote"):
            counted[kind] += 1
            continue
        if negative:
            flagged[kind].add((negative.row["group"], *found.docs))
        false[kind] += 1
        used.append(found)
    return Judged(dict(of_case), tuple(used), false, counted, dict(flagged))


def _same_kind(found: Two, kinds: dict[str, list[tuple[Side, str]]]) -> str:
    """Return the class of the negatives that both sides lie on, or "other"; they are of two groups."""
    one, two = ({kind for place, kind in kinds.get(side.doc, ()) if _both(side, place)} for side in (found.a, found.b))
    return min(one & two, default="other")


def _by_docs(places: Iterable[Two]) -> dict[tuple[str, str], list[Two]]:
    found: dict[tuple[str, str], list[Two]] = defaultdict(list)
    for place in places:
        found[place.docs].append(place)
    return found


@dataclass(frozen=True)
class Score:
    """The measures of a set of cases and of the detections that count for it."""

    cases: int
    found: int
    precision: float
    recall: float
    granularity: float

    @property
    def plagdet(self) -> float:
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) / math.log2(1 + self.granularity) if p + r else 0.0


def score(cases: Sequence[Two], judged: Judged, used: Sequence[Two] | None = None) -> Score:
    """Return the score of `cases`; `used` are the detections that precision is taken of (default: all that count)."""
    gold, det = _characters(cases), _characters(judged.used if used is None else used)
    right = sum(_size(_common(gold[key], det[key])) for key in gold.keys() & det.keys())
    in_gold, in_det = (sum(map(_size, places.values())) for places in (gold, det))
    hits = [len(judged.of_case[case.row["id"]]) for case in cases if case.row["id"] in judged.of_case]
    granularity = sum(hits) / len(hits) if hits else 1.0
    precision, recall = right / in_det if in_det else 0.0, right / in_gold if in_gold else 0.0
    return Score(len(cases), len(hits), precision, recall, granularity)


def score_cell(cases: Sequence[Two], judged: Judged) -> Score:
    """Return the score of some cases of a benchmark: precision is taken of their own detections alone."""
    names = [case.row["id"] for case in cases if case.row["id"] in judged.of_case]
    used = {(x.a, x.b): x for name in names for x in judged.of_case[name]}
    return score(cases, judged, list(used.values()))


Spans = list[tuple[int, int]]


def _characters(places: Iterable[Two]) -> dict[tuple[str, str, int], Spans]:
    """Return for each pair and side the union of the places, as sorted disjoint spans."""
    raw: dict[tuple[str, str, int], Spans] = defaultdict(list)
    for place in places:
        for n, side in enumerate((place.a, place.b)):
            raw[(*place.docs, n)].append((side.start, side.end))
    return {key: _union(spans) for key, spans in raw.items()}


def _union(spans: Spans) -> Spans:
    out: Spans = []
    for low, high in sorted(spans):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def _common(one: Spans, other: Spans) -> Spans:
    both = ((max(a, x), min(b, y)) for a, b in one for x, y in other)
    return [(low, high) for low, high in both if low < high]


def _size(spans: Spans) -> int:
    return sum(high - low for low, high in spans)


def pairs_of(data: Data) -> Counter[str]:
    """Return how many pairs of documents share a negative of each class."""
    found = Counter[str]()
    for group in data.negatives:
        size = len(group["spans"])
        found[group["cls"]] += size * (size - 1) // 2
    return found


def line(name: str, one: Score) -> str:
    """Return a row of a table: name | plagdet | P | R | granularity | cases found."""
    return (
        f"| {name} | {one.plagdet:.3f} | {one.precision:.3f} | {one.recall:.3f} | {one.granularity:.3f} "
        f"| {one.found} of {one.cases} |"
    )


HEAD = "| {} | plagdet | P | R | granularity | found |\n|---|---|---|---|---|---|"


def report(data: Data, judged: Judged) -> str:
    """Return the tables of one method: over all, by noise, the bar's rows, by length and rate, negatives."""
    out = [HEAD.format("noise"), line("all", score(data.gold, judged))]
    noises = list(dict.fromkeys(case.row["cls"] for case in data.gold))
    for noise in noises:
        cases = [case for case in data.gold if case.row["cls"] == noise]
        used = [found for found in judged.used if found.a.doc.split("/")[0] == noise]
        out.append(line(noise, score(cases, judged, used)))
    easy = [case for case in data.gold if case.row["length"] >= 48 and case.row["rate"] <= 0.10]
    out += ["", HEAD.format("48 characters and more, up to 10 % edits")]
    for noise in noises:
        out.append(line(noise, score_cell([case for case in easy if case.row["cls"] == noise], judged)))
    out += ["", "| plagdet by length, edits | " + " | ".join(f"{r:.0%}" for r in _values(data, "rate")) + " |"]
    out.append("|---" * (1 + len(_values(data, "rate"))) + "|")
    for length in _values(data, "length"):
        cells = []
        for rate in _values(data, "rate"):
            some = [x for x in data.gold if x.row["length"] == length and x.row["rate"] == rate]
            cells.append(f"{score_cell(some, judged).plagdet:.3f}")
        out.append(f"| {length} | " + " | ".join(cells) + " |")
    out += ["", "| negatives | pairs | called reuse | of two groups | counted only |", "|---|---|---|---|---|"]
    total = pairs_of(data)
    for kind in sorted(total):
        charged = len(judged.flagged.get(kind, ()))
        beside = judged.false[kind] - charged
        out.append(
            f"| {kind} | {total[kind]} | {charged} ({charged / total[kind]:.2%}) | {beside} | {judged.counted[kind]} |"
        )
    out.append(f"| other | | | {judged.false['other']} | natural {judged.counted['natural']} |")
    return "\n".join(out)


def _values(data: Data, key: str) -> list[Any]:
    return sorted({case.row[key] for case in data.gold})


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("data", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--min-len", type=int, default=MIN_LEN)
    given = options.parse_args()
    found = rows(given.out)
    seen = {name.split("/")[0] for row in found for name in (row["a"], row["b"])}
    data = Data.read(given.data).only(lambda name: not seen or name.split("/")[0] in seen)
    print(report(data, judge(data, found, given.min_len)))


if __name__ == "__main__":
    main()
