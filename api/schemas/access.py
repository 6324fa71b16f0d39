"""Who read a file, as its owner is told."""

from datetime import datetime
from typing import Literal

import msgspec


class Read(msgspec.Struct, frozen=True):
    """One read: when, what, by whom, through which client, and in one sentence.

    ``who`` is you, a proxy that acts for you, somebody with a mandate for this enterprise, or a batch: a client that
    calls for many in turn. ``name`` is what somebody who is not you is called beside this file alone.
    """

    at: datetime
    what: str
    who: Literal["you", "proxy", "mandate", "batch"]
    name: str
    client: str
    sentence: str


class AccessLog(msgspec.Struct, frozen=True):
    """The newest reads, the newest first: at most two hundred, of at most half a year."""

    reads: tuple[Read, ...]
