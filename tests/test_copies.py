"""What a run does about copies: words for masks, dropped documents, a corpus that new articles are held against."""

from __future__ import annotations

import json
import random
import shutil

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.overlap import Found, OverlapSettings, Text, find_overlaps
from cleaner.overlap.policy import Choice, Facts, choose, moment
from tests.test_cli import clean, tree
from tests.test_overlap import article, hans, sentence

HANS = (
    "曲靖市委召开常委会会议，传达学习中央经济工作会议精神。会议指出，今年以来上下坚定信心，经济运行总体平稳。"
    "稳步走在全省前列，高质量发展迈出坚实步伐。会议强调，要以更大力度推进重点项目建设，确保完成全年目标任务。"
    "共实施重点项目312个，完成投资486.5亿元，同比增长12.3%。下一步将继续优化营商环境，培育壮大市场主体。\n"
)
HANT = opencc.OpenCC("s2t").convert(HANS)
KEYWORD = "365bet体育在线"
MASKED = HANS.replace("全省", KEYWORD)
OTHER = "今天天气很好，我们去公园散步，看到了许多花，也遇到了老朋友。大家聊了很久，直到太阳下山才回家，心里十分高兴。\n"


def folder(path, **texts):
    path.mkdir()
    for name, text in texts.items():
        (path / f"{name}.txt").write_bytes(text.encode())
    return path


def records(out, type_):
    lines = (out / "__report__/report.jsonl").read_text("utf-8").splitlines()
    return [record for record in map(json.loads, lines) if record["type"] == type_]


def run(tmp_path, *options, **texts):
    """Run over some texts; return OUT. A second run must have nothing to do, and undo must bring all of them back."""
    seeds, out, back = folder(tmp_path / "seeds", **texts), tmp_path / "out", tmp_path / "back"
    assert clean(seeds, out, "--isolated", *options).returncode == 0
    before = tree(out)
    assert "nothing to write" in clean(seeds, out, "--isolated", *options).stdout
    assert clean("check", seeds, out, "--isolated", *options).returncode == 0
    assert clean("undo", out, back).returncode == 0
    assert tree(back) == tree(seeds)
    assert tree(out) == before
    return out


class TestWords:
    def words(self, out, path="a.txt"):
        (mask,) = [e for e in records(out, "edit") if e["path"] == path and e["quote"]["exact"] == KEYWORD]
        return mask

    def test_a_copy_proposes_its_word_and_the_mask_stays(self, tmp_path):
        mask = self.words(run(tmp_path, a=MASKED, b=HANS))
        said = clean(tmp_path / "seeds", tmp_path / "again", "--isolated").stdout
        assert "a copy has “全省” (1.00; b.txt line 1)" in said
        (word,) = mask["candidates"]
        assert (word["new"], word["copies"], word["evidence"]["path"]) == ("全省", 1, "b.txt")
        at = HANS.index("全省")
        assert (word["evidence"]["start"], word["evidence"]["end"], word["evidence"]["quote"]["exact"]) == (
            at, at + 2, "全省",
        )  # fmt: skip
        assert (mask["new"], mask["pending"]) == ("〓", True)
        assert "全省" not in (tmp_path / "out/a.txt").read_text("utf-8")

    def test_it_is_put_on_request_and_then_nobody_has_to_decide(self, tmp_path):
        mask = self.words(run(tmp_path, "--spam-words", "evidence", a=MASKED, b=HANS))
        assert (tmp_path / "out/a.txt").read_text("utf-8") == HANS
        assert (mask["new"], mask["pending"], mask["candidates"][0]["evidence"]["path"]) == ("全省", False, "b.txt")

    def test_the_word_is_written_in_the_script_of_the_text_that_receives_it(self, tmp_path):
        nation, masked = HANS.replace("全省", "全国"), HANT.replace("全省", KEYWORD)
        run(tmp_path, "--spam-words", "evidence", a=masked, b=nation)
        assert (tmp_path / "out/a.txt").read_text("utf-8") == HANT.replace("全省", "全國")

    def test_copies_that_disagree_are_listed_and_nothing_is_put(self, tmp_path):
        texts = {"a": MASKED, "b": HANS, "c": HANS.replace("全省", "全市"), "d": HANT}
        mask = self.words(run(tmp_path, "--spam-words", "evidence", **texts))
        assert [(word["new"], word["copies"]) for word in mask["candidates"]] == [("全省", 2), ("全市", 1)]
        assert (mask["new"], mask["pending"]) == ("〓", True)

    def test_the_same_word_in_two_scripts_is_no_disagreement(self, tmp_path):
        nation, other = HANS.replace("全省", "全国"), HANT.replace("全省", "全國")
        mask = self.words(run(tmp_path, "--spam-words", "evidence", a=MASKED, b=nation, c=other))
        assert (mask["new"], [word["copies"] for word in mask["candidates"]]) == ("全国", [2])

    def test_copies_that_are_masked_themselves_do_not_count(self, tmp_path):
        mask = self.words(run(tmp_path, "--spam-words", "evidence", a=MASKED, b=MASKED.replace("486.5", "486")))
        assert (mask["candidates"], mask["new"]) == ([], "〓")

    def test_a_copy_in_which_the_keyword_is_only_feared_does_not_count(self, tmp_path):
        feared = HANS.replace("全省", f"“{KEYWORD}”")
        mask = self.words(run(tmp_path, "--spam-words", "evidence", a=MASKED, b=feared))
        assert mask["candidates"] == []

    def test_two_texts_with_the_same_words_left_both_get_the_word(self, tmp_path):
        run(tmp_path, "--spam-words", "evidence", a=MASKED, b=HANS, c=HANT.replace("全省", KEYWORD))
        assert (tmp_path / "out/c.txt").read_text("utf-8") == HANT

    def test_where_the_copy_has_nothing_the_keyword_was_put_in_between(self, tmp_path):
        put_in = HANS.replace("坚定信心", f"坚定{KEYWORD}信心")
        run(tmp_path, "--spam-words", "evidence", a=put_in, b=HANS)
        assert (tmp_path / "out/a.txt").read_text("utf-8") == HANS

    def test_a_mask_at_a_comma_takes_the_word_alone(self, tmp_path):
        mask = self.words(run(tmp_path, a=HANS.replace("今年以来", KEYWORD), b=HANS.replace("今年以来", "一季度")))
        assert [word["new"] for word in mask["candidates"]] == ["一季度"]

    def test_what_a_person_decided_about_a_mask_comes_first(self, tmp_path):
        folder(tmp_path / "seeds", a=MASKED, b=HANS)
        file, places = tmp_path / "clean.toml", 'src = "seeds"\nout = "out"\n'
        file.write_text(places)
        clean(cwd=tmp_path)
        mask = self.words(tmp_path / "out")
        assert clean("decide", "accept", mask["id"], cwd=tmp_path).returncode == 0
        file.write_text(places + 'spam_words = "evidence"\n')
        clean(cwd=tmp_path)
        assert self.words(tmp_path / "out")["new"] == "〓"
        assert clean("decide", "undo", mask["id"], cwd=tmp_path).returncode == 0
        clean(cwd=tmp_path)
        assert self.words(tmp_path / "out")["new"] == "全省"
        assert clean("decide", "replace", mask["id"], "--with", "各地", cwd=tmp_path).returncode == 0
        clean(cwd=tmp_path)
        word = self.words(tmp_path / "out")
        assert (word["new"], word["id"]) == ("各地", mask["id"])

    def test_two_masks_near_each_other_borrow_no_neighbour(self, tmp_path):
        # between the masks stand four characters: too few to say where in the copy the first word ends
        close = HANS.replace("稳步走在全省前列", f"稳步走在{KEYWORD}前列且{KEYWORD}")
        run(tmp_path, "--spam-words", "evidence", a=close, b=HANS)
        assert (tmp_path / "out/a.txt").read_text("utf-8").count("〓") == 2

    def test_two_masks_of_one_sentence_do_not_disturb_each_other(self, tmp_path):
        both = HANS.replace("全省", KEYWORD).replace("坚实", KEYWORD)
        run(tmp_path, "--spam-words", "evidence", a=both, b=HANS)
        assert (tmp_path / "out/a.txt").read_text("utf-8") == HANS
        masks = [e for e in records(tmp_path / "out", "edit") if e["quote"]["exact"] == KEYWORD]
        assert [word["score"] for mask in masks for word in mask["candidates"]] == [1, 1]

    def test_a_phrase_that_two_articles_share_is_listed_and_not_put(self, tmp_path):
        source, phrase = random.Random(4), "坚持以习近平新时代中国特色社会主义思想为指导，全面贯彻落实党的二十大精神"
        parts = (phrase.replace("全面", KEYWORD), phrase)
        texts = {name: article(source, f"{part}。") for name, part in zip("ab", parts, strict=True)}
        mask = self.words(run(tmp_path, "--spam-words", "evidence", **texts))
        assert [(word["new"], word["score"] > 0.75) for word in mask["candidates"]] == [("全面", True)]
        assert mask["new"] == "〓"

    def test_a_sentence_that_others_fill_in_with_another_name_proves_nothing(self, tmp_path):
        one = "经市人民代表大会常务委员会第12次会议通过，任命张荣茂为副市长，任期自2024年1月13日起计算。"
        two = one.replace("12", "17").replace("张荣茂", "李四德").replace("1月13日", "5月20日")
        source = random.Random(3)
        filled = {"a": article(source, one.replace("市长", KEYWORD)), "b": article(source, two)}
        run(tmp_path, "--spam-words", "evidence", **filled)
        assert "〓" in (tmp_path / "out/a.txt").read_text("utf-8")

    def test_the_reports_and_explain_name_the_copy(self, tmp_path):
        out = run(tmp_path, a=MASKED, b=HANS)
        readme = (out / "__report__/README.md").read_text("utf-8")
        assert "candidates: 全省 (1.00; `b.txt` line 1)" in readme
        shown = clean("explain", self.words(out)["id"], "--out", out).stdout
        assert "candidate “全省” (1.00; b.txt line 1)" in shown
        (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n')
        assert "candidate “全省”" in clean("explain", "seeds/a.txt:1", cwd=tmp_path).stdout


class TestDrop:
    def test_nothing_is_dropped_unless_asked_for(self, tmp_path):
        out = run(tmp_path, a=HANS, b=HANT)
        assert {file["status"] for file in records(out, "file")} == {"unchanged"}

    def test_one_copy_stays_and_the_others_are_named_everywhere(self, tmp_path):
        seeds = folder(tmp_path / "seeds", a=HANS, b=HANT, c=OTHER)
        said = clean(seeds, tmp_path / "out", "--isolated", "--dedup", "drop").stdout
        assert "dropped   1 document" in said and "b.txt: near duplicate of a.txt" in said
        shutil.rmtree(seeds)
        shutil.rmtree(tmp_path / "out")
        out = run(tmp_path, "--dedup", "drop", a=HANS, b=HANT, c=OTHER)
        assert sorted(path for path in tree(out) if path.endswith(".txt")) == ["a.txt", "c.txt"]
        (gone,) = [file for file in records(out, "file") if file["status"] == "dropped"]
        assert (gone["path"], gone["out"], gone["sha256_out"], gone["chars_out"]) == ("b.txt", None, None, 0)
        assert "near duplicate of a.txt" in gone["message"]
        (edit,) = [edit for edit in records(out, "edit") if edit["path"] == "b.txt"]
        assert (edit["by"], edit["quote"]["exact"], edit["new"]) == (["dedup/drop"], HANT, "")
        assert records(out, "run")[0]["files_dropped"] == 1
        assert "## Dropped: 1 near-duplicate document" in (out / "__report__/README.md").read_text("utf-8")
        assert "near duplicate" in clean("explain", edit["id"], "--out", out).stdout
        assert (out / "__report__/index.html").is_file()

    def test_what_an_earlier_run_wrote_is_taken_away_and_check_says_why(self, tmp_path):
        seeds, out = folder(tmp_path / "seeds", a=HANS, b=HANT), tmp_path / "out"
        clean(seeds, out, "--isolated")
        checked = clean("check", seeds, out, "--isolated", "--dedup", "drop")
        assert checked.returncode == 1
        assert "orphan" in checked.stdout and "dropped: near duplicate of a.txt" in checked.stdout
        clean(seeds, out, "--isolated", "--dedup", "drop")
        assert not (out / "b.txt").exists()
        clean(seeds, out, "--isolated")
        assert (out / "b.txt").read_text("utf-8") == HANT

    def test_a_page_that_is_dropped_leaves_no_extracted_text_and_comes_back_as_one(self, tmp_path):
        seeds = folder(tmp_path / "seeds", a=HANS * 2)
        (seeds / "b.html").write_text(
            f"<html><body><article><p>{HANS}</p><p>{HANS}</p></article></body></html>", "utf-8"
        )
        assert clean(seeds, tmp_path / "out", "--isolated", "--dedup", "drop").returncode == 0
        assert [name for name in tree(tmp_path / "out") if name.endswith(".txt")] == ["a.txt"]
        clean("undo", tmp_path / "out", tmp_path / "back")
        assert HANS.strip() in (tmp_path / "back/b.html.txt").read_text("utf-8")

    def test_the_newest_stays_and_an_unknown_date_is_stated(self, tmp_path):
        old, new = (f"标题在此\n\n来源：曲靖日报  {date}\n\n{HANS}" for date in ("2024-05-03", "2024-06-01"))
        out = run(tmp_path, "--dedup", "drop", "--keep", "newest", a=HANS, b=old, c=new)
        said = {file["path"]: file["message"] for file in records(out, "file") if file["status"] == "dropped"}
        assert sorted(said) == ["a.txt", "b.txt"]
        assert "c.txt" in said["a.txt"] and "the date of this one is not known" in said["a.txt"]
        assert "newest (2024-06-01" in said["b.txt"]

    def test_a_decision_names_the_copy_that_stays_or_lets_both_stand(self, tmp_path):
        seeds, out = folder(tmp_path / "seeds", a=HANS, b=HANT), tmp_path / "out"
        (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n[dedup]\nmode = "drop"\n')
        clean(cwd=tmp_path)
        (pair,) = records(out, "overlap")
        assert clean("decide", "unwanted", pair["id"], "--keep", "b.txt", cwd=tmp_path).returncode == 0
        clean(cwd=tmp_path)
        assert [name for name in tree(out) if name.endswith(".txt")] == ["b.txt"]
        assert next(f["message"] for f in records(out, "file") if f["status"] == "dropped").endswith(
            "a decision keeps it"
        )
        assert clean("decide", "undo", pair["id"], cwd=tmp_path).returncode == 0
        assert clean("decide", "wanted", pair["id"], cwd=tmp_path).returncode == 0
        clean(cwd=tmp_path)
        assert [name for name in tree(out) if name.endswith(".txt")] == ["a.txt", "b.txt"]
        assert tree(seeds)

    def test_an_unwanted_passage_is_cut_where_another_keeps_it_and_undo_brings_it_back(self, tmp_path):
        common = "曲靖市实施重点项目312个，完成投资486.5亿元，稳步走在365bet体育在线前列，市政府新闻办公布了这组数字。"
        texts = {
            "a": f"{OTHER}甲地有新消息。\n{common}\n先到这里。\n",
            "b": f"乙处另有他事，不必细说。\n{common}\n完。\n",
        }
        seeds, out = folder(tmp_path / "seeds", **texts), tmp_path / "out"
        (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n[dedup]\nmode = "drop"\n')
        clean(cwd=tmp_path)
        whole = (out / "b.txt").read_text("utf-8")
        (pair,) = records(out, "overlap")
        assert pair["unit"] == "passage" and "重点项目" in whole
        assert clean("decide", "unwanted", pair["id"], "--keep", "a.txt", cwd=tmp_path).returncode == 0
        clean(cwd=tmp_path)
        assert (out / "b.txt").read_text("utf-8") == "乙处另有他事，不必细说。\n完。\n"
        assert "重点项目" in (out / "a.txt").read_text("utf-8")
        (edit,) = [e for e in records(out, "edit") if e["by"][-1] == "dedup/drop"]
        assert (edit["path"], edit["new"], edit["pending"]) == ("b.txt", "", False)
        (same,) = records(out, "overlap")
        assert (same["id"], same["status"], same["b"]) == (pair["id"], "unwanted", pair["b"])
        assert clean("decisions", "check", "--strict", cwd=tmp_path).returncode == 0
        assert "nothing to write" in clean(cwd=tmp_path).stdout and clean("check", cwd=tmp_path).returncode == 0
        assert clean("undo", out, tmp_path / "back").returncode == 0 and tree(tmp_path / "back") == tree(seeds)
        clean("--dedup", "report", cwd=tmp_path)
        assert (out / "b.txt").read_text("utf-8") == whole

    def test_of_three_that_each_say_another_keeps_it_one_keeps_it(self, tmp_path):
        common = "曲靖市实施重点项目312个，完成投资486.5亿元，市政府新闻办公布了这组数字，各县区都要认真学习。"
        heads = {"a": "甲地有新消息，大家都在看。", "b": "乙处另有他事，不必细说。", "c": "丙村今年丰收，家家欢喜。"}
        word = {"a": "数字", "b": "数据", "c": "消息"}  # pairs of equal quotes would be one decision
        texts = {name: f"{head}\n{common.replace('数字', word[name])}\n完。\n" for name, head in heads.items()}
        seeds, out = folder(tmp_path / "seeds", **texts), tmp_path / "out"
        (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n[dedup]\nmode = "drop"\n')
        clean(cwd=tmp_path)
        found = records(out, "overlap")
        assert len(found) == 3
        for one, keeper in zip(found, ("a.txt", "c.txt", "b.txt"), strict=True):
            assert clean("decide", "unwanted", one["id"], "--keep", keeper, cwd=tmp_path).returncode == 0
        assert clean(cwd=tmp_path).returncode == 0
        kept = [name for name in heads if "重点项目" in (out / f"{name}.txt").read_text("utf-8")]
        assert len(kept) == 1 and tree(seeds)

    def test_gates_count_no_copy_that_is_gone(self, tmp_path):
        seeds = folder(tmp_path / "seeds", a=HANS, b=HANT)
        drop = ("--isolated", "--fail-on", "overlap", "--dedup")
        assert clean(seeds, tmp_path / "one", *drop, "report").returncode == 1
        assert clean(seeds, tmp_path / "two", *drop, "drop").returncode == 0

    def test_settings_of_the_file(self, tmp_path):
        folder(tmp_path / "seeds", a=HANS, b=HANS + OTHER)
        (tmp_path / "clean.toml").write_text('src = "seeds"\nout = "out"\n[dedup]\nmode = "drop"\nkeep = "longest"\n')
        clean(cwd=tmp_path)
        assert [name for name in tree(tmp_path / "out") if name.endswith(".txt")] == ["b.txt"]


class TestAgainst:
    def test_new_articles_are_held_against_a_folder_that_is_only_read(self, tmp_path):
        corpus = folder(tmp_path / "corpus", old=HANT, older=HANT + OTHER)
        before = {path: path.stat().st_mtime_ns for path in (corpus, *corpus.iterdir())}
        out = run(tmp_path, "--against", corpus, a=MASKED, b=OTHER * 3)
        pairs = [(o["a"]["path"], o["b"]["path"]) for o in records(out, "overlap")]
        assert ("@against/old.txt", "a.txt") in pairs
        assert not [pair for pair in pairs if all(path.startswith("@against/") for path in pair)]
        assert [file["path"] for file in records(out, "file")] == ["a.txt", "b.txt"]
        assert {path: path.stat().st_mtime_ns for path in (corpus, *corpus.iterdir())} == before
        assert "@against/old.txt" in (out / "__report__/README.md").read_text("utf-8")

    def test_what_the_corpus_has_is_dropped_and_its_words_are_evidence(self, tmp_path):
        corpus = folder(tmp_path / "corpus", old=HANT)
        out = run(tmp_path, "--against", corpus, "--dedup", "drop", "--spam-words", "evidence", a=MASKED, b=OTHER)
        (gone,) = [file for file in records(out, "file") if file["status"] == "dropped"]
        assert gone["path"] == "a.txt" and "@against/old.txt" in gone["message"] and "corpus" in gone["message"]

    def test_overlaps_of_the_new_ones(self, tmp_path):
        corpus, seeds = folder(tmp_path / "corpus", old=HANS), folder(tmp_path / "seeds", a=HANT)
        said = clean("overlaps", seeds, "--against", corpus, "--isolated")
        assert "@against/old.txt ⇄ a.txt" in said.stdout

    def test_a_result_of_ours_is_a_corpus_without_its_report(self, tmp_path):
        old, seeds = folder(tmp_path / "old", x=HANS), folder(tmp_path / "seeds", a=HANT)
        clean(old, tmp_path / "done", "--isolated")
        said = clean(
            "overlaps", seeds, "--against", tmp_path / "done", "--isolated", "--output-format", "jsonl", "--all"
        )
        assert {json.loads(line)["a"]["path"] for line in said.stdout.splitlines()} == {"@against/x.txt"}

    @pytest.mark.parametrize("where", ["seeds", "seeds/inside", ".", "out", "nowhere"])
    def test_a_corpus_that_is_not_apart_is_refused(self, tmp_path, where):
        seeds = folder(tmp_path / "seeds", a=HANS)
        (seeds / "inside").mkdir()
        (tmp_path / "out").mkdir()
        said = clean(seeds, tmp_path / "out", "--against", tmp_path / where, "--isolated")
        assert said.returncode == 2 and "[E105]" in said.stderr and said.stderr.count("\n") == 1
        assert not tree(tmp_path / "out")


SETTINGS = OverlapSettings()


def chosen(texts: list[Text], keep="first", facts=None, spared=frozenset()) -> tuple[Found, Choice]:
    found = find_overlaps(texts)
    return found, choose(found, texts, facts or {}, keep, SETTINGS, spared)


@st.composite
def families(draw: st.DrawFn) -> list[Text]:
    """Articles, some of which are edited copies, excerpts or copies of copies of others."""
    source = random.Random(draw(st.integers(0, 999)))
    texts = [sentence(source, draw(st.integers(60, 200))) for _ in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(0, 5))):
        old = texts[draw(st.integers(0, len(texts) - 1))]
        how = draw(st.sampled_from(["same", "edited", "excerpt", "longer"]))
        if how == "edited":
            old = "".join(sentence(source, 1) if source.random() < 0.06 else char for char in old)
        elif how == "excerpt":
            old = old[: len(old) * 2 // 3]
        elif how == "longer":
            old += sentence(source, len(old) // 2)
        texts.append(old)
    return hans(*texts)


@given(families(), st.sampled_from(["first", "newest", "longest"]), st.data())
def test_who_stays(texts, keep, data):
    dates = st.sampled_from([None, "2024", "2024-05-03", "2024-05-03T08:00:00+08:00", "nonsense"])
    facts = {
        text.name: Facts(data.draw(dates), data.draw(st.sampled_from([False] * 4 + [True])), data.draw(st.booleans()))
        for text in texts
    }
    if data.draw(st.booleans()):
        facts = {}
    found, choice = chosen(texts, keep, facts)
    gone = {dropped.name for dropped in choice.dropped}
    by_name = {text.name: text for text in texts}
    for cluster in found.clusters:
        if cluster.unit == "document":
            assert {member.document for member in cluster.members} - gone, "a cluster lost all its members"
    clustered = {m.document for c in found.clusters if c.unit == "document" and c.kind == "reuse" for m in c.members}
    assert gone <= clustered
    for dropped in choice.dropped:
        assert dropped.keeper not in gone
        assert not (facts.get(dropped.name, Facts()).fixed or facts.get(dropped.name, Facts()).named)
        longer = len(by_name[dropped.keeper].text) >= len(by_name[dropped.name].text)
        assert dropped.jaccard >= SETTINGS.threshold or (dropped.containment >= SETTINGS.containment and longer)
    order = data.draw(st.permutations(texts))
    assert choose(found, order, facts, keep, SETTINGS) == choice


@given(families(), st.integers(0, 99))
@settings(max_examples=40)
def test_an_unrelated_document_changes_no_choice(texts, seed):
    other = Text(
        "other.txt", "".join(random.Random(seed).choices([chr(c) for c in range(0x3400, 0x4000)], k=90)), "hans"
    )
    assert chosen([*texts, other])[1] == chosen(texts)[1]


def test_nobody_goes_for_a_copy_of_a_copy():
    source = random.Random(5)
    a, b, c = (sentence(source, 300) for _ in range(3))
    chain = hans(a + b, b + a[:100] + c[:100], b[150:] + c)  # each next to the other, the ends far apart
    found = find_overlaps(chain, OverlapSettings(threshold=0.3, containment=1))
    choice = choose(found, chain, {}, "first", OverlapSettings(threshold=0.3, containment=1))
    assert len(found.clusters[0].members) == 3
    assert [(dropped.name, dropped.keeper) for dropped in choice.dropped] == [("001.txt", "000.txt")]


def test_an_excerpt_never_takes_the_place_of_the_whole():
    text = sentence(random.Random(6), 400)
    for order in ((text[:200], text), (text, text[:200])):
        choice = chosen(hans(*order))[1]
        assert [len(order[int(d.name[:3])]) for d in choice.dropped] == [200]


def test_an_excerpt_stays_if_it_is_the_only_one_that_is_like_another():
    source = random.Random(9)
    whole = sentence(source, 400)
    like, longer = whole[:340] + sentence(source, 60), whole[60:] + sentence(source, 300)
    choice = chosen(hans(whole, like, longer))[1]  # `longer` holds most of `whole`, but not of what is like it
    assert [(dropped.name, dropped.keeper) for dropped in choice.dropped] == [("001.txt", "000.txt")]


def test_a_pair_that_a_person_wants_to_keep_stays():
    text = sentence(random.Random(7), 200)
    pair = frozenset(("000.txt", "001.txt"))
    assert chosen(hans(text, text), spared=frozenset({pair}))[1].dropped == ()


def test_a_decision_comes_first():
    text = sentence(random.Random(8), 200)
    choice = chosen(hans(text, text, text + "尾"), "longest", {"001.txt": Facts(named=True)})[1]
    assert {dropped.keeper for dropped in choice.dropped} == {"001.txt"} and len(choice.dropped) == 2
    assert choice.keepers == {0: "001.txt"}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("2023", "2024"), ("2024-05", "2024-06"), ("2024-05-03", "2024-05-03T01:00"),
     ("2024-05-03T09:00:00+09:00", "2024-05-03T09:00:00+08:00"), ("2024-05-03T07:59", "2024-05-03T00:00:00+00:00")],
)  # fmt: skip
def test_dates_are_compared_as_points_in_time(earlier, later):
    assert moment(earlier) < moment(later)


@pytest.mark.parametrize("wrong", [None, "", "yesterday", "2024-13-01", "20240503x"])
def test_what_is_no_date_is_unknown(wrong):
    assert moment(wrong) is None
