"""`clean suggest`: a rule pack for what a folder repeats, to be reviewed; never acts by itself."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.cli.options import Options, configured


@click.command()
@click.argument("src", metavar="SRC")
@click.option("-o", "--output", metavar="FILE", help="Write the pack there (a new file); default: standard output.")
@click.option("--name", default="suggested", metavar="NAME", help="Name of the pack, the first half of its rule ids.")
@click.option("--min-documents", type=click.IntRange(2), default=3, help="Documents a line must stand in (3) ...")
@click.option("--min-share", type=click.FloatRange(0, 1), default=0.02, help="... and the share of the folder (0.02).")
@configured()
def suggest(options: Options, src: str, output: str | None, name: str, min_documents: int, min_share: float) -> int:
    """Find lines that many documents of a folder repeat, and write a rule pack for review.

    What the rules in force remove already is not proposed. Nothing is applied: read the pack, then name it in `packs`.
    """
    import re

    from cleaner import files, packs, pipeline
    from cleaner.errors import UsageError
    from cleaner.show import show
    from cleaner.suggest import Limits, Page, propose, search, to_toml

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise click.UsageError(f"--name {show(name)} is no name of a pack; use a-z, 0-9 and -")
    if output and Path(output).exists():
        raise UsageError(
            "E105", show(output), "stands there already, and may have been edited", "nothing was written",
            "give a new file",
        )  # fmt: skip
    config = options.config(Path(src))
    book = options.book(config)
    early = packs.STAGES[: packs.STAGES.index("lines") + 1]  # a new line rule sees the text as these stages leave it
    book = pipeline.Book(book.packs, tuple(rule for rule in book.rules if rule.stage in early))
    entries = pipeline.survey(Path(src), None, config)
    pages, failed = [], []
    for i, entry in enumerate(entries):
        options.printer.tick("reading", i, len(entries))
        outcome = pipeline.one(entry, Path(src), config, book)
        if outcome.error:
            failed.append(outcome.error)
            options.printer.error(outcome.error)
        elif outcome.cleaned and outcome.text:
            pages.append(Page.of(outcome.name, outcome.text))
    limits = Limits(min_documents, min_share)
    found = search(pages, limits)
    rules = propose(found, limits)
    t = options.printer.t
    options.printer.note(
        t("{documents} documents, {copies} near copies left out; {rules} rules proposed for {lines} repeated lines; "
          "nothing was applied", documents=len(found.pages), copies=found.copies, rules=len(rules),
          lines=len(found.repeats))
    )  # fmt: skip
    if rules:
        raw = to_toml(rules, found, name).encode("utf-8")
        if output:
            files.replace_file(Path(output), raw)
            options.printer.say(t("wrote {file}; read it, then run: clean rules test {file}", file=show(output)))
        else:
            options.printer.raw(raw)
    return pipeline.worst(error.exit for error in failed)
