"""Who a request is for: the person whom the token names, and the enterprise that they act for, if any.

A portal never sees a pseudonym. It sees a handle, which is the enterprise's pseudonym hidden under a pad that only the
person's own pseudonym gives: the same enterprise has another handle for everyone, and a handle means nothing without
the right token. It grants nothing either: the mandate is looked up in the store at each request.
"""

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True)
class Subject:
    """A verified person, and the enterprise asked for; the store alone says whether the mandate stands."""

    person: str
    enterprise: str | None = None

    @property
    def shown(self) -> str:
        """The pseudonym of whose page it is."""
        return self.enterprise or self.person

    @property
    def kind(self) -> str:
        return "enterprise" if self.enterprise else "person"


def handle(person: str, enterprise: str) -> str:
    """What the person's portal calls the enterprise, 32 hex digits.

    >>> handle("0" * 32, handle("0" * 32, "f" * 32)) == "f" * 32
    True
    """
    pad = blake2b(bytes.fromhex(person), digest_size=16, person=b"yidang handle").digest()
    return bytes(a ^ b for a, b in zip(bytes.fromhex(enterprise), pad, strict=True)).hex()


def behind(person: str, text: str) -> str:
    """The enterprise's pseudonym behind a handle.

    Raises:
        ValueError: the text has not the shape of a handle.
    """
    if len(text) != 32:
        raise ValueError(f"a handle has 32 hex digits, this has {len(text)} characters")
    return handle(person, text)
