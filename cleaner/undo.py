"""The way back: sources rebuilt from OUT and its report, byte for byte, with nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner import files
from cleaner.errors import UsageError
from cleaner.formats import extracted_name
from cleaner.reports.previous import JSONL
from cleaner.reports.records import EditRecord, FileRecord, Records, from_jsonl
from cleaner.show import disk_name, show
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
    edits: int = 0  # taken back
    error: UsageError | None = None


def read_report(out: Path) -> Records:
    """Return the records of OUT. Raises UsageError (E105) if there is no report, or only the totals of a corpus."""
    report = out / JSONL
    try:
        records = from_jsonl(report.read_bytes(), report.as_posix())
    except OSError as err:
        raise UsageError(
            "E105", show(report.as_posix()), f"there is no report ({err.strerror})", "nothing was written",
            "give the OUT folder of a run of `clean SRC OUT`",
        ) from err  # fmt: skip
    if records.run.files and not records.files:  # else nothing would be rebuilt, and that called a success
        raise UsageError(
            "E105", show(report.as_posix()), "the totals of a corpus, whose records this command does not read",
            "nothing was written", "each document's edits are in __report__/records/ (docs/scale.md)",
        )  # fmt: skip
    return records


def rebuild(out: Path, records: Records, *, rule: str | None = None) -> Iterator[Rebuilt]:
    """Yield the source of every file that stands in OUT.

    With `rule` (the beginning of a rule id) only that is taken back in which those rules had the last word: the
    other edits stay. A file that does not lead back to what was read has an `error` (E205) and no bytes.
    """
    for file in records.files:
        if file.out is None and file.status != "dropped":
            continue
        try:
            yield _rebuilt(out, file, records.of(file.path), rule)
        except UsageError as err:
            yield Rebuilt(file.path, b"", False, file.path, error=err)


def _rebuilt(out: Path, file: FileRecord, edits: tuple[EditRecord, ...], rule: str | None) -> Rebuilt:
    """Rebuild one source. Raises UsageError (E205) where OUT and report do not fit."""
    raw = b"" if file.status == "dropped" else _read(out, file)
    applied = [edit for edit in edits if edit.status == "applied"]
    text = None if file.status == "quarantined" else _source(out, file, raw, applied)
    name, digest = file.path, file.sha256_in
    if file.extracted:
        name, digest = extracted_name(file.path), file.extracted.sha256
    source = raw if text is None else _encoded(file, text)
    if hashlib.sha256(source).hexdigest() != digest:
        raise _unfit(out, file, "does not lead back to the seed that was read: it, or the report, was changed")
    if rule is None or text is None:
        return Rebuilt(name, source, True, file.path, len(applied))
    kept = [Edit(edit.start, edit.end, edit.new, edit.by) for edit in applied if not edit.by[-1].startswith(rule)]
    return Rebuilt(name, _encoded(file, splice(text, kept)), not kept, file.path, len(applied) - len(kept))


def _read(out: Path, file: FileRecord) -> bytes:
    """Return what stands in OUT for a file. Raises UsageError (E205) if it is not there, or not inside."""
    place = out / disk_name(str(file.out))
    if not place.resolve().is_relative_to(out.resolve()):
        raise _unfit(out, file, "lies outside of OUT")
    if not place.is_file():
        raise _unfit(out, file, "is not there")
    return place.read_bytes()


def _source(out: Path, file: FileRecord, raw: bytes, applied: list[EditRecord]) -> str:
    try:
        return reconstruct(raw.decode("utf-8"), [(edit.start, edit.quote.exact, edit.new) for edit in applied])
    except (ValueError, UnicodeDecodeError) as err:
        raise _unfit(out, file, "is not the text that the report describes") from err


def _encoded(file: FileRecord, text: str) -> bytes:
    if file.extracted:
        return text.encode("utf-8")
    return files.rebuild(text, file.encoding, file.newline, file.bom, file.newline_runs or ())


def _unfit(out: Path, file: FileRecord, what: str) -> UsageError:
    return UsageError(
        "E205", show((out / (file.out or file.path)).as_posix()), what, "it was left out",
        "get OUT back as its report was made (git checkout), or run `clean SRC OUT` again",
    )  # fmt: skip
