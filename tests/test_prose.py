"""Clean prose comes through the line rules without a changed byte: more than 3,000 paragraphs of several kinds.

The texts come from packages of the Python index that .ci/run installs (benchmarks/prose.py says which and what is in
them). The test says the 95 % bound that follows from what it read.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cleaner import packs

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

import prose
from clean_prose import changed

LIMIT = 700  # paragraphs of each kind and script
FOLDERS = [Path(folder) for folder in sys.path]
RULES = tuple(
    rule for rule in packs.in_order(packs.load(map(packs.find, packs.DEFAULT_PACKS))) if rule.stage == "lines"
)


@pytest.mark.slow
def test_clean_prose_is_not_changed_by_one_byte(capsys):
    missing = [place for place, _, _ in prose.SETS.values() if not any((f / place).exists() for f in FOLDERS)]
    if missing:
        pytest.skip(f"not installed: {missing}; see benchmarks/prose.py")
    seen, wrong = {"Simplified": 0, "Traditional": 0}, []
    for kind in prose.SETS:
        for lines, script in prose.texts(FOLDERS, kind, LIMIT):
            seen[script] += len(lines)
            wrong += [(kind, script, *one) for one in changed("\n".join(lines) + "\n", RULES)]
    total = sum(seen.values())
    with capsys.disabled():
        print(
            f"\n{seen}: {len(wrong)} of {total} paragraphs changed, at most {prose.bound(len(wrong), total):.3%} (95 %)"
        )
    assert not wrong
    assert min(seen.values()) >= 3000


def test_the_bound_is_that_of_the_rule_of_three_and_of_wilson():
    assert prose.bound(0, 3000) == 0.001
    assert 0.018 < prose.bound(10, 1000) < 0.0185
