"""Pages made to break a parser: by default those that take no time, in CI the large ones too."""

from __future__ import annotations

import pytest

from tests.trust.torture import LARGE, PAGES, Torture


def test_a_hostile_page_loses_nothing_without_a_word():
    found = Torture().run(*(name for name in PAGES if name not in LARGE))
    assert found.problems == [] and len(PAGES) >= 36


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_hostile_page_loses_nothing_without_a_word(name):
    assert Torture().run(name).problems == []
