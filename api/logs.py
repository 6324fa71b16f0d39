"""One line of JSON for each request and each failure, on standard error; it says ids, never what a request holds.

A line names the request, the route's template (never the address that was asked for), the client and who acts through
it. uvicorn's own access log quotes addresses with their queries, so it is turned off.
"""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

_logger = logging.getLogger("yidang.api")


class Lines(logging.Formatter):
    """What is logged as JSON: the fields of a mapping, or a message under ``event``."""

    def format(self, record: logging.LogRecord) -> str:
        told = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        return msgspec.json.encode({**told, "level": record.levelname.lower(), "timestamp": at}).decode()


def install() -> None:
    """Let everything that the API logs leave as JSON; doing it again changes nothing."""
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(Lines())
        _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").disabled = True


def answered(scope: Any, status: int, seconds: float) -> None:
    """Say that a request was answered."""
    caller = scope.get("caller")
    _logger.info(
        {
            "event": "answered",
            "request": scope["request_id"],
            "method": scope["method"],
            "route": route_of(scope),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "client": caller.client if caller else "",
            "actor": caller.actor if caller else "",
        }
    )


def route_of(scope: Any) -> str:
    """The template of the route that answers, so that what stands in its places is not told."""
    return str(getattr(scope.get("route"), "path", "none"))
