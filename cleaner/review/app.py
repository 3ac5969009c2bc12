"""What is answered: pages by their names, and decisions. No GET has an effect, and no name leads to the disk."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cleaner.errors import CleanerError, Errors
from cleaner.reports.html_page import shell
from cleaner.review.desk import Desk
from cleaner.review.guard import LARGEST, answer_headers, has_token, host_is_ours, is_from_our_page

PATIENCE = 10.0  # seconds that a body may take


def application(desk: Desk, token: str) -> ASGIApp:
    """Return the application. Without the token it serves one page that holds nothing but the way to ask with it."""

    async def pages(request: Request) -> Response:
        name = request.path_params["name"] or "index.html"
        if not await run_in_threadpool(desk.has, name):
            return PlainTextResponse("no such page\n", 404)
        if "authorization" not in request.headers:
            return Response(shell(), media_type="text/html")
        if not has_token(request.headers, token):
            return PlainTextResponse("this is not the token of this run\n", 403)
        return Response(await run_in_threadpool(desk.page, name), media_type="text/html")

    async def decisions(request: Request) -> Response:
        if not is_from_our_page(request.headers):
            return _refused(403, "this was not sent by a page of ours")
        if not has_token(request.headers, token):
            return _refused(403, "this is not the token of this run")
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _refused(415, "a decision is sent as application/json")
        try:
            body = await asyncio.wait_for(_body(request), PATIENCE)
        except TimeoutError:
            return _refused(408, "the request took too long")
        except ClientDisconnect:
            return _refused(400, "the request was broken off")
        if body is None:
            return _refused(413, f"a decision is at most {LARGEST} bytes")
        try:
            written = await run_in_threadpool(desk.decide, body)
        except (CleanerError, Errors) as err:
            return _refused(500 if err.exit == 4 else 400, str(err))
        later = [f"({written.later} more files with the next run)"] if written.later else []
        return JSONResponse({"said": [*written.said, *later]})

    app = Starlette()
    app.add_route("/decisions", decisions, methods=["POST"])
    app.add_route("/{name:path}", pages, methods=["GET"])
    return _Guarded(app)


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)


async def _body(request: Request) -> bytes | None:
    """Return the body, None if it is too large: then what comes after the limit is not read."""
    if int(request.headers.get("content-length", "0") or 0) > LARGEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


class _Guarded:
    """Lets in only who asks for this machine by its own name, and puts our headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in answer_headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self._headers]}
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not host_is_ours(hosts[0]):
            await PlainTextResponse("this host is not served here\n", 400)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)
