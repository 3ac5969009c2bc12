"""`clean config show|schema`."""

from __future__ import annotations

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import put_json


@click.group()
def config() -> None:
    """Show the configuration in force, or its schema."""


@config.command()
@configured()
def show(options: Options) -> int:
    """The settings in force and the file that they come from, as JSON."""

    loaded = options.config(None)
    t = options.printer.t
    options.printer.note(
        t("from {file}", file=loaded.file) if loaded.file else t("no configuration file: the defaults")
    )
    options.printer.json(loaded.keys.model_dump())
    return 0


@config.command()
@click.option("-o", "--output", metavar="FILE", help="Write it there.")
@click.pass_context
def schema(ctx: click.Context, output: str | None) -> int:
    """Print the JSON Schema of clean.toml, for editors."""
    from cleaner.config import config_schema

    return put_json(ctx, config_schema(), output)
