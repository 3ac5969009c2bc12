"""The verdict on an overlap in words: one sentence for each test of classify.py."""

from __future__ import annotations

from cleaner.overlap.values import Figure, Overlap

SENTENCES = {
    "bucket": "boilerplate: so many documents hold it that its bucket met the limit",
    "edges": "boilerplate: {edge_lines:.0%} of it are whole lines at the head or tail of three documents or more",
    "chrome": "boilerplate: {chrome:.0%} of it stands in lines of page furniture (menus, licences, footers)",
    "furniture": "boilerplate: most of both pages is lines of page furniture",
    "marks": "quote: {quoted:.0%} of it stands inside quotation marks in both",
    "attribution": "quote: one sentence that both attribute to a speaker",
    "phrases": "formula: phrases of the formula table make up {phrases:.0%} of it",
    "background": "formula: {background:.0%} of its 6-grams stand in many articles of a newspaper",
    "usual": "formula: phrases, datelines and what many articles of a newspaper write make up {usual:.0%} of it",
    "pieces": "formula: {pieces} pieces beside each other by chance; {by_chance:.0%} are phrases, quotes or lists",
    "enumeration": "formula: {enumerated:.0%} of it is an enumeration of names",
    "template": "formula: a template, the places that differ hold other numbers",
    "many": "formula: not more than one sentence, and {df} documents or more have it, each among other text",
    "long": "reuse: {chars} aligned characters that are no formula (weight {weight:.0f}, the limit is 37)",
    "rare": "reuse: only {chars} aligned characters, but rare ones (weight {weight:.0f}, the limit is 65)",
    "common": "formula: {chars} aligned characters, but few that are rare (weight {weight:.0f}, the limit is 37)",
    "short": "formula: only {chars} aligned characters, and not rare enough (weight {weight:.0f}, the limit is 65)",
    "same": "reuse: both documents have the same key text",
    "near": "reuse: near duplicates, {jaccard:.0%} of all distinct 4-grams are shared",
    "contained": "reuse: {containment:.0%} of the distinct 4-grams of the shorter document stand in the longer one",
}


def sentence(overlap: Overlap) -> str:
    """Return one sentence that says why `overlap` has its kind, made of our own words and figures alone."""
    figures: dict[str, Figure] = dict(overlap.reasons)
    figures |= {"jaccard": overlap.jaccard, "containment": overlap.containment, "chars": overlap.chars}
    return SENTENCES[str(figures["rule"])].format(**figures)
