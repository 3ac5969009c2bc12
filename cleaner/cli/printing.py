"""Results to stdout, all else to stderr; nothing foreign is printed without `show`.

With `--log-format json` stderr holds one JSON object a line (docs/log.md): messages, progress, and at last the result.

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

from cleaner.errors import CleanerError, Errors
from cleaner.languages import ENGLISH, Speech, of_environment, speech
from cleaner.show import visible_json

JSON_EVERY = 1.0  # seconds between two lines of progress for a program
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
        self.as_json = False
        self.totals: dict[str, Any] = {}  # what the result says besides the exit code
        self._speech: Speech | None = None
        self._gone = False
        self._color: bool | None = None
        self._at: tuple[str, int, int] | None = None
        self._begun = self._last = time.monotonic()
        self._bar: Any = None

    @property
    def t(self) -> Speech:
        """Who says what people read: the language of `--lang`, or of the environment. Programs are told in English."""
        if self.as_json:
            return ENGLISH
        if self._speech is None:
            self._speech = speech(of_environment())
        return self._speech

    def set_language(self, language: str) -> None:
        self._speech = speech(language)

    def set_color(self, when: str) -> None:
        """Take `--color`; auto obeys NO_COLOR and FORCE_COLOR, then asks whether stdout is a terminal."""
        if when == "auto":
            asked = False if os.environ.get("NO_COLOR") else None  # https://no-color.org: if it is not empty
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
                self.full(err)

    def json(self, value: Any) -> None:
        """Write a value as JSON to stdout; what a terminal would hide or obey stands as \\uXXXX."""
        import orjson

        self.raw(visible_json(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)))

    def note(self, text: str) -> None:
        """Print what is no result: to stderr, unless quiet."""
        if not self.quiet:
            self._message("note", text)

    def error(self, what: str | CleanerError | Errors) -> None:
        """Print an error. In another language than English our own sentence comes first, then the message's details."""
        if isinstance(what, str):
            self._message("error", what)
            return
        for error in what.errors if isinstance(what, Errors) else (what,):
            parts = {"code": error.code, **dict(zip(("where", "what", "done", "how"), error.args[1:], strict=True))}
            self._message("error", "\n    ".join(told(error, self.t)), **parts)

    def _message(self, level: str, text: str, **parts: str) -> None:
        if self.as_json:
            self._log("message", level=level, text=text, **parts)
        else:
            self._write(sys.stderr, _no_command(text) + "\n")

    def result(self, code: int) -> None:
        """Tell a program how the command ended."""
        if self.as_json:
            self._log("result", exit=code, **self.totals)

    def _log(self, kind: str, **fields: Any) -> None:
        import json

        self._write(sys.stderr, _no_command(json.dumps({"type": kind, **fields}, ensure_ascii=False)) + "\n")

    def tick(self, what: str, done: int, of: int) -> None:
        """Show progress: a bar on a terminal if it takes long, else a plain line every ten seconds."""
        self._at = (what, done, of)
        now = time.monotonic()
        if self.quiet or self.progress == "never" or now - self._begun < PATIENCE:
            return
        if self.as_json:
            if now - self._last >= JSON_EVERY:
                self._last = now
                self._log("progress", what=what, done=done, of=of)
        elif sys.stderr.isatty() or self.progress == "always":
            self._draw(self.t(what), done, of)
        elif now - self._last >= PLAIN_EVERY:
            self._last = now
            self._write(sys.stderr, self.t("{what}: {done} of {of}", what=self.t(what), done=done, of=of) + "\n")

    def where(self) -> str:
        """Say how far the work had come."""
        return self.t(", {done} of {of} done", done=self._at[1], of=self._at[2]) if self._at else ""

    def close(self) -> None:
        self._clear()
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                self._leave(stream)
            except OSError as err:
                self.full(err)

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
            self.full(err)

    def _leave(self, stream: IO[str]) -> None:
        """The reader is gone: print no more, and keep the interpreter from complaining at its end."""
        self._gone = self._gone or stream is sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    def full(self, err: OSError) -> None:
        """Say once that stdout cannot be written (E304), and print no more to it."""
        self.failed = 4
        if not self._gone:
            self._gone = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.error(
                f"stdout: cannot be written ({err.strerror}); what was printed is not complete, OUT is; "
                "free some space and run the same command again [E304]"
            )


def told(error: CleanerError, t: Speech) -> list[str]:
    """Return an error in English on one line; else the catalogue's sentence, and the message itself under it."""
    if t.language == "en" or error.code not in t.codes:
        return [str(error)]
    known = t.codes[error.code]
    what = known.what + t("; ") + known.done + t("; ") + known.how
    return [t("{where}: {what} [{code}]", where=error.where, what=what, code=error.code), error.sentence]


def _no_command(text: str) -> str:
    """Return text in which GitHub Actions finds no command: it reads all that a job prints (`::set-env`, `##[...]`)."""
    if "GITHUB_ACTIONS" not in os.environ:
        return text
    lines = [_BEGINS_COMMAND.sub(r"\1\\u{3A}:", line) for line in text.split("\n")]
    return "\n".join(lines).replace("##[", "#\\u{23}[")
