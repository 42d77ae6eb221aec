"""What Prometheus reads: requests by route template, runs by state. No id is ever a label."""

from __future__ import annotations

import time
from collections.abc import Iterable

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response

from noktvrn import __version__
from noktvrn.api.security import Next
from noktvrn.model.run import Run, RunState

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The meters of one app."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("noktvrn_http_requests", "Answers given.", labels, registry=self._registry)
        self._seconds = Histogram(
            "noktvrn_http_seconds", "Time to answer.", ("method", "route"), registry=self._registry
        )
        self._runs = Gauge("noktvrn_runs", "Runs by state.", ("state",), registry=self._registry)
        self._waiting = Gauge("noktvrn_reviews_waiting", "Runs on the desk.", registry=self._registry)
        build = Gauge("noktvrn_build_info", "Always 1.", ("version",), registry=self._registry)
        build.labels(__version__).set(1)

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The middleware."""
        started = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "none")
        method = request.method if request.method in METHODS else "other"
        self._requests.labels(method, route, str(response.status_code)).inc()
        self._seconds.labels(method, route).observe(time.perf_counter() - started)
        return response

    def page(self, runs: Iterable[Run]) -> bytes:
        """The page Prometheus reads."""
        counts = dict.fromkeys(RunState, 0)
        for run in runs:
            counts[run.state] += 1
        for state, count in counts.items():
            self._runs.labels(state.value).set(count)
        self._waiting.set(counts[RunState.AWAITING_REVIEW])
        return generate_latest(self._registry)
