"""What a deployment sets for the jobs, in environment variables prefixed ``YIDANG_``; no secret has a default."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from profiles.errors import SettingsError
from profiles.identity.keys import Keys

DEMO_KEY_ID = "demo"


class Settings(BaseSettings):
    """The jobs' settings; ``Settings.load`` turns what pydantic finds wrong into one sentence."""

    model_config = SettingsConfigDict(env_prefix="YIDANG_", extra="ignore", frozen=True)

    lake: Path = Path("lake")
    source: Path = Path("city")
    suppliers: Annotated[tuple[str, ...], NoDecode] = ("city",)
    pseudonym_key: str = Field("", repr=False)  # 64 hex digits; a ring's by commas, oldest first
    vault_key: str = Field("", repr=False)  # 64 hex digits
    key_id: str = "k1"
    new_pseudonym_key: str = Field("", repr=False)  # for a rotation alone: the old ring and one key more
    new_vault_key: str = Field("", repr=False)  # likewise; the old one where empty
    new_key_id: str = ""
    store_url: str = "redis://127.0.0.1:6379/0"
    spark_master: str = "local[2]"
    spark_conf: dict[str, str] = {}
    driver_memory: str = "3g"
    stream_format: str = "files"  # or a source of Spark's, such as kafka, whose jar the deployment brings
    stream_options: dict[str, str] = {}
    kept_days: int = 400  # past days that can be rebuilt from the lake
    seed: int = 7
    delivery: Literal["off", "test", "live"] = "off"  # whether reminders leave the inbox; test renders, sends nothing
    portal_url: str = ""  # the residents' page, https
    smtp_url: str = Field("", repr=False)  # smtp://user:password@host:587 or smtps://user:password@host:465
    mail_from: str = ""
    webhook_secrets: dict[str, tuple[str, ...]] = Field(
        {}, repr=False
    )  # receiver's host -> whsec_..., the newest first
    webhook_loopback: bool = False  # let this machine's own address be called; for tests and demonstrations alone
    stale_seconds: float = 120.0  # after which another deliverer takes over what one died at

    @property
    def keys(self) -> Keys:
        """The secrets; raises KeyMaterialError. The demo's are public and hold under its own key id alone."""
        return Keys.from_hex(self.pseudonym_key, self.vault_key, self.key_id, demo=self.key_id == DEMO_KEY_ID)

    @field_validator("suppliers", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @classmethod
    def load(cls, **given: object) -> "Settings":
        """Settings from the environment, overridden by the options given that are not None.

        Raises:
            SettingsError: a value has the wrong form; the message names the variable.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = "YIDANG_" + "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsError(f"{name} is not usable: {first['msg']}. Set it again and rerun.") from error
