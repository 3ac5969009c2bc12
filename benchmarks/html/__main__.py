"""Main text of pages, extractors side by side: `python benchmarks/html DEV SCORE` prints one table.

A folder, not html.py: beside the other scripts that would be what they get for `import html`.

DEV is a folder with html/ and gold_lines.jsonl (every line of a block-a-line dump labelled), SCORE the folder of
score_lines.py. Ours is measured with the shipped packs, before them (`extracted`), and on the structure of the page
alone (`structure`, what is left when the extractor fails). An extractor that is not installed is left out.
`--perturb` also measures ours on pages whose names, headings or titles were taken away, as a bound on how much of the
result hangs on them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cleaner.config import load
from cleaner.formats import html_meta, html_page, html_select, html_tree, html_worker
from cleaner.formats.html_decode import decode_page
from cleaner.pipeline import Book, clean_bytes

Method = Callable[[bytes], str]
FIGURES = ("body_char_recall", "body_char_precision", "removal_f1")
PERTURBED = {
    "no class, no id": (r"\s(class|id)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", ""),
    "no headings": (r"<(/?)h[1-6]\b", r"<\1div"),
    "only div": (r"<(/?)(p|li|article|section|nav|footer|header|aside)\b", r"<\1div"),
    "no titles in the head": (r"(?is)<title.*?</title>|<meta[^>]*title[^>]*>", ""),
}


def ours() -> Method:
    from cleaner.formats.html import Extractor

    config = load(None, {})
    book, pages = Book.of(config), Extractor()

    def method(raw: bytes) -> str:
        outcome = clean_bytes("page.html", raw, "page.html", "html", config, book, (), pages)
        return outcome.text if outcome.cleaned else ""

    return method


def extracted(raw: bytes) -> str:
    return "\n".join(html_worker.extract(decode_page(raw, "x").text, "x")["lines"])


def structure(raw: bytes) -> str:
    root, _ = html_tree.parse(decode_page(raw, "x").text, deep=True)
    page = html_page.Page(root, html_tree.blocks(root), html_meta.titles(root))
    chosen = html_select.choose(page, frozenset(), frozenset())
    return "\n".join(page.blocks[i].text for i in chosen.lines) if chosen else ""


def trafilatura(**mode: bool) -> Method:
    from trafilatura import extract

    return lambda raw: extract(decode_page(raw, "x").text, include_comments=False, **mode) or ""


def justext() -> Method:
    import justext

    def method(raw: bytes) -> str:
        # no stop words: it counts words between spaces; lengths are in characters, half of its defaults for English
        found = justext.justext(
            decode_page(raw, "x").text, frozenset(), length_low=35, length_high=100, stopwords_low=0, stopwords_high=0
        )
        return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

    return method


def resiliparse() -> Method:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda raw: str(extract_plain_text(decode_page(raw, "x").text, main_content=True))


def long_lines(raw: bytes) -> str:
    root, _ = html_tree.parse(decode_page(raw, "x").text, deep=True)
    return "\n".join(block.text for block in html_tree.blocks(root) if len(block.key) >= 20 and not block.is_link)


METHODS: dict[str, Callable[[], Method]] = {
    "ours": ours, "ours, extracted": lambda: extracted, "ours, structure": lambda: structure,
    "trafilatura": trafilatura, "trafilatura, precision": lambda: trafilatura(favor_precision=True),
    "trafilatura, recall": lambda: trafilatura(favor_recall=True), "trafilatura, fast": lambda: trafilatura(fast=True),
    "jusText": justext, "resiliparse": resiliparse, "lines of 20 or more": lambda: long_lines,
}  # fmt: skip


def measured(name: str, method: Method, pages: dict[str, bytes], dev: Path, scorers: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        for page, raw in pages.items():
            Path(place, f"{page}.txt").write_text(method(raw), encoding="utf-8")
        seconds = time.perf_counter() - begun
        command = [
            sys.executable,
            scorers / "score_lines.py",
            dev / "gold_lines.jsonl",
            "--cleaned",
            place,
            "--per-doc",
        ]
        found = json.loads(subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout)
    macro = found["macro"]
    worst = min(found["per_doc"].items(), key=lambda item: item[1]["body_char_f1"])
    cells = [name, *(f"{macro[figure]:.4f}" for figure in FIGURES), found["titles_kept"], str(found["body_lines_lost"]),
             str(found["noise_lines_left"]), f"{worst[0].split('/')[-1]} {worst[1]['body_char_f1']:.3f}",
             f"{1000 * seconds / len(pages):.0f}"]  # fmt: skip
    yield f"| {' | '.join(cells)} |"


def main() -> None:
    dev, scorers = Path(sys.argv[1]), Path(sys.argv[2])
    pages = {path.stem: path.read_bytes() for path in sorted((dev / "html").glob("*.html"))}
    heads = ["method", *FIGURES, "titles", "lines lost", "noise left", "worst page (F1)", "ms a page"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name, make in METHODS.items():
        try:
            method = make()
        except ImportError:
            print(f"| {name} | not installed |||||||")
            continue
        for line in measured(name, method, pages, dev, scorers):
            print(line, flush=True)
    if "--perturb" in sys.argv:
        for name, (find, put) in PERTURBED.items():
            changed = {page: re.sub(find, put, decode_page(raw, page).text).encode() for page, raw in pages.items()}
            for line in measured(f"ours, {name}", ours(), changed, dev, scorers):
                print(line, flush=True)


if __name__ == "__main__":
    main()
