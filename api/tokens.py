"""A verified access token (RFC 9068) becomes a caller here, and the identity claim is forgotten here.

Only the algorithms that are set are accepted, whatever the token's header says, and none of them is ``none`` or a
shared secret; type, issuer, audience, expiry and not-before are checked. Nothing of a token or of its claims is ever
logged or put into an error.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from re import compile as pattern
from typing import Any, NamedTuple

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.problems import TOKEN_REFUSED, Refusal
from api.settings import ApiSettings
from api.signers import SignersAddress, SignersFile
from profiles.identity.keys import Keys, pseudonym

LEEWAY_SECONDS = 30
MOST_CHARACTERS = 4096
MOST_SEEN = 10_000
TYPES = ("at+jwt", "application/at+jwt")
_NAME = pattern(r"[A-Za-z][A-Za-z0-9._:-]{0,63}")  # begins with a letter, so that no identity number is one


@dataclass(frozen=True)
class Caller:
    """Whom a token speaks for: a resident by pseudonym or nobody, through which client, and who acts for them."""

    person: str | None
    client: str
    scopes: frozenset[str]
    actor: str = ""
    until: float = math.inf  # seconds since 1970

    @property
    def by(self) -> str:
        """Who does it, for the record: the client, and whoever acts for the resident through it."""
        return f"{self.client} {self.actor}".strip()


class _Seen(NamedTuple):
    """Whom a token was found to speak for, which holds until it expires or its signer's keys change."""

    caller: Caller
    kid: str
    signers: KeySet
    until: float


class Verifier:
    """Checks tokens against the public keys of their signer; what was checked once is known by the token's digest."""

    def __init__(self, settings: ApiSettings, keys: Keys) -> None:
        self._keys = keys
        self._algorithms = list(settings.token_algorithms)
        file = settings.token_jwks
        self._signers = SignersFile(file) if file else SignersAddress(settings.token_jwks_url)
        self._seen: dict[bytes, _Seen] = {}
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": settings.token_issuer},
            aud={"essential": True, "value": settings.token_audience},
            exp={"essential": True},
            iat={"essential": True},
            client_id={"essential": True},
        )

    async def caller(self, token: str) -> Caller:
        """Whom the token speaks for.

        Raises:
            Refusal: the token is not one of ours, or not valid now, or its signer's keys cannot be had.
        """
        if len(token) > MOST_CHARACTERS:
            raise Refusal(TOKEN_REFUSED)
        try:
            digest = blake2b(token.encode()).digest()
            seen = self._seen.get(digest)
            signers = await self._signers.holding(seen.kid if seen else _kid(token))
            if seen and seen.signers is signers and time.time() < seen.until:
                return seen.caller
            claims = jwt.decode(token, signers, algorithms=self._algorithms).claims
            self._claims.validate(claims)
            return self._remembered(digest, _Seen(self._caller(claims), _kid(token), signers, claims["exp"]))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # The cause may quote the token or a claim: it is not kept.
            raise Refusal(TOKEN_REFUSED) from None

    def _remembered(self, digest: bytes, seen: "_Seen") -> Caller:
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[digest] = seen
        return seen.caller

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        resident = claims.get("resident_id")
        person = None if resident is None else self._pseudonym(resident)
        acting = claims.get("act")
        return Caller(
            person=person,
            client=_name(claims["client_id"]),
            scopes=frozenset(claims.get("scope", "").split()),
            actor="" if acting is None else self._actor(acting, person),
            until=float(claims["exp"]),
        )

    def _actor(self, acting: Mapping[str, Any], person: str | None) -> str:
        """Who acts now (RFC 8693, 4.1): a system by its name; a resident as whoever they are to this person alone."""
        if "resident_id" not in acting:
            return _name(acting["sub"])
        seen = blake2b(self._pseudonym(acting["resident_id"]).encode(), key=(person or "").encode(), digest_size=8)
        return f"resident.{seen.hexdigest()}"

    def _pseudonym(self, resident: object) -> str:
        if not isinstance(resident, str) or not resident:
            raise ValueError("a resident_id is a text")
        return pseudonym(self._keys, "person", resident)


def _kid(token: str) -> str:
    """The key that the token says it was signed with; raises where it is of another type than access tokens are."""
    header = jws.extract_compact(token.encode()).headers()
    if str(header["typ"]).lower() not in TYPES:
        raise ValueError("not an access token")
    kid = header["kid"]
    if not isinstance(kid, str):
        raise ValueError("a kid is a text")
    return kid


def _name(text: object) -> str:
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise ValueError("not the name of a client")
    return text
