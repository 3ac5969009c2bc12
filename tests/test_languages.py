"""What people read is said in every language, with the same fields; what is committed does not follow the locale."""

from __future__ import annotations

import hashlib
import pickle
import re
import tomllib

import pytest

from cleaner import languages
from cleaner.cli.printing import Printer, told
from cleaner.codes import CODES
from cleaner.config import load
from cleaner.errors import Errors, InputError
from cleaner.languages import LANGUAGES, of_environment, speech
from cleaner.pipeline import run
from cleaner.reports import terminal
from cleaner.reports.previous import JSONL, README
from tests.conftest import ROOT, SEEDS
from tests.sentences import of_code

CHINESE = LANGUAGES[1:]


@pytest.mark.parametrize("language", CHINESE)
def test_every_sentence_has_its_translation_with_the_same_fields_and_none_is_left_over(language):
    raw = tomllib.loads((ROOT / f"cleaner/languages/{language}.toml").read_text("utf-8"))
    said = raw["sentences"]
    assert sorted(of_code() - set(said)) == [], "to be translated"
    assert sorted(set(said) - of_code()) == [], "no longer said"
    fields = re.compile(r"\{[^}]*\}")
    assert [one for one, other in said.items() if sorted(fields.findall(one)) != sorted(fields.findall(other))] == []
    assert set(raw["codes"]) == set(CODES)
    for code, entry in raw["codes"].items():
        assert set(entry) == {"of", "what", "meaning", "done", "how"} and all(entry.values())
        english = hashlib.sha256("\n".join(CODES[code][:3]).encode()).hexdigest()[:8]
        assert entry["of"] == english, f"{code}: its English has changed; read this over, then write of = {english!r}"


def test_the_sentences_of_the_code_are_found():
    found = of_code()
    assert {"{files} · packs {packs}", "{n} files", "Overview", "{n} more places", "cleaning"} <= found
    assert "OUT is missing; give it, as in `clean seeds/ out/`" in found


@pytest.mark.parametrize("language", CHINESE)
def test_a_catalogue_is_in_its_own_script(language):
    from cleaner.script import decide

    text = (ROOT / f"cleaner/languages/{language}.toml").read_text("utf-8")
    values = "\n".join(re.findall(r' = "(.*)"$', text, re.MULTILINE))
    seen = decide(values)
    hans, hant = seen.evidence.hans, seen.evidence.hant
    assert (hans == 0) if language == "zh-Hant" else (hant == 0), seen


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-Hans"),
        ({"LANG": "zh_SG"}, "zh-Hans"),
        ({"LANG": "zh"}, "zh-Hans"),
        ({"LANG": "zh_TW.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_HK.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_Hant_CN"}, "zh-Hant"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh-Hant"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_TW:zh"}, "zh-Hant"),
        ({"LANG": "C", "LANGUAGE": "zh_TW"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "CLEAN_LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8", "CLEAN_LANG": "zh-HK"}, "zh-Hant"),
        ({"LANG": "zh_CN.UTF-8", "CLEAN_LANG": "klingon"}, "zh-Hans"),
    ],
)
def test_the_language_is_that_of_the_environment(environ, language):
    assert of_environment(environ) == language


def test_a_language_that_there_is_not_is_refused_where_it_is_asked_for():
    with pytest.raises(ValueError, match="klingon"):
        speech("klingon")
    with pytest.raises(Errors, match=r"report_lang.*\[E202\]"):
        load(None, {"report_lang": "klingon"})


def test_foreign_text_in_a_field_is_no_template_and_a_speech_crosses_a_process():
    assert speech("zh-CN")("skipped {path}: {why}", path="{x}", why="{0}") == "跳过 {x}：{0}"
    assert pickle.loads(pickle.dumps(speech("zh-TW"))).language == "zh-Hant"
    assert (
        languages.ENGLISH.plural(1, "place") == "1 place" and languages.ENGLISH.plural(1200, "place") == "1,200 places"
    )


def test_what_the_seeds_give_is_said_in_chinese(result):
    lines = list(terminal.summary(result.records, "seeds/", "out/", speech("zh-Hans")))
    assert lines[0] == "5 个文件 · 规则包 zh-core, zh-spam, zh-lines, zh-site"
    assert any(line.startswith("  待定      7 处等人决定，分 3 组") for line in lines)
    lines = list(terminal.summary(result.records, "seeds/", "out/", speech("zh-Hant")))
    assert lines[0] == "5 個檔案 · 規則套件 zh-core, zh-spam, zh-lines, zh-site"


def test_the_report_follows_its_setting_and_never_the_locale(monkeypatch, book):
    made = {}
    for lang in ("en", "zh-CN", "zh-TW"):
        for locale in ("C.UTF-8", "zh_CN.UTF-8"):
            monkeypatch.setenv("LANG", locale)
            monkeypatch.setenv("CLEAN_LANG", locale[:2])
            made[lang, locale] = run(SEEDS, None, load(None, {"report_lang": lang}), book).committed
        assert made[lang, "C.UTF-8"] == made[lang, "zh_CN.UTF-8"]
    heads = [made[lang, "C.UTF-8"][README].decode().split("\n")[0] for lang in ("en", "zh-CN", "zh-TW")]
    assert heads == ["# What was cleaned, and why", "# 清洗了什么，为什么", "# 清理了什麼，為什麼"]
    english = made["en", "C.UTF-8"][JSONL].split(b"\n")
    assert made["zh-CN", "C.UTF-8"][JSONL].split(b"\n")[1:] == english[1:], "records stay English"


def test_the_committed_report_of_another_language_has_no_english_sentence_of_ours(book):
    made = run(SEEDS, None, load(None, {"report_lang": "zh-Hans"}), book).committed[README].decode()
    whys = sorted((rule.why for rule in book.rules), key=len, reverse=True)
    assert "Struck" not in made and "Waiting" not in made
    left = [word for word in re.findall(r"\| ([A-Za-z][a-z ]+) \|", made) if not any(word in why for why in whys)]
    assert left == []


def test_an_error_is_said_first_in_ones_language_and_then_as_it_is():
    error = InputError("E111", "seeds/old.txt:1", "not utf-8", "copied unchanged and quarantined", "name it")
    first, second = told(error, speech("zh-CN"))
    assert first.startswith("seeds/old.txt:1：编码无法确定；原样复制") and first.endswith("[E111]")
    assert second == "not utf-8; copied unchanged and quarantined; name it"
    assert told(error, languages.ENGLISH) == [str(error)]


def test_a_program_is_told_in_english(monkeypatch, capsys):
    monkeypatch.setenv("CLEAN_LANG", "zh-CN")
    printer = Printer()
    assert printer.t.language == "zh-Hans"
    printer.as_json = True
    assert printer.t.language == "en"
