"""The file itself, what of a form it fills in, and its erasure, which holds from the next request on."""

from typing import Annotated, cast

from fastapi import APIRouter, Header, Path, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import NOT_CHANGED, answer, refused
from api.home import answered
from api.join import Join
from api.noting import ANEW, OnlyOnce, noted, receipt
from api.problems import OTHER_AUDIENCE, PERSONS_ALONE, UNCONFIRMED, UNKNOWN_SERVICE, Refusal
from api.reading import Reader
from api.schemas import File, Filled, Receipt
from api.scopes import FILE_DELETE, FILE_READ
from recommender.acting import Subject
from recommender.choices import Once
from recommender.store import StoredHome

router = APIRouter(tags=["file"])

ReadsFile = Annotated[Subject, Security(me, scopes=[FILE_READ])]
Erases = Annotated[Subject, Security(me, scopes=[FILE_DELETE])]
Confirm = Annotated[str, Header(description="The word `erase`, so that nobody erases by accident.", examples=["erase"])]
Named = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["senior_card"])]


@router.get(
    "/v1/me/file",
    summary="The whole file: facts, documents, links, events and applications, each with its source",
    response_class=Response,
    responses={**answer(File, "The file; empty where nothing is known."), **NOT_CHANGED},
)
async def file(request: Request, me: ReadsFile) -> Response:
    return await answered(request, me, request.app.state.join.file, file=True)


@router.delete(
    "/v1/me/file",
    summary="Have everything erased: nothing of it is shown from the next request on, and the next night removes it",
    response_class=Response,
    responses={**answer(Receipt, "Queued; counted is false where it was asked for before."), **refused(428)},
)
async def erase(request: Request, me: Erases, once: OnlyOnce, confirm: Confirm = "") -> Response:
    return receipt(await erased(request, me, once, confirmed=confirm == "erase"))


async def erased(request: Request, me: Subject, once: Once = ANEW, *, confirmed: bool) -> bool:
    """Have the person's own file erased; whether that was not asked for before.

    Raises:
        Refusal: it is an enterprise's, or it was not confirmed.
        StoreUnavailable: the store does not answer; nothing was taken.
    """
    did = await noted(request, me, "", "erasure")
    if me.enterprise:
        raise Refusal(PERSONS_ALONE)
    if not confirmed:
        raise Refusal(UNCONFIRMED)
    await request.app.state.drafts.drop_all(me)
    return bool(await request.app.state.store.erase(did, request.app.state.settings.today(), once))


@router.get(
    "/v1/services/{service}/prefill",
    summary="A service's form as far as the file fills it in, and what is left to ask and to bring",
    response_class=Response,
    responses={**answer(Filled, "Fields and papers with value, source and grade."), **NOT_CHANGED, **refused(404)},
)
async def prefill(request: Request, me: ReadsFile, service: Named) -> Response:
    def joined(stored: StoredHome, reader: Reader) -> Filled:
        known = request.app.state.catalogue.by_id.get(service)
        if known is None:
            raise Refusal(UNKNOWN_SERVICE)
        if known.audience != me.kind:
            raise Refusal(OTHER_AUDIENCE)
        return cast("Join", request.app.state.join).filled(known, stored, reader)

    return await answered(request, me, joined, file=True)
