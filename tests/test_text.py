from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.text import Draft, Edit, LineIndex, reconstruct, splice

CHARS = "領导(lǐng) ，\n𠀀a"


@st.composite
def histories(draw):
    """A source, up to five steps of up to four random edits, and the text that a plain splice gives."""
    source = draw(st.text(CHARS, max_size=30))
    draft, plain, steps = Draft.of(source), source, []
    for number in range(draw(st.integers(0, 5))):
        cuts = sorted(draw(st.lists(st.integers(0, len(plain)), max_size=8)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        edits = [Edit(a, b, draw(st.text(CHARS, max_size=4)), (f"r{number}",)) for a, b in pairs]
        steps.append(edits)
        draft, plain = draft.revise(edits), splice(plain, edits)
    return draft, plain, steps


def survivors(source, steps):
    """A slow, obvious model: the source position of each character of the result, None if it is new."""
    origin = list(range(len(source)))
    for edits in steps:
        for edit in reversed(edits):
            origin[edit.start : edit.end] = [None] * len(edit.new)
    return origin


@given(histories())
def test_what_nobody_touched_stays_out_of_the_edits_and_can_be_found(history):
    draft, _, steps = history
    origin = survivors(draft.source, steps)
    edited = {i for e in draft.edits for i in range(e.start, e.end)}
    assert not {i for i in origin if i is not None} & edited
    for at, i in enumerate(origin):
        if i is not None:
            assert draft.locate(at) == i
            assert draft.locate_span(at, at + 1) == (i, i + 1)


@given(histories())
def test_edits_give_the_text_and_lead_back(history):
    draft, plain, steps = history
    assert draft.text == plain == splice(draft.source, draft.edits)
    assert splice(draft.text, draft.inverse()) == draft.source
    changes = [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits]
    assert reconstruct(draft.text, changes) == draft.source
    assert all(a.end <= b.start for a, b in zip(draft.edits, draft.edits[1:], strict=False))
    assert all(draft.source[e.start : e.end] != e.new for e in draft.edits)
    assert {name for e in draft.edits for name in e.by} <= {f"r{i}" for i in range(len(steps))}
    removed = sum(e.end - e.start - len(e.new) for e in draft.edits)
    assert removed == len(draft.source) - len(draft.text)


@given(histories())
def test_a_span_of_untouched_characters_keeps_its_ends(history):
    draft, _, steps = history
    origin = survivors(draft.source, steps)
    known = [(at, i) for at, i in enumerate(origin) if i is not None]
    for (a, i), (b, j) in itertools.pairwise(known):
        assert draft.locate_span(a, b + 1) == (i, j + 1)


def test_edits_that_only_touch_keep_their_own_credit():
    draft = Draft.of("領(lǐng)導").revise([Edit(1, 7, "", ("ruby",))]).revise([Edit(1, 2, "导", ("script",))])
    assert draft.edits == (Edit(1, 7, "", ("ruby",)), Edit(7, 8, "导", ("script",)))


def test_edits_to_the_same_characters_share_the_credit():
    draft = Draft.of("領(lǐng)導").revise([Edit(1, 7, "", ("ruby",))]).revise([Edit(0, 2, "领导", ("script",))])
    assert draft.edits == (Edit(0, 8, "领导", ("ruby", "script")),)


def test_an_edit_is_trimmed_to_what_it_changes():
    draft = Draft.of("戰畧定位").revise([Edit(0, 4, "戰略定位", ("script",))])
    assert draft.edits == (Edit(1, 2, "略", ("script",)),)


def test_an_edit_that_is_taken_back_is_gone():
    draft = Draft.of("云").revise([Edit(0, 1, "雲", ("a",))]).revise([Edit(0, 1, "云", ("b",))])
    assert draft.edits == ()


@pytest.mark.parametrize("wrong", [[(4, 2)], [(-1, 1)], [(0, 7)], [(0, 3), (2, 4)], [(3, 4), (0, 1)]])
def test_wrong_edits_are_refused(wrong):
    with pytest.raises(ValueError, match="not within"):
        Draft.of("abcdef").revise([Edit(a, b, "", ("r",)) for a, b in wrong])


def test_a_clean_text_that_was_edited_by_hand_does_not_lead_back():
    with pytest.raises(ValueError, match="does not hold"):
        reconstruct("走在全省前列", [(2, "365bet体育在线", "〓")])


def test_lines_and_columns_count_from_one_and_only_line_feeds_end_lines():
    index = LineIndex("ab\n\u2028c\n")
    assert [index.at(i) for i in (0, 2, 3, 4, 6)] == [(1, 1), (1, 3), (2, 1), (2, 2), (3, 1)]
