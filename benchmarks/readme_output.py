"""Put the real output of the commands that the READMEs quote into them: `python benchmarks/readme_output.py`.

A block is a fence after `<!-- output: COMMAND -->`. With --check nothing is written, and the exit code is 1 if a block
is not what its command prints (tests/test_readme.py calls `outputs`). The Chinese README shows it in Chinese.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- output: (?P<command>.+?) -->\n```\n)(?P<text>.*?)(```\n)", re.DOTALL)


def outputs(readme: str, language: str = "en") -> str:
    """Return `readme` with each quoted output made anew, on a copy of the seeds."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(ROOT / "seeds", Path(place) / "seeds")
        return BLOCK.sub(lambda match: match[1] + _run(match["command"], Path(place), language) + match[4], readme)


def _run(command: str, place: Path, language: str) -> str:
    words = [sys.executable, "-m", "cleaner", *shlex.split(command)[1:]]
    env = {**os.environ, "CLEAN_LANG": language}
    done = subprocess.run(words, cwd=place, env=env, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.rstrip("\n") + "\n"


READMES = {"README.md": "en", "README.zh-CN.md": "zh-CN"}


def main() -> int:
    stale = False
    for name, language in READMES.items():
        path = ROOT / name
        old = path.read_text("utf-8")
        new = outputs(old, language)
        stale |= new != old
        if "--check" not in sys.argv:
            path.write_text(new, encoding="utf-8")
    return int(stale and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
