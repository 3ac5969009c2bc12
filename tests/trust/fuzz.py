# ruff: noqa: E501 (data)
"""Mutated inputs: texts, pages, packs, decisions and records, by bytes and by structure; nothing may escape.

The way of a mutation is chosen by a seed, so that a find can be made again: `one(number)`. What is checked of each:
it ends with a value or an error of the catalogue, in time; a text leads back to its bytes.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cleaner import files, packs
from cleaner.codes import CODES
from cleaner.config import load
from cleaner.decisions import parse
from cleaner.errors import CleanerError, Errors, InputError
from cleaner.formats.html import Extractor
from cleaner.pipeline import Book, clean_bytes
from cleaner.reports.records import from_jsonl
from cleaner.text import reconstruct

ROOT = Path(__file__).resolve().parent.parent.parent
SLOW = 10.0  # seconds from which one input counts as a hang; measured are milliseconds
BYTES = (b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\x1b[", b"\xed\xa0\x80", b"\xc0\x80", b"\x85")
TEXTS = (
    "\u202e", "\u200b", "\ufeff", "\u2028", "\ud800", "〓", "領(lǐng)", "365bet体育", "分享到:", "�", "𠀀", "&#1;", "<![CDATA[", "</p>",
    "<script>", "<!--", "]]>", "&amp;", '"', "'", "\\", "\t", " " * 50, "（" * 30, "[[rule]]", "{", "}", "null", "1e999", "-1", "🎰",
)  # fmt: skip
PAGE = (
    '<html><head><meta charset="{}"><title>标题</title></head><body><nav><a href=x>首页</a></nav><article><h1>标题</h1>'
    "<p>他沿着河岸一直走到天黑，路灯一盏一盏亮起来，水面上全是碎金子一样的光。</p><p>奶奶总是站在树下，用竹竿轻轻一打。</p>"
    "</article></body></html>"
)


class Fuzz:
    """Mutations of the project's own data. `problems` says what escaped, empty if nothing did."""

    def __init__(self, place: Path) -> None:
        self.config = load(None, {})
        self.book = Book.of(self.config)
        self.pack = place / "fuzzed.toml"
        self.figures: Counter[str] = Counter()
        self.problems: list[str] = []
        seeds = [path.read_bytes() for path in sorted((ROOT / "seeds").glob("*.txt"))]
        self.texts = [raw[at : at + 900] for raw in seeds for at in range(0, len(raw), 2500)]
        self.packs = [path.read_bytes() for path in sorted(packs.shipped().glob("zh-*.toml"))]
        self.records = (ROOT / "out/__report__/report.jsonl").read_bytes().split(b"\n")

    def run(self, count: int, first: int = 0, pages: float = 0.1) -> Fuzz:
        """Try `count` inputs, the share `pages` of them in the extractor's child."""
        with Extractor() as extractor:
            for number in range(first, first + count):
                self.one(number, extractor, pages)
        return self

    def one(self, number: int, extractor: Extractor, pages: float) -> None:
        chance = random.Random(number)
        draw = chance.random()
        kind: Callable[[random.Random], object]
        if draw < pages:
            name, kind = "page", lambda c: self._page(c, extractor)
        else:
            name, kind = chance.choice(
                [("text", self._text), ("text", self._text), ("pack", self._pack), ("decisions", self._decide), ("records", self._records)]
            )  # fmt: skip
        self.figures[name] += 1
        begun = time.monotonic()
        try:
            kind(chance)
        except (CleanerError, Errors) as err:
            self.figures["refused"] += 1
            for error in err.errors if isinstance(err, Errors) else (err,):
                if error.code not in CODES or "\n" in str(error) or "\x1b" in str(error):
                    self._wrong("messages", number, name, repr(str(error))[:300])
        except Exception as err:  # what the fuzz is for
            self._wrong("tracebacks", number, name, f"{type(err).__name__}: {err}"[:300])
        if time.monotonic() - begun > SLOW + (extractor.deadline if name == "page" else 0):
            self._wrong("hangs", number, name, f"{time.monotonic() - begun:.1f} s")

    def _wrong(self, figure: str, number: int, name: str, text: str) -> None:
        self.figures[figure] += 1
        self.problems.append(f"{name} number {number}: {text}")

    def _text(self, chance: random.Random) -> None:
        raw = mutated(chance.choice(self.texts), chance)
        if chance.random() < 0.2:
            raw = raw.decode("utf-8", "ignore").encode(chance.choice(("gb18030", "utf-16", "big5hkscs")), "ignore")
        outcome = clean_bytes("a.txt", raw, "a.txt", "txt", self.config, self.book, ())
        if outcome.error:
            self.figures["quarantined"] += 1
            assert outcome.raw == raw and outcome.status == "quarantined", "the bytes are not kept"
            if not isinstance(outcome.error, InputError):
                raise outcome.error
            return
        source, draft = outcome.source, outcome.cleaned.draft  # type: ignore[union-attr]
        text = reconstruct(outcome.text, [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits])
        back = files.rebuild(text, source.encoding, source.newline, source.bom, source.runs)  # type: ignore[union-attr]
        assert back == raw, "it does not lead back to its bytes"

    def _page(self, chance: random.Random, extractor: Extractor) -> None:
        label = chance.choice(("utf-8", "gb2312", "gbk", "big5", "x"))
        raw = PAGE.format(label).encode(chance.choice(("utf-8", "utf-8", "gb18030", "big5hkscs", "utf-16")), "replace")
        extractor.extract(mutated(raw, chance), "a.html")

    def _pack(self, chance: random.Random) -> None:
        raw = chance.choice(self.packs)
        rules = raw.split(b"[[rule]]")
        some = b"[[rule]]".join([rules[0], *chance.sample(rules[1:], min(2, len(rules) - 1))])
        self.pack.write_bytes(mutated(some, chance))
        packs.load([self.pack])

    def _decide(self, chance: random.Random) -> None:
        line = (
            b'{"id":"0123456789ab","do":"remove","target":"edit","rule":"zh-spam/betting-word","path":"a.txt",'
            b'"quote":{"exact":"365bet","prefix":"x","suffix":"y"},"by":"x"}'
        )
        raw = mutated(b"\n".join([line] * 3) + b"\n", chance)
        parse(raw, "decisions.jsonl")

    def _records(self, chance: random.Random) -> None:
        rows = chance.sample(self.records, 3)
        from_jsonl(mutated(b"\n".join([self.records[0], *rows]), chance), "report.jsonl")


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return `raw` after 1 to 8 mutations, of bytes or of structure."""
    for _ in range(chance.randint(1, 8)):
        at, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
        end = min(end, at + 200)
        way = chance.randrange(8)
        if way == 0:
            raw = raw[:at] + raw[end:]
        elif way == 1:
            raw = raw[:end] + raw[at:end] * chance.randint(1, 20) + raw[end:]
        elif way == 2:
            raw = raw[:at] + chance.choice(BYTES) + raw[at:]
        elif way == 3:
            raw = raw[:at] + chance.choice(TEXTS).encode("utf-8", "surrogatepass") + raw[at:]
        elif way == 4 and at < len(raw):
            raw = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
        elif way == 5:
            raw = raw[:at] + raw[end:] + raw[at:end]
        elif way == 6:
            lines = raw.split(b"\n")
            chance.shuffle(lines)
            raw = b"\n".join(lines)
        else:
            raw = raw[:at]
    return raw
