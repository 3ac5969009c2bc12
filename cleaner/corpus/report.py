"""The report of a corpus: the run's totals, the records of every document, duplicates, and what a person reads first.

`report.jsonl` holds the run record alone; `records/NNNNNN.jsonl.gz` the file and edit records of each part, in the
schema of every report; `duplicates.jsonl` and `pairs.jsonl` what stands twice; `files.json` the names that this run
wrote, so that the next one knows what is ours.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from cleaner import files
from cleaner.corpus.names import Names
from cleaner.corpus.parts import Plan, Setup
from cleaner.outcome import Outcome
from cleaner.reports.build import of_outcome
from cleaner.reports.previous import JSONL, README, REPORT
from cleaner.reports.records import PackRecord, RunRecord, to_line
from cleaner.show import disk_name, record_path

if TYPE_CHECKING:
    from cleaner.corpus.run import Done

LIST = f"{REPORT}/files.json"
TOP = 30  # rules that the README names


def write(out: Path, setup: Setup, plan: Plan, done: Done, names: Names) -> tuple[str, ...]:
    """Write the report, remove what an earlier run wrote and this one did not, and return those names."""
    before = _listed(out)
    (out / REPORT).mkdir(exist_ok=True)
    records = [*_records(out, names), *_left(out, setup, plan), *_passages(out, done)]
    for name, sources in (("duplicates", done.groups.groups), ("pairs", done.groups.pairs)):
        with files.fresh(files.place(out, f"{REPORT}/{name}.jsonl")) as target:
            for source in sources:
                with Path(source).open("rb") as file:
                    shutil.copyfileobj(file, target)
    files.replace_file(files.place(out, README), readme(setup, done).encode())
    run = to_line(_run_record(setup, done))
    mine = sorted({*map(record_path, done.written), *records})
    gone = tuple(disk_name(name) for name in before if name not in set(mine) and _is_ours(out, disk_name(name)))
    for name in gone:
        (out / name).unlink()
    files.replace_file(files.place(out, LIST), orjson.dumps(mine, option=orjson.OPT_INDENT_2) + b"\n")
    files.sync([out / LIST, out / README, *(out / name for name in records)], root=out)
    files.replace_file(files.place(out, JSONL), run)
    files.sync([out / JSONL], root=out)
    return gone


def _listed(out: Path) -> list[str]:
    """Return the names of an earlier report: a file that anybody may have edited."""
    try:
        found = orjson.loads((out / LIST).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def _is_ours(out: Path, name: str) -> bool:
    path = out / name
    inside = not Path(name).is_absolute() and path.parent.resolve().is_relative_to(out.resolve())
    return inside and path.is_file() and not path.is_symlink()


def _records(out: Path, names: Names) -> list[str]:
    """Move the records of the parts into the report, and return their names there."""
    found = []
    for part in names.parts:
        name = f"{REPORT}/records/{part.number:06}.jsonl.gz"
        os.replace(Path(names.folder, f"{part.number:06}.records.jsonl.gz"), files.place(out, name))  # noqa: PTH105
        found.append(name)
    return found


def _left(out: Path, setup: Setup, plan: Plan) -> list[str]:
    """Write the records of what no part holds (refused by name, skipped, a damaged table), and return their name."""
    kept = setup.out_format == "mirror"  # then a table that cannot be read is copied
    found = [
        Outcome(entry.name, "quarantined" if entry.error else "skipped", "", "", error=entry.error,
                note=entry.note or "", stands=False)
        for entry in plan.others
    ]  # fmt: skip
    found += [
        Outcome(given.name, "quarantined", given.kind, "", error=error, stands=kept) for given, error in plan.left
    ]
    if not found:
        return []
    lines = [to_line(of_outcome(outcome, {})[0]) for outcome in sorted(found, key=lambda outcome: outcome.name)]
    name = f"{REPORT}/records/left.jsonl.gz"
    files.replace_file(files.place(out, name), gzip.compress(b"".join(lines), 1, mtime=0))
    return [name]


def _passages(out: Path, done: Done) -> list[str]:
    """Move the records of passages into the report, and return their names there."""
    found = []
    for source in map(Path, done.passages.files):
        name = f"{REPORT}/passages/{source.name}"
        os.replace(source, files.place(out, name))  # noqa: PTH105
        found.append(name)
    return found


def _run_record(setup: Setup, done: Done) -> RunRecord:
    totals, packs = done.totals, setup.book.packs
    overlaps = totals.get("edges", 0) + totals.get("copies", 0) + sum(count for _, count in done.passages.counts)
    return RunRecord(
        config_digest=setup.config.digest,
        rules_digest=hashlib.sha256("".join(pack.digest for pack in packs).encode()).hexdigest(),
        decisions_digest=setup.book.bench.decisions.digest,
        packs=tuple(PackRecord(pack.name, pack.version, pack.digest) for pack in packs),
        files=totals.get("documents", 0), files_changed=totals.get("changed", 0),
        files_quarantined=totals.get("quarantined", 0), files_dropped=totals.get("dropped", 0),
        chars_in=totals.get("chars_in", 0), chars_out=totals.get("chars_out", 0),
        edits=totals.get("edits", 0), pending=totals.get("pending", 0),
        overlaps=overlaps, clusters=totals.get("groups", 0),
    )  # fmt: skip


def readme(setup: Setup, done: Done) -> str:
    """Return the page that a person opens first."""
    totals = done.totals
    lines = ["# Report", "", *_table(("what", "count"), [(name, totals.get(key, 0)) for name, key in _COUNTS]), ""]
    if done.codes:
        what = "What could not be done; its text stands as it was. The records say which, and why."
        lines += ["## Quarantined", "", what, "", *_table(("code", "documents"), list(done.codes.items())), ""]
    rules = sorted(done.rules.items(), key=lambda item: (-item[1], item[0]))
    if rules:
        lines += ["## Rules", "", *_table(("rule", "edits"), rules[:TOP])]
        lines += ["", f"{len(rules) - TOP} more rules with fewer edits." if len(rules) > TOP else ""]
    if done.notes:
        lines += ["## Limits met", "", *(f"- {note}" for note in done.notes), ""]
    lines += ["## Where", "", *_WHERE]
    return "\n".join(lines).rstrip("\n") + "\n"


_COUNTS = (
    ("input files", "inputs"), ("documents", "documents"), ("changed", "changed"), ("unchanged", "unchanged"),
    ("empty", "empty"), ("quarantined", "quarantined"), ("dropped", "dropped"),
    ("characters in", "chars_in"), ("characters out", "chars_out"),
    ("edits", "edits"), ("places that wait for a person", "pending"), ("exact copies", "copies"),
    ("near-duplicate pairs", "edges"), ("groups of duplicates", "groups"), ("documents in them", "grouped"),
    ("passages that two documents share: reuse", "passages_reuse"), ("quotes", "passages_quote"),
    ("formulas", "passages_formula"), ("boilerplate", "passages_boilerplate"),
)  # fmt: skip
_WHERE = (
    "- `report.jsonl`: the totals. `records/*.jsonl.gz`: every document and every edit, in the schema of "
    "`clean report --schema`.",
    "- `duplicates.jsonl`: groups of copies and near duplicates, with the one to keep. `pairs.jsonl`: the verified "
    "pairs with their figures.",
    "- `passages/*.jsonl.gz`: what two documents share that are no duplicates, with kind and reasons; places are those "
    "of the cleaned texts.",
)


def _table(head: tuple[str, str], rows: Sequence[tuple[Any, Any]]) -> list[str]:
    return [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
