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
from cleaner.languages import Speech, mark
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.packs import Rule
    from cleaner.pipeline import Book
    from cleaner.reports.records import EditRecord, EvidenceRecord, FileRecord, OverlapRecord, Records

EXAMPLES = 3  # of each sort that are shown under an edit
_GUARDS = {
    "E221": mark("not applied: it would cut prose, and the rule does not say that it may [E221]"),
    "E222": mark("not applied: longer than the rule may cut [E222]"),
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
    t = options.printer.t
    told = t.codes.get(code, entry)
    options.printer.say(f"{code}  {told.meaning}")
    options.printer.say("  " + t("done: {what}", what=told.done))
    options.printer.say("  " + t("next: {what}", what=told.how))
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
        options.printer.error(outcome.error)
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
        options.printer.say(options.printer.t("{place}: no rule changes or proposes anything here", place=place))
        return 0
    _groups(options, book, edits, _prefix(path, name))
    return 0


SCRIPTS = {
    "hans": mark("Simplified"),
    "hant": mark("Traditional"),
    "mixed": mark("mixed script"),
    "kana": mark("Japanese"),
    "other": mark("no script of Chinese"),
}


def _script(options: Options, file: FileRecord, line: int | None) -> None:
    """Say which script the text is in and by what evidence, and where (on `line`, if given) it is in another."""
    if file.evidence is None:
        return
    t = options.printer.t
    of = {"tw": t(" of Taiwan"), "hk": t(" of Hong Kong")}.get(file.region or "", "")
    script = t(SCRIPTS[file.script]) + of
    options.printer.say(t("script: {script} ({proof})", script=script, proof=_proof(file.evidence, t)))
    for stretch in file.stretches:
        if line in (None, stretch.line):
            told = t(
                "line {n}, {start}-{end}: {script} ({proof})", n=stretch.line, start=stretch.start, end=stretch.end,
                script=t(SCRIPTS[stretch.script]), proof=_proof(stretch.evidence, t),
            )  # fmt: skip
            options.printer.say(f"  {told}")


def _proof(evidence: EvidenceRecord, t: Speech) -> str:
    kana = t(", {n} kana", n=evidence.kana) if evidence.kana else ""
    count = {"hans": evidence.hans, "hant": evidence.hant}
    return t("characters that prove it: {hans} Simplified, {hant} Traditional", **count) + kana


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

    say, style, t = options.printer.say, options.printer.style, options.printer.t
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
            say("  " + t("… and {n} more", n=len(members) - EXAMPLES))
        say(f"  {_status(first, t)}")
        for decision in sorted({edit.decision for edit in members if edit.decision}):
            say(f"  {_decision(book, decision, t)}")
        for rule in first.by:
            if rule in book.by_id:
                _reason(options, book.by_id[rule])
            elif rule in book.infos:
                say("  " + t("why: {why}", why=book.infos[rule].why))
        say("  " + t("ids: edit {edit}, group {group}", edit=first.id, group=first.group))
        if first.pending:
            told = t("decide: {command}   (or keep, remove; --scope group for all of the group)", command=answer(first))
            say(f"  {told}")
        elif first.status == "applied" and not first.decision:
            say("  " + t("wrong?  clean decide keep {id}   (--scope group for all of the group)", id=first.id))
            if first.by[-1] in book.by_id:
                exact = first.quote.exact
                blank = exact[: len(exact) - len(exact.lstrip())].count("\n")  # a removed line takes those before along
                place = f"{show_path(prefix + first.path)}:{first.line + blank}"
                say("  " + t("a false alarm of the rule?  clean rules keep {place}", place=place))
        say()


def _decision(book: Book, id_: str, t: Speech) -> str:
    """Say which decision bears on an edit, where it stands, who made it and why."""
    from cleaner.show import show

    decision = next((one for one in book.decisions if one.id == id_), None)
    if decision is None:
        return t("decision {id}, which does not stand in {file} any more", id=id_, file=book.decisions.file)
    by = decision.by and t("by {name}", name=decision.by)
    told = ", ".join(part for part in (by, decision.why) if part)
    where = book.decisions.where(decision)
    line = t("decision {id}: {what}  ({where})", id=id_, what=show(decision.summary), where=where)
    return line + (f"  {show(told)}" if told else "")


def _status(edit: EditRecord, t: Speech) -> str:
    from cleaner.reports.terminal import candidate
    from cleaner.show import show

    klass = t(", class {name}", name=edit.class_) if edit.class_ else ""
    score = t(", confidence {n}", n=f"{edit.score:.2f}") if edit.score is not None else ""
    words = {
        "applied": t("applied"),
        "suppressed": t("not applied: ignored for this file, or a protected term"),
        "kept": t("not applied: decided by a person"),
        "proposed": t(_GUARDS.get(edit.code or "", mark("proposed, not applied"))),
    }[edit.status]
    pending = ""
    if edit.pending and edit.status == "applied":
        pending = t(
            "; pending: “{old}” took the place of a word that is lost, a person has to say which",
            old=show(edit.quote.exact),
        )
    elif edit.pending:
        pending = t("; pending: a person has to say whether “{new}” is right", new=show(edit.new))
    candidates = "".join("\n    " + t("candidate {word}", word=candidate(c, t)) for c in edit.candidates)
    return words + klass + score + pending + candidates


def _reason(options: Options, rule: Rule) -> None:
    from cleaner.show import show

    say, t = options.printer.say, options.printer.t
    where = f"{rule.file}:{rule.line}"
    say("  " + t("why: {why}", why=show(rule.why)))
    say("  " + t("rule: {rule}, kind {kind}, {where}", rule=rule.id, kind=rule.keys.kind, where=where))
    for before, after in rule.keys.turns[:EXAMPLES]:
        say(f"    {t('turns')}  {_line(before, t)}  →  {_line(after, t)}")
    for text in rule.keys.keeps[:EXAMPLES]:
        say(f"    {t('keeps')}  {_line(text, t)}")


def _line(text: str, t: Speech) -> str:
    from cleaner.show import show

    cut = text if len(text) <= 60 else text[:59] + "…"
    return show(cut.replace("\n", "⏎")) or t("(nothing)")


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

    for line in overlap_lines(overlap, options.printer.t):
        options.printer.say(line)
    if overlap.decision:
        options.printer.say(f"  {_decision(book, overlap.decision, options.printer.t)}")
