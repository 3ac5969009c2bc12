"""The tool as a library: what README, docs/library.md and `help(cleaner)` promise."""

from __future__ import annotations

import doctest
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.errors import CleanerError, Errors, InputError
from cleaner.text import splice
from tests.conftest import ROOT

SPAM = "会议强调，今年一季度农业总产值增长9%，高于全省平均水平，稳步走在365bet体育在线前列。"


def test_the_example_of_the_package_works():
    assert doctest.testmod(cleaner) == (0, 4)


def test_the_examples_of_the_library_page_work(monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "docs/library.md"), module_relative=False)
    assert (failed, tried > 15) == (0, True)


def test_every_public_name_is_there_and_no_other():
    assert all(getattr(cleaner, name) for name in cleaner.__all__)
    with pytest.raises(AttributeError, match="no attribute 'cleen'"):
        cleaner.cleen  # noqa: B018


def test_to_import_the_package_loads_nothing_of_weight():
    heavy = "{'regex', 'pydantic', 'numpy', 'click', 'opencc'}"
    code = f"import sys, cleaner; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "\n"


@given(st.text("省前列走在的。\n  a", max_size=40))
def test_the_edits_lead_from_the_text_to_the_clean_one_and_a_second_time_changes_nothing(text):
    done = cleaner.clean_text(text)
    assert splice(text, done.edits) == done.text
    assert cleaner.clean_text(done.text).edits == ()


@pytest.mark.parametrize("text", ["一行没有换行的正文。", "一行有换行的正文。\n", ""])
def test_a_text_that_is_no_file_may_end_as_it_does(text):
    assert cleaner.clean_text(text).text == text


def test_settings_are_those_of_clean_toml():
    assert cleaner.Cleaner(spam_words="delete").clean(SPAM).text == SPAM.replace("365bet体育在线", "")
    assert cleaner.Cleaner(ignore=["zh-spam"]).clean(SPAM).text == SPAM
    with pytest.raises(Errors, match=r"there is no setting 'spam_word'.*E202"):
        cleaner.Cleaner(spam_word="delete")


def test_a_cleaner_crosses_processes_with_its_settings():
    again = pickle.loads(pickle.dumps(cleaner.Cleaner(spam_words="keep")))
    assert again.texts([SPAM]) == [SPAM]


def test_a_text_over_the_budget_is_an_error_or_comes_back_as_it_was():
    strict = cleaner.Cleaner(budget={"hard": 0.0}, select=["zh-spam/betting-word"], spam_words="drop-sentence")
    text = f"{SPAM}\n" * 3
    with pytest.raises(InputError, match="E220") as caught:
        strict.clean(text)
    assert isinstance(caught.value, CleanerError)
    kept = strict.clean(text, errors="keep")
    assert (kept.text, kept.flags) == (text, ("quarantined:E220",))


def test_other_line_ends_are_refused_and_not_guessed_at():
    with pytest.raises(ValueError, match=r"lines have to end with \\n"):
        cleaner.clean_text("一\r\n二")


def test_overlaps_packs_and_records():
    shared = "打造先進製造基地、高端食品基地、城鄉融合發展示範區的目標定位，推動高質量發展取得新成效"
    found = cleaner.find_overlaps(
        {"a": f"昨日市委召開會議，{shared}，與會者發言。", "b": f"記者從縣裏獲悉：{shared}。另悉天氣轉晴。"}
    )
    assert [(o.a.document, o.b.document) for o in found.overlaps] == [("a", "b")]
    (pack,) = cleaner.load_packs("zh-spam")
    assert all(rule.keys.why for rule in pack.rules)
    run = cleaner.records(ROOT / "out")
    assert [file.path for file in run.files] == sorted(p.name for p in (ROOT / "seeds").iterdir())
    with pytest.raises(CleanerError, match=r"there is no report.*E105"):
        cleaner.records(ROOT / "seeds")
