"""What deliverers say of their work: one line of JSON a step, and counters for Prometheus; ids and words alone.

No subject, address or text stands in either: a message's id is a digest that only the lake can lead back.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from recommender.store import Outbox

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)


class WorkerLog:
    """The log and the counters of one worker."""

    def __init__(self, worker: str = "") -> None:
        self._registry = CollectorRegistry()
        self._carried = Counter(
            "yidang_sends", "Letters handed to a channel.", ("channel", "status"), registry=self._registry
        )
        self._settled = Counter(
            "yidang_messages", "What became of messages looked at.", ("became",), registry=self._registry
        )
        self._seconds = Histogram(
            "yidang_send_seconds", "How long channels took.", ("channel",), buckets=SECONDS, registry=self._registry
        )
        self._waiting = Gauge(
            "yidang_outbox", "Messages to be looked at, and dead letters.", ("when",), registry=self._registry
        )
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(sys.stderr),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            worker=worker,
        )
        self.attended = 0

    def carried(self, message: str, channel: str, status: str, why: str) -> None:
        """A channel answered."""
        self._carried.labels(channel, status).inc()
        self._log.info("carried", message=message, channel=channel, status=status, why=why)

    def settled(self, message: str, became: str, *, kept: bool) -> None:
        """A message was looked at; ``kept`` is False where another worker had taken it over meanwhile."""
        self.attended += 1
        self._settled.labels(became if kept else "taken_over").inc()
        self._log.info("settled", message=message, became=became, kept=kept)

    def away(self, why: str) -> None:
        """The store does not answer."""
        self._log.warning("waiting", why=why)

    def count(self, outbox: Outbox) -> None:
        """Tell how much waits."""
        for when, many in outbox.waiting().items():
            self._waiting.labels(when).set(many)

    @contextmanager
    def timed(self, channel: str) -> Iterator[None]:
        """Time what is done inside."""
        began = time.perf_counter()
        yield
        self._seconds.labels(channel).observe(time.perf_counter() - began)

    def serve(self, port: int) -> None:
        """Let Prometheus read the counters, from this machine alone."""
        start_http_server(port, addr="127.0.0.1", registry=self._registry)
