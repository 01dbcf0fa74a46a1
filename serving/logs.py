"""One JSON object a line on standard error; fields are chosen where they are logged, document text never is."""

from __future__ import annotations

import logging
import sys

import orjson
import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def set_up_logs(level: str) -> None:
    """Send structlog's events, and the server's own warnings, to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(orjson.dumps, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
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
        structlog.get_logger().log(record.levelno, record.msg.split("\n")[0][:200], logger=record.name, **told)
