"""`clean SRC OUT` where SRC holds tables, or OUT is to be one."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner import files
from cleaner.cli.options import Options

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.corpus.run import Done
    from cleaner.files import Entry
    from cleaner.pipeline import Book
    from cleaner.runners import Runner, Tick

OPTION = {"only_check": "--check", "show_diff": "--diff", "dry_run": "--dry-run", "new_only": "--new-only"}
MOST = 20  # errors that are printed; all are in the records


def clean_corpus(
    options: Options, entries: list[Entry], src: Path, out: Path, config: Config, book: Book, flags: dict[str, Any]
) -> int:
    """Clean a corpus, print a summary, and return the exit code."""
    for name in ("only_check", "show_diff", "dry_run", "new_only"):
        if flags.get(name):
            raise click.UsageError(
                f"{OPTION[name]} compares folders of texts, and this is a corpus; nothing was written; "
                "clean it into another OUT and compare the two"
            )
    if flags["output_format"] != "text":
        raise click.UsageError(
            f"--output-format {flags['output_format']} tells of a folder of texts, and this is a corpus; nothing was "
            "written; leave it out, and find the records of the run in OUT/__report__/records"
        )
    from cleaner.corpus import run as corpus
    from cleaner.runners import choose

    printer, begun, stages = options.printer, _cpu(), _Stages(options.printer.tick)
    size = sum(files.size_of(entry.path) for entry in entries if entry.taken)
    keys = config.keys
    runner = choose(keys.engine, keys.jobs, options.ray_address, work=size, deadline=keys.deadline)
    try:
        done = corpus.run(entries, src, out, config, book, runner, stages.tick, wait=flags["wait"])
    finally:
        runner.close()
    for error in done.errors[:MOST]:
        printer.error(error)
    told = sum(done.codes.values())
    if told > MOST:
        where = f"{out.as_posix()}/__report__/records"
        printer.error(printer.t("... {n} documents in all could not be done; {where} says which", n=told, where=where))
    for note in done.notes:
        printer.note(note)
    _summary(options, done, out)
    if flags["stats"]:
        _stats(Path(flags["stats"]), done, runner, _cpu() - begun, stages.seconds(), size)
    closed = _gate(options, done, {*keys.fail_on, *flags["fail_on"]})
    from cleaner.pipeline import worst

    return worst((done.exit, 1 if closed else 0))


def _gate(options: Options, done: Done, gates: set[str]) -> bool:
    """Say which gates are closed, and whether any is. All counts are those of this run alone."""
    totals, t = done.totals, options.printer.t
    pending = totals.get("pending", 0)
    overlaps = done.groups.count + totals.get("passages_reuse", 0)
    said = {
        "pending": (pending, t.plural(pending, "place waits for a person", "places wait for a person")),
        "overlap": (overlaps, t.plural(overlaps, "open overlap")),
        "findings": ((found := totals.get("edits", 0) + pending + overlaps), t.plural(found, "finding")),
    }
    closed = [name for name, (count, _) in said.items() if name in gates and count]
    for name in closed:
        options.printer.error(f"{said[name][1]} (--fail-on {name})")
    return bool(closed)


def _summary(options: Options, done: Done, out: Path) -> None:
    from cleaner.show import show_path

    options.printer.totals = done.totals
    if options.printer.quiet:
        return
    say, t, totals = options.printer.say, options.printer.t, done.totals
    count = {name: totals.get(name, 0) for name in ("changed", "unchanged", "quarantined")}
    documents, inputs = t.plural(totals.get("documents", 0), "document"), t.plural(totals.get("inputs", 0), "file")
    say(t("{documents} of {inputs}: {changed} changed, {unchanged} left as they were, "
          "{quarantined} quarantined", documents=documents, inputs=inputs, **count))  # fmt: skip
    if (more := sum(done.codes.values()) - count["quarantined"]) > 0:
        say(
            t.plural(
                more, "{n} more file or row could not be read at all", "{n} more files or rows could not be read at all"
            )
        )
    count = {name: totals.get(name, 0) for name in ("edits", "pending")}
    say(t("{edits} edits, {pending} places that wait for a person", **count))
    if done.groups.count:
        extra = totals.get("grouped", 0) - done.groups.count
        count = {"groups": done.groups.count, "extra": extra}
        say(t("{groups} groups of duplicates: {extra} documents are copies or near copies of another", **count))
    if done.resumed:
        say(t("went on with an interrupted run: {n} parts were done already", n=done.resumed))
    gone = t(", deleted {n} of an earlier run", n=len(done.deleted)) if done.deleted else ""
    report = show_path(out.as_posix().rstrip("/") + "/") + "__report__/"
    wrote = t("wrote {n} files and {report}", n=len(done.written), report=report) + gone
    say(wrote + t("; read {page}", page=f"{report}README.md"))


def _cpu() -> float:
    """Return the CPU seconds of this process and its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class _Stages:
    """Shows progress, and notes when each stage began."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._begun = {"cutting": time.monotonic()}

    def tick(self, what: str, done: int, of: int) -> None:
        self._begun.setdefault(what, time.monotonic())
        self._tick(what, done, of)

    def seconds(self) -> dict[str, float]:
        """Return the seconds of wall time from the begin of each stage to that of the next one, or to now."""
        times = [*self._begun.values(), time.monotonic()]
        return {name: round(b - a, 3) for name, a, b in zip(self._begun, times, times[1:], strict=False)}


def _stats(file: Path, done: Done, runner: Runner, cpu: float, stages: dict[str, float], size: int) -> None:
    import platform
    from importlib.metadata import version

    import orjson

    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    found = {
        "cpu_seconds": round(cpu, 3), "wall_seconds": round(sum(stages.values()), 3), "input_bytes": size,
        "jobs": runner.jobs,
        "largest_process_mib": peak >> 10, "resumed_parts": done.resumed, "python": platform.python_version(),
        "versions": {name: version(name) for name in ("seedclean", "regex", "opencc", "numpy", "rapidfuzz")},
        "totals": done.totals, "codes": done.codes, "rules": done.rules, "deaths": getattr(runner, "deaths", 0),
        "stages": stages,
    }  # fmt: skip
    file.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
