"""What the service counts for Prometheus, on a registry of its own so that two services in one process stay apart."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """All instruments; names begin with ``gongkai_``."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        one = self.registry
        self.requests = Counter("gongkai_requests", "answered requests", ["route", "method", "status"], registry=one)
        self.request_seconds = Histogram(
            "gongkai_request_seconds", "time to answer", ["route"], buckets=SECONDS, registry=one
        )
        self.step_seconds = Histogram(
            "gongkai_step_seconds", "time of each step", ["step"], buckets=SECONDS, registry=one
        )
        self.wait_seconds = Histogram(
            "gongkai_queue_seconds", "time waited for a worker", buckets=SECONDS, registry=one
        )
        self.queue = Gauge("gongkai_queue_length", "requests that wait for a worker", registry=one)
        self.workers = Gauge("gongkai_workers", "worker processes", ["state"], registry=one)
        self.worker_ends = Counter("gongkai_worker_ends", "workers that ended", ["reason"], registry=one)
        self.refusals = Counter(
            "gongkai_refusals", "requests, and documents of batches and jobs, that were refused", ["kind"], registry=one
        )
        self.documents = Counter("gongkai_documents", "documents extracted", registry=one)
        self.abstentions = Counter("gongkai_abstentions", "items whose theme was left open", ["reason"], registry=one)
        self.build = Info("gongkai", "version, model and lexicon in use", registry=one)
