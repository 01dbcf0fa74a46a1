"""The door: what every request passes before a route sees it, and every answer before it leaves.

Plain ASGI, because wrapping frameworks hide a caller's departure. In order: an id for the request, the host asked
for (so that no foreign page reaches a loopback service by a name of its own), the page that asks, then headers and a
log line.
"""

from __future__ import annotations

import secrets
from time import perf_counter
from typing import TYPE_CHECKING, Any

from serving.bodies import ClientLeftError
from serving.logs import log
from serving.problems import RefusedError, ServiceError, response_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from serving.metrics import Metrics
    from serving.settings import Settings
    from serving.telemetry import Telemetry

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)  # fmt: skip
QUIET = frozenset({"/livez", "/readyz", "/metrics"})


class Guard:
    """The outermost ASGI layer."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, telemetry: Telemetry) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics
        self.telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = request = secrets.token_hex(8)
        began = perf_counter()
        status = 499

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                added = [(b"x-request-id", request.encode()), *(pair for pair in HEADERS if pair[0] not in given)]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        headers, told = dict(scope["headers"]), {"gongkai.request": request}
        with self.telemetry.request(headers, told):
            try:
                refused = self.refusal(headers)
                if refused is None:
                    await self.app(scope, receive, answer)
                else:
                    await response_of(refused, scope)(scope, receive, answer)
            except ClientLeftError:
                status = 499
            finally:
                self.note(scope, status, perf_counter() - began, told)

    def refusal(self, headers: dict[bytes, bytes]) -> ServiceError | None:
        """Why a request may not come in, if it may not."""
        host = host_name(headers.get(b"host", b"").decode("latin-1"))
        if self.settings.hosts and host not in self.settings.hosts:
            return RefusedError(
                "the host asked for is not this service's",
                where="header Host",
                allowed=", ".join(sorted(self.settings.hosts)),
                do="ask by one of these names, or set GONGKAI_ALLOWED_HOSTS",
            )
        origin = headers.get(b"origin", b"").decode("latin-1")
        foreign = (
            bool(origin) and origin.partition("://")[2].lower() != headers.get(b"host", b"").decode("latin-1").lower()
        )
        if foreign or headers.get(b"sec-fetch-site") == b"cross-site":
            return RefusedError(
                "the request comes from another site's page",
                where="header Origin",
                allowed="this service's own pages and programs",
            )
        return None

    def note(self, scope: Scope, status: int, seconds: float, told: dict[str, Any]) -> None:
        """Count the request and log it: route, status, time, never a word of the document; ``told`` is for its span."""
        route = getattr(scope.get("route"), "path", "none")
        told |= {"http.request.method": scope["method"], "http.route": route, "http.response.status_code": status}
        if "refused" in scope:
            self.metrics.refusals.labels(scope["refused"]).inc()
        self.metrics.requests.labels(route, scope["method"] if route != "none" else "any", str(status)).inc()
        self.metrics.request_seconds.labels(route).observe(seconds)
        if route not in QUIET:
            log.info(
                "request", request=scope["request_id"], method=scope["method"], route=route, status=status,
                milliseconds=round(seconds * 1000, 2), key=scope.get("key_name"),
            )  # fmt: skip


def host_name(host: str) -> str:
    """The name in a Host header, lower case, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()
