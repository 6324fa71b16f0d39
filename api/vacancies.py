"""GET /v1/me/vacancies and PATCH of one: what is offered to whoever looks for work, and that it was put away."""

from dataclasses import replace
from typing import Annotated, cast

from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import answer, refused
from api.home import read_at, stored_home
from api.noting import ANEW, OnlyOnce, noted, receipt
from api.problems import UNKNOWN_VACANCY, Refusal
from api.schemas import Receipt, Vacancies, VacancyIn
from api.schemas.bodies import VacancyState
from api.scopes import FEEDBACK_WRITE
from recommender.acting import Subject
from recommender.choices import Action, Once
from recommender.store import HomeStore

router = APIRouter(tags=["home"])

MarksVacancies = Annotated[Subject, Security(me, scopes=[FEEDBACK_WRITE])]
Called = Annotated[str, Path(pattern=r"^[A-Z]{2}[0-9]{6,14}$", examples=["ZP00000031"])]


read_at(
    router, "/v1/me/vacancies", Vacancies, "The vacancies; none for who is not known to look for work.",
    "Vacancies for whoever looks for work, the best first, each with why", lambda join: join.vacancies,
)  # fmt: skip


@router.patch(
    "/v1/me/vacancies/{vacancy}",
    summary="Put a vacancy away, say that it was applied for, or bring it back",
    response_class=Response,
    responses={**answer(Receipt, "Taken; counted is false where it was so already."), **refused(404)},
)
async def mark(request: Request, me: MarksVacancies, vacancy: Called, given: VacancyIn, once: OnlyOnce) -> Response:
    return receipt(await marked(request, me, vacancy, given.state, once))


async def marked(request: Request, me: Subject, vacancy: str, state: VacancyState, once: Once = ANEW) -> bool:
    """Keep what the subject did with a vacancy; it holds from the next request on. Whether it was new.

    Raises:
        Refusal: it was not offered to the subject.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    stored = await stored_home(request, me)
    if stored.shown is None or vacancy not in {one.id for one in stored.shown.vacancies}:
        raise Refusal(UNKNOWN_VACANCY)
    actions: dict[VacancyState, Action] = {
        "dismissed": "vacancy_dismissed", "applied": "vacancy_applied", "restored": "vacancy_restored",
    }  # fmt: skip
    did = replace(await noted(request, me, "", actions[state]), about=vacancy)
    store = cast("HomeStore", request.app.state.store)
    if state == "restored":
        return await store.bring_vacancy_back(did, once)
    return await store.put_vacancy_away(did, request.app.state.settings.today(), once)
