"""Pages in the markup of many systems (tests/cases/html), with invented texts: their articles, whole and alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cleaner.formats import html_worker
from cleaner.formats.html_decode import decode_page

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
try:
    import html_forms
finally:
    sys.path.remove(str(BENCHMARKS))

NAMES = html_forms.names()


def extracted(form: html_forms.Form) -> str:
    return "\n".join(html_worker.extract(decode_page(form.raw, form.name).text, form.name)["lines"])


@pytest.mark.parametrize("name", NAMES)
def test_a_form_gives_its_article_and_nothing_else(name):
    form = html_forms.fill(name)
    found = html_forms.score(form, extracted(form), "MCOR")
    assert (found.lost, found.left, found.title) == ((), (), True)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_form_gives_any_article_that_is_put_in_it(name):
    wrong = []
    for story in html_forms.stories():
        form = html_forms.fill(name, story)
        found = html_forms.score(form, extracted(form), "MCOR")
        if found.lost or found.left or not found.title:
            wrong.append((story, found.lost, found.left))
    assert not wrong


def test_a_form_has_marks_for_all_of_its_article():
    for name in NAMES:
        marks = {mark for mark, _ in html_forms.fill(name).lines}
        assert "K" in marks and (name.endswith("-data") or "D" in marks)
        assert "T" in marks or name == "title-only"


def test_the_score_sees_a_lost_line_a_left_one_and_a_lost_headline():
    form = html_forms.fill("epaper")
    kept = [line for mark, line in form.lines if mark in "TK"]
    whole = html_forms.score(form, "\n".join(kept))
    assert (whole.recall, whole.precision, whole.title) == (1.0, 1.0, True)
    part = html_forms.score(form, "\n".join([*kept[1:-1], "第A01版：要闻"]))
    assert part.lost == (kept[0], kept[-1]) and part.left == ("第A01版：要闻",) and not part.title
