"""`clean overlaps`: duplicates and shared passages only; writes nothing."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.cli.options import Options, configured


@click.command()
@click.argument("src", required=False, metavar="[SRC]")
@click.option(
    "--all", "everything", is_flag=True, help="Also formulae, quotations, boilerplate, repeats within one text."
)
@click.option(
    "--output-format", type=click.Choice(["text", "jsonl"]), default="text", help="Lines for people, or records."
)
@configured()
def overlaps(options: Options, src: str | None, everything: bool, output_format: str) -> int:
    """Find duplicates and shared passages only.

    The texts of SRC are cleaned first (nothing is written), so that no footer counts as a passage.
    """
    from cleaner import pipeline
    from cleaner.cli.options import places
    from cleaner.reports.records import to_line
    from cleaner.reports.terminal import overlap_lines

    config = options.config(Path(src) if src else None)
    source, _ = places(config, src, None)
    with options.cache() as cache:
        result = pipeline.run(source, None, config, options.book(config), options.printer.tick, cache)
    for error in result.errors:
        options.printer.error(error)
    for note in result.notes:
        options.printer.note(note)
    shown = [o for o in result.records.overlaps if everything or (o.kind == "reuse" and o.a.path != o.b.path)]
    for overlap in shown:
        if output_format == "jsonl":
            options.printer.raw(to_line(overlap))
            continue
        for line in overlap_lines(overlap, options.printer.t):
            options.printer.say(line)
        options.printer.say()
    rest = len(result.records.overlaps) - len(shown)
    t = options.printer.t
    more = t(", {n} folded away (--all shows them)", n=rest) if rest else ""
    options.printer.note(t("{n} shown", n=len(shown)) + more)
    return result.exit
