"""`clean completion`, `clean man`: what a shell and `man` want to know, made from the commands themselves.

A wheel carries both (hatch_build.py), so that an installation into a prefix such as /usr/local just has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from click.shell_completion import get_completion_class

from cleaner.cli import COMMANDS, EPILOG, cli, printer_of

SHELLS = ("bash", "zsh", "fish")
FILES = {  # where each is looked for, under a prefix
    "bash": "share/bash-completion/completions/clean",
    "zsh": "share/zsh/site-functions/_clean",
    "fish": "share/fish/vendor_completions.d/clean.fish",
}
MAN = "share/man/man1/clean.1"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print what makes a shell complete commands, options and paths.

    \b
    bash   eval "$(clean completion bash)"      in ~/.bashrc (bash 4.4 or later)
    zsh    eval "$(clean completion zsh)"       in ~/.zshrc, after compinit
    fish   clean completion fish > ~/.config/fish/completions/clean.fish
    """
    printer_of(ctx).raw(script(shell).encode())
    return 0


@click.command()
@click.pass_context
def man(ctx: click.Context) -> int:
    """Print the manual page.

    \b
    clean man | man -l -
    """
    printer_of(ctx).raw(page().encode())
    return 0


def script(shell: str) -> str:
    """Return the completion script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(cli, {}, "clean", "_CLEAN_COMPLETE").source()


def page() -> str:
    """Return the manual page, for man(7) macros; the same bytes for the same code."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    context = click.Context(cli, info_name="clean", max_content_width=100)
    yield '.TH CLEAN 1 "" "seedclean" "User Commands"'
    yield from (".SH NAME", r"clean \- clean scraped articles, with proof of what was changed and why")
    yield ".SH SYNOPSIS"
    yield from (".B clean", r"[OPTIONS] \fISRC OUT\fR", ".br", ".B clean", r"\fICOMMAND\fR [OPTIONS] [ARGUMENTS]")
    yield ".SH DESCRIPTION"
    yield from _prose(cli.help or "")
    yield ".SH COMMANDS"
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield from _command(command, click.Context(command, info_name=name, parent=context))
    examples, _, codes = EPILOG.partition("Exit codes: ")
    yield from (".SH EXAMPLES", *_verbatim(examples.replace("\b", "").strip().split("\n")[1:]))
    yield from (".SH EXIT STATUS", *_verbatim(codes.strip().split("\n")))
    yield ".SH ENVIRONMENT"
    for name, what in ENVIRONMENT.items():
        yield from (".TP", rf"\fB{_plain(name)}\fR", _plain(what))
    yield ".SH FILES"
    for name, what in CONFIGURATION.items():
        yield from (".TP", rf"\fI{_plain(name)}\fR", _plain(what))


ENVIRONMENT = {
    "CLEAN_LANG": "The language of messages, before the locale: en, zh-Hans, zh-Hant.",
    "LC_ALL, LC_MESSAGES, LANG, LANGUAGE": "The locale; Chinese ones give Chinese messages.",
    "NO_COLOR, FORCE_COLOR": "No colours, or colours also where there is no terminal.",
    "PRE_COMMIT": "Set by pre-commit: everything is read from the git index, and 1 if anything was written.",
    "RAY_ADDRESS": "The Ray cluster to work on.",
    "XDG_CACHE_HOME": "Where results are kept for later runs (in seedclean/).",
}
CONFIGURATION = {
    "clean.toml, pyproject.toml [tool.clean]": "The settings; the nearest file above SRC. See clean config schema.",
    "rules.lock": "What the files of packs from elsewhere were when they were reviewed. See clean rules lock.",
    "rules/decisions.jsonl": "What reviewers decided.",
    "OUT/__report__/": "README.md, report.jsonl and index.html: the report of the run that made OUT.",
}


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f".SS {_plain(context.command_path)} {_plain(usage)}", *_prose(command.help or ""))
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record and isinstance(param, click.Option):
            yield from (".TP", rf"\fB{_plain(record[0])}\fR", _plain(record[1]))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=context))


def _prose(text: str) -> Iterator[str]:
    """Yield paragraphs; one that begins with \\b is printed line by line, as click does it."""
    import inspect

    for part in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        yield ".PP"
        if part.startswith("\b"):
            yield from _verbatim(part.lstrip("\b\n").split("\n"))
        else:
            yield _plain(" ".join(part.split()))


def _verbatim(lines: list[str]) -> Iterator[str]:
    yield from (".nf", *map(_plain, lines), ".fi")


def _plain(text: str) -> str:
    """Return text in which roff finds no request and no escape."""
    safe = text.replace("\\", r"\e").replace("-", r"\-")
    safe = "".join(char if char < "\x7f" else rf"\[u{ord(char):04X}]" for char in safe)
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe
