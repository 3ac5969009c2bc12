"""Whether OUT is in step, said in fewer than 20 lines, with what to type if it is not; and the same inside a hook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.cli import formats
from cleaner.cli.options import Options
from cleaner.cli.tree import Tree
from cleaner.languages import ENGLISH, Speech, mark
from cleaner.show import padded, show, show_path

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.output import Difference
    from cleaner.pipeline import Book, Result
    from cleaner.reports.records import RunRecord

MOST = 15  # differences that are listed, so that all of it stays under 20 lines


def slash(path: Path) -> str:
    """Return a folder as people write it."""
    return path.as_posix().rstrip("/") + "/"


def nothing_there(options: Options, tree: Tree) -> int:
    """A repository in which there are no seeds yet: no reason to refuse its first commit."""
    assert tree.out is not None
    src, out = show_path(slash(tree.src)), show_path(slash(tree.out))
    t = options.printer.t
    told = t("nothing is in {src} and {out} of {where}: nothing to compare", src=src, out=out, where=t(tree.named))
    options.printer.say(told)
    return 0


def compare(options: Options, tree: Tree, out: Path, book: Book, flags: dict[str, Any]) -> int:
    """Compare OUT with what a run makes; write nothing."""
    from cleaner import output, pipeline

    printer, form = options.printer, flags["output_format"]
    with options.cache() as cache:
        result = pipeline.run(tree.src, out, tree.config, book, printer.tick, cache)
    todo = output.differences(result, out)
    hard = pipeline.worst(error.exit for error in result.errors if error.exit == 70)
    known = formats.known_before(tree.disk) if flags["new_only"] or form != "text" else None
    found = formats.chosen(result.records, book, slash(tree.src), known, only_new=flags["new_only"])
    if form == "text":
        _say(printer, tree, out, todo, result)
        if todo:
            again = tree.remedy(show_path(slash(tree.src)), show_path(slash(out)))
            printer.say(printer.t("fix:  {command}      (nothing was written)", command=again))
    else:
        steps = [formats.of_difference(d, slash(out), _because(d, result, out, ENGLISH)) for d in todo]
        formats.put(printer, form, result.records, [*steps, *found], slash(tree.src), compared=known is not None)
    gates = {*tree.config.keys.fail_on, *flags["fail_on"]}
    closed = formats.gate(printer, found, gates, result.records)
    if closed or hard:
        tree.said = None
    return pipeline.worst((hard, 1 if todo or closed else 0))


def in_hook(options: Options, tree: Tree, out: Path, book: Book, flags: dict[str, Any]) -> int:
    """Compare with OUT as it is staged; if it is not in step, write OUT on the disk, and fail."""
    from cleaner import output, pipeline
    from cleaner.reports import drift
    from cleaner.reports.head import committed

    printer = options.printer
    with options.cache() as cache:
        result = pipeline.run(tree.src, out, tree.config, book, printer.tick, cache)
    complain(printer, result)
    todo = output.differences(result, out)
    known = formats.known_before(tree.disk) if flags["new_only"] else None
    found = formats.chosen(result.records, book, slash(tree.src), known, only_new=flags["new_only"])
    closed = formats.gate(printer, found, {*tree.config.keys.fail_on, *flags["fail_on"]}, result.records)
    hard = pipeline.worst(error.exit for error in result.errors if error.exit == 70)
    _say(printer, tree, out, todo, result)
    if not todo:
        if closed or result.errors or result.notes:
            tree.said = None  # what was said besides has to be said again
        return pipeline.worst((hard, 1 if closed else 0))
    assert tree.disk is not None
    then = committed(tree.disk)
    for line in drift.lines(drift.drifts(then, result.records), slash(out), printer.t):
        printer.say(line)
    written = output.write(result, tree.disk, html=not flags["no_report"], wait=flags["wait"], then=then)
    for failed in written.errors:
        printer.error(failed)
    where = show_path(slash(out))
    if written.written or written.deleted:
        printer.say(printer.t("wrote {out}; now type:  git add -A {out}", out=where))
    else:
        printer.say(printer.t("{out} on the disk is right, but not staged; now type:  git add -A {out}", out=where))
    return pipeline.worst((hard, 1, *(failed.exit for failed in written.errors)))


def _say(printer: Printer, tree: Tree, out: Path, todo: Sequence[Difference], result: Result) -> None:
    t = printer.t
    where, seeds = show_path(slash(out)), tree.seeds(t)
    printer.totals = {**totals_of(result.records.run), "differences": len(todo)}
    if not todo:
        tree.said = t("{out} is in step with {seeds} ({n} files)", out=where, seeds=seeds, n=result.records.run.files)
        printer.say(tree.said)
        return
    known = len(result.committed) + sum(difference.kind == "orphan" for difference in todo)
    count = {"n": len(todo), "all": known}
    printer.say(t("{out} does not match {seeds} ({n} of {all} files):", out=where, seeds=seeds, **count))
    for difference in todo[:MOST]:
        because = _because(difference, result, out, t, staged=bool(tree.of_seeds))
        printer.say(f"  {padded(t(difference.kind), 8)} {where}{show_path(difference.name)}{because}")
    if len(todo) > MOST:
        printer.say("  " + t("… and {n} more", n=len(todo) - MOST))


def complain(printer: Printer, result: Result) -> None:
    """Print what could not be done, and what is to be known."""
    for error in result.errors:
        printer.error(error)
    for note in result.notes:
        printer.note(note)


KINDS = (mark("missing"), mark("stale"), mark("orphan"))


def totals_of(run: RunRecord) -> dict[str, int]:
    """Return the totals of a run, for the last line of a log."""
    names = ("files", "files_changed", "files_quarantined", "files_dropped", "chars_in", "chars_out", "edits",
             "pending", "overlaps", "clusters")  # fmt: skip
    return {name: getattr(run, name) for name in names}


def _because(difference: Difference, result: Result, out: Path, t: Speech, *, staged: bool = False) -> str:
    """Say in a few words what is behind a difference; `staged`: the index is looked at."""
    from cleaner.formats import output_name

    if difference.kind == "orphan":
        gone = next(
            (f for f in result.records.files if f.status == "dropped" and output_name(f.path) == difference.name), None
        )
        return "   " + (t("dropped: {why}", why=show(gone.message or "")) if gone else t("its seed is gone"))
    if difference.kind == "missing":
        return "   " + t("its seed is staged, it is not") if staged and difference.name in result.texts else ""
    body = result.texts.get(difference.name)
    if not isinstance(body, bytes):
        return ""
    old, new = (out / difference.name).read_bytes().split(b"\n"), body.split(b"\n")
    line = next((i for i, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b), min(len(old), len(new)) + 1)
    return "   " + t("from line {n}", n=line)
