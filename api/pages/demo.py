"""Signs made-up persons in, so that the demo can be looked at; it is off wherever no persons' file is set.

The persons are inhabitants of a made-up city. The token made here is checked like any other.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.scopes import RESIDENT
from api.settings import ApiSettings
from profiles.errors import SettingsError

TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Persona:
    """A made-up person to sign in as; the number never leaves this object but inside a token."""

    key: str
    resident_id: str
    name: str
    zh: str
    en: str

    def __repr__(self) -> str:
        return f"Persona({self.key!r})"


class DemoSignIn:
    """The persons on offer and the key that signs for them."""

    def __init__(self, personas: Path, signing_key: Path, settings: ApiSettings) -> None:
        self._settings = settings
        self.personas = {persona.key: persona for persona in _personas(personas)}
        self._key = _signing_key(signing_key)

    @classmethod
    def of(cls, settings: ApiSettings) -> "DemoSignIn | None":
        """The demo's sign-in, or None where no persons' file is set."""
        if settings.demo_personas is None or settings.demo_signing_key is None:
            return None
        return cls(settings.demo_personas, settings.demo_signing_key, settings)

    def token(self, persona: Persona, now: datetime) -> str:
        """A token that names the persona, valid for an hour."""
        claims = {
            "iss": self._settings.token_issuer,
            "aud": self._settings.token_audience,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + TOKEN_SECONDS,
            "jti": secrets.token_hex(8),
            "sub": persona.key,
            "client_id": "yidang-page",
            "scope": " ".join(RESIDENT),
            "resident_id": persona.resident_id,
        }
        return jwt.encode(
            {"typ": "at+jwt", "alg": "ES256", "kid": self._key.kid}, claims, self._key, algorithms=["ES256"]
        )


def _personas(file: Path) -> list[Persona]:
    try:
        return [
            Persona(p["key"], p["resident_id"], p["name"], p["zh"], p["en"])
            for p in json.loads(file.read_text(encoding="utf-8"))["personas"]
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"YIDANG_DEMO_PERSONAS ({file}) is not a file of made-up persons ({type(error).__name__}): "
            "`python -m jobs city` writes personas.json beside the deliveries."
        ) from None


def _signing_key(file: Path) -> ECKey:
    try:
        key = ECKey.import_key(json.loads(file.read_text()))
        if not key.is_private:
            raise ValueError("it is a public key")
        key.ensure_kid()
        return key
    except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
        raise SettingsError(
            f"YIDANG_DEMO_SIGNING_KEY ({file}) is not a private EC key as JWK ({type(error).__name__}): "
            "`python -m api demo-keys --out DIR` makes one."
        ) from None
