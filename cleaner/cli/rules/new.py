"""`clean rules new`: what a rule author begins with."""

from __future__ import annotations

import re
from pathlib import Path

import click

from cleaner.cli.options import Options, configured
from cleaner.cli.rules import complete

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
KINDS = ("line", "span", "words", "block")


@click.command()
@click.argument("name", metavar="NAME|PACK.toml", shell_complete=complete.files)
@click.option("--kind", type=click.Choice(KINDS), default="line", help="What the first rule does (line).")
@click.option("--rule", "rule_id", metavar="ID", help="The name of the rule; needed for a pack that is there already.")
@click.option(
    "--from",
    "place",
    metavar="FILE:LINE",
    shell_complete=complete.files,
    help="Make the rule of this line, which is to go.",
)
@click.option("--package", is_flag=True, help="A package for others around the pack, in the folder seedclean-NAME.")
@click.option("--license", metavar="SPDX", default="MIT", help="MIT (default), 0BSD, Apache-2.0 or any other name.")
@click.option("--author", metavar="NAME", default="", help="Who holds the rights, for --package (git's user.name).")
@configured(policy=False)
def new(
    options: Options, name: str, kind: str, rule_id: str | None, place: str | None, package: bool, license: str,
    author: str,
) -> int:  # fmt: skip
    """Begin a pack, or one more rule in a pack, with examples that hold; change them into yours.

    NAME is written to rules/NAME.toml beside the configuration. With PACK.toml, or a NAME that stands there already,
    and --rule, a rule is added at its end.
    """
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    from cleaner.show import show

    try:
        license = canonicalize_license_expression(license)
    except InvalidLicenseExpression as err:
        how = "give one of https://spdx.org/licenses, such as MIT or CC0-1.0, or LicenseRef-NAME"
        raise _usage(f"--license {show(license)}", "no name of a licence", how) from err
    if package:
        return _package(options, _checked(name), license, author)
    root = options.config(None).root
    is_path = "/" in name or name.endswith(".toml") or (Path(name) / "pack.toml").is_file()
    file = Path(name) if is_path else root / "rules" / f"{_checked(name)}.toml"
    if file.is_dir():
        file = file / "pack.toml"
    text = _rule(options, kind, rule_id, place)
    if file.exists():
        _append(options, file, text, rule_id)
    else:
        _create(options, file, _checked(file.stem if file.stem != "pack" else file.parent.name), text, license)
    return 0


def _create(options: Options, file: Path, name: str, rule: str, license: str) -> None:
    from cleaner import files, skeleton

    file.parent.mkdir(parents=True, exist_ok=True)
    files.replace_file(file, (skeleton.pack_text(name, license) + rule).encode("utf-8"))
    _next(options, file, f"clean rules add {file.as_posix()}")


def _append(options: Options, file: Path, rule: str, rule_id: str | None) -> None:
    from cleaner import files, packs
    from cleaner.show import show

    if rule_id is None:
        how = f"give a new name, or add a rule to it: clean rules new {show(file.as_posix())} --rule ID"
        raise _usage(show(file.as_posix()), "stands there already", how)
    (pack,) = packs.load([file])
    if f"{pack.name}/{rule_id}" in {one.id for one in pack.rules}:
        raise _usage(show(file.as_posix()), f"has a rule '{rule_id}' already", "give another name")
    text = file.read_bytes().decode("utf-8").rstrip("\n") + "\n"
    files.replace_file(file, (text + rule).encode("utf-8"))
    _next(options, file, "")


def _rule(options: Options, kind: str, rule_id: str | None, place: str | None) -> str:
    from cleaner import skeleton
    from cleaner.show import show

    if place is None:
        return skeleton.rule_text(kind, _checked(rule_id or skeleton.KINDS[kind]))
    from cleaner.cli.rules.alarm import document, split

    path, line, _ = split(place)
    found = document(options, path)
    lines = found.text.split("\n")
    text = lines[line - 1].strip() if 1 <= line <= len(lines) else ""
    if not skeleton.is_candidate(text):
        what = "is prose, which a rule for one line should not take" if text else "is no line with text"
        raise _usage(show(place), what, "a place in prose is for `clean decide`, or for a rule of kind span")
    before = next((one.strip() for one in reversed(lines[: line - 1]) if one.strip()), "")
    return skeleton.rule_for_line(_checked(rule_id or "line"), text, before)


def _package(options: Options, name: str, license: str, author: str) -> int:
    import datetime

    from cleaner import files, skeleton
    from cleaner.show import show

    top = Path(f"seedclean-{name}")
    if top.exists():
        raise _usage(show(top.as_posix()), "stands there already", "give another name, or work in another folder")
    for part, text in skeleton.package_files(
        name, license, author or _git_user() or f"the authors of {top}", datetime.date.today().year
    ).items():
        (top / part).parent.mkdir(parents=True, exist_ok=True)
        files.replace_file(top / part, text.encode("utf-8"))
        options.printer.say(f"wrote {show((top / part).as_posix())}")
    folder = f"seedclean_{name.replace('-', '_')}"
    options.printer.say(f"next: cd {top}; clean rules test {folder} --watch; README.md says the rest")
    return 0


def _git_user() -> str:
    import subprocess

    try:
        return subprocess.run(["git", "config", "user.name"], capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:
        return ""


def _next(options: Options, file: Path, then: str) -> None:
    from cleaner.show import show

    name = show(file.as_posix())
    options.printer.say(f"wrote {name}")
    options.printer.say(f"next: make it yours; to see at every save whether it holds: clean rules test {name} --watch")
    if then:
        options.printer.say(f"then: {then}")


def _checked(name: str) -> str:
    from cleaner.show import show

    if not _NAME.fullmatch(name):
        raise _usage(show(name), "is no name of a pack or a rule", "use a-z, 0-9 and -")
    return name


def _usage(where: str, what: str, how: str) -> Exception:
    from cleaner.errors import UsageError

    return UsageError("E105" if "stands there" in what else "E202", where, what, "nothing was written", how)
