# ruff: noqa: E501 (tables and Han lines)
"""Compare line cleaners on labelled pages: ours, a length baseline, jusText, and trafilatura, given the text only.

    python benchmarks/lines.py GOLD.jsonl [GOLD.jsonl ...] [--folds DIR] [--per-page] [--left]

GOLD holds one object per line of a page: file, line (from 1), text, label (keep, edit, drop, meta, caption, opt), sub,
gold.
Figures are macro over pages and the same as those of a line scorer over `--actions`: removal precision, recall and F1 count lines
labelled drop; body recall and precision count characters of keep and edit lines; meta, caption and opt are not scored.
`--folds` adds our rules with the weights that `fit_lines.py --folds DIR` fitted without the page's site.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.errors import CleanerError
from cleaner.packs import Rule
from cleaner.tables import Table

Row = dict[str, str]
Result = dict[int, str | None]  # index of a line -> its text after cleaning, None if it went
FIGURES = ("F1", "precision", "recall", "body recall", "body precision")
PACKS = ("zh-core", "zh-spam", "zh-lines", "zh-site")
# The commonest function words: what jusText needs as a stop list, which it does not have for Chinese.
STOPS = frozenset("的了是在和与及也都就而但其将被把着过对这那他她它我你们为于以从不有一上个中大到说人")


def pages(path: Path) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            found[row["file"]].append(row)
    return dict(found)


def rules(only: Sequence[str] = PACKS) -> tuple[Rule, ...]:
    return packs.in_order(packs.load(packs.find(name) for name in only))


def ours(lines: Sequence[str], with_rules: Sequence[Rule]) -> Result:
    """Clean a page with the shipped rules and say what became of each line; a page that is refused stays as it is."""
    try:
        done = clean("page", "\n".join(lines) + "\n", with_rules, Settings())
    except CleanerError as err:
        print(err, file=sys.stderr)
        return dict(enumerate(lines))
    found: Result = {}
    at, edits = 0, done.draft.edits
    for i, line in enumerate(lines):
        parts, here = [], at
        for edit in edits:
            if edit.start <= at + len(line) and edit.end >= at and (edit.end > at or edit.start == edit.end):
                low, high = max(edit.start, at), min(edit.end, at + len(line))
                parts += [done.draft.source[here:low], edit.new if edit.start >= at else ""]
                here = max(here, high)
        new = "".join(parts) + done.draft.source[here : at + len(line)]
        found[i] = new.strip("\n") if new.strip() or not line.strip() else None
        at += len(line) + 1
    return found


def by_length(lines: Sequence[str]) -> Result:
    """Keep lines of at least 20 characters: what an image of `min line length` in corpus pipelines comes to."""
    return {i: line if len(line.strip()) >= 20 else None for i, line in enumerate(lines)}


def by_stop(lines: Sequence[str]) -> Result:
    """Keep lines that end a sentence: the line rule of C4, with Chinese marks."""
    return {
        i: line if line.strip().rstrip('”」』）)"')[-1:] in tuple("。！？；!?;") else None
        for i, line in enumerate(lines)
    }


def _html(lines: Sequence[str]) -> str:
    from html import escape

    return "<html><body>" + "\n".join(f"<p>{escape(line)}</p>" for line in lines) + "</body></html>"


def by_justext(lines: Sequence[str]) -> Result:
    import justext

    spaced = [" ".join(line) for line in lines]  # it counts words, and knows them by blanks
    found: Result = dict.fromkeys(range(len(lines)))
    kept = Counter(
        p.text.replace(" ", "") for p in justext.justext(_html(spaced), STOPS, length_low=20, length_high=60)
        if not p.is_boilerplate
    )  # fmt: skip
    for i, line in enumerate(lines):
        key = "".join(line.split())
        if kept[key]:
            kept[key] -= 1
            found[i] = line
    return found


def by_trafilatura(lines: Sequence[str]) -> Result:
    import trafilatura

    text = trafilatura.extract(_html(lines), include_comments=False, include_tables=True, deduplicate=False) or ""
    kept = Counter("".join(line.split()) for line in text.split("\n"))
    found: Result = dict.fromkeys(range(len(lines)))
    for i, line in enumerate(lines):
        key = "".join(line.split())
        if kept[key]:
            kept[key] -= 1
            found[i] = line
    return found


def _norm(text: str) -> str:
    return "".join(text.split())


def score(rows: Sequence[Row], result: Result) -> Counter[str]:
    count: Counter[str] = Counter()
    for i, row in enumerate(rows):
        new = result.get(i)
        label = row["label"]
        if label in ("opt", "meta", "caption"):
            continue
        if label == "drop":
            count["tp" if new is None else "fn"] += 1
            if new is not None:
                count["noise"] += len(_norm(new))
            continue
        gold = _norm(row.get("gold", row["text"]))
        count["chars"] += len(gold)
        title = row.get("sub") == "title"
        count["titles"] += title
        if new is None:
            count["fp"] += 1
            continue
        out = _norm(new)
        same = len(gold) if out == gold else sum(
            m.size for m in SequenceMatcher(None, gold, out, autojunk=False).get_matching_blocks()
        )  # fmt: skip
        count["kept"] += same
        count["noise"] += len(out) - same
        count["titles_kept"] += title
        count["altered"] += label == "keep" and out != _norm(row["text"])
    return count


def figures(c: Counter[str]) -> dict[str, float]:
    p = c["tp"] / ((c["tp"] + c["fp"]) or 1)
    r = c["tp"] / ((c["tp"] + c["fn"]) or 1)
    return dict(zip(FIGURES, (
        2 * p * r / ((p + r) or 1), p, r, c["kept"] / (c["chars"] or 1), c["kept"] / ((c["kept"] + c["noise"]) or 1),
    ), strict=True))  # fmt: skip


def without_site(folds: Path) -> dict[str, tuple[Rule, ...]]:
    """Return for each site our rules with a judge whose weights know nothing of it (see fit_lines.py --folds)."""
    found = {}
    for path in sorted(folds.glob("*.tsv")):
        found[path.stem] = tuple(
            replace(rule, do=replace(rule.do, weights=Table(path))) if rule.id.endswith("/judge") else rule
            for rule in rules()
        )
    return found


def site(file: str) -> str:
    """Return the site of a page by its file's name: its first two parts for `hk_`, `tw_`, `np_`, else the whole."""
    stem = Path(file).stem
    return "_".join(stem.split("_")[:2]) if stem.startswith(("hk_", "tw_", "np_")) else stem


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--folds", type=Path, help="tables of weights, each fitted without one site")
    parser.add_argument("--per-page", action="store_true")
    parser.add_argument("--left", action="store_true", help="list what was done wrong")
    args = parser.parse_args()
    shipped = rules()
    rivals: dict[str, Callable[[str, Sequence[str]], Result]] = {
        "ours": lambda file, lines: ours(lines, shipped),
        "length >= 20": lambda file, lines: by_length(lines),
        "ends a sentence": lambda file, lines: by_stop(lines),
        "jusText": lambda file, lines: by_justext(lines),
        "trafilatura": lambda file, lines: by_trafilatura(lines),
    }
    folds = without_site(args.folds) if args.folds else {}
    for gold in args.gold:
        table = pages(gold)
        if folds:
            rivals = {"ours, site left out": lambda file, lines: ours(lines, folds[site(file)]), **rivals}
        print(
            f"\n{gold.name}: {len(table)} pages\n\n| method | {' | '.join(FIGURES)} | titles | body lines lost | noise lines left |"
        )
        print("|---|" + "---|" * (len(FIGURES) + 3))
        for name, method in rivals.items():
            results = {file: method(file, [row["text"] for row in rows]) for file, rows in table.items()}
            counts = {file: score(rows, results[file]) for file, rows in table.items()}
            total = sum(counts.values(), Counter())
            macro = [sum(figures(c)[f] for c in counts.values()) / len(counts) for f in FIGURES]
            print(
                f"| {name} | " + " | ".join(f"{value:.4f}" for value in macro)
                + f" | {total['titles_kept']}/{total['titles']} | {total['fp']} | {total['fn']} |"
            )  # fmt: skip
            if name.startswith("ours"):
                for file, c in counts.items():
                    if args.per_page:
                        print(
                            f"  {file}: "
                            + " ".join(f"{f} {v:.3f}" for f, v in figures(c).items())
                            + f" lost {c['fp']} left {c['fn']} altered {c['altered']}"
                        )
                    if args.left:
                        for i, row in enumerate(table[file]):
                            new = results[file].get(i)
                            if (row["label"] == "drop" and new is not None) or (
                                row["label"] in ("keep", "edit") and new != row.get("gold", row["text"])
                            ):
                                print(
                                    "   ",
                                    Path(file).stem[:16],
                                    row["label"],
                                    row.get("sub", ""),
                                    "->",
                                    "gone" if new is None else "left" if new == row["text"] else "altered",
                                    "|",
                                    row["text"][:60],
                                )


if __name__ == "__main__":
    main()
