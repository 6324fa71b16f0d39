"""What a deployment sets for the API, in environment variables prefixed ``YIDANG_``; no secret has a default."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from profiles.errors import SettingsError

SHANGHAI = ZoneInfo("Asia/Shanghai")

Algorithm = Literal["ES256", "PS256", "Ed25519", "EdDSA"]


def _listed(given: object) -> object:
    """What an environment variable lists with commas."""
    return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given


def _rate(given: str) -> str:
    """So many requests in so long, as the ``limits`` library writes it; raises ValueError for anything else."""
    parse(given)
    return given


Rate = Annotated[str, AfterValidator(_rate)]


class ApiSettings(BaseSettings):
    """The API's settings; ``ApiSettings.load`` turns what pydantic finds wrong into one sentence.

    ``demo_personas`` and ``demo_signing_key`` stand together: with them the page offers made-up persons to sign in as,
    without them it only takes sessions that the city's own sign-in made.
    """

    model_config = SettingsConfigDict(env_prefix="YIDANG_", extra="ignore", frozen=True)

    store_url: str = "redis://127.0.0.1:6379/0"
    store_timeout: float = 0.06  # seconds for all that one request asks of the store
    pseudonym_key: str = Field("", repr=False)  # 64 hex digits, the jobs' own
    vault_key: str = Field("", repr=False)  # 64 hex digits, the jobs' own
    key_id: str = "k1"
    token_jwks: Path | None = None  # public keys (RFC 7517) of whoever signs residents' tokens: a file,
    token_jwks_url: str = ""  # or an https address
    token_algorithms: Annotated[tuple[Algorithm, ...], NoDecode, BeforeValidator(_listed)] = ("ES256",)
    token_issuer: str = "yidang-demo"  # noqa: S105 - a name
    token_audience: str = "yidang"  # noqa: S105 - a name
    rate_resident: Rate = "120/minute"  # requests of one resident, in each process
    rate_batch: Rate = "6000/minute"  # of one client whose tokens are for batches
    rate_address: Rate = "600/minute"  # of one address, without a good token
    events_seconds: float = 600  # how long one connection to the events may last
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()  # portals that may embed the home
    demo_personas: Path | None = None
    demo_signing_key: Path | None = None
    day: date | None = None  # pins today for demos and tests; the civil date in Shanghai otherwise

    @property
    def demo(self) -> bool:
        """Whether made-up persons may sign in."""
        return self.demo_personas is not None

    def now(self) -> datetime:
        """The time in Shanghai."""
        return datetime.now(SHANGHAI)

    def today(self) -> date:
        """The civil date that pages count days from."""
        return self.day or self.now().date()

    @classmethod
    def load(cls, **given: object) -> "ApiSettings":
        """Settings from the environment, overridden by those given.

        Raises:
            SettingsError: a value is missing or has the wrong form; the message names the variable.
        """
        try:
            settings = cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = "YIDANG_" + str(first["loc"][0]).upper()
            raise SettingsError(f"{name} is not usable: {first['msg']}. Set it again and restart the API.") from error
        if (settings.token_jwks is None) == (not settings.token_jwks_url):
            raise SettingsError(
                "One of YIDANG_TOKEN_JWKS and YIDANG_TOKEN_JWKS_URL must be set, and not both: the file or the https "
                "address of your sign-in's public keys. For the demo, `python -m api demo-keys --out DIR` makes a file."
            )
        if (settings.demo_personas is None) != (settings.demo_signing_key is None):
            raise SettingsError(
                "YIDANG_DEMO_PERSONAS and YIDANG_DEMO_SIGNING_KEY stand together: set both for a demo, neither outside."
            )
        return settings
