"""What a user asks for by option: another script, none, a region's words, full-width marks. All texts are invented."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.clean import Cleaned, clean
from cleaner.config import DEFAULT_PACKS, load
from cleaner.packs import Rule
from cleaner.pipeline import Book
from cleaner.text import reconstruct

HANT = "這個項目說明了軟體的問題，學校與圖書館將舉辦讀書會。\n"
HANS = "这个项目说明了软件的问题，学校与图书馆将举办读书会。\n"


def cleaned(text: str, *packs: str, script: str = "own") -> Cleaned:
    config = load(None, {"script": script, "packs": [*DEFAULT_PACKS, *packs]})
    return clean("a.txt", text, Book.of(config).rules, config.settings)


def changed(done: Cleaned) -> list[tuple[str, str]]:
    """Return (old, new) of each edit, the old as it stands in the source at the edit's offsets."""
    source = done.draft.source
    edits = [(edit.start, source[edit.start : edit.end], edit.new) for edit in done.draft.edits]
    assert reconstruct(done.text, edits) == source
    return [(old, new) for _, old, new in edits]


@pytest.mark.parametrize(
    ("script", "text", "pairs"),
    [
        ("own", HANT + "市委副書記强調，业務要真抓实幹。\n", [("强", "強"), ("业", "業"), ("实", "實")]),
        ("own", HANS + "学校的圖书馆开门了。\n", [("圖", "图")]),
        ("own", HANT + HANT, []),
        ("own", HANS + HANS, []),
        ("off", HANT + "市委副書記强調，业務要真抓实幹。\n", []),
        ("off", HANS + "学校的圖书馆开门了。\n", []),
        ("hans", "他們說，乾隆的頭髮。\n", [("們說", "们说"), ("頭髮", "头发")]),
        ("hant", "他们说，乾隆的头发，后来电灯被发明了。\n",
         [("们说", "們說"), ("头发", "頭髮"), ("后来电灯", "後來電燈"), ("发", "發")]),
        ("tw", "这里的说明在图书馆里。\n", [("这里", "這裡"), ("说", "說"), ("图书馆里", "圖書館裡")]),
        ("tw", "這裏的説明在圖書館裏。\n", [("裏", "裡"), ("説", "說"), ("裏", "裡")]),
        ("hk", "這裡的說明在圖書館裡，為了他們。\n", [("裡", "裏"), ("說", "説"), ("裡", "裏")]),
    ],
)  # fmt: skip
def test_each_script_option_gives_these_edits_at_the_offsets_of_the_source(script, text, pairs):
    assert changed(cleaned(text, script=script)) == pairs


@pytest.mark.parametrize("script", ["own", "off", "hans", "hant", "tw", "hk"])
def test_no_script_option_touches_what_is_no_chinese(script):
    text = "def f(x): return x  # 12:30\n図書館へ行きました。日本語の文です。\n"
    assert changed(cleaned(text, script=script)) == []


@pytest.mark.parametrize("script", ["own", "off", "hans", "hant", "tw", "hk"])
def test_a_sentence_with_kana_stays_in_a_text_that_is_converted(script):
    citation = "參見「図書館の歴史と国会の制度を説明する。」\n"
    done = cleaned(6 * HANT + citation, script=script)
    assert done.text.endswith("図書館の歴史と国会の制度を説明する。」\n")
    assert (done.text != done.draft.source) == (script in ("hans", "hk"))


def test_a_phrase_that_becomes_longer_or_shorter_is_one_edit_at_its_place_in_the_source(tmp_path):
    pack = tmp_path / "house.toml"
    pack.write_text(
        'schema = 1\nname = "house"\nversion = "1"\n[[rule]]\nid = "words"\nkind = "words"\nstage = "script"\n'
        'why = "The house\'s own words."\ntable = { "U盤" = "隨身碟", "互聯網" = "網路" }\n'
        'turns = [["買了U盤。\\n", "買了隨身碟。\\n"], ["上互聯網。\\n", "上網路。\\n"]]\n'
        'keeps = ["買了隨身碟。\\n"]\n',
        encoding="utf-8",
    )
    own = cleaned(HANT + "他買了U盤，說互聯網與强國。\n", str(pack))
    assert changed(own) == [("U盤", "隨身碟"), ("互聯網", "網路"), ("强", "強")]
    assert own.text == HANT + "他買了隨身碟，說網路與強國。\n"
    turned = cleaned(HANS + "他买了U盘，说互联网与强国。\n", str(pack), script="tw")
    assert turned.text.endswith("他買了隨身碟，說網路與強國。\n")
    assert ("U盘", "隨身碟") in changed(turned)


VOCABULARY = [
    ("vocab-tw", "這個項目要安裝軟件，再用打印機。\n", {("項目", "專案"), ("軟件", "軟體"), ("打印機", "印表機")}),
    ("vocab-tw", "把U盤插上，再打開下拉列表。\n", {("U盤", "隨身碟"), ("下拉列表", "下拉式清單")}),
    ("vocab-cn", "這套軟體放在隨身碟裡，請用印表機。\n", {("軟體", "軟件"), ("隨身碟", "U盤"), ("印表機", "打印機")}),
    ("vocab-hk", "他去了伊利諾伊州，說得很好。\n", {("伊利諾伊州", "伊利諾州")}),
]


@pytest.mark.parametrize(("pack", "text", "wanted"), VOCABULARY)
def test_a_regions_words_are_proposed_and_never_changed(pack, text, wanted):
    done = cleaned(text, pack)
    assert done.text == text
    assert wanted <= {(text[ask.start : ask.end], ask.new) for ask in done.asks}


@pytest.mark.parametrize(("pack", "text", "wanted"), VOCABULARY)
def test_a_regions_words_are_not_even_proposed_unasked(pack, text, wanted):
    done = cleaned(text)
    assert done.text == text
    assert not wanted & {(text[ask.start : ask.end], ask.new) for ask in done.asks}


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("天氣好,我們出發, 一路順利。\n", "天氣好，我們出發，一路順利。\n"),
        ("記者:王明報導;編輯: 李華。\n", "記者：王明報導；編輯：李華。\n"),
        ("單位(部門)與處室(科)負責。\n", "單位（部門）與處室（科）負責。\n"),
        ("他说:“好”,然后走了;后来(下午)又来了。\n", "他说：“好”，然后走了；后来（下午）又来了。\n"),
    ],
)
def test_half_width_marks_between_han_become_full_width_on_request(text, after):
    assert cleaned(text).text == text
    done = cleaned(text, "zh-punctuation")
    assert done.text == after
    assert all(len(new) <= 1 and len(old) <= 2 for old, new in changed(done))
    assert changed(cleaned(after, "zh-punctuation")) == []


@pytest.mark.parametrize(
    "text",
    [
        "共1,234人,5;6兩項。\n",
        "比數是3:1,時間12:30。\n",
        "時間 12:30,地點另行通知。\n",
        "函數f(x,y)與陣列a[1,2]。\n",
        "int a;\nfor (i = 0; i < n; i++) 計數;\n",
        "print('你好', '世界')\n",
        '{"姓名": "王明", "年齡": 30}\n',
        "用Python,然後用C;都可以(OK)。\n",
        "網址http://example.org/甲:80,見附件。\n",
        "笑臉:)與哭臉:(\n",
        "欄位key:值與HTTP;協定在v2:版裡\n",
        "第8:三節與共5;兩項\n",
        "樂(yuè)山與第(1)項。\n",
    ],
)
def test_marks_of_code_numbers_times_and_latin_stay(text):
    done = cleaned(text, "zh-punctuation")
    assert not [edit for edit in changed(done) if edit[1] in ("，", "：", "；", "（", "）")], changed(done)


@cache
def rules(script: str) -> tuple[Rule, ...]:
    return Book.of(load(None, {"script": script})).rules


def run(text: str, script: str) -> Cleaned:
    return clean("a.txt", text, rules(script), load(None, {"script": script}).settings)


@pytest.mark.parametrize("script", ["own", "hans", "hant", "tw", "hk"])
@given(
    start=st.sampled_from((HANT, HANS)),
    tail=st.text("干幹乾后後里裡裏系係製制于於发發这說説们了瞭明。\n, 部面王·会为爲为台臺芦", max_size=40),
)
def test_a_second_run_changes_nothing(script, start, tail):
    once = run(start + tail, script)
    changed(once)
    assert run(once.text, script).text == once.text
