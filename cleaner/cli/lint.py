"""`clean lint`: report pollution in the named files; no OUT, nothing written, each file by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli import formats
from cleaner.cli.listed import listed, listing
from cleaner.cli.options import Options, configured
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.files import Entry
    from cleaner.pipeline import Book
    from cleaner.reports.records import Records


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@listing
@formats.output_format
@configured()
def lint(options: Options, paths: tuple[str, ...], files_from: str | None, null: bool, output_format: str) -> int:
    """Report pollution in the named files; writes nothing.

    PATHs are files or folders. Excludes of the configuration are obeyed for named files too. 1 if anything was found.
    """
    from cleaner import pipeline
    from cleaner.overlap import Found
    from cleaner.reports.build import build

    paths = (*paths, *(listed(files_from, null) or ()))
    if not paths:
        raise click.UsageError("PATH is missing; name files or folders, or give --files-from")
    config = options.config(Path(paths[0]))
    book = options.book(config)
    codes = []
    seen: list[tuple[str, Records]] = []
    for src, entry in _entries(options, paths, config):
        outcome = pipeline.one(entry, src, config, book)
        if outcome.error:
            options.printer.error(outcome.error)
            codes.append(outcome.error.exit)
        digest = hashlib.sha256().hexdigest()
        records = build([outcome], Found((), (), ()), book.packs, book.by_id, digest, book.bench)
        edits = tuple(e for e in records.edits if e.status == "applied" or e.code or options.printer.verbose)
        codes += [1] * bool(edits)
        seen.append((_prefix(src), replace(records, edits=edits)))
        _say(options, output_format, *seen[-1])
    if output_format in formats.OF_FINDINGS:
        _put(options, output_format, seen, book)
    elif output_format == "json":
        options.printer.raw(formats.json_of([edit for _, records in seen for edit in records.edits]))
    return pipeline.worst(codes)


def _entries(options: Options, paths: Sequence[str], config: Config) -> Iterator[tuple[Path, Entry]]:
    """Yield what is to be read, and the folder that its name starts from."""
    from cleaner import files, pipeline
    from cleaner.errors import UsageError

    for given in paths:
        root = Path(given)
        if not root.exists():
            raise UsageError(
                "E105", show_path(given), "no such file or folder", "nothing was written", "check the path"
            )
        src = root if root.is_dir() else root.parent
        pipeline.refuse_tables([root] if root.is_file() else [])
        for entry in (
            pipeline.survey(root, None, config) if root.is_dir() else [files.Entry(root.name, root, None, None)]
        ):
            if entry.note or config.excluded(entry.name, src):
                if options.printer.verbose:
                    options.printer.note(f"skipped {show_path(entry.path.as_posix())}: {entry.note or 'excluded'}")
                continue
            yield src, entry


def _say(options: Options, form: str, prefix: str, records: Records) -> None:
    """Print one file at once, in the formats that have a line per change."""
    from cleaner.reports.records import to_line
    from cleaner.reports.terminal import edit_line

    for edit in records.edits:
        if form == "text":
            options.printer.say(f"{prefix}{edit_line(edit)}")
        elif form == "jsonl":
            options.printer.raw(to_line(edit))


def _put(options: Options, form: str, seen: Sequence[tuple[str, Records]], book: Book) -> None:
    from cleaner.reports.findings import findings, joined

    found = [one for prefix, records in seen for one in findings(records, book.infos, prefix, applied="warning")]
    if form == "comment":
        raise click.UsageError("a comment is about a whole run; use `clean report --format comment`")
    names = [joined(prefix, file.path) for prefix, records in seen for file in records.files]
    options.printer.raw(formats.of_findings(form, found, names))


def _prefix(src: Path) -> str:
    return "" if src == Path() else f"{show_path(src.as_posix())}/"
