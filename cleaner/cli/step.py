"""Whether OUT is in step, said in fewer than 20 lines, with what to type if it is not; and the same inside a hook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.cli import formats
from cleaner.cli.options import Options
from cleaner.cli.tree import Tree
from cleaner.show import show, show_path

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.output import Difference
    from cleaner.pipeline import Book, Result

MOST = 15  # differences that are listed, so that all of it stays under 20 lines


def slash(path: Path) -> str:
    """Return a folder as people write it."""
    return path.as_posix().rstrip("/") + "/"


def nothing_there(options: Options, tree: Tree) -> int:
    """A repository in which there are no seeds yet: no reason to refuse its first commit."""
    assert tree.out is not None
    where = f"{show_path(slash(tree.src))} and {show_path(slash(tree.out))}"
    options.printer.say(f"nothing is in {where} of {tree.named}: nothing to compare")
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
            printer.say(f"fix:  {again}      (nothing was written)")
    else:
        steps = [formats.of_difference(d, slash(out), _because(d, result, out, "")) for d in todo]
        formats.put(printer, form, result.records, [*steps, *found], slash(tree.src), compared=known is not None)
    gates = {*tree.config.keys.fail_on, *flags["fail_on"]}
    closed = formats.gate(printer, found, gates, result.records)
    if closed or hard:
        tree.said = None
    return pipeline.worst((hard, 1 if todo or closed else 0))


def in_hook(options: Options, tree: Tree, out: Path, book: Book, flags: dict[str, Any]) -> int:
    """Compare with OUT as it is staged; if it is not in step, write OUT on the disk, and fail."""
    from cleaner import output, pipeline

    printer = options.printer
    with options.cache() as cache:
        result = pipeline.run(tree.src, out, tree.config, book, printer.tick, cache)
    for error in result.errors:
        printer.error(str(error))
    for note in result.notes:
        printer.note(note)
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
    written = output.write(result, tree.disk, html=not flags["no_report"], wait=flags["wait"])
    for failed in written.errors:
        printer.error(str(failed))
    where = show_path(slash(out))
    done = f"wrote {where}" if written.written or written.deleted else f"{where} on the disk is right, but not staged"
    printer.say(f"{done}; now type:  git add -A {where}")
    return pipeline.worst((hard, 1, *(failed.exit for failed in written.errors)))


def _say(printer: Printer, tree: Tree, out: Path, todo: Sequence[Difference], result: Result) -> None:
    where, seeds = show_path(slash(out)), f"{tree.of_seeds}{show_path(slash(tree.src))}"
    if not todo:
        tree.said = f"{where} is in step with {seeds} ({result.records.run.files} files)"
        printer.say(tree.said)
        return
    known = len(result.committed) + sum(difference.kind == "orphan" for difference in todo)
    printer.say(f"{where} does not match {seeds} ({len(todo)} of {known} files):")
    for difference in todo[:MOST]:
        because = _because(difference, result, out, tree.of_seeds)
        printer.say(f"  {difference.kind:<8} {where}{show_path(difference.name)}{because}")
    if len(todo) > MOST:
        printer.say(f"  … and {len(todo) - MOST} more")


def _because(difference: Difference, result: Result, out: Path, staged: str) -> str:
    """Say in a few words what is behind a difference; `staged` is "staged " if the index is looked at."""
    from cleaner.formats import output_name

    if difference.kind == "orphan":
        gone = next(
            (f for f in result.records.files if f.status == "dropped" and output_name(f.path) == difference.name), None
        )
        return f"   dropped: {show(gone.message or '')}" if gone else "   its seed is gone"
    if difference.kind == "missing":
        return "   its seed is staged, it is not" if staged and difference.name in result.texts else ""
    body = result.texts.get(difference.name)
    if not isinstance(body, bytes):
        return ""
    old, new = (out / difference.name).read_bytes().split(b"\n"), body.split(b"\n")
    line = next((i for i, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b), min(len(old), len(new)) + 1)
    return f"   from line {line}"
