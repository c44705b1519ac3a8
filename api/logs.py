"""One log for structlog and the standard library's loggers."""

import logging
from pathlib import Path

import structlog
from structlog.typing import Processor

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)

CHATTY = ("httpx", "httpx2", "alembic")


def configure(level: str, file: Path | None = None) -> None:
    """Log lines in logfmt, to a file or to stderr; a command that runs for long calls it with its own level."""
    handler = logging.StreamHandler() if file is None else logging.FileHandler(file, encoding="utf-8")
    line = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"])
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, line]
        )
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
