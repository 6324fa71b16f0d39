"""GET /v1/me/home and /v1/me/outlook: one token check, one store round trip, one join."""

from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import Me
from api.join import Reader
from api.locale import Locale, negotiate
from api.problems import NO_MANDATE, Refusal
from api.schemas import Home, Outlook, answer
from recommender.acting import Subject
from recommender.store import StoredHome

router = APIRouter(tags=["home"])
_encoder = msgspec.json.Encoder()

NOT_CHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing changed since the ETag given in If-None-Match."}
}


@router.get(
    "/v1/me/home",
    summary="What is due, offered, under way and held, for whoever the token names",
    response_class=Response,
    responses={**answer(Home, "The home, in the language of Accept-Language (zh or en)."), **NOT_CHANGED},
)
async def home(request: Request, me: Me) -> Response:
    return await _answered(request, me, request.app.state.join.home)


@router.get(
    "/v1/me/outlook",
    summary="What will come to apply, or no longer apply, within the coming two years",
    response_class=Response,
    responses={**answer(Outlook, "The outlook, in the language of Accept-Language (zh or en)."), **NOT_CHANGED},
)
async def outlook(request: Request, me: Me) -> Response:
    return await _answered(request, me, request.app.state.join.outlook)


async def _answered(request: Request, me: Subject, joined: Callable[[StoredHome, Reader], msgspec.Struct]) -> Response:
    """What ``joined`` makes of the stored home, or 304 where the reader has it already."""
    stored = await stored_home(request, me)
    locale = negotiate(request.headers.get("accept-language", ""), stored.choices.locale)
    today: date = request.app.state.settings.today()
    tag = etag(stored, me, locale, today, request.app.state.catalogue.version)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Acting-For, Accept-Language",
        "Content-Language": locale,
    }
    if tag in (known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    found = joined(stored, Reader(me, locale, today))
    return Response(_encoder.encode(found), media_type="application/json", headers=headers)


async def stored_home(request: Request, me: Subject) -> StoredHome:
    """What the store holds for the subject.

    Raises:
        Refusal: the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer, or nothing was published yet.
    """
    stored: StoredHome | None = await request.app.state.store.home(me)
    if stored is None:
        raise Refusal(NO_MANDATE)
    return stored


def etag(stored: StoredHome, me: Subject, locale: Locale, today: date, catalogue: str) -> str:
    """A tag that changes whenever the home would: by generation, choices, inbox, language, subject, day, words."""
    choices, inbox = stored.choices, [notice.id for notice in stored.inbox]
    mine = (me.person, me.enterprise, locale, today, catalogue, stored.generation.text, choices.personalised)
    chosen = (
        sorted(choices.dismissed.items()),
        sorted(choices.done.items()),
        sorted(choices.corrections.items()),
        inbox,
    )
    return f'"{blake2b(msgspec.msgpack.encode((mine, chosen)), digest_size=12).hexdigest()}"'
