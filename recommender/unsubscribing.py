"""What an address that ends a channel carries: an opaque token for one subject and one channel; it stores nothing.

The token is sealed with the vault's key, so it is good for nothing else, names nobody, and cannot be made by others.
Sealing and opening are handed in: keys stay behind their own door.
"""

from collections.abc import Callable

import msgspec

OWNER = FIELD = "unsubscribe"  # what the sealed token is bound to
PATH = "/v1/unsubscribe"

Seal = Callable[[str, str, str], str]


class Ended(msgspec.Struct, frozen=True, array_like=True):
    """Whose channel is to be ended."""

    subject: str
    kind: str
    channel: str


def token(seal: Seal, ended: Ended) -> str:
    """The token, fit for an address."""
    sealed = seal(OWNER, FIELD, msgspec.json.encode(ended).decode())
    return sealed.rstrip("=").replace("+", "-").replace("/", "_")


def opened(unseal: Seal, given: str) -> Ended:
    """What ``token`` sealed.

    Raises:
        KeyMaterialError: it is none of ours.
        msgspec.DecodeError: it is ours and of another shape.
    """
    text = given.replace("-", "+").replace("_", "/")
    return msgspec.json.decode(unseal(OWNER, FIELD, text + "=" * (-len(text) % 4)), type=Ended)


def link(portal: str, seal: Seal, ended: Ended) -> str:
    """The whole address that ends a channel."""
    return f"{portal.rstrip('/')}{PATH}?token={token(seal, ended)}"
