"""From what a reviewer says of an id in a report to the line that is written into rules/decisions.jsonl.

The command `clean decide`, the review page and `clean decisions import` all come through here, so that the same words
make the same line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from cleaner.decisions import OF_EDITS, OF_OVERLAPS, Decision, Decisions, Do, Quoted
from cleaner.errors import UsageError
from cleaner.identity import folded, short_id
from cleaner.reports.records import EditRecord, OverlapRecord, Quote, Records
from cleaner.show import show
from cleaner.toml import suggestion

Scope = Literal["edit", "group", "phrase", "pair"]


@dataclass(frozen=True)
class Request:
    """What a reviewer says. `id` is that of an edit, group, overlap or cluster of a report, or its beginning.

    Without `scope`, what `id` names is meant: an edit, a group; an overlap's phrase. `path` narrows to one file.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    do: Do
    id: str
    scope: Scope | None = None
    path: str | None = None
    replacement: str | None = None
    keeper: str | None = None
    by: str | None = None
    why: str | None = None


def decide(request: Request, records: Records, one_group: Collection[str] = ()) -> list[Decision]:
    """Return the decisions that say what was asked; `one_group` are rules whose edits in a file are one group.

    Raises UsageError (E205) if the report has no such id, or nothing can be decided there.
    """
    if request.do in OF_OVERLAPS:
        return _on_overlaps(request, _overlaps(request.id, records))
    return _on_edits(request, edits_of(request.id, records), one_group)


def undo(id_: str, decisions: Decisions, records: Records | None) -> list[Decision]:
    """Return the decisions that `id_` names: by their own id, or by what they were found at. Raises UsageError."""
    named = [decision for decision in decisions if decision.id == id_]
    if not named and records is not None:
        met = [e.decision for e in records.edits if id_ in (e.id, e.group)]
        met += [o.decision for o in records.overlaps if id_ in (o.id, o.cluster)]
        named = [decision for decision in decisions if decision.id in met]
    if not named and len(id_) >= SHORTEST:
        named = [decision for decision in decisions if decision.id.startswith(id_)]
    if not named:
        raise _no(id_, f"no decision in {decisions.file} has this id", "see `clean decisions list`")
    return named


SHORTEST = 4  # digits of an id that may be given instead of all twelve


def edits_of(id_: str, records: Records) -> list[EditRecord]:
    """Return the edits that an id (or the beginning of one) names: one, or those of a group. Raises UsageError."""
    for size in (True, False):
        found = [e for e in records.edits if _named(id_, e.id, size)]
        found = found or [e for e in records.edits if _named(id_, e.group, size)]
        if found and len({e.id for e in found}) > 1 and len({e.group for e in found}) > 1:
            raise _no(id_, f"{len(found)} edits have an id that begins so", "give more of it")
        if found:
            return found
    if _overlaps_named(id_, records):
        raise _no(id_, "is an overlap", f"decide on it with {' or '.join(OF_OVERLAPS)}")
    raise _unknown(id_, [*(e.id for e in records.edits), *(e.group for e in records.edits)])


def _overlaps(id_: str, records: Records) -> list[OverlapRecord]:
    if found := _overlaps_named(id_, records):
        if len({o.id for o in found}) > 1 and len({o.cluster for o in found}) > 1:
            raise _no(id_, f"{len(found)} overlaps have an id that begins so", "give more of it")
        return found
    if any(_named(id_, name, False) for e in records.edits for name in (e.id, e.group)):
        raise _no(id_, "is an edit", f"decide on it with {', '.join(OF_EDITS)}")
    raise _unknown(id_, [o.id for o in records.overlaps])


def _overlaps_named(id_: str, records: Records) -> list[OverlapRecord]:
    exact = [o for o in records.overlaps if id_ in (o.id, o.cluster)]
    return exact or [o for o in records.overlaps if _named(id_, o.id, False)]


def _named(given: str, full: str, whole: bool) -> bool:
    return given == full if whole else len(given) >= SHORTEST and full.startswith(given)


def _on_edits(request: Request, edits: Sequence[EditRecord], one_group: Collection[str]) -> list[Decision]:
    if request.path is not None:
        edits = [edit for edit in edits if edit.path == request.path]
        if not edits:
            raise _no(request.id, f"is not in {show(request.path)}", "give the path as the report names it")
    for edit in edits:
        if edit.status == "suppressed":
            how = "take the rule out of `ignore`, `per_file_ignores` or `protect` first"
            raise _no(request.id, "the configuration keeps this from being made", how)
    open_ = [e for e in edits if not (request.do == "accept" and e.status == "applied" and not _waits(e))]
    if not open_:
        raise _no(
            request.id, "is applied already, and waits for nobody", "nothing is left to decide", "nothing to write"
        )
    scope = request.scope or (
        "group" if request.id != edits[0].id and edits[0].group.startswith(request.id) else "edit"
    )
    if scope not in ("edit", "group"):
        raise _no(request.id, f"--scope {scope} is for overlaps", "give --scope edit, group or rule")
    if scope == "group":
        return [_on_group(request, open_[0], open_[0].by[-1] in one_group)]
    by_id = {edit.id: edit for edit in reversed(open_)}
    return [_made(request, edit.id, "edit", edit.by[-1], _context(edit.quote)) for _, edit in sorted(by_id.items())]


def _waits(edit: EditRecord) -> bool:
    return edit.pending or edit.decision is not None


def _on_group(request: Request, edit: EditRecord, whole_file: bool) -> Decision:
    """Return the decision on the group of an edit.

    To keep a text, or to accept what the rule makes of it, holds wherever the rule meets that text. A replacement is a
    word of this article, and what follows from the file alone is of the file: these hold where the edit is found.
    """
    rule, quote = edit.by[-1], edit.quote
    if whole_file or request.do in ("replace", "remove"):
        anchor = (quote.exact, quote.prefix, quote.suffix)
        return _made(request, short_id("group", rule, *map(folded, anchor)), "group", rule, _context(quote))
    return _made(request, short_id("group", rule, folded(quote.exact)), "group", rule, Quoted(quote.exact))


def _context(quote: Quote) -> Quoted:
    return Quoted(quote.exact, quote.prefix, quote.suffix)


def _made(request: Request, id_: str, target: Literal["edit", "group"], rule: str, quote: Quoted) -> Decision:
    with_error(request)
    return Decision(
        id_, request.do, target, quote, rule, path=request.path, replacement=request.replacement, by=request.by,
        why=request.why,
    )  # fmt: skip


def with_error(request: Request) -> None:
    """Raise UsageError (E205) if the parts of a request do not fit each other."""
    if (request.do == "replace") != (request.replacement is not None):
        raise _no(
            request.id, "a word belongs to `replace`, and `replace` needs one", "add --with TEXT, or leave it out"
        )
    if request.replacement == "":
        raise _no(request.id, "the replacement is empty", "write `clean decide remove` instead")
    if (request.do == "unwanted") != (request.keeper is not None):
        raise _no(request.id, "--keep PATH belongs to `unwanted`, which needs it", "name the file that keeps the text")


def _on_overlaps(request: Request, overlaps: Sequence[OverlapRecord]) -> list[Decision]:
    with_error(request)
    if request.scope not in (None, "phrase", "pair"):
        raise _no(request.id, f"--scope {request.scope} is for edits", "give --scope phrase or pair")
    return [_on_overlap(request, overlap) for overlap in overlaps]


def _on_overlap(request: Request, overlap: OverlapRecord) -> Decision:
    paths = (overlap.a.path, overlap.b.path)
    if request.keeper is not None and request.keeper not in paths:
        where = " and ".join(show(path) for path in paths)
        raise _no(request.id, f"{show(request.keeper)} is no side of it", f"its sides are {where}")
    if request.path is not None and request.path not in paths:
        raise _no(request.id, f"is not in {show(request.path)}", "give the path as the report names it")
    path, other_path = paths if request.scope == "pair" else (request.path, None)
    return Decision(
        overlap.id, request.do, "overlap", Quoted.of_side(overlap.a.quote.exact),
        other=Quoted.of_side(overlap.b.quote.exact),
        path=path, other_path=other_path, keeper=request.keeper, by=request.by, why=request.why,
    )  # fmt: skip


def _unknown(id_: str, known: Iterable[str]) -> UsageError:
    near = suggestion(id_, set(known)) if len(id_) >= SHORTEST else ""
    how = (
        near if near.startswith("did you mean") else "the ids are in report.jsonl, in the pages, and in `clean explain`"
    )
    return _no(id_, "the report has no edit, group or overlap with this id", how)


def _no(id_: str, what: str, how: str, done: str = "nothing was written") -> UsageError:
    return UsageError("E205", show(id_), what, done, how)
