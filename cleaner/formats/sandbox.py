"""A child process that answers questions, can be killed at any time, and never outlives its parent.

A parser in C cannot be interrupted from inside (a SIGALRM set to 0.5 s arrived after 3.66 s, trust.md section 6), so
what may hang or crash runs in a process of its own: started when first needed, used again for the next question,
replaced after a death. It is a crash boundary, not a jail: a memory fault in a library has the user's rights.

A frame is its length in 8 bytes, big end first, and that many bytes. The child's side is `serve`.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO

_HEAD = 8
_CHUNK = 1 << 16
_PDEATHSIG = 1  # PR_SET_PDEATHSIG of prctl(2), Linux
ANSWER = 1 << 28  # bytes; more is no answer (a page has 20 MB at most)
MEMORY = 4 << 30  # bytes of address space of a child; an 18 MB page took 0.33 GB (trust.md section 6)


class Died(Exception):
    """The child ended before it had answered."""


class Late(Exception):
    """The deadline passed; the child was killed."""


class NotStarted(Exception):
    """There is no child, and the question has nothing to do with it; the message says why."""


class Sandbox:
    """A child that runs `python -m module`: `with Sandbox(module) as box: box.ask(question, seconds)`."""

    def __init__(self, module: str, *, starting: float = 60.0) -> None:
        self.module = module
        self.starting = starting  # seconds that the child may take to say that it is ready
        self.starts = 0
        self.stopped = False  # for good: by another thread than the one that asks
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, question: bytes, seconds: float) -> bytes:
        """Return the child's answer.

        Raises NotStarted, Died, or Late if the answer is not there after `seconds` of wall time.
        """
        if self.stopped:
            raise Died
        try:
            child = self._ready()
            return self._talk(child, len(question).to_bytes(_HEAD, "big") + question, seconds)
        except BaseException:  # also an interrupt: what has half a question in its pipe is of no use any more
            self.close()
            raise

    def stop(self) -> None:
        """Have who waits for an answer in another thread get Died, now and from now on."""
        self.stopped = True
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """Kill the child, if there is one, and wait for its end."""
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError):
                child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()

    def _ready(self) -> subprocess.Popen[bytes]:
        """Return a child that waits for a question. Raises NotStarted."""
        try:
            return self._started()
        except OSError as err:  # no process, no memory, no descriptor
            raise NotStarted(f"it cannot be started ({err.strerror})") from err
        except Late as err:
            raise NotStarted(f"it is not ready after {self.starting:g} s") from err
        except Died as err:
            raise NotStarted("it ends before it is ready") from err

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            # -P: modules come from where ours come from, not from the folder that we happen to be in. A fixed hash
            # seed: sets inside the extractor must not change its answer from run to run.
            path = os.pathsep.join(entry for entry in sys.path if entry)
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", self.module, str(os.getpid())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
                env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
                process_group=0,  # Ctrl-C is for us; we end the child
            )  # fmt: skip
            self.starts += 1
            if self.stopped:  # meanwhile
                self._child.kill()
            for stream in (self._child.stdin, self._child.stdout):
                assert stream is not None
                os.set_blocking(stream.fileno(), False)
            self._talk(self._child, b"", self.starting)
        return self._child

    def _talk(self, child: subprocess.Popen[bytes], out: bytes, seconds: float) -> bytes:
        """Write `out` and return the frame that comes back."""
        assert child.stdin is not None
        assert child.stdout is not None
        deadline = time.monotonic() + seconds
        rest, got, size = memoryview(out), bytearray(), -1
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            if rest:
                waiting.register(child.stdin, selectors.EVENT_WRITE)
            while size < 0 or len(got) < size:
                left = deadline - time.monotonic()
                events = waiting.select(left) if left > 0 else []
                if not events:
                    raise Late
                for key, _ in events:
                    if key.fileobj is child.stdin:
                        rest = rest[self._write(child.stdin, rest) :]
                        if not rest:
                            waiting.unregister(child.stdin)
                    else:
                        got += self._read(child.stdout)
                if size < 0 and len(got) >= _HEAD:
                    size = _HEAD + int.from_bytes(got[:_HEAD], "big")
                    if size > ANSWER:
                        raise Died
        return bytes(got[_HEAD:size])

    @staticmethod
    def _write(stream: object, rest: memoryview) -> int:
        try:
            return os.write(stream.fileno(), rest[:_CHUNK])  # type: ignore[attr-defined]
        except BlockingIOError:
            return 0
        except OSError as err:
            raise Died from err

    @staticmethod
    def _read(stream: object) -> bytes:
        piece = os.read(stream.fileno(), _CHUNK)  # type: ignore[attr-defined]
        if not piece:
            raise Died
        return piece


# --- the child -------------------------------------------------------------------------------------------------------


def serve(answer: Callable[[bytes], bytes]) -> None:
    """Answer questions until the parent is gone. Called in the child, after it has imported what it needs."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # a library that prints must not speak in our place
    _put(target, b"")
    while (question := _get(source)) is not None:
        _put(target, answer(question))


def bind_to_parent(parent: int) -> None:
    """Have the kernel end us with our parent, also while we are deep in C code (Linux; elsewhere: end of our input)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def restrict() -> None:
    """Take away what an extractor has no use for: memory without end, files to write, processes, the network."""
    import resource

    for what, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard > limit:
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (limit, hard))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event.startswith(("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.", "os.exec", "os.fork",
                         "os.posix_spawn", "os.system")):  # fmt: skip
        raise PermissionError(f"{event} is not for the extractor")


def _get(stream: BinaryIO) -> bytes | None:
    head = stream.read(_HEAD)
    if len(head) < _HEAD:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def _put(stream: BinaryIO, body: bytes) -> None:
    stream.write(len(body).to_bytes(_HEAD, "big") + body)
    stream.flush()
