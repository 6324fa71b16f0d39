"""The addresses of the home, of signing in and out, of the forms on the home, and of a guide per service.

Every form is a plain POST that ends in a redirect, so that all of it works without JavaScript. What a form changes is
what the API changes, through the same functions.
"""

from contextlib import suppress
from typing import Any, get_args

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from api.auth import anyone
from api.feedback import act, correct, personalise
from api.home import stored_home
from api.locale import LOCALES
from api.pages import helped, own, session, shared
from api.pages.demo import DemoSignIn
from api.pages.polite import back, form_of, polite, sign_in_page, sorry, taken
from api.pages.render import STATIC, Renderer
from api.problems import NO_TOKEN, UNKNOWN_SERVICE, UNKNOWN_VACANCY, Refusal
from api.reading import Reader
from api.schemas.bodies import VacancyState
from api.scopes import CHOICES_WRITE, CORRECTIONS_WRITE, FEEDBACK_WRITE, HOME_READ
from api.vacancies import marked
from profiles.errors import StoreUnavailable

router = APIRouter(include_in_schema=False)

LONGEST_CORRECTION = 500
LONGEST_NAME = 80
FORM_ACTIONS = ("dismissed", "restored", "done", "started")


def install(app: FastAPI) -> None:
    """Add the pages and their static files to the app."""
    app.state.renderer = Renderer()
    app.state.demo = DemoSignIn.of(app.state.settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(router)
    app.include_router(own.router)
    app.include_router(helped.router)
    app.include_router(shared.router)
    as_problem = app.exception_handlers[HTTPException]

    async def missing(request: Request, error: Any) -> Response:
        """A browser gets a page; everyone else, and everything under /v1, the problem."""
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/"):
            return sorry(request, "missing", error.status_code)
        problem: Response = as_problem(request, error)  # type: ignore[assignment]
        return problem

    app.add_exception_handler(HTTPException, missing)


@router.get("/", dependencies=[Security(session.visitor, scopes=[HOME_READ])])
@polite
async def show_home(request: Request) -> Response:
    if session.SESSION not in request.cookies:
        return sign_in_page(request)
    me = await session.signed_in(request)
    stored = await stored_home(request, me)
    locale = session.language(request, stored.choices.locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    joined = request.app.state.join.home(stored, reader)
    flash = request.cookies.get(session.FLASH, "")
    response: Response = request.app.state.renderer.home(request, joined, flash)
    if flash:
        session.drop(response, session.FLASH)
    return response


@router.post("/sign-in", dependencies=[Depends(anyone)])
@polite
async def sign_in(request: Request) -> Response:
    session.same_origin(request)
    demo: DemoSignIn | None = request.app.state.demo
    persona = demo.personas.get((await form_of(request)).get("persona", "")) if demo else None
    if demo is None or persona is None:
        raise Refusal(NO_TOKEN)
    response = back()
    token = demo.token(persona, request.app.state.settings.now())
    session.keep(request, response, session.SESSION, token, session.SESSION_SECONDS)
    session.drop(response, session.ACTING, session.FLASH)
    return response


@router.post("/sign-out", dependencies=[Depends(anyone)])
@polite
async def sign_out(request: Request) -> Response:
    session.same_origin(request)
    response = back()
    session.drop(response, session.SESSION, session.ACTING, session.FLASH)
    return response


@router.post("/acting", dependencies=[Depends(anyone)])
@polite
async def switch(request: Request) -> Response:
    """Act for the enterprise behind the handle, or for oneself; the mandate is looked up at the next request."""
    session.same_origin(request)
    handle = (await form_of(request)).get("handle", "")
    response = back()
    if handle:
        session.keep(request, response, session.ACTING, handle, session.SESSION_SECONDS)
    else:
        session.drop(response, session.ACTING)
    return response


@router.post("/feedback", dependencies=[Security(session.visitor, scopes=[FEEDBACK_WRITE])])
@polite
async def feedback(request: Request) -> Response:
    session.same_origin(request)
    me = await session.signed_in(request)
    form = await form_of(request)
    service, action = form.get("service", ""), form.get("action", "")
    if action not in FORM_ACTIONS:
        raise Refusal(UNKNOWN_SERVICE)
    await act(request, me, service, action)  # type: ignore[arg-type]
    if request.headers.get("x-requested-with") == "page":
        return Response(status_code=204)
    return taken(request, f"{action}.{service}", f"/services/{service}" if action == "started" else "/")


@router.post("/vacancies", dependencies=[Security(session.visitor, scopes=[FEEDBACK_WRITE])])
@polite
async def put_away(request: Request) -> Response:
    """Show a vacancy no more, applied for or not, or again."""
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    vacancy, state = form.get("vacancy", ""), form.get("action", "")
    if state not in get_args(VacancyState):
        raise Refusal(UNKNOWN_VACANCY)
    await marked(request, me, vacancy, state)  # type: ignore[arg-type]
    return taken(request, "vacancy_back." if state == "restored" else f"vacancy_put_away.{vacancy}", "/")


@router.post("/corrections", dependencies=[Security(session.visitor, scopes=[CORRECTIONS_WRITE])])
@polite
async def corrections(request: Request) -> Response:
    session.same_origin(request)
    form = await form_of(request)
    said, to = form.get("said", "").strip(), form.get("back", "/")
    if not 1 <= len(said) <= LONGEST_CORRECTION:
        return back(to)
    # Of several of a kind the department is told which is meant.
    which = form.get("which", "").strip()[:LONGEST_NAME]
    told = f"[{which}] {said}" if which else said
    await correct(request, await session.signed_in(request), form.get("about", ""), told)
    return taken(request, "correction_taken", to)


@router.post("/personalisation", dependencies=[Security(session.visitor, scopes=[CHOICES_WRITE])])
@polite
async def personalisation(request: Request) -> Response:
    session.same_origin(request)
    on = (await form_of(request)).get("on") == "yes"
    await personalise(request, await session.signed_in(request), on)
    return taken(request, "personalised_on" if on else "personalised_off")


@router.post("/display", dependencies=[Depends(anyone)])
@polite
async def display(request: Request) -> Response:
    """Language and size of text, kept by the browser: they hold without a sign-in, and without a store.

    The store learns of the language too where someone is signed in, so that reminders speak it.
    """
    session.same_origin(request)
    form = await form_of(request)
    response = back(form.get("back", "/"))
    if (language := form.get("language")) in LOCALES:
        session.keep(request, response, session.LANGUAGE, language, session.YEAR_SECONDS)
        with suppress(Refusal, StoreUnavailable):
            await request.app.state.store.choose_locale(await session.signed_in(request, CHOICES_WRITE), language)
    if (size := form.get("size")) in ("large", "normal"):
        session.keep(request, response, session.SIZE, size, session.YEAR_SECONDS)
    return response


@router.get("/services/{service}", dependencies=[Depends(anyone)])
@polite
async def guide(request: Request, service: str) -> Response:
    known = request.app.state.cards.services.get(service)
    if known is None:
        return sorry(request, "missing", 404)
    flash = request.cookies.get(session.FLASH, "")
    signed_in = session.SESSION in request.cookies
    locale = session.language(request)
    card = request.app.state.cards.get(service, locale)
    if signed_in and not flash:
        # Noting the visit is no condition for reading what is public anyway.
        with suppress(Refusal, StoreUnavailable):
            await act(request, await session.signed_in(request, FEEDBACK_WRITE), service, "opened")
    response: Response = request.app.state.renderer.guide(request, known, card, locale, signed_in, flash)
    if flash:
        session.drop(response, session.FLASH)
    return response
