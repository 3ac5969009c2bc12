"""Where packs lie: beside the configuration, shipped, or in an installed package, which is never imported."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from cleaner.errors import PackError
from cleaner.show import show

GROUP = "cleaner.packs"  # of the entry points by which a package brings packs
DEFAULT_PACKS = ("zh-core", "zh-spam", "zh-lines", "zh-site")


def shipped() -> Path:
    """Return the folder of the shipped packs: in the wheel, or beside the package in a checkout."""
    here = Path(__file__).resolve().parent.parent
    inside = here / "rules"
    return inside if inside.is_dir() else here.parent / "rules"


@cache
def installed() -> dict[str, Path]:
    """Return the packs that installed packages bring, by name: entry points of the group `cleaner.packs`.

    An entry names a folder of its distribution, which is found in the list of files that was installed. Nothing is
    imported: a data package runs no code. These packs are not trusted, see `cleaner/vet.py`.
    """
    found: dict[str, Path] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        folder = entry.value.replace(".", "/").replace(":", "/")
        wanted = {f"{folder}/pack.toml", f"{folder}/{entry.name}.toml", f"{folder}.toml"}
        for file in (entry.dist.files or ()) if entry.dist else ():
            if file.as_posix() in wanted and ".." not in file.parts:
                found.setdefault(entry.name, Path(str(file.locate())))
    return found


def is_trusted(file: Path) -> bool:
    """Say whether a pack is the user's own or shipped: not one that an installed package brings, under any path."""
    real = file.resolve()
    return real.is_relative_to(shipped()) or all(real != other.resolve() for other in installed().values())


def find(name: str, beside: Path | None = None) -> Path:
    """Return the file of a pack: a path, `rules/NAME.toml` beside the configuration, a shipped or an installed one.

    Raises PackError (E202) that names the packs there are.
    """
    if "/" in name or name.endswith(".toml"):
        path = Path(name) if beside is None else beside / name
        choices = [path / "pack.toml" if path.is_dir() else path]
    else:
        folders = ([beside / "rules"] if beside else []) + [shipped()]
        choices = [folder / f"{name}{end}" for folder in folders for end in (".toml", "/pack.toml")]
    for path in choices:
        if path.is_file():
            return path
    if name in installed():
        return installed()[name]
    names = sorted({*(path.stem for path in shipped().glob("*.toml")), *installed()})
    near = get_close_matches(name, names, 1)
    how = f"did you mean '{near[0]}'?" if near else f"the shipped packs are {', '.join(names)}"
    raise PackError("E202", show(name), "there is no such rule pack", "nothing was written", how)


def shown(file: Path) -> str:
    """Return how a pack's file is named to people: a shipped one as rules/NAME, wherever the package lies."""
    folder = shipped()
    inside = file.resolve().is_relative_to(folder)
    return f"rules/{file.resolve().relative_to(folder).as_posix()}" if inside else file.as_posix()
