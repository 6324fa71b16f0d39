"""Connections that ask the sentinels who is the master whenever they must be opened anew; they send nothing of ours.

redis-py's own ask when they are first opened alone: one that broke goes back to where the master was, and the request
fails (https://github.com/redis/redis-py/issues/3874).
"""

from typing import Any

from redis import sentinel
from redis.asyncio import sentinel as sentinel_soon
from redis.asyncio.connection import SSLConnection as SSLConnectionSoon
from redis.connection import SSLConnection


class ToMaster(sentinel.SentinelManagedConnection):
    """A connection to whoever is the master."""

    def connect_check_health(self, check_health: bool = True, retry_socket_connect: bool = True) -> None:
        if retry_socket_connect:  # it broke; else the sentinels were asked just now
            self.connect()  # type: ignore[no-untyped-call]
        else:
            super().connect_check_health(check_health, retry_socket_connect)


class SealedToMaster(ToMaster, SSLConnection):
    """As that, by TLS."""


class ToMasterSoon(sentinel_soon.SentinelManagedConnection):
    """As ``ToMaster``, for what is awaited."""

    async def connect_check_health(self, check_health: bool = True, retry_socket_connect: bool = True) -> None:
        if retry_socket_connect:
            await self.connect()  # type: ignore[no-untyped-call]
        else:
            await super().connect_check_health(check_health, retry_socket_connect)


class SealedToMasterSoon(ToMasterSoon, SSLConnectionSoon):
    """As that, by TLS."""


def to_master(options: dict[str, Any], *, soon: bool) -> dict[str, Any]:
    """The options of a connection, with the class that opens it in the place of ``ssl``."""
    sealed, plain = (SealedToMasterSoon, ToMasterSoon) if soon else (SealedToMaster, ToMaster)
    rest = {name: given for name, given in options.items() if name != "ssl"}
    return {**rest, "connection_class": sealed if options.get("ssl") else plain}
