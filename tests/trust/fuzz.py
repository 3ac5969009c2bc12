# ruff: noqa: E501 (data)
"""Mutated inputs: texts, pages, packs, settings, decisions, records and tables; by bytes, characters and structure.

The way of a mutation is chosen by a seed, so that a find can be made again: `one(number)`. What is checked of each: it
ends with a value or an error of the catalogue, in time; a text leads back to its bytes, and cleaning it once more
changes nothing. A pack that is still good cleans a text, with the same checks.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner import clock, files, packs
from cleaner.codes import CODES
from cleaner.config import load
from cleaner.decisions import parse
from cleaner.errors import CleanerError, Errors, InputError
from cleaner.formats import jsonl, packed, warc
from cleaner.formats.html import Extractor
from cleaner.formats.rows import Fields
from cleaner.pipeline import Book, clean_bytes
from cleaner.reports.records import from_jsonl
from cleaner.text import reconstruct
from tests.trust.mutate import VALUES, bent, mutated, reshaped, retagged, toml

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = ("text", "page", "pack", "settings", "decisions", "records", "tables")
SLOW = 10.0  # seconds of CPU time from which one input counts as a hang; measured are milliseconds
PAGE = (
    '<html><head><meta charset="{}"><title>标题</title></head><body><nav><a href=x>首页</a></nav><article><h1>标题</h1>'
    "<p>他沿着河岸一直走到天黑，路灯一盏一盏亮起来，水面上全是碎金子一样的光。</p><p>奶奶总是站在树下，用竹竿轻轻一打。</p>"
    "<table><tr><td>一</td><td>二</td></tr></table></article></body></html>"
)
DECISION = {
    "id": "0123456789ab", "do": "remove", "target": "edit", "rule": "zh-spam/betting-word", "path": "a.txt",
    "quote": {"exact": "365bet", "prefix": "x", "suffix": "y"}, "by": "x",
}  # fmt: skip
ROW = {"id": "a", "text": "标题\n\n奶奶总是站在树下。\n", "n": 1, "more": {"x": [1.5, None, True]}}
ARCHIVE = b"".join(
    b"WARC/1.0\r\nWARC-Type: %b\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
    b"WARC-Target-URI: http://a/%d\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
    % (kind, i, i, content, len(body), body)
    for i, (kind, content, body) in enumerate(
        [
            (b"response", b"application/http; msgtype=response",
             b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(PAGE.encode(), mtime=0)),
            (b"conversion", b"text/plain", "奶奶总是站在树下。\n".encode()),
            (b"response", b"application/http", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()),
        ]
    )
)  # fmt: skip


def said(value: Any) -> Any:
    """Return a JSON value without what TOML cannot say: keys that are null."""
    if isinstance(value, dict):
        return {key: said(part) for key, part in value.items() if part is not None}
    return value


def some_tables(raw: bytes) -> list[str]:
    """Return the tables that a pack names and that are there."""
    found = re.findall(rb"tables/[a-z-]+\.tsv", raw)
    return [name.decode() for name in found if (packs.shipped() / name.decode()).is_file()]


class Fuzz:
    """Mutations of the project's own data. `problems` says what escaped, empty if nothing did."""

    def __init__(self, place: Path) -> None:
        clock.install()
        self.config = load(None, {})
        self.book = Book.of(self.config)
        self.place = place
        self.figures: Counter[str] = Counter()
        self.problems: list[str] = []
        seeds = [path.read_bytes() for path in sorted((ROOT / "seeds").glob("*.txt"))]
        self.texts = [raw[at : at + 900].decode("utf-8", "ignore") for raw in seeds for at in range(0, len(raw), 2500)]
        self.packs = [path.read_bytes() for path in sorted(packs.shipped().glob("zh-*.toml"))]
        self.rules = [rule for raw in self.packs for rule in packs.read.tomllib.loads(raw.decode())["rule"]]
        self.records = (ROOT / "out/__report__/report.jsonl").read_bytes().split(b"\n")
        shutil.copytree(packs.shipped() / "tables", place / "tables")  # which their rules name
        self.spoilt: list[str] = []
        self.schema = sorted(type(self.config.keys).model_fields)

    def run(self, count: int, first: int = 0, pages: float = 0.1) -> Fuzz:
        """Try `count` inputs, the share `pages` of them in the extractor's child."""
        with Extractor() as extractor:
            for number in range(first, first + count):
                self.one(number, extractor, pages)
        return self

    def one(self, number: int, extractor: Extractor, pages: float) -> None:
        chance = random.Random(number)
        if chance.random() < pages:
            name: str = "page"
        else:
            name = chance.choice(("text", "text", "text", "pack", "pack", "settings", "decisions", "records", "tables"))
        tried: Callable[[random.Random], object] = getattr(self, f"_{name}")
        if name == "page":
            tried = lambda c: self._page(c, extractor)  # noqa: E731
        self.figures[name] += 1
        begun, wall = time.process_time(), time.monotonic()
        try:
            tried(chance)
        except (CleanerError, Errors) as err:
            self.figures["refused"] += 1
            for error in err.errors if isinstance(err, Errors) else (err,):
                if error.code not in CODES or "\n" in str(error) or "\x1b" in str(error):
                    self._wrong("messages", number, name, repr(str(error))[:300])
        except AssertionError as err:
            self._wrong("lost", number, name, str(err)[:300])
        except Exception as err:  # what the fuzz is for
            self._wrong("tracebacks", number, name, f"{type(err).__name__}: {err}"[:300])
        spent = time.process_time() - begun
        if spent > SLOW or (name == "page" and time.monotonic() - wall > 6 * (SLOW + extractor.deadline)):
            self._wrong("hangs", number, name, f"{spent:.1f} s of CPU, {time.monotonic() - wall:.1f} s")

    def _wrong(self, figure: str, number: int, name: str, text: str) -> None:
        self.figures[figure] += 1
        self.problems.append(f"{name} number {number}: {text}")

    def _text(self, chance: random.Random) -> None:
        text = chance.choice(self.texts)
        if chance.random() < 0.7:
            text = reshaped(text, chance, self.texts)
        encoding = chance.choice(("utf-8",) * 7 + ("gb18030", "utf-16", "big5hkscs", "utf-8-sig"))
        raw = text.encode(encoding, "ignore")
        if chance.random() < 0.3:
            raw = mutated(raw, chance)
        self._cleaned(raw, self.book, again=chance.random() < 0.25)

    def _cleaned(self, raw: bytes, book: Book, *, again: bool = False) -> None:
        """Clean bytes as a file, and check what came of it."""
        outcome = clean_bytes("a.txt", raw, "a.txt", "txt", self.config, book, ())
        if outcome.error:
            self.figures["quarantined"] += 1
            assert outcome.raw == raw and outcome.status == "quarantined", "the bytes are not kept"
            if not isinstance(outcome.error, InputError):
                raise AssertionError(str(outcome.error))
            return
        self.figures["cleaned"] += 1
        assert outcome.source and outcome.cleaned
        source, draft = outcome.source, outcome.cleaned.draft
        text = reconstruct(outcome.text, [(e.start, draft.source[e.start : e.end], e.new) for e in draft.edits])
        back = files.rebuild(text, source.encoding, source.newline, source.bom, source.runs)
        assert back == raw, "it does not lead back to its bytes"
        if again:
            second = clean_bytes("a.txt", outcome.text.encode(), "a.txt", "txt", self.config, book, ())
            assert second.error or second.text == outcome.text, "a second run changes it"

    def _page(self, chance: random.Random, extractor: Extractor) -> None:
        label = chance.choice(("utf-8", "gb2312", "gbk", "big5", "x"))
        text = PAGE.format(label)
        if chance.random() < 0.7:
            text = retagged(text, chance)
        raw = text.encode(chance.choice(("utf-8", "utf-8", "gb18030", "big5hkscs", "utf-16")), "replace")
        if chance.random() < 0.5:
            raw = mutated(raw, chance)
        extractor.extract(raw, "a.html")
        self.figures["extracted"] += 1

    def _pack(self, chance: random.Random) -> None:
        """A rule or two of a shipped pack, bent: by its bytes, or by its keys and values."""
        file = self.place / "fuzzed.toml"
        if chance.random() < 0.3:
            head, *rules = chance.choice(self.packs).split(b"[[rule]]")
            raw = mutated(b"[[rule]]".join([head, *chance.sample(rules, min(2, len(rules)))]), chance)
        else:
            some: dict[str, Any] = {"schema": 1, "name": "x", "version": "1", "rule": chance.sample(self.rules, 2)}
            for _ in range(chance.choice((0, 1, 1, 2))):
                some = bent(some, chance)
            raw = toml(some).encode("utf-8", "surrogatepass")
        file.write_bytes(raw)
        if chance.random() < 0.2:
            self._spoil_a_table(some_tables(raw), chance)
        found = packs.load([file])
        self.figures["packs loaded"] += 1
        book = replace(self.book, packs=found, rules=packs.in_order(found))
        self._cleaned(
            reshaped(chance.choice(self.texts), chance, self.texts).encode("utf-8", "ignore"), book, again=True
        )

    def _spoil_a_table(self, names: list[str], chance: random.Random) -> None:
        """Mutate a table that the pack names; the next pack that names it gets it whole again."""
        for name in self.spoilt:
            shutil.copyfile(packs.shipped() / name, self.place / name)
        self.spoilt = names[:1]
        for name in self.spoilt:
            whole = (packs.shipped() / name).read_bytes()[:3000]
            (self.place / name).write_bytes(mutated(whole, chance))

    def _settings(self, chance: random.Random) -> None:
        """A clean.toml: keys of the schema with values that may or may not fit."""
        file = self.place / "clean.toml"
        keys: dict[str, Any] = {
            name: getattr(self.config.keys, name) for name in chance.sample(self.schema, chance.randint(1, 3))
        }
        plain = json.loads(json.dumps(keys, default=lambda value: value.model_dump()))
        found = said({name: chance.choice(VALUES) if value is None else value for name, value in plain.items()})
        for _ in range(chance.randint(1, 3)):
            found = bent(found, chance)
        raw = toml(found).encode("utf-8", "surrogatepass")
        file.write_bytes(mutated(raw, chance) if chance.random() < 0.2 else raw)
        config = load(file, {})
        self.figures["settings loaded"] += 1
        assert config.digest and config.settings and config.overlaps
        config.excluded("a/b.txt", self.place)
        config.ignored("a/b.txt", self.place)
        if config.keys.packs != self.config.keys.packs or config.keys.decisions != self.config.keys.decisions:
            Book.of(config)

    def _decisions(self, chance: random.Random) -> None:
        lines = [json.dumps(DECISION).encode()] * 3
        if chance.random() < 0.6:
            lines = [json.dumps(bent(DECISION, chance)).encode() for _ in lines]
        raw = b"\n".join(lines) + b"\n"
        parse(mutated(raw, chance) if chance.random() < 0.5 else raw, "decisions.jsonl")

    def _records(self, chance: random.Random) -> None:
        rows = [self.records[0], *chance.sample(self.records, 3)]
        if chance.random() < 0.6:
            rows = [json.dumps(bent(json.loads(row), chance)).encode() for row in rows if row]
        raw = b"\n".join(rows)
        from_jsonl(mutated(raw, chance) if chance.random() < 0.5 else raw, "report.jsonl")

    def _tables(self, chance: random.Random) -> None:
        """A line of JSON, a compressed file, a WARC: what is damaged says so, and what is read is what stood there."""
        way = chance.randrange(3)
        if way == 0:
            line = json.dumps(bent(ROW, chance), ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
            line = mutated(line, chance) if chance.random() < 0.5 else line
            row = jsonl.parse(line, 1, Fields())
            assert row.fault is None or row.fault.code in CODES
            jsonl.line_of(row, row.text, "text")
            return
        file = self.place / ("a.jsonl.gz" if way == 1 else "a.warc")
        if way == 1:
            file.write_bytes(mutated(gzip.compress(json.dumps(ROW).encode() * 20, mtime=0), chance))
            for _ in packed.blocks(file, "a.jsonl.gz", 1 << 20):
                pass
            return
        file.write_bytes(mutated(ARCHIVE, chance))
        for piece in warc.cut(file, "a.warc"):
            for chunk in warc.chunks(file, piece, "a.warc", 1 << 20):
                for row in chunk.rows:
                    assert row.fault is None or row.fault.code in CODES
