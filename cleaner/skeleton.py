"""What an author begins with: a pack of one rule that holds, a rule for a line that was found, a package around a pack.

The texts lie in `skeletons/`; each `@name@` in them is filled in. Nothing here writes.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, files, version
from pathlib import Path

from cleaner.context import is_prose

KINDS = {
    "line": "poll",
    "span": "editor",
    "words": "typos",
    "block": "pager",
}  # of skeletons, and what they call theirs
LICENCES = ("MIT", "0BSD", "Apache-2.0")  # whose text comes along
_HERE = Path(__file__).resolve().parent / "skeletons"


def pack_text(name: str, license: str, *, version: str = "1") -> str:
    """Return the head of a new pack."""
    text = _filled("pack.toml", name=name, license=license)
    return text.replace('version = "1"\n', f'version = "{version}"\n')


def rule_text(kind: str, rule: str) -> str:
    """Return a rule of a kind of `KINDS`, whose examples hold, to be changed by its author."""
    return _filled(f"rules/{kind}.toml", rule=rule)


def rule_for_line(rule: str, line: str, before: str) -> str:
    """Return a rule that removes a line (without white space around it) which was found behind the line `before`."""
    lead = f"{before}\n" if before else ""
    inside = f"文中提到“{line}”几个字，后面还有正文。\n"
    parts = {
        "id": _text(rule), "kind": '"line"  # removes whole lines',
        "why": _text("Say here why this is not the article."),
        "words": f"[{_text(line)}]  # or find = '''pattern''', if the line has other forms",
        "turns": f"[[{_text(f'{lead}{line}' + chr(10))}, {_text(lead)}]]",
        "keeps": f"[{_text(inside)}]",
    }  # fmt: skip
    return "\n[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in parts.items())


def is_candidate(line: str) -> bool:
    """Say whether a rule could be made of one line: what is prose is for a reviewer, or for a passage found twice."""
    return bool(line.strip()) and not is_prose(line)


def package_files(name: str, license: str, author: str, year: int) -> dict[str, str]:
    """Return the files of a package that brings the pack `name`, by their paths in its folder."""
    folder, first = f"seedclean_{name.replace('-', '_')}", "0.1.0"
    fields = {
        "name": name, "package": f"seedclean-{name}", "folder": folder, "license": license, "year": str(year),
        "author": author.replace("\\", "").replace('"', ""), "version": first, "seedclean": _release(),
    }  # fmt: skip
    return {
        "pyproject.toml": _filled("package/pyproject.toml.txt", **fields),
        "README.md": _filled("package/README.md", **fields),
        "LICENSE": _licence(fields),
        ".gitignore": _filled("package/gitignore.txt"),
        f"{folder}/pack.toml": pack_text(name, license, version=first) + rule_text("line", KINDS["line"]),
        "tests/test_pack.py": _filled("package/test_pack.py.txt", **fields),
    }


def _licence(fields: dict[str, str]) -> str:
    name = fields["license"]
    if (_HERE / f"licences/{name}.txt").is_file():
        return _filled(f"licences/{name}.txt", **fields)
    if name == "Apache-2.0" and (text := _ours()):
        return text
    return (
        f"SPDX-License-Identifier: {name}\n\nPut the text of the licence here; it stands at\n"
        f"https://spdx.org/licenses/{name}.html\n"
    )


def _ours() -> str:
    """Return the licence of this project, which every installation brings."""
    try:
        found = [file for file in files("seedclean") or () if file.name == "LICENSE"]
        return found[0].read_text("utf-8") if found else ""
    except (PackageNotFoundError, OSError):
        return ""


def _release() -> str:
    return ".".join(version("seedclean").split(".")[:2])


def _filled(file: str, /, **fields: str) -> str:
    text = (_HERE / file).read_text("utf-8")
    for field, value in fields.items():
        text = text.replace(f"@{field}@", value)
    return text


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
