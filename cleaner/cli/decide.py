"""`clean decide` and `clean decisions`: what a person says of a report, written where the next run reads it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import Options, configured, places
from cleaner.languages import mark

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.decide import Request
    from cleaner.decisions import Decision, Decisions
    from cleaner.pipeline import Book
    from cleaner.reports.records import DecisionRecord, Records

VERBS = ("keep", "remove", "replace", "accept", "wanted", "unwanted", "undo")

_OUT = click.option("--out", metavar="OUT", help="Where the report is that has the ids (default: the setting out).")


@click.command()
@click.argument("verb", type=click.Choice(VERBS), metavar="VERB")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--with", "replacement", metavar="TEXT", help="With replace: the word that stood there.")
@click.option("--why", metavar="TEXT", help="The reason, for people.")
@click.option("--by", metavar="NAME", help="Who decided, for people.")
@click.option("--keep", "keeper", metavar="PATH", help="With unwanted: the file that keeps the text.")
@click.option("--file", "path", metavar="PATH", help="Only in this file, by its path in SRC.")
@click.option(
    "--scope",
    type=click.Choice(["edit", "group", "rule", "phrase", "pair"]),
    help="Edits: this one (edit), all with this rule and text (group), the rule in these files (rule). "
    "Overlaps: whoever has the phrase (phrase), or these two files (pair).",
)
@_OUT
@configured(policy=False)
def decide(options: Options, verb: str, ids: tuple[str, ...], out: str | None, **said: Any) -> int:
    """Write a decision on an edit, group or overlap of the report.

    \b
    keep       do not make this change; a proposal is answered with no
    remove     cut the text and leave no mask
    replace    put the text of --with there
    accept     take what the rule proposes, or let the mask stay
    wanted     the overlap is as it should be (a slogan, a quotation)
    unwanted   the overlap is a copy; --keep PATH names the file that keeps it
    undo       take a decision back

    The next run of `clean SRC OUT` obeys. Decisions stand in rules/decisions.jsonl, which belongs into git.
    """
    from cleaner import decisions
    from cleaner.cli.scope_rule import ignore_rule

    config = options.config(None)
    file = _file(config)
    records = _records(options, config, out, needed=verb != "undo")
    if said["scope"] == "rule":
        assert records is not None
        return ignore_rule(options, config, verb, ids, records, said["path"])
    if verb == "undo":
        gone = _undone(ids, decisions.read(file), records)
        decisions.update(file, lambda before: [one for one in before if one not in gone])
        _say(options, file, gone, mark("took back from {file}: {line}"))
        return _next(options, config)
    made = _decided(options, config, records, [_request(verb, id_, said) for id_ in ids])
    _write(options, file, made)
    _covers(options, records, made)
    return _next(options, config)


def _request(verb: str, id_: str, said: dict[str, Any]) -> Request:
    from cleaner.decide import Request
    from cleaner.errors import UsageError

    for name in ("replacement", "why", "by", "path", "keeper"):
        try:
            (said[name] or "").encode()
        except UnicodeEncodeError as err:
            raise UsageError("E205", verb, "an option is not UTF-8", "nothing was written", "type it again") from err
    return Request(verb, id_, **said)  # type: ignore[arg-type]


def _decided(options: Options, config: Config, records: Records | None, asked: Iterable[Request]) -> list[Decision]:
    from cleaner.decide import decide as to_decisions

    assert records is not None
    one_group = options.book(config.without_decisions).bench.one_group
    return [made for request in asked for made in to_decisions(request, records, one_group)]


def _undone(ids: Iterable[str], have: Decisions, records: Records | None) -> list[Decision]:
    from cleaner.decide import undo

    return [decision for id_ in ids for decision in undo(id_, have, records)]


def _file(config: Config) -> Path:
    if config.decisions is None:
        raise click.UsageError("the setting `decisions` is empty, so there is no file to write to")
    return config.decisions


def _records(options: Options, config: Config, out: str | None, *, needed: bool) -> Records | None:
    from cleaner.errors import UsageError
    from cleaner.undo import read_report

    try:
        return read_report(Path(out) if out else config.root / (config.keys.out or "out"))
    except UsageError:
        if needed:
            raise
        return None


def _write(options: Options, file: Path, made: list[Decision]) -> None:
    from functools import reduce

    from cleaner import decisions

    decisions.update(file, lambda before: reduce(decisions.with_decision, made, list(before)))
    _say(options, file, made, mark("wrote {file}: {line}"))


def _say(options: Options, file: Path, made: Iterable[Decision], sentence: str) -> None:
    from cleaner.decisions import to_line
    from cleaner.show import show, show_path

    for decision in made:
        line = show(to_line(decision).decode().rstrip())
        options.printer.say(options.printer.t(sentence, file=show_path(file.as_posix()), line=line))


def _covers(options: Options, records: Records | None, made: Iterable[Decision]) -> None:
    """Say how far a decision reaches, where it is more than one place."""
    for decision in made:
        edits = [
            e for e in (records.edits if records else ()) if e.id == decision.id and decision.path in (None, e.path)
        ]
        files = {edit.path for edit in edits}
        if len(files) > 1:
            t, count = options.printer.t, len(files)
            options.printer.note(t("{id} is in {n} files; --file PATH would narrow it to one", id=decision.id, n=count))


def _next(options: Options, config: Config) -> int:
    from cleaner.show import show

    where = f" {show(config.keys.src)} {show(config.keys.out)}" if config.keys.src and config.keys.out else " SRC OUT"
    options.printer.note(options.printer.t("next: {what}", what=f"clean{where}"))
    return 0


@click.group()
def decisions() -> None:
    """List, check, prune, export and import decisions."""


@decisions.command("list")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a line of rules/decisions.jsonl.")
@_OUT
@configured(policy=False)
def list_(options: Options, schema: bool, out: str | None) -> int:
    """All decisions, and at how many places the last run found them."""
    from cleaner import decisions as file
    from cleaner.cli.rules import put_json

    if schema:
        return put_json(click.get_current_context(), file.decisions_schema(), None)
    config = options.config(None)
    have = file.read(_file(config))
    records = _records(options, config, out, needed=False)
    fresh = records is not None and records.run.decisions_digest == have.digest
    found = {one.id: one.places for one in records.decisions} if records and fresh else {}
    for row in have.rows:
        places_ = found.get(row.decision.id)
        count = "?" if places_ is None else "stale" if not places_ else f"{places_} place{'s' * (places_ != 1)}"
        options.printer.say(f"{have.file}:{row.line}: {_told(row.decision)}  [{count}]")
    t = options.printer.t
    count = t.plural(len(have.rows), "decision in {file}", "decisions in {file}", file=have.file)
    options.printer.note(count)
    if have and not fresh:
        options.printer.note(t("they have changed since the last run: run `clean SRC OUT`, or `clean decisions check`"))
    return 0


@decisions.command()
@click.argument("src", required=False, metavar="[SRC]")
@click.option("--strict", is_flag=True, help="1 if a decision is stale.")
@configured()
def check(options: Options, src: str | None, strict: bool) -> int:
    """Is every decision still about something? Cleans SRC anew, and writes nothing.

    A stale one is named with its line, and with places that it may have meant.
    """
    records, book = _run(options, src)
    stale = [one for one in records.decisions if not one.places]
    for one in stale:
        for line in _stale(one, records, book.decisions):
            options.printer.say(line)
    good = len(records.decisions) - len(stale)
    say, t = options.printer.say, options.printer.t
    count = {"good": good, "all": len(records.decisions), "stale": len(stale)}
    say(t("{good} of {all} decisions are found in the seeds; {stale} stale", **count))
    if stale:
        options.printer.note(t("fix:  decide again with the ids above, then: clean decisions prune"))
    return 1 if stale and strict else 0


@decisions.command()
@click.argument("src", required=False, metavar="[SRC]")
@click.option("--dry-run", is_flag=True, help="Only say which.")
@configured()
def prune(options: Options, src: str | None, dry_run: bool) -> int:
    """Take the stale decisions out of the file."""
    from cleaner import decisions as file

    records, book = _run(options, src)
    stale = {one.id for one in records.decisions if not one.places}
    gone = [one for one in book.decisions if one.id in stale]
    path = _file(options.config(Path(src) if src else None))
    if gone and not dry_run:
        file.update(path, lambda before: [one for one in before if one not in gone])
    _say(
        options, path, gone, mark("would take out of {file}: {line}") if dry_run else mark("took out of {file}: {line}")
    )
    count = {"n": len(gone), "all": len(book.decisions.rows)}
    options.printer.note(options.printer.t("{n} of {all} decisions were stale", **count))
    return 0


@decisions.command()
@click.option("-o", "--output", metavar="FILE", help="Write them there; default: standard output.")
@configured(policy=False)
def export(options: Options, output: str | None) -> int:
    """Print all decisions as JSON lines, sorted, none twice."""
    from cleaner import decisions as file
    from cleaner import files

    raw = file.to_bytes(file.read(_file(options.config(None))))
    if output:
        files.replace_file(Path(output), raw)
    else:
        options.printer.raw(raw)
    return 0


@decisions.command("import")
@click.argument("file", metavar="FILE")
@click.option("--replace", is_flag=True, help="Where FILE contradicts a decision that stands, take that of FILE.")
@_OUT
@configured(policy=False)
def import_(options: Options, file: str, replace: bool, out: str | None) -> int:
    """Add the decisions of FILE: exported ones, or what a report page has collected (- for standard input)."""
    from cleaner import decisions as store
    from cleaner.cli.import_ import read_import

    config = options.config(None)
    path = _file(config)
    full, asked = read_import(file)
    records = _records(options, config, out, needed=bool(asked))
    made = full + (_decided(options, config, records, asked) if asked else [])
    have = store.read(path)
    taken = {(old.scope, old.says) for old in have}
    new = [one for one in made if (one.scope, one.says) not in taken]
    if not replace:
        store.check_merge(have, new, file)
    _write(options, path, new)
    count = {"n": len(new), "old": len(made) - len(new)}
    options.printer.note(options.printer.t("{n} decisions added, {old} were there already", **count))
    return _next(options, config)


def _run(options: Options, src: str | None) -> tuple[Records, Book]:
    from cleaner import pipeline

    config = options.config(Path(src) if src else None)
    source, _ = places(config, src, None)
    book = options.book(config)
    with options.cache() as cache:
        return pipeline.run(source, None, config, book, options.printer.tick, cache).records, book


def _told(decision: Decision) -> str:
    """A decision in one line, harmless to print."""
    from cleaner.show import show

    quote = decision.quote.exact
    short = quote if len(quote) <= 40 else f"{quote[:39]}…"
    who = f" ({', '.join(part for part in (decision.by, decision.why) if part)})" if decision.by or decision.why else ""
    where = f" in {decision.path}" if decision.path else ""
    return show(f"{decision.id} {decision.summary}: {decision.rule or 'overlap'} “{short}”{where}{who}")


def _stale(one: DecisionRecord, records: Records, have: Decisions) -> Iterable[str]:
    from cleaner.show import show

    decision = next(d for d in have if d.id == one.id)
    yield f"{have.where(decision)}: stale: {_told(decision)}"
    for edit in records.edits:
        if edit.id in one.alike:
            verb = f"{decision.do}" + (f" --with {show(decision.replacement)}" if decision.replacement else "")
            command = f"clean decide {verb.replace(decision.do, f'{decision.do} {edit.id}', 1)}"
            yield f"    nearly the same: {show(edit.path)}:{edit.line}: {edit.by[-1]}  {command}"
