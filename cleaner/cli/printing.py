"""Results to stdout, all else to stderr; nothing foreign is printed without `show`.

If the reader of stdout goes away (`| head`), printing stops and the run goes on; if stdout is full,
that is an error of its own (E304). Colour and progress are for terminals alone.
"""

from __future__ import annotations

import os
import re
import sys
import time
from typing import IO, Any

import click

PLAIN_EVERY = 10.0  # seconds between two lines of progress where there is no terminal
_BEGINS_COMMAND = re.compile(r"^(\s*)::")
PATIENCE = 1.0  # seconds before a terminal is shown a bar: short runs need none


class Printer:
    """Where a command prints. `color` and `progress` are auto, always or never."""

    def __init__(self) -> None:
        self.quiet = False
        self.verbose = False
        self.progress = "auto"
        self.failed = 0
        self._gone = False
        self._color: bool | None = None
        self._at: tuple[str, int, int] | None = None
        self._begun = self._last = time.monotonic()
        self._bar: Any = None

    def set_color(self, when: str) -> None:
        """Take `--color`; auto obeys NO_COLOR and FORCE_COLOR, then asks whether stdout is a terminal."""
        if when == "auto":
            asked = None if "NO_COLOR" not in os.environ else False
            forced = True if os.environ.get("FORCE_COLOR") else None
            self._color = asked if asked is not None else forced if forced else sys.stdout.isatty()
        else:
            self._color = when == "always"

    def style(self, text: str, **style: Any) -> str:
        if self._color is None:
            self.set_color("auto")
        return click.style(text, **style) if self._color else text

    def say(self, text: str = "") -> None:
        """Print a result."""
        self._write(sys.stdout, _no_command(text) + "\n")

    def raw(self, data: bytes) -> None:
        """Write bytes to stdout: a cleaned text, a report."""
        self._clear()
        if not self._gone:
            try:
                sys.stdout.flush()
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                self._leave(sys.stdout)
            except OSError as err:
                self._full(err)

    def note(self, text: str) -> None:
        """Print what is no result: to stderr, unless quiet."""
        if not self.quiet:
            self._write(sys.stderr, _no_command(text) + "\n")

    def error(self, text: str) -> None:
        self._write(sys.stderr, _no_command(text) + "\n")

    def tick(self, what: str, done: int, of: int) -> None:
        """Show progress: a bar on a terminal if it takes long, else a plain line every ten seconds."""
        self._at = (what, done, of)
        now = time.monotonic()
        if self.quiet or self.progress == "never" or now - self._begun < PATIENCE:
            return
        if sys.stderr.isatty() or self.progress == "always":
            self._draw(what, done, of)
        elif now - self._last >= PLAIN_EVERY:
            self._last = now
            self._write(sys.stderr, f"{what}: {done} of {of}\n")

    def where(self) -> str:
        """Say how far the work had come."""
        return f", {self._at[1]} of {self._at[2]} done" if self._at else ""

    def close(self) -> None:
        self._clear()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                self._leave(stream)
            except OSError as err:
                self._full(err)

    def _draw(self, what: str, done: int, of: int) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=of)
        self._bar.update(self._task, description=what, completed=done, total=of)

    def _clear(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _write(self, stream: IO[str], text: str) -> None:
        self._clear()
        if stream is sys.stdout and self._gone:
            return
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            self._leave(stream)
        except OSError as err:
            self._full(err)

    def _leave(self, stream: IO[str]) -> None:
        """The reader is gone: print no more, and keep the interpreter from complaining at its end."""
        self._gone = self._gone or stream is sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    def _full(self, err: OSError) -> None:
        self.failed = 4
        if not self._gone:
            self._gone = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.error(
                f"stdout: cannot be written ({err.strerror}); what was printed is not complete, OUT is; "
                "free some space and run the same command again [E304]"
            )


def _no_command(text: str) -> str:
    """Return text in which GitHub Actions finds no command: it reads all that a job prints (`::set-env`, `##[...]`)."""
    if "GITHUB_ACTIONS" not in os.environ:
        return text
    lines = [_BEGINS_COMMAND.sub(r"\1\\u{3A}:", line) for line in text.split("\n")]
    return "\n".join(lines).replace("##[", "#\\u{23}[")
