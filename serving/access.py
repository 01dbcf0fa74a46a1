"""Who may do what. Without keys only this machine is served; once a key was ever made, every request needs one.

Keys in force are read again every two seconds, so that revoking takes effect in a running service; while the store is
away the last known ones count. A request through a proxy is not "this machine", whatever address it comes from.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from serving.problems import ServiceError
from serving.store.database import StoreAwayError
from serving.store.keys import Key, hash_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from serving.settings import Settings
    from serving.store.database import Database
    from serving.store.keys import Keys

FRESH_SECONDS = 2.0
MOST_BUCKETS = 10_000
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
LOCAL = Key("local", frozenset({"admin"}))
bearer = HTTPBearer(
    auto_error=False, description="an access key: `gongkai keys add`; not needed on loopback without keys"
)


class UnknownCallerError(ServiceError):
    """No key, or none in force."""

    status = 401
    kind = "key"


class ScopeError(ServiceError):
    """A key that may not do this."""

    status = 403
    kind = "scope"


class RateError(ServiceError):
    """More requests a minute than allowed."""

    status = 429
    kind = "rate"


@dataclass(slots=True)
class Bucket:
    """Requests that a caller may still make, filled up with time."""

    left: float
    at: float


class Access:
    """Knows keys and rates."""

    def __init__(self, settings: Settings, database: Database, keys: Keys) -> None:
        self.settings = settings
        self.database = database
        self.keys = keys
        self.known: dict[str, Key] = {}
        self.needs_key = True
        self.reading = asyncio.Lock()
        self.is_read = False
        self.read_at = 0.0
        self.buckets: OrderedDict[str, Bucket] = OrderedDict()

    async def caller(self, request: Request, *scopes: str) -> Key:
        """The key that asks, which has one of the scopes. Errors: 401, 403, 429, or 503 while no keys were ever read."""
        await self._refresh()
        key = self._key(request)
        request.scope["key_name"] = key.name
        address = request.client.host if request.client else ""
        self._count(key.name if self.needs_key else f"{key.name} {address}")
        if key.scopes.isdisjoint(scopes):
            refuse_without(" or ".join(scopes), key, request)
        return key

    async def _refresh(self) -> None:
        """Read the keys again when they are old. Before the first reading everyone waits for it; later only one does."""
        if self.is_read and (self.reading.locked() or monotonic() - self.read_at < FRESH_SECONDS):
            return
        async with self.reading:
            if self.is_read and monotonic() - self.read_at < FRESH_SECONDS:
                return
            try:
                self.known, self.needs_key = await self.database.call(self.keys.in_force)
            except StoreAwayError:
                if not self.is_read:
                    raise
            self.is_read, self.read_at = True, monotonic()

    def _key(self, request: Request) -> Key:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if not self.needs_key and self.settings.is_loopback and not any(name in request.headers for name in FORWARDED):
            return LOCAL
        key = self.known.get(hash_of(token.strip())) if kind.lower() == "bearer" else None
        if key is None:
            raise UnknownCallerError(
                "a key is needed",
                where="header Authorization",
                found="a key that is not in force" if token else "none",
                allowed="Bearer KEY",
                do="ask who runs this service for one: gongkai keys add NAME --scope read",
            )
        return key

    def _count(self, caller: str) -> None:
        """Errors: ``RateError`` with the time to wait."""
        allowed = self.settings.requests_per_minute
        if not allowed:
            return
        now = monotonic()
        bucket = self.buckets.pop(caller, None) or Bucket(allowed, now)
        bucket.left = min(allowed, bucket.left + (now - bucket.at) * allowed / 60)
        bucket.at = now
        self.buckets[caller] = bucket
        while len(self.buckets) > MOST_BUCKETS:
            self.buckets.popitem(last=False)
        if bucket.left < 1:
            wait = max(1, ceil((1 - bucket.left) * 60 / allowed))
            error = RateError("too many requests", allowed=f"{allowed} a minute", do=f"send it again in {wait} s")
            error.retry_after = wait
            raise error
        bucket.left -= 1


def refuse_without(scope: str, key: Key, request: Request) -> None:
    """Errors: ``ScopeError`` for a key without a scope; ``admin`` may do everything."""
    if scope not in key.scopes and "admin" not in key.scopes:
        raise ScopeError(
            "this key may not do this",
            where=f"{request.method} {request.scope['route'].path}",
            found=f"scopes {' '.join(sorted(key.scopes))}",
            allowed=f"scope {scope}",
            do="use a key with that scope",
        )


def needs(*scopes: str) -> Callable[..., Coroutine[Any, Any, Key]]:
    """A dependency: the caller's key, which must have one of the scopes."""

    async def check(request: Request, _: Annotated[Any, Depends(bearer)]) -> Key:
        access: Access = request.app.state.parts.access
        return await access.caller(request, *scopes)

    return check


Reader = Annotated[Key, Depends(needs("read"))]
Writer = Annotated[Key, Depends(needs("write"))]
Labeller = Annotated[Key, Depends(needs("label"))]
Trainer = Annotated[Key, Depends(needs("train"))]
Changer = Annotated[Key, Depends(needs("write", "train"))]
Admin = Annotated[Key, Depends(needs("admin"))]
