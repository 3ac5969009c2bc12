"""Where a command reads: the work tree, the git index or a commit; and what to type when OUT is not in step.

To read the index, what a run needs of it is written into a folder that lasts as long as the command, and the command
works there as if it were the work tree: seeds, packs, configuration, decisions and OUT are all as they are staged, and
every path is named as the user named it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.listed import inside, listed
from cleaner.cli.options import Options, places
from cleaner.known import FILE, in_hook, remember
from cleaner.languages import mark
from cleaner.show import show_path

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.gitindex import Entry, Repository
    from cleaner.languages import Speech

CONFIGS = ("clean.toml", "pyproject.toml")
TABLES = (".toml", ".tsv", ".txt")  # what a pack may hold

_OPTIONS = (
    click.option("--staged", is_flag=True, help="Read everything from the git index; on by itself in a hook."),
    click.option("--worktree", is_flag=True, help="Read everything from the disk (the default outside of a hook)."),
    click.option("--rev", metavar="REV", help="Read everything from a commit."),
)


def reading(command: Any) -> Any:
    """Give a command the options that say where it reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass
class Tree:
    """What a command reads. `src` and `out` are where it does; `disk` is where OUT is written.

    `label` is "staged" for the index, the name of a commit, or "". `specs` are pathspecs of all that the answer
    depends on, empty if it depends on more than the index. `said` is what was printed of an OUT that is in step.
    """

    config: Config
    src: Path
    out: Path | None
    disk: Path | None
    label: str = ""
    repository: Repository | None = None
    inputs: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    empty: bool = False
    said: str | None = field(default=None)

    @property
    def of_seeds(self) -> str:
        """Return what stands before the name of SRC in messages: "staged "."""
        return f"{self.label} " if self.label == "staged" else ""

    def seeds(self, t: Speech) -> str:
        """Return SRC as messages name it: "staged seeds/"."""
        where = show_path(self.src.as_posix().rstrip("/") + "/")
        return t("staged {src}", src=where) if self.label == "staged" else where

    @property
    def named(self) -> str:
        """Return what was read, for people."""
        return mark("the index") if self.label == "staged" else self.label or mark("the disk")

    def remedy(self, src: str, out: str) -> str:
        """Return what to type; it reads the index if the disk has edits or drafts that are not staged."""
        staged = ""
        if self.label == "staged" and self.repository is not None:
            gone = not (self.repository.top / self.inputs[0]).exists()  # git takes away a folder that is empty
            staged = "--staged " if gone or self.repository.differs(self.inputs) else ""
        to_git = self.repository is not None or (self.out is not None and in_git(self.out))
        return f"clean {staged}{src} {out}" + (f" && git add -A {out}" if to_git else "")


def in_git(path: Path) -> bool:
    """Say whether a path lies in a git repository."""
    return any((folder / ".git").exists() for folder in (path.resolve(), *path.resolve().parents))


@contextmanager
def tree_of(options: Options, src: str | None, out: str | None, flags: dict[str, Any]) -> Iterator[Tree]:
    """Yield what a command reads; `flags` has the options of `reading`, which are taken out of it."""
    staged, worktree, rev = flags.pop("staged"), flags.pop("worktree"), flags.pop("rev")
    names = listed(flags.pop("files_from", None), flags.pop("null", False))
    if names is not None and (staged or rev is not None):
        raise click.UsageError("--files-from names files on the disk; leave --staged and --rev out")
    if sum((staged, worktree, rev is not None)) > 1:
        raise click.UsageError("--staged, --worktree and --rev exclude each other")
    repository = (
        _repository(needed=staged or rev is not None)
        if staged or rev or (in_hook() and not worktree and names is None)
        else None
    )
    if repository is None:
        config = options.config(Path(src) if src else None)
        source, target = places(config, src, out)
        if names is not None:
            config = replace(config, only=inside(names, source))
        yield Tree(config, source, target, target)
        return
    entries = repository.at(rev) if rev is not None else repository.staged()
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="clean-") as folder:
        top = Path(os.path.realpath(folder)) / "tree"
        (top / repository.prefix).mkdir(parents=True)
        os.chdir(top / repository.prefix)
        try:
            copy = _Copy(repository, entries, top)
            tree = copy.tree(options, src, out, f"commit {rev}" if rev is not None else "staged")
            yield tree
        finally:
            os.chdir(here)
    if tree.said is not None and tree.specs:
        remember(sys.argv[1:], list(tree.specs), f"{tree.said}\n")


def _repository(*, needed: bool) -> Repository | None:
    from cleaner.errors import UsageError
    from cleaner.gitindex import Repository

    try:
        return Repository.find(Path())
    except UsageError:
        if needed:
            raise
        return None  # PRE_COMMIT is set, and there is no git: then the disk is all there is


class _Copy:
    """The part of an index that a run needs, written under `top`; the working folder has to be in there."""

    def __init__(self, repository: Repository, entries: Sequence[Entry], top: Path) -> None:
        self.repository, self.entries, self.top = repository, entries, top
        self.specs: list[str] | None = [":(top,glob)**/.gitattributes"]
        self._written: set[str] = set()

    def tree(self, options: Options, src: str | None, out: str | None, label: str) -> Tree:
        given = [self.name(Path(path)) for path in (src, out) if path is not None]
        explicit = (
            [self.name(options.config_file)] if options.config_file and self._is_ours(options.config_file) else []
        )
        if options.config_file and not explicit:
            self.specs = None
        self._take([*self._configs([*given, *explicit, self.repository.prefix.rstrip("/")]), *explicit])
        if src is not None:
            self._take([self.name(Path(src))], whole=True)
        options.stop = self.top
        config = options.config(Path(src) if src else None)
        source, target = places(config, src, out)
        if target is None:
            raise click.UsageError("OUT is missing; give it, as in `clean check --staged seeds/ out/`")
        names = self.name(source), self.name(target)
        others = self._others(config)
        self._take([names[1]], whole=True, as_written=True)  # before SRC, which may hold it
        self._take([names[0]], whole=True)
        self._take(others)
        empty = not any(self._under(entry.path, name) for entry in self.entries for name in names)
        self._check_emptied(*names)
        source, target = Path(os.path.relpath(source)), Path(os.path.relpath(target))
        source.mkdir(parents=True, exist_ok=True)
        inputs = tuple(dict.fromkeys([names[0], *others, *(n for n in self._configs(names) if self._has(n))]))
        specs: tuple[str, ...] = ()
        if self.specs is not None:
            specs = (*self.specs, *(f":(top,literal){n}" if n else ":/" for n in names), *self._installed(config))
        disk = self.repository.top / names[1]
        return Tree(config, source, target, disk, label, self.repository, inputs, specs, empty)

    def _check_emptied(self, src: str, out: str) -> None:
        """Raise UsageError if SRC is probably mistyped: it holds nothing, never did, and there are results in OUT."""
        from cleaner.errors import UsageError
        from cleaner.show import show_path

        report = f"{out}/__report__".lstrip("/")
        results = any(self._under(e.path, out) and not self._under(e.path, report) for e in self.entries)
        if not results or any(self._under(entry.path, src) for entry in self.entries):
            return
        if not any(self._under(entry.path, src) for entry in self.repository.at("HEAD")):
            what = "nothing is staged in it, nor was in the last commit"
            raise UsageError("E105", show_path(src or "."), what, "nothing was written", "check the name of SRC")

    def name(self, path: Path) -> str:
        """Return the name in the index of a path, which may lie in the copy. Raises UsageError outside of it."""
        if path.is_absolute() and path.is_relative_to(self.top):
            name = path.relative_to(self.top).as_posix()
            return "" if name == "." else name
        return self.repository.inside(path)

    def _is_ours(self, path: Path) -> bool:
        from cleaner.errors import UsageError

        try:
            self.name(path)
        except UsageError:
            return False
        return True

    def _others(self, config: Config) -> list[str]:
        """Return the names of what a configuration reads besides SRC and OUT."""
        from cleaner.packs import LOCK

        keys, root = config.keys, config.root
        packs = [root / name for name in keys.packs if "/" in name or name.endswith(".toml")]
        found = [root / "rules", root / LOCK, *(pack if pack.suffix != ".toml" else pack.parent for pack in packs)]
        found += [config.decisions] if config.decisions else []
        found += [root / keys.protect] if isinstance(keys.protect, str) else []
        found += [root / against] if (against := getattr(keys.dedup, "against", None)) else []
        ours = [path for path in found if self._is_ours(path)]
        if len(ours) < len(found):
            self.specs = None  # what lies outside may change without the index knowing
        return list(dict.fromkeys(map(self.name, ours)))

    @staticmethod
    def _installed(config: Config) -> list[str]:
        """Return the files of installed packs that a configuration names, which may change without the index."""
        from cleaner.packs import installed

        some = (one for name in config.keys.packs for one in installed().get(name, ()))
        return sorted({f"{FILE}{path}" for one in some for path in (one.file, *one.files)})

    @staticmethod
    def _configs(names: Sequence[str]) -> list[str]:
        """Return where a configuration may stand: in these folders, and in all above them."""
        folders = {""}
        for name in names:
            parts = name.split("/") if name else []
            folders |= {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
        return [f"{folder}/{file}".lstrip("/") for folder in sorted(folders) for file in CONFIGS]

    def _take(self, wanted: Sequence[str], *, whole: bool = False, as_written: bool = False) -> None:
        """Write what stands under some names; unless `whole`, of the top itself only what packs are made of."""
        if self.specs is not None:
            self.specs += [f":(top,literal){name}" if name else ":/" for name in wanted]
        new = []
        for entry in self.entries:
            if entry.path in self._written:
                continue
            if any(self._under(entry.path, name) and (name or whole or entry.path.endswith(TABLES)) for name in wanted):
                self._written.add(entry.path)
                new.append(entry)
        self.repository.export(new, self.top, as_written=as_written)

    def _has(self, name: str) -> bool:
        return any(entry.path == name for entry in self.entries)

    @staticmethod
    def _under(path: str, name: str) -> bool:
        return not name or path == name or path.startswith(f"{name}/")
