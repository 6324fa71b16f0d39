"""GET /v1/me/suggestions: the whole list in parts, by theme, and with what each tag adds to a place in it."""

from typing import Annotated, cast

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api import schemas
from api.auth import Me
from api.cursors import Part, part
from api.describe import NOT_CHANGED, answer, refused
from api.home import answered, etag
from api.join import Join
from api.reading import Reader, personalised_for, trace_of
from recommender.store import StoredHome

router = APIRouter(tags=["home"])


class Asked(Part):
    """Which suggestions are asked for."""

    theme: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,40}$", description="Only services of this theme.")] = ""
    explain: Annotated[bool, Field(description="Say what each tag adds to the place in the list.")] = False


@router.get(
    "/v1/me/suggestions",
    summary="Every service offered, the best first, with the reasons",
    response_class=Response,
    responses={**answer(schemas.Suggestions, "One part of the list."), **NOT_CHANGED, **refused(410)},
)
async def suggestions(request: Request, me: Me, asked: Annotated[Asked, Query()]) -> Response:
    join, catalogue = cast("Join", request.app.state.join), request.app.state.catalogue

    def joined(stored: StoredHome, reader: Reader) -> schemas.Suggestions:
        offered = join.suggested(stored, reader)
        found = [one for one in offered if not asked.theme or asked.theme in catalogue.by_id[one.card.service].themes]
        version = etag(stored, reader, catalogue.version, asked.theme)
        shown, after = part(found, version, asked)
        told = shown if asked.explain else [msgspec.structs.replace(one, because=()) for one in shown]
        return schemas.Suggestions(personalised_for(stored), tuple(told), after, trace_of(stored))

    return await answered(request, me, joined)
