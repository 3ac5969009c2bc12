"""How many texts are read right, refused, or read wrong, by encoding and length. Wrong has to be 0.

    python benchmarks/guess_encoding.py [FOLDER]      FOLDER of UTF-8 texts, default seeds/

Each text is also turned into the other script (OpenCC s2t, t2s), so that both encodings get texts of a kind that they
are used for, and cut to so many characters at about 20 places. Only what an encoding can write counts. The last
four rows are encodings that are never guessed: there, to refuse is right.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import opencc

from cleaner.errors import InputError
from cleaner.files import big5, decode

HOW = {
    "utf-8": ("utf-8", b""),
    "utf-8 + mark": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16-le + mark": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be + mark": ("utf-16-be", b"\xfe\xff"),
    "gb18030": ("gb18030", b""),
    "gbk": ("gbk", b""),
    "big5-hkscs": ("big5-hkscs", b""),
    "big5 (cp950)": ("cp950", b""),
    "utf-16-le": ("utf-16-le", b""),
    "euc-kr": ("euc-kr", b""),
    "euc-jp": ("euc-jp", b""),
    "shift-jis": ("shift-jis", b""),
}
LENGTHS = (None, 400, 60, 20, 8, 4, 2, 1)


def texts(folder: Path) -> list[str]:
    found = [path.read_bytes().decode("utf-8") for path in sorted(folder.rglob("*.txt"))]
    converters = [opencc.OpenCC(name) for name in ("s2t", "t2s")]
    return list(dict.fromkeys(text for one in found for text in (one, *(c.convert(one) for c in converters))))


def pieces(text: str, length: int | None, places: int = 20) -> list[str]:
    """Return `text`, or pieces of `length` characters beyond ASCII in the main, from evenly spread places."""
    if length is None or len(text) <= length:
        return [text]
    step = max(1, (len(text) - length) // places)
    return [text[at : at + length] for at in range(0, len(text) - length, step)]


def judge(piece: str, codec: str, mark: bytes) -> str:
    """Return right, refused, wrong, or nothing where the encoding cannot write the text or it is ASCII."""
    try:
        raw = mark + (big5.encode(piece) if codec == "big5-hkscs" else piece.encode(codec))
    except UnicodeEncodeError:
        return ""
    if piece.isascii() or (codec == "cp950" and raw.decode(codec) != piece):  # it writes • as if it were ‧
        return ""
    try:
        text = decode(raw, "text").text
    except InputError:
        return "refused"
    return "right" if text == piece.replace("\r\n", "\n").replace("\r", "\n") else "wrong"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "seeds"
    every = texts(folder)
    print(f"{len(every)} texts; right / refused / WRONG")
    print(f"{'':18}" + "".join(f"{length or 'whole':>16}" for length in LENGTHS))
    for how, (codec, mark) in HOW.items():
        row = []
        for length in LENGTHS:
            count = Counter(judge(piece, codec, mark) for text in every for piece in pieces(text, length))
            row.append(f"{count['right']}/{count['refused']}/{count['wrong']}")
        print(f"{how:18}" + "".join(f"{cell:>16}" for cell in row))


if __name__ == "__main__":
    main()
