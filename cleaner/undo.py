"""The way back: sources rebuilt from OUT and its report, byte for byte, with nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner import files
from cleaner.errors import UsageError
from cleaner.formats import extracted_name
from cleaner.pipeline import JSONL
from cleaner.reports.records import EditRecord, FileRecord, Records, from_jsonl
from cleaner.show import show
from cleaner.text import Edit, reconstruct, splice


@dataclass(frozen=True)
class Rebuilt:
    """A source as OUT and its report give it. `whole` says whether its SHA-256 is the one that was read.

    Of a page it is the extracted text, named so (page.html.txt): the page itself is kept by its SHA-256 alone.
    """

    path: str
    raw: bytes
    whole: bool
    seed: str


def read_report(out: Path) -> Records:
    """Return the records of OUT. Raises UsageError (E105) if there is no report."""
    report = out / JSONL
    try:
        return from_jsonl(report.read_bytes(), report.as_posix())
    except OSError as err:
        raise UsageError(
            "E105", show(report.as_posix()), f"there is no report ({err.strerror})", "nothing was written",
            "give the OUT folder of a run of `clean SRC OUT`",
        ) from err  # fmt: skip


def rebuild(out: Path, records: Records, *, rule: str | None = None) -> Iterator[Rebuilt]:
    """Yield the source of every file that stands in OUT.

    With `rule` (the beginning of a rule id) only what those rules did is taken back: the other edits stay,
    and `whole` is true if that gives the source. Raises UsageError (E205) where OUT and report do not fit.
    """
    for file in records.files:
        if file.out is None:
            continue
        raw = (out / file.out).read_bytes() if (out / file.out).is_file() else None
        if raw is None:
            raise _unfit(out, file, "is not there")
        if file.status != "quarantined":
            raw = _source(out, file, raw, records.of(file.path), rule)
        name, digest = file.path, file.sha256_in
        if file.extracted:
            name, digest = extracted_name(file.path), file.extracted.sha256
        yield Rebuilt(name, raw, hashlib.sha256(raw).hexdigest() == digest, file.path)


def _source(out: Path, file: FileRecord, raw: bytes, edits: tuple[EditRecord, ...], rule: str | None) -> bytes:
    applied = [edit for edit in edits if edit.status == "applied"]
    changes = [(edit.start, edit.quote.exact, edit.new) for edit in applied]
    try:
        text = reconstruct(raw.decode("utf-8"), changes)
    except (ValueError, UnicodeDecodeError) as err:
        raise _unfit(out, file, "is not the text that the report describes") from err
    if rule is not None:
        kept = [edit for edit in applied if not any(by.startswith(rule) for by in edit.by)]
        text = splice(text, [Edit(edit.start, edit.end, edit.new, edit.by) for edit in kept])
    if file.extracted:
        return text.encode("utf-8")
    return files.rebuild(text, file.encoding, file.newline, file.bom, file.newline_runs or ())


def _unfit(out: Path, file: FileRecord, what: str) -> UsageError:
    return UsageError(
        "E205", show((out / (file.out or file.path)).as_posix()), what, "nothing was written",
        "get OUT back as its report was made (git checkout), or run `clean SRC OUT` again",
    )  # fmt: skip
