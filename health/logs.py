"""Logs: one JSON object a line on stderr, from our loggers and from those of the libraries.

JSON escapes CR, LF and the ESC of terminal sequences, so no value can look like another line. Logged are
names, ids and states: never a request's body, a resource or a secret.
"""

import logging
import sys
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

VALUE_LENGTH_MAX = 2000

_TRACE_LENGTH_MAX = 20_000


def configure(process: str, level: str = "info") -> None:
    """Call once at the start of a process, before any line is written. Raises KeyError for the level."""
    number = logging.getLevelNamesMapping()[level.upper()]
    enrich = _enrich(process)
    structlog.configure(
        processors=[*enrich, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *enrich],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def correlate(correlation_id: str) -> None:
    """Puts the id on every later line of this task and of the tasks it starts."""
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id)


def _enrich(process: str) -> list[Processor]:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        name,
        structlog.processors.format_exc_info,
        _shorten,
    ]


def _shorten(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key, value in cast("dict[str, object]", event).items():
        most = _TRACE_LENGTH_MAX if key == "exception" else VALUE_LENGTH_MAX
        if isinstance(value, str) and len(value) > most:
            event[key] = f"{value[:most]}… ({len(value)} characters)"
    return event
