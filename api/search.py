"""GET /v1/search: services and bundles by what somebody says they want; public, and nobody is told what was asked."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.auth import anyone
from api.describe import answer
from api.locale import Locale, negotiate
from api.schemas import Card, Results, Theme
from recommender.search import LONGEST

router = APIRouter(tags=["catalogue"], dependencies=[Depends(anyone)])

MOST = 20


class Sought(BaseModel):
    """What is looked for."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["我是本市居民，我要去港澳"])]
    audience: Annotated[Literal["", "person", "enterprise"], Field(description="For whom; for both by default.")] = ""


@router.get(
    "/v1/search",
    summary="Services and bundles that fit a sentence",
    response_class=Response,
    responses=answer(Results, "At most twenty of each; empty where nothing fits."),
)
async def search(request: Request, sought: Annotated[Sought, Query()]) -> Response:
    locale = negotiate(request.headers.get("accept-language", ""))
    body = msgspec.json.encode(results(request, sought.q, locale, sought.audience))
    headers = {"Cache-Control": "no-store", "Content-Language": locale, "Vary": "Accept-Language"}
    return Response(body, media_type="application/json", headers=headers)


def results(request: Request, sentence: str, locale: Locale, audience: str = "") -> Results:
    """What fits the sentence and is in force today."""
    state, today = request.app.state, request.app.state.settings.today()
    found = state.search.find(sentence, audience or None, MOST)
    bundles = {bundle.id: bundle for bundle in state.catalogue.bundles}

    def cards(services: Iterable[str]) -> Iterator[Card]:
        return (state.cards.shown(one, locale) for one in services if state.catalogue.service(one).in_force(today))

    return Results(
        bundles=tuple(
            Theme(
                bundle.id,
                bundle.name.say(locale),
                bundle.description.say(locale),
                tuple(cards(step.service for step in bundle.steps)),
            )
            for bundle in map(bundles.__getitem__, found.bundles)
        ),
        services=tuple(cards(found.services)),
    )
