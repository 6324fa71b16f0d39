"""GET /v1/catalogue and /v1/services/{service}: what the city offers, for anyone; it knows nobody."""

from collections.abc import Callable
from datetime import date
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api import schemas
from api.auth import anyone
from api.cursors import Part, part
from api.describe import NOT_CHANGED, answer, refused
from api.home import reply
from api.locale import Locale, negotiate
from api.problems import UNKNOWN_SERVICE, Refusal
from recommender.catalogue import Service
from recommender.windows import next_window

router = APIRouter(tags=["catalogue"], dependencies=[Depends(anyone)])


class Asked(Part):
    """Which services are asked for."""

    audience: Annotated[Literal["", "person", "enterprise"], Field(description="For whom; for both by default.")] = ""
    theme: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,40}$", description="Only services of this theme.")] = ""


@router.get(
    "/v1/catalogue",
    summary="The services in force, in the order of their ids",
    response_class=Response,
    responses={**answer(schemas.Services, "One part of the catalogue."), **NOT_CHANGED, **refused(410)},
)
async def catalogue(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    state, today = request.app.state, request.app.state.settings.today()

    def joined(locale: Locale) -> schemas.Services:
        found = [
            one.id
            for one in state.catalogue.services
            if one.in_force(today)
            and asked.audience in ("", one.audience)
            and (not asked.theme or asked.theme in one.themes)
        ]
        version = f"{state.catalogue.version} {today} {asked.audience} {asked.theme}"
        shown, after = part(found, version, asked)
        return schemas.Services(state.catalogue.version, tuple(state.cards.get(one, locale) for one in shown), after)

    return _answered(request, joined)


@router.get(
    "/v1/services/{service}",
    summary="All about one service",
    response_class=Response,
    responses={**answer(schemas.Guide, "What it asks for and what it gives."), **NOT_CHANGED, **refused(404)},
)
async def service(
    request: Request,
    service: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])],
) -> Response:
    known = request.app.state.catalogue.by_id.get(service)
    if known is None:
        raise Refusal(UNKNOWN_SERVICE)

    def joined(locale: Locale) -> schemas.Guide:
        today = request.app.state.settings.today()
        return _guide(known, request.app.state.cards.get(service, locale), locale, today)

    return _answered(request, joined)


def _answered(request: Request, joined: Callable[[Locale], msgspec.Struct]) -> Response:
    """What ``joined`` makes, or 304: it changes with the catalogue, the day and the language alone."""
    locale = negotiate(request.headers.get("accept-language", ""))
    version = (request.app.state.catalogue.version, request.app.state.settings.today(), locale)
    tag = f'"{blake2b(msgspec.msgpack.encode(version), digest_size=12).hexdigest()}"'
    headers = {"Cache-Control": "public, max-age=300", "Vary": "Accept-Language", "Content-Language": locale}
    return reply(request, tag, headers, lambda: joined(locale))


def span(service: Service, today: date) -> schemas.Span | None:
    """When one may apply for a service: the window that is open, or the next one; None where always."""
    return schemas.Span(*next_window(service.window, today)) if service.window else None


def _guide(service: Service, card: schemas.Card, locale: Locale, today: date) -> schemas.Guide:
    return schemas.Guide(
        card=card,
        audience=service.audience,
        type=service.type,
        themes=service.themes,
        papers=tuple(schemas.Paper(paper.name.say(locale), paper.deferrable) for paper in service.evidence),
        output=service.output.say(locale),
        legal_basis=service.legal_basis.zh,
        window=span(service, today),
    )
