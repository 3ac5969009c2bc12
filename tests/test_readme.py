"""The README shows what the tool really prints, and its commands are the ones that work."""

from __future__ import annotations

import re
import sys

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")


@pytest.mark.parametrize(("readme", "language"), [(README, "en"), (CHINESE, "zh-CN")], ids=["English", "Chinese"])
def test_the_quoted_output_is_what_the_commands_print(readme, language):
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from readme_output import outputs
    finally:
        sys.path.pop(0)
    assert outputs(readme, language) == readme, "run: python benchmarks/readme_output.py"


@pytest.mark.parametrize("readme", [README, CHINESE], ids=["English", "Chinese"])
def test_every_link_leads_to_a_file(readme):
    for target in re.findall(r"\]\(([^)#]+)", readme):
        assert (ROOT / target).exists(), target


def test_every_command_is_in_the_readme_or_its_help():
    from cleaner.cli import COMMANDS

    missing = [name for name in COMMANDS if f"clean {name}" not in README and name != "run"]
    assert missing in ([], ["report"], ["report", "config"]), missing


def test_both_readmes_have_the_same_two_commands():
    commands = [re.findall(r"^    (python3 .+)$", readme, re.MULTILINE) for readme in (README, CHINESE)]
    assert commands[0] == commands[1] and len(commands[0]) == 2
