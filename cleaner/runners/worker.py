"""A worker of the pool: `python -m cleaner.runners.worker DESCRIPTOR`, which is its end of a socket pair.

It gets ("job", pickled job) once for each job, then ("task", number, task, trial), and answers ("done", number,
value) or ("error", number, exception). It ends with its parent, whatever that one dies of: the end of the stream says
so between tasks, and on Linux the kernel kills it inside of one.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from multiprocessing.connection import Connection

from cleaner.runners import Job

_PDEATHSIG = 1  # PR_SET_PDEATHSIG of prctl(2)
OUT_OF_MEMORY = 77  # exit code


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends (Linux)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that
        os._exit(1)


def serve(line: Connection[object, object]) -> None:
    """Do what is asked until the parent is gone."""
    job: Job | None = None
    while True:
        try:
            message = pickle.loads(line.recv_bytes())
        except (EOFError, OSError):
            return
        if message[0] == "job":
            job = message[1]
            continue
        _, number, task, trial = message
        assert job is not None
        try:
            answer: tuple[str, int, object] = ("done", number, job.perform(number, task, trial))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # what is left of this process is not to be trusted
        except Exception as err:
            answer = ("error", number, _portable(err))
        try:
            line.send_bytes(pickle.dumps(answer))
        except OSError:
            return


def _portable(err: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(err))
    except Exception:
        return RuntimeError(f"{type(err).__name__} in a worker")
    return err


def main() -> None:
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent has got it too, and ends us
    die_with(parent)
    serve(Connection(descriptor))


if __name__ == "__main__":
    main()
