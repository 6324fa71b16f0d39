"""What falls due as a calendar feed (RFC 5545), read by a private address that its owner can revoke.

A calendar program sends no token, so the address carries a key: who reads, sealed with the vault's key, and a secret
whose digest the store keeps. It is good for this feed alone. A new address makes the one before useless, and so do
erasure, the end of a mandate and a new vault key.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b, sha256
from typing import Annotated, Any, cast

import msgspec
from fastapi import APIRouter, Depends, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyQuery, SecurityScopes

from api import wording
from api.auth import me, permitted
from api.describe import answer
from api.home import stored_home
from api.join import Join
from api.locale import Locale, negotiate
from api.noting import receipt
from api.problems import NO_TOKEN, TOKEN_REFUSED, Refusal
from api.reading import Reader
from api.schemas import Calendar, Due, Receipt
from api.scopes import CALENDAR_READ, CALENDAR_WRITE
from api.tokens import Caller
from profiles.errors import KeyMaterialError
from recommender.acting import Subject
from recommender.reminders import rung_id
from recommender.store import StoredHome

router = APIRouter(tags=["reminders"])

OWNER = FIELD = "calendar"  # what the sealed key is bound to
_HEX = 32
_key = APIKeyQuery(name="key", scheme_name="calendar_key", auto_error=False)

ICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The calendar.",
        "content": {"text/calendar": {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"}},
    }
}
KeepsCalendar = Annotated[Subject, Security(me, scopes=[CALENDAR_WRITE])]


class Key(msgspec.Struct, frozen=True, array_like=True):
    """Who reads a calendar, and the secret that makes the address theirs."""

    person: str
    enterprise: str | None
    secret: str

    @property
    def subject(self) -> Subject:
        return Subject(self.person, self.enterprise)

    @property
    def digest(self) -> str:
        return sha256(self.secret.encode()).hexdigest()


async def by_key(request: Request, wanted: SecurityScopes, key: Annotated[str | None, Depends(_key)] = None) -> Key:  # noqa: ARG001 - said for the description
    """The key in the address.

    Raises:
        Refusal: there is none, it is none of ours, or there are too many requests.
    """
    try:
        opened = msgspec.json.decode(request.app.state.unseal(OWNER, FIELD, _padded(key or "")), type=Key)
    except (KeyMaterialError, ValueError, msgspec.DecodeError):
        request.app.state.limits.count_address(request)
        raise Refusal(TOKEN_REFUSED if key else NO_TOKEN) from None
    request.scope["caller"] = Caller(opened.person, "calendar", frozenset({CALENDAR_READ}))
    request.app.state.limits.count(request, "resident", opened.person)
    return opened


ByKey = Annotated[Key, Security(by_key, scopes=[CALENDAR_READ])]


@router.post(
    "/v1/me/calendar",
    summary="Make an address for a calendar program; the one before stops working",
    response_class=Response,
    responses=answer(Calendar, "The address. It is shown this once."),
)
async def make(request: Request, me: KeepsCalendar) -> Response:
    await permitted(request, me)
    key = Key(me.person, me.enterprise, secrets.token_urlsafe(24))
    await request.app.state.store.open_calendar(me, reader_of(me), key.digest)
    sealed = request.app.state.seal(OWNER, FIELD, msgspec.json.encode(key).decode())
    address = "/v1/me/calendar.ics?key=" + sealed.rstrip("=").replace("+", "-").replace("/", "_")
    made = msgspec.json.encode(Calendar(address))
    return Response(made, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.delete(
    "/v1/me/calendar",
    summary="Revoke the calendar's address",
    response_class=Response,
    responses=answer(Receipt, "It no longer works; counted is false where there was none."),
)
async def revoke(request: Request, me: KeepsCalendar) -> Response:
    await permitted(request, me)
    return receipt(await request.app.state.store.close_calendar(me, reader_of(me)))


@router.get("/v1/me/calendar.ics", summary="What falls due, as a calendar", response_class=Response, responses=ICS)
async def feed(request: Request, key: ByKey) -> Response:
    me = key.subject
    stored = await stored_home(request, me)
    if not secrets.compare_digest(stored.choices.calendars.get(reader_of(me), ""), key.digest):
        raise Refusal(TOKEN_REFUSED)
    locale = negotiate(request.headers.get("accept-language", ""), stored.choices.locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    due = cast("Join", request.app.state.join).home(stored, reader).due
    headers = {"Cache-Control": "private, no-cache", "Content-Language": locale}
    return Response(written(due, stored, reader), media_type="text/calendar; charset=utf-8", headers=headers)


def written(due: Iterable[Due], stored: StoredHome, reader: Reader) -> bytes:
    """An all-day event for each thing due, the same bytes for the same home; whatever is not due any more is gone."""
    from icalendar import Calendar as Written  # a third of a second to load, and only calendars need it

    made_at = datetime.combine(stored.generation.day, time(), UTC)
    calendar = Written.new(
        prodid="-//Yidang//Reminders//",
        uid=f"{rung_id(reader.subject.shown, FIELD, stored.generation.day, 0)}@yidang",
        name={"zh": "一档到期提醒", "en": "Yidang reminders"}[reader.locale],
        refresh_interval=timedelta(hours=12),
    )
    for item in due:
        calendar.add_component(_event(item, reader, made_at))
    return cast("bytes", calendar.to_ical())


def reader_of(subject: Subject) -> str:
    """Whose calendar of a page it is: an enterprise's page has one for each who acts for it."""
    return blake2b(subject.person.encode(), digest_size=8).hexdigest()


def _event(item: Due, reader: Reader, made_at: datetime) -> Any:
    from icalendar import Event
    from icalendar.enums import TRANSP

    locale: Locale = reader.locale
    phone = f"{item.action.authority} {item.action.phone}" if item.action else item.source
    return Event.new(
        uid=f"{rung_id(reader.subject.shown, item.what, item.due_on, 0)}@yidang",
        stamp=made_at,
        start=item.due_on,
        end=item.due_on + timedelta(days=1),
        summary=wording.falls_due(item.name, locale),
        description=phone,
        transparency=TRANSP.TRANSPARENT,
    )


def _padded(key: str) -> str:
    text = key.replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)
