"""Completion in real shells, and a manual page that renders."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
import tomllib

import pytest

import cleaner
from cleaner.cli import COMMANDS
from cleaner.cli.shell import page, script
from tests.conftest import ROOT


@pytest.fixture
def environ(tmp_path):
    """A home without settings, a folder with `seeds/`, and `clean` of this checkout."""
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/clean"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m cleaner "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    (tmp_path / "seeds").mkdir()
    return {"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
            "TERM": "dumb", "XDG_CACHE_HOME": str(tmp_path / "cache")}  # fmt: skip


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def bash(environ, *words):
    """Return what bash offers for the last of `words`."""
    quoted = " ".join(f"'{word}'" for word in words)
    commands = f"""
        eval "$(clean completion bash)"
        COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
        compopt() {{ echo "files too"; }}
        _clean_completion clean
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", commands], env=environ, cwd=environ["HOME"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout.split("\n")


@needs("bash")
def test_bash_completes_commands_options_and_paths(environ):
    found = bash(environ, "clean", "")
    assert set(COMMANDS) <= set(found) and "files too" in found
    assert bash(environ, "clean", "dec") == ["files too", "decide", "decisions", ""]
    assert "--script" in bash(environ, "clean", "--scr")
    assert "--script" in bash(environ, "clean", "seeds", "out", "--scr")
    assert "files too" in bash(environ, "clean", "seeds", "o")
    assert {"hans", "hant"} <= set(bash(environ, "clean", "seeds", "out", "--script", "ha"))
    assert "test" in bash(environ, "clean", "rules", "te")


@pytest.mark.slow
@needs("fish")
def test_fish_completes_commands_options_and_paths(environ, tmp_path):
    (tmp_path / "clean.fish").write_text(script("fish"), encoding="utf-8")

    def offered(line):
        commands = f"source clean.fish; complete -C '{line}'"
        done = subprocess.run(["fish", "-c", commands], env=environ, cwd=tmp_path, capture_output=True, text=True)
        return [one.split("\t")[0] for one in done.stdout.splitlines()]

    assert "decisions" in offered("clean dec")
    assert "--script" in offered("clean seeds out --scr")
    assert "seeds/" in offered("clean se")


@pytest.mark.slow
@needs("zsh")
def test_zsh_completes_what_is_typed(environ, tmp_path):
    """Typed into a terminal, since completion of zsh works nowhere else."""
    master, slave = pty.openpty()
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=slave, stdout=slave, stderr=slave, env={**environ, "PS1": "% "}, cwd=tmp_path,
        start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    said = ""

    def until(pattern):
        nonlocal said
        end = time.monotonic() + 120
        while not re.search(pattern, said):
            assert time.monotonic() < end, said
            if select.select([master], [], [], 1)[0]:
                said += os.read(master, 65536).decode("utf-8", "replace")

    def typed(text):
        nonlocal said
        said = ""
        os.write(master, text.encode())

    try:
        typed("autoload -U compinit; compinit -D; unsetopt zle_bracketed_paste\n")
        typed('eval "$(clean completion zsh)"; echo rea""dy\n')
        until(r"ready")
        typed("clean overl\t")
        until(r"overlaps")
        typed("\x15clean seeds out --same\t")
        until(r"--same-script")
        typed("\x15clean see\t")
        until(r"seeds/")
    finally:
        shell.kill()
        shell.wait()
        os.close(master)


def test_a_shell_that_there_is_not_is_refused():
    done = subprocess.run([sys.executable, "-m", "cleaner", "completion", "tcsh"], capture_output=True, text=True)
    assert done.returncode == 2 and "'tcsh' is not one of" in done.stderr


def test_the_manual_page_names_every_command_and_option():
    text = page().replace(r"\-", "-")
    assert [name for name in COMMANDS if f".SS clean {name} " not in text] == []
    for option in ("--files-from", "--log-format", "--lang", "-0, --null", "--max-removed"):
        assert rf"\fB{option}" in text
    assert page() == page()


@needs("groff")
def test_the_manual_page_renders_without_a_warning():
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page().encode(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    plain = re.sub(r"\x1b\[[\d;]*m|.\x08", "", done.stdout.decode("utf-8"))
    assert re.search(r"clean - clean scraped articles", plain) and "mask it by 〓" in " ".join(plain.split())


def test_the_version_stands_in_two_places_and_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == cleaner.__version__
