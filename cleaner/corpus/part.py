"""One part: read its rows, clean each, write what came of them. The stage in which a run spends its time.

A part `work/clean/000007` leaves behind: `.rows` (what goes to OUT: JSON Lines, a Parquet file, or texts one after the
other), `.docs.npy` (a row for each document: number, size in `.rows`), `.records.jsonl.gz` (file and edit records), and
what overlaps are looked for with: `.texts` and `.keys` with `.texts.npy` and `.keys.npy` (cleaned texts, key texts),
`.copies.npy`, `.bands.npy`, `.seeds.npy`, `.lines.npy`.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from cleaner import files
from cleaner.collector import seldom
from cleaner.corpus.parts import Part, Setup, absent, unchanged
from cleaner.corpus.shape import NOT_THERE, Shape, shape_of
from cleaner.corpus.sketches import Sketches
from cleaner.errors import InputError
from cleaner.formats import jsonl, parquet, warc
from cleaner.formats.html import Extractor
from cleaner.formats.rows import Chunk, Row
from cleaner.outcome import Outcome
from cleaner.overlap import Text
from cleaner.pipeline import clean_bytes, memo_of, one
from cleaner.reports.build import of_outcome
from cleaner.reports.records import EditRecord, FileRecord, to_line
from cleaner.runners import Trial, Value
from cleaner.runners.exchange import save

DOC = np.dtype([("number", np.int64), ("size", np.int64), ("text", np.int64)])
# Cleaned before a part's documents, so that rules are compiled and tables loaded by then: half a second during which a
# death (the kernel's OOM killer, an impatient person) would be laid to the first document, and twice there E130.
_FIRST = "领(lǐng)导说，這裡的業績錶。\n\n分享到：微信 微博\n".encode()
SHOWN = 20  # errors of a part that are kept to be printed; all are in the records


def clean_part(setup: Setup, folder: str, part: Part, trial: Trial) -> Value:
    """Clean the documents of a part. Raises InputError E131 if its file changed since the run began."""
    for given in part.inputs:
        if part.kind != "files":
            unchanged(given, setup.where(given.name))
    base = Path(folder, f"{part.number:06}")
    clean_bytes("", _FIRST, "", "jsonl", setup.config, setup.book, ())
    work = _Part(setup, part, trial, base)
    with seldom(), work:
        for chunk in _chunks(setup, part):
            work.chunk(chunk)
    return work.value()


def _chunks(setup: Setup, part: Part) -> Iterator[Chunk]:
    limit, path, where = setup.config.keys.max_file_size, Path(part.path), setup.where(part.name)
    if part.kind == "jsonl":
        yield from jsonl.chunks(path, part.piece, setup.fields, limit)
    elif part.kind == "parquet":
        yield from parquet.chunks(path, part.piece, setup.fields, where)
    elif part.kind == "warc":
        yield from warc.chunks(path, part.piece, where, limit)
    else:
        for i in range(0, len(part.inputs), 16):
            yield Chunk(tuple(Row(i + j, None) for j in range(len(part.inputs[i : i + 16]))))


class _Part:
    """The state of one part: what is written so far."""

    def __init__(self, setup: Setup, part: Part, trial: Trial, base: Path) -> None:
        self.setup, self.part, self.base = setup, part, base
        self.where = setup.where(part.name)
        self.ignore = setup.config.ignored(part.name, Path(setup.src))
        self.memo = memo_of(setup.config, setup.book)
        self.skip = {document: (code, why) for document, code, why in trial.skip}
        self.stack = ExitStack()
        self.marker = self.stack.enter_context(trial.marker())
        self.pages = Extractor()  # its child starts with the first page
        self.stack.callback(self.pages.box.close)
        self.shape: Shape = self.stack.enter_context(shape_of(setup, part, base))
        raw: IO[bytes] = self.stack.enter_context(base.with_suffix(".records.jsonl.gz").open("wb"))
        self.records = self.stack.enter_context(gzip.GzipFile("", "wb", 1, raw, mtime=0))
        self.sketches = self.stack.enter_context(Sketches(base, setup.config.overlaps)) if setup.overlaps else None
        self.docs: list[tuple[int, int, int]] = []
        self.totals: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.errors: list[list[str]] = []

    def __enter__(self) -> _Part:
        self.stack.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self.stack.__exit__(*failure)

    def chunk(self, chunk: Chunk) -> None:
        """Clean the rows of a chunk and write what came of them."""
        done: list[Outcome] = []
        for row in chunk.rows:
            self.marker.at(len(self.docs) + len(done))
            done.append(self._outcome(row, len(self.docs) + len(done)))
        self.marker.at(-1)
        seen = [of_outcome(outcome, self.setup.book.by_id) for outcome in done]
        sizes = self.shape.write(chunk, done, seen)
        for i, size in enumerate(sizes):
            if size == NOT_THERE and done[i].error:
                done[i] = _absent(done[i])
                seen[i] = of_outcome(done[i], self.setup.book.by_id)
        lines = []
        for row, outcome, (file, edits), size in zip(chunk.rows, done, seen, sizes, strict=True):
            lines += [to_line(file), *map(to_line, edits)]
            self._count(outcome, file, edits)
            self.docs.append((row.number, size, len(outcome.text.encode()) if outcome.cleaned else 0))
        self.records.write(b"".join(lines))
        if self.sketches:
            self.sketches.add([_text(outcome) for outcome in done])

    def _outcome(self, row: Row, at: int) -> Outcome:
        if self.part.kind == "files":
            return self._file(row.number, at)
        part, setup = self.part, self.setup
        name = f"{part.name}#{row.number}"
        where = self.where + f"#{row.number}" + (f" ({_short(row.id)})" if row.id else "")
        fault = (*self.skip[at], "leave the row out, and report it") if at in self.skip else row.fault
        if fault:
            code, what, how = fault
            raw = row.page or row.raw or (row.text or "").encode("utf-8", "surrogatepass")
            error = InputError(code, where, f"a worker {what}" if at in self.skip else what, _done(row), how)
            return Outcome(name, "quarantined", part.kind, _sha(raw), error=error, stands=row.page is None)
        if row.page is not None:
            outcome = self._clean(name, row.page, where, "html")
            return replace(outcome, format="warc", stands=outcome.cleaned is not None)
        if row.text is None:
            return self._clean(name, row.raw, where, "warc")
        try:
            raw = row.text.encode()
        except UnicodeEncodeError:
            what = "its text has a lone surrogate (such as \\ud800), which is no character"
            error = InputError("E111", where, what, _done(row), "mend the row")
            raw = row.text.encode("utf-8", "surrogatepass")
            return Outcome(name, "quarantined", part.kind, _sha(raw), error=error)
        if len(raw) > setup.config.keys.max_file_size:
            what = f"its text has {len(raw)} bytes, the limit is {setup.config.keys.max_file_size}"
            error = InputError("E120", where, what, _done(row), "raise --max-file-size, split it or exclude it")
            return Outcome(name, "quarantined", part.kind, _sha(raw), error=error)
        return self._clean(name, raw, where, part.kind)

    def _clean(self, name: str, raw: bytes, where: str, kind: str) -> Outcome:
        setup = self.setup
        return clean_bytes(name, raw, where, kind, setup.config, setup.book, self.ignore, self.pages, self.memo)

    def _file(self, index: int, at: int) -> Outcome:
        given, setup = self.part.inputs[index], self.setup
        if at in self.skip:
            code, why = self.skip[at]
            done, how = "copied unchanged and quarantined", "exclude it, and please report it"
            error = InputError(code, setup.where(given.name), f"a worker {why}", done, how)
            return Outcome(given.name, "quarantined", given.kind, "", error=error)
        entry = files.Entry(given.name, Path(given.path))
        return one(entry, Path(setup.src), setup.config, setup.book, self.pages, self.memo)

    def _count(self, outcome: Outcome, file: FileRecord, edits: Sequence[EditRecord]) -> None:
        self.totals.update(
            documents=1, chars_in=file.chars_in, chars_out=file.chars_out, pending=file.pending,
            edits=sum(file.edits.values()), bytes_in=len(outcome.raw or b""),
            **{file.status: 1},
        )  # fmt: skip
        self.rules.update(file.edits)
        if outcome.error:
            self.codes[outcome.error.code] += 1
            if len(self.errors) < SHOWN or outcome.error.exit == 70:
                self.errors.append([type(outcome.error).__name__, *map(str, outcome.error.args)])

    def value(self) -> Value:
        save(self.base.with_suffix(".docs.npy"), np.array(self.docs, DOC))
        return {
            "totals": dict(self.totals), "rules": dict(self.rules), "codes": dict(self.codes), "errors": self.errors,
            "rows": sum(size for _, size, _ in self.docs if size > 0),
        }  # fmt: skip


def _absent(outcome: Outcome) -> Outcome:
    """Return an outcome that says of itself that nothing of it stands in OUT: it is no JSON, or over the limit."""
    return replace(outcome, error=outcome.error and absent(outcome.error), stands=False)


def _text(outcome: Outcome) -> Text:
    """Return what overlaps are looked for in; "" has none."""
    if outcome.cleaned is None:
        return Text(outcome.name, "", "other")
    script = outcome.script.script if outcome.script else "other"
    return Text(outcome.name, outcome.text, script, dict(outcome.cleaned.meta).get("date", ""))


def _sha(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _short(text: str) -> str:
    from cleaner.show import show

    return show(text[:60])


def _done(row: Row) -> str:
    return "its text was left as it is and quarantined" if row.text is not None else "the row was left as it is"
