"""POST /v1/opinions: what somebody thinks of the service, or of one item, opens a case that is answered."""

from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import answer, refused
from api.helping import heard
from api.noting import OnlyOnce, receipt
from api.schemas import OpinionIn, Receipt
from api.scopes import OPINIONS_WRITE
from recommender.acting import Subject

router = APIRouter(tags=["feedback"])

SpeaksUp = Annotated[Subject, Security(me, scopes=[OPINIONS_WRITE])]


@router.post(
    "/v1/opinions",
    summary="Praise, complain, or say what could be better",
    response_class=Response,
    responses={**answer(Receipt, "Taken, with its number and the day by which it is answered."), **refused(404)},
)
async def opinions(request: Request, me: SpeaksUp, given: OpinionIn, once: OnlyOnce) -> Response:
    return receipt(await heard(request, me, given, once))
