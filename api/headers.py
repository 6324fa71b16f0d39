"""What every response carries and no request may exceed: request id, security headers, body limit."""

import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import FAILED, TOO_LARGE, log_failure, response

MOST_BODY_BYTES = 8 * 1024
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


class Envelope:
    """Wraps the whole app: nothing leaves without the headers, and no exception leaves at all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = request_id = _request_id(Headers(scope=scope).get("x-request-id", ""))

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if quota := scope.get("quota"):
                    headers.update(quota.headers())
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        body = await _body(receive) if scope["method"] in {"POST", "PUT", "PATCH", "DELETE"} else None
        if body is not None and len(body) > MOST_BODY_BYTES:
            await response(TOO_LARGE, Request(scope))(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, receive if body is None else _replay(body, receive), send_with_headers)
        except Exception as error:
            log_failure(Request(scope), error)
            if not started:
                await response(FAILED, Request(scope))(scope, receive, send_with_headers)


def _request_id(given: str) -> str:
    """The caller's id where it is harmless, so that logs of two systems can be joined; else a new one."""
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


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
