"""Reports to stdout, and gates: one option for all formats, and what fails a build."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.output import Difference
    from cleaner.pipeline import Book
    from cleaner.reports.findings import Finding
    from cleaner.reports.records import Record, Records

OF_FINDINGS = ("sarif", "github", "gitlab", "junit", "comment")
FORMATS = ("text", "json", "jsonl", *OF_FINDINGS)
GATES = ("pending", "overlap", "findings")

output_format = click.option(
    "--output-format", type=click.Choice(FORMATS), default="text",
    help="What goes to stdout: lines for people, records, or findings for a code host.",
)  # fmt: skip
new_only = click.option(
    "--new-only", is_flag=True, help="Leave out, of list and gate, what the report of the last commit has already."
)
fail_on = click.option(
    "--fail-on", type=click.Choice(GATES), multiple=True,
    help="1 if there are any: places that wait, open overlaps, anything to clean at all (repeat).",
)  # fmt: skip


def known_before(out: Path | None) -> frozenset[str] | None:
    """Return the ids of the findings of the last commit's report; without one, of the report that stands in OUT."""
    from cleaner.reports.findings import ids_of
    from cleaner.reports.head import committed
    from cleaner.reports.previous import previous

    if out is None:
        return None
    then = committed(out) or previous(out)
    return ids_of(then) if then is not None else None


def chosen(
    records: Records, book: Book, src: str, known: Collection[str] | None, *, only_new: bool
) -> list[Finding]:  # fmt: skip
    """Return the findings that a list or a gate is about."""
    from cleaner.reports.findings import against, findings

    found = against(findings(records, book.infos, src), known or ())
    return [one for one in found if not (only_new and one.known)]


def of_difference(difference: Difference, out: str, because: str) -> Finding:
    """Return what `check` found as a finding: OUT is not what SRC makes."""
    from cleaner.identity import short_id
    from cleaner.reports.findings import Finding, joined
    from cleaner.show import show_path

    file = joined(out, difference.name)
    what = {"missing": "is missing", "stale": "is stale", "orphan": "is an orphan"}[difference.kind]
    message = f"{show_path(file)} {what}{because.replace('   ', ', ')}; run clean again and commit what it writes"
    why = "OUT has to be what SRC, packs, settings and decisions make."
    id_ = short_id(difference.kind, difference.name)
    return Finding(id_, f"check/{difference.kind}", why, "error", file, message)


def put(
    printer: Printer, form: str, records: Records, found: Sequence[Finding], src: str, *, compared: bool = False
) -> None:  # fmt: skip
    """Print a report in a format for programs."""
    printer.raw(rendered(form, records, found, src, compared=compared))


def rendered(form: str, records: Records, found: Sequence[Finding], src: str, *, compared: bool = False) -> bytes:
    """Return a report in one of `OF_FINDINGS`, or as records (json, jsonl)."""
    if form in ("json", "jsonl"):
        return as_records(form, records)
    if form == "comment":
        from cleaner.reports.comment import to_comment

        return to_comment(records, found, compared=compared)
    from cleaner.reports.findings import joined

    return of_findings(form, found, [joined(src, file.path) for file in records.files if file.status != "skipped"])


def of_findings(form: str, found: Sequence[Finding], files: Iterable[str]) -> bytes:
    """Return findings as sarif, github, gitlab or junit; `files` are all that were looked at."""
    if form == "sarif":
        from cleaner.reports.sarif import to_sarif

        return to_sarif(found)
    if form == "github":
        from cleaner.reports.github import to_github

        return to_github(found)
    if form == "gitlab":
        from cleaner.reports.gitlab import to_gitlab

        return to_gitlab(found)
    from cleaner.reports.junit import to_junit

    return to_junit(files, found)


def as_records(form: str, records: Records) -> bytes:
    """Return all records, one a line (jsonl) or as one array (json)."""
    from cleaner.reports.records import to_jsonl

    return to_jsonl(records) if form == "jsonl" else json_of(records)


def json_of(records: Iterable[Record]) -> bytes:
    """Return records as one JSON array, in which nothing acts on a terminal."""
    import orjson

    from cleaner.reports.records import as_dict
    from cleaner.show import visible_json

    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return visible_json(orjson.dumps([as_dict(record) for record in records], option=option))


def gate(printer: Printer, found: Sequence[Finding], gates: Collection[str], records: Records) -> bool:
    """Say which gates are closed, and whether any is."""
    failed = False
    for name in sorted(gates, key=GATES.index):
        mine = [one for one in found if name in ("findings", one.gate)]
        if not mine:
            continue
        failed = True
        t = printer.t
        what = t.plural(len(mine), "open overlap")
        if name == "pending":
            ids = {one.id for one in mine}
            places = sum(edit.pending for edit in records.edits) if _all(ids, records) else len(mine)
            if _all(ids, records):
                what = t.plural(places, "place waits for a person", "places wait for a person")
            else:
                what = t.plural(places, "group waits for a person", "groups wait for a person")
        elif name == "findings":
            what = t.plural(len(mine), "finding")
        printer.error(f"{what} (--fail-on {name})")
    return failed


def _all(ids: Collection[str], records: Records) -> bool:
    from cleaner.reports.views import pending_groups

    return len(ids) == sum(1 for _ in pending_groups(records))
