"""docs/packs.md with a real pip in a fresh environment: a pack is made, built, installed, taken, changed, removed."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.doc_walk import walk, with_outputs

PAGE = ROOT / "docs/packs.md"


class Environment:
    """A fresh environment whose pip installs without a network; `clean` in it is this checkout."""

    def __init__(self, place: Path) -> None:
        venv.create(place / "env", with_pip=True)
        bin_ = place / "env/bin"
        (site,) = (place / "env/lib").glob("python*/site-packages")
        (site / "checkout.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        script = bin_ / "clean"
        script.write_text(f'#!/bin/sh\nexec "{bin_}/python" -m cleaner "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        self.env = {
            "PATH": f"{bin_}:{os.environ['PATH']}", "HOME": str(place), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
        }  # fmt: skip

    def __call__(self, command: str, folder: Path) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-ec", command], cwd=folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf-8", timeout=300,
        )  # fmt: skip
        return done.returncode, done.stdout


@pytest.mark.slow
def test_a_pack_package_is_made_installed_locked_tampered_with_and_removed_as_the_page_says(tmp_path):
    run = Environment(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    page = PAGE.read_text("utf-8")
    assert walk(page, work, run) >= 10
    assert "[E206]" in page and "not in force; type: clean rules add acme" in page
    assert "acme" not in run("clean rules list --packs", work)[1]

    # an upgrade is refused as well, until it is locked; the wheel holds data alone
    pack = work / "seedclean-acme"
    assert run("python -m pip install -q --no-deps seedclean-acme/dist/*.whl && clean rules add acme", work)[0] == 0
    (wheel,) = (pack / "dist").glob("*.whl")
    names = run(f"python -m zipfile -l {wheel}", work)[1]
    assert "seedclean_acme/pack.toml" in names and ".py" not in names.replace("python", "")
    assert "licenses/LICENSE" in names
    for name in ("pyproject.toml", "seedclean_acme/pack.toml"):
        text = (pack / name).read_text("utf-8")
        (pack / name).write_text(text.replace('version = "0.1.0"', 'version = "0.2.0"'), encoding="utf-8")
    code, said = run("python -m pip install -q --no-deps ./seedclean-acme && clean rules list", work)
    assert code == 2 and "locked: 0.1.0, package seedclean-acme 0.1.0; here: 0.2.0" in said and "[E206]" in said, said
    assert run("clean rules lock && clean rules list", work)[0] == 0


if __name__ == "__main__":  # python -m tests.test_pack_wheel: write what the commands print now into the page
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "work"
        here.mkdir()
        PAGE.write_text(with_outputs(PAGE.read_text("utf-8"), here, Environment(Path(folder))), encoding="utf-8")
