"""How uvicorn runs the API so that slow clients cannot hold it up; it starts nothing.

uvicorn waits for ever for the rest of a request's head. Here a connection that has begun one has ten seconds to finish
it, and one that waits between two requests has five; the time for a body is held by ``api.headers``.
"""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
IDLE_SECONDS = 5
MOST_CONNECTIONS = 2048


class Impatient(HttpToolsProtocol):
    """Closes a connection whose request head does not come whole in time."""

    _late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait()

    def on_headers_complete(self) -> None:
        self._forget()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._forget()
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


# For uvicorn's Config or run.
ANSWERING: dict[str, Any] = {
    "http": Impatient,
    "ws": "none",
    "timeout_keep_alive": IDLE_SECONDS,
    "timeout_graceful_shutdown": 10,
    "limit_concurrency": MOST_CONNECTIONS,
    "access_log": False,
    "server_header": False,
}
