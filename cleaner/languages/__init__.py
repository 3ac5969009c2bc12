"""What the tool says to people, in English, Simplified or Traditional Chinese.

The English sentence stands in the code, where it is said, and is the key: `t("wrote {n} texts", n=3)`. A catalogue is
one TOML file per language, English sentence = its translation, with the same `{fields}`; a sentence that it lacks is
said in English (tests/test_languages.py allows none). TOML and not gettext: a translator sees what a rule author sees,
nothing has to be compiled before a checkout works, and Python reads it by itself.

Records, ids, codes and the lines that programs read (`lint`, findings) are the same in every language. What is printed
follows `--lang` or the locale; what is committed follows the setting `report_lang` alone, so that the same input gives
the same bytes on every machine. This module imports nothing of ours.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
ALIASES = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant",
           "zh-MO": "zh-Hant"}  # fmt: skip
VARIABLE = "CLEAN_LANG"  # before the locale, for who has no locale of the language
_TRADITIONAL = ("hant", "tw", "hk", "mo")


class Said(NamedTuple):
    """An entry of the catalogue of codes in a language: `what` in a few words, and as in `codes.Code`."""

    what: str
    meaning: str
    done: str
    how: str


class Speech:
    """Says sentences in one language. Make one with `speech`."""

    def __init__(self, language: str, sentences: Mapping[str, str], codes: Mapping[str, Said]) -> None:
        self.language = language
        self.codes = codes
        self._sentences = sentences

    def __call__(self, sentence: str, /, **fields: Any) -> str:
        """Return a sentence with its fields filled in; foreign text in a field is not looked at."""
        known = self._sentences.get(sentence, sentence)
        return known.format(**fields) if fields else known

    def plural(self, count: int, one: str, many: str = "", **fields: Any) -> str:
        """Return "1 place", "1,200 places": `one`, `many` follow the number, or are whole sentences with {n}."""
        sentence = whole(one, many, count == 1 and self.language == "en")
        return self(sentence, n=f"{count:,}", **fields)

    def __reduce__(self) -> tuple[Any, ...]:
        return speech, (self.language,)


def whole(one: str, many: str, single: bool) -> str:
    """Return the sentence of a count: `place` is short for `{n} place`, and its plural for `{n} places`."""
    if single:
        return one if "{n}" in one else f"{{n}} {one}"
    many = many or f"{one}s"
    return many if "{n}" in many else f"{{n}} {many}"


def mark(sentence: str) -> str:
    """Return `sentence` as it is: it is translated where it is said, and a test has to find it."""
    return sentence


ENGLISH = Speech("en", {}, {})


@cache
def speech(language: str) -> Speech:
    """Return who speaks one of `LANGUAGES`, or of `ALIASES`. Raises ValueError for another."""
    name = ALIASES.get(language, language)
    if name == "en":
        return ENGLISH
    if name not in LANGUAGES:
        raise ValueError(f"no such language: {language}; there are {', '.join((*LANGUAGES, *ALIASES))}")
    import tomllib  # who reads English does not wait for it

    raw = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
    codes = {code: Said(*map(entry.get, Said._fields)) for code, entry in raw.pop("codes").items()}
    return Speech(name, raw.pop("sentences"), codes)


def of_environment(environ: Mapping[str, str] = os.environ) -> str:
    """Return the language of CLEAN_LANG, else of the locale for messages (POSIX order); English for all others."""
    if (named := environ.get(VARIABLE, "")) in (*LANGUAGES, *ALIASES):
        return ALIASES.get(named, named)
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), "")
    if locale.split(".")[0] not in ("", "C", "POSIX") and (listed := environ.get("LANGUAGE")):
        locale = listed.split(":")[0]  # as gettext does: the list of languages counts, unless the locale is C
    parts = locale.split(".")[0].split("@")[0].replace("-", "_").lower().split("_")
    if parts[0] != "zh":
        return "en"
    return "zh-Hant" if any(part in _TRADITIONAL for part in parts[1:]) else "zh-Hans"
