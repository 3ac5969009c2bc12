"""Widen each shipped rule to match everything, switch its examples off, and see what its guards alone still stop.

    python benchmarks/widened.py

Each widened rule cleans the texts of rules/prose.txt, of which nothing may go. A text that it would change is stopped
(E220, E401, or left alone and listed as E221, E222), flagged (soft budget), or changed without a word. `broad` is the
check at load of packs that are not shipped (E201). The examples, which refuse every one of them, are in
tests/test_rules.py.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cleaner.clean import clean
from cleaner.config import load
from cleaner.errors import CleanerError
from cleaner.packs import Rule, shipped
from cleaner.vet import broad
from tests.test_rules import RULES, widened

PROSE = shipped() / "prose.txt"
SETTINGS = load(None, {}).settings


def fate(rule: Rule, text: str) -> str:
    """Return what becomes of a good text under a widened rule: stopped, flagged, silent, or same."""
    try:
        done = clean("a", text, (rule,), SETTINGS)
    except CleanerError:
        return "stopped"
    if done.text == text:
        return "stopped" if done.asks else "same"
    return "flagged" if done.flags else "silent"


def main() -> None:
    """Print the figures, and the rules that no guard notices."""
    texts = [text.strip("\n") + "\n" for text in PROSE.read_text("utf-8").split("\n\n")]
    found: Counter[str] = Counter()
    noticed, refused, unseen = 0, 0, []
    for rule in RULES:
        wide = replace(rule, do=widened(rule).do)  # its own limits stay: max_chars, removes_prose, where
        fates = Counter(fate(wide, text) for text in texts)
        found += fates
        seen = (
            fates["stopped"] + fates["flagged"] > 0 or not fates["silent"]
        )  # one that changes nothing here is held by its place
        noticed += seen
        refused += broad(rule.keys.kind, wide.do, PROSE) is not None
        unseen += [] if seen else [rule.id]
    changed = found["stopped"] + found["flagged"] + found["silent"]
    heads = ("rules widened", "held or noticed", "refused at load", "texts", "stopped", "flagged", "silent")
    print(f"| {' | '.join(heads)} |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    cells = (len(RULES), noticed, refused, changed, found["stopped"], found["flagged"], found["silent"])
    print(f"| {' | '.join(map(str, cells))} |")
    print(f"noticed by none: {', '.join(unseen) or 'none'}")


if __name__ == "__main__":
    main()
