"""GET /v1/me/export: all that the store holds for the reader, to take away (PIPL 45)."""

from typing import Annotated, cast

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me, permitted
from api.describe import NOT_CHANGED, answer
from api.drafts import opened
from api.home import answered
from api.join import Join
from api.reading import Reader
from api.schemas import Export
from api.scopes import EXPORT_READ
from recommender.acting import Subject
from recommender.store import StoredHome

router = APIRouter(tags=["rights"])

TakesOut = Annotated[Subject, Security(me, scopes=[EXPORT_READ])]


@router.get(
    "/v1/me/export",
    summary="Everything held, with its sources, as one file",
    response_class=Response,
    responses={**answer(Export, "The file."), **NOT_CHANGED},
)
async def export(request: Request, me: TakesOut) -> Response:
    return await taken_out(request, me)


async def taken_out(request: Request, me: Subject) -> Response:
    """Everything as a file to keep.

    Raises:
        Refusal: the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer.
    """
    await permitted(request, me)
    kept = await request.app.state.drafts.of(me, request.app.state.settings.today())

    def joined(stored: StoredHome, reader: Reader) -> Export:
        return cast("Join", request.app.state.join).export(stored, reader, opened(request, me, kept, reader.locale))

    taken = await answered(request, me, joined, *(draft.sealed for draft in kept.values()), file=True)
    taken.headers["Content-Disposition"] = 'attachment; filename="yidang.json"'
    return taken
