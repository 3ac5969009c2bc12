"""What a run looks like in a terminal: lines of text, no logic, nothing foreign that has not been through `show`."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from cleaner.reports.records import CandidateRecord, EditRecord, FileRecord, OverlapRecord, Records
from cleaner.reports.views import answer, stale, visible
from cleaner.show import show

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


def summary(records: Records, src: str, out: str) -> Iterator[str]:
    """The table of a run: files, overlaps, what waits. `src` and `out` are as the user wrote them, with a slash."""
    run = records.run
    packs = ", ".join(show(pack.name) for pack in run.packs)
    yield f"{_count(run.files, 'file')} · packs {packs}"
    rows = [_row(file, records.of(file.path)) for file in records.files if file.status != "skipped"]
    shown = rows if len(rows) <= LONGEST else [row for row in rows if row[1] != "0" or row[2] != "0"][:LONGEST]
    yield from table(("file", "removed", "repaired", "pending", "chars", "by"), shown)
    if len(shown) < len(rows):
        yield f"  … and {len(rows) - len(shown)} more: see {show(out)}__report__/README.md"
    yield from _overlaps(records.overlaps, out)
    yield from _dropped(records.files, out)
    yield from _restored(records.edits, out)
    yield from _pending(records, src, out)
    yield from _decided(records)


def candidate(word: CandidateRecord) -> str:
    """A word proposed for a place, with the copy that has it: “全省” (0.94; 2 copies, news/017.txt line 14)."""
    new = f"“{show(word.new)}”" if word.new else "nothing (the copy has no word there)"
    if word.evidence is None:
        return f"{new} ({word.score:.2f})"
    where = f"{show(word.evidence.path)} line {word.evidence.line}"
    copies = f"{_copies(word.copies)}, " if word.copies and word.copies > 1 else ""
    return f"{new} ({word.score:.2f}; {copies}{where})"


def _copies(count: int) -> str:
    return f"{count} copies"


def _row(file: FileRecord, edits: Sequence[EditRecord]) -> tuple[str, ...]:
    if file.status == "quarantined":
        return show(file.path), "-", "-", "-", "-", f"quarantined [{show(file.code or '')}]"
    if file.status == "dropped":
        return show(file.path), "-", "-", "-", f"{file.chars_in} → 0", "dropped, see below"
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
    widths = [max(_width(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [_pad(cell, widths[i], right=head[i] in right) for i, cell in enumerate(row)]
        yield "  " + "  ".join(cells).rstrip()


def _overlaps(overlaps: Sequence[OverlapRecord], out: str) -> Iterator[str]:
    if not overlaps:
        return
    apart = [o for o in overlaps if o.a.path != o.b.path]
    reuse = [o for o in apart if o.kind == "reuse" and o.status == "open"]
    counts = Counter(o.kind if o.status == "open" else o.status for o in apart if o not in reuse)
    parts = [f"{len(reuse)} reuse" + (" (across scripts)" if any(o.cross_script for o in reuse) else "")]
    parts += [f"{count} {kind} (folded)" for kind, count in sorted(counts.items())]
    within = len(overlaps) - len(apart)
    parts += [f"{within} within one text"] if within else []
    yield f"  overlaps  {', '.join(parts)}"
    for overlap in reuse[:10]:
        pair = f"{show(overlap.a.path)} ⇄ {show(overlap.b.path)}"
        yield f"    {show(overlap.cluster or '-')}  {pair}  {overlap.chars} chars, {overlap.identity:.2f}"
        yield f"        …{_short(overlap.a.quote.exact)}…"
    if len(reuse) > 10:
        yield f"    … and {len(reuse) - 10} more: see {show(out)}__report__/README.md"


def _dropped(files: Sequence[FileRecord], out: str) -> Iterator[str]:
    gone = [file for file in files if file.status == "dropped"]
    if not gone:
        return
    what = _count(len(gone), "document")
    yield f"  dropped   {what}, of which nothing stands in {show(out)} (clean undo brings them back)"
    for file in gone[:10]:
        yield f"    {show(file.path)}: {show(file.message or '')}"
    if len(gone) > 10:
        yield f"    … and {len(gone) - 10} more: see {show(out)}__report__/README.md"


def _restored(edits: Sequence[EditRecord], out: str) -> Iterator[str]:
    put = [e for e in edits if e.status == "applied" and not e.pending and e.candidates and e.candidates[0].evidence]
    if not put:
        return
    yield f"  restored  {_count(len(put), 'word')} that a copy has where a keyword stood"
    for edit in put[:10]:
        yield f"    {show(edit.path)}:{edit.line}  “{_short(edit.quote.exact)}” → {candidate(edit.candidates[0])}"
    if len(put) > 10:
        yield f"    … and {len(put) - 10} more: see {show(out)}__report__/README.md"


def _pending(records: Records, src: str, out: str) -> Iterator[str]:
    groups: dict[str, list[EditRecord]] = {}
    for edit in records.edits:
        if edit.pending:
            groups.setdefault(edit.group, []).append(edit)
    if not groups:
        return
    places = sum(map(len, groups.values()))
    yield f"  pending   {_count(places, 'place')} in {_count(len(groups), 'group')} wait for a person"
    for edits in sorted(groups.values(), key=lambda g: (g[0].status, g[0].path, g[0].start))[:10]:
        yield f"    {show(edits[0].by[-1])}  {_turns(edits)}  clean explain {show(src + edits[0].path)}:{edits[0].line}"
        for word in next((edit.candidates for edit in edits if edit.candidates), ())[:3]:
            yield f"        a copy has {candidate(word)}" if word.evidence else f"        perhaps {candidate(word)}"
        yield f"        {answer(edits[0])}" + ("" if len(edits) == 1 else f"    (--scope group: all {len(edits)})")
    if len(groups) > 10:
        yield f"    … and {len(groups) - 10} more: see {show(out)}__report__/README.md"


def _decided(records: Records) -> Iterator[str]:
    """What people have decided, and what of it has lost its place."""
    if not records.decisions:
        return
    old = len(stale(records))
    places = sum(decision.places for decision in records.decisions)
    more = f", {old} stale: clean decisions check" if old else ""
    yield f"  decided   {_count(places, 'place')} by {_count(len(records.decisions), 'decision')}{more}"


def _turns(edits: Sequence[EditRecord]) -> str:
    """What the edits of a group turn into what, most frequent first: “365bet体育在线” → “〓” ×5."""
    pairs = Counter((edit.quote.exact, edit.new) for edit in edits)
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"“{_short(old)}” → “{_short(new)}”" + (f" ×{n}" if n > 1 else "") for (old, new), n in ordered[:3]]
    return ", ".join(parts) + (f" and {len(ordered) - 3} more" if len(ordered) > 3 else "")


def _short(text: str) -> str:
    cut = text if len(text) <= QUOTE else text[: QUOTE - 1] + "…"
    return _one_line(cut)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _width(text: str) -> int:
    """Columns that a terminal gives a text: two for wide characters (Unicode Standard Annex #11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def skipped(files: Iterable[FileRecord]) -> Iterator[str]:
    for file in files:
        if file.status == "skipped":
            yield f"skipped {show(file.path)}: {show(file.message or '')}"


def overlap_lines(overlap: OverlapRecord) -> Iterator[str]:
    """An overlap with both sides, what differs in brackets, and the sentence behind its verdict."""
    yield f"{overlap.kind} ({overlap.unit}) {overlap.id}: {overlap.chars} characters, {overlap.identity:.0%} equal"
    if overlap.unit == "passage":
        for side, (low, high) in ((overlap.a, (0, 1)), (overlap.b, (2, 3))):
            spans = [(op[low] - side.start, op[high] - side.start) for op in overlap.ops]
            yield f"  {show(side.path)}:{side.line}  {_bracketed(side.quote.exact, spans)}"
    else:
        figures = f"Jaccard {overlap.jaccard:.2f}, containment {overlap.containment:.2f}"
        yield f"  {show(overlap.a.path)} ⇄ {show(overlap.b.path)}  {figures}"
    yield f"  {show(overlap.verdict)}"


def _bracketed(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for low, high in spans:
        parts += _one_line(text[at:low]), f"[{_one_line(text[low:high])}]"
        at = high
    return "".join((*parts, _one_line(text[at:])))
