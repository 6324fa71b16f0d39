"""The page of what could not be got done and of opinions, each with its answer, and the forms that begin one.

Every form is a plain POST that ends in a redirect, and does what the API does, through the same functions.
"""

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response
from pydantic import ValidationError

from api.feedback import act
from api.helping import heard, opened, opens_a_case
from api.noting import ANEW
from api.pages import session
from api.pages.own import shown
from api.pages.polite import form_of, polite, taken
from api.problems import BAD_REQUEST, UNKNOWN_SERVICE, Refusal
from api.schemas import FeedbackIn, OpinionIn
from api.scopes import FEEDBACK_WRITE, HOME_READ, OPINIONS_WRITE

router = APIRouter(include_in_schema=False)


@router.get("/cases", dependencies=[Security(session.visitor, scopes=[HOME_READ])])
@polite
async def cases(request: Request) -> Response:
    """What could not be got done, and a form for more; the service named in the query stands first in it."""
    join = request.app.state.join
    return await shown(request, "cases.html", {"help": join.help, "home": join.home})


@router.post("/cases", dependencies=[Security(session.visitor, scopes=[FEEDBACK_WRITE])])
@polite
async def open_case(request: Request) -> Response:
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    said = form.get("said", "").strip()
    try:
        given = FeedbackIn(
            service=form.get("service", ""),
            action="stuck",
            reason=form.get("reason"),  # type: ignore[arg-type]
            said=said or None,
        )
    except ValidationError:
        raise Refusal(UNKNOWN_SERVICE) from None
    told = await opened(request, me, given, ANEW)
    return taken(request, "case_opened" if told.counted else "case_known", "/cases")


@router.post("/opinions", dependencies=[Security(session.visitor, scopes=[OPINIONS_WRITE])])
@polite
async def opinion(request: Request) -> Response:
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    try:
        given = OpinionIn(kind=form.get("kind", ""), said=form.get("said", "").strip())  # type: ignore[arg-type]
    except ValidationError:
        raise Refusal(BAD_REQUEST) from None
    await heard(request, me, given, ANEW)
    return taken(request, "opinion_taken", "/cases")


@router.post("/ratings", dependencies=[Security(session.visitor, scopes=[FEEDBACK_WRITE])])
@polite
async def rate(request: Request) -> Response:
    """Rate a service; a bad rating opens a case, which the page of cases then shows."""
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    service, stars = form.get("service", ""), form.get("stars", "")
    try:
        given = FeedbackIn(service=service, action="rated", stars=int(stars) if stars.isdecimal() else None)
    except ValidationError:
        raise Refusal(BAD_REQUEST) from None
    if opens_a_case(given):
        told = await opened(request, me, given, ANEW)
        return taken(request, "case_opened" if told.counted else "case_known", "/cases")
    await act(request, me, service, "rated", given.stars)
    return taken(request, f"rated.{service}", f"/services/{service}")
