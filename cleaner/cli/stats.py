"""`clean stats`: what a run did, in figures."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.cli import printer_of


@click.command()
@click.argument("out", metavar="[OUT]", required=False)
@click.option("--html", "page", metavar="FILE", help="Write a page with plots there.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@click.pass_context
def stats(ctx: click.Context, out: str | None, page: str | None, as_json: bool) -> int:
    """What the run that made OUT did, in figures.

    Rules by hits, characters by kind, lengths before and after, scripts, overlaps: from the report of OUT alone.
    """

    from cleaner import files
    from cleaner.config import discover, load
    from cleaner.pipeline import Book
    from cleaner.reports.stats import lines, stats_of
    from cleaner.show import show_path
    from cleaner.undo import read_report

    printer = printer_of(ctx)
    config = load(discover(Path(out) if out and Path(out).is_dir() else Path()), {})
    folder = Path(out) if out else config.root / (config.keys.out or "out")
    found = stats_of(read_report(folder), Book.of(config).infos)
    if page:
        from cleaner.reports.stats_page import stats_page

        files.replace_file(Path(page), stats_page(found))
        printer.note(printer.t("wrote {names}", names=show_path(page)))
    if as_json:
        printer.json(found.as_dict())
    elif not page:
        for line in lines(found, printer.t):
            printer.say(line)
    return 0
