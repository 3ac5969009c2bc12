"""Decisions: written by id, found again by text, obeyed by the next run, and never lost or doubled by a merge."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import decisions as store
from cleaner import undo
from cleaner.clean import clean
from cleaner.cli import cli
from cleaner.decide import Request, decide
from cleaner.decisions import Bench, Decision, Decisions, Quoted, Row, parse, to_bytes, to_line
from cleaner.errors import Errors, UsageError
from cleaner.output import differences, write
from cleaner.pipeline import Book, Result, run
from cleaner.rulings import Place, Ruling, settle
from tests.conftest import SEEDS

BET, BYLINE = "365bet体育在线", "zh-site/byline"
FIRST = "稳步走在365bet体育在线前列"


def decided(book: Book, *made: Decision) -> Book:
    return replace(book, decisions=Decisions(tuple(Row(one, i) for i, one in enumerate(made, 1))))


def ask(result: Result, do: str, id_: str, **more) -> Decision:
    (one,) = decide(Request(do, id_, **more), result.records, result.book.bench.one_group)
    return one


def edit(result: Result, rule: str, nth: int = 0):
    return [e for e in result.records.edits if e.by[-1] == rule][nth]


@pytest.fixture
def seeds(tmp_path):
    shutil.copytree(SEEDS, tmp_path / "seeds")
    return tmp_path / "seeds"


def text_of(result: Result, name: str) -> str:
    return result.texts[name].decode()


# What a decision does


def test_each_verb_on_a_mask(result, book, config):
    mask = edit(result, "zh-spam/betting-word")
    made = {"replace": "稳步走在全省前列", "remove": "稳步走在前列", "accept": "稳步走在〓前列", "keep": FIRST}
    for do, expected in made.items():
        one = ask(result, do, mask.id, **({"replacement": "全省"} if do == "replace" else {}))
        after = run(SEEDS, None, config, decided(book, one))
        assert expected in text_of(after, mask.path), do
        record = next(e for e in after.records.edits if e.id == mask.id)
        assert (record.decision, record.pending) == (one.id, False)
        assert record.status == ("kept" if do == "keep" else "applied")
        assert after.records.run.pending == result.records.run.pending - 1
        assert after.records.decisions[0].places == 1


def test_a_proposal_is_accepted_or_answered_with_no(result, book, config):
    asked = next(e for e in result.records.edits if e.status == "proposed")
    yes = run(SEEDS, None, config, decided(book, ask(result, "accept", asked.id)))
    no = run(SEEDS, None, config, decided(book, ask(result, "keep", asked.id)))
    of = {e.id: e for e in yes.records.edits}[asked.id], {e.id: e for e in no.records.edits}[asked.id]
    assert [(e.status, e.pending) for e in of] == [("applied", False), ("kept", False)]
    assert text_of(no, asked.path) == text_of(result, asked.path)
    assert len(yes.records.edits) == len(no.records.edits) == len(result.records.edits)


def test_a_group_is_one_decision(result, book, config):
    pinyin = edit(result, "zh-core/pinyin")
    kept = run(SEEDS, None, config, decided(book, ask(result, "keep", pinyin.group)))
    assert kept.records.decisions[0].places == 353
    assert "領(lǐng)導" in text_of(kept, pinyin.path)
    mask = edit(result, "zh-spam/betting-word")
    put = run(SEEDS, None, config, decided(book, ask(result, "replace", mask.group, replacement="全省")))
    assert text_of(put, mask.path).count("全省") - text_of(result, mask.path).count("全省") == 5


def test_the_narrower_decision_counts(result, book, config):
    mask = edit(result, "zh-spam/betting-word")
    group = ask(result, "accept", mask.group)
    one = ask(result, "replace", mask.id, replacement="全省")
    after = run(SEEDS, None, config, decided(book, group, one))
    assert {d.do: d.places for d in after.records.decisions} == {"accept": 4, "replace": 1}
    for other in (replace(one, path="another.txt"), replace(group, path="another.txt")):
        assert run(SEEDS, None, config, decided(book, other)).records.decisions[0].places == 0, "of another file"


def test_a_replacement_for_a_group_stays_in_its_article(result, book, config, seeds):
    """The keyword stands for another word in another article: nobody has decided there."""
    mask = edit(result, "zh-spam/betting-word")
    (seeds / "new.txt").write_text(f"全市经济稳步走在{BET}前列，发展水平持续提升，群众生活不断改善。\n", "utf-8")
    put = run(seeds, None, config, decided(book, ask(result, "replace", mask.group, replacement="全省")))
    assert "〓" in text_of(put, "new.txt")
    keep = run(seeds, None, config, decided(book, ask(result, "keep", mask.group)))
    assert BET in text_of(keep, "new.txt"), "a rule's false alarm is one everywhere"


def test_a_wanted_phrase_covers_a_third_article(result, book, config, seeds):
    overlap = next(o for o in result.records.overlaps if o.kind == "reuse" and o.a.path != o.b.path)
    phrase, pair = ask(result, "wanted", overlap.id), ask(result, "wanted", overlap.id, scope="pair")
    filler = "今年以来，该县聚焦产业发展，持续优化营商环境，推动重点项目早日建成投产达效。\n"
    (seeds / "third.txt").write_text(f"{filler}会议提出，{overlap.b.quote.exact}。\n{filler[::-1]}", "utf-8")
    status = {}
    for one in (phrase, pair):
        after = run(seeds, None, config, decided(book, one)).records
        status[one.path] = {o.status for o in after.overlaps if "third.txt" in (o.a.path, o.b.path)}
        first = next(o for o in after.overlaps if o.id == overlap.id)
        assert (first.status, first.decision) == ("wanted", one.id)
    assert status == {None: {"wanted"}, overlap.a.path: {"open"}}


def test_more_than_the_phrase_is_not_covered(book):
    slogan, more = (
        "打造先进制造基地、高端食品基地、城乡融合发展示范区",
        "并且把两个县的全部产业规划文本原样照抄了一遍又一遍",
    )
    bench = Bench(
        decided(book, Decision("0" * 12, "wanted", "overlap", Quoted(slogan), other=Quoted(slogan))).decisions
    )
    assert bench.on_overlap("1" * 12, ("a", slogan), ("b", slogan[:-2]))
    assert not bench.on_overlap("1" * 12, ("a", slogan + more), ("b", slogan + more))


def test_unwanted_is_of_one_pair_and_names_who_keeps_it(result, book, config):
    overlap = next(o for o in result.records.overlaps if o.kind == "reuse" and o.a.path != o.b.path)
    one = ask(result, "unwanted", overlap.id, keeper=overlap.a.path)
    after = run(SEEDS, None, config, decided(book, one))
    found = [o for o in after.records.overlaps if o.status == "unwanted"]
    assert [o.id for o in found] == [overlap.id]
    assert after.records.decisions[0].keeper == overlap.a.path
    with pytest.raises(UsageError, match="is no side of it"):
        ask(result, "unwanted", overlap.id, keeper="else.txt")


# What must hold whatever was decided


def some(result: Result, seed: int) -> list[Decision]:
    """Random decisions on edits of the five seeds."""
    chance = random.Random(seed)
    made: dict[str, Decision] = {}
    for _ in range(chance.randint(1, 12)):
        one = chance.choice(result.records.edits)
        do = chance.choice(["keep", "keep", "remove", "replace", "accept"])
        scope = chance.choice(["edit", "edit", "edit", "group"])
        word = {"replacement": chance.choice(["全省", "（记者 王姗）", "x\n\n\ny"])} if do == "replace" else {}
        try:
            made |= {d.id: d for d in decide(Request(do, one.id, scope, **word), result.records, ("zh-core/pinyin",))}
        except UsageError:
            continue  # an applied edit that waits for nobody
    return list(made.values())


@settings(max_examples=settings.default.max_examples // 2)
@given(st.integers(0, 10**6))
def test_whatever_is_decided_the_rules_find_no_more_and_the_way_back_is_there(result, book, config, seed):
    bench = decided(book, *some(result, seed)).bench
    name = random.Random(seed).choice(sorted(result.sources))
    source = result.sources[name]
    done = clean(name, source, book.rules, config.settings, (), bench.judge(name))
    assert done.draft.source == source
    held = [r.place for r in done.rulings if r.changes]
    again = clean(name, done.draft.text, book.rules, config.settings)
    for one in again.draft.edits:  # a second run touches only what people have decided against the rules
        start, end = done.draft.locate_span(one.start, one.end)
        assert any(start <= place.end and place.start <= end for place in held), (one, held)
    for ruling in done.rulings:
        if ruling.do == "keep":
            low, high = ruling.place.start, ruling.place.end
            assert not any(e.start < high and low < e.end for e in done.draft.edits)


@settings(max_examples=max(4, settings.default.max_examples // 25))  # a whole run takes half a second
@given(st.integers(0, 10**6))
def test_a_run_with_decisions_is_in_step_with_itself_and_undo_gives_the_seeds(
    result, book, config, tmp_path_factory, seed
):
    mine = decided(book, *some(result, seed))
    out = tmp_path_factory.mktemp("out")
    done = run(SEEDS, out, config, mine)
    write(done, out, html=False)
    assert not differences(run(SEEDS, out, config, mine), out)
    for one in undo.rebuild(out, undo.read_report(out)):
        assert one.error is None and one.raw == (SEEDS / one.path).read_bytes()
    ids = [e.id for e in done.records.edits]
    assert {e.decision for e in done.records.edits if e.decision} <= {d.id for d in mine.decisions}
    assert len(ids) == len({(e.id, e.path, e.start, e.by) for e in done.records.edits})


@settings(max_examples=settings.default.max_examples // 4)
@given(st.integers(0, 10**6))
def test_decisions_survive_edits_elsewhere_a_rename_and_a_move(result, book, config, seed):
    """Lines are put in front, a distant sentence is rewritten, the file gets another name: nothing is lost."""
    chance = random.Random(seed)
    masks = [e for e in result.records.edits if e.by[-1] == "zh-spam/betting-word"]
    one = chance.choice(masks)
    source = result.sources[one.path]
    decision = ask(result, "replace", one.id, replacement="全省")
    far = [i for i, c in enumerate(source) if c == "。" and abs(i - one.start) > 60]
    at = chance.choice(far)
    edited = "".join(chance.choice("县里各项工作进展顺利") for _ in range(chance.randint(0, 20)))
    changed = "新的导语在这里，全县上下齐心协力推动发展。\n" * chance.randint(0, 3) + source[:at] + edited + source[at:]
    bench = decided(book, decision).bench
    done = clean("renamed/file.txt", changed, book.rules, config.settings, (), bench.judge("renamed/file.txt"))
    assert [r.decision for r in done.rulings] == [decision.id]
    assert one.quote.prefix + "全省" in done.draft.text


# Drift


def test_a_stale_decision_is_named_and_what_it_may_have_meant_is_offered(result, book, config, seeds):
    mask = edit(result, "zh-spam/betting-word")
    file = seeds / mask.path
    file.write_bytes(file.read_bytes().replace(FIRST.encode(), f"稳步行在{BET}前列".encode()))
    after = run(seeds, None, config, decided(book, ask(result, "replace", mask.id, replacement="全省")))
    (stale,) = after.records.decisions
    near = next(e for e in after.records.edits if e.by[-1] == "zh-spam/betting-word")
    assert stale.places == 0 and stale.alike[0] == near.id != mask.id
    assert near.new == "〓" and near.pending, "offered, not applied"
    file.write_bytes(file.read_bytes().replace(BET.encode(), b""))
    (gone,) = run(seeds, None, config, decided(book, ask(result, "keep", mask.id))).records.decisions
    assert (gone.places, gone.alike) == (0, ())


def test_a_renamed_rule_keeps_its_decisions(result, book, config):
    def renamed(rule):
        keys = rule.keys.model_copy(update={"renamed_from": [rule.id]})
        return replace(rule, id="zh-spam/gambling-word", keys=keys) if rule.id == "zh-spam/betting-word" else rule

    mask = edit(result, "zh-spam/betting-word")
    made = ask(result, "replace", mask.id, replacement="全省"), ask(result, "accept", mask.group)
    new = decided(Book(book.packs, tuple(map(renamed, book.rules))), *made)
    assert [d.places for d in run(SEEDS, None, config, new).records.decisions] == [1, 4]


# The file


def rows(*lines: bytes) -> bytes:
    return b"\n".join(lines)


GOOD = Decision("a" * 12, "keep", "edit", Quoted("x", "", "\u202e"), "zh/rule", why="\x1b[31m")


def test_the_file_is_sorted_and_reads_back(result):
    made = [
        GOOD,
        replace(GOOD, id="0" * 12),
        replace(GOOD, path="a b.txt"),
        ask(result, "keep", edit(result, BYLINE).id),
    ]
    raw = to_bytes([*made, GOOD])
    assert raw.count(b"\n") == 4 and [json.loads(x)["id"] for x in raw.splitlines()] == sorted(d.id for d in made)
    assert not set(raw.decode()) & {"\u202e", "\x1b"}
    assert to_bytes(parse(raw, "f")) == to_bytes(parse(b"\n\n" + raw + raw, "f")) == raw
    assert parse(raw, "f").digest == parse(b"".join(reversed(raw.splitlines(True))), "f").digest


@pytest.mark.parametrize(
    ("raw", "where", "says"),
    [
        (b"{", ":1:", "is no decision"),
        (rows(to_line(GOOD).strip(), b'{"do":"keep"}'), ":2:", "field required"),
        (to_line(GOOD).replace(b'"do"', b'"dx":1,"do"'), ":1:", "dx"),
        (to_line(GOOD).replace(b'"keep"', b'"replace"'), ":1:", "'replacement' goes with 'replace'"),
        (to_line(GOOD).replace(b'"keep"', b'"wanted"'), ":1:", "is no decision on an edit"),
        (rows(b"<<<<<<< HEAD", to_line(GOOD).strip(), b"======="), ":1:", "merge has left its markers"),
        (b"\xff\n", ":1:", "is no decision"),
    ],
)
def test_a_wrong_line_is_named(raw, where, says):
    with pytest.raises(Errors) as caught:
        parse(raw, "rules/decisions.jsonl")
    assert caught.value.exit == 2
    first = str(caught.value.errors[0])
    assert first.startswith(f"rules/decisions.jsonl{where}") and says in first and first.endswith("[E205]"), first


def test_a_contradiction_names_both_places():
    raw = rows(to_line(GOOD).strip(), to_line(replace(GOOD, do="remove")).strip(), to_line(replace(GOOD, by="li")))
    with pytest.raises(Errors) as caught:
        parse(raw, "d.jsonl")
    (error,) = caught.value.errors
    assert str(error).startswith("d.jsonl:2: says remove") and "d.jsonl:1 says keep" in str(error)
    assert parse(to_line(GOOD) + to_line(replace(GOOD, path="a", do="remove")), "d").rows, (
        "another scope is no contradiction"
    )


def test_reviewers_at_once_lose_nothing(tmp_path):
    file = tmp_path / "rules" / "decisions.jsonl"

    def add(i: int) -> None:
        store.update(file, lambda before: store.with_decision(before, replace(GOOD, id=f"{i:012x}")))

    threads = [threading.Thread(target=add, args=(i,)) for i in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read(file).rows) == 40
    assert [path.name for path in file.parent.iterdir()] == ["decisions.jsonl"]


def test_two_branches_merge_line_by_line(tmp_path):
    def git(*args: str) -> subprocess.CompletedProcess[str]:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"]
        return subprocess.run(["git", *who, *args], cwd=tmp_path, text=True, capture_output=True, check=True)

    file = tmp_path / "rules" / "decisions.jsonl"
    git("init")
    (tmp_path / ".gitattributes").write_text("rules/decisions.jsonl merge=union\n", "utf-8")
    store.update(file, lambda _: [replace(GOOD, id="5" * 12)])
    git("add", "-A")
    git("commit", "-m", "base")
    for branch, ids in (("one", "17"), ("two", "28")):
        git("checkout", "-b", branch, "main")
        store.update(file, lambda before, ids=ids: [*before, *(replace(GOOD, id=i * 12) for i in ids)])
        git("commit", "-am", branch)
    git("merge", "one", "-m", "both")
    assert sorted(d.id[0] for d in store.read(file)) == ["1", "2", "5", "7", "8"]


# The command line


def call(*args: str, code: int = 0) -> str:
    found = CliRunner().invoke(cli, [*args], standalone_mode=False, catch_exceptions=True)
    if isinstance(found.exception, (UsageError, Errors)):
        assert found.exception.exit == code, found.exception
        return str(found.exception)
    assert found.exception is None, found.exception
    assert (found.return_value or 0) == code, found.output
    return found.output


def test_the_walk_on_the_command_line(seeds, result, monkeypatch):
    monkeypatch.chdir(seeds.parent)
    Path("clean.toml").write_text('src = "seeds"\nout = "out"\n', "utf-8")
    call("run")
    mask, byline = edit(result, "zh-spam/betting-word"), edit(result, BYLINE)
    said = call("decide", "replace", mask.id[:6], "--with", "全省", "--why", "the province", "--by", "li")
    assert said.startswith("wrote rules/decisions.jsonl: {") and "next: clean seeds out" in said
    call("decide", "keep", byline.id, "--file", byline.path)
    assert "zh-spam/betting-word" in call("decisions", "list")
    assert call("run", "--check", code=1).count("stale") >= 2
    assert "places by 2 decisions" in call("run")
    assert call("check").startswith("out/ is in step")
    assert "2 of 2 decisions are found" in call("decisions", "check", "--strict")
    assert "replace by “全省”" in (told := call("explain", mask.id)) and "li, the province" in told.replace(
        "by li", "li"
    )
    assert "| replace by “全省” |" in Path("out/__report__/README.md").read_text("utf-8")
    file = seeds / mask.path
    file.write_bytes(file.read_bytes().replace(FIRST.encode(), "稳步行在365bet体育在线前列".encode()))
    stale = call("decisions", "check", "--strict", code=1)
    assert "rules/decisions.jsonl:" in stale and "nearly the same" in stale and "clean decide replace" in stale
    assert call("decisions", "check").startswith(stale[:40]), "without --strict it is only said"
    assert "took out of" in call("decisions", "prune")
    assert "1 of 1" in call("decisions", "check", "--strict")
    saved = call("decisions", "export")
    call("decide", "undo", byline.id)
    assert call("decisions", "export") == ""
    Path("saved.jsonl").write_text(saved, "utf-8")
    call("decisions", "import", "saved.jsonl")
    assert call("decisions", "export") == saved
    Path("page.jsonl").write_text(
        json.dumps({"do": "accept", "id": edit(result, "zh-spam/betting-word", 1).id}), "utf-8"
    )
    assert "1 decisions added" in call("decisions", "import", "page.jsonl")


def test_what_cannot_be_decided_says_so(seeds, result, monkeypatch):
    monkeypatch.chdir(seeds.parent)
    call("run", "seeds", "out")
    weather, overlap = edit(result, "zh-site/weather"), result.records.overlaps[0]
    assert "is applied already" in call("decide", "accept", weather.id, code=2)
    assert "has no edit" in call("decide", "keep", "zzzz", code=2)
    assert "is an overlap" in call("decide", "keep", overlap.id, code=2)
    assert "is an edit" in call("decide", "wanted", weather.id, code=2)
    assert "needs one" in call("decide", "replace", weather.id, code=2)
    assert not Path("rules").exists()
    call("decide", "keep", weather.id)
    first = Path("rules/decisions.jsonl").read_text("utf-8")
    Path("rules/decisions.jsonl").write_text(first + first.replace('"keep"', '"remove"'), "utf-8")
    assert "decisions.jsonl:2: says remove" in call("run", "seeds", "out", code=2)
    Path("other.jsonl").write_text(first.replace('"keep"', '"remove"'), "utf-8")
    Path("rules/decisions.jsonl").write_text(first, "utf-8")
    assert "other.jsonl: says remove" in call("decisions", "import", "other.jsonl", code=2)
    assert '"remove"' in call("decisions", "import", "other.jsonl", "--replace")


def test_a_rule_is_switched_off_for_a_file(seeds, result, monkeypatch):
    monkeypatch.chdir(seeds.parent)
    Path("pyproject.toml").write_text('# mine\n[tool.clean]\nsrc = "seeds"  # here\nout = "out"\n', "utf-8")
    call("run")
    weather = edit(result, "zh-site/weather")
    assert "zh-site/weather" in call("decide", "keep", weather.id, "--scope", "rule")
    assert "# mine" in (text := Path("pyproject.toml").read_text("utf-8")) and "[tool.clean.per_file_ignores]" in text
    call("run")
    assert "雲南 99℃ 0\n" in Path("out", weather.path).read_text("utf-8")
    assert "says so already" in call("decide", "keep", weather.id, "--scope", "rule")


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 3), st.sampled_from(["keep", "accept", "remove"])), max_size=6)
)
def test_where_decided_places_meet_keeping_wins(drawn):
    source = "春耕时节农业部门下乡"
    rulings = [
        Ruling(Place(low, min(low + size, 10), "〓", ("zh/rule",), asked="ask"), f"{i:012x}", f"{i:012x}", do)
        for i, (low, size, do) in enumerate(drawn)
    ]
    kept, made = settle(rulings, source)
    assert {r.id for r in kept} >= {r.id for r in rulings if r.do == "keep"}
    assert not [(k.id, m.id) for k in kept for m in made if k.meets(m.place.start, m.place.end)]
    assert all(a.place.end <= b.place.start for a, b in itertools.pairwise(made))
