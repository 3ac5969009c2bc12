from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cleaner.show import show, show_path

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
TRICKY = st.text("\\u{}1B\x1b\u202e\u200b\ufeff\U000e0041\ud800a曲", max_size=12)


@given(ANY | TRICKY)
def test_nothing_that_acts_or_hides_passes(text):
    shown = show(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") or c in "\u200b\u202e\u2066\ufeff\u2028" for c in shown)


@given(TRICKY, TRICKY)
def test_different_texts_look_different(one, other):
    assert (show(one) == show(other)) == (one == other)


def test_a_reader_sees_what_is_there():
    assert show("a\x1b[31m\u202eb") == "a\\u{1B}[31m\\u{202E}b"
    assert show("云南，a b") == "云南，a b"


def test_bytes_of_a_name_that_are_no_text_are_shown_as_bytes():
    assert show_path(b"a\xff\x1b.txt".decode("utf-8", "surrogateescape")) == "a\\xff\\u{1B}.txt"
