"""Opens a case of help for what somebody could not get done, rated badly or has to say, and lists a subject's own.

A case has a number from the first answer on. Who is stuck with the same service again is told the number of the case
that is open; a request that is repeated with its key opens one case.
"""

import secrets
from dataclasses import replace

from fastapi import APIRouter, Request

from api.home import read_at
from api.noting import noted
from api.problems import UNKNOWN_SERVICE, Refusal
from api.schemas import FeedbackIn, HelpCases, OpinionIn, Receipt
from recommender.acting import Subject
from recommender.choices import SAID, Once
from recommender.helping import About, Help, number_of, rules

router = APIRouter(tags=["feedback"])

read_at(
    router, "/v1/me/cases", HelpCases, "The cases, the newest first.",
    "What was reported as not done or rated badly, and how far its answer has come", lambda join: join.help,
)  # fmt: skip


def opens_a_case(given: FeedbackIn) -> bool:
    """Whether the feedback is of a kind that somebody has to answer."""
    return given.action == "stuck" or (given.stars is not None and given.stars <= rules().rated.stars)


async def opened(request: Request, me: Subject, given: FeedbackIn, once: Once) -> Receipt:
    """Open a case, or say which one is open already.

    Raises:
        Refusal: the catalogue has no such service, or the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    about: About = "stuck" if given.action == "stuck" else "rated"
    case = Help(request.app.state.settings.today(), about, given.service, given.reason)
    return await _open(request, me, case, given.said or "", once, given.stars)


async def heard(request: Request, me: Subject, given: OpinionIn, once: Once) -> Receipt:
    """Open a case for an opinion, each for one of its own; raises as ``opened``."""
    case = Help(request.app.state.settings.today(), "opinion", given.service or "", given.kind)
    return await _open(request, me, case, given.said, once)


async def _open(
    request: Request, me: Subject, case: Help, written: str, once: Once, stars: int | None = None
) -> Receipt:
    state = request.app.state
    if case.service and case.service not in state.cards.services:  # an opinion need not name one
        raise Refusal(UNKNOWN_SERVICE)
    did = await noted(request, me, case.service, case.about, stars)
    number = number_of(me.shown, case.opened_on, once.key or secrets.token_hex(8))
    known = (await state.store.choices(me)).help
    same = [name for name, one in known.items() if _same(one, case) and name != number]
    if same:
        return Receipt(False, same[0], known[same[0]].answer_by)
    said = state.seal(me.shown, SAID, written) if written else ""
    told = replace(did, about=f"{number} {case.reason or ''}".strip(), said=said)
    return Receipt(await state.store.open_case(told, number, case, once), number, case.answer_by)


def _same(one: Help, case: Help) -> bool:
    """Whether both ask for the same and the first is open; no two opinions do."""
    unanswered = one.closed_on is None and case.about != "opinion"
    return unanswered and (one.about, one.service) == (case.about, case.service)
