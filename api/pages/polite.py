"""How every page and form behaves: what goes wrong becomes a page, and a form ends in a redirect to this site alone."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.pages import session
from api.pages.demo import DemoSignIn
from api.problems import NO_MANDATE, NO_TOKEN, RETRY_AFTER_SECONDS, TOKEN_REFUSED, Refusal, log_failure
from profiles.errors import StoreUnavailable

Endpoint = Callable[..., Awaitable[Response]]
# A resident's pages besides the home, and the search.
OWN = ("/search", "/file", "/tags", "/readers", "/reminding", "/cases", "/erasure")


def polite(endpoint: Endpoint) -> Endpoint:
    """Turns what goes wrong into a page: back to sign-in, back to oneself, or a page that says so."""

    @wraps(endpoint)
    async def wrapped(request: Request, **path: str) -> Response:
        try:
            return await endpoint(request, **path)
        except StoreUnavailable as error:
            request.app.state.renderer.log_store_away(request, error)
            response = sorry(request, "away", 503)
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response
        except Refusal as refusal:
            return _refused(request, refusal)
        except Exception as error:
            log_failure(request, error)
            return sorry(request, "failed", 500)

    return wrapped


def sign_in_page(request: Request, over: bool = False) -> Response:
    demo: DemoSignIn | None = request.app.state.demo
    personas = list(demo.personas.values()) if demo else []
    shown: Response = request.app.state.renderer.sign_in(request, personas, over)
    return shown


def _refused(request: Request, refusal: Refusal) -> Response:
    if refusal.kind in (NO_TOKEN, TOKEN_REFUSED):
        response = sign_in_page(request, over=True)
        response.status_code = 401
        session.drop(response, session.SESSION, session.ACTING)
        return response
    if refusal.kind is NO_MANDATE and request.method == "GET":
        response = back()
        session.drop(response, session.ACTING)
        session.keep(request, response, session.FLASH, "acting_gone.", session.FLASH_SECONDS)
        return response
    locale = session.language(request)
    response = sorry(request, "refused", refusal.kind.status, refusal.kind.detail[locale])
    response.headers.update(refusal.headers)
    return response


def sorry(request: Request, what: str, status: int, detail: str = "") -> Response:
    response: Response = request.app.state.renderer.sorry(request, what, status, detail)
    return response


def back(to: str = "/") -> RedirectResponse:
    """After a form: to a page of this site and to nowhere else."""
    ours = to in OWN or (to.startswith("/services/") and to.removeprefix("/services/").isidentifier())
    return RedirectResponse(to if ours else "/", status_code=303)


def taken(request: Request, note: str, to: str = "/") -> RedirectResponse:
    """After a form that did something: back to its page, which says ``note`` once."""
    response = back(to)
    session.keep(request, response, session.FLASH, note, session.FLASH_SECONDS)
    return response


async def form_of(request: Request) -> dict[str, str]:
    """The first value of each field of a URL-encoded form."""
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}
