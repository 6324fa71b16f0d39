"""The whole address of a guide on this site, as residents pass it on."""

from starlette.requests import Request

from api.schemas import Card


def address(request: Request, card: Card) -> str:
    """Where the guide is, by the name under which this site was asked."""
    return f"{str(request.base_url).rstrip('/')}{card.guide}"
