"""What the shell offers behind `clean rules`: packs by name, rules by id, files."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem


def packs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the packs of `rules/` here, the shipped and the installed ones; else files."""
    from cleaner.packs import installed, shipped

    names = {path.stem for folder in (Path("rules"), shipped()) for path in folder.glob("*.toml")} | {*installed()}
    found = [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
    return found or files(_ctx, _param, incomplete)


def rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the rules in force here."""
    from cleaner import config, pipeline
    from cleaner.errors import CleanerError, Errors

    try:
        book = pipeline.Book.of(config.load(config.discover(Path()), {}))
    except (CleanerError, Errors):
        return []
    return [CompletionItem(rule.id, help=rule.keys.kind) for rule in book.rules if rule.id.startswith(incomplete)]


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell offer files."""
    return [CompletionItem(incomplete, type="file")]
