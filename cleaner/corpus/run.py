"""The whole run over a corpus: plan, clean, overlaps, OUT, report. Each step is a job of the runner; nothing prints."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from cleaner import errors as errors_
from cleaner import files
from cleaner.config import Config
from cleaner.corpus import report
from cleaner.corpus.assemble import Assembly, assemble, targets_of
from cleaner.corpus.groups import Groups, tell
from cleaner.corpus.names import Names, docs
from cleaner.corpus.pairs import find, rows_of
from cleaner.corpus.part import clean_part
from cleaner.corpus.parts import Plan, Setup, identity, inputs_of, plan
from cleaner.corpus.passages import Told, classify
from cleaner.corpus.store import Store
from cleaner.errors import CleanerError, InputError, UsageError
from cleaner.formats.rows import Fields
from cleaner.pipeline import Book, worst
from cleaner.runners import Job, Runner, Tick, Value, run_all
from cleaner.runners.exchange import Shuffle
from cleaner.show import disk_name

WORK = ".clean-work"  # in OUT while a run lasts: what is finished; hidden, so that nothing takes it for data


@dataclass(frozen=True)
class Done:
    """What a run over a corpus did: totals by name, errors to print, notes, and the names written and deleted."""

    totals: dict[str, int]
    rules: dict[str, int]
    codes: dict[str, int]
    errors: tuple[CleanerError, ...]
    notes: tuple[str, ...]
    written: tuple[str, ...]
    deleted: tuple[str, ...]
    groups: Groups
    passages: Told
    resumed: int  # parts that an earlier run had finished

    @property
    def exit(self) -> int:
        return worst(error.exit for error in self.errors) if self.errors else 3 if self.codes else 0


def run(
    entries: Sequence[files.Entry], src: Path, out: Path, config: Config, book: Book, runner: Runner, tick: Tick,
    *, wait: bool = False,
) -> Done:  # fmt: skip
    """Clean a corpus into OUT. What an interrupted run has finished there is gone on with.

    Raises UsageError, OutputError, and InputError E131 if a file changes meanwhile; OUT is written at the very end.
    """
    config = replace(config, bulk=True)
    _possible(config)
    with files.Lock(out, wait=wait):
        work = out / WORK
        fields = Fields(config.keys.text_field, config.keys.id_field)
        setup = Setup(config, book, str(src), str(work), fields, config.keys.out_format)
        resumed = _resume(work, identity(setup, inputs_of(entries, config.keys.in_format), version("seedclean")))
        todo = plan(setup, entries, runner, tick)
        job = Job("cleaning", partial(clean_part, setup, str(work / "clean")), str(work / "clean"))
        known = sum(job.known(number) is not None for number in range(len(todo.parts))) if resumed else 0
        values = run_all(runner, job, todo.parts, tick)
        names = _names(str(work / "clean"), todo)
        shuffle = Shuffle(runner, str(work), tick)
        groups, passages, notes, counts = _overlaps(setup, shuffle, names)
        done = _write(setup, shuffle, out, todo, values, names, groups)
        done = replace(done, notes=notes, resumed=known, totals={**done.totals, **counts}, passages=passages)
        done = replace(done, deleted=report.write(out, setup, todo, done, names))
        shutil.rmtree(work)
    return done


def _possible(config: Config) -> None:
    """Raise UsageError for settings that only a folder knows, rather than leave them out in silence."""
    dedup = config.keys.dedup
    for name, asked in (("--keep", dedup.keep != "first"), ("--against", dedup.against is not None)):
        if asked:
            raise UsageError(
                "E202", name, "it is for folders of texts, and this is a corpus", "nothing was written", "leave it out"
            )


def _resume(work: Path, digest: str) -> bool:
    """Return whether the folder of work holds the beginning of this very run; another one's is removed."""
    mark = work / "identity"
    if mark.is_file() and mark.read_bytes() == digest.encode():
        return True
    if work.is_symlink():
        work.unlink()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    files.replace_file(mark, digest.encode())
    return False


def _names(folder: str, todo: Plan) -> Names:
    counts = (len(docs(folder, part.number)) for part in todo.parts)
    bases = tuple(accumulate(counts, initial=0))[:-1]
    return Names(folder, todo.parts, bases)


def _overlaps(setup: Setup, shuffle: Shuffle, names: Names) -> tuple[Groups, Told, tuple[str, ...], dict[str, int]]:
    if not setup.overlaps or not names.parts:
        return Groups(), Told(), (), {}
    settings, store = setup.config.overlaps, Store(names.folder, names.bases)
    found = find(shuffle, store, settings)
    groups = tell(shuffle, found, names, settings)
    told = classify(shuffle, names, store, found.aligned, found.labels, partial(rows_of, store), settings)
    passages = {f"passages_{kind}": count for kind, count in told.counts}
    counts = {**found.counts, "groups": groups.count, "grouped": groups.members, **passages}
    return groups, told, found.notes, counts


def _write(
    setup: Setup, shuffle: Shuffle, out: Path, todo: Plan, values: Sequence[Value], names: Names, groups: Groups
) -> Done:
    totals: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    errors: list[CleanerError] = [*todo.refused, *(error for _, error in todo.left)]
    codes.update(error.code for error in errors)
    for value in values:
        totals.update(value["totals"])
        rules.update(value["rules"])
        codes.update(value["codes"])
        errors += [getattr(errors_, kind)(*args) for kind, *args in value["errors"]]
    targets = targets_of(todo, setup.out_format, [value["rows"] for value in values], setup.config.keys.shard_size)
    drop = setup.config.keys.dedup.mode == "drop"
    totals["dropped"] = groups.members - groups.count if drop else 0
    stage = partial(assemble, Assembly(setup, str(out), names, groups, drop))
    made = run_all(shuffle.runner, Job("writing", stage, str(Path(setup.work, "written"))), targets, shuffle.tick)
    refused = [InputError(*args) for value in made for args in value["errors"]]
    codes.update(error.code for error in refused)
    written = [disk_name(name) for value in made for name in value["written"]]
    files.sync([out / name for name in written], root=out)
    totals["inputs"], totals["files_skipped"] = len(todo.inputs), sum(entry.error is None for entry in todo.others)
    totals["bytes_out"] = sum(value["bytes"] for value in made)
    return Done(
        dict(sorted(totals.items())), dict(sorted(rules.items())), dict(sorted(codes.items())),
        (*errors, *refused), (), tuple(sorted(written)), (), groups, Told(), 0,
    )  # fmt: skip
