"""Quality on labelled data: `python benchmarks/quality.py DEV SCORE` prints one table.

DEV is a folder with text/, text_trim/, spam_docs/, script_docs/ and their gold files, SCORE the folder of the scorers
(score_lines.py, score_spam.py, score_script.py). Every document is cleaned with the shipped packs, as a run would.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from cleaner.clean import Cleaned, clean
from cleaner.config import load
from cleaner.errors import CleanerError
from cleaner.pipeline import Book


def actions(name: str, done: Cleaned) -> dict[str, Any]:
    """Return what happened to each line of a document: {"file", "removed": [lines], "edited": {line: text}}."""
    source, removed, edited = done.draft.source, [], {}
    at, edits = 0, list(done.draft.edits)
    for number, line in enumerate(source.split("\n"), 1):
        parts, here = [], at
        for edit in edits:
            end = at + len(line)
            insertion = edit.start == edit.end and at <= edit.start <= end
            if insertion or (edit.end > at and edit.start < end):
                low, high = max(edit.start, at), min(edit.end, at + len(line))
                parts += source[here:low], edit.new if edit.start >= at else ""
                here = max(here, high)
        new = "".join(parts) + source[here : at + len(line)]
        if line.strip() and not new.strip():
            removed.append(number)
        elif new != line:
            edited[str(number)] = new.strip("\n")
        at += len(line) + 1
    return {"file": name, "removed": removed, "edited": edited}


def cleaned(folder: Path, book: Book) -> dict[str, Cleaned | None]:
    settings = load(None, {}).settings
    found: dict[str, Cleaned | None] = {}
    for path in sorted(folder.glob("*.txt")):
        try:
            found[path.name] = clean(path.name, path.read_text("utf-8"), book.rules, settings)
        except CleanerError as err:
            print(f"  quarantined: {err}", file=sys.stderr)
            found[path.name] = None
    return found


def script_figures(dev: Path, scorers: Path, book: Book) -> tuple[str, dict[str, Any], list[str]]:
    """Return the table per class, the figures, and the documents and lines that are less like the gold than before."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        before: dict[str, list[str]] = {}
        after: dict[str, list[str]] = {}
        for file, done in cleaned(dev / "script_docs", book).items():
            if done:
                edited = actions(file, done)
                gone, new = edited["removed"], edited["edited"]
                lines = done.draft.source.split("\n")
                kept = ["" if i in gone else new.get(str(i), line) for i, line in enumerate(lines, 1)]
                (out / file).write_text("\n".join(kept), encoding="utf-8")
                before[file.removesuffix(".txt")], after[file.removesuffix(".txt")] = lines, kept
        text = score(scorers / "score_script.py", dev / "script_gold.jsonl", out).strip()
    table, figures = text.rsplit("\n", 1)
    gold = [json.loads(line) for line in (dev / "script_gold.jsonl").read_text("utf-8").splitlines()]
    worse = less_alike(gold, before, after)
    found = json.loads(figures)
    found["less_like_gold"] = f"{len(worse)} of {len(gold)} lines and {len(before)} documents"
    return table, found, worse


def less_alike(gold: list[dict[str, Any]], before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """Return the lines, and the documents as wholes, that are further from the gold than their input, in edits."""
    was: Counter[str] = Counter()
    is_now: Counter[str] = Counter()
    for row in gold:
        name, at = row["doc"], row["line"] - 1
        for key in (name, f"{name}:{row['line']}"):
            was[key] += distance(before[name][at].strip(), row)
            is_now[key] += distance(after[name][at].strip(), row)
    return sorted(key for key in was if is_now[key] > was[key])


def distance(text: str, row: dict[str, Any]) -> int:
    """Return the edits of one character between a text and the nearest of the spellings that the gold accepts."""
    return min(levenshtein(text, right.strip()) for right in (row["gold"], *(row.get("alts") or ())))


def levenshtein(a: str, b: str) -> int:
    costs = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, costs[0] = costs[0], i
        for j, y in enumerate(b, 1):
            last, costs[j] = costs[j], min(costs[j] + 1, costs[j - 1] + 1, last + (x != y))
    return costs[-1]


def score(script: Path, *args: object) -> str:
    done = subprocess.run([sys.executable, script, *map(str, args)], capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def main() -> None:
    dev, scorers = Path(sys.argv[1]), Path(sys.argv[2])
    book = Book.of(load(None, {}))
    print("| set | figure | value |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for folder, gold in (("text_trim", "gold_lines_trim.jsonl"), ("text", "gold_lines.jsonl")):
            lines = []
            for file, done in cleaned(dev / folder, book).items():
                lines.append(actions(f"{folder}/{file}", done) if done else {"file": f"{folder}/{file}"})
            (place / "a.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
            found = json.loads(score(scorers / "score_lines.py", dev / gold, "--actions", place / "a.jsonl"))
            for figure in (
                "removal_precision",
                "removal_recall",
                "removal_f1",
                "body_char_recall",
                "body_char_precision",
            ):
                print(f"| {folder} | macro {figure} | {found['macro'][figure]} |")
            for figure in ("titles_kept", "body_lines_lost", "noise_lines_left", "kept_lines_altered"):
                print(f"| {folder} | {figure} | {found[figure]} |")
        lines = [actions(f"spam_docs/{file}", done) for file, done in cleaned(dev / "spam_docs", book).items() if done]
        (place / "s.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        found = json.loads(
            score(scorers / "score_spam.py", dev / "spam_gold.jsonl", place / "s.jsonl").splitlines()[-1]
        )
        for figure, value in found.items():
            print(f"| spam | {figure} | {value} |")
        table, figures, worse = script_figures(dev, scorers, book)
        print(table, file=sys.stderr)
        for figure, value in figures.items():
            print(f"| script | {figure} | {value} |")
    if worse:
        sys.exit(f"less like the gold than before: {', '.join(worse)}")


if __name__ == "__main__":
    main()
