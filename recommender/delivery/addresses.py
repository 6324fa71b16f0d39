"""Whether an address could be one of a channel's; it asks nobody whether anything lives there."""

import re
from urllib.parse import urlsplit

from recommender.terms import Channel

LONGEST = 500
_MAIL = re.compile(r"[^@\s,;:<>\"()\[\]\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def fits(channel: Channel, address: str) -> bool:
    """Whether a channel takes the address.

    >>> portal, letters = Channel("portal", 1, "webhook"), Channel("email", 1, "email")
    >>> robot = Channel("feishu", 1, "chat", "feishu")
    >>> [fits(letters, one) for one in ("wang@mail.example", "wang@mail", "a@b.example, c@d.example")]
    [True, False, False]
    >>> fits(portal, "https://hooks.example/7"), fits(portal, "http://hooks.example/7"), fits(robot, "feishu://token")
    (True, False, True)
    """
    if len(address) > LONGEST or not address.isprintable() or " " in address:
        return False
    if channel.by == "email":
        return _MAIL.fullmatch(address) is not None
    try:
        parts = urlsplit(address)
        plain = bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError:
        return False
    if channel.by == "webhook":
        return plain and parts.scheme == "https" and "@" not in parts.netloc
    return channel.by == "chat" and plain and parts.scheme == channel.scheme
