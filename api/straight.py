"""Answers GET /v1/me/home as plain ASGI, for it is asked for more often than all else; it decides nothing of its own.

The framework's own route to the same path stays: it describes this one, and is what every word here is taken from. The
caller is found, counted and refused by ``api.auth``, the home read, noted and joined by ``api.home``, and exceptions
become problems by the app's own handlers; only what FastAPI does between the middleware and those is passed by.
"""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import home
from api.auth import bearer, subject_of
from api.scopes import asked, routes


class Straight:
    """Middleware, the innermost: what it does not answer goes on to the framework."""

    def __init__(self, app: ASGIApp, served: FastAPI) -> None:
        self._app, self._served = app, served
        self._route = next(one for one in routes(served.routes) if isinstance(one, APIRoute) and one.path == home.PATH)
        self._scopes = asked(self._route)
        # What nobody expected is answered further out, as it is for every other route.
        expected = {kind: one for kind, one in served.exception_handlers.items() if kind not in (500, Exception)}
        self._guarded = ExceptionMiddleware(self._answer, handlers=expected)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"] == home.PATH and scope["method"] == "GET"
        if ours and not scope["root_path"]:
            scope["app"], scope["route"] = self._served, self._route
            await self._guarded(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        sent = await bearer(request)
        token = sent.credentials.strip() if sent else ""
        me = await subject_of(request, token, request.headers.get("acting-for", ""), self._scopes)
        response = await home.answered(request, me, request.app.state.join.home)
        await response(scope, receive, send)
