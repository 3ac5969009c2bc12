"""The pages a person reads: an overview, a page per article (source beside result), per cluster of overlaps, per rule.

Every page stands alone: its style and script are inline, its policy allows these two by their hashes and nothing
else, and no data stands inside a script. What comes from seeds, names and packs is text: it went through `show`,
Jinja escapes it, and it never becomes an attribute but for the links between our pages, which are percent-encoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any

from cleaner.identity import short_id
from cleaner.languages import ENGLISH, Speech
from cleaner.reports.html_compare import MOST as MOST_SHIFTS
from cleaner.reports.html_compare import compare
from cleaner.reports.html_graph import graph
from cleaner.reports.html_page import cluster_href, cluster_name, page_href, page_names, render
from cleaner.reports.html_pairs import align, passage
from cleaner.reports.html_rows import rows_of
from cleaner.reports.html_rules import hits_by_rule, rule_names, rule_page, rule_totals
from cleaner.reports.html_values import GroupView, Pair, Place, Section, panel, section_key, told
from cleaner.reports.records import (
    ClusterRecord,
    EditRecord,
    FileRecord,
    OverlapRecord,
    Records,
    SideRecord,
)
from cleaner.reports.rules import RuleInfo
from cleaner.reports.views import (
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
    verdict,
)

ALONE = "alone"  # the page of overlaps that are in no cluster: repeats inside one text
_MAX_ROWS = 2000  # files, pending groups or clusters on the overview; more is slow to lay out, and report.jsonl has all
_MAX_PAIRS = 100  # pairs of one cluster that are shown side by side
_MAX_LINES = 60  # places of a group that are linked


def pages(
    records: Records,
    sources: Mapping[str, str],
    rules: Mapping[str, RuleInfo],
    then: Records | None = None,
    t: Speech = ENGLISH,
) -> Iterator[tuple[str, bytes]]:
    """Yield (relative path, bytes) of each page: index.html, files/SEED.html, clusters/ID.html, rules/ID.html.

    `sources` are the decoded texts by path; a file without one gets no page. `then` is the report to compare with.
    Pages are made one at a time, so that a long report needs the memory of one page.
    """
    report = Report(records, sources, rules, then, t=t)
    for name, page in report.pages().items():
        yield name, page()


class Report:
    """What the pages of one report share, and each page by its name. `live`: a server writes what is decided."""

    def __init__(
        self, records: Records, sources: Mapping[str, str], rules: Mapping[str, RuleInfo],
        then: Records | None = None, live: bool = False, t: Speech = ENGLISH,
    ) -> None:  # fmt: skip
        self.records = records
        self.sources = sources
        self.rules = rules
        self.files = {file.path: file for file in records.files}
        self.names = page_names(path for path in self.files if path in sources)
        self.clusters = by_cluster(records.overlaps)
        self.hits = hits_by_rule(records.edits)
        self.rule_names = rule_names(self.hits)
        self.compared = compare(then, records) if then is not None else None
        self.live = live
        self.t = t
        run = records.run
        texts = (file.sha256_in for file in records.files)
        self.id = short_id(run.rules_digest, run.config_digest, run.decisions_digest, *texts)  # of what was decided on
        self.shared: dict[str, list[OverlapRecord]] = {}
        for overlap in records.overlaps:
            for path in sorted({overlap.a.path, overlap.b.path}):
                self.shared.setdefault(path, []).append(overlap)

    def pages(self) -> dict[str, Callable[[], bytes]]:
        """Return what makes each page, by its name."""
        found: dict[str, Callable[[], bytes]] = {"index.html": self.index}
        found |= {name: partial(self.article, self.files[path]) for path, name in self.names.items()}
        for cluster in self.records.clusters:
            found[f"clusters/{cluster_name(cluster.id)}.html"] = partial(self.cluster, cluster)
        if None in self.clusters:
            found[f"clusters/{ALONE}.html"] = partial(self.cluster, None)
        found |= {name: partial(self.rule, rule) for rule, name in self.rule_names.items()}
        if self.compared is not None:
            found["compare.html"] = self.compare
        return found

    def _render(self, template: str, root: str, **values: Any) -> bytes:
        names = {rule: root + page_href(name) for rule, name in self.rule_names.items()}
        decided = {one.id: one for one in self.records.decisions}
        return render(
            template, t=self.t, root=root, rule_pages=names, report=self.id, live=self.live, decided=decided,
            **values,
        )  # fmt: skip

    def rule(self, rule: str) -> bytes:
        page = rule_page(rule, self.hits[rule], self.rules.get(rule))
        return self._render("rule.html.j2", "../", title=rule, page=page, place=self._hit, language=self._lang)

    def _hit(self, edit: EditRecord) -> Place:
        return self.place(edit.path, edit.line, "../")

    def compare(self) -> bytes:
        assert self.compared is not None
        return self._render(
            "compare.html.j2", "", title=self.t("Against the last commit"), compared=self.compared, most=MOST_SHIFTS,
            place=lambda edit: self.place(edit.path, edit.line, ""), language=self._lang,
            href=lambda path: page_href(self.names[path]) if path in self.names else "",
        )  # fmt: skip

    def reading(self, path: str) -> Reading | None:
        return Reading(self.sources[path], self.records.of(path)) if path in self.sources else None

    def place(self, path: str, line: int, root: str) -> Place:
        href = f"{root}{page_href(self.names[path])}#L{line}" if path in self.names else ""
        return Place(path, line, href)

    def side(self, side: SideRecord, root: str) -> Place:
        return self.place(side.path, side.line, root)

    def index(self) -> bytes:
        run = self.records.run
        rows = [self._file_row(file) for file in self.records.files[:_MAX_ROWS]]
        waiting = [
            (group, self.place(group.path, group.first.line, ""), self._why(group.rule), _candidates(self, group, ""))
            for group in pending_groups(self.records)
        ]
        cards = [self._card(cluster) for cluster in self.records.clusters[:_MAX_ROWS]]
        return self._render(
            "index.html.j2",
            "",
            title=self.t("What was cleaned, and why"),
            run=run,
            rows=rows,
            hidden=max(0, len(self.records.files) - _MAX_ROWS),
            waiting=waiting[:_MAX_ROWS],
            waiting_hidden=max(0, len(waiting) - _MAX_ROWS),
            hits=[(*row, self._why(row[0])) for row in rule_totals(self.hits)],
            compared=self.compared,
            flagged=[(f, told(f, self.t)) for f in self.records.files if f.flags][:_MAX_ROWS],
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
        return (
            cluster,
            cut(text, 160, 40),
            self._lang(chosen.path),
            places,
            verdict(overlaps[0], self.t) if overlaps else "",
        )

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
        groups = panel(groups_of(self.records.of(file.path)))
        overlaps = self.shared.get(file.path, [])
        linked: dict[str, list[OverlapRecord]] = {}
        for overlap in overlaps:
            linked.setdefault(overlap.cluster or ALONE, []).append(overlap)
        return self._render(
            "article.html.j2",
            root,
            title=file.meta.get("title") or headline(reading) or file.path,
            file=file,
            lang=language(file),
            counts=Counts.of(self.records.of(file.path)),
            sections=self._sections(groups, root),
            rows=rows_of(file.path, reading, groups, linked),
            meta=sorted(file.meta.items()),
            flags=told(file, self.t),
            shared=[
                (cluster, cluster_href(cluster, root), members[0].kind, len(members), self._lines_here(file, members))
                for cluster, members in linked.items()
            ],
        )

    def _lines_here(self, file: FileRecord, overlaps: Iterable[OverlapRecord]) -> list[int]:
        return sorted({side.line for o in overlaps for side in (o.a, o.b) if side.path == file.path})[:_MAX_LINES]

    def _sections(self, groups: Sequence[Group], root: str) -> list[Section]:
        views = [self._group_view(i, group, root) for i, group in enumerate(groups)]
        sections = []
        for (_, rule, status), found in groupby(views, key=lambda view: section_key(view.group)):
            members = tuple(found)
            count = sum(len(view.group.edits) for view in members)
            pending = sum(view.group.pending for view in members)
            sections.append(Section(rule, self._why(rule), count, status, pending, members))
        return sections

    def _group_view(self, index: int, group: Group, root: str) -> GroupView:
        samples, more = group.samples(6)
        lines = tuple(Counter(edit.line for edit in group.edits).items())
        codes = tuple(sorted({edit.code for edit in group.edits if edit.code}))
        return GroupView(
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
        name = cluster.id if cluster else self.t("Repeats inside one text")
        return self._render(
            "cluster.html.j2",
            "../",
            title=name,
            cluster=cluster,
            members=members,
            graph=graph(cluster, overlaps, _MAX_PAIRS) if cluster else None,
            pairs=(self._pair(overlap) for overlap in overlaps[:_MAX_PAIRS]),
            count=len(overlaps),
            hidden=max(0, len(overlaps) - _MAX_PAIRS),
        )

    def _headline(self, path: str) -> str:
        reading = self.reading(path)
        title = self.files[path].meta.get("title", "") if path in self.files else ""
        return cut(title or (headline(reading) if reading else ""), 40)[0]

    def _pair(self, overlap: OverlapRecord) -> Pair:
        rows = align(self.reading(overlap.a.path), self.reading(overlap.b.path), overlap)
        langs = self._lang(overlap.a.path), self._lang(overlap.b.path)
        return Pair(overlap, self.side(overlap.a, "../"), self.side(overlap.b, "../"), tuple(rows), langs)


def _candidates(report: Report, group: Group, root: str) -> tuple[tuple[str, str, Place | None], ...]:
    """Return the words proposed for a group, best first: (word, score, where it is taken from)."""
    seen: dict[str, tuple[str, str, Place | None]] = {}
    for edit in group.edits:
        for word in edit.candidates:
            place = report.side(word.evidence, root) if word.evidence else None
            seen.setdefault(word.new, (word.new, f"{word.score:.2f}", place))
    return tuple(seen.values())[:8]
