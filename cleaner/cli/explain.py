"""`clean explain`: which rule changed this, why, with its examples, and what waits for a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import Options, configured
from cleaner.codes import CODES
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.packs import Rule
    from cleaner.pipeline import Book
    from cleaner.reports.records import EditRecord, EvidenceRecord, FileRecord, OverlapRecord, Records

EXAMPLES = 3  # of each sort that are shown under an edit
_GUARDS = {
    "E221": "not applied: it would cut prose, and the rule does not say that it may [E221]",
    "E222": "not applied: longer than the rule may cut [E222]",
}


@click.command()
@click.argument("what", metavar="WHAT")
@click.option(
    "--out", metavar="OUT", help="Where to look for the id of an edit, group or overlap (default: the setting out)."
)
@configured()
def explain(options: Options, what: str, out: str | None) -> int:
    """Which rule changed this, why, and with which examples.

    WHAT is FILE, FILE:LINE, FILE:LINE:COL, the id of a rule such as zh-spam/betting-word, the id of an edit, group or
    overlap from report.jsonl, or the code of an error such as E111. The file is cleaned anew; nothing is written.
    """
    found = re.fullmatch(r"(?s)(.+?)(?::(\d+))?(?::(\d+))?", what)
    if found is None:
        raise click.UsageError("WHAT is empty")
    if what.upper() in CODES:
        return _code(options, what.upper())
    name, line, col = found.group(1), *(int(n) if n else None for n in found.group(2, 3))
    if Path(name).is_file():
        return _file(options, Path(name), line, col)
    config = options.config(None)
    inside = config.root / (config.keys.src or ".") / name
    if inside.is_file():  # as the reports name it
        return _file(options, inside, line, col)
    book = options.book(config)
    if name in book.by_id:
        return _rule(options, book.by_id[name])
    folder = Path(out) if out else config.root / (config.keys.out or "out")
    return _id(options, name, folder, book)


def _code(options: Options, code: str) -> int:
    entry = CODES[code]
    options.printer.say(f"{code}  {entry.meaning}")
    options.printer.say(f"  done: {entry.done}")
    options.printer.say(f"  next: {entry.how}")
    return 0


def _file(options: Options, path: Path, line: int | None, col: int | None) -> int:
    from cleaner import files, pipeline
    from cleaner.errors import UsageError
    from cleaner.formats import format_of
    from cleaner.overlap import Found
    from cleaner.reports.build import build

    config = options.config(path)
    book = options.book(config)
    src = config.root / config.keys.src if config.keys.src else path.parent
    inside = path.resolve().is_relative_to(src.resolve())
    name = path.resolve().relative_to(src.resolve()).as_posix() if inside else path.name
    raw = files.read(path, show_path(path.as_posix()), limit=config.keys.max_file_size)
    ignore = config.ignored(name, src if inside else path.parent)
    kind = format_of(name) or "txt"
    outcome = pipeline.clean_bytes(name, raw, show_path(path.as_posix()), kind, config, book, ignore)
    if outcome.error:
        options.printer.error(str(outcome.error))
        return outcome.error.exit
    records = build([outcome], Found((), (), ()), book.packs, book.by_id, config.digest, book.bench)
    source = outcome.source.text if outcome.source else ""
    edits = _with_words([edit for edit in records.edits if _touches(edit, line, col)], config)
    place = show_path(path.as_posix()) + "".join(f":{n}" for n in (line, col) if n)
    if line is not None and not 1 <= line <= source.count("\n") + 1:
        what = f"has no line {line}, only {source.count(chr(10)) + 1}"
        raise UsageError("E105", show_path(path.as_posix()), what, "nothing was written", "check the line")
    _script(options, records.files[0], line)
    if not edits:
        options.printer.say(f"{place}: no rule changes or proposes anything here")
        return 0
    _groups(options, book, edits, _prefix(path, name))
    return 0


SCRIPTS = {
    "hans": "Simplified",
    "hant": "Traditional",
    "mixed": "mixed script",
    "kana": "Japanese",
    "other": "no script of Chinese",
}


def _script(options: Options, file: FileRecord, line: int | None) -> None:
    """Say which script the text is in and by what evidence, and where (on `line`, if given) it is in another."""
    if file.evidence is None:
        return
    of = {"tw": " of Taiwan", "hk": " of Hong Kong"}.get(file.region or "", "")
    options.printer.say(f"script: {SCRIPTS[file.script]}{of} ({_proof(file.evidence)})")
    for stretch in file.stretches:
        if line in (None, stretch.line):
            proof = _proof(stretch.evidence)
            options.printer.say(
                f"  line {stretch.line}, {stretch.start}-{stretch.end}: {SCRIPTS[stretch.script]} ({proof})"
            )


def _proof(evidence: EvidenceRecord) -> str:
    kana = f", {evidence.kana} kana" if evidence.kana else ""
    return f"characters that prove it: {evidence.hans} Simplified, {evidence.hant} Traditional{kana}"


def _with_words(edits: list[EditRecord], config: Config) -> list[EditRecord]:
    """Return `edits` with the words that the last run found for them in copies: one file alone shows no copies."""
    from dataclasses import replace

    from cleaner.reports.previous import previous

    last = previous(config.root / config.keys.out) if config.keys.out else None
    known = {edit.id: edit for edit in last.edits if edit.candidates} if last else {}
    return [
        replace(edit, candidates=known[edit.id].candidates) if edit.id in known and not edit.candidates else edit
        for edit in edits
    ]


def _prefix(path: Path, name: str) -> str:
    """Return what stands before the name of a file of SRC, so that a place can be typed again."""
    given = path.as_posix()
    return given.removesuffix(name) if given.endswith(name) else ""


def _touches(edit: EditRecord, line: int | None, col: int | None) -> bool:
    """Say whether an edit lies on a line (a removal of several lines touches each of them), at a column of it."""
    if line is None:
        return True
    last = edit.line + edit.quote.exact.rstrip("\n").count("\n")
    if not edit.line <= line <= last:
        return False
    return col is None or last > edit.line or edit.col <= col < edit.col + max(1, len(edit.quote.exact))


def _groups(options: Options, book: Book, edits: Sequence[EditRecord], prefix: str) -> None:
    from cleaner.reports.terminal import in_context
    from cleaner.reports.views import answer

    say, style = options.printer.say, options.printer.style
    groups: dict[tuple[str, str], list[EditRecord]] = {}
    for edit in edits:
        groups.setdefault((edit.group, edit.status), []).append(edit)
    for members in groups.values():
        first = members[0]
        many = f"  ×{len(members)}" if len(members) > 1 else ""
        say(style(f"{show_path(prefix + first.path)}:{first.line}:{first.col}  {'+'.join(first.by)}{many}", bold=True))
        for edit in members[:EXAMPLES]:
            say(f"  {in_context(edit)}")
        if len(members) > EXAMPLES:
            say(f"  … and {len(members) - EXAMPLES} more")
        say(f"  {_status(first)}")
        for decision in sorted({edit.decision for edit in members if edit.decision}):
            say(f"  {_decision(book, decision)}")
        for rule in first.by:
            if rule in book.by_id:
                _reason(options, book.by_id[rule])
            elif rule in book.infos:
                say(f"  why: {book.infos[rule].why}")
        say(f"  ids: edit {first.id}, group {first.group}")
        if first.pending:
            say(f"  decide: {answer(first)}   (or keep, remove; --scope group for all of the group)")
        elif first.status == "applied" and not first.decision:
            say(f"  wrong?  clean decide keep {first.id}   (--scope group for all of the group)")
        say()


def _decision(book: Book, id_: str) -> str:
    """Say which decision bears on an edit, where it stands, who made it and why."""
    from cleaner.show import show

    decision = next((one for one in book.decisions if one.id == id_), None)
    if decision is None:
        return f"decision {id_}, which does not stand in {book.decisions.file} any more"
    told = ", ".join(part for part in (decision.by and f"by {decision.by}", decision.why) if part)
    return f"decision {id_}: {show(decision.summary)}  ({book.decisions.where(decision)})" + (
        f"  {show(told)}" if told else ""
    )


def _status(edit: EditRecord) -> str:
    from cleaner.reports.terminal import candidate
    from cleaner.show import show

    klass = f", class {edit.class_}" if edit.class_ else ""
    score = f", confidence {edit.score:.2f}" if edit.score is not None else ""
    words = {
        "applied": "applied",
        "suppressed": "not applied: ignored for this file, or a protected term",
        "kept": "not applied: decided by a person",
        "proposed": _GUARDS.get(edit.code or "", "proposed, not applied"),
    }[edit.status]
    pending = ""
    if edit.pending and edit.status == "applied":
        pending = (
            f"; pending: “{show(edit.quote.exact)}” took the place of a word that is lost, a person has to say which"
        )
    elif edit.pending:
        pending = f"; pending: a person has to say whether “{show(edit.new)}” is right"
    candidates = "".join(f"\n    candidate {candidate(c)}" for c in edit.candidates)
    return words + klass + score + pending + candidates


def _reason(options: Options, rule: Rule) -> None:
    from cleaner.show import show

    options.printer.say(f"  why: {show(rule.why)}")
    options.printer.say(f"  rule: {rule.id}, kind {rule.keys.kind}, {rule.file}:{rule.line}")
    for before, after in rule.keys.turns[:EXAMPLES]:
        options.printer.say(f"    turns  {_line(before)}  →  {_line(after)}")
    for text in rule.keys.keeps[:EXAMPLES]:
        options.printer.say(f"    keeps  {_line(text)}")


def _line(text: str) -> str:
    from cleaner.show import show

    cut = text if len(text) <= 60 else text[:59] + "…"
    return show(cut.replace("\n", "⏎")) or "(nothing)"


def _rule(options: Options, rule: Rule) -> int:
    from cleaner.cli.rules import show_rule

    return show_rule(options.printer, rule)


def _id(options: Options, name: str, folder: Path, book: Book) -> int:
    from cleaner.errors import UsageError
    from cleaner.reports.previous import JSONL
    from cleaner.reports.records import from_jsonl
    from cleaner.show import show

    report = folder / JSONL
    if not re.fullmatch(r"[0-9a-f]{12}|c\d+", name) or not report.is_file():
        near = get_close_matches(name, [*book.by_id, *(i.split("/")[1] for i in book.by_id)], 1)
        hint = (
            f"; did you mean {near[0]}?"
            if near
            else ""
            if report.is_file()
            else f", and there is no {show_path(report.as_posix())} to look an id up in"
        )
        raise UsageError(
            "E105", show(name), f"no such file, and no rule of the packs in force{hint}", "nothing was written",
            "give FILE:LINE, a rule id (`clean rules list`) or an id from report.jsonl",
        )  # fmt: skip
    records = from_jsonl(report.read_bytes(), show_path(report.as_posix()))
    edits = [edit for edit in records.edits if name in (edit.id, edit.group)]
    overlaps = [overlap for overlap in records.overlaps if name in (overlap.id, overlap.cluster)]
    if edits:
        _groups(options, book, edits, "")
    for overlap in overlaps:
        _overlap(options, overlap, records, book)
    if not edits and not overlaps:
        what = f"no edit, group or overlap of {show_path(report.as_posix())} has this id"
        raise UsageError("E105", name, what, "nothing was written", "run `clean SRC OUT` to make the report new")
    return 0


def _overlap(options: Options, overlap: OverlapRecord, records: Records, book: Book) -> None:
    from cleaner.reports.terminal import overlap_lines

    for line in overlap_lines(overlap):
        options.printer.say(line)
    if overlap.decision:
        options.printer.say(f"  {_decision(book, overlap.decision)}")
