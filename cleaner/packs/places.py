"""Where packs lie: beside the configuration, shipped, or in an installed package, which is never imported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from urllib.request import url2pathname

from cleaner.errors import PackError
from cleaner.show import show

GROUP = "cleaner.packs"  # of the entry points by which a package brings packs
DEFAULT_PACKS = ("zh-core", "zh-spam", "zh-lines", "zh-site")
DATA = (".toml", ".tsv", ".txt")  # what a pack may be made of


@dataclass(frozen=True)
class Installed:
    """A pack that an installed package brings. `files` are all data files of the package, the pack's own among them."""

    name: str
    file: Path
    package: str
    version: str  # of the package
    license: str
    files: tuple[Path, ...]

    @property
    def source(self) -> str:
        """Return where the pack comes from, for people and for the lock."""
        return f"{self.package} {self.version}"


def shipped() -> Path:
    """Return the folder of the shipped packs: in the wheel, or beside the package in a checkout."""
    here = Path(__file__).resolve().parent.parent
    inside = here / "rules"
    return inside if inside.is_dir() else here.parent / "rules"


@cache
def installed() -> dict[str, tuple[Installed, ...]]:
    """Return the packs that installed packages bring, by name: entry points of the group `cleaner.packs`.

    An entry names a folder of its distribution, which is found in the list of files that was installed. Nothing is
    imported: a data package runs no code. These packs are not trusted, see `cleaner/vet.py`. More than one of a name
    is for `find` to refuse.
    """
    found: dict[str, tuple[Installed, ...]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        if entry.dist and (one := _pack_of(entry, entry.dist)):
            found[entry.name] = (*found.get(entry.name, ()), one)
    return found


def _pack_of(entry: EntryPoint, dist: Distribution) -> Installed | None:
    folder = entry.value.replace(".", "/").replace(":", "/")
    wanted = (f"{folder}/pack.toml", f"{folder}/{entry.name}.toml", f"{folder}.toml")
    recorded = dict(_recorded(dist))
    for name in wanted:
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            continue
        files = recorded if name in recorded else dict(_linked(dist, name))
        if name in files:
            package = str(dist.metadata["Name"])
            return Installed(entry.name, files[name], package, dist.version, _license(dist), tuple(files.values()))
    return None


def _recorded(dist: Distribution) -> Iterator[tuple[str, Path]]:
    """Yield the data files that were installed with a distribution, by their names."""
    for file in dist.files or ():
        if file.suffix in DATA and not file.parts[0].endswith(".dist-info"):
            yield file.as_posix(), Path(str(file.locate()))


def _linked(dist: Distribution, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the pack file `name` and the data beside it where a distribution is installed as a link to its source."""
    try:
        link = json.loads(dist.read_text("direct_url.json") or "{}")
        parts = urlsplit(link["url"])
        if parts.scheme != "file" or link["dir_info"]["editable"] is not True:
            return
        root = Path(url2pathname(parts.path))
        base = next((base for base in (root, root / "src") if (base / name).is_file()), None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        return  # whatever a package has written there, it is no reason to stop a run
    if base is not None:
        folder = (base / name).parent
        beside = (path for end in DATA for depth in ("", "*/") for path in folder.glob(f"{depth}*{end}"))
        yield from ((path.relative_to(base).as_posix(), path) for path in sorted(beside))


def _license(dist: Distribution) -> str:
    said = (dist.metadata[key] for key in ("License-Expression", "License") if key in dist.metadata)
    return next(iter(said), "").partition("\n")[0]  # the old field may hold the whole text


def is_trusted(file: Path) -> bool:
    """Say whether a pack is the user's own or shipped: not one that an installed package brings, under any path."""
    return file.resolve().is_relative_to(shipped()) or brought(file) is None


def brought(file: Path) -> Installed | None:
    """Return the installed pack that a file belongs to, under any path."""
    real = file.resolve()
    every = (one for some in installed().values() for one in some)
    return next((one for one in every if real == one.file.resolve()), None)


def find(name: str, beside: Path | None = None) -> Path:
    """Return the file of a pack: a path, `rules/NAME.toml` beside the configuration, a shipped or an installed one.

    Raises PackError (E202) that names the packs there are, or the packages that bring one pack twice.
    """
    if is_path(name):
        path = Path(name) if beside is None else beside / name
        choices = [path / "pack.toml" if path.is_dir() else path]
    else:
        folders = ([beside / "rules"] if beside else []) + [shipped()]
        choices = [folder / f"{name}{end}" for folder in folders for end in (".toml", "/pack.toml")]
    for path in choices:
        if path.is_file():
            return path
    some = installed().get(name, ())
    if len(some) > 1:
        what = f"{len(some)} installed packages bring this pack: {', '.join(show(one.source) for one in some)}"
        raise PackError("E202", show(name), what, "nothing was written", "uninstall all but one of them")
    if some:
        return some[0].file
    raise PackError("E202", show(name), "there is no such rule pack", "nothing was written", _what_there_is(name))


def find_typed(name: str, beside: Path | None = None) -> Path:
    """Return the file of a pack as it is named on a command line: a path starts here, and may be a folder's bare name.

    Raises as `find`.
    """
    if is_path(name):
        return find(name)
    try:
        return find(name, beside)
    except PackError:
        folder = Path(name)
        if (folder / "pack.toml").is_file():
            return folder / "pack.toml"
        raise


def is_path(name: str) -> bool:
    """Say whether a pack is named by its path."""
    return "/" in name or name.endswith(".toml")


def _what_there_is(name: str) -> str:
    if is_path(name):
        inside = sorted(Path(name).glob("*/pack.toml")) if Path(name).is_dir() else []
        if inside:
            return f"did you mean {show(inside[0].parent.as_posix())}?"
        return "check the path of the file, or of a folder with a pack.toml"
    same = name.lower().replace("_", "-")
    of_package = [i for i, some in installed().items() for one in some if one.package.lower().replace("_", "-") == same]
    if of_package:
        return f"the package of this name brings {', '.join(map(show, of_package))}"
    ours = sorted(path.stem for path in shipped().glob("*.toml"))
    if near := get_close_matches(name, [*ours, *installed()], 1):
        return f"did you mean '{near[0]}'?"
    others = f", the installed ones {', '.join(map(show, sorted(installed())))}" if installed() else ""
    return f"the shipped packs are {', '.join(ours)}{others}; one of a package has to be installed here first"


def shown(file: Path) -> str:
    """Return how a pack's file is named to people: a shipped one as rules/NAME, wherever the package lies.

    One that lies under the working folder is named from there, however the configuration that names it was found.
    """
    folder, here, real = shipped(), Path.cwd(), file.resolve()
    if real.is_relative_to(folder):
        return f"rules/{real.relative_to(folder).as_posix()}"
    return real.relative_to(here).as_posix() if file.is_absolute() and real.is_relative_to(here) else file.as_posix()
