"""No release with a known hole is installed, and none is allowed by the lowest versions that we ask for."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDS = {need.name.lower(): need for need in map(Requirement, PROJECT["dependencies"])}
# First release without the hole: trust.md section 6, SECURITY.md
FIXED = {"lxml": "6.1.0", "lxml_html_clean": "0.4.4", "opencc": "1.4.1", "trafilatura": "2.3", "jinja2": "3.1.5"}


@pytest.mark.parametrize("name", FIXED)
def test_the_lowest_version_asked_for_has_no_known_hole(name):
    (floor,) = [Version(one.version) for one in NEEDS[name].specifier if one.operator == ">="]
    assert floor >= Version(FIXED[name])


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_what_is_installed_is_what_is_asked_for(name):
    assert NEEDS[name].specifier.contains(version(name), prereleases=True), f"{name} {version(name)}: {NEEDS[name]}"


def test_every_pin_meets_its_floor():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = {Requirement(line).name.lower().replace("-", "_"): Requirement(line) for line in lines if "==" in line}
    for name, need in NEEDS.items():
        (pin,) = [one.version for one in pins[name.replace("-", "_")].specifier]
        assert need.specifier.contains(pin), need


def test_nothing_overwrites_opencc():
    with pytest.raises(PackageNotFoundError):
        version("opencc-python-reimplemented")
