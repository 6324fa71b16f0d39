"""One line of JSON for each request and each failure, on standard error; it says ids, never what a request holds.

A line names the request, the route's template (never the address that was asked for), the client and who acts through
it. uvicorn's own access log quotes addresses with their queries, so it is turned off.
"""

import logging
import sys
from typing import Any

import msgspec
import structlog

LOGGER = "yidang.api"
_OWN: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

_logger = structlog.get_logger(LOGGER)


def install() -> None:
    """Let everything that the API logs, by whichever way, leave as JSON; doing it again changes nothing."""
    structlog.configure(
        processors=[*_OWN, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logger = logging.getLogger(LOGGER)
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(
            structlog.stdlib.ProcessorFormatter(
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(_as_json),
                ],
                foreign_pre_chain=_OWN,
            )
        )
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").disabled = True


def answered(scope: Any, status: int, seconds: float) -> None:
    """Say that a request was answered."""
    caller = scope.get("caller")
    _logger.info(
        "answered",
        request=scope["request_id"],
        method=scope["method"],
        route=route_of(scope),
        status=status,
        ms=round(seconds * 1000, 1),
        client=caller.client if caller else "",
        actor=caller.actor if caller else "",
    )


def _as_json(event: dict[str, Any], **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def route_of(scope: Any) -> str:
    """The template of the route that answers, so that what stands in its places is not told."""
    return str(getattr(scope.get("route"), "path", "none"))
