"""The reference pages of the docs site, made from the code at every build: a hook of mkdocs (mkdocs.yml).

`pages()` is all there is to it; tests/test_site.py holds that no command, setting, record or rule is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from cleaner import packs
from cleaner.cli import COMMANDS, cli
from cleaner.config import ConfigKeys, config_schema
from cleaner.examples import apply
from cleaner.packs import Rule
from cleaner.reports.records import report_schema
from cleaner.show import show

MADE = "Made from the code at every build.\n"


def on_files(files: Any, config: Any) -> Any:
    """Give mkdocs the pages (a hook: its name and arguments are mkdocs')."""
    from mkdocs.structure.files import File

    for name, text in pages().items():
        files.append(File.generated(config, f"reference/{name}", content=text))
    for name, source in ROOT_PAGES.items():
        files.append(File.generated(config, name, content=of_root(source)))
    return files


ROOT_PAGES = {"security.md": "SECURITY.md", "changes.md": "CHANGELOG.md"}  # they stand where code hosts look for them


def of_root(name: str) -> str:
    """Return a page of the repository's root with its links as the site has them."""
    text = (Path(__file__).resolve().parent.parent / name).read_text("utf-8")
    return text.replace("](docs/", "](")


def pages() -> dict[str, str]:
    """Return the reference pages in Markdown, by file name."""
    return {
        "commands.md": "".join(_commands()),
        "settings.md": "".join(_settings()),
        "records.md": "".join(_records()),
        "rules.md": "".join(_rules()),
    }


def _commands() -> Iterator[str]:
    yield f"# Commands\n\n{MADE}"
    context = click.Context(cli, info_name="clean")
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        yield from _command(command, click.Context(command, info_name=name, parent=context), 2)


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"\n{'#' * level} clean {context.command_path.partition(' ')[2]}\n\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=context), level + 1)


def _settings() -> Iterator[str]:
    yield f"# Settings\n\n{MADE}Keys of `clean.toml`, or of `[tool.clean]` in `pyproject.toml`.\n\n"
    schema = config_schema()
    yield from _table(schema, "")
    for key in ("budget", "dedup"):
        (ref,) = [part["$ref"] for part in (schema["properties"][key],) if "$ref" in part]
        yield f"\n## [{key}]\n\n"
        yield from _table(schema["$defs"][ref.rsplit("/", 1)[1]], f"{key}.")
    assert set(schema["properties"]) == set(ConfigKeys.model_fields)


def _table(schema: Mapping[str, Any], prefix: str) -> Iterator[str]:
    yield "| key | type | default | |\n|---|---|---|---|\n"
    for key, part in schema["properties"].items():
        default = _cell(_toml(part["default"])) if "default" in part else ""
        yield f"| `{prefix}{key}` | {_cell(_type(part))} | {default} | {_escaped(part.get('description', ''))} |\n"


def _records() -> Iterator[str]:
    yield f"# Records\n\n{MADE}Lines of `__report__/report.jsonl`. `clean report --schema` prints the JSON Schema.\n"
    for name, part in sorted(report_schema()["$defs"].items()):
        yield f"\n## {name}\n\n{_escaped(part.get('description', ''))}\n\n| field | type | |\n|---|---|---|\n"
        for key, field in part.get("properties", {}).items():
            yield f"| `{key}` | {_cell(_type(field))} | {_escaped(field.get('description', ''))} |\n"


def _rules() -> Iterator[str]:
    yield f"# Rules\n\n{MADE}Every shipped rule, its reason, and its examples run live.\n"
    for file in sorted(packs.shipped().glob("*.toml")):
        (pack,) = packs.load([file])
        opt_in = "" if pack.name in packs.DEFAULT_PACKS else " (opt-in)"
        yield f"\n## {pack.name}{opt_in}\n\n{_escaped(pack.why or '')}\n"
        for rule in pack.rules:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    keys = rule.keys
    facts = [f"kind `{keys.kind}`", f"level `{keys.level}`", f"where `{keys.where}`"]
    facts += ["a person reviews each place"] if keys.review else []
    yield f"\n### {rule.id}\n\n{_escaped(rule.why)}\n\n{', '.join(facts)}\n\n```text\n"
    for before, _ in keys.turns:
        yield f"turns  {_line(before)}\n    →  {_line(apply(rule, before))}\n"
    for text in keys.keeps:
        yield f"keeps  {_line(text)}\n"
    yield "```\n"


def _line(text: str) -> str:
    return show(text.replace("\n", "⏎")) if text else "(nothing)"


def _type(part: Mapping[str, Any]) -> str:
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if "anyOf" in part:
        return " | ".join(_type(one) for one in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[1]
    if part.get("type") == "array" and isinstance(part.get("items"), Mapping):
        return f"list of {_type(part['items'])}"
    if part.get("type") == "object" and isinstance(part.get("additionalProperties"), Mapping):
        return f"table of {_type(part['additionalProperties'])}"
    return str(part.get("type", "any"))


def _toml(value: Any) -> str:
    names = {"True": "true", "False": "false", "None": "none"}
    return names.get(str(value), repr(value))


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`{escaped}`" if text else ""


def _escaped(text: str) -> str:
    for char in "\\|*_<[`":
        text = text.replace(char, f"\\{char}")
    return " ".join(text.split())
