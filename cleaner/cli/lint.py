"""`clean lint`: report pollution in the named files; no OUT, nothing written, each file by itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from cleaner.cli.options import Options, configured
from cleaner.show import show_path


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--output-format", type=click.Choice(["text", "jsonl"]), default="text", help="Lines for people, or records."
)
@configured()
def lint(options: Options, paths: tuple[str, ...], output_format: str) -> int:
    """Report pollution in the named files; writes nothing.

    PATHs are files or folders. Excludes of the configuration are obeyed for named files too. 1 if anything was found.
    """
    from cleaner import files, pipeline
    from cleaner.errors import UsageError
    from cleaner.overlap import Found
    from cleaner.reports.build import build
    from cleaner.reports.records import to_line
    from cleaner.reports.terminal import edit_line

    config = options.config(Path(paths[0]))
    book = options.book(config)
    codes = []
    for given in paths:
        root = Path(given)
        if not root.exists():
            raise UsageError(
                "E105", show_path(given), "no such file or folder", "nothing was written", "check the path"
            )
        src = root if root.is_dir() else root.parent
        for entry in (
            pipeline.survey(root, None, config) if root.is_dir() else [files.Entry(root.name, root, None, None)]
        ):
            if entry.note or config.excluded(entry.name, src):
                if options.printer.verbose:
                    options.printer.note(f"skipped {show_path(entry.path.as_posix())}: {entry.note or 'excluded'}")
                continue
            outcome = pipeline.one(entry, src, config, book)
            if outcome.error:
                options.printer.error(str(outcome.error))
                codes.append(outcome.error.exit)
            records = build(
                [outcome], Found((), (), ()), book.packs, book.by_id, hashlib.sha256().hexdigest(), book.bench
            )
            for edit in records.edits:
                if edit.status != "applied" and not edit.code and not options.printer.verbose:
                    continue
                codes.append(1)
                if output_format == "text":
                    options.printer.say(f"{_prefix(src)}{edit_line(edit)}")
                else:
                    options.printer.raw(to_line(edit))
    return pipeline.worst(codes)


def _prefix(src: Path) -> str:
    return "" if src == Path() else f"{show_path(src.as_posix())}/"
