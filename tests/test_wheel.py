"""A wheel in an empty environment cleans the seeds as the checkout does; packs are found wherever they lie."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from cleaner import packs
from tests.conftest import ROOT


def test_a_checkout_finds_its_packs_beside_the_package():
    assert packs.shipped() == ROOT / "rules"


def test_an_editable_install_finds_the_packs_of_its_checkout(tmp_path):
    found = subprocess.run(
        [sys.executable, "-c", "from cleaner import packs; print(packs.shipped())"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert (Path(found.stdout.strip()) / "zh-core.toml").is_file()


@pytest.mark.slow
def test_a_wheel_in_an_empty_environment_cleans_the_seeds_the_same(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)  # it would put another checkout before the wheel
    pip = [sys.executable, "-m", "pip"]
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "-w", tmp_path, ROOT], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("seedclean-*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env/bin/python"
    install = [python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True, capture_output=True, cwd=tmp_path)
    for command in ("clean", "seedclean"):
        out = tmp_path / f"out-{command}"
        subprocess.run(
            [tmp_path / f"env/bin/{command}", ROOT / "seeds", out, "--isolated", "-q"], check=True, cwd=tmp_path
        )
        for name in ("report.jsonl", "README.md"):
            assert (out / "__report__" / name).read_bytes() == (ROOT / "out/__report__" / name).read_bytes()
        for text in (ROOT / "out").glob("*.txt"):
            assert (out / text.name).read_bytes() == text.read_bytes()
    script = "import trafilatura, cleaner, pathlib; print(pathlib.Path(cleaner.__file__).parent)"
    found = subprocess.run([python, "-c", script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    package = Path(found.stdout.strip())
    assert (
        package.is_relative_to(tmp_path)
        and (package / "rules/zh-core.toml").is_file()
        and (package / "py.typed").is_file()
    )
    for place in ("man/man1/clean.1", "bash-completion/completions/clean", "zsh/site-functions/_clean"):
        assert (tmp_path / "env/share" / place).read_text("utf-8").count("clean") > 3
    licences = list(package.parent.glob("seedclean-*.dist-info/licenses/*"))
    assert {path.name for path in licences} == {"LICENSE", "NOTICE"}
