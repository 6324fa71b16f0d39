"""Who is asking: a verified token becomes a pseudonym here, and the identity claim is forgotten here.

Only ES256 is accepted, whatever the token's header says; issuer, audience, expiry and not-before are checked. Nothing
of a token or of its claims is ever logged or put into an error.
"""

import json
import threading
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Header, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.problems import BAD_HANDLE, NO_TOKEN, TOKEN_REFUSED, Refusal
from api.settings import ApiSettings
from profiles.errors import SettingsError
from profiles.identity.keys import Keys, pseudonym
from recommender.acting import Subject, behind

ALGORITHMS = ["ES256"]
LEEWAY_SECONDS = 30
MOST_CHARACTERS = 4096


class Verifier:
    """Checks tokens against the public keys of one file (JWKS), which is read again when it changes."""

    def __init__(self, jwks: Path, settings: ApiSettings, keys: Keys) -> None:
        self._file = jwks
        self._keys = keys
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": settings.token_issuer},
            aud={"essential": True, "value": settings.token_audience},
            exp={"essential": True},
            resident_id={"essential": True},
        )
        self._lock = threading.Lock()
        self._stamp = 0
        self._signers = self._read()

    def person(self, token: str) -> str:
        """The pseudonym of the person whom the token names.

        Raises:
            Refusal: the token is not one of ours, or not valid now.
        """
        if len(token) > MOST_CHARACTERS:
            raise Refusal(TOKEN_REFUSED)
        try:
            claims = jwt.decode(token, self._current(), algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
            return pseudonym(self._keys, "person", str(claims["resident_id"]))
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            # The cause may quote the token or a claim: it is not kept.
            raise Refusal(TOKEN_REFUSED) from None

    def _current(self) -> KeySet:
        try:
            stamp = self._file.stat().st_mtime_ns
        except OSError:
            return self._signers  # the file is being replaced; the next request looks again
        if stamp != self._stamp:
            with self._lock:
                self._signers = self._read()
        return self._signers

    def _read(self) -> KeySet:
        try:
            stamp = self._file.stat().st_mtime_ns
            keys = json.loads(self._file.read_text())["keys"]
            if any("d" in key or "k" in key for key in keys):
                raise ValueError("it holds a private or shared key")
            signers = KeySet.import_key_set({"keys": keys})
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            raise SettingsError(
                f"YIDANG_TOKEN_JWKS ({self._file}) is not a JWKS file of public keys ({type(error).__name__}): "
                'write {"keys": [...]} with public EC P-256 keys alone.'
            ) from None
        self._stamp = stamp
        return signers


def subject_of(verifier: Verifier, token: str, acting_for: str | None) -> Subject:
    """The person of the token, acting for the enterprise behind the handle if one is given."""
    person = verifier.person(token)
    if not acting_for:
        return Subject(person)
    try:
        return Subject(person, behind(person, acting_for))
    except ValueError:
        raise Refusal(BAD_HANDLE) from None


def me(
    request: Request,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
    acting_for: Annotated[str | None, Header(description="A handle from mandates of one's own home.")] = None,
) -> Subject:
    """The subject of a request to /v1/me, by its bearer token alone.

    Raises:
        Refusal: no token, a token that does not hold, or a malformed handle.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(NO_TOKEN)
    return subject_of(request.app.state.verifier, token.strip(), acting_for)


Me = Annotated[Subject, Depends(me)]
