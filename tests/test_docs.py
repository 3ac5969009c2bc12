"""The examples in docs/ work."""

from __future__ import annotations

import re

from cleaner import packs
from cleaner.examples import failures
from tests.conftest import ROOT


def test_the_pack_in_the_guide_for_rule_authors_loads_and_its_examples_hold(tmp_path):
    guide = (ROOT / "docs/rules.md").read_text("utf-8")
    (toml,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    file = tmp_path / "mine.toml"
    file.write_text(toml, encoding="utf-8")
    (pack,) = packs.load([file])
    assert not [str(failure) for rule in pack.rules for failure in failures(rule)]


def test_the_guide_names_every_kind_and_the_design_every_module():
    guide = (ROOT / "docs/rules.md").read_text("utf-8")
    assert [name for name in packs.kind_names() if f"| `{name}` |" not in guide] == []
    design = (ROOT / "docs/design.md").read_text("utf-8")
    modules = {p.name for p in (ROOT / "cleaner").iterdir() if p.suffix == ".py" and not p.name.startswith("__")}
    folders = {f"{p.name}/" for p in (ROOT / "cleaner").iterdir() if (p / "__init__.py").is_file()}
    assert [name for name in modules | folders if name not in design] == []
