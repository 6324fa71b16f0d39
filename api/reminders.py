"""GET /v1/me/reminders and PATCH of one: what falls due, and that it was read, done, put off or put away.

A mark holds from the next request on, on the page too: what is done, put off or put away is not shown as due.
"""

from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import answer, refused
from api.home import read_at, stored_home
from api.join import Join
from api.noting import OnlyOnce, noted, receipt
from api.problems import BAD_REQUEST, UNKNOWN_REMINDER, Refusal
from api.reading import Reader
from api.schemas import Receipt, ReminderIn, Reminders
from api.scopes import REMINDERS_WRITE
from recommender.acting import Subject
from recommender.choices import Action, Marked

router = APIRouter(tags=["reminders"])

MarksReminders = Annotated[Subject, Security(me, scopes=[REMINDERS_WRITE])]
Called = Annotated[str, Path(pattern=r"^[A-Za-z0-9_]{2,64}\.\d{4}-\d{2}-\d{2}$", examples=["HKM_PERMIT.2026-12-21"])]


read_at(
    router, "/v1/me/reminders", Reminders, "What falls due, the soonest first.",
    "Everything that falls due, and how it was marked", lambda join: join.reminders,
)  # fmt: skip


@router.patch(
    "/v1/me/reminders/{reminder}",
    summary="Mark a reminder as read or done, put it off or away",
    response_class=Response,
    responses={**answer(Receipt, "Marked; counted is false where it was marked so already."), **refused(404)},
)
async def mark(request: Request, me: MarksReminders, reminder: Called, given: ReminderIn, once: OnlyOnce) -> Response:
    today, join = request.app.state.settings.today(), cast("Join", request.app.state.join)
    if given.until is not None and given.until <= today:
        fault = {"field": "until", "message": f"This must be a day after {today.isoformat()}."}
        raise Refusal(BAD_REQUEST, more={"errors": [fault]})
    known = join.reminders(await stored_home(request, me), Reader(me, "zh", today)).reminders
    if reminder not in {one.id for one in known}:
        raise Refusal(UNKNOWN_REMINDER)
    action: Action = f"reminder_{given.state}"  # type: ignore[assignment]
    until = f" {given.until.isoformat()}" if given.until else ""
    did = replace(await noted(request, me, "", action), about=reminder + until)
    return receipt(await request.app.state.store.mark(did, reminder, Marked(given.state, given.until), once))
