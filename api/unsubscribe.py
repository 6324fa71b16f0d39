"""GET and POST /v1/unsubscribe: one click ends a channel, at once and without signing in (RFC 8058).

The address carries an opaque token, sealed for one subject and one channel and good for nothing else; it names nobody,
and a new vault key makes it useless.
A mail program POSTs to the address as it is, a person opens it and presses the one button, which POSTs the token in
its body. Nothing is ended by opening it: programs that look at links before people do must not.
"""

from dataclasses import dataclass
from datetime import UTC
from typing import Annotated, Any
from urllib.parse import parse_qs

import msgspec
from fastapi import APIRouter, Depends, Request, Security
from fastapi.responses import HTMLResponse, Response
from fastapi.security import APIKeyQuery, SecurityScopes

from api.problems import NO_TOKEN, TOKEN_REFUSED, Refusal
from api.scopes import UNSUBSCRIBE
from api.tokens import Caller
from profiles.errors import KeyMaterialError
from recommender import unsubscribing
from recommender.choices import Feedback
from recommender.unsubscribing import PATH, Ended

router = APIRouter(tags=["reminders"])
_token = APIKeyQuery(name="token", scheme_name="unsubscribe_token", auto_error=False)
SHOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A page.",
        "content": {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>"}},
    }
}


@dataclass(frozen=True)
class Asked:
    """What the token says, and the token itself for the button of the page; nothing of a stale one."""

    ended: Ended | None
    token: str


async def by_token(
    request: Request,
    wanted: SecurityScopes,  # noqa: ARG001 - said for the description
    token: Annotated[str | None, Depends(_token)] = None,
) -> Asked:
    """What is to be ended, by the token in the address or in the body of the page's form.

    Raises:
        Refusal: there is no token or it is none of ours, and whoever sent it reads no pages; or too many requests.
    """
    given = token or _in_body(await request.body())
    try:
        ended = unsubscribing.opened(request.app.state.unseal, given)
    except (KeyMaterialError, ValueError, msgspec.DecodeError):
        request.app.state.limits.count_address(request)
        if "text/html" in request.headers.get("accept", ""):
            return Asked(None, "")
        raise Refusal(TOKEN_REFUSED if given else NO_TOKEN) from None
    request.scope["caller"] = Caller(ended.subject, UNSUBSCRIBE, frozenset({UNSUBSCRIBE}))
    request.app.state.limits.count(request, "resident", ended.subject)
    return Asked(ended, given)


ByToken = Annotated[Asked, Security(by_token, scopes=[UNSUBSCRIBE])]


@router.get(PATH, summary="A page with the one button that ends a channel", response_class=Response, responses=SHOWN)
async def page(request: Request, asked: ByToken) -> HTMLResponse:
    return _shown(request, asked.ended, asked.token)


@router.post(PATH, summary="End a channel at once", response_class=Response, responses=SHOWN)
async def end(request: Request, asked: ByToken) -> HTMLResponse:
    ended, state = asked.ended, request.app.state
    if ended is not None:
        at = state.settings.now().astimezone(UTC)
        did = Feedback(ended.subject, ended.kind, "", "unsubscribed", at, about=ended.channel, by=UNSUBSCRIBE)
        await state.store.unsubscribe(did, ended.channel, state.settings.today())
    return _shown(request, ended, "")


def _shown(request: Request, ended: Ended | None, token: str) -> HTMLResponse:
    """The button, that it is done, or that the address is stale."""
    channel = ended.channel if ended else ""
    shown: HTMLResponse = request.app.state.renderer.unsubscribe(request, channel, token)
    return shown


def _in_body(body: bytes) -> str:
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20) if body.count(b"&") < 20 else {}
    return fields.get("token", [""])[0]
