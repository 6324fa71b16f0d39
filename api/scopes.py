"""What a token may be good for, and what each route asks for; a route that says nothing of it stops the start.

A route says its scope where it takes its caller (``Security(me, scopes=[...])``), or that anyone may read it
(``Depends(anyone)``). OpenAPI learns of it from there, and so does the check.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from profiles.errors import SettingsError

HOME_READ = "home:read"
FILE_READ = "file:read"
FILE_DELETE = "file:delete"
EXPORT_READ = "export:read"
FEEDBACK_WRITE = "feedback:write"
CHOICES_WRITE = "choices:write"
CORRECTIONS_WRITE = "corrections:write"
REMINDERS_WRITE = "reminders:write"
CALENDAR_WRITE = "calendar:write"
OPINIONS_WRITE = "opinions:write"
DRAFTS_WRITE = "drafts:write"
CALENDAR_READ = "calendar:read"
UNSUBSCRIBE = "unsubscribe"
METRICS_READ = "metrics:read"
BATCH = "batch"

RESIDENT: Mapping[str, str] = MappingProxyType(
    {
        HOME_READ: "Read what the page shows.",
        FILE_READ: "Read the file itself: facts, links, events, tags, and what fills in a form.",
        FILE_DELETE: "Have the whole file erased.",
        EXPORT_READ: "Take out all that is held.",
        FEEDBACK_WRITE: "Say what became of a suggestion.",
        CHOICES_WRITE: "Turn personalisation off or on, delete a tag, choose a language.",
        CORRECTIONS_WRITE: "Say that something in the file is wrong.",
        REMINDERS_WRITE: "Mark, put off and put away reminders.",
        CALENDAR_WRITE: "Make and revoke the address of the calendar.",
        OPINIONS_WRITE: "Say what one thinks of the service.",
        DRAFTS_WRITE: "Keep half-filled forms, and drop them.",
    }
)
MACHINE: Mapping[str, str] = MappingProxyType(
    {
        METRICS_READ: "Read the service's counters; for a token of no resident.",
        BATCH: "Call for many residents in turn: counted per client, not per resident.",
    }
)
ADDRESS: Mapping[str, str] = MappingProxyType(
    {
        CALENDAR_READ: "Read the calendar; for the key in its own address.",
        UNSUBSCRIBE: "End one channel; for the token in its own address.",
    }
)
# What the framework serves by itself: the description and the static files.
OPEN_PATHS = frozenset({"/v1/openapi.json", "/static"})

Dependency = Callable[..., Any]


def routes(among: list[BaseRoute]) -> Iterator[BaseRoute]:
    """All routes, those of included routers in the place of their router."""
    for route in among:
        included = getattr(route, "original_router", None)
        yield from routes(included.routes) if included is not None else (route,)


def asked(route: APIRoute) -> frozenset[str]:
    """The scopes that the route asks for; none where it is public."""
    return frozenset(scope for one in _all(route.dependant) for scope in one.own_oauth_scopes or ())


def refuse_undeclared(app: FastAPI, public: Dependency) -> None:
    """Raises SettingsError where a route neither asks for a scope nor says that it is ``public``, or does both."""
    known = {*RESIDENT, *MACHINE, *ADDRESS}
    for route in routes(app.routes):
        path = str(getattr(route, "path", route))
        if path in OPEN_PATHS:
            continue
        scopes = asked(route) if isinstance(route, APIRoute) else frozenset()
        is_public = isinstance(route, APIRoute) and any(one.call is public for one in _all(route.dependant))
        if bool(scopes) == is_public or not scopes <= known:
            raise SettingsError(
                f"The route {path} must say either which scope it asks for or that it is public; it says "
                f"{sorted(scopes)} and public={is_public}. Known scopes: {', '.join(sorted(known))}."
            )


def _all(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from _all(one)
