"""GET /v1/me/export: all that the store holds for the reader, to take away (PIPL 45)."""

from typing import Annotated, cast

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me, permitted
from api.describe import NOT_CHANGED, answer
from api.drafts import opened
from api.home import Joined, answered
from api.join import Join
from api.reading import Reader
from api.schemas import Export
from api.scopes import EXPORT_READ
from recommender.acting import Subject
from recommender.store import StoredHome

router = APIRouter(tags=["rights"])

DISPOSITION = 'attachment; filename="yidang.json"'
TakesOut = Annotated[Subject, Security(me, scopes=[EXPORT_READ])]


@router.get(
    "/v1/me/export",
    summary="Everything held, with its sources, as one file",
    response_class=Response,
    responses={**answer(Export, "The file."), **NOT_CHANGED},
)
async def export(request: Request, me: TakesOut) -> Response:
    joined, marks = await everything(request, me)
    taken = await answered(request, me, joined, *marks, file=True)
    taken.headers["Content-Disposition"] = DISPOSITION
    return taken


async def everything(request: Request, me: Subject) -> tuple[Joined, tuple[str, ...]]:
    """What makes the file to keep out of the stored home, and what of it the stored home does not tell.

    Raises:
        Refusal: the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer.
    """
    await permitted(request, me)
    kept = await request.app.state.drafts.of(me, request.app.state.settings.today())

    def joined(stored: StoredHome, reader: Reader) -> Export:
        return cast("Join", request.app.state.join).export(stored, reader, opened(request, me, kept, reader.locale))

    return joined, tuple(draft.sealed for draft in kept.values())
