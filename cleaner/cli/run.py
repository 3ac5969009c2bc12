"""`clean run`, `clean check`."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli import formats
from cleaner.cli.listed import listing
from cleaner.cli.options import Options, configured
from cleaner.cli.step import compare, complain, in_hook, nothing_there, slash, totals_of
from cleaner.cli.tree import Tree, in_git, reading, tree_of
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.config import Config
    from cleaner.files import Entry
    from cleaner.output import Written
    from cleaner.pipeline import Book, Result
    from cleaner.reports.drift import Drift

MOST = 15  # differences that `check` lists, so that it stays under 20 lines

_SRC = click.argument("src", required=False, metavar="[SRC]")
_OUT = click.argument("out", required=False, metavar="[OUT]")


@click.command()
@_SRC
@_OUT
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; 1 if OUT is not in step (like `clean check`)."
)
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing, print what would change (like `clean diff`).")
@click.option("--dry-run", is_flag=True, help="Write nothing, print the summary; 1 if OUT would change.")
@click.option(
    "--exit-non-zero-on-change",
    is_flag=True,
    envvar="PRE_COMMIT",
    help="1 if anything was written; on by itself in a hook.",
)
@formats.fail_on
@formats.new_only
@formats.output_format
@click.option("--no-report", is_flag=True, help="No HTML report (README.md and report.jsonl are always there).")
@click.option("--overwrite", is_flag=True, help="With one file as SRC: replace another file that stands at OUT.")
@click.option("--wait", is_flag=True, help="Wait for another run that holds OUT.")
@click.option("--stats", metavar="FILE", help="Write times and versions there, as JSON.")
@listing
@reading
@configured(data=True)
def run(options: Options, src: str | None, out: str | None, **flags: Any) -> int:
    """Clean SRC into OUT (the default command).

    SRC is a folder, one file, or - for standard input; with one file OUT may be a file or - for standard output.
    """
    if src == "-" or (src is not None and Path(src).is_file() and not _is_table(options, Path(src))):
        if flags["files_from"]:
            raise click.UsageError("--files-from names files of a folder; give a folder as SRC")
        return _single(options, src, out, flags["overwrite"])
    if out == "-":
        raise click.UsageError("only one file can go to standard output; give a folder as OUT")
    flags["stats"] = flags["stats"] and str(Path(flags["stats"]).absolute())  # the working folder may become another
    with tree_of(options, src, out, flags) as tree:
        if tree.out is None:
            raise click.UsageError("OUT is missing; give it, as in `clean seeds/ out/`")
        if tree.empty:
            return nothing_there(options, tree)
        book = options.book(tree.config)
        if (entries := _corpus_of(tree.src, tree.out, tree.config)) is not None:
            from cleaner.cli.corpus import clean_corpus

            if tree.label:
                raise click.UsageError("SRC holds tables, and only a folder of texts is read from git; add --worktree")
            return clean_corpus(options, entries, tree.src, tree.disk or tree.out, tree.config, book, flags)
        if (engine := tree.config.keys.engine) in ("pool", "ray"):
            said = options.printer.t(
                "the engine '{engine}' is for a corpus, and this is a folder of texts: cleaned in this process; "
                "--out-format jsonl makes a corpus of it", engine=engine,
            )  # fmt: skip
            options.printer.note(said)
        if flags["only_check"]:
            return compare(options, tree, tree.out, book, flags)
        if flags["show_diff"]:
            from cleaner.cli.diff import show_changes

            return show_changes(options, tree.src, tree.out, tree.config, book, unified=False, everything=False)
        if tree.label == "staged" and flags["exit_non_zero_on_change"] and not flags["dry_run"]:
            return in_hook(options, tree, tree.out, book, flags)
        return _whole(options, tree, tree.out, book, flags)


@click.command()
@_SRC
@_OUT
@formats.fail_on
@formats.new_only
@formats.output_format
@listing
@reading
@configured()
def check(options: Options, src: str | None, out: str | None, **flags: Any) -> int:
    """Is OUT what SRC, packs, configuration and decisions produce? Writes nothing.

    In a hook, or with --staged, all of these are read from the git index: that is what a commit will hold.

    Exit code 0 if OUT is in step (a file that is quarantined in OUT counts as in step), 1 with a list if not.
    """
    with tree_of(options, src, out, flags) as tree:
        if tree.out is None:
            raise click.UsageError("OUT is missing; give it, as in `clean check seeds/ out/`")
        if tree.empty:
            return nothing_there(options, tree)
        return compare(options, tree, tree.out, options.book(tree.config), flags)


def _is_table(options: Options, src: Path) -> bool:
    from cleaner.formats import TABLES, table_of

    return table_of(src.name) is not None or options.config(src).keys.in_format in TABLES


def _corpus_of(src: Path, out: Path, config: Config) -> list[Entry] | None:
    """Return the entries of SRC if it is to be worked on as a corpus, None for a folder of texts."""
    from cleaner.corpus.seek import wanted

    return wanted(src, out, config)


def _whole(options: Options, tree: Tree, out: Path, book: Book, flags: dict[str, Any]) -> int:
    from cleaner import output, pipeline
    from cleaner.reports import drift, terminal
    from cleaner.reports.head import committed

    src, config, disk = tree.src, tree.config, tree.disk or out
    printer, begun = options.printer, time.process_time()
    form, new_only = flags["output_format"], flags["new_only"]
    known = formats.known_before(disk) if new_only or form != "text" else None  # before OUT is written
    with options.cache() as cache:
        result = pipeline.run(src, out, config, book, printer.tick, cache)
    complain(printer, result)
    printer.totals = totals_of(result.records.run)
    then = committed(disk)  # read before OUT is written, and once: the pages and the terminal both compare with it
    grown = drift.drifts(then, result.records)
    written: Written
    if flags["dry_run"]:
        todo = output.differences(result, disk)
        written = output.Written(tuple(d.name for d in todo if d.kind != "orphan"), ())
    else:
        written = output.write(result, disk, html=not flags["no_report"], wait=flags["wait"], then=then)
    for error in written.errors:
        printer.error(error)
    found = formats.chosen(result.records, book, slash(src), known, only_new=new_only)
    if form != "text":
        formats.put(printer, form, result.records, found, slash(src), compared=known is not None)
    elif not printer.quiet:
        for line in terminal.summary(result.records, slash(src), slash(out), printer.t):
            printer.say(line)
        for line in drift.lines(grown, slash(out), printer.t):
            printer.say(line)
        if printer.verbose:
            for line in terminal.skipped(result.records.files, printer.t):
                printer.say(line)
        _say_written(printer, tree, out, written, dry=flags["dry_run"])
    if flags["stats"]:
        _stats(Path(flags["stats"]), result, time.process_time() - begun, grown)
    changed = bool(written.written or written.deleted)
    failed = changed and (flags["dry_run"] or flags["exit_non_zero_on_change"])
    failed = formats.gate(printer, found, {*config.keys.fail_on, *flags["fail_on"]}, result.records) or failed
    return pipeline.worst((result.exit, 1 if failed else 0, *(error.exit for error in written.errors)))


def _say_written(printer: Printer, tree: Tree, out: Path, written: Written, *, dry: bool) -> None:
    from cleaner.reports.previous import REPORT

    where = show_path(slash(out))
    if not written.written and not written.deleted:
        seeds = tree.seeds(printer.t)
        printer.say(printer.t("nothing to write: {out} is in step with {seeds}", out=where, seeds=seeds))
        return
    t, report = printer.t, f"{where}{REPORT}/"
    texts = t.plural(sum(not name.startswith(f"{REPORT}/") for name in written.written), "text")
    gone = t(", deleted {n} whose seed is gone, excluded or dropped", n=len(written.deleted)) if written.deleted else ""
    if dry:
        printer.say(t("would write {texts} and {report}", texts=texts, report=report) + gone)
        return
    printer.say(t("wrote {texts} and {report}", texts=texts, report=report) + gone)
    then = t(", then: git add -A {out}", out=where) if in_git(tree.disk or out) else ""
    printer.say(t("read {report}index.html or README.md", report=report) + then)


def _stats(file: Path, result: Result, seconds: float, grown: Sequence[Drift]) -> None:
    import platform
    from importlib.metadata import version

    import orjson

    names = ("seedclean", "regex", "opencc", "numpy", "rapidfuzz")
    found = {
        "cpu_seconds": round(seconds, 3), "python": platform.python_version(),
        "versions": {name: version(name) for name in names}, "totals": result.records.run,
        "drift": [one._asdict() for one in grown],
    }  # fmt: skip
    file.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


def _single(options: Options, src: str, out: str | None, overwrite: bool) -> int:
    """Clean one file, or standard input, into one file or standard output."""
    from cleaner import files, pipeline
    from cleaner.formats import format_of, output_name

    path = None if src == "-" else Path(src)
    if out is not None and out != "-" and (out.endswith("/") or Path(out).is_dir()):
        out = str(
            Path(out) / (output_name(path.name) if path else "stdin.txt")
        )  # its text alone: the report is of a whole folder
    config = options.config(path)
    book = options.book(config)
    name = path.name if path else "stdin"
    where = show_path(path.as_posix() if path else "standard input")
    if out is not None and out != "-":
        _may_write(path, Path(out), overwrite)
    raw = files.read(path, where, limit=config.keys.max_file_size) if path else sys.stdin.buffer.read()
    ignore = config.ignored(name, path.parent) if path else tuple(config.keys.ignore)
    outcome = pipeline.clean_bytes(name, raw, where, format_of(name) or "txt", config, book, ignore)
    body = outcome.text.encode() if outcome.cleaned else raw
    if out is None or out == "-":
        options.printer.raw(body)
    else:
        _put(Path(out), body)
    if outcome.error:
        options.printer.error(outcome.error)
        return outcome.error.exit
    if outcome.cleaned and options.printer.verbose:
        options.printer.note(
            options.printer.t(
                "{path}: {edits} edits, {asks} proposals",
                path=where,
                edits=len(outcome.cleaned.draft.edits),
                asks=len(outcome.cleaned.asks),
            )
        )
    return 0


def _may_write(src: Path | None, out: Path, overwrite: bool) -> None:
    """Refuse an OUT that is SRC itself, or another text: `clean seeds/a*.txt` may be two seeds."""
    if not out.exists():
        return
    if src is not None and src.samefile(out):
        raise click.UsageError("SRC and OUT are the same file; nothing was written; name another OUT")
    if out.is_file() and out.stat().st_size and not overwrite:
        raise click.UsageError("OUT stands there already; nothing was written; name another OUT, or give --overwrite")


def _put(out: Path, body: bytes) -> None:
    """Write to a file, whole or not at all; a link is followed, and a device or a pipe is written to."""
    from cleaner import files

    real = out.resolve()
    if real.exists() and not real.is_file():
        with real.open("wb") as stream:
            stream.write(body)
        return
    real.parent.mkdir(parents=True, exist_ok=True)
    files.replace_file(real, body)
