"""The command `clean`: options to calls, results to exit codes; no logic.

Only click is imported here: `clean --help` and shell completion must not pay for the rest, so every
command lies in a module of its own that is imported when it is asked for.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from cleaner import __version__, clock
from cleaner.cli.printing import Printer
from cleaner.errors import CleanerError, Errors
from cleaner.languages import ALIASES, LANGUAGES, Speech

# name: (module, what `clean --help` says of it); a test holds the texts equal to the commands' own
COMMANDS = {
    "run": ("run", "Clean SRC into OUT (the default command)."),
    "check": ("run", "Is OUT what SRC, packs, configuration and decisions produce? Writes nothing."),
    "diff": ("diff", "Show what cleaning changes, per character; or what two runs have done differently."),
    "explain": ("explain", "Which rule changed this, why, and with which examples."),
    "decide": ("decide", "Write a decision on an edit, group or overlap of the report."),
    "decisions": ("decide", "List, check, prune, export and import decisions."),
    "lint": ("lint", "Report pollution in the named files; writes nothing."),
    "rules": ("rules", "List, show, write and test rules; take rule packs of others, and lock them."),
    "suggest": ("suggest", "Find lines that many documents of a folder repeat, and write a rule pack for review."),
    "overlaps": ("overlaps", "Find duplicates and shared passages only."),
    "plan": (
        "plan",
        "What cleaning SRC will take: documents, time, memory, disk, from a sample that is really cleaned.",
    ),
    "undo": ("out", "Rebuild the seeds from OUT and its report, byte for byte."),
    "review": ("review", "Decide in the browser: the report of OUT, served on this machine alone."),
    "report": ("out", "Render the report of OUT again."),
    "stats": ("stats", "What the run that made OUT did, in figures."),
    "doctor": ("doctor", "Check the installation, the packs, and that OUT leads back to its seeds."),
    "init": ("init", "Set a repository up: configuration, hook, .gitattributes, .gitignore."),
    "config": ("config", "Show the configuration in force, or its schema."),
    "completion": ("shell", "Print what makes a shell complete commands, options and paths."),
    "man": ("shell", "Print the manual page."),
}

EPILOG = """\b
Examples:
  clean seeds/ out/                     clean a folder; read out/__report__/README.md
  clean check seeds/ out/               1 if out/ is stale (for CI)
  clean explain seeds/a.txt:14          why did line 14 change?
  clean article.txt -                   one file, to standard output
  clean undo out/ back/                 the seeds again, byte for byte

\b
Exit codes: 0 done · 1 findings · 2 usage, configuration or packs · 3 some inputs quarantined
            4 cannot write · 70 a bug of ours · 130 interrupted"""


class Commands(click.Group):
    """A group that imports a command when it is used, and takes `clean SRC OUT` for `clean run SRC OUT`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cleaner.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return talking(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the first word: a command, an option of `run` (the default command), or a path."""
        if incomplete.startswith("-"):
            run = self.get_command(ctx, "run")
            assert run is not None
            return run.shell_complete(click.Context(run, ctx, "run"), incomplete)
        found = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*_paths(ctx, None, incomplete), *found]  # bash forgets what came before a path

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        if not args or (args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version")):
            args = self._default(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Click would print an empty line for Ctrl-C, and a log of JSON has none."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _Interrupted from None

    @staticmethod
    def _default(args: list[str]) -> list[str]:
        first = args[0] if args else "-"
        if first.startswith("-") or os.path.lexists(first) or set(first) & {"/", ".", os.sep}:
            return ["run", *args]
        from difflib import get_close_matches

        near = get_close_matches(first, COMMANDS, 1)
        hint = f"did you mean `clean {near[0]}`?" if near else "see `clean --help`"
        from cleaner.show import show

        raise click.UsageError(f"no such file or command `{show(first)}`; {hint}")


PATHS = frozenset(("SRC", "OUT", "DEST", "PATH", "FILE", "FOLDER", "DIR", "CORPUS", "WHAT", "-"))


def _paths(_ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a path."""
    return [CompletionItem(incomplete, type="file")]


def talking(command: click.Command) -> click.Command:
    """Give a command, and those below it, the options that say how it talks, and paths to the shell's completion."""
    for param in command.params:
        if frozenset((param.metavar or "").strip("[].").split("|")) & PATHS and param._custom_shell_complete is None:
            param._custom_shell_complete = _paths
    if not any(param.name == "lang" for param in command.params):
        command.params += [
            click.Option(
                ["--lang"], type=click.Choice([*LANGUAGES, *ALIASES]), metavar="LANGUAGE", expose_value=False,
                is_eager=True, callback=_language, help="Say it in en, zh-Hans or zh-Hant (by the locale).",
            ),
            click.Option(
                ["--log-format"], type=click.Choice(["text", "json"]), expose_value=False, is_eager=True,
                callback=_log_format, help="What goes to stderr: lines for people, or one JSON object a line.",
            ),
        ]  # fmt: skip
    if isinstance(command, click.Group) and not isinstance(command, Commands):
        for inner in command.commands.values():
            talking(inner)
    return command


def _language(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        printer_of(ctx).set_language(value)


def _log_format(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        printer_of(ctx).as_json = value == "json"


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="clean")
def cli() -> None:
    """Clean scraped articles, first of all Chinese ones, with proof of what was changed and why.

    \b
    clean SRC OUT      cleans the folder SRC into the folder OUT and leaves reports to review

    SRC and OUT may also come from clean.toml, or [tool.clean] in pyproject.toml.
    """


def main() -> NoReturn:
    """Run the command line and leave with one of the documented exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _ended)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in a job of a shell
        signal.signal(signal.SIGINT, _ended)
    clock.install()
    sys.unraisablehook = _unraisable
    printer = Printer()
    _before_parsing(printer, sys.argv[1:])
    code = 0
    try:
        code = cli.main(standalone_mode=False, prog_name="clean", obj=printer) or 0
    except click.exceptions.Exit as err:
        code = err.exit_code
    except click.exceptions.NoArgsIsHelpError as err:
        printer.error(err.format_message())
        code = 2
    except click.ClickException as err:
        printer.error(_usage(err, printer.t))
        code = 2
    except (CleanerError, Errors) as err:
        printer.error(err)
        code = err.exit
    except _Terminated:
        printer.error(printer.t("terminated; every file in OUT is whole, run the same command again to go on"))
        code = 143
    except (_Interrupted, KeyboardInterrupt, click.Abort):
        printer.error(
            printer.t(
                "interrupted{where}; every file in OUT is whole, run the same command again to go on",
                where=printer.where(),
            )
        )
        code = 130
    except SystemExit:  # click's own: nobody reads the help any more
        code = 0
    except OSError as err:
        code = 4 if _of_click(err) else _bug(err, printer)
        if code == 4:
            printer.full(err)
    except Exception as err:
        code = _bug(err, printer)
    printer.result(max(code, printer.failed))
    printer.close()
    sys.exit(max(code, printer.failed))


def _before_parsing(printer: Printer, argv: list[str]) -> None:
    """Take what a command line says of how to talk, so that also what is wrong with it is said so."""
    for option, value in pairwise([*(part for arg in argv for part in arg.split("=", 1)), ""]):
        if option == "--log-format":
            printer.as_json = value == "json"
        elif option == "--lang" and value in (*LANGUAGES, *ALIASES):
            printer.set_language(value)


class _Interrupted(BaseException):
    """Ctrl-C, past click."""


class _Terminated(BaseException):
    """SIGTERM, as an orderly end."""


def _ended(number: int, frame: FrameType | None) -> None:
    if clock.loading(frame):
        clock.send_later(number)
    else:
        raise _Terminated if number == signal.SIGTERM else KeyboardInterrupt


def _unraisable(what: Any) -> None:
    """Send an interrupt once more that came where Python can only ignore it, such as in a callback of the import lock.

    Without this the run would go on to its end, after a traceback (1 of 20 interrupts, tests/trust/kills.py).
    """
    again = {KeyboardInterrupt: signal.SIGINT, _Terminated: signal.SIGTERM}.get(what.exc_type)
    if what.exc_type is clock.OutOfTime:
        return  # it rings again by itself
    if again is None:
        sys.__unraisablehook__(what)
    else:
        clock.send_later(again)


def _of_click(err: OSError) -> bool:
    """Say whether click could not print a help text or the version; everything else is printed by `Printer`."""
    import traceback

    last = traceback.extract_tb(err.__traceback__)[-1]
    return last.name == "echo" and Path(last.filename).parent.name == "click"


def _usage(err: click.ClickException, t: Speech) -> str:
    command = err.ctx.command_path if isinstance(err, click.UsageError) and err.ctx else "clean"
    what = err.format_message()
    if "; " in what:
        return command + t(": ") + t(what)
    return t(
        "{command}: {what}; nothing was written; see `{command} --help`", command=command, what=t(what.rstrip("."))
    )


def _bug(err: Exception, printer: Printer) -> int:
    """Write a log that can be pasted (no seed text in it) and say where it lies."""
    import platform
    import traceback

    frames = traceback.extract_tb(err.__traceback__)
    where = [f"{Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames]
    lines = [
        f"seedclean {__version__}, Python {platform.python_version()}, {platform.system()}",
        f"options: {[arg for arg in sys.argv[1:] if arg.startswith('-')]}",
        f"{type(err).__module__}.{type(err).__qualname__}",  # its message may quote a seed
        *where,
    ]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="seedclean-", suffix=".log", delete=False) as log:
        log.write("\n".join(lines) + "\n")
    told = printer.t(
        "a bug of ours ({name}); every file in OUT is whole; please report it with {log} [E490]",
        name=type(err).__name__, log=log.name,
    )  # fmt: skip
    printer.error(told)
    if os.environ.get("SEEDCLEAN_TRACEBACK"):
        traceback.print_exception(err)
    return 70


def printer_of(ctx: click.Context) -> Printer:
    """Return the printer of this command line."""
    found: Any = ctx.find_object(Printer)
    return found or Printer()
