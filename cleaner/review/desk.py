"""What lies before the reviewer: a report, and what each decision makes of it.

A decision is written to rules/decisions.jsonl at once, and to nothing else. Then the files that it is about are cleaned
again in memory, so that the page shows what the next run will write.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cleaner import decisions, files, pipeline
from cleaner.clean import clean
from cleaner.config import Config
from cleaner.decide import Request, decide, undo
from cleaner.decisions import Decision
from cleaner.errors import InputError, SelfCheckError, UsageError
from cleaner.overlap import Found
from cleaner.pipeline import Book
from cleaner.reports.build import build, decision_records, rules_digest
from cleaner.reports.head import committed
from cleaner.reports.html import Report
from cleaner.reports.records import EditRecord, FileRecord, OverlapRecord, Records
from cleaner.show import show, show_path
from cleaner.undo import Rebuilt, read_report, rebuild

MOST = 200  # files that one decision cleans again at once; a decision on a common text may be about every file
_ADAPTER = TypeAdapter(Request)
_UNDO = "undo"


@dataclass(frozen=True)
class Written:
    """What a decision did: what to say of it, and how many files stay as the report has them until the next run."""

    said: tuple[str, ...]
    later: int


class Desk:
    """A report and the decisions on it. Safe to use from several threads; one decision at a time."""

    def __init__(self, out: Path, config: Config) -> None:
        """Raises UsageError if OUT has no report, `Errors` if packs or decisions are wrong."""
        if config.decisions is None:
            raise UsageError(
                "E202", "decisions", "the setting is empty, so there is no file to write to", "nothing was started",
                'set decisions = "rules/decisions.jsonl"',
            )  # fmt: skip
        self.file = config.decisions
        self._config = replace(config, bulk=False)
        self._book = Book.of(config)
        self._records = read_report(out)
        self._src = config.root / (config.keys.src or "seeds")
        self._rebuilt = {one.seed: one for one in rebuild(out, self._records) if not one.error}
        self._sources = {path: self._source(one) for path, one in self._rebuilt.items() if self._cleaned(path)}
        self._then = committed(out)
        self._lock = threading.Lock()
        self._report = self._made()

    @property
    def records(self) -> Records:
        return self._records

    @property
    def stale(self) -> bool:
        """Say whether OUT was made by other packs or settings than those in force."""
        run = self._records.run
        rules = rules_digest(self._book.packs)
        return (run.rules_digest, run.config_digest) != (rules, self._config.digest)

    def has(self, name: str) -> bool:
        """Say whether there is a page of this name; it is looked up, and never a path of the disk."""
        return name in self._report.pages()

    def page(self, name: str) -> bytes:
        """Return a page as it is now. Raises KeyError."""
        with self._lock:
            return self._report.pages()[name]()

    def decide(self, raw: bytes) -> Written:
        """Write what a reviewer says, given as the JSON of a `Request` (or do = undo).

        Raises UsageError and `Errors` (nothing was written), and OutputError.
        """
        request = _request(raw)
        with self._lock:
            before = frozenset(decisions.read(self.file))
            if isinstance(request, str):
                gone = undo(request, decisions.read(self.file), self._records)
                after = decisions.update(self.file, lambda have: [one for one in have if one not in gone])
                said = _said("took back", gone)
            else:
                made = decide(request, self._records, self._book.bench.one_group)
                after = decisions.update(self.file, lambda have: reduce(decisions.with_decision, made, list(have)))
                said = _said("wrote", made)
            later = self._apply(frozenset(after) ^ before, replace(self._book, decisions=after))
            return Written((f"{show_path(self.file.as_posix())}:", *said), later)

    def _apply(self, changed: Iterable[Decision], book: Book) -> int:
        """Clean again what the changed decisions are about; return how many files were left for the next run."""
        self._book = book
        todo = _paths(changed, self._records.edits)
        again = [made for path in todo[:MOST] if (made := self._again(path)) is not None]
        new = {file.path: (file, edits) for file, edits in again}
        old = self._records
        listed = [new.get(file.path, (file, old.of(file.path))) for file in old.files]
        overlaps = tuple(self._judged(overlap) for overlap in old.overlaps)
        every = tuple(edit for _, edits in listed for edit in edits)
        run = replace(
            old.run, chars_out=sum(file.chars_out for file, _ in listed), pending=sum(e.pending for e in every),
            edits=sum(edit.status == "applied" for edit in every), decisions_digest=book.decisions.digest,
            files_changed=sum(file.status == "changed" for file, _ in listed),
        )  # fmt: skip
        told = decision_records(book.bench, every, overlaps)
        self._records = Records(run, tuple(file for file, _ in listed), every, overlaps, old.clusters, told)
        self._report = self._made()
        return len(todo) - min(len(todo), MOST)

    def _again(self, path: str) -> tuple[FileRecord, Sequence[EditRecord]] | None:
        """Clean one file again; None if it is not cleaned at all, or cannot be done any more."""
        if path not in self._sources:
            return None
        file = next(one for one in self._records.files if one.path == path)
        raw, text = self._rebuilt[path].raw, self._sources[path]
        try:
            cleaned = clean(
                path, text, self._book.rules, self._config.settings, self._config.ignored(path, self._src),
                self._book.bench.judge(path),
            )  # fmt: skip
        except (InputError, SelfCheckError):
            return None
        source = files.Source(text, "utf-8", "lf", False)
        outcome = pipeline.finished(path, file.format, file.sha256_in, raw, source, cleaned)
        made = build(
            [outcome], Found((), (), ()), self._book.packs, self._book.by_id, self._config.digest, self._book.bench
        )
        (now,) = made.files
        return replace(
            file, status=now.status, script=now.script, region=now.region, evidence=now.evidence, edits=now.edits,
            sha256_out=now.sha256_out, chars_out=now.chars_out, pending=now.pending, flags=file.flags,
        ), [self._with_words(edit) for edit in made.edits]  # fmt: skip

    def _with_words(self, edit: EditRecord) -> EditRecord:
        """Return an edit with the words that the run proposed for it from copies, which are not compared again here."""
        if not edit.pending or edit.candidates:
            return edit
        before = (old.candidates for old in self._records.of(edit.path) if old.id == edit.id)
        return replace(edit, candidates=next(before, ()))

    def _judged(self, overlap: OverlapRecord) -> OverlapRecord:
        a, b = ((side.path, side.quote.exact) for side in (overlap.a, overlap.b))
        decision = self._book.bench.on_overlap(overlap.id, a, b)
        status = decision.do if decision is not None else "open"
        return replace(overlap, status=status, decision=decision.id if decision else None)  # type: ignore[arg-type]

    def _cleaned(self, path: str) -> bool:
        return any(file.path == path and file.status != "quarantined" for file in self._records.files)

    def _source(self, one: Rebuilt) -> str:
        file = next(file for file in self._records.files if file.path == one.seed)
        encoding = "utf-8" if file.extracted else file.encoding
        return files.decode(one.raw, one.path, encoding=encoding, allow_nul=True).text

    def _made(self) -> Report:
        return Report(self._records, self._sources, self._book.infos, self._then, live=True)


def _request(raw: bytes) -> Request | str:
    """Return what was said, or the id to undo. Raises UsageError (E205)."""
    import orjson

    try:
        row = orjson.loads(raw)
        if isinstance(row, dict) and row.get("do") == _UNDO and isinstance(row.get("id"), str):
            return str(row["id"])
        return _ADAPTER.validate_python(row)
    except orjson.JSONDecodeError as err:
        raise _no("is no JSON") from err
    except ValidationError as err:
        first = err.errors()[0]
        raise _no(f"says nothing that could be written ({'.'.join(map(str, first['loc']))}: {first['msg']})") from err


def _no(what: str) -> UsageError:
    return UsageError("E205", "the request", show(what), "nothing was written", "load the page again")


def _said(verb: str, made: Iterable[Decision]) -> list[str]:
    return [f"{verb} {show(decisions.to_line(one).decode().rstrip())}" for one in made]


def _paths(changed: Iterable[Decision], edits: Iterable[EditRecord]) -> list[str]:
    """Return the files that decisions may be about: where they were found, and where their text stands."""
    changed = [one for one in changed if one.target != "overlap"]
    ids = {one.id for one in changed}
    texts = {(one.rule, one.quote.exact) for one in changed}
    found = {
        edit.path: None
        for edit in edits
        if ids & {edit.id, edit.group, edit.decision} or (edit.by[-1], edit.quote.exact) in texts
    }
    return list(found)
