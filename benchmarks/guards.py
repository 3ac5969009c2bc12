"""Take each guard away in a copy of the project, and see which tests fail: `python benchmarks/guards.py`.

A guard is a piece of the code, and what it becomes without it. One whose tests still pass is guarded by nobody: exit
code 1. The table goes into docs/trust.md; it takes some minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Guard(NamedTuple):
    """What stops an attack: in `file`, `old` becomes `new`; then one of `tests` has to fail."""

    attack: str
    taken: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


ATTACKS = "tests/trust/test_attacks.py"
GUARDS = (
    Guard("a configuration of OpenCC in the working folder", "the converter is asked for by its bare name",
          "cleaner/script/convert.py", "OpenCC(str(place)", 'OpenCC(f"{config}.json"', (ATTACKS,)),
    Guard("a plugin of OpenCC (a shared object)", "plugins stay on", "cleaner/script/convert.py",
          'os.environ["OPENCC_DISABLE_PLUGINS"] = "1"', "pass", (ATTACKS,)),
    Guard("a pack names a file outside of its folder", "the folder is not compared", "cleaner/tables.py",
          "if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):", "if False:",
          ("tests/test_packs.py",)),
    Guard("a symbolic link in SRC to a secret", "a link that leads out of SRC is followed", "cleaner/files/walk.py",
          "if not real.is_relative_to(os.path.realpath(plan.root)):", "if False:", (ATTACKS, "tests/test_files.py")),
    Guard("a link put in after the walk", "opened without O_NOFOLLOW", "cleaner/files/read.py",
          " | os.O_NOFOLLOW", "", ("tests/test_files.py",)),
    Guard("a link in place of a folder in OUT", "the place is not compared with OUT", "cleaner/files/write.py",
          "if not inside or not", "if not", (ATTACKS,)),
    Guard("a name that leads out of OUT", "names are not looked at", "cleaner/files/walk.py",
          'if "\\\\" in written or written[1:2] == ":" or not {"", ".", ".."}.isdisjoint(parts):', "if False:",
          (ATTACKS,)),
    Guard("escape sequences in a name or a text", "C0, DEL and C1 are shown as they are", "cleaner/show.py",
          '"[\\x00-\\x1f\\x7f-\\x9f"', '"["', (ATTACKS, "tests/test_show.py")),
    Guard("bidirectional and invisible characters", "they are shown as they are", "cleaner/show.py",
          "\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff", "", (ATTACKS, "tests/test_show.py")),
    Guard("markup in the HTML report", "templates do not escape", "cleaner/reports/html_page.py",
          "autoescape=True", "autoescape=False", (ATTACKS, "tests/test_reports.py")),
    Guard("a path as markup in the README of the report", "it is not escaped", "cleaner/reports/markdown.py",
          "html.escape(show_path(file.path))", "show_path(file.path)", (ATTACKS, "tests/test_reports.py")),
)  # fmt: skip


def failed(place: Path, guard: Guard) -> list[str]:
    """Return the names of the tests that fail in `place` without the guard, which is put back."""
    file = place / guard.file
    whole = file.read_text("utf-8")
    if guard.old not in whole:
        raise SystemExit(f"{guard.file} no longer has {guard.old!r}: mend this table")
    file.write_text(whole.replace(guard.old, guard.new), "utf-8")
    env = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-m", "not slow and not browser", *guard.tests]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, encoding="utf-8")
    file.write_text(whole, "utf-8")
    lines = [line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return [line.rpartition("::")[2] for line in lines]


def main() -> int:
    """Print the table."""
    bad = 0
    print("| attack | guard taken away | tests that fail |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "copy"
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for path in filter(None, listed.decode().split("\0")):
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, place / path)
        for guard in GUARDS:
            tests = failed(place, guard)
            bad += not tests
            kinds = dict.fromkeys(test.partition("[")[0] for test in tests)
            cells = "; ".join(f"`{kind}`" for kind in kinds) or "**none**"
            print(f"| {guard.attack} | {guard.taken} | {len(tests)}: {cells} |", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
