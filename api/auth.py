"""Who is asking, and whether they may: each route takes its caller from here, with the scope that it asks for.

Whoever is asking is counted here as well: residents one by one, batch callers by client, everybody else by address.
"""

from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from api.problems import BAD_HANDLE, MISSING_SCOPE, NO_MANDATE, NO_TOKEN, TOKEN_REFUSED, Refusal
from api.scopes import BATCH, HOME_READ, MACHINE, RESIDENT
from api.tokens import Caller
from recommender.acting import Subject, behind

SCOPES = "\n".join(f"- `{scope}`: {said}" for scope, said in {**RESIDENT, **MACHINE}.items())
bearer = HTTPBearer(
    scheme_name="token", bearerFormat="JWT", description=f"An access token (RFC 9068).\n\n{SCOPES}", auto_error=False
)

Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
ActingFor = Annotated[
    str,
    Header(
        description="A handle from mandates of one's own home.",
        examples=["3f0c9a52d1e84b7796a0b1c2d3e4f506"],
        json_schema_extra={"pattern": "^([0-9A-Fa-f]{32})?$"},  # what is refused is refused in words, not by this
    ),
]


async def me(request: Request, wanted: SecurityScopes, sent: Sent, acting_for: ActingFor = "") -> Subject:
    """The subject of a request to /v1/me, by its bearer token alone.

    Raises:
        Refusal: no token, a token that does not hold or lacks the scope, a malformed handle, or too many requests.
    """
    token = sent.credentials.strip() if sent else ""
    return await subject_of(request, token, acting_for, frozenset(wanted.scopes))


async def subject_of(request: Request, token: str, acting_for: str | None, scopes: frozenset[str]) -> Subject:
    """The person of the token, acting for the enterprise behind the handle if one is given; raises as ``me``."""
    caller = await _caller(request, token)
    if caller.person is None:
        raise Refusal(TOKEN_REFUSED)
    limits = request.app.state.limits
    if BATCH in caller.scopes:
        limits.count(request, "batch", caller.client)
    else:
        limits.count(request, "resident", caller.person)
    _need(caller, scopes)
    if not acting_for:
        return Subject(caller.person)
    try:
        return Subject(caller.person, behind(caller.person, acting_for))
    except ValueError:
        raise Refusal(BAD_HANDLE) from None


async def permitted(request: Request, me: Subject) -> None:
    """Raises Refusal where the person holds no mandate for the enterprise."""
    if not await request.app.state.store.permitted(me):
        raise Refusal(NO_MANDATE)


async def machine(request: Request, wanted: SecurityScopes, sent: Sent) -> Caller:
    """A caller that speaks for no resident; raises Refusal as ``me`` does."""
    caller = await _caller(request, sent.credentials.strip() if sent else "")
    if caller.person is not None:
        raise Refusal(TOKEN_REFUSED)
    request.app.state.limits.count(request, "batch", caller.client)
    _need(caller, frozenset(wanted.scopes))
    return caller


async def anyone(request: Request) -> None:
    """Says of a route that it is public."""
    request.app.state.limits.count_address(request)


async def _caller(request: Request, token: str) -> Caller:
    """Whom the token speaks for; those without a good one are counted by address, so that nobody guesses on."""
    try:
        if not token:
            raise Refusal(NO_TOKEN)
        caller: Caller = await request.app.state.verifier.caller(token)
    except Refusal as refused:
        if refused.kind in (NO_TOKEN, TOKEN_REFUSED):
            request.app.state.limits.count_address(request)
        raise
    request.scope["caller"] = caller
    return caller


def _need(caller: Caller, scopes: frozenset[str]) -> None:
    if not scopes <= caller.scopes:
        wanted = " ".join(sorted(scopes))
        raise Refusal(MISSING_SCOPE, {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{wanted}"'})


Me = Annotated[Subject, Security(me, scopes=[HOME_READ])]
