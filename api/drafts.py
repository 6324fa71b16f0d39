"""Half-filled forms of a subject, kept for whichever portal it goes on with them; they decide and prove nothing."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Security
from fastapi.responses import Response

from api.auth import me, permitted
from api.describe import answer, refused
from api.file import Named, ReadsFile
from api.home import access
from api.locale import negotiate
from api.noting import receipt
from api.problems import OTHER_AUDIENCE, TOO_MANY_DRAFTS, UNKNOWN_SERVICE, Refusal
from api.schemas import Draft, DraftIn, Drafts, Receipt
from api.scopes import DRAFTS_WRITE
from profiles.errors import TooManyDrafts
from recommender.acting import Subject
from recommender.choices import DRAFT
from recommender.store import drafts as kept

router = APIRouter(tags=["file"])

Writes = Annotated[Subject, Security(me, scopes=[DRAFTS_WRITE])]


@router.get(
    "/v1/me/drafts",
    summary="Forms that were begun and not handed in, as they were left",
    response_class=Response,
    responses=answer(Drafts, "The drafts, the newest first."),
)
async def drafts(request: Request, me: ReadsFile) -> Response:
    await permitted(request, me)
    locale = negotiate(request.headers.get("accept-language", ""))
    today = request.app.state.settings.today()
    found = Drafts(today, opened(request, me, await request.app.state.drafts.of(me, today), locale))
    request.app.state.accesses.note(access(request, me))
    headers = {"Cache-Control": "no-store", "Content-Language": locale}
    return Response(msgspec.json.encode(found), media_type="application/json", headers=headers)


@router.put(
    "/v1/me/drafts/{service}",
    summary="Keep a form as it is now, for 90 days",
    response_class=Response,
    responses={**answer(Receipt, "Kept, in the place of what was kept of this form before."), **refused(404, 409)},
)
async def keep(request: Request, me: Writes, service: Named, given: DraftIn) -> Response:
    await permitted(request, me)
    _asked(request, me, service)
    state = request.app.state
    sealed = state.seal(me.shown, DRAFT, msgspec.json.encode(given.fields).decode())
    try:
        await state.drafts.keep(me, service, kept.Draft(state.settings.today(), sealed))
    except TooManyDrafts:
        raise Refusal(TOO_MANY_DRAFTS) from None
    return receipt(True)


@router.delete(
    "/v1/me/drafts/{service}",
    summary="Drop a form that was kept: it was handed in, or is not wanted any more",
    response_class=Response,
    responses={**answer(Receipt, "Dropped; counted is false where there was none."), **refused(404)},
)
async def drop(request: Request, me: Writes, service: Named) -> Response:
    await permitted(request, me)
    _asked(request, me, service)
    return receipt(await request.app.state.drafts.drop(me, service))


def opened(request: Request, me: Subject, drafts: Mapping[str, kept.Draft], locale: str) -> tuple[Draft, ...]:
    """Drafts of the one shown in clear, in their order; none whose service or keys are gone."""
    state = request.app.state
    return tuple(
        Draft(
            service=service,
            name=state.catalogue.service(service).name.say(locale),
            saved_on=draft.saved_on,
            kept_until=draft.kept_until,
            fields=msgspec.json.decode(clear, type=dict[str, str]),
        )
        for service, draft in drafts.items()
        if service in state.catalogue.by_id and (clear := state.opened(me.shown, DRAFT, draft.sealed))
    )


def _asked(request: Request, me: Subject, service: str) -> None:
    """Raises Refusal where the service is none, or none for such a subject."""
    known = request.app.state.catalogue.by_id.get(service)
    if known is None:
        raise Refusal(UNKNOWN_SERVICE)
    if known.audience != me.kind:
        raise Refusal(OTHER_AUDIENCE)
