"""POST /v1/opinions: what somebody thinks of the service, sealed for them and queued for whoever answers."""

from dataclasses import replace
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import answer, refused
from api.noting import OnlyOnce, noted
from api.problems import UNKNOWN_SERVICE, Refusal
from api.schemas import Heard, OpinionIn
from api.scopes import OPINIONS_WRITE
from recommender import calendar
from recommender.acting import Subject
from recommender.choices import SAID

router = APIRouter(tags=["feedback"])

ANSWERED_IN = 1  # working days
SpeaksUp = Annotated[Subject, Security(me, scopes=[OPINIONS_WRITE])]


@router.post(
    "/v1/opinions",
    summary="Praise, complain, or say what could be better",
    response_class=Response,
    responses={**answer(Heard, "Taken, with the day by which it is answered."), **refused(404)},
)
async def opinions(request: Request, me: SpeaksUp, given: OpinionIn, once: OnlyOnce) -> Response:
    if given.service is not None and given.service not in request.app.state.catalogue.by_id:
        raise Refusal(UNKNOWN_SERVICE)
    did = await noted(request, me, given.service or "", "opinion")
    sealed = request.app.state.seal(me.shown, SAID, given.said)
    counted = await request.app.state.store.note(replace(did, about=given.kind, said=sealed), once)
    heard = Heard(counted, calendar.after_working_days(request.app.state.settings.today(), ANSWERED_IN))
    return Response(msgspec.json.encode(heard), media_type="application/json", headers={"Cache-Control": "no-store"})
