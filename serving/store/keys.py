"""Access keys, kept only as hashes, and the log of who changed what.

A key is 256 random bits, so a plain SHA-256 of it cannot be guessed back; it is shown once, when it is added.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from extractor.errors import SettingError
from serving.store.database import now
from serving.store.tables import audit, keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from serving.store.database import Database

SCOPES = ("read", "write", "label", "train", "admin")
PREFIX = "gk_"


@dataclass(frozen=True, slots=True)
class Key:
    """A key in force; ``admin`` may do everything."""

    name: str
    scopes: frozenset[str]


def hash_of(token: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


class Keys:
    """The keys of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, name: str, scopes: Sequence[str], who: str) -> str:
        """Make a key and return it, this once. Errors: ``SettingError`` for a name in use or an unknown scope."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise SettingError("the scope is not known", where="--scope", allowed=", ".join(SCOPES))
        token = PREFIX + secrets.token_urlsafe(32)
        with self.database.writing() as connection:
            if connection.execute(select(keys.c.id).where(keys.c.name == name)).first():
                raise SettingError("a key of this name was made before", where=f"name {name}", do="choose another name")
            row = {"name": name, "hash": hash_of(token), "scopes": " ".join(sorted(set(scopes))), "made_at": now()}
            connection.execute(insert(keys).values(**row))
            note(connection, who, "key.add", f"{name}: {row['scopes']}")
        return token

    def revoke(self, name: str, who: str) -> bool:
        """End a key for good; whether it was in force."""
        with self.database.writing() as connection:
            statement = update(keys).where(keys.c.name == name, keys.c.revoked_at.is_(None)).values(revoked_at=now())
            is_done = connection.execute(statement).rowcount == 1
            if is_done:
                note(connection, who, "key.revoke", name)
        return is_done

    def listed(self) -> list[dict[str, Any]]:
        """Every key that was ever made, without its hash."""
        query = select(keys.c.name, keys.c.scopes, keys.c.made_at, keys.c.revoked_at).order_by(keys.c.id)
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def in_force(self) -> tuple[dict[str, Key], bool]:
        """Keys by their hashes, and whether any key was ever made."""
        query = select(keys.c.hash, keys.c.name, keys.c.scopes).where(keys.c.revoked_at.is_(None))
        with self.database.reading() as connection:
            found = {row.hash: Key(row.name, frozenset(row.scopes.split())) for row in connection.execute(query)}
            ever = connection.execute(select(func.count()).select_from(keys)).scalar_one() > 0
        return found, ever


class Audit:
    """Who changed what."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def note(self, who: str, action: str, subject: str) -> None:
        """One line."""
        with self.database.writing() as connection:
            note(connection, who, action, subject)

    def listed(self, before: int | None, limit: int) -> list[dict[str, Any]]:
        """The newest lines, or those before one."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        with self.database.reading() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def note(connection: Connection, who: str, action: str, subject: str) -> None:
    """A line of the log in a transaction of its own matter."""
    connection.execute(insert(audit).values(at=now(), who=who, action=action, subject=subject))
