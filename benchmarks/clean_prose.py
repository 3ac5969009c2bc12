"""Clean prose must come through unchanged: count the changed paragraphs, and bound the rate.

    python benchmarks/clean_prose.py [FOLDER ...] [--rules PACK ...] [--limit N] [--show]

The texts are those of benchmarks/prose.py, looked for in FOLDER and in the environment; what is missing is said. Only
rules of the stage `lines` run. A paragraph is a line; one counts as changed if any byte of it is.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import prose

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.errors import CleanerError


def changed(text: str, rules: tuple[packs.Rule, ...]) -> list[tuple[str, str]]:
    """Return the lines that the rules change, with the rule."""
    try:
        done = clean("prose", text, rules, Settings())
    except CleanerError as err:
        return [(str(err), line) for line in text.split("\n") if line]
    return [
        (edit.by[-1], line)
        for edit in done.draft.edits
        for line in (text[edit.start : edit.end].strip("\n").split("\n") if edit.start < edit.end else [""])
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="*")
    parser.add_argument("--rules", nargs="*", default=list(packs.DEFAULT_PACKS))
    parser.add_argument("--limit", type=int, default=8000, help="paragraphs of each kind and script")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    rules = packs.in_order(packs.load(packs.find(name) for name in args.rules))
    rules = tuple(rule for rule in rules if rule.stage == "lines")
    folders = [*args.folder, *map(Path, sys.path)]
    print("| kind | script | paragraphs | changed | at most (95 %) |\n|---|---|---|---|---|")
    seen: Counter[tuple[str, str]] = Counter()
    gone: Counter[tuple[str, str]] = Counter()
    for kind in prose.SETS:
        try:
            for lines, script in prose.texts(folders, kind, args.limit):
                wrong = changed("\n".join(lines) + "\n", rules)
                seen[kind, script] += len(lines)
                gone[kind, script] += len(wrong)
                for rule, line in wrong if args.show else ():
                    print(f"    {rule}: {line!r}")
        except FileNotFoundError as err:
            print(f"| {kind} | missing: {err} | | | |")
            continue
        for key in [key for key in seen if key[0] == kind]:
            print(f"| {kind} | {key[1]} | {seen[key]} | {gone[key]} | {prose.bound(gone[key], seen[key]):.3%} |")
    total, lost = seen.total(), gone.total()
    print(f"| all | both | {total} | {lost} | {prose.bound(lost, total):.4%} |")


if __name__ == "__main__":
    main()
