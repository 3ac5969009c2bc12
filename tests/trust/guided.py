"""Fuzzing led by coverage: atheris looks for bytes that reach code which none has reached before.

    pip install atheris
    python -m tests.trust.guided text --seconds 600 [--keep FOLDER]

Kinds: text, page, pack, settings, decisions, records, row, packed, warc. Bytes go in as a user's file would; what comes
out has to be a value or an error of the catalogue, and a text has to lead back to its bytes. The first thing that
escapes ends the run with a traceback and the bytes in a file `crash-*` (exit 77, as libFuzzer does); nothing found is
exit 0. `--keep` is a folder of inputs found worth keeping, for the next run.

atheris does not run everywhere (no wheel for some platforms), so it is no dependency; the same checks run on mutated
inputs without it (`fuzz.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST = 4096  # bytes of an input
WAIT = 20  # seconds for one input before it counts as a hang
HEAD = b'schema = 1\nname = "x"\nversion = "1"\n[[rule]]'
Check = Callable[[bytes], object]


def checks(place: Path) -> tuple[dict[str, Check], dict[str, list[bytes]]]:
    """Return what is done with the bytes of each kind, and inputs to begin with. Imports all that is to be watched."""
    from cleaner import packs
    from cleaner.config import load
    from cleaner.decisions import parse
    from cleaner.formats import html_worker, jsonl, packed, warc
    from cleaner.formats.html_decode import decode_page
    from cleaner.formats.rows import Fields
    from cleaner.reports.records import from_jsonl
    from tests.trust import fuzz

    made = fuzz.Fuzz(place)

    def stood(name: str, raw: bytes) -> Path:
        file = place / name
        file.write_bytes(raw)
        return file

    def pages(raw: bytes) -> object:
        return html_worker.extract(decode_page(raw, "a.html").text, "a.html")

    def row(raw: bytes) -> object:
        found = jsonl.parse(raw, 1, Fields())
        return jsonl.line_of(found, found.text, "text")

    def archive(raw: bytes) -> None:
        file = stood("a.warc", raw)
        for piece in warc.cut(file, "a.warc"):
            list(warc.chunks(file, piece, "a.warc", 1 << 20))

    done: dict[str, Check] = {
        "text": lambda raw: made._cleaned(raw, made.book, again=True),
        "page": pages,
        "pack": lambda raw: packs.load([stood("fuzzed.toml", raw)]),
        "settings": lambda raw: load(stood("clean.toml", raw), {}),
        "decisions": lambda raw: parse(raw, "decisions.jsonl"),
        "records": lambda raw: from_jsonl(raw, "report.jsonl"),
        "row": row,
        "packed": lambda raw: list(packed.blocks(stood("a.jsonl.gz", raw), "a.jsonl.gz", 1 << 20)),
        "warc": archive,
    }
    line = json.dumps(fuzz.ROW, ensure_ascii=False).encode()
    begin = {
        "text": [text.encode(code, "ignore") for text in made.texts[:20] for code in ("utf-8", "gb18030", "utf-16")],
        "page": [fuzz.PAGE.format(label).encode() for label in ("utf-8", "gbk")],
        "pack": [HEAD + rule for file in made.packs for rule in file.split(b"[[rule]]")[1:]],
        "settings": [b'packs = ["zh-core"]\nscript = "hans"\n[budget]\nhard = 0.5\n[dedup]\nmode = "off"\n'],
        "decisions": [json.dumps(fuzz.DECISION).encode() + b"\n"],
        "records": [b"\n".join(made.records[at : at + 3]) for at in range(0, min(30, len(made.records)), 3)],
        "row": [line],
        "packed": [fuzz.gzip.compress(line, mtime=0)],
        "warc": [fuzz.ARCHIVE],
    }  # fmt: skip
    return done, begin


def watched(check: Check) -> Check:
    """Let errors of the catalogue pass; all else ends the run."""
    from cleaner.codes import CODES
    from cleaner.errors import CleanerError, Errors

    def each(err: CleanerError | Errors) -> Iterator[CleanerError]:
        yield from err.errors if isinstance(err, Errors) else (err,)

    def tried(raw: bytes) -> None:
        try:
            check(raw)
        except (CleanerError, Errors) as err:
            for error in each(err):
                assert error.code in CODES and "\n" not in str(error) and "\x1b" not in str(error), repr(str(error))

    return tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    import atheris

    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "work").mkdir()
        with atheris.instrument_imports(include=["cleaner"]):
            done, begin = checks(place / "work")
        corpus = given.keep or place / "inputs"
        corpus.mkdir(parents=True, exist_ok=True)
        for i, raw in enumerate(begin[given.kind]):
            (corpus / f"begin-{i:03}").write_bytes(raw[:LONGEST])
        options = {"max_total_time": given.seconds, "timeout": WAIT, "max_len": LONGEST, "rss_limit_mb": 4096}
        line = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *line, str(corpus)], watched(done[given.kind]))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
