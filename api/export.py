"""GET /v1/me/export: all that the store holds for the reader, to take away (PIPL 45)."""

from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import NOT_CHANGED, answer
from api.home import answered
from api.schemas import Export
from api.scopes import EXPORT_READ
from recommender.acting import Subject

router = APIRouter(tags=["rights"])

TakesOut = Annotated[Subject, Security(me, scopes=[EXPORT_READ])]


@router.get(
    "/v1/me/export",
    summary="Everything held, with its sources, as one file",
    response_class=Response,
    responses={**answer(Export, "The file."), **NOT_CHANGED},
)
async def export(request: Request, me: TakesOut) -> Response:
    taken = await answered(request, me, request.app.state.join.export, file=True)
    taken.headers["Content-Disposition"] = 'attachment; filename="yidang.json"'
    return taken
