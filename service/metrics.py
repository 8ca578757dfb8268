"""What the service counts of itself; numbers of requests, never of people.

Imported inside functions only: prometheus_client decides when it is imported, from
PROMETHEUS_MULTIPROC_DIR, whether several processes count together.
"""

from __future__ import annotations

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from recommender import exposure

SHARED_DIR = "PROMETHEUS_MULTIPROC_DIR"
disable_created_metrics()  # type: ignore[no-untyped-call]  # theirs
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Requests, their duration, and the version that this process answers with."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "placement_requests",
            "Requests answered.",
            ("endpoint", "method", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "placement_request_seconds",
            "Time from request to answer.",
            ("endpoint",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._version = Gauge(
            "placement_model_version",
            "Version of the model that a process answers with; 0 while there is none.",
            registry=self._registry,
            multiprocess_mode="liveall",
        )

        self._lists = Counter(
            "placement_lists",
            "Lists shown, and steps that name one, by whether the log of lists has them.",
            ("result",),
            registry=self._registry,
        )
        for result in exposure.RESULTS:
            self._lists.labels(result)  # a count of nothing is a count

    def count_lists(self, result: str, n_records: int) -> None:
        """Count what the log of lists wrote, let go or could not write."""
        self._lists.labels(result).inc(n_records)

    def count(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one request under its endpoint, so that no id becomes a label."""
        self._requests.labels(endpoint, method, str(status)).inc()
        self._seconds.labels(endpoint).observe(seconds)

    def say_version(self, version: int | None) -> None:
        """Say which version this process answers with."""
        self._version.set(version or 0)

    def text(self) -> bytes:
        """Give everything counted, by all processes together, in Prometheus' text form."""
        shared = os.environ.get(SHARED_DIR)
        if not shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, shared)  # type: ignore[no-untyped-call]  # theirs
        return generate_latest(together)
