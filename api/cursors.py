"""Opaque cursors for lists that come in parts: where to go on, and in which version of the list."""

import base64
from binascii import Error
from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from api.problems import BAD_REQUEST, CURSOR_OVER, Refusal

MOST = 100

Item = TypeVar("Item")


class Part(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = 20
    cursor: Annotated[str, Field(max_length=400, description="What `next` of the part before said.")] = ""


def part(items: Sequence[Item], version: str, asked: Part) -> tuple[Sequence[Item], str | None]:
    """(the part asked for, the cursor of the part after it or None).

    Raises:
        Refusal: the cursor is none of ours, or of another version of the list.
    """
    start = _start(asked.cursor, version) if asked.cursor else 0
    end = start + asked.limit
    return items[start:end], _cursor(version, end) if end < len(items) else None


def _cursor(version: str, start: int) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode((version, start))).rstrip(b"=").decode()


def _start(text: str, version: str) -> int:
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        of, start = msgspec.msgpack.decode(packed, type=tuple[str, Annotated[int, msgspec.Meta(ge=0)]])
    except (Error, ValueError, msgspec.DecodeError):
        fault = {"field": "query.cursor", "message": "This is no cursor that this list gave."}
        raise Refusal(BAD_REQUEST, more={"errors": [fault]}) from None
    if of != version:
        raise Refusal(CURSOR_OVER)
    return start
