"""A fake installed package that brings a rule pack; importing anything of it ends the process."""

from __future__ import annotations

from pathlib import Path

HEAD = 'schema = 1\nname = "{name}"\nversion = "{version}"\nlicense = "CC0-1.0"\n'
RULE = """
[[rule]]
id = "ad"
kind = "line"
why = "A placeholder for an advertisement."
find = '''广告位招租'''
turns = [["广告位招租\\n", ""]]
keeps = ["街边的广告位招租多年。\\n"]
"""
WORDS = """
[[rule]]
id = "words"
kind = "words"
file = "tables/words.tsv"
why = "Words that a converter got wrong."
turns = [["她喜欢伺服器。\\n", "她喜欢服务器。\\n"]]
keeps = ["服务器。\\n"]
"""
TABLE = "伺服器\t服务器\n"


def pack(name: str = "acme", version: str = "1.0", rules: str = RULE) -> str:
    """Return the text of a pack."""
    return HEAD.format(name=name, version=version) + rules


def install(
    site: Path, files: dict[str, str], *, package: str = "acme-rules", version: str = "1.0",
    entry: str = "acme = acme_rules", recorded: bool = True, link: str = "",
) -> Path:  # fmt: skip
    """Install `files` (name in the package: text) into a folder as pip would, and return the folder of the data."""
    info = site / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    files = {"acme_rules/__init__.py": "raise SystemExit('imported')\n", **files}
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    head = f"Metadata-Version: 2.4\nName: {package}\nVersion: {version}\nLicense-Expression: CC0-1.0\n"
    (info / "METADATA").write_text(head, encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[cleaner.packs]\n{entry}\n", encoding="utf-8")
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in files if recorded), encoding="utf-8")
    if link:
        (info / "direct_url.json").write_text(link, encoding="utf-8")
    return site / "acme_rules"
