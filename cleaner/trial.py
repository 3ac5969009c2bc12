"""The child in which patterns of others are compiled for the first time (`vet.py`). It writes and sends nothing."""

from __future__ import annotations

import json
import sys

import regex

from cleaner.formats import sandbox


def answer(question: bytes) -> bytes:
    """Compile every pattern of a JSON list; what is wrong with one is said later, by the loader."""
    for pattern in json.loads(question):
        try:
            regex.compile(pattern, regex.VERBOSE | regex.MULTILINE | regex.VERSION0)
        except (regex.error, OverflowError, RecursionError):
            continue
    return b"done"


def main() -> None:
    """Serve the parent whose process id is the argument."""
    sandbox.bind_to_parent(int(sys.argv[1]))
    sandbox.restrict()
    sandbox.serve(answer)


if __name__ == "__main__":
    main()
