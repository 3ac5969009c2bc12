"""The pages a person reads: an overview, one page per article (source beside result), one per cluster of overlaps.

Every page stands alone: its style and script are inline, its policy allows these two by their hashes and nothing
else, and no data stands inside a script. What comes from seeds, names and packs is text: it went through `show`,
Jinja escapes it, and it never becomes an attribute but for the links between our pages, which are percent-encoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cleaner.reports.html_page import cluster_href, cluster_name, page_href, page_names, render
from cleaner.reports.html_pairs import Aligned, align, passage
from cleaner.reports.html_rows import rows_of
from cleaner.reports.records import ClusterRecord, FileRecord, OverlapRecord, Records, SideRecord
from cleaner.reports.rules import RuleInfo
from cleaner.reports.views import (
    FLAGS,
    KINDS,
    Counts,
    Group,
    Reading,
    by_cluster,
    cut,
    groups_of,
    headline,
    language,
    pending_groups,
    rules_by_hits,
)

ALONE = "alone"  # the page of overlaps that are in no cluster: repeats inside one text
_MAX_ROWS = 2000  # files, pending groups or clusters on the overview; more is slow to lay out, and report.jsonl has all
_MAX_PAIRS = 100  # pairs of one cluster that are shown side by side
_MAX_LINES = 60  # places of a group that are linked


def pages(records: Records, sources: Mapping[str, str], rules: Mapping[str, RuleInfo]) -> Iterator[tuple[str, bytes]]:
    """Yield (relative path, bytes) of each page: index.html, files/SEED.html, clusters/ID.html.

    `sources` are the decoded texts by path; a file without one gets no page. Pages are made one at a time, so
    that a long report needs the memory of one page.
    """
    report = _Report(records, sources, rules)
    yield "index.html", report.index()
    for file in records.files:
        if file.path in report.names:
            yield report.names[file.path], report.article(file)
    for cluster in records.clusters:
        yield f"clusters/{cluster_name(cluster.id)}.html", report.cluster(cluster)
    if None in report.clusters:
        yield f"clusters/{ALONE}.html", report.cluster(None)


@dataclass(frozen=True)
class _Place:
    """A place in an article, to be linked: `href` is "" where the article has no page."""

    path: str
    line: int
    href: str


@dataclass(frozen=True)
class _GroupView:
    """A group as the panel of an article shows it."""

    index: int
    group: Group
    samples: tuple[tuple[str, str, int], ...]
    more: int
    lines: tuple[tuple[int, int], ...]
    more_lines: int
    codes: tuple[str, ...]
    candidates: tuple[tuple[str, str, _Place | None], ...]


@dataclass(frozen=True)
class _Section:
    """The groups of one rule with one fate, one after the other."""

    rule: str
    why: str
    count: int
    status: str
    pending: int
    groups: tuple[_GroupView, ...]


@dataclass(frozen=True)
class _Pair:
    """Two passages beside each other."""

    overlap: OverlapRecord
    a: _Place
    b: _Place
    rows: tuple[Aligned, ...]
    langs: tuple[str | None, str | None]


class _Report:
    """What the pages of one report share."""

    def __init__(self, records: Records, sources: Mapping[str, str], rules: Mapping[str, RuleInfo]) -> None:
        self.records = records
        self.sources = sources
        self.rules = rules
        self.files = {file.path: file for file in records.files}
        self.names = page_names(path for path in self.files if path in sources)
        self.clusters = by_cluster(records.overlaps)
        self.shared: dict[str, list[OverlapRecord]] = {}
        for overlap in records.overlaps:
            for path in sorted({overlap.a.path, overlap.b.path}):
                self.shared.setdefault(path, []).append(overlap)

    def reading(self, path: str) -> Reading | None:
        return Reading(self.sources[path], self.records.of(path)) if path in self.sources else None

    def place(self, path: str, line: int, root: str) -> _Place:
        href = f"{root}{page_href(self.names[path])}#L{line}" if path in self.names else ""
        return _Place(path, line, href)

    def side(self, side: SideRecord, root: str) -> _Place:
        return self.place(side.path, side.line, root)

    def index(self) -> bytes:
        run = self.records.run
        rows = [self._file_row(file) for file in self.records.files[:_MAX_ROWS]]
        waiting = [
            (group, self.place(group.path, group.first.line, ""), self._why(group.rule), _candidates(self, group, ""))
            for group in pending_groups(self.records)
        ]
        cards = [self._card(cluster) for cluster in self.records.clusters[:_MAX_ROWS]]
        return render(
            "index.html.j2",
            root="",
            title="What was cleaned, and why",
            run=run,
            rows=rows,
            hidden=max(0, len(self.records.files) - _MAX_ROWS),
            waiting=waiting[:_MAX_ROWS],
            waiting_hidden=max(0, len(waiting) - _MAX_ROWS),
            hits=[(hit, self._why(hit.rule)) for hit in rules_by_hits(self.records.files)],
            kinds=[(kind, [card for card in cards if card[0].kind == kind]) for kind in KINDS],
            left_out=[f for f in self.records.files if f.status in ("quarantined", "skipped", "dropped")][:_MAX_ROWS],
            alone=len(self.clusters.get(None, [])),
            statuses=sorted(Counter(file.status for file in self.records.files).items()),
        )

    def _file_row(self, file: FileRecord) -> tuple[Any, ...]:
        top = sorted(file.edits.items(), key=lambda item: (-item[1], item[0]))
        reading = self.reading(file.path)
        title = file.meta.get("title") or (headline(reading) if reading else "")
        href = page_href(self.names[file.path]) if file.path in self.names else ""
        return file, href, cut(title, 48)[0], language(file), Counts.of(self.records.of(file.path)), top[:3], top[3:]

    def _card(self, cluster: ClusterRecord) -> tuple[Any, ...]:
        overlaps = self.clusters.get(cluster.id, [])
        quotes = {(side.path, side.start): side for o in overlaps for side in (o.a, o.b)}
        places = [self.place(m.path, self._line(m.path, m.start, quotes), "") for m in cluster.members]
        chosen = next((m for m in cluster.members if m.path == cluster.source), cluster.members[0])
        side = quotes.get((chosen.path, chosen.start))
        text = passage(self.reading(chosen.path), chosen.start, chosen.end, side.quote.exact if side else "")
        return cluster, cut(text, 160, 40), self._lang(chosen.path), places, overlaps[0].verdict if overlaps else ""

    def _line(self, path: str, start: int, known: Mapping[tuple[str, int], SideRecord]) -> int:
        if (path, start) in known:
            return known[path, start].line
        return self.sources[path].count("\n", 0, start) + 1 if path in self.sources else 1

    def _lang(self, path: str) -> str | None:
        return language(self.files[path]) if path in self.files else None

    def _why(self, rule: str) -> str:
        return self.rules[rule].why if rule in self.rules else ""

    def article(self, file: FileRecord) -> bytes:
        name = self.names[file.path]
        root = "../" * name.count("/")
        reading = Reading(self.sources[file.path], self.records.of(file.path))
        groups = _panel(groups_of(self.records.of(file.path)))
        overlaps = self.shared.get(file.path, [])
        linked: dict[str, list[OverlapRecord]] = {}
        for overlap in overlaps:
            linked.setdefault(overlap.cluster or ALONE, []).append(overlap)
        return render(
            "article.html.j2",
            root=root,
            title=file.meta.get("title") or headline(reading) or file.path,
            file=file,
            lang=language(file),
            counts=Counts.of(self.records.of(file.path)),
            sections=self._sections(groups, root),
            rows=rows_of(file.path, reading, groups, linked),
            meta=sorted(file.meta.items()),
            flags=[(flag, FLAGS.get(flag, "")) for flag in file.flags],
            shared=[
                (cluster, cluster_href(cluster, root), members[0].kind, len(members), self._lines_here(file, members))
                for cluster, members in linked.items()
            ],
        )

    def _lines_here(self, file: FileRecord, overlaps: Iterable[OverlapRecord]) -> list[int]:
        return sorted({side.line for o in overlaps for side in (o.a, o.b) if side.path == file.path})[:_MAX_LINES]

    def _sections(self, groups: Sequence[Group], root: str) -> list[_Section]:
        views = [self._group_view(i, group, root) for i, group in enumerate(groups)]
        sections = []
        for (_, rule, status), found in groupby(views, key=lambda view: _section_key(view.group)):
            members = tuple(found)
            count = sum(len(view.group.edits) for view in members)
            pending = sum(view.group.pending for view in members)
            sections.append(_Section(rule, self._why(rule), count, status, pending, members))
        return sections

    def _group_view(self, index: int, group: Group, root: str) -> _GroupView:
        samples, more = group.samples(6)
        lines = tuple(Counter(edit.line for edit in group.edits).items())
        codes = tuple(sorted({edit.code for edit in group.edits if edit.code}))
        return _GroupView(
            index, group, samples, more, lines[:_MAX_LINES], max(0, len(lines) - _MAX_LINES), codes,
            _candidates(self, group, root),
        )  # fmt: skip

    def cluster(self, cluster: ClusterRecord | None) -> bytes:
        overlaps = self.clusters.get(cluster.id if cluster else None, [])
        quotes = {(side.path, side.start): side for o in overlaps for side in (o.a, o.b)}
        members = []
        for member in cluster.members[:_MAX_ROWS] if cluster else ():
            place = self.place(member.path, self._line(member.path, member.start, quotes), "../")
            members.append((place, member, self._headline(member.path), self._lang(member.path)))
        name = cluster.id if cluster else "Repeats inside one text"
        return render(
            "cluster.html.j2",
            root="../",
            title=name,
            cluster=cluster,
            members=members,
            pairs=(self._pair(overlap) for overlap in overlaps[:_MAX_PAIRS]),
            count=len(overlaps),
            hidden=max(0, len(overlaps) - _MAX_PAIRS),
        )

    def _headline(self, path: str) -> str:
        reading = self.reading(path)
        title = self.files[path].meta.get("title", "") if path in self.files else ""
        return cut(title or (headline(reading) if reading else ""), 40)[0]

    def _pair(self, overlap: OverlapRecord) -> _Pair:
        rows = align(self.reading(overlap.a.path), self.reading(overlap.b.path), overlap)
        langs = self._lang(overlap.a.path), self._lang(overlap.b.path)
        return _Pair(overlap, self.side(overlap.a, "../"), self.side(overlap.b, "../"), tuple(rows), langs)


def _panel(groups: Sequence[Group]) -> list[Group]:
    """Return groups as the panel lists them: those of one rule together, rules in the order in which they appear."""
    first: dict[tuple[int, str, str], int] = {}
    for group in groups:
        first.setdefault(_section_key(group), group.edits[0].start)
    return sorted(groups, key=lambda g: (_section_key(g)[0], first[_section_key(g)], _section_key(g), g.edits[0].start))


def _section_key(group: Group) -> tuple[int, str, str]:
    """What waits comes first, then what was done, then what was not."""
    rank = 0 if group.pending else 1 if group.status == "applied" else 2
    return rank, group.rule, group.status


def _candidates(report: _Report, group: Group, root: str) -> tuple[tuple[str, str, _Place | None], ...]:
    """Return the words proposed for a group, best first: (word, score, where it is taken from)."""
    seen: dict[str, tuple[str, str, _Place | None]] = {}
    for edit in group.edits:
        for word in edit.candidates:
            place = report.side(word.evidence, root) if word.evidence else None
            seen.setdefault(word.new, (word.new, f"{word.score:.2f}", place))
    return tuple(seen.values())[:8]
