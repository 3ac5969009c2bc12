"""`clean plan`: what a run will take, before it is begun."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import Options, configured

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer
    from cleaner.corpus.foresee import Foreseen


@click.command()
@click.argument("src", metavar="SRC", type=click.Path(exists=True))
@click.argument("out", metavar="[OUT]", required=False)
@click.option(
    "--sample", "documents", metavar="N", type=click.IntRange(30), default=1000, show_default=True,
    help="Documents of each format that are cleaned.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print all figures as JSON.")
@configured(data=True)
def plan(options: Options, src: str, out: str | None, documents: int, as_json: bool) -> int:
    """What cleaning SRC will take: documents, time, memory, disk, from a sample that is really cleaned.

    Nothing is written but to a folder of its own, which is removed. OUT is where the room on the disk is looked at.
    """
    from cleaner.corpus.foresee import foresee, inputs, room
    from cleaner.runners import processes

    config = options.config(Path(src))
    found = inputs(Path(src), Path(out) if out else None, config)
    keys = config.keys
    if keys.out_format == "mirror" and not any(given.kind in ("jsonl", "parquet", "warc") for given in found):
        config = replace(config, keys=keys.model_copy(update={"out_format": "jsonl"}))  # a folder of texts as a corpus
    jobs = processes(keys.jobs)
    with tempfile.TemporaryDirectory(prefix="clean-plan-") as folder:
        told = foresee(found, Path(folder), config, options.book(config), jobs, documents)
    if as_json:
        options.printer.json(asdict(told))
        return 0
    free = room(Path(out) if out else Path.cwd())
    return _say(options.printer, told, free)


def _say(printer: Printer, told: Foreseen, free: int) -> int:
    """Print a plan, and return 1 if there are not as many bytes free as it needs."""
    from cleaner.corpus.foresee import PAIR

    t, say = printer.t, printer.say
    files, documents = t.plural(told.files, "file"), t.plural(told.documents, "document")
    say(t("{files}, {bytes}: about {documents}", files=files, bytes=_bytes(told.input_bytes), documents=documents))
    say(t.plural(told.sample, "sample: {n} document was cleaned, nothing of it is kept",
                 "sample: {n} documents were cleaned, nothing of it is kept"))  # fmt: skip
    processes = t.plural(told.jobs, "process", "processes")
    say(t("time     {wall} with {processes} on cores of their own ({cpu} of CPU)", wall=_time(told.wall_seconds),
          processes=processes, cpu=_time(told.cpu_seconds)))  # fmt: skip
    say(t("memory   {bytes} for all processes together", bytes=_bytes(told.memory)))
    out, work = _bytes(told.out_bytes), _bytes(told.work_bytes)
    say(t("disk     OUT {out}, and up to {work} beside it until the end", out=out, work=work))
    say(t("shuffle  {bytes} of that are rows that change places", bytes=_bytes(told.shuffle_bytes)))
    say(t("not seen by a sample: passages that documents far apart share; each pair takes {ms} ms more",
          ms=f"{PAIR * 1000:g}"))  # fmt: skip
    if free >= told.out_bytes + told.work_bytes:
        return 0
    printer.note(t("there is room for {bytes} only; nothing was written", bytes=_bytes(free)))
    return 1


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}" if unit != "bytes" else f"{number:.0f} bytes"
        number /= 1000
    return f"{number:,.3g} TB" if number < 1000 else f"{number:,.0f} TB"


def _time(seconds: float) -> str:
    for most, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < most:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86_400:,.3g} days"
