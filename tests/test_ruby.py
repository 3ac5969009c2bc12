from __future__ import annotations

import pickle
import unicodedata
from pathlib import Path

import pytest

from cleaner.context import Context, Proposal, Settings
from cleaner.kinds.ruby import Ruby, toneless
from cleaner.text import Draft, Edit

ROOT = Path(__file__).parent.parent
LEAK = "市領(lǐng)導(dǎo)在項(xiàng)目現(xiàn)場調(diào)研。\n"
CLEAN = "市領導在項目現場調研。\n"


def proposals(text: str, kind: Ruby | None = None) -> list[Proposal]:
    return list((kind or Ruby())(Context(text, Settings())))


def cleaned(text: str, kind: Ruby | None = None) -> str:
    edits = [Edit(p.start, p.end, p.new, ("ruby",)) for p in proposals(text, kind) if p.level != "ask"]
    return Draft.of(text).revise(edits).text


def test_the_seed_loses_its_353_readings_and_keeps_its_3_brackets():
    (path,) = (ROOT / "seeds").glob("003_*.txt")
    text = path.read_bytes().decode("utf-8")
    assert len(proposals(text)) == 353
    left = cleaned(text)
    assert left.count("(") == left.count(")") == 3
    assert all(bracket in left for bracket in ("縣(區)", "部門(單位)", "(唐小未 攝影郝立藝)"))
    assert proposals(left) == []


@pytest.mark.parametrize("seed", ["000", "001", "002", "004"])
def test_the_other_seeds_have_no_readings(seed):
    (path,) = (ROOT / "seeds").glob(f"{seed}_*.txt")
    assert proposals(path.read_bytes().decode("utf-8")) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.translate(str.maketrans("()", "（）")),
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("g", "ɡ"),
        lambda text: text.replace("a", "ɑ"),
    ],
    ids=["half width", "full width", "combining tones", "script g", "script a"],
)
def test_a_leak_is_removed_however_it_is_written(change):
    assert cleaned(change(LEAK)) == CLEAN


def test_a_leak_inside_a_real_bracket_leaves_the_bracket():
    assert cleaned(LEAK + "相關縣(區(qū))") == CLEAN + "相關縣(區)"


@pytest.mark.parametrize(
    "text",
    [
        "樂(yuè)山的「行」讀(xíng)。",
        "函數f(x)、氧(O)、我(I)、方式(how)、電視(tv)、網(web)、車(car)、長(long)。",
        "銀行(yínháng)、長城(chángchéng)、重慶(chóngqìng)、樂隊(yuèduì)、會計(kuàijì)。",
        "「行」讀作行(xíng)、長(zhǎng)、樂(yuè)、重(chóng)、都(dū)。",
    ],
)
def test_glosses_and_other_brackets_stay(text):
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("領(lǐng)導(dǎo)在現(xiàn)場(chǎng)。", "領導在現場。"),
        ("我們要保護(hù)國(guó)土。", "我們要保護國土。"),
        ("我們要保護( hù )國（guó)土。", "我們要保護國土。"),
        ("她（tā）聽", "她（tā）聽"),
    ],
)
def test_a_few_readings_go_if_they_stand_at_characters_that_everybody_knows(text, clean):
    assert cleaned(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "這位長(zhǎng)輩住在樂(yuè)清。",  # characters with several readings: an author says which
        "他去了衢(qú)州和儋(dān)州，還看了鴞(xiāo)和贛(gàn)江。",
        "我們要保護(hù)行(háng)業。",
        "護(hù)、國(guó)",
        "護(hù)照和國(guó)家的讀音，學生要記住。",
        "護(hú)國(guò)",
    ],
)
def test_a_few_readings_stay_if_an_author_may_have_written_them(text):
    assert cleaned(text) == text


def test_two_readings_of_which_one_tells_are_asked_about():
    assert [p.level for p in proposals("市長(zhǎng)保護(hù)河流。")] == ["ask"] * 2


def test_an_authors_gloss_in_a_leaking_page_stays():
    for gloss in ("「樂」字讀作樂(yuè)。", "這裡的行(xíng)不同。", "燜(mèn)與悶(mēn)不同。"):
        assert cleaned(LEAK + gloss) == CLEAN + gloss


def test_a_reading_with_another_tone_goes_only_among_exact_ones():
    assert cleaned(LEAK + "關(guàn)鍵") == CLEAN + "關鍵" or cleaned(LEAK * 2 + "關(gǔan)鍵") == CLEAN * 2 + "關鍵"
    far = LEAK * 2 + "山水" * 200 + "關(guǎn)鍵"
    assert cleaned(far).endswith("關(guǎn)鍵")


def test_readings_that_fit_no_character_are_no_leak():
    text = "市領(shān)導(hé)在項(rén)目現(mù)場調(tiān)研。"
    assert cleaned(text) == text


def test_brackets_are_the_callers_choice():
    text = LEAK.translate(str.maketrans("()", "[]"))
    assert cleaned(text) == text
    assert cleaned(text, Ruby(brackets="[]")) == CLEAN
    with pytest.raises(ValueError, match="pairs"):
        Ruby(brackets="(")


def test_the_tone_goes_and_the_umlaut_is_v():
    assert [toneless(sound) for sound in ("lǜ", "nǚ", "zhǎng", "ḿ")] == ["lv", "nv", "zhang", "m"]


def test_a_ruby_kind_pickles():
    assert cleaned(LEAK, pickle.loads(pickle.dumps(Ruby()))) == CLEAN
