"""Makes HTML of homes, guides and apologies with Jinja templates; every value is escaped, and no rule lives here."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.catalogue import span
from api.locale import Locale
from api.pages import session
from api.pages.address import address
from api.pages.demo import Persona
from api.pages.words import speaker, words
from api.reading import Reader
from api.schemas import Card, Home, Results
from profiles.model import Kind
from recommender.catalogue import Service
from recommender.corrections import about_name, correctable, put_to_reader
from recommender.days import in_words
from recommender.helping import rules

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
SIGNED_OUT = ("sign_in.html", "sorry.html", "unsubscribe.html")  # pages that offer no signing out
logger = logging.getLogger("yidang.api")


class Renderer:
    """All pages; templates are compiled once."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        content = b"".join(file.read_bytes() for file in sorted(STATIC.iterdir()))
        self._version = hashlib.sha256(content).hexdigest()[:10]
        words()  # a word that lacks a language stops the start, not a page

    def home(self, request: Request, home: Home, flash: str) -> HTMLResponse:
        """The home of whoever is signed in."""
        due_services = {item.action.service for item in home.due if item.action}
        offered = [s for s in home.suggestions if s.card.service not in due_services]
        return self._page(
            request,
            "home.html",
            home.locale,
            home=home,
            offered=offered,
            correctable=_correctable(home),
            papers=request.app.state.catalogue.documents,
            flash=self._flash(request, flash, home.locale),
        )

    def own(self, request: Request, template: str, reader: Reader, values: Mapping[str, object]) -> HTMLResponse:
        """One of a resident's own pages besides the home, of what ``values`` say, with the note after a form."""
        flash = request.cookies.get(session.FLASH, "")
        kind: Kind = "enterprise" if reader.enterprise else "person"
        page = self._page(
            request,
            template,
            reader.locale,
            firm=reader.enterprise,
            correctable=correctable(kind),
            helping=rules(),
            asked_card=request.app.state.cards.get(request.query_params.get("service", ""), reader.locale),
            flash=self._flash(request, flash, reader.locale),
            **values,
        )
        if flash:
            session.drop(page, session.FLASH)
        return page

    def sign_in(self, request: Request, personas: Sequence[Persona], over: bool) -> HTMLResponse:
        """Where visitors begin; ``over`` says that a sign-in has just ended."""
        return self._page(request, "sign_in.html", session.language(request), personas=personas, over=over)

    def guide(
        self, request: Request, service: Service, card: Card, locale: Locale, signed_in: bool, flash: str
    ) -> HTMLResponse:
        """All about one service."""
        note = self._flash(request, flash, locale)
        shown = {"service": service, "card": card, "address": address(request, card), "flash": note}
        shown["window"] = span(service, request.app.state.settings.today())
        return self._page(request, "guide.html", locale, signed_in=signed_in, **shown)

    def found(self, request: Request, said: str, results: Results, locale: Locale) -> HTMLResponse:
        """What fits a sentence."""
        return self._page(request, "found.html", locale, said=said, results=results)

    def sorry(self, request: Request, what: str, status: int, detail: str) -> HTMLResponse:
        """A page that says what went wrong and what to do; ``what`` is away, missing, refused or failed."""
        unsaved = request.method != "GET"
        page = self._page(request, "sorry.html", session.language(request), what=what, detail=detail, unsaved=unsaved)
        page.status_code = status
        return page

    def unsubscribe(self, request: Request, channel: str, token: str) -> HTMLResponse:
        """The button that ends a channel; without a token that it is ended, without a channel that nothing was."""
        page = self._page(request, "unsubscribe.html", session.language(request), channel=channel, token=token)
        page.status_code = 200 if channel else 401
        return page

    def log_store_away(self, request: Request, error: Exception) -> None:
        """One line for the operators; the visitor gets a page."""
        logger.error("request %s: %s", request.scope.get("request_id", ""), error)

    def _page(self, request: Request, template: str, locale: Locale, **values: object) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            t=speaker(locale),
            day=partial(in_words, locale=locale),
            locale=locale,
            large=session.large_text(request),
            demo=request.app.state.demo is not None,
            signed_in_now=session.SESSION in request.cookies and template not in SIGNED_OUT,
            here=request.url.path,
            version=self._version,
            request_id=request.scope.get("request_id", ""),
            **values,
        )
        return HTMLResponse(html, headers={"Cache-Control": "no-store", "Content-Language": locale})

    def _flash(self, request: Request, flash: str, locale: Locale) -> dict[str, str] | None:
        """The note after a form, from the short-lived cookie: its sentence, and what to undo it for."""
        action, _, service = flash.partition(".")
        key = f"{action}_note"
        if key not in words():
            return None
        card = request.app.state.cards.get(service, locale)
        undo = service if action in ("dismissed",) and card else ""
        vacancy = service if action == "vacancy_put_away" else ""
        return {"text": speaker(locale)(key, name=card.name if card else ""), "undo": undo, "vacancy": vacancy}


def _correctable(home: Home) -> list[tuple[str, str]]:
    """What may be said to be wrong, and what it is called."""
    asked = put_to_reader(home.kind, {document.type for document in home.documents})
    return [(about, about_name(about, home.kind, home.locale)) for about in asked]
