"""The table "Faults, behaviour, tests" of docs/trust.md names tests that are there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

_NAME = re.compile(r"(?P<file>(?:trust/)?test_\w+):\s | `(?P<test>test_\w+)`(?P<slow>\ \(slow\))?", re.VERBOSE)


def named() -> list[tuple[str, str, bool]]:
    """Return file, test, and whether it is said to be slow, in the order of the page."""
    page = (ROOT / "docs/trust.md").read_text("utf-8")
    table = page.split("## Faults, behaviour, tests")[1].split("## Properties")[0]
    found, file = [], ""
    for match in _NAME.finditer(table):
        file = match["file"] or file
        if match["test"]:
            found.append((file, match["test"], bool(match["slow"])))
    return found


def test_every_test_that_the_table_names_is_in_its_file_and_slow_where_it_says_so():
    files = {file: (ROOT / f"tests/{file}.py").read_text("utf-8") for file, _, _ in named()}
    assert len(named()) > 150
    for file, test, slow in named():
        found = re.search(rf"((?:^ *@.*\n(?:^ .*\n|^\).*\n)*)*)^ *def {test}\(", files[file], re.MULTILINE)
        assert found, f"tests/{file}.py has no {test}"
        assert slow == ("mark.slow" in found[1]), f"{file}: {test} (slow: {slow})"
