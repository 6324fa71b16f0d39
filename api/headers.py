"""What every response carries and no request may exceed: request id, security headers, size and slowness of bodies.

Every answer is counted and logged here, with its route and its request id.
"""

import asyncio
import re
import time
import uuid
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.problems import FAILED, TOO_LARGE, TOO_SLOW, Kind, log_failure, response

Pair = tuple[bytes, bytes]

MOST_BODY_BYTES = 8 * 1024
BODY_SECONDS = 10.0
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# Everything comes from this origin: no script, style, picture or font from anywhere else, and nothing inline.
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_TLS_ONLY = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class Envelope:
    """Wraps the whole app: nothing leaves without the headers, and no exception leaves at all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = _request_id(Headers(scope=scope).get("x-request-id", ""))
        began, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _completed(message.get("headers", []), scope)
            await send(message)

        refused, replayed = await _checked(scope, receive)
        try:
            if refused:
                await response(refused, Request(scope))(scope, receive, send_with_headers)
            else:
                await self._app(scope, replayed, send_with_headers)
        except Exception as error:
            log_failure(Request(scope), error)
            if not status:
                await response(FAILED, Request(scope))(scope, receive, send_with_headers)
        _note(scope, status, time.perf_counter() - began)


def _completed(own: Iterable[Pair], scope: Scope) -> list[Pair]:
    """An answer's own headers with those of every answer; of the security headers its own hold."""
    always = [(b"x-request-id", scope["request_id"].encode())]
    if quota := scope.get("quota"):
        always += ((name.lower().encode(), value.encode()) for name, value in quota.headers().items())
    if scope["scheme"] == "https":
        always.append(_TLS_ONLY)
    named = {name for name, _ in always}
    kept = [pair for pair in own if pair[0] not in named]
    set_ = {name for name, _ in kept}
    return [*kept, *always, *(pair for pair in _SECURITY if pair[0] not in set_)]


def _note(scope: Scope, status: int, seconds: float) -> None:
    logs.answered(scope, status, seconds)
    if "app" in scope:  # a request that was refused here reached no app
        scope["app"].state.metrics.count(scope["method"], logs.route_of(scope), status, seconds)


def _request_id(given: str) -> str:
    """The caller's id where it is harmless, so that logs of two systems can be joined; else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


async def _checked(scope: Scope, receive: Receive) -> tuple[Kind | None, Receive]:
    """(why the body is refused, or nothing; the body to be read again)"""
    if scope["method"] not in {"POST", "PUT", "PATCH", "DELETE"}:
        return None, receive
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(receive)
    except TimeoutError:
        return TOO_SLOW, receive
    return (TOO_LARGE if len(body) > MOST_BODY_BYTES else None), _replay(body, receive)


async def _body(receive: Receive) -> bytes:
    """The whole body, or as much of it as shows that it is too large."""
    body = b""
    while len(body) <= MOST_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def again() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return again
