"""Wires the API: settings, keys, catalogue, store and routes; everything else is handed what it needs from here.

``uvicorn api.app:app`` makes the app from the environment; tests call ``create_app`` with settings of their own.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from api import (
    access,
    calendar,
    drafts,
    events,
    export,
    feedback,
    file,
    health,
    helping,
    home,
    logs,
    metrics,
    opinions,
    problems,
    reminders,
    search,
    suggestions,
    tags,
    unsubscribe,
    vacancies,
    why,
)
from api import catalogue as catalogue_routes
from api.auth import anyone
from api.cards import Cards
from api.describe import describe
from api.headers import Envelope
from api.join import Join
from api.limits import Limits
from api.metrics import Metrics
from api.pages import routes as pages
from api.scopes import refuse_undeclared
from api.settings import ApiSettings
from api.straight import Straight
from api.tokens import Verifier
from api.watching import Watches
from profiles.errors import KeyMaterialError
from profiles.identity.keys import Keys, open_sealed, seal
from recommender import catalogue
from recommender.search import Search
from recommender.store import Accesses, Drafts, HomeStore

logger = logging.getLogger("yidang.api")

ROUTED = (
    home, events, suggestions, vacancies, why, reminders, calendar, unsubscribe, feedback, helping, opinions, file,
    drafts, tags, access, export, search, catalogue_routes, health, metrics,
)  # fmt: skip

ABOUT = """One person, one file; one enterprise, one file. Who *me* is comes from the bearer token alone;
an enterprise is acted for with `Acting-For`, a handle from `mandates` of one's own home. Every refusal has one shape
(RFC 9457)."""


COMPRESSED_FROM_BYTES = 1024
# What a portal named in the settings may do from its own pages; a token always, a cookie never.
SHARED: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization",
        "Acting-For",
        "Accept-Language",
        "Content-Type",
        "Idempotency-Key",
        "Confirm",
        "Last-Event-ID",
    ],
    "expose_headers": ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
    "max_age": 600,
}


def create_app(settings: ApiSettings) -> FastAPI:
    """The whole API and the pages.

    Raises:
        SettingsError: the token keys or the demo's persons cannot be read, or a route does not say who may call it.
        KeyMaterialError: a key is missing or not fit for use.
    """
    logs.install()
    keys = Keys.from_hex(settings.pseudonym_key, settings.vault_key, settings.key_id, demo=settings.demo)
    app = FastAPI(
        title="Yidang 一档",
        version="1",
        description=ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # their pages load scripts from public hosts
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.verifier = Verifier(settings, keys)
    app.state.limits = Limits(settings)
    app.state.catalogue = catalogue.load()
    app.state.cards = Cards(app.state.catalogue)
    app.state.search = Search(app.state.catalogue)
    app.state.opened = _opener(keys)
    app.state.join = Join(app.state.catalogue, app.state.cards, app.state.opened)
    app.state.seal = partial(seal, keys)
    app.state.unseal = partial(open_sealed, keys)
    app.state.metrics = Metrics()
    app.state.store = HomeStore(settings.store_url, timeout=settings.store_timeout)
    app.state.accesses = Accesses(settings.store_url, timeout=settings.store_timeout)
    app.state.metrics.watch(app.state.accesses)
    app.state.drafts = Drafts(settings.store_url, timeout=settings.store_timeout)
    app.state.watches = Watches(app.state.store)
    for part in ROUTED:
        app.include_router(part.router)
    problems.install(app)
    pages.install(app)
    refuse_undeclared(app, anyone)
    describe(app)
    app.add_middleware(Straight, served=app)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES, compresslevel=4)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **SHARED)
    app.add_middleware(Envelope)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.accesses.close()
    await app.state.drafts.close()
    await app.state.store.close()


def _opener(keys: Keys) -> Any:
    def opened(owner: str, field: str, text: str) -> str:
        """The clear text, or nothing where it was sealed under a key that is no longer ours: the page still shows."""
        try:
            return open_sealed(keys, owner, field, text)
        except KeyMaterialError as error:
            logger.error("%s", error)
            return ""

    return opened


def __getattr__(name: str) -> FastAPI:
    """``app``, made from the environment when a server first asks for it, so that importing this module needs none."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["app"] = made = create_app(ApiSettings.load())
    return made
