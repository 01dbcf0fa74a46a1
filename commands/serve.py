"""``gongkai serve``, ``keys``, ``settings``, ``backup``: the HTTP service and its store by command."""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands import remote
from extractor.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving.launch import Launched
    from serving.settings import Settings
    from serving.store.database import Database

BACKLOG = 2048
CONFIGURATION_EXIT = 2


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command()(serve)
    app.command("settings")(show_settings)
    app.command()(backup)
    keys = typer.Typer(help="Access keys of the HTTP service.", no_args_is_help=True)
    keys.command("add")(add_key)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke_key)
    app.add_typer(keys, name="keys")
    remote.register(app)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; other than loopback only where keys are set.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes.")] = None,
    first_documents: Annotated[
        Path | None, typer.Option("--take-in", help="Folder of reports to keep when the store is still empty.")
    ] = None,
) -> None:
    """Serve extraction over HTTP until stopped; stopping finishes what it has."""
    from serving.launch import start_nursery, tell

    nursery = start_nursery()  # first of all: what it imports takes as long as all else here
    from serving.settings import load_settings

    settings = load_settings(host=host, port=port, workers=workers)
    check_reach(settings)
    listener = listen(settings)
    tell(nursery, settings)
    run(settings, listener, nursery, first_documents)


def check_reach(settings: Settings) -> None:
    """Errors: ``SettingError`` where others than this machine could ask and no key would stop them."""
    if settings.is_loopback:
        return
    from serving.store.keys import Keys

    with opened(settings) as database:
        _, had_keys = Keys(database).in_force()
    if not had_keys:
        raise SettingError(
            "the service would be open to everyone",
            where=f"host {settings.host}",
            found="no access keys",
            allowed="127.0.0.1 or ::1 without keys",
            do="add a key first: gongkai keys add NAME --scope read --scope write",
        )


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Errors: ``SettingError`` where the address is taken or not this machine's."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or answers wait for Nagle
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise SettingError(
            "the service cannot listen there",
            where=f"{settings.host}:{settings.port}",
            found=error.strerror or type(error).__name__,
            do="choose another one: gongkai serve --port 8001",
        ) from error
    listener.listen(BACKLOG)
    return listener


def run(settings: Settings, listener: socket.socket, nursery: Launched, first_documents: Path | None) -> None:
    """Run the server; imported late so that other commands stay quick."""
    import uvicorn

    import service
    from serving.connection import connection_of

    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    config = uvicorn.Config(
        service.app(settings, nursery, first_documents), log_config=None, access_log=False, server_header=False, lifespan="on",
        timeout_graceful_shutdown=int(settings.shutdown_seconds) or None, http=connection_of(settings.body_seconds),
    )  # fmt: skip

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce(address)

    server = Announced(config)
    server.run([listener])
    if not server.started:
        sys.exit(CONFIGURATION_EXIT)


def announce(address: str) -> None:
    """Where the service is, one line to try, and what it answers."""
    typer.echo(
        f"gongkai serves on {address} (this page explains it: {address}/docs)\n"
        f"try      curl -s --data-binary @examples/linhuai_health_2024.txt '{address}/v1/extract?text=false'\n"
        'answers  200 {"schema":"gongkai.report/1","source":…,"meta":…,"sections":…,"tables":…,"facts":…,"ledger":…,'
        '"indicators":…,"findings":…,"provenance":…}'
    )
    sys.stdout.flush()


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The store, for one command."""
    from serving.store.database import Database

    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def add_key(
    name: Annotated[str, typer.Argument(help="Who or what will use it.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, write, label, train or admin; may be repeated.")
    ] = None,
) -> None:
    """Make an access key and print it, this once."""
    from serving.settings import load_settings
    from serving.store.keys import Keys

    with opened(load_settings()) as database:
        typer.echo(Keys(database).add(name, scope or ["read"], "command"))


def list_keys() -> None:
    """Every key that was ever made: name, scopes, since when, revoked when. The keys themselves are not kept."""
    from serving.settings import load_settings
    from serving.store.keys import Keys

    with opened(load_settings()) as database:
        for key in Keys(database).listed():
            typer.echo("\t".join((key["name"], key["scopes"], key["made_at"], key["revoked_at"] or "in force")))


def revoke_key(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """End a key; a running service knows within two seconds."""
    from serving.settings import load_settings
    from serving.store.keys import Keys

    with opened(load_settings()) as database:
        if not Keys(database).revoke(name, "command"):
            raise SettingError("no such key is in force", where=f"name {name}", do="look at: gongkai keys list")
    typer.echo(f"{name}: revoked")


def backup(target: Annotated[Path, typer.Argument(help="File to write; it must not exist.")]) -> None:
    """Copy the store while it is in use (SQLite; PostgreSQL has pg_dump)."""
    from serving.settings import load_settings

    if target.exists():
        raise SettingError("the file exists already", where=str(target), do="name another one")
    with opened(load_settings()) as database:
        database.back_up(target)
    typer.echo(f"{target}: {target.stat().st_size} bytes")


def show_settings() -> None:
    """Print every setting: its name, its value in force and what it does."""
    from serving.settings import load_settings, setting_rows

    rows = setting_rows(load_settings())
    width = max(len(row[1]) for row in rows)
    for _, variable, value, meaning in rows:
        typer.echo(f"{variable:<{width}}  {value:<24}  {meaning}")
