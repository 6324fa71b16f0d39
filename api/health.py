"""Whether the process lives and can answer; it reads no subject and needs no token."""

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.auth import anyone
from api.describe import answer
from api.schemas import Health

router = APIRouter(prefix="/health", tags=["health"], dependencies=[Depends(anyone)])


@router.get("/live", summary="The process lives", response_class=Response, responses=answer(Health, "It does."))
async def live() -> Response:
    return _json(Health("alive"))


@router.get(
    "/ready",
    summary="The store answers and holds pages",
    response_class=Response,
    responses=answer(Health, "It does, from the generation named."),
)
async def ready(request: Request) -> Response:
    generation = await request.app.state.store.ready()
    return _json(Health("ready", generation.text))


def _json(health: Health) -> Response:
    return Response(msgspec.json.encode(health), media_type="application/json", headers={"Cache-Control": "no-store"})
