"""Everything that can be set, in one table: environment ``GONGKAI_…`` first, then the settings file, then the default.

The file is TOML, ``settings.toml`` in the data folder or where ``GONGKAI_SETTINGS`` points; unknown names in it are
refused, so that a misspelt limit is never silently no limit. ``gongkai settings`` prints this table.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from extractor.errors import SettingError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def data_folder() -> Path:
    """The user's data folder: ``GONGKAI_HOME``, else ``gongkai`` in the XDG data folder."""
    named = os.environ.get("GONGKAI_HOME")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "gongkai"


def settings_file() -> Path:
    """Where the settings file is looked for."""
    named = os.environ.get("GONGKAI_SETTINGS")
    return Path(named).expanduser() if named else data_folder() / "settings.toml"


class Settings(BaseSettings):
    """The service's settings; each field's description is its row in the documentation."""

    model_config = SettingsConfigDict(env_prefix="GONGKAI_", extra="forbid", frozen=True, validate_default=True)

    home: Path = Field(default_factory=data_folder, description="data folder: store, settings file, trained models")
    host: str = Field("127.0.0.1", description="address to listen on; other than loopback only where keys are set")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    database: str = Field("", description="SQLAlchemy address of the store; empty: SQLite in the data folder")
    model: Path | None = Field(None, description="folder of another model; empty: the shipped one")
    rules: Path | None = Field(None, description="folder of further rules; empty: none")
    workers: int = Field(2, ge=1, le=256, description="worker processes, one pipeline each")
    queue: int = Field(32, ge=0, le=10_000, description="requests that may wait for a worker before 503")
    deadline_seconds: float = Field(60, gt=0, le=3600, description="longest time for one document, waiting included")
    worker_recycle_mb: int = Field(700, ge=64, description="a worker larger than this is replaced after its document")
    worker_memory_mb: int = Field(2048, ge=256, description="most memory that one document may make a worker take")
    body_bytes: int = Field(32 << 20, ge=1024, description="largest request body of one document, in bytes")
    bodies_bytes: int = Field(256 << 20, ge=1024, description="bytes of all bodies in memory at once before 503")
    body_seconds: float = Field(
        30, gt=0, description="longest time for the head of a request to arrive, and for its body"
    )
    characters: int = Field(2_000_000, ge=1, description="longest text of one document, in characters")
    pages: int = Field(500, ge=1, description="most pages of one document")
    json_depth: int = Field(16, ge=4, le=200, description="deepest nesting of a JSON body")
    labels: int = Field(
        100_000, ge=1, le=1_000_000, description="most labels kept in all, which is also the most of one training"
    )
    shutdown_seconds: float = Field(30, ge=0, description="longest time to finish work when asked to stop")
    requests_per_minute: int = Field(0, ge=0, description="requests a minute for each key or address; 0: no limit")
    allowed_hosts: str = Field("", description="host names to answer to, comma-separated; empty: the host's own")
    jobs_folder: Path | None = Field(None, description="folder whose reports jobs may name by `?folder=`; empty: none")
    telemetry: str = Field(
        "", description="OpenTelemetry collector, such as http://127.0.0.1:4318/v1/traces; empty: off"
    )
    log_level: str = Field("info", description="debug, info, warning or error")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value not in {"debug", "info", "warning", "error"}:
            raise ValueError("allowed: debug, info, warning, error")
        return value

    @field_validator("home")
    @classmethod
    def _whole_path(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Arguments, environment, file, in this order."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_file())

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.host in LOOPBACK

    @property
    def hosts(self) -> frozenset[str]:
        """Host names that a request may name, lower case, without port; empty: any."""
        named = frozenset(host.strip().lower() for host in self.allowed_hosts.split(",") if host.strip())
        return named or (LOOPBACK if self.is_loopback else frozenset())

    @property
    def database_url(self) -> str:
        """The store's SQLAlchemy address."""
        return self.database or f"sqlite:///{self.home / 'gongkai.sqlite'}"


def load_settings(**given: Any) -> Settings:
    """The settings in force; ``given`` (command line) comes before environment and file. Errors: ``SettingError``."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingError(
            "a setting cannot be used",
            where=f"{name} (GONGKAI_{name.upper()}, an argument, or {settings_file().name})",
            found=first["msg"],
            allowed=allowed_text(name),
            do="correct it; `gongkai settings` prints all of them",
        ) from error
    except (SettingsError, ValueError, OSError) as error:
        raise SettingError(
            "the settings cannot be read",
            where=str(settings_file()),
            found=type(error).__name__,
            allowed="TOML: one `name = value` a line",
            do="correct the file or remove it",
        ) from error


def allowed_text(name: str) -> str:
    """What a setting's value may be, in words."""
    field = Settings.model_fields.get(name)
    if field is None:
        return "the names that `gongkai settings` prints"
    bounds = [str(part) for part in field.metadata if type(part).__name__ in {"Ge", "Gt", "Le", "Lt"}]
    return ", ".join([field.description or "", *bounds])


def setting_rows(settings: Settings | None = None) -> tuple[tuple[str, str, str, str], ...]:
    """(name, environment variable, value in force or default, meaning) of each setting.

    A database address may hold a password, which is never printed.
    """
    rows = []
    for name, field in Settings.model_fields.items():
        if settings is not None:
            value = getattr(settings, name)
        else:
            value = "~/.local/share/gongkai" if name == "home" else field.default
        rows.append((name, f"GONGKAI_{name.upper()}", _shown(name, value), field.description or ""))
    return tuple(rows)


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "database" and "@" in value:
        head, _, tail = str(value).rpartition("@")
        return f"{head.split('://')[0]}://…@{tail}"
    return f"{value:g}" if isinstance(value, float) else str(value)
