"""What became of a request: taken, refused and why, or not ready."""

from datetime import date
from typing import Literal

import msgspec


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a request that changes something: whether it was new, or known already.

    What opened a case of help says its number and the day by which it is answered.
    """

    counted: bool
    case: str | None = None
    answer_by: date | None = None


class Calendar(msgspec.Struct, frozen=True):
    """Where a calendar program finds what falls due; whoever has the address can read it, until it is revoked."""

    address: str


class Fault(msgspec.Struct, frozen=True):
    """A field that is not as described; the value that came is not repeated."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, rename={"violated_policies": "violated-policies"}):
    """Why a request was refused (RFC 9457); ``type`` is stable, ``title`` and ``detail`` are for people."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[Fault, ...] = ()
    violated_policies: tuple[str, ...] = ()


class Health(msgspec.Struct, frozen=True):
    """Whether the service can answer, and from which generation."""

    status: Literal["alive", "ready"]
    generation: str | None = None
