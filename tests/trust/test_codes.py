"""Every code that the program can print is in the catalogue, in docs/errors.md, and in a test."""

from __future__ import annotations

import re

import pytest

from cleaner.codes import CODES, page
from tests.conftest import ROOT

CODE = re.compile(r"\bE[1-4]\d\d\b")


def literals(folder: str) -> set[str]:
    files = (path for path in (ROOT / folder).rglob("*.py") if path.name not in ("codes.py", "test_codes.py"))
    found = {code for path in files for code in CODE.findall(path.read_text("utf-8"))}
    return found - {"E377"}  # the end of a range of Unicode tags


def test_the_catalogue_has_every_code_of_the_program_and_no_other():
    used = literals("cleaner")
    assert used <= set(CODES), "describe it in cleaner/codes.py, then run: python benchmarks/errors_page.py"
    assert set(CODES) == used


def test_every_code_is_provoked_by_a_test():
    assert literals("cleaner") - literals("tests") == set()


def test_the_page_is_made_from_the_catalogue():
    assert (ROOT / "docs/errors.md").read_text("utf-8") == page(), "run: python benchmarks/errors_page.py"


@pytest.mark.parametrize("code", CODES)
def test_an_entry_says_what_happened_and_how_to_go_on(code):
    entry = CODES[code]
    assert entry.meaning.endswith(".") and entry.how.endswith(".") and entry.done
    assert entry.exit == {"1": 3, "2": 2, "3": 4}.get(code[1], entry.exit) or code in EXCEPTIONS


# Inputs are 3, rules 2, writing 4; these are otherwise, on purpose.
EXCEPTIONS = {"E102", "E105", "E106", "E107", "E210", "E220", "E221", "E222"}
