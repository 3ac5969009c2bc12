"""`clean rules add|remove|lock`: which packs a repository takes, and what their files were when they were reviewed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import complete

if TYPE_CHECKING:
    from cleaner.packs import Lock, Pack


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...", shell_complete=complete.packs)
@click.option("--lock", "also", is_flag=True, help="Lock a pack of this repository too; its commits say what it was.")
@configured(policy=False)
def add(options: Options, names: tuple[str, ...], also: bool) -> int:
    """Take packs into the configuration: NAME of a shipped or installed one, PATH of a file or folder.

    The pack is checked and its examples are run first. One that lies outside of this repository (an installed package,
    a folder elsewhere) is locked in rules.lock: the SHA-256 of each of its files. Nothing is downloaded.
    """
    from cleaner import packs
    from cleaner.cli.rules.config_file import packs_in, write_packs

    file, root = _place(options)
    have = packs_in(file)
    new = {_ref(name, root): packs.find(_ref(name, root), root) for name in names}
    new = {ref: path for ref, path in new.items() if not _in(ref, path, have, root, options)}
    if not new:
        return 0
    lock = packs.Lock.read(root / packs.LOCK)
    there = [(ref, packs.find(ref, root)) for ref in have]
    lock.check(there)
    found = packs.load([path for _, path in there] + list(new.values()))[len(there) :]
    if not _hold(options, found, lock):
        return 1
    wanted = [pack for pack in found if also or packs.is_foreign(pack.path, root)]
    lock = lock.with_(packs.locked(pack, root) for pack in wanted)
    said = [write_lock(lock)] if wanted else []
    write_packs(file, have=have, want=[*have, *new])
    said.append(f"wrote {file.as_posix()}")
    _wrote(options, said)
    return 0


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME|PATH...", shell_complete=complete.packs)
@configured(policy=False)
def remove(options: Options, names: tuple[str, ...]) -> int:
    """Take packs out of the configuration and out of rules.lock; the files of the packs stay."""
    from cleaner import packs
    from cleaner.cli.rules.config_file import packs_in, write_packs
    from cleaner.errors import UsageError
    from cleaner.show import show
    from cleaner.toml import suggestion

    file, root = _place(options)
    have = packs_in(file)
    lock = packs.Lock.read(root / packs.LOCK)
    gone = []
    for name in names:
        wanted = {name, *_paths(name, root), *(one.path for one in lock.packs if one.name == name)} - {""}
        match = [ref for ref in have if ref in wanted or os.path.normpath(ref) in map(os.path.normpath, wanted)]
        match = match or [ref for ref in have if name == _called(ref, root)]
        if not match:
            what = "no such pack is in force"
            raise UsageError("E202", show(name), what, "nothing was written", suggestion(name, have))
        gone += match
    left = [ref for ref in have if ref not in gone]
    if not left:
        raise UsageError("E202", ", ".join(map(show, gone)), "no pack would be left", "nothing was written", "keep one")
    dropped = {one.name for one in lock.packs if _is_of(one.name, one.path, gone)}
    said = []
    if dropped:
        said.append(write_lock(lock.only(one.name for one in lock.packs if one.name not in dropped)))
    write_packs(file, have=have, want=left)
    _wrote(options, [*said, f"wrote {file.as_posix()}"])
    _still_named(options, file)
    return 0


@click.command("lock")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete.packs)
@click.option("--check", is_flag=True, help="Write nothing; 1 if rules.lock is not what this would write.")
@configured(policy=False)
def lock_(options: Options, names: tuple[str, ...], check: bool) -> int:
    """Write what the files of packs are now into rules.lock: you have read them, and take them as they are.

    Without a NAME: every pack of the configuration from outside of this repository, and what is locked already.
    """
    from cleaner import packs
    from cleaner.cli.rules.config_file import packs_in
    from cleaner.errors import PackError, UsageError
    from cleaner.show import show
    from cleaner.toml import suggestion

    file, root = _place(options)
    try:
        lock = packs.Lock.read(root / packs.LOCK)
    except PackError as err:
        if names or check:
            raise
        options.printer.note(f"{err}; writing it anew")
        lock = packs.Lock(root / packs.LOCK)
    found = [(ref, packs.find(ref, root)) for ref in packs_in(file)]
    every = packs.load(path for _, path in found)
    known = {ref: pack for (ref, _), pack in zip(found, every, strict=True)}
    by_name = {pack.name: pack for pack in every} | known
    for name in names:
        if name not in by_name:
            what = "no such pack is in force"
            raise UsageError("E202", show(name), what, "nothing was written", suggestion(name, by_name))
    if names:
        chosen = [by_name[name] for name in names]
    else:
        have = {one.name for one in lock.packs}
        chosen = [pack for pack in every if pack.name in have or packs.is_foreign(pack.path, root)]
    if not _hold(options, chosen, lock):
        return 1
    after = lock if names else lock.only(pack.name for pack in every)
    after = after.with_(packs.locked(pack, root) for pack in chosen)
    old = lock.file.read_text("utf-8") if lock.file.exists() else ""
    if old == (after.to_toml() if after.packs else ""):
        count = f"{len(after.packs)} packs" if after.packs else "no pack from outside of this repository"
        options.printer.say(f"{show(lock.file.as_posix())}: {count}, nothing to change")
        return 0
    if check:
        options.printer.say(f"{show(lock.file.as_posix())} is not in step; type: clean rules lock")
        return 1
    _wrote(options, [write_lock(after)])
    return 0


def _place(options: Options) -> tuple[Path, Path]:
    """Return the configuration file, which need not be there yet, and its folder."""
    config = options.config(None)
    file = config.file or Path("clean.toml")
    return file, file.parent


def _ref(name: str, root: Path) -> str:
    """Return what a configuration in `root` says of a pack that was named here: a name, or a path from `root`."""
    from cleaner.packs.places import find_typed, is_path

    if not is_path(name) and find_typed(name, root) != Path(name) / "pack.toml":
        return name
    return _from(Path(name), root)


def _paths(name: str, root: Path) -> list[str]:
    """Return the path from `root` of a pack that was named by its path here; it need not be there any more."""
    from cleaner.packs.places import is_path

    return [_from(Path(name), root)] if is_path(name) else []


def _called(ref: str, root: Path) -> str | None:
    """Return what a pack calls itself, None if that cannot be read; nothing else of it is looked at."""
    import tomllib

    from cleaner import packs
    from cleaner.errors import PackError

    try:
        return str(tomllib.loads(packs.find(ref, root).read_bytes().decode("utf-8")).get("name"))
    except (PackError, OSError, ValueError, RecursionError):
        return None


def _from(path: Path, root: Path) -> str:
    found = Path(os.path.relpath(path.resolve(), root.resolve())).as_posix()
    return found if found.startswith("../") else f"./{found}"


def _in(ref: str, path: Path, have: Sequence[str], root: Path, options: Options) -> bool:
    from cleaner.show import show

    there = ref in have or any((root / other).resolve() in (path.resolve(), path.parent.resolve()) for other in have)
    if there:
        options.printer.say(f"{show(ref)} is in force already")
    return there


def _is_of(name: str, path: str, refs: Iterable[str]) -> bool:
    """Say whether a locked pack is one of those that a configuration names so."""
    paths = {os.path.normpath(ref) for ref in refs}
    inside = {path, path.removesuffix("/pack.toml")} if path else set()
    return name in refs or bool(inside & paths)


def _hold(options: Options, found: Sequence[Pack], lock: Lock) -> bool:
    """Show packs, run all their examples, and say whether they hold; if not, nothing is to be written."""
    from cleaner import examples
    from cleaner.cli.rules.table import about
    from cleaner.show import show

    wrong = [failure for pack in found for rule in pack.rules for failure in examples.failures(rule)]
    for pack in found:
        for line in about(pack, lock):
            options.printer.say(line)
    for failure in wrong:
        options.printer.error(str(failure))
    if wrong:
        names = ", ".join(show(pack.name) for pack in found)
        options.printer.error(
            f"{len(wrong)} examples of {names} do not hold here; nothing was written; tell the author of the pack"
        )
    return not wrong


def write_lock(lock: Lock) -> str:
    """Write a lock, or remove one that holds nothing, and return what was done."""
    from cleaner import files

    if lock.packs:
        files.replace_file(lock.file, lock.to_toml().encode("utf-8"))
        return f"wrote {lock.file.as_posix()}"
    lock.file.unlink(missing_ok=True)
    return f"removed {lock.file.as_posix()}, no pack is locked any more"


def _wrote(options: Options, done: Sequence[str]) -> None:
    from cleaner.show import show

    options.printer.say(f"{'; '.join(map(show, done))}; commit {'both' if len(done) > 1 else 'it'}")


def _still_named(options: Options, file: Path) -> None:
    """Say what in the configuration still names rules that are gone: the next run would refuse it."""
    from cleaner import config, pipeline
    from cleaner.errors import CleanerError, Errors

    try:
        pipeline.Book.of(config.load(file, {}))
    except (CleanerError, Errors) as err:
        options.printer.note(f"the next run will say:\n{err}")
