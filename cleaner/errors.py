"""What a user can cause and mend. Anything else that is raised is a bug of ours (exit 70).

This module imports nothing of ours.
"""

from __future__ import annotations


class CleanerError(Exception):
    """One line, no traceback: where, what happened, what was done with the file, how to go on, [code].

    The parts are the exception's own arguments, so that it pickles and can cross a process.
    """

    exit = 2

    def __init__(self, code: str, where: str, what: str, done: str, how: str) -> None:
        super().__init__(code, where, what, done, how)

    @property
    def code(self) -> str:
        return str(self.args[0])

    @property
    def where(self) -> str:
        return str(self.args[1])

    @property
    def sentence(self) -> str:
        """The message without its place: what stands in a record, which has a field for the place."""
        _, _, what, done, how = self.args
        return f"{what}; {done}; {how}"

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence} [{self.code}]"


class UsageError(CleanerError):
    """The command line, the configuration or SRC and OUT are wrong: exit 2, nothing is written."""


class PackError(CleanerError):
    """A rule pack is wrong: exit 2, nothing is written."""


class InputError(CleanerError):
    """One input cannot be done: it is quarantined, the others go on, and the run ends with 3."""

    exit = 3


class OutputError(CleanerError):
    """OUT cannot be written (disk full, read-only, locked): exit 4, every file there is whole."""

    exit = 4


class SelfCheckError(CleanerError):
    """Our own check failed on one document: it keeps its original, the others go on, and the run ends with 70."""

    exit = 70


class Errors(Exception):
    """Several errors found together, so that a user mends them all at once. Never empty."""

    def __init__(self, errors: tuple[CleanerError, ...]) -> None:
        super().__init__(errors)

    @property
    def errors(self) -> tuple[CleanerError, ...]:
        return tuple(self.args[0])

    @property
    def exit(self) -> int:
        return max(error.exit for error in self.errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))
