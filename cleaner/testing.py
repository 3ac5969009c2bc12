"""The test kit for rule packs: each example of a pack is one test of pytest.

    # tests/test_pack.py
    from pathlib import Path

    from cleaner.testing import pack_tests

    test_pack = pack_tests(Path(__file__).parent.parent / "acme_rules")

The pack is read as one that somebody else has written, so what passes here is taken where it is installed. Only
`pack_tests` needs pytest; the rest can be used with any other tool. docs/packs.md is the guide.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cleaner.clean import clean
from cleaner.context import Budget, Settings
from cleaner.errors import CleanerError, Errors
from cleaner.examples import Example, Failure, difference, examples
from cleaner.packs import Pack, find, in_order, load

__all__ = ["Example", "Failure", "assert_untouched", "examples_of", "load_pack", "pack_tests"]


def load_pack(pack: str | os.PathLike[str]) -> Pack:
    """Read and check one pack, named as in a configuration, or by the path of its file or folder.

    Raises Errors with all that is wrong in it, and PackError if there is none.
    """
    path = Path(pack)
    file = (path / "pack.toml" if path.is_dir() else path) if path.exists() else find(os.fspath(pack))
    (found,) = load([file], foreign=True)
    return found


def examples_of(pack: str | os.PathLike[str]) -> list[Example]:
    """Return every example of a pack; `Example.failures()` runs one. Raises as `load_pack`."""
    return list(examples(load_pack(pack).rules))


def pack_tests(pack: str | os.PathLike[str]) -> Callable[..., None]:
    """Return a test for pytest with one case for each example: assign it to a name that begins with `test_`.

    A `todo` is a strict xfail: it fails when it passes. A pack that cannot be read is one failing test with its errors.
    """
    import pytest

    try:
        every = examples_of(pack)
    except (CleanerError, Errors) as err:
        said = str(err)

        def test_pack() -> None:
            pytest.fail(said, pytrace=False)

        return test_pack

    def case(example: Example) -> Any:
        marks = [pytest.mark.xfail(reason="todo", strict=True)] if example.part == "todo" else []
        return pytest.param(example, id=example.id, marks=marks)

    @pytest.mark.parametrize("example", [case(example) for example in every])
    def test_example(example: Example) -> None:
        wrong = [str(failure) for failure in example.failures()]
        if wrong if example.part != "todo" else not wrong:
            pytest.fail("\n".join(wrong) or "known not to hold", pytrace=False)

    made: Callable[..., None] = test_example
    return made


def assert_untouched(pack: str | os.PathLike[str], text: str) -> None:
    """Check that no rule of a pack changes a good text (lines end with LF). Raises AssertionError that shows a change.

    For texts of your own that are too long for `keeps`. What rules only propose (`ask`) does not count.
    """
    cleaned = clean("text", text, in_order([load_pack(pack)]), Settings(budget=Budget(hard=1.0)))
    if cleaned.text != text:
        by = ", ".join(sorted({rule for edit in cleaned.edits for rule in edit.by}))
        raise AssertionError(f"{by} changes a good text: {difference(text, cleaned.text)}")
