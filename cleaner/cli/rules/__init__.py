"""`clean rules`: what rules there are, whether their examples hold, and which packs a repository takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import complete
from cleaner.cli.rules.alarm import copy, keep
from cleaner.cli.rules.figures import chosen, files_of, lint, stats
from cleaner.cli.rules.new import new
from cleaner.cli.rules.take import add, lock_, remove

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.packs import Rule


@click.group()
def rules() -> None:
    """List, show, write and test rules; take rule packs of others, and lock them."""


for command in (new, keep, copy, lint, stats, add, remove, lock_):
    rules.add_command(command)


@rules.command("list")
@click.option("--packs", "of_packs", is_flag=True, help="The packs instead: version, licence, origin, lock.")
@configured(policy=False)
def list_(options: Options, of_packs: bool) -> int:
    """All rules in force, in the order of work."""
    from cleaner.show import show

    if of_packs:
        from cleaner.cli.rules.table import overview

        return overview(options)

    book = options.book(options.config(None))
    width = max((len(rule.id) for rule in book.rules), default=0)
    for rule in book.rules:
        sign = "ask" if rule.keys.level == "ask" else "review" if rule.keys.review else "fix"
        options.printer.say(f"{rule.id:<{width}}  {rule.keys.kind:<6} {sign:<6} {show(rule.why)}")
    options.printer.note(
        f"{len(book.rules)} rules of {', '.join(f'{p.name} {p.version} ({p.file})' for p in book.packs)}"
    )
    return 0


@rules.command()
@click.argument("rule_id", metavar="RULE", shell_complete=complete.rules)
@configured(policy=False)
def show(options: Options, rule_id: str) -> int:
    """One rule: its reason and its examples, run live."""
    from difflib import get_close_matches

    from cleaner.show import show as visible

    book = options.book(options.config(None))
    if rule_id not in book.by_id:
        near = get_close_matches(rule_id, book.by_id, 1) or [i for i in book.by_id if i.endswith(f"/{rule_id}")]
        hint = f"did you mean {near[0]}?" if near else "see `clean rules list`"
        raise click.UsageError(f"there is no rule '{visible(rule_id)}'; {hint}")
    return show_rule(options.printer, book.by_id[rule_id])


@rules.command()
@click.argument("paths", nargs=-1, metavar="[PACK]...", shell_complete=complete.packs)
@click.option("--watch", "again", is_flag=True, help="Go on, and test each pack again when a file of it is saved.")
@configured(policy=False)
def test(options: Options, paths: tuple[str, ...], again: bool) -> int:
    """Check packs and run all their examples; 1 if any does not hold.

    PACKs are names or paths; without one, the packs of the configuration.
    """
    from cleaner.cli.rules.watch import report, watch

    if again:
        return watch(options, files_of(options, paths))
    return 1 if report(options, chosen(options, paths)) else 0


@rules.command()
@click.option("-o", "--output", metavar="FILE", help="Write it there.")
@click.pass_context
def schema(ctx: click.Context, output: str | None) -> int:
    """Print the JSON Schema of a rule pack, for editors."""
    from cleaner.packs import pack_schema

    return put_json(ctx, pack_schema(), output)


def put_json(ctx: click.Context, value: dict[str, Any], output: str | None) -> int:
    """Print a JSON value, or write it to a file."""
    import orjson

    from cleaner import files
    from cleaner.cli import printer_of

    if output:
        files.replace_file(Path(output), orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        printer_of(ctx).json(value)
    return 0


def show_rule(printer: Printer, rule: Rule) -> int:
    """Print a rule with its examples, each run now."""
    from cleaner import examples
    from cleaner.show import show as visible

    keys = rule.keys
    printer.say(
        printer.style(rule.id, bold=True)
        + f"  kind {keys.kind}, {keys.level}{', review' if keys.review else ''}, {rule.file}:{rule.line}"
    )
    printer.say(f"  why: {visible(keys.why)}")
    wrong = 0
    for before, after in keys.turns:
        good = examples.apply(rule, before) == after
        wrong += not good
        printer.say(f"  {_sign(good)} turns  {_line(before)}\n       into   {_line(after)}")
    for text in keys.keeps:
        good = examples.apply(rule, text) == text
        wrong += not good
        printer.say(f"  {_sign(good)} keeps  {_line(text)}")
    for before, after in keys.todo:
        printer.say(f"  ·  todo   {_line(before)}\n       into   {_line(after)}  (known failure)")
    return 1 if wrong else 0


def _sign(good: bool) -> str:
    return "ok" if good else "NO"


def _line(text: str) -> str:
    from cleaner.examples import line

    return line(text)
