"""Structured logs: one line for each event, with the ID of its request."""

import json
import logging
from typing import Any

import structlog

_SHARED_PROCESSORS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
]
_ENCODER = json.JSONEncoder(default=repr)


class JSONFormatter(structlog.stdlib.ProcessorFormatter):
    """Formatter that writes JSON, with fewer steps for the records of structlog."""

    def format(self, record: logging.LogRecord) -> str:
        # An attribute of the records of structlog, whose message is a dictionary.
        if not hasattr(record, "_logger"):
            return super().format(record)
        event: Any = record.msg
        # A copy, because other handlers may format the same record.
        event = structlog.processors.format_exc_info(None, "", {**event})
        return _ENCODER.encode(event)


def configure_logging() -> dict[str, Any]:
    """Configure structlog and return a new value for Django's ``LOGGING`` setting.

    Returns:
        A configuration that writes JSON to standard error, from level ``INFO``.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED_PROCESSORS,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": _json_formatter(), "console": _console_formatter()},
        "filters": {"routes": {"()": "monitoring.request_log.RoutesForPaths"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["routes"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        # Django's own handlers would print each line a second time.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def _json_formatter() -> dict[str, Any]:
    return {
        "()": JSONFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": _SHARED_PROCESSORS,
    }


def _console_formatter() -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ],
        # Leaves out the request's context, which makes these lines hard to read.
        "foreign_pre_chain": _SHARED_PROCESSORS[1:],
    }
