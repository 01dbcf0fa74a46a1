"""One JSON object a line on standard error; fields are chosen where they are logged, document text never is.

Written here rather than by a logging library, which would cost the start a third of a second for its colours.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Log:
    """What the service logs by; ``least`` is the lowest level that is written."""

    def __init__(self) -> None:
        self.least = logging.INFO

    def info(self, event: str, **told: Any) -> None:
        """What happens every day."""
        self.write("info", event, told)

    def warning(self, event: str, **told: Any) -> None:
        """What went wrong and was dealt with."""
        self.write("warning", event, told)

    def error(self, event: str, **told: Any) -> None:
        """What someone should look after."""
        self.write("error", event, told)

    def write(self, level: str, event: str, told: dict[str, Any]) -> None:
        """One line, whole, so that lines of several processes do not mix."""
        if LEVELS[level] < self.least:
            return
        line = {**told, "event": event, "level": level, "timestamp": datetime.now(UTC).isoformat()}
        sys.stderr.buffer.write(orjson.dumps(line, default=str) + b"\n")
        sys.stderr.buffer.flush()


log = Log()


def set_up_logs(level: str) -> None:
    """From this level on; the server's own warnings too."""
    log.least = LEVELS[level]
    server = logging.getLogger("uvicorn")
    server.handlers, server.propagate = [JsonHandler()], False
    server.setLevel(logging.WARNING)


class JsonHandler(logging.Handler):
    """Standard logging records as JSON lines: an error's type and place, not its message."""

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        told = {}
        if record.exc_info and record.exc_info[0] is not None:
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
            told = {"error": record.exc_info[0].__name__, "place": place}
        first, *more = str(record.msg).rstrip().split("\n")
        if first.startswith("Traceback") and more:  # the server's own way to tell what failed at the start
            frames = [line.strip() for line in more if line.startswith("  File")]
            told = {"error": more[-1].partition(":")[0], "place": frames[-1] if frames else ""}
        level = "error" if record.levelno >= logging.ERROR else "warning"
        log.write(level, first[:200], {"logger": record.name, **told})
