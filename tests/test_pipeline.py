from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import files
from cleaner.pipeline import clean_bytes, worst
from cleaner.reports.records import from_jsonl, to_jsonl
from cleaner.text import reconstruct
from tests.conftest import SEEDS
from tests.test_clean import DOCUMENTS

BYTES = st.binary(max_size=200)
ENCODED = st.tuples(DOCUMENTS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "big5hkscs"])).map(
    lambda pair: pair[0].encode(pair[1], "ignore")
)
LINE_ENDS = st.tuples(DOCUMENTS, st.sampled_from(["\r\n", "\r", "\n"])).map(lambda p: p[0].replace("\n", p[1]).encode())


@given(raw=BYTES | ENCODED | LINE_ENDS)
def test_any_bytes_become_an_outcome_that_leads_back(config, book, raw):
    """P2, P13: done with edits that give the bytes again, or quarantined with a code and the bytes themselves."""
    outcome = clean_bytes("a.txt", raw, "a.txt", "txt", config, book, ())
    if outcome.error:
        assert outcome.status == "quarantined" and outcome.raw == raw and outcome.error.exit == 3
        return
    source, draft = outcome.source, outcome.cleaned.draft
    changes = [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits]
    text = reconstruct(outcome.text, changes)
    assert files.rebuild(text, source.encoding, source.newline, source.bom, source.runs) == raw


@pytest.mark.parametrize(
    "piece", ["曲靖市坚持高质量发展,", "分享到:\n", "领(lǐng)导", "製定業績錶,", "365bet体育在线率先", " \u00a0", "a|"]
)
def test_time_grows_with_the_text_and_not_faster(config, book, piece):
    """P13: twice the text takes at most 2.6 times as long (best of three, from a size that can be measured)."""

    def seconds(count):
        raw = (piece * count + "\n").encode()
        best = 9.9
        for _ in range(3):
            begun = time.process_time()
            clean_bytes("a.txt", raw, "a.txt", "txt", config, book, ())
            best = min(best, time.process_time() - begun)
        return best

    seconds(10)
    count = 1000
    while seconds(count) < 0.05 and count < 200_000:
        count *= 2
    ratios = [seconds(2 * count) / seconds(count) for _ in range(3)]  # a busy machine disturbs one, not all
    assert min(ratios) <= 2.6, ratios


def test_totals_of_the_report_are_the_sums_of_its_records(result):
    """P18."""
    run, edits = result.records.run, result.records.edits
    assert (
        run.edits
        == sum(e.status == "applied" for e in edits)
        == sum(sum(f.edits.values()) for f in result.records.files)
    )
    assert run.pending == sum(e.pending for e in edits) == sum(f.pending for f in result.records.files)
    assert run.chars_in == sum(len(text) for text in result.sources.values())
    assert run.chars_out == sum(len(body.decode()) for body in result.texts.values())


def test_records_survive_the_way_to_disk(result):
    raw = to_jsonl(result.records)
    assert from_jsonl(raw, "x") == result.records
    assert to_jsonl(from_jsonl(raw, "x")) == raw
    assert not set("\u202e\u200b\u2028").intersection(raw.decode())


def test_ids_of_the_edits_of_one_file_are_all_different(result):
    for file in result.records.files:
        ids = [edit.id for edit in result.records.of(file.path)]
        assert len(ids) == len(set(ids))


def test_the_seeds_lose_no_line_that_an_editor_would_keep(result):
    """353 leaked readings go, the three genuine brackets of seed 003 stay, and each seed loses only known noise."""
    edits = [e for e in result.records.edits if e.status == "applied"]
    assert sum(e.by == ("zh-core/pinyin",) for e in edits) == 353
    text = result.texts["003_c134a841ba407666.txt"].decode()
    assert all(bracket in text for bracket in ("縣(區)", "部門(單位)", "(唐小未 攝影郝立藝)", "白云"))
    removed = "".join(e.quote.exact for e in edits if not e.new and "zh-core/pinyin" not in e.by)
    assert len(removed) < 900 and "。" not in removed.replace("交流您的觀點。", "")


def test_metadata_is_lifted_from_bylines(result):
    meta = {file.path[:3]: file.meta for file in result.records.files}
    assert meta["001"]["source"] == "昆明日报" and meta["001"]["date"].startswith("2023-05-08")
    assert meta["002"]["source"] == "云南日报" and meta["002"]["date"].startswith("2021-10-25")


def test_overlaps_of_the_seeds(result):
    found = [(o.a.path[:3], o.b.path[:3], o.kind) for o in result.records.overlaps]
    assert [pair for pair in found if pair[2] == "reuse" and pair[0] != pair[1]] == [("000", "002", "reuse")]
    assert ("000", "000", "reuse") in found
    reuse = next(o for o in result.records.overlaps if o.kind == "reuse" and o.a.path != o.b.path)
    (a0, a1, b0, b1), source = reuse.ops[0], result.sources
    assert reuse.cross_script and reuse.chars == 38 and len(reuse.ops) == 1
    assert source[reuse.a.path][a0:a1] == "都" and source[reuse.b.path][b0:b1] == "城"
    assert reuse.identity == pytest.approx(37 / 38, abs=1e-3)


@pytest.mark.parametrize(
    ("codes", "expected"), [((0, 1), 1), ((3, 1), 3), ((3, 2), 2), ((70, 4), 70), ((130, 70), 130), ((), 0)]
)
def test_the_worst_exit_code_wins(codes, expected):
    assert worst(codes) == expected


def test_files_are_independent_of_each_other(config, book, result):
    """P6: each seed alone gives the same text as all of them together."""
    for path in sorted(SEEDS.glob("*.txt")):
        alone = clean_bytes(path.name, path.read_bytes(), path.name, "txt", config, book, ())
        assert alone.text.encode() == result.texts[path.name]
