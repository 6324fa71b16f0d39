"""GET /v1/me/access-log: the owner reads who read the file; reads themselves are noted in ``api.home``."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accessed import told
from api.auth import permitted
from api.describe import answer
from api.file import ReadsFile
from api.locale import negotiate
from api.schemas import AccessLog

router = APIRouter(tags=["rights"])


@router.get(
    "/v1/me/access-log",
    summary="Who read the file: what, when, and on whose behalf",
    response_class=Response,
    responses=answer(AccessLog, "The newest reads, the newest first."),
)
async def access_log(request: Request, me: ReadsFile) -> Response:
    await permitted(request, me)
    locale = negotiate(request.headers.get("accept-language", ""))
    log = AccessLog(tuple(told(one, me, locale) for one in await request.app.state.accesses.of(me.shown)))
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(msgspec.json.encode(log), media_type="application/json", headers=headers)
