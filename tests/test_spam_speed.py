"""What a prefilter lets through is all that the grammar makes something of: results are the same without it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.errors import InputError
from cleaner.kinds.bait import _FORMS
from cleaner.tables import Table

RULES = packs.in_order(packs.load([packs.find("zh-spam")]))
WORDS = {
    name: [row[0] for row in Table(packs.shipped() / f"tables/spam-{name}.tsv").rows]
    for name in ("brands", "weak", "suffixes")
}


def another_form(word: str, pick: int) -> str:
    """A word with some of its characters as they stand in a text before folding: Traditional, upper case, wide."""
    return "".join((forms := _FORMS.get(c, c))[(pick >> i) % len(forms)] for i, c in enumerate(word))


WORD = st.builds(another_form, st.one_of(*(st.sampled_from(words) for words in WORDS.values())), st.integers(0, 2**12))
PIECE = st.one_of(
    WORD,
    WORD,
    WORD,
    st.sampled_from([*"_-|，。 【】（）\n\n@a1", "鼎庄", "昆明推动高质量发展", "稳步走在", "前列"]),
    st.sampled_from(["365bet", "x9", "http://www.leyu.com", "188BET"]),
)


@given(st.lists(PIECE, min_size=1, max_size=14).map("".join))
@example("鼎庄体育-鼎庄APP-鼎庄官网-鼎庄登录\n春耕\n")
@example("他在x9体育官网走。\n")
@example("Ａ１BET體育\n")
def test_spam_is_found_the_same_without_a_prefilter(text):
    def outcome(prefilter):
        try:
            done = clean("t", text, RULES, Settings(prefilter=prefilter))
        except InputError as err:  # all of its prose would go
            return str(err)
        return done.draft, done.asks

    assert outcome(True) == outcome(False)
