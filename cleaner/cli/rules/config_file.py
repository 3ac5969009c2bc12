"""Which packs a configuration names, changed in the file; all else in it stays as people wrote it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cleaner.toml import Places


class ByHandError(Exception):
    """The file is written in a way that cannot be changed safely; the message is what to write."""


def with_packs(text: str, *, in_project: bool, have: Sequence[str], want: Sequence[str]) -> str:
    """Return the text of a configuration with the packs `want` instead of `have`, which are those in force now.

    Comments, order and line ends stay. Raises ByHandError if the changed text would not say just that.
    """
    table = ("tool", "clean") if in_project else ()
    listed = _packs_of(tomllib.loads(text), table)
    after = _changed(text, table, have, want) if listed is not None else _inserted(text, table, want)
    try:
        good = _packs_of(tomllib.loads(after), table) == list(want)
    except tomllib.TOMLDecodeError:
        good = False
    if not good:
        raise ByHandError(_line(want))
    return after


def _packs_of(keys: dict[str, Any], table: Sequence[str]) -> list[str] | None:
    for name in table:
        keys = keys.get(name, {})
    found = keys.get("packs")
    return list(found) if found is not None else None


def _changed(text: str, table: Sequence[str], have: Sequence[str], want: Sequence[str]) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    keys: Any = document
    for name in table:
        keys = keys[name]
    packs = keys["packs"]
    for name in have:
        if name not in want:
            packs.remove(name)
    for name in want:
        if name not in have:
            packs.append(name)
    return tomlkit.dumps(document)


def _inserted(text: str, table: Sequence[str], want: Sequence[str]) -> str:
    """Return the text with a new line `packs`: behind `out` or `src`, which stand on one line, or where it fits."""
    places, name = Places(text), ".".join(table)
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    header = places.table(name) if table else 0
    for key in ("out", "src"):
        at = places.key(key, name)
        if at > header and lines[at - 1].lstrip().startswith(key):
            return "\n".join([*lines[:at], _line(want) + end, *lines[at:]])
    import tomlkit

    document = tomlkit.parse(text)
    keys: Any = document
    for part in table:
        keys = keys[part]
    keys["packs"] = list(want)
    return tomlkit.dumps(document)


def _line(packs: Sequence[str]) -> str:
    return f"packs = [{', '.join(json.dumps(name, ensure_ascii=False) for name in packs)}]"


def packs_in(file: Path | None) -> list[str]:
    """Return the packs that a configuration file names, the default ones if it names none."""
    from cleaner.packs import DEFAULT_PACKS

    if file is None or not file.exists():
        return list(DEFAULT_PACKS)
    table = ("tool", "clean") if file.name == "pyproject.toml" else ()
    found = _packs_of(tomllib.loads(file.read_bytes().decode("utf-8")), table)
    return list(DEFAULT_PACKS) if found is None else found


def write_packs(file: Path, *, have: Sequence[str], want: Sequence[str]) -> None:
    """Write the packs into a configuration file. Raises UsageError (E202) that says what to write by hand."""
    from cleaner import files
    from cleaner.errors import UsageError
    from cleaner.show import show

    before = file.read_bytes().decode("utf-8") if file.exists() else ""
    in_project = file.name == "pyproject.toml"
    try:
        after = with_packs(before, in_project=in_project, have=have, want=want)
    except ByHandError as err:
        what = "it is written in a way that only you should change"
        where = show(file.as_posix())
        raise UsageError("E202", where, what, "nothing was written", f"write there: {show(str(err))}") from err
    files.replace_file(file, after.encode("utf-8"))
