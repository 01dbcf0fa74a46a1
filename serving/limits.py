"""Limits that are the same everywhere, beside those in the settings; the OpenAPI document and the refusals name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.routing import APIRoute

from training.contexts import LONGEST_TEXT as LONGEST_PASSAGE
from training.labels import LONGEST_TEXT as LONGEST_LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi import Response

    from serving.settings import Settings

ASKED_BYTES = 16_384
"""Bytes of a JSON body that only asks for something: a verdict, a training, a promotion."""
LABEL_BYTES = 16 << 20
LABEL_LINES = 20_000
"""Of one call of ``POST /v1/labels``."""
MOST_TRAININGS = 10
"""That have not ended: one is worked on, the others wait."""


def told(settings: Settings) -> str:
    """The limits of learning in words, those in force among them."""
    return (
        f"Labels: {LABEL_BYTES} bytes (413) and {LABEL_LINES} lines a call (413), {LONGEST_LABEL} characters a text, "
        f"{LONGEST_PASSAGE} a passage (422), {settings.labels} kept in all (409). "
        f"Trainings: {settings.labels} labels (422), {MOST_TRAININGS} waiting or running (503). "
        f"Other JSON bodies: {ASKED_BYTES} bytes (413)."
    )


class ShortBody(APIRoute):
    """A route whose JSON body the framework parses: it is read here first, within its limits of size and time."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler behind the limits. Errors: 408, 413."""
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            if request.method not in {"POST", "PUT"}:
                return await handle(request)
            async with request.app.state.parts.intake.body(request, most=ASKED_BYTES) as body:

                async def again() -> dict[str, Any]:
                    return {"type": "http.request", "body": body, "more_body": False}

                return await handle(Request(request.scope, again))

        return limited
