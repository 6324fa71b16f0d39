"""A resident's own pages: the file, its tags, who read it, reminders, taking all of it out, erasing it.

Every form is a plain POST that ends in a redirect. What a form changes is what the API changes, through the same
functions; nothing is decided here.
"""

from collections.abc import Mapping

import msgspec
from fastapi import APIRouter, Request, Security
from fastapi.responses import Response
from pydantic import ValidationError

from api.access import reads
from api.export import DISPOSITION, everything
from api.feedback import be_reminded
from api.file import erased
from api.home import Joined, stored_home
from api.pages import session
from api.pages.polite import form_of, polite, taken
from api.problems import BAD_REQUEST, UNKNOWN_TAG, Refusal
from api.reading import Reader
from api.schemas import ChoicesIn
from api.scopes import CHOICES_WRITE, EXPORT_READ, FILE_DELETE, FILE_READ, HOME_READ
from api.tags import deleted, restored
from recommender.acting import Subject

router = APIRouter(include_in_schema=False)

MAIL, INBOX = "email", "inbox"


async def shown(request: Request, template: str, made: Mapping[str, Joined], *, file: bool = False) -> Response:
    """The page of what the joins ``made`` make of the stored home of whoever is signed in."""
    me = await session.signed_in(request)
    stored = await stored_home(request, me, file=file)
    locale = session.language(request, stored.choices.locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    values = {name: joined(stored, reader) for name, joined in made.items()}
    page: Response = request.app.state.renderer.own(request, template, reader, values)
    return page


@router.get("/file", dependencies=[Security(session.visitor, scopes=[FILE_READ])])
@polite
async def file(request: Request) -> Response:
    return await shown(request, "file.html", {"file": request.app.state.join.file}, file=True)


@router.get("/tags", dependencies=[Security(session.visitor, scopes=[FILE_READ])])
@polite
async def tags(request: Request) -> Response:
    return await shown(request, "tags.html", {"held": request.app.state.join.tags}, file=True)


@router.post("/tags", dependencies=[Security(session.visitor, scopes=[CHOICES_WRITE])])
@polite
async def choose_tag(request: Request) -> Response:
    """Delete a tag, or bring it back."""
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    does = {"delete": deleted, "restore": restored}.get(form.get("action", ""))
    if does is None:
        raise Refusal(UNKNOWN_TAG)
    await does(request, me, form.get("tag", ""))
    return taken(request, f"tag_{form['action']}", "/tags")


@router.get("/readers", dependencies=[Security(session.visitor, scopes=[FILE_READ])])
@polite
async def readers(request: Request) -> Response:
    me = await session.signed_in(request)
    locale = session.language(request)
    told = await reads(request, me, locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    page: Response = request.app.state.renderer.own(request, "readers.html", reader, {"reads": told})
    return page


@router.get("/reminding", dependencies=[Security(session.visitor, scopes=[HOME_READ])])
@polite
async def reminding(request: Request) -> Response:
    return await shown(request, "reminding.html", {"chosen": request.app.state.join.chosen})


@router.post("/reminding", dependencies=[Security(session.visitor, scopes=[CHOICES_WRITE])])
@polite
async def choose_reminding(request: Request) -> Response:
    """Keep an address, quiet hours, or that nothing is sent."""
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    try:
        await be_reminded(request, me, await _wanted(request, me, form))
    except (ValidationError, Refusal) as wrong:
        if isinstance(wrong, Refusal) and wrong.kind is not BAD_REQUEST:
            raise
        return taken(request, "reminding_wrong", "/reminding")
    return taken(request, "reminding_kept", "/reminding")


async def _wanted(request: Request, me: Subject, form: Mapping[str, str]) -> ChoicesIn:
    """What the form says; raises ValidationError or Refusal where it makes no sense.

    Whoever gives an address wants letters, so e-mail is tried before the page.
    """
    action, address = form.get("action"), form.get("email", "").strip()
    if action == "quiet":
        return ChoicesIn(quiet=f"{form.get('begins', '')}-{form.get('ends', '')}")
    if action == "quiet_default":
        return ChoicesIn(quiet="")
    if action == "off":
        return ChoicesIn(channels=(INBOX,))
    known = (await request.app.state.store.choices(me)).wishes.channels
    others = tuple(name for name in known if name not in (MAIL, INBOX))
    if action == "take_back":
        return ChoicesIn(channels=others, addresses={MAIL: ""})
    if action == "email" and address:
        return ChoicesIn(channels=(MAIL, *others, INBOX), addresses={MAIL: address})
    raise Refusal(BAD_REQUEST)


@router.get("/export", dependencies=[Security(session.visitor, scopes=[EXPORT_READ])])
@polite
async def export(request: Request) -> Response:
    """Everything held, in the language of the page that led here, as a file that people can read too."""
    me = await session.signed_in(request)
    joined, _ = await everything(request, me)
    stored = await stored_home(request, me, file=True)
    locale = session.language(request, stored.choices.locale)
    reader = Reader(me, locale, request.app.state.settings.today())
    told = msgspec.json.format(msgspec.json.encode(joined(stored, reader)), indent=2)
    headers = {"Cache-Control": "no-store", "Content-Language": locale, "Content-Disposition": DISPOSITION}
    return Response(told, media_type="application/json", headers=headers)


@router.get("/erasure", dependencies=[Security(session.visitor, scopes=[HOME_READ])])
@polite
async def erasure(request: Request) -> Response:
    return await shown(request, "erasure.html", {"home": request.app.state.join.home})


@router.post("/erasure", dependencies=[Security(session.visitor, scopes=[FILE_DELETE])])
@polite
async def erase(request: Request) -> Response:
    """Erase it all where the box was ticked; else ask once more."""
    session.same_origin(request)
    me, form = await session.signed_in(request), await form_of(request)
    if form.get("confirm") != "erase":
        return taken(request, "erasure_unconfirmed", "/erasure")
    await erased(request, me, confirmed=True)
    return taken(request, "erased")
