"""`clean doctor`: is everything here as it has to be?"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli.options import Options, configured

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.pipeline import Book

CLASHES = {"opencc-python-reimplemented": "it overwrites the package opencc; uninstall it, then reinstall opencc"}


@click.command()
@click.argument("out", required=False, metavar="[OUT]")
@click.option("--replay", is_flag=True, help="Rebuild every seed of OUT from its report and compare digests.")
@configured(policy=False)
def doctor(options: Options, out: str | None, replay: bool) -> int:
    """Check the installation, the packs, and that OUT leads back to its seeds.

    1 if something is wrong; each line says what to do.
    """
    from cleaner import examples
    from cleaner.show import show

    printer, t = options.printer, options.printer.t
    config = options.config(None)
    wrong = list(_installation())
    printer.say(f"seedclean {version('seedclean')}, Python {platform.python_version()}")
    for name, have, floor in _versions():
        printer.say(f"  {name:<20} {have:<14} {floor}")
    file = show(str(config.file)) if config.file else t("none, the defaults")
    printer.say(t("configuration: {file}", file=file))
    book = options.book(config)
    for pack in book.packs:
        about = t("pack {name} {version}: {n} rules", name=pack.name, version=pack.version, n=len(pack.rules))
        printer.say(f"{about}, {pack.file}, sha256 {pack.digest[:12]}…")
    wrong += _unlocked(config, book)
    wrong += [str(failure) for rule in book.rules for failure in examples.failures(rule)]
    if replay:
        wrong += _replay(options, Path(out) if out else config.root / (config.keys.out or "out"))
    for line in wrong:
        printer.error(line)
    printer.say(t.plural(len(wrong), "thing to mend", "things to mend") if wrong else t("nothing wrong"))
    return 1 if wrong else 0


def _unlocked(config: Config, book: Book) -> Iterator[str]:
    """Yield the packs from elsewhere that could change without anybody knowing; a changed one was refused before."""
    from cleaner.packs import LOCK, Lock, is_foreign

    lock = Lock.read(config.root / LOCK)
    for ref, pack in zip(config.keys.packs, book.packs, strict=True):
        if config.file is not None and is_foreign(pack.path, config.root) and lock.of(ref, pack.path) is None:
            yield f"pack {pack.name} is not of this repository, and not locked; type: clean rules lock {pack.name}"


def _versions() -> Iterator[tuple[str, str, str]]:
    from packaging.requirements import Requirement

    for line in sorted(requires("seedclean") or ()):
        need = Requirement(line)
        if need.marker is None:
            try:
                yield need.name, version(need.name), str(need.specifier)
            except PackageNotFoundError:
                yield need.name, "missing", str(need.specifier)


def _installation() -> Iterator[str]:
    from packaging.requirements import Requirement

    for line in requires("seedclean") or ():
        need = Requirement(line)
        if need.marker is not None:
            continue
        try:
            if not need.specifier.contains(version(need.name), prereleases=True):
                yield f"{need.name} {version(need.name)} is too old; install {need}"
        except PackageNotFoundError:
            yield f"{need.name} is not installed; install {need}"
    for name, why in CLASHES.items():
        try:
            version(name)
            yield f"{name} is installed: {why}"
        except PackageNotFoundError:
            continue
    for variable in ("OPENCC_SEGMENTATION_PLUGIN_PATH", "OPENCC_DATA_DIR"):
        if variable in os.environ:
            yield f"the environment sets {variable}, which makes OpenCC load files from elsewhere; unset it"


def _replay(options: Options, out: Path) -> list[str]:
    from cleaner.show import show
    from cleaner.undo import read_report, rebuild

    rebuilt = list(rebuild(out, read_report(out)))
    wrong = [str(one.error) for one in rebuilt if one.error]
    good = len(rebuilt) - len(wrong)
    t = options.printer.t
    count = {"good": good, "all": len(rebuilt)}
    options.printer.say(
        t("replay: {good} of {all} seeds rebuilt byte for byte from {out}", out=show(str(out)), **count)
    )
    return wrong
