"""The records of a run: the published schema of report.jsonl, and the one thing all reports are made from.

One JSON object a line: the run; each file by path with its edits by place; the overlaps; the clusters; the decisions.
Positions are half-open code points of the decoded source, lines and columns count from 1, paths are
relative, ids are 12 hex digits of BLAKE2b. Nothing of clock, host, absolute path or version of the
tool is in them: the same input gives the same bytes. docs/design.md lists every field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from cleaner.errors import UsageError
from cleaner.identity import around
from cleaner.show import show, visible_json

SCHEMA_VERSION = 1
AGAINST = "@against/"  # before the paths of the corpus that new articles are held against; it has no file records
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Quote:
    """A place in a text by what stands there (the TextQuoteSelector of the W3C Web Annotation Data Model)."""

    __pydantic_config__ = _STRICT
    exact: str
    prefix: str
    suffix: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Quote:
        return cls(*around(text, start, end))


@dataclass(frozen=True)
class PackRecord:
    __pydantic_config__ = _STRICT
    name: str
    version: str
    digest: str


@dataclass(frozen=True)
class RunRecord:
    """Totals; equal to the sums of the other records. `*_digest` are SHA-256 in hex of what was applied."""

    __pydantic_config__ = _STRICT
    config_digest: str
    rules_digest: str
    decisions_digest: str
    packs: tuple[PackRecord, ...]
    files: int
    files_changed: int
    files_quarantined: int
    files_dropped: int
    chars_in: int
    chars_out: int
    edits: int
    pending: int
    overlaps: int
    clusters: int
    type: Literal["run"] = "run"
    schema_version: Literal[1] = 1


@dataclass(frozen=True)
class EvidenceRecord:
    """Characters that exist in one script alone, counted in the source."""

    __pydantic_config__ = _STRICT
    hans: int
    hant: int
    kana: int


@dataclass(frozen=True)
class StretchRecord:
    """A stretch of the source in another script than the text: a quotation, a line, a passage, or a sentence with kana.

    Repair leaves it alone (kana, mixed, the other script in a sentence), or repairs it towards its own script.
    """

    __pydantic_config__ = _STRICT
    start: int
    end: int
    line: int
    script: Literal["hans", "hant", "kana", "mixed"]
    evidence: EvidenceRecord


@dataclass(frozen=True)
class ExtractedRecord:
    """Of a page: SHA-256 in hex of its extracted text (UTF-8), and the share (0-1) of a plain tag strip that it is."""

    __pydantic_config__ = _STRICT
    sha256: str
    kept: float


@dataclass(frozen=True)
class FileRecord:
    """One input. `out` is null where nothing was written; `newline_runs` are there for mixed line ends alone.

    Of a page (`extracted`), `sha256_in`, `encoding` and `bom` are of its bytes; positions and `chars_in` are of the
    extracted text, which stands in OUT as `__report__/extracted/PATH.txt`.
    """

    __pydantic_config__ = _STRICT
    path: str
    out: str | None
    status: Literal["changed", "unchanged", "empty", "skipped", "quarantined", "dropped"]
    code: str | None
    message: str | None
    format: str
    encoding: str
    bom: bool
    newline: Literal["lf", "crlf", "cr", "mixed"]
    newline_runs: tuple[tuple[str, int], ...] | None
    script: Literal["hans", "hant", "mixed", "other"]
    region: Literal["tw", "hk", "cn", "generic"] | None
    evidence: EvidenceRecord | None
    sha256_in: str
    sha256_out: str | None
    chars_in: int
    chars_out: int
    edits: dict[str, int]
    pending: int
    meta: dict[str, str]
    flags: tuple[str, ...]
    extracted: ExtractedRecord | None = None
    stretches: tuple[StretchRecord, ...] = ()
    type: Literal["file"] = "file"


@dataclass(frozen=True)
class SideRecord:
    __pydantic_config__ = _STRICT
    path: str
    start: int
    end: int
    line: int
    quote: Quote


@dataclass(frozen=True)
class CandidateRecord:
    """A word proposed for a mask; `evidence` is its place in a copy, `copies` how many documents have it there."""

    __pydantic_config__ = _STRICT
    new: str
    score: float
    evidence: SideRecord | None = None
    copies: int | None = None


@dataclass(frozen=True)
class EditRecord:
    """One change, made (`applied`) or not. `quote.exact` is the whole removed text, `new` what stands there now."""

    __pydantic_config__ = _STRICT
    id: str
    group: str
    path: str
    start: int
    end: int
    line: int
    col: int
    quote: Quote
    new: str
    by: tuple[str, ...]
    level: Literal["fix", "ask"]
    status: Literal["applied", "proposed", "kept", "suppressed"]
    pending: bool
    code: str | None
    class_: Annotated[str | None, Field(alias="class")]
    score: float | None
    candidates: tuple[CandidateRecord, ...]
    decision: str | None
    type: Literal["edit"] = "edit"


@dataclass(frozen=True)
class OverlapRecord:
    """Two places that say the same. `ops` are the stretches that differ: between them the key text is equal."""

    __pydantic_config__ = _STRICT
    id: str
    unit: Literal["document", "passage"]
    kind: Literal["reuse", "formula", "quote", "boilerplate"]
    a: SideRecord
    b: SideRecord
    chars: int
    jaccard: float
    containment: float
    identity: float
    cross_script: bool
    ops: tuple[tuple[int, int, int, int], ...]
    order: str | None
    blocks: tuple[tuple[int, int, int, int], ...] | None
    source: Literal["a", "b"] | None
    cluster: str | None
    reasons: dict[str, int | float | str | bool]
    verdict: str
    status: Literal["open", "wanted", "unwanted"]
    decision: str | None
    type: Literal["overlap"] = "overlap"


@dataclass(frozen=True)
class SpanRecord:
    __pydantic_config__ = _STRICT
    path: str
    start: int
    end: int


@dataclass(frozen=True)
class ClusterRecord:
    __pydantic_config__ = _STRICT
    id: str
    unit: Literal["document", "passage"]
    kind: Literal["reuse", "formula", "quote", "boilerplate"]
    members: tuple[SpanRecord, ...]
    edges: tuple[str, ...]
    source: str | None
    keep: str | None
    capped: bool
    type: Literal["cluster"] = "cluster"


@dataclass(frozen=True)
class DecisionRecord:
    """A decision as it stands in rules/decisions.jsonl, and at how many `places` it was found: stale if at none.

    `exact` and `other` are the quoted texts. `alike` are ids of edits that a stale one may have meant, best first:
    they are offered, never applied.
    """

    __pydantic_config__ = _STRICT
    id: str
    do: Literal["keep", "remove", "replace", "accept", "wanted", "unwanted"]
    target: Literal["edit", "group", "overlap"]
    rule: str | None
    exact: str
    other: str | None
    path: str | None
    other_path: str | None
    replacement: str | None
    keeper: str | None
    by: str | None
    why: str | None
    places: int
    alike: tuple[str, ...]
    type: Literal["decision"] = "decision"


Record = RunRecord | FileRecord | EditRecord | OverlapRecord | ClusterRecord | DecisionRecord
_ADAPTER: Any = TypeAdapter(Annotated[Record, Field(discriminator="type")])


@dataclass(frozen=True)
class Records:
    """All records of a run, in the order of report.jsonl."""

    run: RunRecord
    files: tuple[FileRecord, ...]
    edits: tuple[EditRecord, ...]
    overlaps: tuple[OverlapRecord, ...]
    clusters: tuple[ClusterRecord, ...]
    decisions: tuple[DecisionRecord, ...] = ()

    def of(self, path: str) -> tuple[EditRecord, ...]:
        """Return the edits of one file, by place."""
        return self._by_path.get(path, ())

    @cached_property
    def _by_path(self) -> dict[str, tuple[EditRecord, ...]]:
        found: dict[str, list[EditRecord]] = {}
        for edit in self.edits:
            found.setdefault(edit.path, []).append(edit)
        return {path: tuple(edits) for path, edits in found.items()}

    def __iter__(self) -> Iterator[Record]:
        by_path = self._by_path
        yield self.run
        for file in self.files:
            yield file
            yield from by_path.get(file.path, ())
        yield from self.overlaps
        yield from self.clusters
        yield from self.decisions


def as_dict(record: Record) -> dict[str, Any]:
    return {field.name.rstrip("_"): getattr(record, field.name) for field in fields(record)}


def to_line(record: Record) -> bytes:
    """Return one record as a line of JSON: keys sorted, Han readable, hidden characters as \\uXXXX."""
    raw = orjson.dumps(as_dict(record), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    return visible_json(raw)


def to_jsonl(records: Iterable[Record]) -> bytes:
    return b"".join(map(to_line, records))


def from_jsonl(raw: bytes, where: str) -> Records:
    """Read what `to_jsonl` wrote. Raises UsageError (E205) that names the first line that is not a record."""
    run: RunRecord | None = None
    kinds = (FileRecord, EditRecord, OverlapRecord, ClusterRecord, DecisionRecord)
    rest: dict[type, list[Any]] = {kind: [] for kind in kinds}
    for number, line in enumerate(raw.split(b"\n"), 1):
        if not line:
            continue
        try:
            record = _ADAPTER.validate_json(line)
        except ValidationError as err:
            first = err.errors()[0]
            raise UsageError(
                "E205", f"{where}:{number}",
                show(f"not a record of this version ({'.'.join(map(str, first['loc']))}: {first['msg']})"),
                "nothing was written", "run `clean SRC OUT` again to make the report new",
            ) from err  # fmt: skip
        if isinstance(record, RunRecord):
            run = record
        else:
            rest[type(record)].append(record)
    if run is None:
        raise UsageError(
            "E205",
            where,
            "has no run record",
            "nothing was written",
            "run `clean SRC OUT` again to make the report new",
        )
    return Records(run, *(tuple(rest[kind]) for kind in kinds))


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of report.jsonl."""
    schema: dict[str, Any] = _ADAPTER.json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a line of report.jsonl, version 1",
        **schema,
    }
