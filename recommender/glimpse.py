"""What may be new for somebody who has the page open, told by comparing two looks at it; it shows nothing itself.

The mark of a look is the id of the events that it led to, so that whoever was away and says the last id that they saw
is told what came meanwhile, once.
"""

import binascii
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b

from recommender.choices import Notice

_PAGE_BYTES, _NOTICE_BYTES = 6, 3
MOST_MARKED = 200  # notices of which a mark remembers that they were seen, the newest


@dataclass(frozen=True)
class Glimpse:
    """One look: a digest of everything that the page is made of, and the inbox, the oldest first."""

    page: bytes
    inbox: tuple[Notice, ...]

    @property
    def mark(self) -> str:
        """The look in so few bytes that it can be an event's id."""
        seen = b"".join(_short(one) for one in self.inbox[-MOST_MARKED:])
        return urlsafe_b64encode(self.page + seen).rstrip(b"=").decode()

    def new_since(self, mark: str) -> tuple[Notice, ...]:
        """The notices that came after the look of that mark; none where it is no mark of ours."""
        known = _parsed(mark)
        return () if known is None else tuple(one for one in self.inbox[-MOST_MARKED:] if _short(one) not in known[1])

    def changed_since(self, mark: str) -> bool:
        """Whether the page is another one by now; true where the mark is none of ours."""
        known = _parsed(mark)
        return known is None or known[0] != self.page


def glimpse(page: bytes, inbox: tuple[Notice, ...]) -> Glimpse:
    """A look at all that a page is made of.

    >>> before, after = glimpse(b"page", ()), glimpse(b"another", ())
    >>> after.changed_since(before.mark), after.changed_since(after.mark), after.changed_since("what?")
    (True, False, True)
    """
    oldest_first = tuple(sorted(inbox, key=lambda one: (one.fired_on, one.id)))
    return Glimpse(blake2b(page, digest_size=_PAGE_BYTES).digest(), oldest_first)


def _short(one: Notice) -> bytes:
    return blake2b(one.id.encode(), digest_size=_NOTICE_BYTES).digest()


def _parsed(mark: str) -> tuple[bytes, frozenset[bytes]] | None:
    """(the page's digest, the notices seen)"""
    try:
        raw = b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) < _PAGE_BYTES or (len(raw) - _PAGE_BYTES) % _NOTICE_BYTES:
        return None
    seen = (raw[place : place + _NOTICE_BYTES] for place in range(_PAGE_BYTES, len(raw), _NOTICE_BYTES))
    return raw[:_PAGE_BYTES], frozenset(seen)
