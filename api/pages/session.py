"""What a browser keeps between requests, in cookies that no script can read; it decides nothing about rights.

``yidang_session`` holds the same token that a portal would send as bearer, and is verified at each request like one.
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.auth import subject_of
from api.locale import Locale, negotiate
from api.problems import Kind, Refusal, _kind
from api.scopes import asked
from recommender.acting import Subject

SESSION = "yidang_session"
ACTING = "yidang_acting"
LANGUAGE = "yidang_language"
SIZE = "yidang_size"
FLASH = "yidang_flash"
SESSION_SECONDS = 3600
YEAR_SECONDS = 365 * 86_400
FLASH_SECONDS = 60

FOREIGN_FORM: Kind = _kind(
    "foreign-form", 403, "请求来源有误", "This form came from elsewhere",
    "请回到本站页面后再操作。", "Go back to this site's own page and try again.",
)  # fmt: skip


async def visitor() -> None:
    """Says of a page's route, with ``Security``, for which scope ``signed_in`` asks there."""


async def signed_in(request: Request, scope: str = "") -> Subject:
    """The subject of the session, acting as they last chose, where its token is good for what the route asks for.

    Raises:
        Refusal: there is no session, or it no longer holds, or not for that.
    """
    scopes = frozenset({scope}) if scope else asked(request.scope["route"])
    return await subject_of(request, request.cookies.get(SESSION, ""), request.cookies.get(ACTING), scopes)


def language(request: Request, chosen: str = "") -> Locale:
    """The language that the reader picked on the page, else what the browser asks for, else Chinese."""
    picked = request.cookies.get(LANGUAGE, "")
    return negotiate(picked or request.headers.get("accept-language", ""), chosen)


def large_text(request: Request) -> bool:
    return request.cookies.get(SIZE) == "large"


def same_origin(request: Request) -> None:
    """Refuses a form that another site's page sent with our visitor's cookies.

    Raises:
        Refusal: the browser says that the form came from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (origin and urlsplit(origin).netloc != request.headers.get("host")):
        raise Refusal(FOREIGN_FORM)


def keep(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie of this site alone; sent over TLS alone where the request came by TLS."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure, samesite="lax", path="/")


def drop(response: Response, *names: str) -> None:
    for name in names:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax")
