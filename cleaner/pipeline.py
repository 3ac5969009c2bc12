"""The whole run: walk SRC, clean each document, find overlaps, make records and what stands in OUT.

Nothing here prints, and nothing is written before everything is known: `run` is a function from SRC
to a `Result`, and `output.py` brings OUT in step with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from cleaner import files
from cleaner.cache import Cache
from cleaner.clean import Cleaned
from cleaner.clock import OutOfTime, limited
from cleaner.config import Config
from cleaner.decisions import NONE, Bench, Decisions, DocumentJudge
from cleaner.decisions import read as read_decisions
from cleaner.decisions import to_line as decision_line
from cleaner.errors import CleanerError, Errors, InputError, SelfCheckError, UsageError
from cleaner.formats import ROWS, SUFFIXES, extracted_name, format_of, output_name, page_of, table_of
from cleaner.languages import speech
from cleaner.memo import NONE as NO_CACHE
from cleaner.memo import Memo
from cleaner.memo import find as find_known
from cleaner.outcome import Outcome, status_of
from cleaner.overlap import Found, Text
from cleaner.packs import LOCK, Lock, Pack, Rule, find, in_order
from cleaner.packs import load as load_packs
from cleaner.policies import DROP, of_new, text_of, with_words, without_copies, without_unwanted
from cleaner.reports.build import build
from cleaner.reports.previous import JSONL, README, REPORT, previous
from cleaner.reports.records import AGAINST, Records, to_jsonl
from cleaner.reports.rules import RuleInfo
from cleaner.runners import processes
from cleaner.show import record_path, show_path
from cleaner.toml import suggestion

if TYPE_CHECKING:
    from cleaner.formats.html import Extracted, Pages
    from cleaner.formats.html_ahead import Ahead

EXTRACTED = f"{REPORT}/extracted"  # texts of pages before any rule, so that OUT leads back to what rules saw

LONGEST = (
    5_000_000  # characters of a text that is compared with others: it takes 50 bytes of memory for each (measured)
)
BULK = 300_000  # bytes of a run from which it pays to compile a prefilter, which takes some 0.3 s of CPU

Tick = Callable[[str, int, int], None]  # what is done, how many of how many


def quiet(_what: str, _done: int, _of: int) -> None:
    """A `Tick` that shows nothing."""


@dataclass(frozen=True)
class Book:
    """The packs of a run, its rules in the order of work, and what reviewers have decided."""

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    decisions: Decisions = NONE

    @classmethod
    def of(cls, config: Config) -> Book:
        """Load the packs and the decisions that a configuration names. Raises `Errors` with all that is wrong there."""
        found = [(name, find(name, config.root)) for name in config.keys.packs]
        if config.file is not None:
            Lock.read(config.root / LOCK).check(found)
        packs = load_packs(file for _, file in found)
        every = in_order(packs)
        chosen = tuple(config.keys.select)
        unknown = [prefix for prefix in config.prefixes if not any(rule.id.startswith(prefix) for rule in every)]
        if unknown:
            raise Errors(tuple(_no_rule(prefix, every) for prefix in unknown))
        decided = read_decisions(config.decisions) if config.decisions else NONE
        return cls(packs, tuple(rule for rule in every if not chosen or rule.id.startswith(chosen)), decided)

    @cached_property
    def bench(self) -> Bench:
        """The decisions, ready to be asked."""
        renamed = {old: rule.id for rule in self.rules for old in rule.keys.renamed_from}
        return Bench(self.decisions, frozenset(rule.id for rule in self.rules if rule.one_group), renamed)

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def infos(self) -> dict[str, RuleInfo]:
        return {DROP.id: DROP} | {
            rule.id: RuleInfo(
                rule.id, rule.keys.kind, rule.keys.level, rule.keys.review, rule.why, rule.keys.where,
                tuple(rule.keys.turns), tuple(rule.keys.keeps),
            )
            for rule in self.rules
        }  # fmt: skip


def _no_rule(prefix: str, rules: Sequence[Rule]) -> UsageError:
    """A prefix that no rule has would silently do nothing, or in --select leave nothing to do."""
    names = {rule.id for rule in rules} | {rule.pack for rule in rules}
    what = "no rule of the packs in force has an id that begins so"
    return UsageError("E202", show_path(prefix), what, "nothing was written", suggestion(prefix, names))


@dataclass(frozen=True)
class Result:
    """What a run found, and what OUT has to hold: `texts` by name, as bytes or as the file to copy."""

    records: Records
    texts: dict[str, bytes | Path]
    sources: dict[str, str]
    book: Book
    errors: tuple[CleanerError, ...]
    notes: tuple[str, ...]
    language: str = "en"  # of the report

    @property
    def exit(self) -> int:
        return worst(error.exit for error in self.errors)

    @cached_property
    def committed(self) -> dict[str, bytes | Path]:
        """Everything in OUT that is committed and compared."""
        from cleaner.reports.markdown import to_markdown

        report = {
            JSONL: to_jsonl(self.records),
            README: to_markdown(self.records, self.book.infos, speech(self.language)),
        }
        return {**self.texts, **report}

    def pages(self, then: Records | None = None) -> Iterator[tuple[str, bytes]]:
        """Yield the HTML report: made by every run, never compared. `then` is a report to show the changes from."""
        from cleaner.reports.html import pages

        for name, page in pages(self.records, self.sources, self.book.infos, then, speech(self.language)):
            yield f"{REPORT}/{name}", page


def worst(codes: Iterable[int]) -> int:
    """Return the exit code to report if several apply: 130 and 143, then 70, 4, 2, 3, 1, 0."""
    order = (130, 143, 70, 4, 2, 3, 1, 0)
    return min(codes, key=order.index, default=0)


def run(src: Path, out: Path | None, config: Config, book: Book, tick: Tick = quiet, cache: Cache = NO_CACHE) -> Result:
    """Clean all of SRC. Raises UsageError if it is missing or holds nothing that could be cleaned.

    What `cache` knows of an earlier run is not worked out again; a few texts take less time than to ask it.
    """
    entries = survey(src, out, config)
    size = sum(files.size_of(entry.path) for entry in entries if entry.taken)
    config = replace(config, bulk=size > BULK or config.keys.dedup.against is not None)  # one article, a large corpus
    cache = cache if config.bulk else NO_CACHE
    memo = memo_of(config, book, cache)
    outcomes = _cleaned(entries, src, config, book, tick, memo)
    corpus = held_against(src, out, config, book, tick, memo)
    tick("looking for overlaps", len(entries), len(entries))
    place = str(src.resolve())
    found = overlaps([*outcomes, *corpus], config, cache, place)
    outcomes, found = copies(outcomes, corpus, found, config, book, cache, place)
    compared = outcomes
    outcomes = without_unwanted(outcomes, found, config, book.bench)
    records = build(outcomes, found, book.packs, book.by_id, config.digest, book.bench, corpus, compared)
    texts = {o.out: body for o, entry in zip(outcomes, entries, strict=True) if (body := _body(o, entry)) is not None}
    texts |= {extracted_place(o.name): page for o in outcomes if (page := _extracted(o)) is not None}
    sources = {record_path(o.name): o.source.text for o in (*outcomes, *corpus) if o.source}
    errors = tuple(o.error for o in outcomes if o.error and o.status == "quarantined")
    return Result(records, texts, sources, book, errors, found.notes, config.keys.report_lang)


def memo_of(config: Config, book: Book, cache: Cache = NO_CACHE) -> Memo:
    """Return what cleans the documents of a run."""
    return Memo.of(cache, book.rules, [pack.digest for pack in book.packs], config.settings)


def _cleaned(
    entries: Sequence[files.Entry], src: Path, config: Config, book: Book, tick: Tick, memo: Memo
) -> list[Outcome]:
    """Return the outcome of each entry, every document by itself."""
    outcomes = []
    with ExitStack() as stack:
        pages = _ahead(entries, src, config, memo)
        if pages:
            stack.enter_context(closing(pages))
        for i, entry in enumerate(entries):
            tick("cleaning", i, len(entries))
            if pages:
                pages.go_on()
            outcomes.append(one(entry, src, config, book, pages, memo))
    return outcomes


def _ahead(entries: Sequence[files.Entry], src: Path, config: Config, memo: Memo) -> Ahead | None:
    """Return what takes pages apart before their turn, None if there are none."""
    keys = config.keys
    pages = [entry for entry in entries if entry.taken and format_of(entry.name) == "html"]
    if not pages:
        return None
    from cleaner.formats.html_ahead import LEAST, Ahead  # a folder of texts does without it

    def unknown() -> Iterator[tuple[str, bytes]]:
        for entry in pages:
            where = show_path(_where(src, entry.name))
            with suppress(CleanerError):  # said when its turn comes
                raw = files.read(entry.path, where, limit=keys.max_file_size)
                if not memo.knows(raw, keys.encoding, keys.allow_nul):
                    yield where, raw

    jobs = max(1, min(processes(keys.jobs), len(pages) // LEAST))
    return Ahead(unknown(), jobs, encoding=keys.encoding, allow_nul=keys.allow_nul)


def held_against(src: Path, out: Path | None, config: Config, book: Book, tick: Tick, memo: Memo) -> list[Outcome]:
    """Return the documents of the corpus that SRC is held against, if there is one; nothing is ever written there.

    They are cleaned as those of SRC are, and have names that begin with "@against/". Raises UsageError (E105) if the
    corpus is not there, holds nothing, or is not apart from SRC and OUT.
    """
    if config.keys.dedup.against is None or config.keys.dedup.mode == "off":
        return []
    corpus = config.root / config.keys.dedup.against
    if not corpus.exists():
        raise _no_corpus(corpus, "there is no such file or folder", "name the folder that holds the older articles")
    here = corpus.resolve()
    for place in filter(None, (src, out)):
        there = place.resolve()
        if here == there or here.is_relative_to(there) or there.is_relative_to(here):
            raise _no_corpus(corpus, f"it is not apart from {show_path(str(place))}", "give another folder")
    entries = [
        entry for entry in survey(corpus, None, replace(config, only=None)) if not entry.name.startswith(f"{REPORT}/")
    ]
    outcomes = _cleaned([entry for entry in entries if entry.taken], corpus, config, book, tick, memo)
    return [replace(outcome, name=AGAINST + outcome.name) for outcome in outcomes if outcome.cleaned]


def _no_corpus(corpus: Path, what: str, how: str) -> UsageError:
    return UsageError("E105", f"--against {show_path(corpus.as_posix())}", what, "nothing was written", how)


def copies(
    outcomes: Sequence[Outcome], corpus: Sequence[Outcome], found: Found, config: Config, book: Book, cache: Cache,
    place: str,
) -> tuple[list[Outcome], Found]:  # fmt: skip
    """Return what the policies for copies make of outcomes and overlaps: words for masks, documents dropped."""
    every, put = with_words([*outcomes, *corpus], found, book.by_id, config)
    done, corpus = every[: len(outcomes)], every[len(outcomes) :] if not put else corpus
    if put:  # words stand now where masks stood: what the texts share, and where, is another thing
        found = overlaps([*done, *corpus], config, cache, f"{place}\0with words")
    if corpus:
        found = of_new(found, config)
    return without_copies(done, corpus, found, config, book.bench)


def survey(
    src: Path, out: Path | None, config: Config, suffixes: frozenset[str] = frozenset(SUFFIXES),
    output: Callable[[str], str] = output_name,
) -> list[files.Entry]:  # fmt: skip
    """Return what there is in SRC, by name.

    Raises UsageError (E105) if SRC, or SRC and OUT together, make no sense, or if SRC holds a table and `suffixes`
    none: to pass over it in silence would call a corpus clean of which nobody has read a row.
    """
    if out is not None:
        files.check_places(src, out)
        _check_part(src, out, config)
    entries = files.walk(
        src, suffixes=suffixes, excluded=lambda name: config.excluded(name, src), out=out,
        follow_symlinks=config.keys.follow_symlinks, output=output, only=config.only,
    )  # fmt: skip
    foreign = [e for e in entries if e.note == files.OTHER_SUFFIX and not e.name.startswith(f"{REPORT}/")]
    refuse_tables(entry.path for entry in foreign)
    names = frozenset(entry.name for entry in entries if format_of(entry.name) == "html")
    entries = [_part_of_page(entry, names) for entry in entries]
    emptied = not entries and out is not None and previous(out) is not None  # all seeds are deleted: OUT follows
    if all(entry.note for entry in entries) and not emptied:
        seen = f"none of its {len(entries)} entries can be cleaned" if entries else "it is empty"
        raise UsageError(
            "E105", show_path(str(src)), f"nothing to clean: {seen}", "nothing was written",
            f"give a folder with {', '.join(sorted(suffixes))} files",
        )  # fmt: skip
    return entries


def _check_part(src: Path, out: Path, config: Config) -> None:
    """Raise UsageError (E105) where some files of SRC are named, and OUT holds others: they would go as orphans."""
    last = previous(out) if config.only is not None else None
    if last is None or config.only is None:
        return
    others = [f.path for f in last.files if f.out and f.path not in config.only and (src / f.path).is_file()]
    if others:
        raise UsageError(
            "E105", show_path(str(out)),
            f"holds {len(others)} files of SRC that are not named, such as {show_path(others[0])}",
            "nothing was written", "give an OUT of its own for a part of SRC, or name all of it",
        )  # fmt: skip


def refuse_tables(paths: Iterable[Path]) -> None:
    """Raise UsageError (E105) for the first of `paths` that is a table: its rows are read by `clean SRC OUT` alone."""
    for path in paths:
        if table_of(path.name) is not None:
            raise UsageError(
                "E105", show_path(path.as_posix()), "a table of documents, and only `clean SRC OUT` reads its rows",
                "nothing was written", "clean it into an OUT of its own, or exclude it",
            )  # fmt: skip


def _part_of_page(entry: files.Entry, names: frozenset[str]) -> files.Entry:
    """Skip the frames and advertisements that a browser has put into the folder of a saved page.

    A page whose extracted text would have too long a name is left out (E103).
    """
    if entry.name not in names or entry.note is not None:
        return entry
    if page := page_of(entry.name, names):
        return replace(entry, error=None, note=f"part of the saved page {show_path(page)}")
    return replace(entry, error=entry.error or files.name_error(entry.name, extracted_name(entry.name)))


def one(
    entry: files.Entry, src: Path, config: Config, book: Book, pages: Pages | None = None, memo: Memo | None = None
) -> Outcome:
    """Read and clean one entry; whatever goes wrong with it becomes its outcome."""
    kind = format_of(entry.name) or ""
    if entry.note:
        return Outcome(entry.name, "skipped", kind, "", note=entry.note)
    where = show_path(_where(src, entry.name))
    if entry.error:
        code, _, *rest = entry.error.args
        return Outcome(entry.name, "quarantined", kind, "", error=InputError(code, where, *rest), stands=False)
    try:
        raw = files.read(entry.path, where, limit=config.keys.max_file_size)
    except InputError as err:
        return _unread(entry, kind, where, err)
    return clean_bytes(entry.name, raw, where, kind, config, book, config.ignored(entry.name, src), pages, memo)


def _unread(entry: files.Entry, kind: str, where: str, err: InputError) -> Outcome:
    """Return the outcome of an entry that was not read; one that is too large is copied as it is."""
    if err.code != "E120":
        return Outcome(entry.name, "quarantined", kind, "", error=err, stands=False)
    try:
        return Outcome(entry.name, "quarantined", kind, files.digest_of(entry.path, where), error=err)
    except InputError as other:  # meanwhile it is something else
        return _unread(entry, kind, where, other)


def clean_bytes(
    name: str, raw: bytes, where: str, kind: str, config: Config, book: Book, ignore: Sequence[str],
    pages: Pages | None = None, memo: Memo | None = None,
) -> Outcome:  # fmt: skip
    """Clean the bytes of one document; whatever goes wrong with it becomes its outcome.

    `pages` extracts the text of a page; without it a child process is started for this one. `memo` may know the
    document.
    """
    memo = memo or memo_of(config, book)
    digest = hashlib.sha256(raw).hexdigest()
    try:
        with limited(config.keys.deadline):
            if kind == "html":
                return _clean_page(name, raw, where, config, book, ignore, pages, memo)
            return _clean_text(name, raw, where, kind, config, book, ignore, memo)
    except OutOfTime:
        error: CleanerError = InputError(
            "E132", where, f"it was not done after {config.keys.deadline:g} s of CPU time",
            "copied unchanged and quarantined", "raise `deadline` in the configuration, split it or exclude it",
        )  # fmt: skip
    except (InputError, SelfCheckError) as err:
        error = err
    except (CleanerError, Errors, MemoryError):  # of the whole run; a worker without memory ends
        raise
    except Exception as err:  # one document must not stop the others, not even by a bug of ours
        error = _bug(where, err)
    return Outcome(name, "quarantined", kind, digest, raw=raw, error=error)


def _bug(where: str, err: Exception) -> SelfCheckError:
    """Return what is said of a bug that one document brings out: its kind and place, no text of the document."""
    frames = [Path(f.filename).name + f":{f.lineno}" for f in extract_tb(err.__traceback__) if "cleaner" in f.filename]
    notes = "".join(f" in {note}" for note in getattr(err, "__notes__", ()))
    return SelfCheckError(
        "E490", where, f"a bug of ours ({type(err).__name__} at {frames[-1] if frames else '?'}{notes})",
        "copied unchanged and quarantined", "please report this line, with the text if it may be shown",
    )  # fmt: skip


def _clean_text(
    name: str, raw: bytes, where: str, kind: str, config: Config, book: Book, ignore: Sequence[str], memo: Memo
) -> Outcome:
    """Clean a text, or the text of a row. Raises InputError and SelfCheckError."""
    keys, row = config.keys, kind in ROWS
    source = files.decode(raw, where, encoding=keys.encoding, allow_nul=keys.allow_nul, certain=row)
    cleaned = memo.clean(where, source.text, ignore, *_decided(name, book))
    if source.encode() != raw:  # decode has checked this; we check it once more with what we shall report
        raise SelfCheckError(
            "E402", where, "the text does not give the bytes back", "copied unchanged", "please report it"
        )
    return finished(name, kind, hashlib.sha256(raw).hexdigest(), raw, source, cleaned)


def _clean_page(
    name: str, raw: bytes, where: str, config: Config, book: Book, ignore: Sequence[str], pages: Pages | None,
    memo: Memo,
) -> Outcome:  # fmt: skip
    """Clean the main text of a page. Raises InputError and SelfCheckError."""
    if pages is None:
        from cleaner.formats.html import Extractor

        with Extractor() as own:
            return _clean_page(name, raw, where, config, book, ignore, own, memo)
    page = memo.extract(pages, raw, where, config.keys.encoding, config.keys.allow_nul)
    cleaned = memo.clean(where, page.text, ignore, *_decided(name, book))
    cleaned = replace(cleaned, meta=_with_stated(cleaned, page, config), flags=(*page.flags, *cleaned.flags))
    source = files.Source(page.text, page.encoding, "lf", page.bom)
    digest = hashlib.sha256(raw).hexdigest()
    return replace(finished(name, "html", digest, raw, source, cleaned), kept=page.kept)


def _decided(name: str, book: Book) -> tuple[DocumentJudge | None, bytes]:
    """Return who knows what was decided for a document, and bytes that stand for what that is."""
    judge = book.bench.judge(record_path(name))
    if judge is None:
        return None, b""
    rules = ",".join(f"{sought.rule} {sought.edit}" for sought in judge.sought)
    return judge, rules.encode() + b"".join(map(decision_line, (sought.decision for sought in judge.sought)))


def _with_stated(cleaned: Cleaned, page: Extracted, config: Config) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a byline, and what only the head of the page states."""
    stated = page.meta if config.keys.meta == "lift" else ()
    return tuple(sorted({**dict(stated), **dict(cleaned.meta)}.items()))


def finished(name: str, kind: str, digest: str, raw: bytes, source: files.Source, cleaned: Cleaned) -> Outcome:
    """Return the outcome of a document that was cleaned; its script is that of the result."""
    from cleaner.script import decide

    text = cleaned.draft.text
    return Outcome(name, status_of(text, raw), kind, digest, raw, source, cleaned, decide(text))


def overlaps(outcomes: Sequence[Outcome], config: Config, cache: Cache = NO_CACHE, place: str = "") -> Found:
    """Find what stands twice in the cleaned texts. `place` says whose index the cache is asked for."""
    if config.keys.dedup.mode == "off":
        return Found((), (), ())
    texts = [text for o in outcomes if (text := text_of(o))]
    compared = [text for text in texts if len(text.text) <= LONGEST]
    found = find_known(cache, compared, config.overlaps, place)
    return replace(found, notes=(*found.notes, *(_too_long(text) for text in texts if len(text.text) > LONGEST)))


def _too_long(text: Text) -> str:
    size, most = (f"{number:,}".replace(",", " ") for number in (len(text.text), LONGEST))
    return f"{show_path(text.name)}: {size} characters, the limit is {most}; not compared for overlaps; split the file"


def extracted_place(path: str) -> str:
    """Return where in OUT the extracted text of a page stands."""
    return f"{EXTRACTED}/{extracted_name(path)}"


def _where(src: Path, name: str) -> str:
    return (src / name if src.is_dir() else src).as_posix()


def _body(outcome: Outcome, entry: files.Entry) -> bytes | Path | None:
    if outcome.status == "dropped":
        return None
    if outcome.cleaned:
        return outcome.text.encode()
    if outcome.status == "quarantined" and outcome.stands:
        return outcome.raw if outcome.raw is not None else entry.path
    return None


def _extracted(outcome: Outcome) -> bytes | None:
    """Return the extracted text of a page of which a result stands in OUT."""
    if outcome.source is None or outcome.kept is None or outcome.status == "dropped":
        return None
    return outcome.source.text.encode()
