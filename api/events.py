"""GET /v1/me/events: what is new on an open page, as server-sent events; it says that there is news, not all of it.

A connection ends when its token does, when a mandate is withdrawn, when the store is away, and after a while in any
case: the client opens it again with the last id that it saw, and is told once of what came meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, format_sse_event

from api.auth import Me
from api.home import stored_home
from api.schemas import Told
from api.tokens import LEEWAY_SECONDS
from api.watching import Gone, Watch, Watches
from recommender.acting import Subject
from recommender.glimpse import Glimpse

router = APIRouter(tags=["home"])

HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 3_000
_EXAMPLE = (
    "event: reminder\nid: qv1JQ3mP\n"
    'data: {"what":"HKM_PERMIT","due_on":"2026-12-21","rung":30,"fired_on":"2026-11-21"}\n\n'
)
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`ready` at first, `reminder` for each new one, `page` when the page is another one.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}
LastSeen = Annotated[
    str,
    Header(
        alias="Last-Event-ID",
        pattern=r"^[A-Za-z0-9_-]{0,1024}$",
        description="The id of the last event that was seen, to be told what came since.",
        examples=["qv1JQ3mP"],
    ),
]


@router.get(
    "/v1/me/events",
    summary="What is new on an open page, as it comes (server-sent events)",
    response_class=Response,
    responses=STREAM,
)
async def events(request: Request, me: Me, last_seen: LastSeen = "") -> EventSourceResponse:
    watches: Watches = request.app.state.watches
    watches.room(me)
    await stored_home(request, me)
    left = request.scope["caller"].until + LEEWAY_SECONDS - time.time()
    until = time.monotonic() + min(left, request.app.state.settings.events_seconds)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(told(watches, me, last_seen, until), headers=headers)


async def told(watches: Watches, me: Subject, last_seen: str, until: float) -> AsyncIterator[bytes]:
    """The events of one connection until that moment of the monotonic clock, with a sign of life between them."""
    yield format_sse_event(retry=RETRY_MILLISECONDS)
    with watches.opened(me) as watch:
        mark = last_seen
        while (left := until - time.monotonic()) > 0:
            try:
                seen = await _next(watch, min(left, HEARTBEAT_SECONDS))
            except Gone:
                return
            if seen is None:
                yield format_sse_event(comment="")
                continue
            for event in news(seen, mark):
                yield event
            mark = seen.mark


def news(seen: Glimpse, mark: str) -> Iterator[bytes]:
    """What a look shows that the one of ``mark`` did not; the first look of all shows that there is a connection."""
    if not mark:
        yield format_sse_event(event="ready", id=seen.mark, data_str="{}")
        return
    for one in seen.new_since(mark):
        notice = msgspec.json.encode(Told(one.what, one.due_on, one.rung, one.fired_on)).decode()
        yield format_sse_event(event="reminder", id=seen.mark, data_str=notice)
    if seen.changed_since(mark):
        yield format_sse_event(event="page", id=seen.mark, data_str="{}")


async def _next(watch: Watch, seconds: float) -> Glimpse | None:
    """The next look that is another one, or None after so many seconds; raises Gone."""
    try:
        async with asyncio.timeout(seconds):
            return await watch.look()
    except TimeoutError:
        return None
