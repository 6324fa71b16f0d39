"""GET /v1/me/access-log: the owner reads who read the file; reads themselves are noted in ``api.home``."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accessed import told
from api.auth import permitted
from api.describe import answer
from api.file import ReadsFile
from api.locale import Locale, negotiate
from api.schemas import AccessLog, Read
from recommender.acting import Subject

router = APIRouter(tags=["rights"])


@router.get(
    "/v1/me/access-log",
    summary="Who read the file: what, when, and on whose behalf",
    response_class=Response,
    responses=answer(AccessLog, "The newest reads, the newest first."),
)
async def access_log(request: Request, me: ReadsFile) -> Response:
    locale = negotiate(request.headers.get("accept-language", ""))
    log = AccessLog(await reads(request, me, locale))
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(msgspec.json.encode(log), media_type="application/json", headers=headers)


async def reads(request: Request, me: Subject, locale: Locale) -> tuple[Read, ...]:
    """The newest reads of the file of the one shown, the newest first.

    Raises:
        Refusal: the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer.
    """
    await permitted(request, me)
    return tuple(told(one, me, locale) for one in await request.app.state.accesses.of(me.shown))
