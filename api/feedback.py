"""What a subject does and chooses: it holds at the next request, is counted once, and flows back to the jobs."""

import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api import delivery
from api.auth import me
from api.describe import answer, refused
from api.helping import opened, opens_a_case
from api.home import read_at
from api.noting import ANEW, OnlyOnce, noted, receipt
from api.problems import UNKNOWN_ITEM, UNKNOWN_SERVICE, Refusal
from api.schemas import ChoicesIn, Chosen, CorrectionIn, FeedbackIn, Receipt
from api.scopes import CHOICES_WRITE, CORRECTIONS_WRITE, FEEDBACK_WRITE
from profiles.model import Kind
from recommender.acting import Subject
from recommender.choices import SAID, Action, Once
from recommender.corrections import correctable

router = APIRouter(tags=["feedback"])

GivesFeedback = Annotated[Subject, Security(me, scopes=[FEEDBACK_WRITE])]
Chooses = Annotated[Subject, Security(me, scopes=[CHOICES_WRITE])]
Corrects = Annotated[Subject, Security(me, scopes=[CORRECTIONS_WRITE])]


@router.post(
    "/v1/me/feedback",
    summary="Say what became of a suggestion",
    response_class=Response,
    responses={**answer(Receipt, "Taken; counted is false where it was known already."), **refused(404)},
)
async def feedback(request: Request, me: GivesFeedback, given: FeedbackIn, once: OnlyOnce) -> Response:
    if opens_a_case(given):
        return receipt(await opened(request, me, given, once))
    return receipt(await act(request, me, given.service, given.action, given.stars, once))


read_at(
    router, "/v1/me/choices", Chosen, "The choices.",
    "What was chosen: what is hidden, done or deleted, the language, and how reminders come", lambda join: join.chosen,
)  # fmt: skip


@router.patch(
    "/v1/me/choices",
    summary="Turn personalisation off or on, choose a language, and how to be reminded",
    response_class=Response,
    responses=answer(Receipt, "Taken; counted is false where nothing changed."),
)
async def choices(request: Request, me: Chooses, given: ChoicesIn, once: OnlyOnce) -> Response:
    changed = False
    if given.personalised is not None:
        changed = await personalise(request, me, given.personalised, once)
    if given.locale is not None:
        await request.app.state.store.choose_locale(me, given.locale)
        changed = True
    return receipt(await be_reminded(request, me, given) or changed)


@router.post(
    "/v1/me/corrections",
    summary="Say that something in the file is wrong",
    response_class=Response,
    responses={**answer(Receipt, "Taken, and pending until the department answers."), **refused(404)},
)
async def corrections(request: Request, me: Corrects, given: CorrectionIn, once: OnlyOnce) -> Response:
    return receipt(await correct(request, me, given.about, given.said, once))


async def correct(request: Request, me: Subject, about: str, said: str, once: Once = ANEW) -> bool:
    """Take a correction for the department whose word it is; whether it was new.

    Raises:
        Refusal: nothing of that name can be corrected, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    kind: Kind = "enterprise" if me.enterprise else "person"
    if about not in correctable(kind):
        raise Refusal(UNKNOWN_ITEM)
    did = await noted(request, me, "", "correction")
    sealed = request.app.state.seal(me.shown, SAID, said)
    today = request.app.state.settings.today()
    told, token = replace(did, about=about, said=sealed), secrets.token_hex(4)
    return bool(await request.app.state.store.correct(told, today, token, once))


async def be_reminded(request: Request, me: Subject, given: ChoicesIn) -> bool:
    """Keep how the subject wants to be reminded; False where nothing is said of it.

    Raises:
        Refusal: an address or a channel is none, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    state = request.app.state
    reminded = delivery.chosen(given, me.shown, state.seal, state.catalogue.delivery)
    if reminded is None:
        return False
    did = await noted(request, me, "", "delivery_chosen")
    await state.store.choose_delivery(did, reminded.fields, reminded.dropped)
    return True


async def act(
    request: Request, me: Subject, service: str, action: Action, stars: int | None = None, once: Once = ANEW
) -> bool:
    """Store what the subject did, and queue it for the jobs, in one atomic step; whether it was new.

    Raises:
        Refusal: the catalogue has no such service, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    if service not in request.app.state.cards.services:
        raise Refusal(UNKNOWN_SERVICE)
    did = await noted(request, me, service, action, stars)
    store, today = request.app.state.store, request.app.state.settings.today()
    if action == "dismissed":
        return bool(await store.dismiss(did, today, once))
    if action == "restored":
        return bool(await store.restore(did, once))
    if action == "done":
        return bool(await store.mark_done(did, today, once))
    return bool(await store.note(did, once))


async def personalise(request: Request, me: Subject, on: bool, once: Once = ANEW) -> bool:
    """Turn personalisation on or off for the subject; whether that changed anything."""
    did = await noted(request, me, "", "personalisation_on" if on else "personalisation_off")
    return bool(await request.app.state.store.personalise(did, on, once))
