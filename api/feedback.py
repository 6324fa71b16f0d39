"""What a subject does and chooses: it holds at the next request, is counted once, and flows back to the jobs."""

import secrets
from dataclasses import replace
from datetime import UTC
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.problems import NO_MANDATE, UNKNOWN_ITEM, UNKNOWN_SERVICE, Refusal
from api.schemas import ChoicesIn, CorrectionIn, FeedbackIn, Receipt, answer
from api.scopes import CHOICES_WRITE, CORRECTIONS_WRITE, FEEDBACK_WRITE
from profiles.model import Kind
from recommender.acting import Subject
from recommender.choices import SAID, Action, Feedback
from recommender.corrections import correctable

router = APIRouter(tags=["feedback"])

GivesFeedback = Annotated[Subject, Security(me, scopes=[FEEDBACK_WRITE])]
Chooses = Annotated[Subject, Security(me, scopes=[CHOICES_WRITE])]
Corrects = Annotated[Subject, Security(me, scopes=[CORRECTIONS_WRITE])]

IdempotencyKey = Annotated[
    str | None, Header(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="The same key counts once within a day.")
]


@router.post(
    "/v1/me/feedback",
    summary="Say what became of a suggestion",
    response_class=Response,
    responses=answer(Receipt, "Taken; counted is false where it was known already."),
)
async def feedback(
    request: Request, me: GivesFeedback, given: FeedbackIn, idempotency_key: IdempotencyKey = None
) -> Response:
    return _receipt(await act(request, me, given.service, given.action, given.stars, idempotency_key or ""))


@router.patch(
    "/v1/me/choices",
    summary="Turn personalisation off or on, or choose a language",
    response_class=Response,
    responses=answer(Receipt, "Taken; counted is false where nothing changed."),
)
async def choices(request: Request, me: Chooses, given: ChoicesIn) -> Response:
    changed = False
    if given.personalised is not None:
        changed = await personalise(request, me, given.personalised)
    if given.locale is not None:
        await request.app.state.store.choose_locale(me, given.locale)
        changed = True
    return _receipt(changed)


@router.post(
    "/v1/me/corrections",
    summary="Say that something in the file is wrong",
    response_class=Response,
    responses=answer(Receipt, "Taken, and pending until the department answers; counted is false for a repeat."),
)
async def corrections(
    request: Request, me: Corrects, given: CorrectionIn, idempotency_key: IdempotencyKey = None
) -> Response:
    return _receipt(await correct(request, me, given.about, given.said, idempotency_key or ""))


async def correct(request: Request, me: Subject, about: str, said: str, once: str = "") -> bool:
    """Take a correction for the department whose word it is; whether it was new.

    Raises:
        Refusal: nothing of that name can be corrected, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    kind: Kind = "enterprise" if me.enterprise else "person"
    if about not in correctable(kind):
        raise Refusal(UNKNOWN_ITEM)
    did = await _feedback(request, me, "", "correction", None)
    sealed = request.app.state.seal(me.shown, SAID, said)
    today = request.app.state.settings.today()
    token = once or secrets.token_hex(4)
    return bool(await request.app.state.store.correct(replace(did, about=about, said=sealed), today, token))


async def act(
    request: Request, me: Subject, service: str, action: Action, stars: int | None = None, once: str = ""
) -> bool:
    """Store what the subject did, and queue it for the jobs, in one atomic step; whether it was new.

    Raises:
        Refusal: the catalogue has no such service, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    if service not in request.app.state.cards.services:
        raise Refusal(UNKNOWN_SERVICE)
    did = await _feedback(request, me, service, action, stars)
    store, today = request.app.state.store, request.app.state.settings.today()
    if action == "dismissed":
        return bool(await store.dismiss(did, today))
    if action == "restored":
        return bool(await store.restore(did))
    if action == "done":
        return bool(await store.mark_done(did, today))
    return bool(await store.note(did, once))


async def personalise(request: Request, me: Subject, on: bool) -> bool:
    """Turn personalisation on or off for the subject; whether that changed anything."""
    did = await _feedback(request, me, "", "personalisation_on" if on else "personalisation_off", None)
    return bool(await request.app.state.store.personalise(did, on))


async def _feedback(request: Request, me: Subject, service: str, action: Action, stars: int | None) -> Feedback:
    if not await request.app.state.store.permitted(me):
        raise Refusal(NO_MANDATE)
    at = request.app.state.settings.now().astimezone(UTC)
    return Feedback(me.shown, me.kind, service, action, at, stars, by=request.scope["caller"].by)


def _receipt(counted: bool) -> Response:
    body = msgspec.json.encode(Receipt(counted))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
