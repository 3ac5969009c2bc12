"""The public overlap benchmark: what its scorer counts, and that its generator keeps its word on a small newspaper."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import overlap_make as maker  # noqa: E402
import overlap_score as scorer  # noqa: E402
from overlap_negatives import COPIES, negatives  # noqa: E402


def row(a: str, low: int, high: int, b: str, x: int, y: int, **more: object) -> dict:
    return {"a": a, "a_start": low, "a_end": high, "b": b, "b_start": x, "b_end": y, **more}


def data(gold=(), ignore=(), hardneg=()) -> scorer.Data:
    return scorer.Data(tuple(map(scorer.two, gold)), tuple(map(scorer.two, ignore)), tuple(hardneg))


CASE = row("a", 0, 100, "b", 0, 100, id="1", cls="none", length=100, rate=0.0)


class TestTheScorer:
    def score(self, *found: dict, **known) -> scorer.Score:
        known = data(**{"gold": [CASE]} | known)
        return scorer.score(known.gold, scorer.judge(known, found))

    def test_the_whole_passage_in_one_piece_is_perfect(self):
        one = self.score(row("b", 0, 100, "a", 0, 100))
        assert (one.precision, one.recall, one.granularity, one.plagdet) == (1, 1, 1, 1)

    def test_two_halves_cost_granularity_alone(self):
        one = self.score(row("a", 0, 50, "b", 0, 50), row("a", 50, 100, "b", 50, 100))
        assert (one.precision, one.recall, one.granularity) == (1, 1, 2)
        assert one.plagdet == pytest.approx(0.6309, abs=1e-4)

    def test_text_beyond_the_passage_costs_precision(self):
        assert self.score(row("a", 0, 200, "b", 0, 200)).precision == 0.5

    def test_a_find_in_a_known_natural_overlap_is_left_out(self):
        found = row("a", 300, 340, "c", 0, 40)
        assert self.score(CASE, found).precision < 1
        assert self.score(CASE, found, ignore=[row("a", 320, 340, "c", 20, 60)]).precision == 1

    @pytest.mark.parametrize(("kind", "cls", "charged"), [
        ("reuse", "footer", 1), ("quote", "quotation", 0), ("reuse", "quotation", 1), ("reuse", "stat_template", 0),
    ])  # fmt: skip
    def test_a_find_on_a_negative_is_charged_by_its_class(self, kind, cls, charged):
        spans = [{"doc": "x", "start": 5, "end": 45}, {"doc": "y", "start": 0, "end": 40}]
        known = data([CASE], hardneg=[{"cls": cls, "group": "g", "spans": spans}])
        judged = scorer.judge(known, [row("x", 0, 40, "y", 0, 40, kind=kind)])
        assert sum(judged.false.values()) == charged


@pytest.fixture(scope="module")
def plan() -> Iterator[maker.Plan]:
    source = Random(4)
    chars = [chr(0x4E00 + i) for i in range(2000)]

    def clause() -> str:
        return "".join(source.choices(chars, k=8 + int(source.random() * 12)))

    lines = ["，".join(clause() for _ in range(4)) + "。" for _ in range(4000)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maker, "PER_CELL", 3)
        yield maker.Plan.of(lines, "dev")


class TestTheGenerator:
    @pytest.mark.parametrize("noise", maker.NOISES)
    def test_plants_stand_where_gold_says(self, plan, noise):
        made = maker.make(plan, noise)
        inserted = {item.text for item in plan.negatives}  # one may stand between two lines that a plant was taken from
        assert len(made.gold) == len(maker.LENGTHS) * len(maker.RATES) * maker.PER_CELL
        for case, plant in zip(made.gold, plan.plants, strict=True):
            quote = made.docs[case["a"]][case["a_start"] : case["a_end"]]
            assert "\n" not in quote
            assert made.docs[case["a"]][case["a_end"]] == "\n"
            lines = made.docs[case["b"]][case["b_start"] : case["b_end"]].split("\n")
            source = "".join(line for line in lines if line not in inserted)
            if noise in ("none", "reorder") and plant.rate == 0:
                assert sorted(quote) == sorted(source)
            if noise == "none" and plant.rate == 0:
                assert quote == source

    def test_it_gives_the_same_documents_again(self, plan):
        assert maker.make(plan, "all") == maker.make(plan, "all")

    def test_negatives_of_the_two_splits_share_no_text(self):
        dev, test = ({x.text[x.start : x.end] for x in negatives(split, 100, 1)} for split in ("dev", "test"))
        assert not dev & test

    def test_a_group_is_in_five_documents_and_its_span_is_the_text(self):
        groups: dict[tuple[str, int], list] = {}
        for one in negatives("dev", 100, 1):
            groups.setdefault((one.kind, one.group), []).append(one)
        for (kind, _), found in groups.items():
            assert len({one.doc for one in found}) == COPIES
            if kind not in ("names", "stat_template"):
                assert len({one.text[one.start : one.end] for one in found}) == 1

    def test_another_file_is_refused(self, tmp_path):
        (tmp_path / "x.txt").write_bytes(b"x")
        with pytest.raises(SystemExit, match="sha256"):
            maker.newspaper(tmp_path / "x.txt")
