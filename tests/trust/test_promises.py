"""Properties that no other file has: P7, P8, P17 of docs/trust.md."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cleaner import files, output, pipeline
from cleaner.cache import Cache
from cleaner.clean import clean
from cleaner.config import load
from cleaner.context import Settings
from cleaner.decide import Request, decide
from cleaner.decisions import Decision, Decisions, Row
from cleaner.decisions.file import with_decision
from cleaner.packs import shipped
from cleaner.pipeline import Book, Result, run
from cleaner.reports.previous import previous
from tests.test_clean import DOCUMENTS
from tests.trust.harness import digest, tree

ARTICLES = [
    text.strip("\n") + "\n"
    for text in (shipped() / "prose.txt").read_bytes().decode("utf-8").split("\n\n")
    if len(text) > 90 and text.rstrip().endswith("。")
]
PLANTED = ["分享到:\n", "【打印】【关闭】\n", "365bet体育在线官网_365bet体育投注【官方网站】\n", "\u200b", "　\n"]


@given(article=st.sampled_from(ARTICLES), spam=st.lists(st.sampled_from(PLANTED), min_size=1, max_size=3))
def test_spam_planted_under_an_article_leaves_the_article_as_it_was(book, config, article, spam):
    """P8."""
    bare = clean("a", article, book.rules, config.settings).draft.text
    assert clean("a", article + "\n" + "".join(spam), book.rules, config.settings).draft.text == bare


@given(text=DOCUMENTS, left_out=st.sampled_from(["zh-core", "zh-spam", "zh-lines", "zh-site"]))
def test_without_a_pack_none_of_its_edits_is_made(book, config, text, left_out):
    """P7: what a pack does is credited to it, and to nothing else."""
    rules = tuple(one for one in book.rules if one.pack != left_out)
    by = {name for edit in clean("a", text, rules, config.settings).draft.edits for name in edit.by}
    assert not any(name.startswith(f"{left_out}/") for name in by)


@given(text=DOCUMENTS, hard=st.sampled_from([0.6, 0.8, 1.0]))
def test_a_higher_budget_takes_nothing_else(book, config, text, hard):
    """P7: a budget decides whether a document is done, never how."""
    try:
        low = clean("a", text, book.rules, config.settings)
    except Exception:
        return
    budget = Settings().budget.__class__(hard=hard)
    more = clean("a", text, book.rules, Settings(budget=budget, timezone=config.settings.timezone))
    assert more.draft.text == low.draft.text


CONFIG = load(None, {})
BOOK = Book.of(CONFIG)
NAMES = st.sampled_from(["a.txt", "b.txt", "c/d.txt", "e.md", "A2.txt"])
DIRTY = (
    "標題\n\n"
    + ARTICLES[0]
    + "市領(lǐng)導(dǎo)在項(xiàng)目現(xiàn)場調(diào)研，走在365bet体育在线前列。\n【打印】【关闭】\n"
)
BODIES = st.sampled_from(
    [
        *(a.encode() for a in ARTICLES[:4]),
        b"",
        b"\xff\xfe\xfd",
        "標題\n\n領(lǐng)導。\n分享到:\n".encode("utf-16"),
        DIRTY.encode(),
    ]
)
PACKS = st.sampled_from([None, "zh-core", "zh-spam", "zh-lines"])


@contextmanager
def cached(folder: Path) -> Iterator[Cache]:
    """A cache that is asked also for a few small texts."""
    before, pipeline.BULK = pipeline.BULK, 0
    try:
        with Cache(folder) as cache:
            yield cache
    finally:
        pipeline.BULK = before


class Killed(BaseException):
    """What stands for a kill: nothing of ours catches it."""


class Repository(RuleBasedStateMachine):
    """A folder of seeds that changes, packs and decisions that come and go, runs that end or are killed.

    OUT is what the last whole run made, with a cache that lives as long as the folder; a run from nothing, without
    one, makes the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.src, self.out = self.place / "src", self.place / "out"
        self.src.mkdir()
        (self.src / "always.txt").write_text("标题\n\n" + ARTICLES[0], encoding="utf-8")
        self.whole, self.book = False, BOOK
        self.made: list[Decision] = []

    def clean(self) -> Result:
        with cached(self.place / "cache") as cache:
            return run(self.src, self.out, CONFIG, self.book, cache=cache)

    def decided(self) -> None:
        rows = tuple(Row(one, i) for i, one in enumerate(self.made, 1))
        self.book, self.whole = replace(self.book, decisions=Decisions(rows)), False

    def teardown(self) -> None:
        shutil.rmtree(self.place)

    @rule(name=NAMES, body=BODIES)
    def put(self, name: str, body: bytes) -> None:
        path = self.src / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        self.whole = False

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.src / name).unlink(missing_ok=True)
        self.whole = False

    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        if (self.src / old).exists():
            (self.src / new).parent.mkdir(exist_ok=True)
            (self.src / old).replace(self.src / new)
            self.whole = False

    @rule(left_out=PACKS)
    def switch(self, left_out: str | None) -> None:
        packs = tuple(one for one in BOOK.packs if one.name != left_out)
        rules = tuple(one for one in BOOK.rules if one.pack != left_out)
        self.book, self.whole = Book(packs, rules, self.book.decisions), False

    @rule(nth=st.integers(0, 40), do=st.sampled_from(["keep", "remove", "replace"]))
    def judge(self, nth: int, do: str) -> None:
        """Decide on one of the changes that the report in OUT shows, which may be of an older run."""
        records = previous(self.out)
        if records is None or not records.edits:
            return
        request = Request(
            do, records.edits[nth % len(records.edits)].id, replacement="全省" if do == "replace" else None
        )  # type: ignore[arg-type]
        for one in decide(request, records, self.book.bench.one_group):
            self.made = with_decision(self.made, one)
        self.decided()

    @rule()
    def think_again(self) -> None:
        self.made = self.made[:-1]
        self.decided()

    @rule()
    def finish(self) -> None:
        output.write(self.clean(), self.out, html=False)
        self.whole = True

    @rule(at=st.integers(0, 6))
    def kill(self, at: int) -> None:
        """End a run when it replaces its file number `at`, as a kill would: no cleaning up."""
        plain, left = Path.replace, [at]

        def replace(path: Path, target: Path) -> Path:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return plain(path, target)

        result = self.clean()
        Path.replace = replace  # type: ignore[method-assign, assignment]
        try:
            output.write(result, self.out, html=False)
            self.whole = True
        except Killed:
            self.whole = False
        finally:
            Path.replace = plain  # type: ignore[method-assign]

    @invariant()
    def out_matches_its_manifest(self) -> None:
        if self.whole:
            fresh = self.place / "fresh"
            shutil.rmtree(fresh, ignore_errors=True)
            output.write(run(self.src, fresh, CONFIG, self.book), fresh, html=False)
            assert digest(tree(self.out)) == digest(tree(fresh))
            assert not (self.out / files.INCOMPLETE).exists()


TestRepository = Repository.TestCase
TestRepository.settings = settings(max_examples=30, stateful_step_count=12, deadline=None, derandomize=True)


def test_what_a_killed_run_put_into_out_goes_when_its_seed_is_gone():
    """No report names it, so it stood there for ever, and `clean check` called OUT in step."""
    state = Repository()
    state.put("a.txt", ARTICLES[0].encode())
    state.kill(2)
    assert (state.out / "a.txt").exists() and not (state.out / "__report__/report.jsonl").exists()
    state.delete("a.txt")
    (state.out / "mine.txt").write_bytes(b"a file of the user")
    names = [one.name for one in output.differences(state.clean(), state.out) if one.kind == "orphan"]
    assert names == ["a.txt"]
    state.kill(0)  # what was announced before stays known
    state.finish()
    assert not (state.out / "a.txt").exists() and (state.out / "mine.txt").exists()
    state.teardown()
