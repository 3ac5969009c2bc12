"""`clean init`: what a repository of seeds needs, shown before it is written; nothing that stands there is changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.cli import printer_of

if TYPE_CHECKING:
    from cleaner.cli.printing import Printer

_CONFIG = """\
# What `clean` does here; `clean config schema` lists all settings.
src = "{src}"
out = "{out}"
"""
_ATTRIBUTES = """\
# seeds are kept byte for byte; what is made of them is made anew after a merge, and never merged line by line
{src}/** -text
{out}/** -text linguist-generated=true merge=clean-out
# decisions of two branches are all taken; `clean` says where they contradict each other
rules/decisions.jsonl merge=union
# a diff of Chinese text by character: git diff --word-diff
*.txt diff=cjk
"""
_IGNORED = """\
# of {out}/ the texts, README.md and report.jsonl are committed; the pages are made by every run
{out}/.clean.lock
{out}/.incomplete
{out}/.clean-*
{out}/__report__/*
!{out}/__report__/README.md
!{out}/__report__/report.jsonl
!{out}/__report__/extracted/
"""
_HOOK = """\
default_install_hook_types: [pre-commit, pre-merge-commit]
repos:
  - repo: local
    hooks:
      - id: clean-check
        name: {out}/ matches {src}/
        entry: clean check --staged
        language: system
        pass_filenames: false
        always_run: true  # a deleted seed is no file to pre-commit
        require_serial: true
"""
_GIT = (
    ("diff.cjk.wordRegex", ".", "word diff by character"),
    ("merge.clean-out.name", "keep ours: clean makes it anew", ""),
    ("merge.clean-out.driver", "true", "a merge leaves OUT to the next run"),
)


@dataclass(frozen=True)
class Step:
    """A file to write, as it will be, with what is new in it; `done` says that nothing is to do."""

    path: Path
    text: str
    new: str
    done: bool = False
    by_hand: bool = False


@click.command()
@click.argument("folder", required=False, default=".", metavar="[FOLDER]")
@click.option("--src", default="seeds", metavar="NAME", help="The folder of seeds (seeds).")
@click.option("--out", default="out", metavar="NAME", help="The folder for the results (out).")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask (nobody is asked where there is no terminal).")
@click.pass_context
def init(ctx: click.Context, folder: str, src: str, out: str, dry_run: bool, yes: bool) -> int:
    """Set a repository up: configuration, hook, .gitattributes, .gitignore.

    Each file is shown before it is written. What stands there is never changed or taken away, lines that are missing
    are added at the end, and a second call finds nothing to do.
    """
    printer, root = printer_of(ctx), Path(folder)
    names = {"src": _name(src, "--src"), "out": _name(out, "--out")}
    if not root.is_dir():
        raise click.UsageError(f"there is no folder {root}")
    steps = list(_steps(root, names))
    settings = list(_git_settings(root))
    todo = [step for step in steps if not step.done]
    for step in steps:
        _show(printer, step)
    for key, value, why in settings:
        printer.say(f"git config {key} {value!r}" + (f"   ({why})" if why else ""))
    if not todo and not settings:
        printer.say(printer.t("nothing to do: all of it is there"))
        return 0
    if dry_run:
        printer.say(printer.t("nothing was written (--dry-run)"))
        return 0
    if not yes and sys.stdin.isatty() and not click.confirm(printer.t("write this?"), default=True):
        printer.say(printer.t("nothing was written"))
        return 0
    _do(printer, root, todo, settings)
    _then(printer, root, names)
    return 0


def _name(name: str, option: str) -> str:
    clean = name.strip("/")
    if not clean or clean.startswith(".") or any(char in clean for char in '"\\*?[]!#\n\r\t '):
        raise click.UsageError(f"{option} has to be a plain name of a folder, such as data/seeds")
    return clean


def _steps(root: Path, names: dict[str, str]) -> Iterator[Step]:
    config = root / "clean.toml"
    if config.exists() or _in_project(root):
        yield Step(config if config.exists() else root / "pyproject.toml", "", "", done=True)
    else:
        text = _CONFIG.format(**names)
        yield Step(config, text, text)
    yield _lines(root / ".gitattributes", _ATTRIBUTES.format(**names))
    yield _lines(root / ".gitignore", _IGNORED.format(**names))
    yield _hook(root / ".pre-commit-config.yaml", _HOOK.format(**names))


def _in_project(root: Path) -> bool:
    import tomllib

    project = root / "pyproject.toml"
    try:
        return "clean" in tomllib.loads(project.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError):
        return False


def _lines(path: Path, wanted: str) -> Step:
    """Return the step that adds those lines to a file which it has not; a comment goes with the line below it."""
    before = path.read_text("utf-8") if path.exists() else ""
    have = {line.strip() for line in before.split("\n")}
    new: list[str] = []
    comments: list[str] = []
    for line in wanted.rstrip("\n").split("\n"):
        if line.startswith("#"):
            comments = [line] if line not in have else []
        elif line not in have:
            new += [*comments, line]
            comments = []
    if not new:
        return Step(path, before, "", done=True)
    added = "\n".join(new) + "\n"
    gap = "" if not before or before.endswith("\n") else "\n"
    return Step(path, f"{before}{gap}{added}", added)


def _hook(path: Path, wanted: str) -> Step:
    if not path.exists():
        return Step(path, wanted, wanted)
    there = path.read_text("utf-8")
    if "clean check --staged" in there or "id: clean" in there:
        return Step(path, there, "", done=True)
    return Step(path, there, wanted.partition("repos:\n")[2], done=True, by_hand=True)


def _git_settings(root: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the settings of this clone that are missing; a repository cannot carry them."""
    if not _git(root, "rev-parse", "--git-dir"):
        return
    for key, value, why in _GIT:
        if not _git(root, "config", "--get", key):
            yield key, value, why


def _git(root: Path, *args: str) -> str:
    try:
        return subprocess.run(["git", *args], cwd=root, capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        return ""


def _show(printer: Printer, step: Step) -> None:
    from cleaner.show import show, show_path

    name, t = show_path(step.path.as_posix()), printer.t
    if step.by_hand:
        printer.say(t("{name} stands there; add this under `repos:` yourself:", name=name))
    elif step.done:
        printer.say(t("{name} stands there, nothing to add", name=name))
        return
    else:
        new = step.text == step.new
        printer.say(t("{name} (new):", name=name) if new else t("{name} (lines added at its end):", name=name))
    for line in step.new.rstrip("\n").split("\n"):
        printer.say(f"    {show(line)}")


def _do(printer: Printer, root: Path, todo: list[Step], settings: list[tuple[str, str, str]]) -> None:
    from cleaner import files
    from cleaner.show import show_path

    for step in todo:
        files.replace_file(step.path, step.text.encode("utf-8"))
    for key, value, _ in settings:
        _git(root, "config", key, value)
    done = [show_path(step.path.as_posix()) for step in todo] + [f"git config {key}" for key, _, _ in settings]
    printer.say(printer.t("wrote {names}", names=", ".join(done)))


def _then(printer: Printer, root: Path, names: dict[str, str]) -> None:
    t = printer.t
    first = "" if (root / names["src"]).is_dir() else t("put articles into {src}/, ", src=names["src"])
    hook = "pre-commit install, " if _git(root, "rev-parse", "--git-dir") else "git init, pre-commit install, "
    printer.say(t("next: {what}", what=f"{first}{hook}clean {names['src']}/ {names['out']}/, git add -A"))
