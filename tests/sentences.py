"""What the tool says to people: every sentence that stands in the code, found by reading it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cleaner.languages import whole
from cleaner.overlap.verdicts import SENTENCES
from tests.conftest import ROOT

_PLURAL = re.compile(r't\.plural\((?:[^"()]|\([^()]*\))*, "([^"]+)"(?:, "([^"]+)")?')
_SAID = re.compile(r'(?<![\w.])t\("((?:[^"\\]|\\.)+)"')


@cache
def of_code() -> frozenset[str]:
    """Return every sentence that a Speech is asked to say (`t("…")`, `t.plural(n, "…")`), or that is `mark`ed."""
    found = set(SENTENCES.values())
    for path in (ROOT / "cleaner").rglob("*.py"):
        found.update(_of_module(path))
    for path in (ROOT / "cleaner/reports/templates").glob("*.j2"):
        text = path.read_text("utf-8")
        found.update(_SAID.findall(text))
        found.update(whole(one, many, False) for one, many in _PLURAL.findall(text))
    return frozenset(found)


def _of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in ("t", "mark", "tick", "Job") and texts:
            yield texts[0]
        elif name == "plural" and texts:
            yield whole(texts[0], texts[1] if len(texts) > 1 else "", False)
        elif name == "_rest" and texts and path.name == "markdown.py":
            yield whole(texts[0], "", False)
        elif name == "_headed" or (name == "UsageError" and isinstance(node.func, ast.Attribute) and texts):
            yield texts[0]
