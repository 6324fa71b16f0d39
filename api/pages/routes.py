"""The pages' addresses: the home, signing in and out, the forms on the home, and a guide per service.

Every form is a plain POST that ends in a redirect, so that all of it works without JavaScript. What a form changes is
what the API changes, through the same functions.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from api.auth import anyone
from api.feedback import act, correct, personalise
from api.home import stored_home
from api.locale import LOCALES
from api.pages import session
from api.pages.demo import DemoSignIn
from api.pages.render import STATIC, Renderer
from api.problems import (
    NO_MANDATE,
    NO_TOKEN,
    RETRY_AFTER_SECONDS,
    TOKEN_REFUSED,
    UNKNOWN_SERVICE,
    Refusal,
    log_failure,
)
from api.reading import Reader
from api.scopes import CHOICES_WRITE, CORRECTIONS_WRITE, FEEDBACK_WRITE, HOME_READ
from profiles.errors import StoreUnavailable

router = APIRouter(include_in_schema=False)

Endpoint = Callable[..., Awaitable[Response]]
LONGEST_CORRECTION = 500
FORM_ACTIONS = ("dismissed", "restored", "done", "started")


def install(app: FastAPI) -> None:
    """Add the pages and their static files to the app."""
    app.state.renderer = Renderer()
    app.state.demo = DemoSignIn.of(app.state.settings)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(router)
    as_problem = app.exception_handlers[HTTPException]

    async def missing(request: Request, error: Any) -> Response:
        """A browser gets a page; everyone else, and everything under /v1, the problem."""
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/"):
            return _sorry(request, "missing", error.status_code)
        problem: Response = as_problem(request, error)  # type: ignore[assignment]
        return problem

    app.add_exception_handler(HTTPException, missing)


def polite(endpoint: Endpoint) -> Endpoint:
    """Turns what goes wrong into a page: back to sign-in, back to oneself, or a page that says so."""

    @wraps(endpoint)
    async def wrapped(request: Request, **path: str) -> Response:
        try:
            return await endpoint(request, **path)
        except StoreUnavailable as error:
            request.app.state.renderer.log_store_away(request, error)
            response = _sorry(request, "away", 503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        except Refusal as refusal:
            return _refused(request, refusal)
        except Exception as error:
            log_failure(request, error)
            return _sorry(request, "failed", 500)

    return wrapped


@router.get("/", dependencies=[Security(session.visitor, scopes=[HOME_READ])])
@polite
async def show_home(request: Request) -> Response:
    if session.SESSION not in request.cookies:
        return _sign_in_page(request)
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
    persona = demo.personas.get((await _form(request)).get("persona", "")) if demo else None
    if demo is None or persona is None:
        raise Refusal(NO_TOKEN)
    response = _back()
    token = demo.token(persona, request.app.state.settings.now())
    session.keep(request, response, session.SESSION, token, session.SESSION_SECONDS)
    session.drop(response, session.ACTING, session.FLASH)
    return response


@router.post("/sign-out", dependencies=[Depends(anyone)])
@polite
async def sign_out(request: Request) -> Response:
    session.same_origin(request)
    response = _back()
    session.drop(response, session.SESSION, session.ACTING, session.FLASH)
    return response


@router.post("/acting", dependencies=[Depends(anyone)])
@polite
async def switch(request: Request) -> Response:
    """Act for the enterprise behind the handle, or for oneself; the mandate is looked up at the next request."""
    session.same_origin(request)
    handle = (await _form(request)).get("handle", "")
    response = _back()
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
    form = await _form(request)
    service, action = form.get("service", ""), form.get("action", "")
    if action not in FORM_ACTIONS:
        raise Refusal(UNKNOWN_SERVICE)
    await act(request, me, service, action)  # type: ignore[arg-type]
    if request.headers.get("x-requested-with") == "page":
        return Response(status_code=204)
    response = _back(f"/services/{service}" if action == "started" else "/")
    session.keep(request, response, session.FLASH, f"{action}.{service}", session.FLASH_SECONDS)
    return response


@router.post("/corrections", dependencies=[Security(session.visitor, scopes=[CORRECTIONS_WRITE])])
@polite
async def corrections(request: Request) -> Response:
    session.same_origin(request)
    form = await _form(request)
    said = form.get("said", "").strip()
    if not 1 <= len(said) <= LONGEST_CORRECTION:
        return _back()
    await correct(request, await session.signed_in(request), form.get("about", ""), said)
    response = _back()
    session.keep(request, response, session.FLASH, "correction_taken.", session.FLASH_SECONDS)
    return response


@router.post("/personalisation", dependencies=[Security(session.visitor, scopes=[CHOICES_WRITE])])
@polite
async def personalisation(request: Request) -> Response:
    session.same_origin(request)
    on = (await _form(request)).get("on") == "yes"
    await personalise(request, await session.signed_in(request), on)
    response = _back()
    flash = "personalised_on." if on else "personalised_off."
    session.keep(request, response, session.FLASH, flash, session.FLASH_SECONDS)
    return response


@router.post("/display", dependencies=[Depends(anyone)])
@polite
async def display(request: Request) -> Response:
    """Language and size of text, kept by the browser: they hold without a sign-in, and without a store.

    The store learns of the language too where someone is signed in, so that reminders speak it.
    """
    session.same_origin(request)
    form = await _form(request)
    response = _back(form.get("back", "/"))
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
        return _sorry(request, "missing", 404)
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


def _sign_in_page(request: Request, over: bool = False) -> Response:
    demo: DemoSignIn | None = request.app.state.demo
    personas = list(demo.personas.values()) if demo else []
    shown: Response = request.app.state.renderer.sign_in(request, personas, over)
    return shown


def _refused(request: Request, refusal: Refusal) -> Response:
    if refusal.kind in (NO_TOKEN, TOKEN_REFUSED):
        response = _sign_in_page(request, over=True)
        response.status_code = 401
        session.drop(response, session.SESSION, session.ACTING)
        return response
    if refusal.kind is NO_MANDATE and request.method == "GET":
        response = _back()
        session.drop(response, session.ACTING)
        session.keep(request, response, session.FLASH, "acting_gone.", session.FLASH_SECONDS)
        return response
    locale = session.language(request)
    response = _sorry(request, "refused", refusal.kind.status, refusal.kind.detail[locale])
    response.headers.update(refusal.headers)
    return response


def _sorry(request: Request, what: str, status: int, detail: str = "") -> Response:
    response: Response = request.app.state.renderer.sorry(request, what, status, detail)
    return response


def _back(to: str = "/") -> RedirectResponse:
    """After a form: to a page of this site and to nowhere else."""
    safe = to if to == "/" or (to.startswith("/services/") and to.removeprefix("/services/").isidentifier()) else "/"
    return RedirectResponse(safe, status_code=303)


async def _form(request: Request) -> dict[str, str]:
    """The first value of each field of a URL-encoded form."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}
