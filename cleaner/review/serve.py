"""On which port: loopback alone, a free one unless one is named, a few connections, and an orderly end."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import uvicorn

from cleaner.errors import OutputError
from cleaner.review.app import application
from cleaner.review.desk import Desk

HOST = "127.0.0.1"
CONNECTIONS = 32
IDLE = 5  # seconds that a connection is kept without a request


def serve(desk: Desk, port: int, started: Callable[[str], None]) -> None:
    """Serve until interrupted. `started` gets the address, with a token of 192 bits in its fragment.

    Raises OutputError (E302) if the port is taken.
    """
    token = secrets.token_urlsafe(24)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as err:
            raise OutputError(
                "E302", f"{HOST}:{port}", (err.strerror or str(err)).lower(), "nothing was started",
                "leave --port out: a free one is found",
            ) from err  # fmt: skip
        config = uvicorn.Config(
            application(desk, token), log_level="warning", access_log=False, server_header=False, date_header=False,
            proxy_headers=False, ws="none", lifespan="off", http="h11", limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE, timeout_graceful_shutdown=2, h11_max_incomplete_event_size=16 * 1024,
        )  # fmt: skip
        address = f"http://{HOST}:{listening.getsockname()[1]}/#token={token}"
        _Server(config, lambda: started(address)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Says that it has started when it has: from then on Ctrl-C is an orderly end."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._tell()
