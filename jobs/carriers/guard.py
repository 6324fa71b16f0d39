"""Where a webhook may go: to a known receiver, at a public address, and to the very address that was checked.

Whoever writes a webhook's address must not make this machine call itself, its neighbours or a cloud's metadata. The
name is resolved once, every address it has must be a public one, and the caller connects to what was checked, so that
a name that answers otherwise the second time gains nothing. Nothing is connected to here.
"""

import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

# Public by its number, a cloud's own by its use.
_METADATA = frozenset({"168.63.129.16"})
# Addresses of IPv4 in the clothes of IPv6, which a gateway would unwrap.
_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_PORTS = frozenset({443, 8443})

Resolve = Callable[[str, int], Collection[str]]


class Refused(Exception):
    """An address that nothing is sent to; the message is a word for logs, without the address."""


@dataclass(frozen=True)
class Target:
    """A webhook's receiver: the checked address to connect to, the name to ask it for, and the path."""

    ip: str
    port: int
    host: str
    path: str
    tls: bool


def resolve(host: str, port: int) -> Collection[str]:
    """Every address that a name has; raises OSError where it has none."""
    return {str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}


def checked(url: str, known: Collection[str], *, loopback: bool = False, resolve: Resolve = resolve) -> Target:
    """Where a webhook to ``url`` goes.

    Args:
        known: the names of receivers that share a secret with us.
        loopback: let this machine's own address be called, by http too; for tests and demonstrations alone.

    Raises:
        Refused: it must not go there.
        OSError: the name has no address now.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("malformed") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.username or parts.password or not host:
        raise Refused("malformed")
    if host not in known:
        raise Refused("unknown_receiver")
    tls = parts.scheme == "https"
    port = port or (443 if tls else 80)
    addresses = [ip_address(one.partition("%")[0]) for one in sorted(resolve(host, port))]
    at_home = loopback and bool(addresses) and all(one.is_loopback for one in addresses)
    if not at_home:
        if not tls or port not in _PORTS:
            raise Refused("not_https")
        if not addresses or not all(public(one) for one in addresses):
            raise Refused("not_public")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(str(addresses[0]), port, host, path, tls)


def public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a public one of somebody else's.

    >>> [public(ip_address(one)) for one in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return False
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and str(address) not in _METADATA
