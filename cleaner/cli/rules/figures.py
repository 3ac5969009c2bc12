"""`clean rules lint|stats`: what is weak in packs, and what their rules did in the last run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import complete

if TYPE_CHECKING:
    from cleaner.packs import Pack, Rule
    from cleaner.reports.records import EditRecord

_HEAD: tuple[str, ...] = ("rule", "rules", "turns", "keeps", "todo", "edits", "files", "pending")
_PATHS = click.argument("paths", nargs=-1, metavar="[PACK]...", shell_complete=complete.packs)


def chosen(options: Options, paths: tuple[str, ...]) -> tuple[Pack, ...]:
    """Return the packs that are named, by name or path; without any, those of the configuration."""
    from cleaner import packs

    if not paths:
        return options.book(options.config(None)).packs
    return packs.load(files_of(options, paths))


def files_of(options: Options, paths: tuple[str, ...]) -> list[Path]:
    """Return the files of packs, read or not: those that are named, or those of the configuration."""
    from cleaner import packs
    from cleaner.packs.places import find_typed

    config = options.config(None)
    if not paths:
        return [packs.find(name, config.root) for name in config.keys.packs]
    return [find_typed(name, config.root) for name in paths]


@click.command()
@_PATHS
@configured(policy=False)
def lint(options: Options, paths: tuple[str, ...]) -> int:
    """Say what is weak in packs whose examples hold; 1 if anything is.

    What others could not install (E203), rules that would cut good prose but for their place, examples that are few or
    tempt nobody, reasons and licences that are not there. Without a PACK, those of the configuration that are not
    shipped.
    """
    from cleaner.advice import advice
    from cleaner.packs import shipped
    from cleaner.show import show

    found = chosen(options, paths)
    if not paths:
        found = tuple(pack for pack in found if not pack.path.resolve().is_relative_to(shipped()))
    count = 0
    for pack in found:
        for one in advice(pack):
            count += 1
            options.printer.say(f"{pack.file}:{one.line}: {show(one.what)}; {show(one.how)}")
    names = ", ".join(pack.name for pack in found) or "no pack of your own"
    options.printer.say(f"{names}: {count} weaknesses" if count else f"{names}: nothing to say")
    return 1 if count else 0


@click.command()
@_PATHS
@click.option("--out", metavar="OUT", help="The run to count in (default: the setting out).")
@configured(policy=False)
def stats(options: Options, paths: tuple[str, ...], out: str | None) -> int:
    """Figures of packs: rules, examples, and how often each rule did something in the run that made OUT.

    Named PACKs are shown rule by rule: edits applied, files, places that wait for a person.
    """
    from cleaner.cli.rules.table import columns
    from cleaner.reports.previous import previous

    config = options.config(None)
    found = chosen(options, paths)
    folder = Path(out) if out else config.root / (config.keys.out or "out")
    last = previous(folder)
    done: dict[str, list[EditRecord]] = {}
    for edit in last.edits if last else ():
        done.setdefault(edit.by[-1], []).append(edit)
    rows = [_HEAD if paths else ("pack", *_HEAD[1:])]
    for pack in found:
        groups = [(rule.id, [rule]) for rule in pack.rules] if paths else [(pack.name, list(pack.rules))]
        rows += [(name, *map(str, _numbers(rules, done))) for name, rules in groups]
    for line in columns(rows):
        options.printer.say(line)
    idle = sum(rule.id not in done for pack in found for rule in pack.rules)
    total = sum(len(pack.rules) for pack in found)
    if last is None:
        options.printer.note(
            f"there is no report in {folder.as_posix()}: run `clean SRC OUT` for edits, files, pending"
        )
    else:
        options.printer.note(f"{idle} of {total} rules did nothing in the run that made {folder.as_posix()}")
    return 0


def _numbers(rules: Sequence[Rule], done: Mapping[str, Sequence[EditRecord]]) -> Iterator[int]:
    """Yield the cells of `_HEAD` for some rules: their examples, and what they did."""
    yield len(rules)
    for part in ("turns", "keeps", "todo"):
        yield sum(len(getattr(rule.keys, part)) for rule in rules)
    edits = [edit for rule in rules for edit in done.get(rule.id, ())]
    yield sum(edit.status == "applied" for edit in edits)
    yield len({edit.path for edit in edits})
    yield sum(edit.pending for edit in edits)
