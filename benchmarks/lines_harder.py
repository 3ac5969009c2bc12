"""The labelled pages made harder: without what speaks most clearly, in the other script, cut closer, mixed.

    python benchmarks/lines_harder.py GOLD.jsonl [--folds DIR]

GOLD and the figures are those of `lines.py` (F1 of a page without noise that loses nothing is 1); with `--folds` each
page is judged by weights that know nothing of its site, of the article's site where pages are mixed. A change that
makes the rules keep more is weighed here against what it leaves.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import opencc
from lines import Row, figures, ours, pages, rules, score, site, without_site

from cleaner.kinds.judge import Judge
from cleaner.kinds.traits import Look

MIXED = 60
Page = list[Row]


def _ends(rows: Page) -> tuple[int, int]:
    """Return the first and the last line of the article."""
    kept = [i for i, row in enumerate(rows) if row["label"] in ("keep", "edit")]
    return kept[0], kept[-1]


def _closer(lines: int) -> Callable[[Page], Page]:
    def cut(rows: Page) -> Page:
        first, last = _ends(rows)
        return rows[max(0, first - lines) : last + 1 + lines]

    return cut


def _other_script(rows: Page) -> Page:
    text = "".join(row["text"] for row in rows)
    hant = opencc.OpenCC("t2s").convert(text) != text
    turn = opencc.OpenCC("t2s" if hant else "s2t").convert
    return [{key: turn(value) if key in ("text", "gold") else value for key, value in row.items()} for row in rows]


def variants(look: Callable[[Page], list[Look]]) -> dict[str, Callable[[Page], Page]]:
    def half(rows: Page) -> Page:
        sure = [
            i for i, (row, one) in enumerate(zip(rows, look(rows), strict=True)) if one.sure and row["label"] == "drop"
        ]
        return [row for i, row in enumerate(rows) if i not in sure[1::2]]

    def no_heads(rows: Page) -> Page:
        return [
            row for row, one in zip(rows, look(rows), strict=True)
            if row["label"] != "drop" or "related" not in one.cues or one.han >= 20
        ]  # fmt: skip

    return {
        "as they are": lambda rows: rows,
        "no bylines, no captions": lambda rows: [row for row in rows if row["label"] not in ("meta", "caption")],
        "no title": lambda rows: [row for row in rows if row.get("sub") != "title"],
        "half of the lines gone that are chrome for sure": half,
        "no heading of any list of other articles": no_heads,
        "the other script (OpenCC)": _other_script,
        **{f"only {lines} lines before and behind": _closer(lines) for lines in (5, 3, 2, 1)},
    }


def mixed(table: dict[str, Page], chance: random.Random) -> Iterator[tuple[str, Page]]:
    """Yield the head of one page, the article of a second and the tail of a third, with the second's name."""
    for _ in range(MIXED):
        (_, head), (file, body), (_, tail) = chance.sample(sorted(table.items()), 3)
        first, last = _ends(body)
        yield file, [*head[: _ends(head)[0]], *body[first : last + 1], *tail[_ends(tail)[1] + 1 :]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--folds", type=Path, help="tables of weights, each fitted without one site")
    given = parser.parse_args()
    shipped = rules()
    folds = without_site(given.folds) if given.folds else {}
    judge = next(rule.do for rule in shipped if isinstance(rule.do, Judge))
    table = {file: [row for row in rows if row["text"].strip()] for file, rows in pages(given.gold).items()}
    made = {
        name: [(file, change(rows)) for file, rows in table.items()]
        for name, change in variants(lambda rows: judge._seen.looks([row["text"].strip() for row in rows])).items()
    }
    made["head, article and tail of three different pages"] = list(mixed(table, random.Random(7)))
    print(f"| variant of {given.gold.name} | F1 | body recall | titles |\n|---|---|---|---|")
    for name, some in made.items():
        counts = [score(rows, ours([r["text"] for r in rows], folds.get(site(file), shipped))) for file, rows in some]
        total = sum(counts, Counter[str]())
        f1 = sum(figures(c)["F1"] if c["tp"] + c["fn"] + c["fp"] else 1 for c in counts) / len(counts)
        recall = sum(figures(c)["body recall"] for c in counts) / len(counts)
        print(f"| {name} | {f1:.3f} | {recall:.3f} | {total['titles_kept']}/{total['titles']} |")


if __name__ == "__main__":
    main()
