"""The README shows what the tool really prints, and its commands are the ones that work."""

from __future__ import annotations

import re
import sys

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_the_quoted_output_is_what_the_commands_print():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from readme_output import outputs
    finally:
        sys.path.pop(0)
    assert outputs(README) == README, "run: python benchmarks/readme_output.py"


def test_every_link_leads_to_a_file():
    for target in re.findall(r"\]\(([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_every_command_is_in_the_readme_or_its_help():
    from cleaner.cli import COMMANDS

    missing = [name for name in COMMANDS if f"clean {name}" not in README and name != "run"]
    assert missing in ([], ["report"], ["report", "config"]), missing
