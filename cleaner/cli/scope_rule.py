"""`clean decide keep ID --scope rule`: a line of per_file_ignores in the configuration, shown before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import Options

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.reports.records import Records


def ignore_rule(
    options: Options, config: Config, verb: str, ids: Sequence[str], records: Records, only: str | None
) -> int:
    """Switch the rules of some edits off in the files of these edits, in the configuration file."""
    from cleaner.show import show, show_path

    if verb != "keep":
        raise click.UsageError("--scope rule goes with keep: it switches the rule off in these files")
    if config.file is None:
        raise click.UsageError("--scope rule writes into the configuration, and there is none; `clean init` makes one")
    wanted = _wanted(ids, records, only)
    before = config.file.read_bytes().decode("utf-8")
    after = _with_ignores(before, config.file.name == "pyproject.toml", wanted)
    shown = show_path(config.file.as_posix())
    if after == before:
        options.printer.say(f"{shown} says so already")
        return 0
    from cleaner import files

    for path, rules in wanted.items():
        options.printer.say(f"{shown}: [per_file_ignores] {show(repr(path))} = {show(repr(sorted(rules)))}")
    files.replace_file(config.file, after.encode("utf-8"))
    options.printer.say(f"wrote {shown}")
    return 0


def _wanted(ids: Sequence[str], records: Records, only: str | None) -> dict[str, list[str]]:
    from cleaner.decide import edits_of

    found: dict[str, list[str]] = {}
    for id_ in ids:
        for edit in edits_of(id_, records):
            if only in (None, edit.path) and edit.by[-1] not in found.setdefault(_pattern(edit.path), []):
                found[_pattern(edit.path)].append(edit.by[-1])
    return {path: rules for path, rules in found.items() if rules}


def _pattern(path: str) -> str:
    """Return a path as a gitignore pattern that means this file alone."""
    escaped = "".join(f"\\{char}" if char in "*?[]!#\\ " else char for char in path)
    return f"/{escaped}"


def _with_ignores(text: str, in_project: bool, wanted: dict[str, list[str]]) -> str:
    """Return a TOML text with more rules under per_file_ignores; everything else in it stays as it is written."""
    import tomlkit

    document = tomlkit.parse(text)
    table: Any = document
    for name in [*(("tool", "clean") if in_project else ()), "per_file_ignores"]:
        if name not in table:
            table[name] = tomlkit.table()
        table = table[name]
    for path, rules in wanted.items():
        have = list(table.get(path, []))
        new = [rule for rule in rules if not any(rule.startswith(prefix) for prefix in have)]
        if new:
            table[path] = have + new
    return tomlkit.dumps(document)
