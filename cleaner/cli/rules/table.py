"""What people are shown of packs: name, version, licence, where from, whether locked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.show import show

if TYPE_CHECKING:
    from cleaner.cli.options import Options
    from cleaner.packs import Lock, Locked, Pack


def about(pack: Pack, lock: Lock) -> Iterator[str]:
    """Yield the lines that describe a pack: what it is, each rule, and each file against the lock."""
    from cleaner.packs import locked

    count = sum(len(rule.keys.turns) + len(rule.keys.keeps) + len(rule.keys.todo) for rule in pack.rules)
    size = f"{len(pack.rules)} rules, {count} examples"
    yield f"{pack.name} {show(pack.version)}  {_licence(pack)}  {_source(pack)}  {size}"
    if pack.why:
        yield f"  {show(pack.why)}"
    width = max(len(rule.id) for rule in pack.rules)
    for rule in pack.rules:
        yield f"  {rule.id:<{width}}  {rule.keys.kind:<6}  {show(rule.why)}"
    before = next((one for one in lock.packs if one.name == pack.name), None)
    for name, digest in sorted(locked(pack, lock.root).sha256.items()):
        yield f"  {show(name)}  sha256 {digest[:16]}…{_since(before, name, digest)}"


def _since(before: Locked | None, name: str, digest: str) -> str:
    if before is None:
        return ""
    old = before.sha256.get(name)
    return "  (new)" if old is None else "" if old == digest else f"  (was {old[:16]}…, {show(before.version)})"


def _licence(pack: Pack) -> str:
    from cleaner.packs import brought, shipped

    own = brought(pack.path)
    ours = "as seedclean" if pack.path.resolve().is_relative_to(shipped()) else "no licence stated"
    return show(pack.license or (own.license if own else "") or ours)


def _source(pack: Pack) -> str:
    from cleaner.packs import brought

    own = brought(pack.path)
    return f"package {show(own.source)}" if own else pack.file


def overview(options: Options) -> int:
    """Print the packs in force, and the installed ones that are not; nothing is refused, each is judged."""
    from cleaner import packs

    config = options.config(None)
    root = config.root
    lock = packs.Lock.read(root / packs.LOCK)
    rows, bad = [], 0
    for ref in config.keys.packs:
        row = _row(ref, root, lock)
        bad += row[-1].startswith("REFUSED")
        rows.append(row)
    known = {row[0] for row in rows}
    for name, some in sorted(packs.installed().items()):
        if name not in known:
            sources = ", ".join(one.source for one in some)
            state = f"not in force; type: clean rules add {name}" if len(some) == 1 else "REFUSED: brought twice"
            rows.append((name, "", some[0].license, f"package {sources}", state))
    head = ("pack", "version", "licence", "from", "")
    for line in columns([head, *rows]):
        options.printer.say(line)
    return 1 if bad else 0


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines, their cells under each other; numbers to the right."""
    table = [[show(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    right = [all(row[i].isdigit() for row in table[1:]) for i in range(len(widths))]
    for row in table:
        cells = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True))
        yield "  ".join(cells).rstrip()


def _row(ref: str, root: Path, lock: Lock) -> tuple[str, str, str, str, str]:
    from cleaner import packs
    from cleaner.errors import CleanerError, Errors

    try:
        file = packs.find(ref, root)
        own = packs.brought(file)
        source = f"package {own.source}" if own else file.as_posix()
        entry = lock.of(ref, file)
        if entry is not None and (changed := entry.changed(file)):
            return ref, entry.version, entry.license, source, f"REFUSED: {', '.join(map(show, changed))} [E206]"
        (pack,) = packs.load([file])
    except CleanerError as err:
        return ref, "", "", "", f"REFUSED: {show(str(err))}"
    except Errors as err:
        return ref, "", "", "", f"REFUSED: {show(str(err.errors[0]))}"
    if file.resolve().is_relative_to(packs.shipped()):
        state = "shipped"
    elif entry is not None:
        state = "locked"
    else:
        state = "not locked; type: clean rules lock" if packs.is_foreign(file, root) else "of this repository"
    return pack.name, pack.version, _licence(pack), source if own else pack.file, state
