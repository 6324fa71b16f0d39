"""What every writing route needs: a record of who does what, a guard against repeats, and the receipt for it."""

from datetime import UTC
from hashlib import blake2b
from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request
from fastapi.responses import Response

from api.auth import permitted
from api.schemas import Receipt
from recommender.acting import Subject
from recommender.choices import Action, Feedback, Once

ANEW = Once()

IdempotencyKey = Annotated[
    str,
    Header(
        pattern=r'^("[A-Za-z0-9_-]{8,64}"|[A-Za-z0-9_-]{8,64})?$',
        description="A request repeated with the same key within a day counts once and is answered as the first was.",
        examples=['"8e03978e-40d5-43dd-bc93-6894a57f9324"'],
    ),
]


async def once_only(request: Request, idempotency_key: IdempotencyKey = "") -> Once:
    """The request's key and a digest of what it says, as draft-ietf-httpapi-idempotency-key-header has it."""
    if not idempotency_key:
        return Once()
    said = f"{request.method} {request.url.path}\n".encode() + await request.body()
    return Once(idempotency_key.strip('"'), blake2b(said, digest_size=8).hexdigest())


OnlyOnce = Annotated[Once, Depends(once_only)]


async def noted(request: Request, me: Subject, service: str, action: Action, stars: int | None = None) -> Feedback:
    """What the subject does now, for the record; raises Refusal where the person holds no mandate."""
    await permitted(request, me)
    at = request.app.state.settings.now().astimezone(UTC)
    return Feedback(me.shown, me.kind, service, action, at, stars, by=request.scope["caller"].by)


def receipt(counted: bool | Receipt) -> Response:
    """Whether it counted, as an answer that nobody keeps."""
    body = msgspec.json.encode(counted if isinstance(counted, Receipt) else Receipt(counted))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
