"""`clean rules keep FILE:LINE`: a false alarm becomes an example of its rule. `copy`: a pack becomes one's own."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import complete

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.packs import Pack, Rule
    from cleaner.pipeline import Book


@dataclass(frozen=True)
class Document:
    """A text, the rules over it, and what they did or asked for: (start, end) in `text`, with the rules behind it."""

    text: str
    config: Config
    book: Book
    done: tuple[tuple[int, int, tuple[str, ...]], ...]

    def rules_at(self, line: int, col: int | None) -> list[str]:
        """Return the ids of the rules that touch a line, or a column of it, in the order of the text."""
        start = sum(len(one) + 1 for one in self.text.split("\n")[: line - 1])
        end = start + len(self.text.split("\n")[line - 1])
        if col is not None:
            start, end = start + col - 1, start + col
        found = [by for low, high, by in self.done if low < max(end, start + 1) and start < max(high, low + 1)]
        return list(dict.fromkeys(by[-1] for by in found))


def split(place: str) -> tuple[Path, int, int | None]:
    """Return file, line and column of FILE:LINE[:COL]. Raises UsageError."""
    from cleaner.errors import UsageError
    from cleaner.show import show

    found = re.fullmatch(r"(?s)(.+?):(\d+)(?::(\d+))?", place)
    if found is None:
        what, how = "no place in a file", "write FILE:LINE or FILE:LINE:COL, as in seeds/a.txt:14"
        raise UsageError("E105", show(place), what, "nothing was written", how)
    return Path(found.group(1)), int(found.group(2)), int(found.group(3)) if found.group(3) else None


def document(options: Options, path: Path) -> Document:
    """Read a file as a run does, with the rules of the configuration. Raises what a run would quarantine it for."""
    from cleaner import files, pipeline
    from cleaner.formats import format_of
    from cleaner.show import show_path

    config = options.config(path)
    book = options.book(config)
    shown = show_path(path.as_posix())
    raw = files.read(path, shown, limit=config.keys.max_file_size)
    outcome = pipeline.clean_bytes(path.name, raw, shown, format_of(path.name) or "txt", config, book, ())
    if outcome.error or outcome.cleaned is None or outcome.source is None:
        raise outcome.error or _usage(shown, "has no text", "name another file")
    done = [(edit.start, edit.end, edit.by) for edit in outcome.cleaned.edits]
    done += [(ask.start, ask.end, (ask.rule,)) for ask in outcome.cleaned.asks]
    return Document(outcome.source.text, config, book, tuple(sorted(done)))


@click.command()
@click.argument("place", metavar="FILE:LINE[:COL]", shell_complete=complete.files)
@click.option(
    "--rule",
    "wanted",
    metavar="PACK/RULE",
    shell_complete=complete.rules,
    help="Which rule, if several change the line.",
)
@configured(policy=False)
def keep(options: Options, place: str, wanted: str | None) -> int:
    """Turn a false alarm into an example of its rule: what stands there goes into its `keeps`, and so it fails.

    The smallest part of the text in which the rule alone raises the alarm is written into the pack; everything else in
    the pack stays as it is. Then mend the rule until `clean rules test` is content.
    """
    from cleaner import alarm, examples, packs
    from cleaner.show import show

    path, line, col = split(place)
    found = document(options, path)
    rule = _rule(found, place, line, col, wanted)
    pack = next(one for one in found.book.packs if one.name == rule.pack)
    _own(pack, found.config.root, rule)
    text = alarm.smallest(rule, found.text, line)
    if text is None:
        what = f"rule {rule.id} changes it only behind what other rules do first"
        raise _usage(place, what, "write what the rule then sees into its `keeps` yourself")
    add_example(pack.path, rule, text)
    (again,) = packs.load([pack.path])
    mine = next(one for one in again.rules if one.id == rule.id)
    wrong = [failure for failure in examples.failures(mine) if failure.part.startswith("a `keeps`")]
    options.printer.say(f"{mine.file}:{mine.line}: wrote one more `keeps` of {rule.id}; it fails now, as it has to:")
    for failure in wrong:
        options.printer.say(str(failure))
    name = show(pack.file)
    options.printer.say(f"next: mend {rule.id}; to see at every save whether it holds: clean rules test {name} --watch")
    return 0


@click.command()
@click.argument("name", metavar="NAME", shell_complete=complete.packs)
@configured(policy=False)
def copy(options: Options, name: str) -> int:
    """Copy a shipped or an installed pack to rules/, where it is yours to change and comes before the other one."""
    from cleaner import files, packs
    from cleaner.cli.rules.take import write_lock

    root = options.config(None).root
    (pack,) = packs.load([packs.find(name, root)])
    folder = pack.path.parent.resolve()
    parts = {root / "rules" / f"{pack.name}.toml": pack.path}
    parts |= {root / "rules" / table.resolve().relative_to(folder): table for table in pack.tables}
    there = [path.as_posix() for path in parts if path.exists()]
    if there:
        raise _usage(", ".join(there), "stands there already", "it is yours: change it there")
    for target, source in parts.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        files.replace_file(target, source.read_bytes())
    lock = packs.Lock.read(root / packs.LOCK)
    if any(one.name == pack.name and one.package for one in lock.packs):
        write_lock(lock.only(one.name for one in lock.packs if one.name != pack.name))
    names = " and ".join(path.as_posix() for path in parts)
    options.printer.say(f"wrote {names}; `{pack.name}` in the configuration means this copy now")
    return 0


def _rule(found: Document, place: str, line: int, col: int | None, wanted: str | None) -> Rule:
    if not 1 <= line <= found.text.count("\n") + 1:
        raise _usage(place, "there is no such line", "check the line")
    ids = [id_ for id_ in found.rules_at(line, col) if id_ in found.book.by_id]
    if not ids:
        raise _usage(place, "no rule changes or proposes anything here", "see `clean explain FILE`")
    if wanted is not None and wanted not in ids:
        raise _usage(wanted, f"this rule does nothing there, but {', '.join(ids)} does", "name that one")
    if wanted is None and len(ids) > 1:
        raise _usage(place, f"{len(ids)} rules change this line: {', '.join(ids)}", "choose one with --rule")
    return found.book.by_id[wanted or ids[0]]


def _own(pack: Pack, root: Path, rule: Rule) -> None:
    """Raise UsageError unless a pack is of the user's own repository."""
    from cleaner.packs import brought, shipped

    real = pack.path.resolve()
    ours = (
        real.is_relative_to(shipped()) and shipped() != (root / "rules").resolve()
    )  # an environment may lie in `root`
    if real.is_relative_to(root.resolve()) and brought(pack.path) is None and not ours:
        return
    whose = "shipped" if ours else "not of this repository"
    how = f"make it yours: clean rules copy {pack.name}; or decide this place alone, as `clean explain` says"
    raise _usage(rule.id, f"its pack is {whose}, and not yours to change", how)


def add_example(file: Path, rule: Rule, text: str) -> None:
    """Put one more text into the `keeps` of a rule; all else in the pack stays as it is written."""
    import tomlkit

    from cleaner import files

    before = file.read_bytes().decode("utf-8")
    document: Any = tomlkit.parse(before)
    name = rule.id.partition("/")[2]
    keeps = next(one for one in document["rule"] if one["id"] == name)["keeps"]
    _append(keeps, text)
    after = tomlkit.dumps(document)
    wanted = tomllib.loads(before)
    next(one for one in wanted["rule"] if one["id"] == name)["keeps"].append(text)
    if tomllib.loads(after) != wanted:
        raise _usage(
            file.as_posix(), "it is written in a way that only you should change", "add it to `keeps` yourself"
        )
    files.replace_file(file, after.encode("utf-8"))


def _append(keeps: Any, text: str) -> None:
    one_line = "\n" not in keeps.as_string()
    keeps.append(text)
    if one_line and len(keeps.as_string()) > 100:
        keeps.multiline(True)


def _usage(where: str, what: str, how: str) -> Exception:
    from cleaner.errors import UsageError
    from cleaner.show import show

    return UsageError("E105", show(where), what, "nothing was written", how)
