"""What is the same for everybody: finding a service by a sentence, and its address to pass on, as a QR code too."""

from io import BytesIO

import segno
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.auth import anyone
from api.pages import session
from api.pages.address import address
from api.pages.polite import polite, sorry
from api.search import results
from recommender.search import LONGEST

router = APIRouter(include_in_schema=False)

SCALE, QUIET_ZONE = 4, 4  # pixels a module, modules around it (ISO/IEC 18004)


@router.get("/search", dependencies=[Depends(anyone)])
@polite
async def found(request: Request, q: str = "") -> Response:
    """What fits the sentence, for who is signed in and who is not."""
    locale = session.language(request)
    said = q.strip()[:LONGEST]
    response: Response = request.app.state.renderer.found(request, said, results(request, said, locale), locale)
    return response


@router.get("/services/{service}/qr.svg", dependencies=[Depends(anyone)])
@polite
async def qr(request: Request, service: str) -> Response:
    """The guide's address as a picture."""
    card = request.app.state.cards.get(service, "zh")
    if card is None:
        return sorry(request, "missing", 404)
    drawn = BytesIO()
    code = segno.make(address(request, card), error="m", micro=False)
    code.save(drawn, kind="svg", scale=SCALE, border=QUIET_ZONE, dark="#000", light="#fff")
    # It is of the address that was asked, so nobody else may be handed it.
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"})
