"""A limit on the CPU time of one piece of work in this process, kept by a signal.

`regex` looks for signals inside of a match (trust.md section 6: after 0.30 s), and so does the interpreter between two
steps, so that a rule without end is ended without a process of its own. It is CPU time, so that a busy machine
quarantines nothing. Code of a library that holds the interpreter is not reached: for that there is the pool, whose
parent kills. Only a command installs the signal; in a program that imports us, `limited` does nothing.
This module imports nothing of ours.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfTime(BaseException):
    """The time of `limited` is over. Not an Exception: no code that goes on after an error may go on after this."""


class _State:
    """Whether the signal is ours, and whether some work is limited just now."""

    installed = False
    running = False


def install() -> None:
    """Take the signal of the timer of user time for ours: called once, by a command, in its main thread (POSIX)."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGVTALRM, _rung)
        _State.installed = True


def _rung(_signal: int, frame: FrameType | None) -> None:
    if _State.running and not loading(frame):  # else it was on its way when the work ended; it rings again
        raise OutOfTime


def loading(frame: FrameType | None) -> bool:
    """Say whether a module is being loaded here, or pydantic builds a class: no place to raise anything from a signal.

    Compiled modules do not survive it: orjson crashed the interpreter, and pydantic made an error of its own of it (6
    of 480 interrupts, tests/trust/kills.py).
    """
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or f"{os.sep}pydantic{os.sep}" in name:
            return True
        frame = frame.f_back
    return False


def send_later(number: int) -> None:
    """Send this process a signal once more, a moment later, from a thread: where it came it could not be heeded."""
    timer = threading.Timer(0.01, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the middle of what is done here, once it has taken `seconds` of user CPU time."""
    if not _State.installed or _State.running or threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.running = True
    # it rings again, in case that the first one came where Python can only ignore it
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        try:
            _State.running = False
        finally:  # also if it rings just here
            _State.running = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
