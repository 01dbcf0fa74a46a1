"""OpenTelemetry, where ``GONGKAI_TELEMETRY`` names a collector: a span for each request, and one for each step in it.

Spans hold route, status, times and the request's id, never a name or a word of a document. Off, nothing of it is even
imported. A worker tells how long its steps took, so their spans are laid out backwards from its answer.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import time_ns
from typing import TYPE_CHECKING, Any

from extractor.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.sdk.trace.export import SpanExporter

NANOSECONDS = 1_000_000_000


class Telemetry:
    """Makes spans; without an address or an exporter it does nothing. Errors: ``MissingPartError``."""

    def __init__(self, address: str = "", exporter: SpanExporter | None = None) -> None:
        self.provider: Any = None
        if not address and exporter is None:
            return
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ModuleNotFoundError as error:
            raise MissingPartError("OpenTelemetry is not installed", do="pip install 'gongkai[telemetry]'") from error
        self.provider = TracerProvider(resource=Resource.create({"service.name": "gongkai"}), shutdown_on_exit=False)
        self.provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter(endpoint=address)))
        self.tracer = self.provider.get_tracer("gongkai")

    @contextmanager
    def request(self, headers: Mapping[bytes, bytes], told: dict[str, Any]) -> Iterator[None]:
        """A request's span, part of the caller's trace where ``traceparent`` names one; ``told`` is read at its end."""
        if self.provider is None:
            yield
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier = {"traceparent": headers.get(b"traceparent", b"").decode("latin-1")}
        caller = TraceContextTextMapPropagator().extract(carrier)
        with self.tracer.start_as_current_span(
            "request", caller, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            finally:
                span.update_name(f"{told.get('http.request.method', '')} {told.get('http.route', '')}".strip())
                span.set_attributes(told)

    def steps(self, seconds: Mapping[str, float]) -> None:
        """Spans of a document's steps, in their order, the last one ending now."""
        if self.provider is None:
            return
        at = time_ns() - int(sum(seconds.values()) * NANOSECONDS)
        for name, spent in seconds.items():
            span = self.tracer.start_span(f"step {name}", start_time=at)
            at += int(spent * NANOSECONDS)
            span.end(at)

    def close(self) -> None:
        """Send what is left."""
        if self.provider is not None:
            self.provider.shutdown()
