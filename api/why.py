"""GET /v1/me/suggestions/{trace}/why: a list of the last days, made again for its owner, with the sum of every score.

A trace names nobody; whose list it was is proved by the caller's own pseudonym, so another's trace is not there. The
arrays that this takes are loaded when first asked for: a process that only shows pages does without them.
"""

from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from api import schemas
from api.auth import Me
from api.describe import NOT_CHANGED, answer, refused
from api.home import reply, stored_home
from api.locale import Locale, negotiate
from api.problems import UNKNOWN_TRACE, Refusal
from recommender import explain
from recommender.catalogue import Catalogue
from recommender.generation import Generation

if TYPE_CHECKING:
    from recommender.replay import Place, Replayed

router = APIRouter(tags=["home"])

Traced = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["7c1e4b0a93d25f68a1b2c3d4e5f60718"])]


@router.get(
    "/v1/me/suggestions/{trace}/why",
    summary="Why a list of the last days was as it was",
    response_class=Response,
    responses={**answer(schemas.Why, "The list, place by place."), **NOT_CHANGED, **refused(404)},
)
async def why(request: Request, me: Me, trace: Traced) -> Response:
    stored = await stored_home(request, me)
    found = await request.app.state.store.past(me, trace)
    if found is None:
        raise Refusal(UNKNOWN_TRACE)
    generation, record, basis = found
    replayed = await run_in_threadpool(_replayed, record, basis)
    locale = negotiate(request.headers.get("accept-language", ""), stored.choices.locale)
    catalogue: Catalogue = request.app.state.catalogue
    headers = {
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Acting-For, Accept-Language",
        "Content-Language": locale,
    }
    tag = f'"{trace}.{locale}.{catalogue.version}"'
    return reply(request, tag, headers, lambda: _told(trace, generation, replayed, catalogue, locale))


def _replayed(record: bytes, basis: bytes) -> "Replayed":
    from recommender.basis import Basis
    from recommender.replay import replay
    from recommender.trace import decode

    return replay(Basis.load(basis), decode(record))


def _told(
    trace: str, generation: Generation, found: "Replayed", catalogue: Catalogue, locale: Locale
) -> msgspec.Struct:
    made = found.made
    return schemas.Why(
        trace=trace,
        generation=generation.text,
        day=made.day,
        model=made.model,
        registry=made.registry,
        catalogue=made.catalogue,
        tags=tuple(explain.tag_name(tag, locale) for tag in found.tags),
        may_have=found.may_have,
        not_yet=tuple(
            schemas.NotYet(service, _name(service, catalogue, locale), "earlier_step") for service in found.waits
        ),
        places=tuple(_place(place, catalogue, locale) for place in found.places),
    )


def _place(place: "Place", catalogue: Catalogue, locale: Locale) -> schemas.Place:
    bundle = next((one for one in catalogue.bundles if one.id == place.through), None)
    return schemas.Place(
        service=place.service,
        name=_name(place.service, catalogue, locale),
        score=place.score,
        probability=place.probability,
        base=place.base,
        added=tuple(schemas.Weight(explain.tag_name(tag, locale), weight) for tag, weight in place.added),
        through=bundle.name.say(locale) if bundle else place.through,
    )


def _name(code: str, catalogue: Catalogue, locale: Locale) -> str:
    service = catalogue.by_id.get(code)
    return service.name.say(locale) if service else code
