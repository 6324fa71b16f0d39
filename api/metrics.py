"""GET /metrics: how many requests, how they ended and how long they took; nothing of a subject.

Each process counts for itself. It is read with a machine's token of the scope ``metrics:read``.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Security
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.auth import machine
from api.scopes import METRICS_READ
from api.tokens import Caller
from recommender.store import Accesses

router = APIRouter(tags=["operate"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
MachineReads = Annotated[Caller, Security(machine, scopes=[METRICS_READ])]
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The counters in Prometheus' text format.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": 'yidang_requests_total{method="GET",route="/v1/me/home",status="200"} 3.0',
            }
        },
    }
}


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "yidang_requests", "Requests by route and how they ended.", (*labels, "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "yidang_request_seconds", "How long answers took.", labels, buckets=SECONDS, registry=self._registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer; methods that nobody knows are one, so that callers make no series of their own."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def watch(self, accesses: Accesses) -> None:
        """Tell how many noted reads are not in the store yet, and how many were lost."""
        waiting = Gauge("yidang_accesses_waiting", "Reads noted and not written yet.", registry=self._registry)
        lost = Gauge("yidang_accesses_lost", "Reads lost while the store took no writes.", registry=self._registry)
        waiting.set_function(lambda: accesses.waiting)
        lost.set_function(lambda: accesses.lost)

    def text(self) -> bytes:
        return generate_latest(self._registry)


@router.get("/metrics", summary="The process's counters", response_class=Response, responses=TEXT)
async def metrics(request: Request, _: MachineReads) -> Response:
    counted: bytes = request.app.state.metrics.text()
    return Response(counted, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
