"""Pages of kinds of sites that no weight was fitted to, in words of our own: what stays, what goes, what is lifted.

A line of tests/cases/pages/*.txt begins with T (the title), K (kept), D (goes), M (credits), C (a caption), O (either),
or = (a field of metadata, with its value on the whole page). Sites, people and events are made up.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings

PAGES = sorted((Path(__file__).parent / "cases/pages").glob("*.txt"))
RULES = packs.in_order(packs.load(packs.find(name) for name in packs.DEFAULT_PACKS))


def rows(path: Path) -> list[tuple[str, str]]:
    return [(line[0], line[2:]) for line in path.read_bytes().decode().split("\n") if line]


def cleaned(lines: list[tuple[str, str]], settings: Settings | None = None):
    return clean("page", "\n".join(text for _, text in lines) + "\n", RULES, settings or Settings())


def wrong(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what is cut and should stay, or is left and should go; lines that read alike are counted."""
    left = Counter(cleaned(lines).draft.text.split("\n"))
    keep = Counter(text for label, text in lines if label in "TK")
    free = Counter(text for label, text in lines if label in "MCO")
    return [("cut", text) for text in keep - left] + [("left", text) for text in left - keep - free if text]


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_whole_page_gives_its_article(path):
    assert not wrong([row for row in rows(path) if row[0] != "="])


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_a_page_cut_near_its_article_gives_it_too(path):
    lines = [row for row in rows(path) if row[0] != "="]
    kept = [i for i, (label, _) in enumerate(lines) if label in "TK"]
    assert not wrong(lines[max(0, kept[0] - 8) : kept[-1] + 16])


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_what_the_page_says_of_the_article_is_lifted(path):
    said = dict(text.split(" ", 1) for label, text in rows(path) if label == "=")
    done = cleaned([row for row in rows(path) if row[0] != "="])
    assert said.items() <= dict(done.meta).items()


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_the_article_alone_is_left_alone(path):
    lines = [row for row in rows(path) if row[0] in "TK"]
    assert cleaned(lines).draft.text == "\n".join(text for _, text in lines) + "\n"


def test_credits_stay_where_they_are_to_be_kept():
    lines = [row for row in rows(PAGES[0].with_stem("wechat-mirror")) if row[0] != "="]
    done = cleaned(lines, Settings(meta="keep"))
    assert "原创 李大夫 本草小课堂 2019-12-03 07:00" in done.draft.text and not done.meta
