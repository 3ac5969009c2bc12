"""`clean diff`: what cleaning changes in SRC, or what two runs have done differently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.listed import inside, listed, listing
from cleaner.cli.options import Options, configured, places
from cleaner.cli.step import complain, slash
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.pipeline import Book


@click.command()
@click.argument("src", required=False, metavar="[SRC]")
@click.argument("out", required=False, metavar="[OUT]")
@click.option("--unified", is_flag=True, help="Line by line, as a patch from seed to result.")
@click.option(
    "--all", "everything", is_flag=True, help="All files, not only those that differ; all changes of two runs."
)
@click.option(
    "--against", "other", metavar="REV|OUT", help="Compare OUT as it is with OUT of a commit, or of another folder."
)
@click.option("--json", "as_json", is_flag=True, help="With --against: all figures as JSON.")
@listing
@configured(corpus=False)
def diff(options: Options, src: str | None, out: str | None, **flags: Any) -> int:
    """Show what cleaning changes, per character; or what two runs have done differently.

    With OUT, only the files that differ from what stands there; 1 if there are any.

    `clean diff --against REV [OUT]` sets the report of OUT beside that of a commit (or of another OUT): by file, by
    rule, totals, flags; 1 if they differ.
    """
    names = listed(flags["files_from"], flags["null"])
    config = options.config(Path(src) if src else None)
    if flags["other"] is not None:
        if flags["unified"] or names is not None:
            raise click.UsageError("--against compares two reports; leave --unified and --files-from out")
        target = Path(out or src or config.root / (config.keys.out or "out"))
        return _two(options, target, flags["other"], everything=flags["everything"], as_json=flags["as_json"])
    if flags["as_json"]:
        raise click.UsageError("--json goes with --against")
    source, target_or_none = places(config, src, out)
    if names is not None:
        config = replace(config, only=inside(names, source))
    book = options.book(config)
    chosen = {"unified": flags["unified"], "everything": flags["everything"]}
    return show_changes(options, source, target_or_none, config, book, **chosen)


def _two(options: Options, out: Path, against: str, *, everything: bool, as_json: bool) -> int:
    from cleaner.reports.head import of_revision
    from cleaner.reports.previous import JSONL
    from cleaner.reports.two_runs import lines, two_runs
    from cleaner.undo import read_report

    now = read_report(out)
    then = read_report(Path(against)) if (Path(against) / JSONL).is_file() else of_revision(out, against)
    found = two_runs(then, now)
    if as_json:
        whole = {"out": slash(out), "against": against, **found.as_dict()}
        options.printer.json(whole)
    else:
        for line in lines(found, out=slash(out), against=against, every=everything, t=options.printer.t):
            options.printer.say(line)
    return 1 if found.differ else 0


def show_changes(
    options: Options, src: Path, out: Path | None, config: Config, book: Book, *, unified: bool, everything: bool
) -> int:
    """Print what cleaning changes; 1 if OUT would change."""
    from cleaner import output, pipeline
    from cleaner.reports import terminal
    from cleaner.reports.unified import unified_diff

    printer = options.printer
    with options.cache() as cache:
        result = pipeline.run(src, out, config, book, printer.tick, cache)
    complain(printer, result)
    todo = {d.name for d in output.differences(result, out)} if out is not None else set()
    found = False
    for file in result.records.files:
        if out is not None and not everything and file.out not in todo:
            continue
        edits = [edit for edit in result.records.of(file.path) if edit.status == "applied"]
        found = found or bool(edits)
        if unified:
            for line in unified_diff(file.path, result.sources.get(file.path, ""), edits):
                printer.say(line)
            continue
        for edit in edits:
            printer.say(f"{show_path(edit.path)}:{edit.line}:{edit.col}: {'+'.join(edit.by)}")
            printer.say(f"    {terminal.in_context(edit)}")
    if out is not None and not todo:
        printer.note(printer.t("{out} is in step; --all shows all changes of every file", out=slash(out)))
    return 1 if todo else 0
