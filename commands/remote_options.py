"""Options that all commands of ``gongkai remote`` share."""

from __future__ import annotations

from typing import Annotated

import typer

Url = Annotated[str, typer.Option(envvar="GONGKAI_URL", help="Address of the service.")]
KeyOption = Annotated[str | None, typer.Option(envvar="GONGKAI_KEY", help="Access key, where the service wants one.")]
Patience = Annotated[float, typer.Option(help="Seconds to keep trying while the service is busy or away.")]
HERE = "http://127.0.0.1:8000"
