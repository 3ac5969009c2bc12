"""Passages of a corpus: by exchange, with the kinds of the folder, and with limits that say that they were met."""

from __future__ import annotations

import random
from contextlib import closing
from itertools import combinations
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.corpus.counts import Table, df, gram_table
from cleaner.corpus.furniture import line_table
from cleaner.corpus.passages import _meet, records
from cleaner.corpus.sketches import SEED, SEEDS, WINDOW, Sketches, line_hash
from cleaner.corpus.store import Pages, Store
from cleaner.overlap import OverlapSettings, Text, find_overlaps
from cleaner.overlap.candidates import winnow_grams
from cleaner.overlap.edges import edge_lines
from cleaner.overlap.key import fold, make_key
from cleaner.overlap.seeds import gram_hashes
from cleaner.overlap.shelf import Shelf, shelve
from cleaner.overlap.stream import Stream
from cleaner.runners import Trial
from cleaner.runners.exchange import Rows, Shuffle, save
from cleaner.runners.pool import Pool
from cleaner.runners.serial import Serial
from tests import corpora
from tests.test_cli import clean as command

DEFAULTS = OverlapSettings()
FOOTER = "本站所有内容均为转载如有侵权请联系我们删除谢谢合作"


def sentence(rng, size=30):
    return "".join(rng.choices(corpora.HAN, k=size)) + "。"


def articles(count=60, seed=5):
    """Texts of which some share a passage, some edited, some in many; a footer that a dozen have; quoted speech."""
    rng = random.Random(seed)
    shared = [sentence(rng, rng.randint(24, 60)) for _ in range(8)]
    everywhere = sentence(rng, 40)
    found = []
    for i in range(count):
        lines = [sentence(rng, rng.randint(20, 50)) for _ in range(rng.randint(3, 6))]
        if i % 3 == 0:
            lines.insert(rng.randrange(len(lines)), rng.choice(shared))
        if i % 7 == 0:
            lines.insert(1, rng.choice(shared).replace("山", "峰"))
        if i % 5 == 0:
            lines.append(FOOTER)
        if i % 4 == 0:
            lines.insert(0, f"他说:“{shared[0][:26]}”{sentence(rng, 12)}")
        if i > 20:
            lines.insert(2, everywhere)
        found.append("\n".join(lines) + "\n")
    return found


def clean(tmp_path, texts, book, runner=None, name="out", **keys):
    src = tmp_path / "a.jsonl"
    if not src.exists():  # another time of change is another corpus, and nothing is gone on with
        src.write_bytes(b"\n".join(orjson.dumps({"text": text}) for text in texts))
    config = corpora.settings(**{"part_size": 4000, "out_format": "jsonl", **keys})
    done = corpora.clean_into(src, tmp_path / name, config, book, runner)
    files = sorted(str(path) for path in (tmp_path / name / "__report__/passages").glob("*.jsonl.gz"))
    rows = [orjson.loads(line) for path in sorted((tmp_path / name).glob("corpus-*")) for line in path.open("rb")]
    return done, list(records(files)), rows


def place(side):
    return side["path"], side["start"], side["end"]


def test_a_corpus_has_the_passages_of_the_folder_with_its_kinds_and_places(tmp_path, book):
    """The same code classifies; how many texts have a gram and which lines are furniture comes by other ways."""
    done, mine, rows = clean(tmp_path, articles(), book)
    numbers = {row["metadata"]["source"]: f"{i:06}" for i, row in enumerate(rows)}
    texts = [Text(numbers[r["metadata"]["source"]], r["text"], r["metadata"]["script"] or "other") for r in rows]
    folder = {
        ((o.a.document, o.a.start, o.a.end), (o.b.document, o.b.start, o.b.end)): o
        for o in find_overlaps(texts).overlaps if o.unit == "passage" and o.a.document != o.b.document
    }  # fmt: skip
    both = 0
    for record in mine:
        where = tuple((numbers[path], start, end) for path, start, end in (place(record["a"]), place(record["b"])))
        same = folder.get(where)
        if same is not None:
            both += 1
            assert (record["kind"], record["id"], record["reasons"]) == (same.kind, same.id, dict(same.reasons))
            assert record["ops"] == [list(op) for op in same.ops] and record["verdict"]
    assert both > 100 and {record["kind"] for record in mine} >= {"reuse", "formula", "boilerplate"}
    linked = {
        name for record in mine if record["kind"] == "reuse" for name in (record["a"]["path"], record["b"]["path"])
    }
    missing = [o for o in folder.values() if o.kind == "reuse" and not any(
        rows[int(p.document)]["metadata"]["source"] in linked for p in (o.a, o.b))]  # fmt: skip
    assert not missing  # every text with reuse is linked to another one that has it
    assert done.totals["passages_reuse"] == sum(record["kind"] == "reuse" for record in mine)


def test_gates_count_what_a_corpus_shares(tmp_path):
    """Two articles with one passage and no duplicate; a third one alone has nothing to say."""
    rng = random.Random(2)
    one, two, three = ("\n".join(sentence(rng, 40) for _ in range(6)) + "\n" for _ in range(3))
    two += sentence(rng, 40) + "\n"
    two = two.replace(two.split("\n")[2], one.split("\n")[3])
    for name, texts in (("shared", (one, two)), ("alone", (one, three))):
        (tmp_path / f"{name}.jsonl").write_bytes(b"\n".join(orjson.dumps({"text": text}) for text in texts))
    gate = ("--isolated", "-q", "--fail-on", "overlap")
    done = command("shared.jsonl", "out", *gate, cwd=tmp_path)
    assert done.returncode == 1 and "1 open overlap (--fail-on overlap)" in done.stderr
    assert command("shared.jsonl", "out", "--isolated", "-q", "--fail-on", "findings", cwd=tmp_path).returncode == 1
    assert command("shared.jsonl", "out", "--isolated", "-q", "--fail-on", "pending", cwd=tmp_path).returncode == 0
    assert command("alone.jsonl", "out2", *gate, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "option", [("--new-only",), ("--check",), ("--output-format", "sarif"), ("--output-format", "json")]
)
def test_what_a_corpus_cannot_do_is_said(tmp_path, option):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "x"}\n')
    done = command("a.jsonl", "out", "--isolated", *option, cwd=tmp_path)
    assert done.returncode == 2 and option[0] in done.stderr and "corpus" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_records_are_the_same_bytes_with_one_two_and_four_processes(tmp_path, book):
    trees = []
    for name, runner in (("serial", Serial()), ("one", Pool(1, 60)), ("two", Pool(2, 60)), ("four", Pool(4, 60))):
        with closing(runner):
            _, mine, _ = clean(tmp_path, articles(30), book, runner, name)
        trees.append(corpora.tree(tmp_path / name))
    assert mine and trees[0] == trees[1] == trees[2] == trees[3]


def test_a_text_that_holds_another_is_a_duplicate_and_no_passage(tmp_path, book):
    """MinHash does not see it: of the long text nine tenths are not in the short one."""
    rng = random.Random(2)
    short = "".join(sentence(rng) for _ in range(3))
    around = ["".join(sentence(rng) for _ in range(12)) for _ in range(2)]
    done, mine, _ = clean(tmp_path, [f"{around[0]}\n{short}\n{around[1]}\n", short + "\n", sentence(rng)], book)
    assert not mine and done.totals["edges"] == 1 and done.groups.count == 1


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_an_equal_run_of_16_characters_has_a_seed_in_both_texts(seed):
    rng = random.Random(seed)
    run = "".join(rng.choices("山水云天", k=SEED + WINDOW - 1))
    found = []
    for _ in range(2):
        text = "".join(rng.choices(corpora.HAN, k=rng.randrange(30))) + run + "".join(rng.choices(corpora.HAN, k=9))
        stream = Stream.of([make_key(text)])
        grams = gram_hashes(stream.codes, SEED)
        at = text.index(run)
        chosen = np.flatnonzero(winnow_grams(stream, grams, SEED, WINDOW))
        found.append({int(grams[i]) for i in chosen if at <= i <= at + WINDOW - 1})
    assert found[0] & found[1]


@given(st.lists(st.integers(1, 40), max_size=6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_seed_of_many_texts_links_each_once_and_is_counted(tmp_path_factory, sizes, seed):
    """Up to the limit all pairs; then the first with each; above the cap two only. Copies count once."""
    folder, rng = tmp_path_factory.mktemp("meet"), random.Random(seed)
    limits = OverlapSettings(seed_df=5, bucket_cap=20)
    rows, expected = [], set()
    for key, size in enumerate(sizes):
        docs = sorted(rng.sample(range(100), size))
        rows += [(key, doc, doc, doc) for doc in docs]
        rows += [(key, doc, doc + 100, 0) for doc in docs if rng.random() < 0.2]  # copies: the same hash, later
        linked = combinations(docs, 2) if size <= 5 else ((docs[0], doc) for doc in docs[1:])
        expected |= {(a, b) for a, b in list(linked)[: 1 if size > 20 else None]}
    rng.shuffle(rows)
    value = _meet(limits, np.array(rows, SEEDS), str(folder / "x"), Trial())
    found = np.load(folder / "x.npy")
    assert {(a, b) for a, b, *_ in found.tolist()} == expected
    assert value["hot"] == sum(size > 20 for size in sizes)
    assert value["star"] == sum(5 < size <= 20 for size in sizes)


def test_what_is_left_out_is_said(tmp_path, book, monkeypatch):
    """A line in more texts than the cap; and a partition with more pairs than there is room for."""
    monkeypatch.setattr("cleaner.config.OverlapSettings", lambda **keys: OverlapSettings(**keys, bucket_cap=20))
    done, mine, _ = clean(tmp_path, articles(), book)
    assert any("up to 39, link the first two only" in note for note in done.notes)
    monkeypatch.setattr("cleaner.corpus.passages.PAIRS", 10)
    done, again, _ = clean(tmp_path, articles(), book, name="again")
    assert any("the commonest of their partitions" in note for note in done.notes)
    assert len(again) < len(mine)


def sketched(folder, texts):
    """Return a store of some texts in two parts, with the rows of their lines."""
    halves = [texts[: len(texts) // 2], texts[len(texts) // 2 :]]
    for number, half in enumerate(halves):
        with Sketches(folder / f"{number:06}", DEFAULTS) as sketches:
            sketches.add([Text(str(i), text, "other") for i, text in enumerate(half)])
    store = Store(str(folder), (0, len(halves[0])))
    rows = [Rows(f"{folder}/{part:06}.lines.npy", base, ("doc",)) for part, base in enumerate(store.bases)]
    return store, rows


def test_furniture_is_what_the_folder_takes_for_it(tmp_path):
    texts = articles(40)
    store, rows = sketched(tmp_path, texts)
    pages = Pages(store, DEFAULTS)
    assert [pages.page(i).text for i in range(40)] == texts
    shelf = Shelf([Text(f"{i:03}", text, "other") for i, text in enumerate(texts)], True)
    shelved, _ = shelve(shelf)
    groups = edge_lines(
        shelved.lines, shelved.sizes, np.arange(40), 1000, lambda at: [line.low for line in shelf[at].edge]
    )
    first = shelved.lines.rows[shelved.lines.edges[groups]].tolist()
    expected = {shelf[at].key.text[low : low + size] for at, low, size, *_ in first}
    table = line_table(Shuffle(Serial(), str(tmp_path), lambda *_: None), rows, [], 1000)
    every = sorted({fold(line) for text in texts for line in text.split("\n") if line})
    known = table.find(np.array([line_hash(line) for line in every], np.uint64))
    assert {line for line, number in zip(every, known, strict=True) if number} == expected
    assert fold(FOOTER) in expected


def test_grams_are_counted_in_distinct_texts(tmp_path):
    texts = [*articles(40), *articles(40)[:5]]  # the last five are copies
    store, _ = sketched(tmp_path, texts)
    keys = [make_key(text).text for text in articles(40)]
    asked = keys[22]
    save(tmp_path / "asked.npy", gram_hashes(make_key(asked).codes, 6))
    table = gram_table(Shuffle(Serial(), str(tmp_path), lambda *_: None), store, [str(tmp_path / "asked.npy")])
    expected = [max(sum(asked[i : i + 6] in key for key in keys), 2) for i in range(len(asked) - 5)]
    assert df(table, asked) == expected and max(expected) > 2
    assert Table(()).find(np.array([1], np.uint64)).tolist() == [0]


@pytest.mark.parametrize(
    "step",
    [
        "seeds",
        pytest.param("passages", marks=pytest.mark.slow),
        pytest.param("lines", marks=pytest.mark.slow),
        "counting",
        "classes",
    ],
)
def test_a_run_that_ends_in_the_search_for_passages_goes_on_there(tmp_path, book, monkeypatch, step):
    whole, _, _ = clean(tmp_path, articles(30), book, name="whole")

    class Broken(Serial):
        def map(self, job, tasks):
            for at, pair in enumerate(super().map(job, tasks)):
                yield pair
                if job.name == step and at == 0:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clean(tmp_path, articles(30), book, Broken())
    assert list(Path(tmp_path, "out/.clean-work").rglob("*.done"))
    again, _, _ = clean(tmp_path, articles(30), book)
    assert again.resumed == len(list(Path(tmp_path, "whole/__report__/records").iterdir()))
    assert corpora.tree(tmp_path / "out") == corpora.tree(tmp_path / "whole")
    assert whole.totals == again.totals
