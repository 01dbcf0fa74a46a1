"""How Schemathesis sends the bodies that are no JSON of its own: as they are."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer(
    "application/x-ndjson", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/pdf"
)
def as_they_are(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Text and bytes without a change."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.check
def only_busy_is_a_server_error(context: Any, response: Any, case: Any) -> None:
    """503 is an answer here (the shortest deadline passes, a queue is full); every other 5xx is a mistake."""
    assert response.status_code < 500 or response.status_code == 503
