"""GET /v1/me/home and its parts: one token check, one store round trip, one join.

Every route that reads a stored home goes through ``answered`` or ``stored_home``, where the read is noted.
"""

from collections.abc import Callable
from hashlib import blake2b

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.auth import Me
from api.describe import NOT_CHANGED, answer
from api.join import Join
from api.locale import negotiate
from api.logs import route_of
from api.problems import NO_MANDATE, Refusal
from api.reading import Reader
from api.schemas import Bundles, Documents, Home, Outlook
from api.scopes import BATCH
from api.tokens import Caller
from recommender.access import Access, known_as
from recommender.acting import Subject
from recommender.store import StoredHome

PATH = "/v1/me/home"

router = APIRouter(tags=["home"])
_encoder = msgspec.json.Encoder()

Joined = Callable[[StoredHome, Reader], msgspec.Struct]


def read_at(
    router: APIRouter, path: str, struct: type[msgspec.Struct], said: str, summary: str, made: Callable[[Join], Joined]
) -> None:
    """Let ``path`` answer with what ``made`` of the join makes of the stored home, in the caller's language."""

    async def read(request: Request, me: Me) -> Response:
        return await answered(request, me, made(request.app.state.join))

    router.add_api_route(
        path,
        read,
        name=struct.__name__.lower(),
        summary=summary,
        response_class=Response,
        responses={**answer(struct, said), **NOT_CHANGED},
    )


async def answered(request: Request, me: Subject, joined: Joined, *more: str, file: bool = False) -> Response:
    """What ``joined`` makes of the stored home and of ``more``, or 304 where the reader has it already.

    Raises as ``stored_home``.
    """
    stored = await stored_home(request, me, file=file)
    locale = negotiate(request.headers.get("accept-language", ""), stored.choices.locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    headers = {
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Acting-For, Accept-Language",
        "Content-Language": locale,
    }
    tag = etag(stored, reader, request.app.state.catalogue.version, *more)
    return reply(request, tag, headers, lambda: joined(stored, reader))


def reply(request: Request, tag: str, headers: dict[str, str], made: Callable[[], msgspec.Struct]) -> Response:
    """What ``made`` makes as JSON, or 304 where the caller has the answer of that tag."""
    told = {**headers, "ETag": tag}
    if tag in (known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=told)
    return Response(_encoder.encode(made()), media_type="application/json", headers=told)


async def stored_home(request: Request, me: Subject, *, file: bool = False) -> StoredHome:
    """What the store holds for the subject, with its own file where asked for.

    Raises:
        Refusal: the person holds no mandate for the enterprise.
        StoreUnavailable: the store does not answer, or nothing was published yet.
    """
    stored: StoredHome | None = await request.app.state.store.home(me, file=file)
    if stored is None:
        raise Refusal(NO_MANDATE)
    if stored.shown is not None:
        request.app.state.accesses.note(access(request, me))
    return stored


def access(request: Request, me: Subject) -> Access:
    """That the file of the one shown is read, and by whom."""
    caller: Caller = request.scope["caller"]
    return Access(
        subject=me.shown,
        what=route_of(request.scope),
        at=int(request.app.state.settings.now().timestamp()),
        client=caller.client,
        actor=caller.actor,
        reader=known_as(me.person, me.enterprise) if me.enterprise else "",
        batch=BATCH in caller.scopes,
    )


def etag(stored: StoredHome, reader: Reader, catalogue: str, *more: str) -> str:
    """A tag that changes whenever the home would: by its rows, choices, inbox, language, subject, day, words."""
    choices, subject = stored.choices, reader.subject
    mine = (
        subject.person,
        subject.enterprise,
        reader.locale,
        reader.today,
        catalogue,
        stored.generation.text,
        stored.mark,
        more,
    )
    chosen = (
        choices.personalised,
        choices.locale,
        sorted(choices.dismissed.items()),
        sorted(choices.done.items()),
        sorted(choices.corrections.items()),
        sorted(choices.tags_deleted.items()),
        sorted(choices.vacancies.items()),
        sorted((number, case.text) for number, case in choices.help.items()),
        sorted((reminder, marked.text) for reminder, marked in choices.reminders.items()),
        (choices.wishes.channels, choices.wishes.quiet, sorted(choices.wishes.ended)),
        sorted(choices.addresses.items()),
        [notice.id for notice in stored.inbox],
    )
    return f'"{blake2b(msgspec.msgpack.encode((mine, chosen)), digest_size=12).hexdigest()}"'


read_at(
    router, PATH, Home, "The home, in the language of Accept-Language (zh or en).",
    "What is due, offered, under way and held, for whoever the token names", lambda join: join.home,
)  # fmt: skip
read_at(
    router, "/v1/me/outlook", Outlook, "The outlook, in the language of Accept-Language (zh or en).",
    "What will come to apply, or no longer apply, within the coming two years", lambda join: join.outlook,
)  # fmt: skip
read_at(
    router, "/v1/me/documents", Documents, "The documents.",
    "The wallet: documents held, and which of them expire", lambda join: join.documents,
)  # fmt: skip
read_at(
    router, "/v1/me/bundles", Bundles, "The bundles; none without personalisation.",
    "Life or business events as one thing, and how far they have come", lambda join: join.bundles,
)  # fmt: skip
