"""GET /v1/me/tags, DELETE of one and PUT to bring it back; a deleted tag orders and explains nothing from then on."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request, Security
from fastapi.responses import Response

from api.auth import me
from api.describe import NOT_CHANGED, answer, refused
from api.file import ReadsFile
from api.home import answered
from api.noting import ANEW, OnlyOnce, noted, receipt
from api.problems import UNKNOWN_TAG, Refusal
from api.schemas import Receipt, Tags
from api.scopes import CHOICES_WRITE
from recommender.acting import Subject
from recommender.choices import Action, Feedback, Once
from recommender.wording import wording

router = APIRouter(tags=["file"])

ChoosesTags = Annotated[Subject, Security(me, scopes=[CHOICES_WRITE])]
Called = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,63}$", examples=["new_parent"])]


@router.get(
    "/v1/me/tags",
    summary="Every tag of the file: since and until when, why, and whether it was deleted",
    response_class=Response,
    responses={**answer(Tags, "The tags."), **NOT_CHANGED},
)
async def tags(request: Request, me: ReadsFile) -> Response:
    return await answered(request, me, request.app.state.join.tags, file=True)


@router.delete(
    "/v1/me/tags/{tag}",
    summary="Delete a tag: it is used for no order and no guess any more",
    response_class=Response,
    responses={**answer(Receipt, "Deleted; counted is false where it was deleted already."), **refused(404)},
)
async def delete(request: Request, me: ChoosesTags, tag: Called, once: OnlyOnce) -> Response:
    return receipt(await deleted(request, me, tag, once))


@router.put(
    "/v1/me/tags/{tag}",
    summary="Bring a deleted tag back",
    response_class=Response,
    responses={**answer(Receipt, "Back; counted is false where it was not deleted."), **refused(404)},
)
async def restore(request: Request, me: ChoosesTags, tag: Called, once: OnlyOnce) -> Response:
    return receipt(await restored(request, me, tag, once))


async def deleted(request: Request, me: Subject, tag: str, once: Once = ANEW) -> bool:
    """Let a tag order and explain nothing any more; whether it did until now. Raises as ``_about``."""
    did = await _about(request, me, tag, "tag_deleted")
    return bool(await request.app.state.store.delete_tag(did, request.app.state.settings.today(), once))


async def restored(request: Request, me: Subject, tag: str, once: Once = ANEW) -> bool:
    """Bring a deleted tag back; whether it was deleted. Raises as ``_about``."""
    return bool(await request.app.state.store.restore_tag(await _about(request, me, tag, "tag_restored"), once))


async def _about(request: Request, me: Subject, tag: str, action: Action) -> Feedback:
    """What is done with the tag; raises Refusal where the registry has none of that id for this kind of file."""
    did = await noted(request, me, "", action)
    if wording().tags.get(tag, ("",))[0] != me.kind:
        raise Refusal(UNKNOWN_TAG)
    return replace(did, about=tag)
