"""The shape of the code: imports point down only, and each third-party package has one home."""

from __future__ import annotations

import ast
from pathlib import Path

import cleaner

PACKAGE = Path(cleaner.__file__).parent
LAYERS = [  # lowest first, as in docs/design.md
    [
        "text",
        "errors",
        "codes",
        "languages",
        "show",
        "toml",
        "tables",
        "meta",
        "credit",
        "cache",
        "known",
        "clock",
        "collector",
    ],
    ["script", "files", "formats"],
    ["context", "rulings"],
    ["kinds"],
    ["vet", "trial"],
    ["packs"],
    ["clean", "overlap", "identity"],
    ["outcome", "examples", "suggest", "decisions", "memo", "alarm", "advice", "skeleton"],
    ["reports", "config", "gitindex"],
    ["policies", "runners"],
    ["pipeline"],
    ["corpus"],
    ["output", "undo", "decide"],
    ["api", "review", "testing"],
    ["integrations"],
    ["cli"],
    ["__init__", "__main__"],
]
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}
HOMES = {
    "opencc": {"script"}, "trafilatura": {"formats"}, "datasketch": {"overlap"}, "rapidfuzz": {"overlap"},
    "numpy": {"overlap", "script", "kinds", "runners", "corpus"}, "click": {"cli"}, "rich": {"cli"},
    "jinja2": {"reports"}, "pathspec": {"config"}, "re2": {"kinds"}, "ray": {"runners"}, "pyarrow": {"formats"},
    "fastwarc": {"formats"}, "zstandard": {"formats"}, "scipy": {"corpus"}, "platformdirs": {"cache"},
    "sqlite3": {"cache"}, "datatrove": {"integrations"}, "data_juicer": {"integrations"}, "tomlkit": {"cli"},
    "starlette": {"review"}, "uvicorn": {"review"},
}  # fmt: skip


def modules() -> list[tuple[str, Path, ast.Module]]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [(p.relative_to(PACKAGE).parts[0].removesuffix(".py"), p, ast.parse(p.read_text("utf-8"))) for p in paths]


def imports(node: ast.AST) -> list[str]:
    """Return the full names of the modules that a statement imports, however it is written."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert not node.level, f"line {node.lineno}: write the import in full"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def test_no_module_imports_one_above_it():
    for me, path, tree in modules():
        for node in ast.walk(tree):
            for name in imports(node):
                if name.startswith("cleaner.") and name.count("."):
                    other = name.split(".")[1]
                    if other in HEIGHT:
                        assert HEIGHT[other] <= HEIGHT[me], f"{path}:{node.lineno}: {me} must not import {other}"


def test_every_module_has_a_layer():
    assert {me for me, _, _ in modules()} <= set(HEIGHT)


def test_each_third_party_package_has_one_home():
    for me, path, tree in modules():
        for node in ast.walk(tree):
            for name in imports(node):
                top = name.split(".")[0]
                assert me in HOMES.get(top, {me}), f"{path}:{node.lineno}: {top} is at home in {HOMES[top]}"


def test_every_public_module_class_and_function_says_what_it_is_for():
    silent = []
    for _, path, tree in modules():
        if not ast.get_docstring(tree):
            silent.append(f"{path}: module")
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                short = isinstance(node, ast.FunctionDef) and len(node.body) <= 4
                record = path.name == "records.py" and isinstance(node, ast.ClassDef)
                if not ast.get_docstring(node) and not short and not record:
                    silent.append(f"{path}:{node.lineno}: {node.name}")
    assert not silent
