"""`clean rules test --watch`: the examples of a pack, run again whenever one of its files is saved."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.cli.options import Options

if TYPE_CHECKING:
    from cleaner.packs import Pack

SECONDS = 0.3  # between two looks at the disk; for the default packs this takes 10 ms of CPU in 20 s (measured)
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
Stamp = tuple[int, int, int] | None
Stamps = dict[Path, Stamp]


def watch(options: Options, files: Sequence[Path], sleep: Callable[[float], None] = time.sleep) -> int:
    """Test packs, then each again when it changes, until Ctrl-C, which is no failure."""
    known: dict[Path, Stamps] = {}
    try:
        for changed in changes(files, known, sleep):
            _round(options, changed, known)
    except KeyboardInterrupt:
        options.printer.note("")
    return 0


def changes(
    packs: Sequence[Path], known: dict[Path, Stamps], sleep: Callable[[float], None] = time.sleep
) -> Iterator[list[Path]]:
    """Yield all packs, then each time those one of whose files has changed, come or gone; looks every `SECONDS`.

    `known` says of which files a pack is, as they were when it was read. Whoever reads a pack puts that in, before the
    pack is tested, so that what is saved during the test is not lost; a pack that is not in it is its own file alone.
    """
    known.update({pack: stamps([pack]) for pack in packs if pack not in known})
    yield list(packs)
    while True:
        sleep(SECONDS)
        changed = [pack for pack in packs if stamps(known[pack]) != known[pack]]
        known.update({pack: stamps(known[pack]) for pack in changed})
        if changed:
            yield changed


def stamps(files: Iterable[Path]) -> Stamps:
    """Return what tells whether one of some files was saved, or came, or went."""
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> Stamp:
    try:
        info = file.stat()
    except OSError:
        return None  # an editor may take a file away before it puts the new one there
    return info.st_mtime_ns, info.st_size, info.st_ino


def _round(options: Options, files: Sequence[Path], known: dict[Path, Stamps]) -> None:
    from cleaner import packs
    from cleaner.errors import Errors
    from cleaner.show import show

    if sys.stdout.isatty():
        options.printer.raw(_CLEAR.encode())
    for file in files:
        if len(known) > 1:
            options.printer.say(show(file.as_posix()))
        try:
            (pack,) = packs.load([file])
        except Errors as err:
            options.printer.error(err)
            continue
        known[file] = {**stamps(pack.tables), file: known[file][file]}
        report(options, [pack])
    options.printer.say("watching for changes; Ctrl-C ends it")
    sys.stdout.flush()


def report(options: Options, found: Sequence[Pack]) -> int:
    """Run all examples of packs, print what does not hold, and return how many do not."""
    from cleaner import examples

    every = [rule for pack in found for rule in pack.rules]
    wrong = [failure for rule in every for failure in examples.failures(rule)]
    for failure in wrong:
        options.printer.say(str(failure))
    count = sum(len(rule.keys.turns) + len(rule.keys.keeps) + len(rule.keys.todo) for rule in every)
    open_ones = sum(len(rule.keys.todo) for rule in every)
    known = f", {open_ones} known failures (todo)" if open_ones else ""
    options.printer.say(f"{len(every)} rules, {count} examples, {len(wrong)} do not hold{known}")
    return len(wrong)
