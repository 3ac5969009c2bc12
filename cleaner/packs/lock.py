"""`rules.lock`: what the files of packs were when this repository last reviewed them.

A pack from elsewhere can change under a repository: a package is upgraded, or somebody edits it where it is installed.
So the lock holds the SHA-256 of each file of a pack, and a pack that differs is refused before a rule of it is read.
The lock never makes a pack trusted: what `vet.py` refuses in a pack of others, it refuses locked or not.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cleaner.errors import Errors, PackError
from cleaner.packs.places import brought, is_path, shipped
from cleaner.packs.values import Pack
from cleaner.show import show
from cleaner.toml import Places

LOCK = "rules.lock"
_HEAD = """\
# The rule packs that were reviewed here, and the SHA-256 of each of their files. Written by `clean rules lock`.
# Commit it: a pack with other files is refused (E206).
schema = 1
"""


class Locked(BaseModel):
    """One pack of a lock: of a `package` (its name and version), or at a `path` from the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: str
    license: str = ""
    package: str = ""
    path: str = ""
    sha256: dict[str, str] = Field(min_length=1)

    @field_validator("sha256")
    @classmethod
    def _inside(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
                raise ValueError(f"{name!r} is no file of a pack")
        return value

    @property
    def source(self) -> str:
        """Return where the pack was found, for people."""
        return f"package {self.package}" if self.package else self.path

    def changed(self, file: Path) -> list[str]:
        """Return which files of the pack at `file` are not what was locked, each with what is wrong with it."""
        found = []
        for name, digest in sorted(self.sha256.items()):
            try:
                if _sha256(file.parent / name) != digest:
                    found.append(f"{name} has other bytes")
            except OSError:
                found.append(f"{name} is missing")
        return found or ([] if file.name in self.sha256 else [f"it is {file.name} now"])


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema")
    pack: tuple[Locked, ...] = ()


@dataclass(frozen=True)
class Lock:
    """The packs that are locked, by name, and `file`, which need not be there."""

    file: Path
    packs: tuple[Locked, ...] = ()
    text: str = ""

    @classmethod
    def read(cls, file: Path) -> Lock:
        """Read a lock; none is an empty one. Raises PackError (E206) if it cannot be read."""
        try:
            text = file.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return cls(file)
        except (OSError, UnicodeDecodeError) as err:
            raise _unreadable(file, str(getattr(err, "strerror", None) or "not UTF-8")) from err
        try:
            keys = _Keys.model_validate(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError) as err:
            raise _unreadable(file, f"not TOML: {err}") from err
        except ValidationError as err:
            one = err.errors()[0]
            raise _unreadable(file, f"{'.'.join(map(str, one['loc']))}: {one['msg']}") from err
        return cls(file, keys.pack, text)

    @property
    def root(self) -> Path:
        """The folder of the configuration, from which paths start."""
        return self.file.parent

    def of(self, ref: str, file: Path) -> Locked | None:
        """Return the entry of a pack that a configuration names `ref`, found at `file`; None if it is not locked."""
        for one in self.packs:
            if one.package and one.name == ref and not is_path(ref):
                return one
            if one.path and (self.root / one.path).resolve() == file.resolve():
                return one
            if one.package and (own := brought(file)) is not None and own.name == one.name:
                return one  # by its path in the package
        return None

    def check(self, found: Iterable[tuple[str, Path]]) -> None:
        """Raise Errors (E206) for each pack (what the configuration says, its file) that has changed."""
        errors = []
        for ref, file in found:
            one = self.of(ref, file)
            if one is not None and (changed := one.changed(file)):
                errors.append(self._refused(one, file, changed))
        if errors:
            raise Errors(tuple(errors))

    def _refused(self, one: Locked, file: Path, changed: Sequence[str]) -> PackError:
        line = Places(self.text).table("pack", self.packs.index(one))
        here = brought(file)
        source = f"package {here.source}" if here else show(file.as_posix())
        version = _version(file)
        what = f"pack '{one.name}' is not what was locked: {', '.join(map(show, changed))}"
        if (version, here.source if here else "") == (one.version, one.package):
            what += f", and it still calls itself {show(version)}: it was changed after it was locked"
            how = f"install it anew; or read the change and type: clean rules lock {one.name}"
        else:
            what += f" (locked: {show(one.version)}, {show(one.source)}; here: {show(version)}, {show(source)})"
            how = f"if this change is wanted, read the pack and type: clean rules lock {one.name}"
        return PackError("E206", f"{show(self.file.as_posix())}:{line}", what, "nothing was written", how)

    def with_(self, new: Iterable[Locked]) -> Lock:
        """Return the lock with some entries put in place of those of their names."""
        every = {one.name: one for one in (*self.packs, *new)}
        return Lock(self.file, tuple(every[name] for name in sorted(every)))

    def only(self, names: Iterable[str]) -> Lock:
        """Return the lock with the entries of these names alone."""
        wanted = set(names)
        return Lock(self.file, tuple(one for one in self.packs if one.name in wanted))

    def to_toml(self) -> str:
        """Return the text of the file: sorted, the same for the same packs everywhere."""
        parts = [_HEAD]
        for one in sorted(self.packs, key=lambda one: one.name):
            keys = {
                key: value for key, value in one.model_dump(exclude={"sha256"}).items() if value or key == "version"
            }
            parts.append("\n[[pack]]\n" + "".join(f"{key} = {_text(value)}\n" for key, value in keys.items()))
            parts.append("[pack.sha256]\n")
            parts += [f"{_text(name)} = {_text(digest)}\n" for name, digest in sorted(one.sha256.items())]
        return "".join(parts)


def locked(pack: Pack, root: Path) -> Locked:
    """Return the entry of a lock for a pack as it is now; `root` is the folder of the configuration."""
    own = brought(pack.path)
    folder = pack.path.parent.resolve()
    tables = [table.resolve() for table in pack.tables]
    files = {table.relative_to(folder).as_posix(): table for table in tables if table.is_relative_to(folder)}
    return Locked(
        name=pack.name, version=show(pack.version), license=show(pack.license or (own.license if own else "")),
        package=show(own.source) if own else "", path="" if own else _relative(pack.path, root),
        sha256={name: _sha256(file) for name, file in {**files, pack.path.name: pack.path}.items()},
    )  # fmt: skip


def is_foreign(file: Path, root: Path) -> bool:
    """Say whether a pack can change without the repository: an installed one, or one outside of the folder `root`."""
    real = file.resolve()
    return not real.is_relative_to(shipped()) and (brought(file) is not None or not real.is_relative_to(root.resolve()))


def _relative(file: Path, root: Path) -> str:
    """Return a path as it is written on every machine: from the configuration, with slashes."""
    return Path(os.path.relpath(file.resolve(), root.resolve())).as_posix()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _version(file: Path) -> str:
    """Return what a pack that is not trusted calls its version; nothing else of it is looked at."""
    try:
        return str(tomllib.loads(file.read_bytes().decode("utf-8")).get("version", "?"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return "?"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unreadable(file: Path, why: str) -> PackError:
    how = "get it back from git, or read the packs and type: clean rules lock"
    return PackError(
        "E206", show(file.as_posix()), f"the lock cannot be read ({show(why)})", "nothing was written", how
    )
