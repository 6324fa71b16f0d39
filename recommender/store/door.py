"""Opens the way to whatever server or servers an address names; it sends no command of ours.

``redis://host:6379/0`` is one server; ``redis+sentinel://host:26379,host:26379/service/0`` the one that these sentinels
hold for the master of the service; ``redis+cluster://host:7000,host:7001`` a cluster that these servers are part of.
``rediss`` in the place of ``redis`` speaks TLS. A user and a password are those of the servers; sentinels have their
own by ``?sentinel_username=…&sentinel_password=…``. What else is asked after ``?`` goes to redis-py as it stands.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel
from redis.backoff import NoBackoff
from redis.connection import SSLConnection, parse_url
from redis.retry import Retry

from profiles.errors import SettingsError
from recommender.store.failover import to_master
from recommender.store.reach import reached

PORTS = {"": 6379, "sentinel": 26379, "cluster": 6379}
SENTINELS_OWN = "sentinel_"


@dataclass(frozen=True)
class Address:
    """Where a store is: hosts of which one is enough to find it, and what all its servers are asked by."""

    sort: Literal["", "sentinel", "cluster"]
    hosts: tuple[tuple[str, int], ...]
    service: str
    options: dict[str, Any]  # of a connection to a server
    sentinels_own: dict[str, str]  # of a connection to a sentinel, besides

    @classmethod
    def parse(cls, url: str) -> "Address":
        """The address of a cluster or of a service that sentinels hold.

        >>> Address.parse("redis+sentinel://:secret@one:26380,two/yidang/3").hosts
        (('one', 26380), ('two', 26379))

        Raises:
            SettingsError: it is neither, or names no service or no host.
        """
        parts = urlsplit(url)
        scheme, _, sort = parts.scheme.partition("+")
        credentials, _, hosts = parts.netloc.rpartition("@")
        service, _, database = parts.path.strip("/").partition("/") if sort == "sentinel" else ("", "", parts.path[1:])
        if scheme not in ("redis", "rediss") or sort not in PORTS or not hosts or (sort == "sentinel") != bool(service):
            raise SettingsError(
                f"YIDANG_STORE_URL names no store ({address(url)}): expected redis://host:6379/0, "
                "redis+sentinel://host:26379,host:26379/service/0 or redis+cluster://host:7000,host:7001."
            )
        asked = parse_qsl(parts.query)
        shared = urlencode([(name, text) for name, text in asked if not name.startswith(SENTINELS_OWN)])
        options = parse_url(f"{scheme}://{credentials}@x/{database}?{shared}")
        if options.pop("connection_class", None) is SSLConnection:
            options["ssl"] = True
        options.pop("host")
        return cls(
            cast("Any", sort),
            tuple(_host(one, PORTS[sort]) for one in hosts.split(",")),
            service,
            options,
            {name[len(SENTINELS_OWN) :]: text for name, text in asked if name.startswith(SENTINELS_OWN)},
        )


def connected(url: str, timeout: float) -> redis.Redis:
    """A client that waits so many seconds, for a connection and for an answer, and tries once more at once.

    Raises:
        SettingsError: the address names no store.
        StoreUnavailable: it is a cluster's, and none of its servers answers.
    """
    patience: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    retry = Retry(NoBackoff(), 1)
    if not _several(url):
        return redis.Redis.from_url(url, **patience, retry=retry)
    at = Address.parse(url)
    if at.sort == "cluster":
        nodes = [redis.cluster.ClusterNode(*host) for host in at.hosts]
        with reached(address(url)):  # it goes and looks at once
            return cast("redis.Redis", redis.RedisCluster(startup_nodes=nodes, retry=retry, **at.options, **patience))
    sentinels = redis.sentinel.Sentinel(at.hosts, sentinel_kwargs={**at.sentinels_own, **patience})
    options = {**to_master(at.options, soon=False), **patience}
    return cast("redis.Redis", sentinels.master_for(at.service, retry=retry, **options))


def connected_soon(url: str, timeout: float) -> redis.asyncio.Redis:
    """As ``connected``, for what is awaited; a cluster is looked for at the first command."""
    patience: dict[str, Any] = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    retry = redis.asyncio.retry.Retry(NoBackoff(), 1)
    if not _several(url):
        return redis.asyncio.Redis.from_url(url, **patience, retry=retry)
    at = Address.parse(url)
    if at.sort == "cluster":
        nodes = [redis.asyncio.cluster.ClusterNode(*host) for host in at.hosts]
        cluster = redis.asyncio.RedisCluster(startup_nodes=nodes, retry=retry, **at.options, **patience)
        return cast("redis.asyncio.Redis", cluster)
    sentinels = redis.asyncio.sentinel.Sentinel(at.hosts, sentinel_kwargs={**at.sentinels_own, **patience})
    options = {**to_master(at.options, soon=True), **patience}
    return cast("redis.asyncio.Redis", sentinels.master_for(at.service, retry=retry, **options))


def address(url: str) -> str:
    """Where the store is, for messages: never a user or a password.

    >>> address("redis://me:secret@10.0.0.1/0"), address("redis+cluster://:secret@one:7000,two:7001")
    ('10.0.0.1:6379', 'one:7000,two:7001')
    """
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    port = PORTS.get(parts.scheme.partition("+")[2], 6379)
    return ",".join("{}:{}".format(*_host(one, port)) for one in hosts.split(",")) if hosts else parts.path


def _several(url: str) -> bool:
    return "+" in urlsplit(url).scheme


def _host(text: str, port: int) -> tuple[str, int]:
    """(host, port) of one of the hosts that are set apart by commas."""
    one = urlsplit(f"//{text}")
    return one.hostname or "", one.port or port
