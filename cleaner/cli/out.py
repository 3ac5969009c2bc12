"""`clean undo` and `clean report`: what can be made from OUT alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli import formats, printer_of
from cleaner.cli.rules import put_json
from cleaner.languages import Speech, speech

if TYPE_CHECKING:
    from cleaner.pipeline import Book


@click.command()
@click.argument("out", metavar="OUT")
@click.argument("dest", metavar="DEST")
@click.option("--rule", metavar="PREFIX", help="Take back only what the rules whose id begins so did.")
@click.option("--file", "only", metavar="PATH", help="Only this seed, by its path in SRC.")
@click.pass_context
def undo(ctx: click.Context, out: str, dest: str, rule: str | None, only: str | None) -> int:
    """Rebuild the seeds from OUT and its report, byte for byte.

    DEST is a new folder, or one in which no file would change; each seed is checked against its SHA-256. Of an
    HTML page it is the extracted text that comes back, as page.html.txt.
    """
    from cleaner import files
    from cleaner.errors import UsageError
    from cleaner.show import disk_name, show
    from cleaner.undo import read_report, rebuild

    printer = printer_of(ctx)
    records = read_report(Path(out))
    if rule is not None and not any(edit.by[-1].startswith(rule) for edit in records.edits):
        raise UsageError(
            "E205",
            show(rule),
            "no edit in OUT is by such a rule",
            "nothing was written",
            "the report of OUT lists what each rule did",
        )
    every = [one for one in rebuild(Path(out), records, rule=rule) if only in (None, one.path, one.seed)]
    rebuilt, wrong = [one for one in every if not one.error], [one for one in every if one.error]
    if only is not None and not every:
        raise UsageError(
            "E105", show(only), "the report has no such file in OUT", "nothing was written", "see report.jsonl"
        )
    places = [one.path for one in rebuilt]
    for one in rebuilt:
        target = Path(dest) / disk_name(one.path)
        if places.count(one.path) > 1:
            raise UsageError(
                "E105", show(target.as_posix()), "is the place of a seed and of a page's extracted text",
                "nothing was written", f"give one of them with --file, such as --file {show(one.seed)}",
            )  # fmt: skip
        if not target.resolve().is_relative_to(Path(dest).resolve()):
            raise UsageError(
                "E103", show(one.path), "this path leads out of DEST", "nothing was written", "check report.jsonl"
            )
        if target.exists() and target.read_bytes() != one.raw:
            raise UsageError(
                "E105", show(target.as_posix()), "stands there already and is another text", "nothing was written",
                "give a new folder as DEST",
            )  # fmt: skip
    for one in rebuilt:
        target = Path(dest) / disk_name(one.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        files.replace_file(target, one.raw)
    left = [
        file.path
        for file in records.files
        if file.out is None and file.status not in ("skipped", "dropped") and only is None
    ]
    for path in left:
        printer.note(printer.t("{path}: left out, nothing of it stands in OUT", path=show(path)))
    for error in filter(None, (one.error for one in every)):
        printer.error(error)
    if rule is None:
        told = printer.t(
            "rebuilt {n} files in {dest}, byte for byte; {wrong} could not be rebuilt", n=len(rebuilt), dest=show(dest),
            wrong=len(wrong),
        )  # fmt: skip
        printer.say(told)
    else:
        changed = [one for one in rebuilt if one.edits]
        count = sum(one.edits for one in changed)
        printer.say(
            printer.t(
                "took back {n} edits of {rule} in {changed} of {all} files in {dest}",
                n=count,
                rule=show(rule),
                changed=len(changed),
                all=len(rebuilt),
                dest=show(dest),
            )
        )
    return 1 if wrong else 0


@click.command()
@click.argument("out", metavar="[OUT]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["html", "md", "csv", *formats.FORMATS[1:]]), default="html",
    help="What to make.",
)  # fmt: skip
@click.option(
    "-o", "--output", metavar="FILE|FOLDER", help="Where to (html: a folder); default OUT's report, else stdout."
)
@click.option("--src", metavar="DIR", help="What the findings call the folder of the seeds (default: the setting src).")
@formats.new_only
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line of report.jsonl.")
@click.pass_context
def report(
    ctx: click.Context, out: str | None, form: str, output: str | None, src: str | None, new_only: bool, schema: bool
) -> int:
    """Render the report of OUT again.

    Everything is made from OUT and its report.jsonl; SRC need not be there.
    """
    from cleaner import files, pipeline
    from cleaner.config import discover, load
    from cleaner.reports.previous import REPORT
    from cleaner.reports.records import report_schema

    if schema:
        return put_json(ctx, report_schema(), output)
    config = load(discover(Path()), {})
    folder = Path(out) if out else config.root / (config.keys.out or "out")
    book = pipeline.Book.of(config)
    if form == "html":
        return _html(ctx, folder, Path(output) if output else folder / REPORT, book, speech(config.keys.report_lang))
    if form in formats.OF_FINDINGS:
        raw = _findings(folder, form, src if src is not None else config.keys.src or "", book, new_only)
    else:
        raw = _text(folder, form, book, speech(config.keys.report_lang))
    if output:
        files.replace_file(Path(output), raw)
    else:
        printer_of(ctx).raw(raw)
    return 0


def _html(ctx: click.Context, out: Path, target: Path, book: Book, t: Speech) -> int:
    from cleaner import files
    from cleaner.reports.head import committed
    from cleaner.reports.html import pages
    from cleaner.show import show_path
    from cleaner.undo import read_report, rebuild

    records = read_report(out)
    by_path = {file.path: file for file in records.files}
    sources = {}
    for one in rebuild(out, records):
        file = by_path[one.seed]
        if file.status != "quarantined":
            encoding = "utf-8" if file.extracted else file.encoding
            sources[one.seed] = files.decode(one.raw, one.path, encoding=encoding, allow_nul=True).text
    count = 0
    for name, page in pages(records, sources, book.infos, committed(out), t):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        files.replace_file(target / name, page)
        count += 1
    printer, index = printer_of(ctx), show_path((target / "index.html").as_posix())
    printer.say(printer.t("wrote {n} pages; open {page}", n=count, page=index))
    return 0


def _findings(out: Path, form: str, src: str, book: Book, new_only: bool) -> bytes:
    """Return findings; those of the last commit are known. (The report in OUT itself is no base to compare with.)"""
    from cleaner.reports.findings import ids_of
    from cleaner.reports.head import committed
    from cleaner.undo import read_report

    records = read_report(out)
    then = committed(out)
    known = ids_of(then) if then is not None else None
    found = formats.chosen(records, book, src, known, only_new=new_only)
    return formats.rendered(form, records, found, src, compared=then is not None)


def _text(out: Path, form: str, book: Book, t: Speech) -> bytes:
    from cleaner.reports.markdown import to_markdown
    from cleaner.reports.table import to_csv
    from cleaner.undo import read_report

    records = read_report(out)
    if form == "md":
        return to_markdown(records, book.infos, t)
    return to_csv(records) if form == "csv" else formats.as_records(form, records)
