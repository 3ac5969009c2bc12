"""What a run looks like in a terminal: lines of text, no logic, nothing foreign that has not been through `show`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cleaner.languages import ENGLISH, Speech
from cleaner.reports.records import CandidateRecord, EditRecord, FileRecord, OverlapRecord, Records
from cleaner.reports.views import answer, stale, verdict, visible
from cleaner.show import padded, show, width

LONGEST = 40  # rows of a table before the rest is only counted
QUOTE = 24  # characters of a quote before it is cut


def edit_line(edit: EditRecord) -> str:
    """One change as `FILE:LINE:COL: RULE: 'old' -> 'new'`, for people and for grep."""
    proposed = "" if edit.status == "applied" else f" ({edit.status}{f', {show(edit.code)}' if edit.code else ''})"
    change = f"'{show(edit.quote.exact)}' -> '{show(edit.new)}'{proposed}"
    return f"{show(edit.path)}:{edit.line}:{edit.col}: {show('+'.join(edit.by))}: {change}"


def in_context(edit: EditRecord) -> str:
    """One change among its neighbours: 走在[-365bet体育在线-]{+〓+}前列."""
    old = f"[-{_one_line(edit.quote.exact)}-]" if edit.quote.exact else ""
    new = f"{{+{_one_line(edit.new)}+}}" if edit.new else ""
    return f"{_one_line(edit.quote.prefix)}{old}{new}{_one_line(edit.quote.suffix)}"


def _one_line(text: str) -> str:
    """Return foreign text on one line; white space alone as signs that can be seen."""
    return visible(text).replace("\n", "⏎")


def summary(records: Records, src: str, out: str, t: Speech = ENGLISH) -> Iterator[str]:
    """The table of a run: files, overlaps, what waits. `src` and `out` are as the user wrote them, with a slash."""
    run = records.run
    yield t(
        "{files} · packs {packs}", files=t.plural(run.files, "file"), packs=", ".join(show(p.name) for p in run.packs)
    )
    rows = [_row(file, records.of(file.path), t) for file in records.files if file.status != "skipped"]
    shown = rows if len(rows) <= LONGEST else [row for row in rows if row[1] != "0" or row[2] != "0"][:LONGEST]
    head = [t("file"), t("removed"), t("repaired"), t("pending"), t("chars"), t("by")]
    yield from table(head, shown, frozenset(head[1:4]))
    yield from _rest(len(rows) - len(shown), out, t, 2)
    yield from _overlaps(records.overlaps, out, t)
    yield from _dropped(records.files, out, t)
    yield from _restored(records.edits, out, t)
    yield from _pending(records, src, out, t)
    yield from _decided(records, t)


def _rest(count: int, out: str, t: Speech, indent: int = 4) -> Iterator[str]:
    if count > 0:
        yield " " * indent + t("… and {n} more: see {page}", n=count, page=f"{show(out)}__report__/README.md")


def _headed(t: Speech, head: str, line: str) -> str:
    """Return a line of the summary with its heading, a column of its own in every language."""
    return f"  {padded(t(head), 10)}{line}"


def candidate(word: CandidateRecord, t: Speech = ENGLISH) -> str:
    """A word proposed for a place, with the copy that has it: “全省” (0.94; 2 copies, news/017.txt line 14)."""
    new = f"“{show(word.new)}”" if word.new else t("nothing (the copy has no word there)")
    if word.evidence is None:
        return f"{new} ({word.score:.2f})"
    where = t("{path} line {line}", path=show(word.evidence.path), line=word.evidence.line)
    copies = t("{n} copies, ", n=word.copies) if word.copies and word.copies > 1 else ""
    return f"{new} ({word.score:.2f}; {copies}{where})"


def _row(file: FileRecord, edits: Sequence[EditRecord], t: Speech) -> tuple[str, ...]:
    if file.status == "quarantined":
        return show(file.path), "-", "-", "-", "-", f"{t('quarantined')} [{show(file.code or '')}]"
    if file.status == "dropped":
        return show(file.path), "-", "-", "-", f"{file.chars_in} → 0", t("dropped, see below")
    done = [edit for edit in edits if edit.status == "applied"]
    removed = sum(not edit.new for edit in done)
    rules = Counter(edit.by[-1] for edit in done)
    by = [
        f"{show(rule)} ({count})" if count > 1 else show(rule)
        for rule, count in sorted(rules.items(), key=lambda r: (-r[1], r[0]))
    ]
    more = f" +{len(by) - 4}" if len(by) > 4 else ""
    chars = f"{file.chars_in} → {file.chars_out}"
    return show(file.path), str(removed), str(len(done) - removed), str(file.pending), chars, " ".join(by[:4]) + more


_NUMBERS = frozenset(("removed", "repaired", "pending"))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[str] = _NUMBERS) -> Iterator[str]:
    """Yield a table as lines; the columns in `right` are set flush right. Cells have been through `show`."""
    if not rows:
        return
    widths = [max(width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [padded(cell, widths[i], right=head[i] in right) for i, cell in enumerate(row)]
        yield "  " + "  ".join(cells).rstrip()


def _overlaps(overlaps: Sequence[OverlapRecord], out: str, t: Speech) -> Iterator[str]:
    if not overlaps:
        return
    apart = [o for o in overlaps if o.a.path != o.b.path]
    reuse = [o for o in apart if o.kind == "reuse" and o.status == "open"]
    counts = Counter(o.kind if o.status == "open" else o.status for o in apart if o not in reuse)
    parts = [t("{n} reuse", n=len(reuse)) + (t(" (across scripts)") if any(o.cross_script for o in reuse) else "")]
    parts += [t("{n} {kind} (folded)", n=count, kind=t(kind)) for kind, count in sorted(counts.items())]
    within = len(overlaps) - len(apart)
    parts += [t("{n} within one text", n=within)] if within else []
    yield _headed(t, "overlaps", t(", ").join(parts))
    for overlap in reuse[:10]:
        pair = f"{show(overlap.a.path)} ⇄ {show(overlap.b.path)}"
        size = t("{n} chars", n=overlap.chars)
        yield f"    {show(overlap.cluster or '-')}  {pair}  {size}, {overlap.identity:.2f}"
        yield f"        …{_short(overlap.a.quote.exact)}…"
    yield from _rest(len(reuse) - 10, out, t)


def _dropped(files: Sequence[FileRecord], out: str, t: Speech) -> Iterator[str]:
    gone = [file for file in files if file.status == "dropped"]
    if not gone:
        return
    what = t.plural(len(gone), "document")
    yield _headed(
        t,
        "dropped",
        t("{what}, of which nothing stands in {out} (clean undo brings them back)", what=what, out=show(out)),
    )
    for file in gone[:10]:
        yield f"    {show(file.path)}: {show(file.message or '')}"
    yield from _rest(len(gone) - 10, out, t)


def _restored(edits: Sequence[EditRecord], out: str, t: Speech) -> Iterator[str]:
    put = [e for e in edits if e.status == "applied" and not e.pending and e.candidates and e.candidates[0].evidence]
    if not put:
        return
    yield _headed(
        t, "restored", t.plural(len(put), "{n} word that a copy has where a keyword stood",
                                "{n} words that a copy has where a keyword stood")
    )  # fmt: skip
    for edit in put[:10]:
        yield f"    {show(edit.path)}:{edit.line}  “{_short(edit.quote.exact)}” → {candidate(edit.candidates[0], t)}"
    yield from _rest(len(put) - 10, out, t)


def _pending(records: Records, src: str, out: str, t: Speech) -> Iterator[str]:
    groups: dict[str, list[EditRecord]] = {}
    for edit in records.edits:
        if edit.pending:
            groups.setdefault(edit.group, []).append(edit)
    if not groups:
        return
    told = t.plural(
        sum(map(len, groups.values())), "{n} place in {groups} waits for a person",
        "{n} places in {groups} wait for a person", groups=t.plural(len(groups), "group"),
    )  # fmt: skip
    yield _headed(t, "pending", told)
    for edits in sorted(groups.values(), key=lambda g: (g[0].status, g[0].path, g[0].start))[:10]:
        turns = _turns(edits, t)
        yield f"    {show(edits[0].by[-1])}  {turns}  clean explain {show(src + edits[0].path)}:{edits[0].line}"
        for word in next((edit.candidates for edit in edits if edit.candidates), ())[:3]:
            said = candidate(word, t)
            yield "        " + (t("a copy has {word}", word=said) if word.evidence else t("perhaps {word}", word=said))
        every = "" if len(edits) == 1 else f"    {t('(--scope group: all {n})', n=len(edits))}"
        yield f"        {answer(edits[0])}{every}"
    yield from _rest(len(groups) - 10, out, t)


def _decided(records: Records, t: Speech) -> Iterator[str]:
    """What people have decided, and what of it has lost its place."""
    if not records.decisions:
        return
    old = len(stale(records))
    places = t.plural(sum(decision.places for decision in records.decisions), "place")
    more = t(", {n} stale: clean decisions check", n=old) if old else ""
    decisions = t.plural(len(records.decisions), "decision")
    yield _headed(t, "decided", t("{places} by {decisions}", places=places, decisions=decisions) + more)


def _turns(edits: Sequence[EditRecord], t: Speech) -> str:
    """What the edits of a group turn into what, most frequent first: “365bet体育在线” → “〓” ×5."""
    pairs = Counter((edit.quote.exact, edit.new) for edit in edits)
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"“{_short(old)}” → “{_short(new)}”" + (f" ×{n}" if n > 1 else "") for (old, new), n in ordered[:3]]
    return ", ".join(parts) + (t(" and {n} more", n=len(ordered) - 3) if len(ordered) > 3 else "")


def _short(text: str) -> str:
    cut = text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"
    return _one_line(cut)


def skipped(files: Iterable[FileRecord], t: Speech = ENGLISH) -> Iterator[str]:
    for file in files:
        if file.status == "skipped":
            yield t("skipped {path}: {why}", path=show(file.path), why=show(file.message or ""))


def overlap_lines(overlap: OverlapRecord, t: Speech = ENGLISH) -> Iterator[str]:
    """An overlap with both sides, what differs in brackets, and the sentence behind its verdict."""
    unit = t("document") if overlap.unit == "document" else t("passage")
    yield t(
        "{kind} ({unit}) {id}: {n} characters, {equal} equal", kind=t(overlap.kind), unit=unit, id=overlap.id,
        n=overlap.chars, equal=f"{overlap.identity:.0%}",
    )  # fmt: skip
    if overlap.unit == "passage":
        for side, (low, high) in ((overlap.a, (0, 1)), (overlap.b, (2, 3))):
            spans = [(op[low] - side.start, op[high] - side.start) for op in overlap.ops]
            yield f"  {show(side.path)}:{side.line}  {_bracketed(side.quote.exact, spans)}"
    else:
        figures = t("Jaccard {j}, containment {c}", j=f"{overlap.jaccard:.2f}", c=f"{overlap.containment:.2f}")
        yield f"  {show(overlap.a.path)} ⇄ {show(overlap.b.path)}  {figures}"
    yield f"  {show(verdict(overlap, t))}"


def _bracketed(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for low, high in spans:
        parts += _one_line(text[at:low]), f"[{_one_line(text[low:high])}]"
        at = high
    return "".join((*parts, _one_line(text[at:])))
