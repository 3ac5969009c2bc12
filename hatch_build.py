"""What the build adds to a wheel: the manual page and the shell completions, made from the commands.

They land in share/ of the environment's prefix, where man, bash, zsh and fish look if it is /usr/local or the like.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent


class Share(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Write them into a folder of the build, and name them as shared data."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, str(ROOT))
        try:
            from cleaner.cli.shell import FILES, MAN, page, script
        finally:
            sys.path.remove(str(ROOT))
        texts = {place: script(shell) for shell, place in FILES.items()} | {MAN: page()}
        for place, text in texts.items():
            made = Path(self.directory, "share", place)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(text, encoding="utf-8")
            build_data["shared_data"][str(made)] = place
