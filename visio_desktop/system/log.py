"""The log: events with fields, as JSON lines in a file of bounded size, with every secret blotted out."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, MutableMapping
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

_HIDDEN = "[hidden]"
_SECRET_NAMES = ("token", "secret", "password", "credential", "cookie", "authorization", "api_key", "ice_pwd")
_SECRET_TEXTS = (
    re.compile(r"eyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?"),  # JSON web tokens
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)(?<=a=ice-pwd:)\S+"),
    re.compile(r"(?i)(?<=access_token=)[^&\s\"']+"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),  # user:password in an address
)
_MAX_FIELD = 8_000
_EXC_INFO = 3


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `log.info("event_name", key=value)`."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def configure(path: Path, level: str, *, max_bytes: int = 2_000_000, backups: int = 3) -> None:
    """Write from now on to `path`, at most `max_bytes * (backups + 1)` on disk; the handler before is closed."""
    handler = _OwnFileHandler(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
    handler.setFormatter(_formatter())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, _OwnFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())


class _OwnFileHandler(RotatingFileHandler):
    """Every file it begins is readable by its owner only."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides fields named like secrets, and secrets inside texts."""
    for key, value in event.items():
        event[key] = value if _is_error(value) else _clean(key, value)
    return event


def _is_error(value: object) -> bool:
    """An error on its way to the formatter, with its traceback; as a text it comes by here once more."""
    return isinstance(value[1] if isinstance(value, tuple) and len(value) == _EXC_INFO else value, BaseException)


def _clean(key: str, value: object) -> object:
    if value and any(name in key.lower() for name in _SECRET_NAMES):
        return _HIDDEN
    match value:
        case str():
            return _clean_text(value)
        case bytes():
            return f"{len(value)} bytes"
        case Mapping():
            return {str(k): _clean(str(k), v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean("", v) for v in value]
        case _:
            return value if isinstance(value, int | float | None) else _clean_text(str(value))


def _clean_text(text: str) -> str:
    for pattern in _SECRET_TEXTS:
        text = pattern.sub(_HIDDEN, text)
    return text if len(text) <= _MAX_FIELD else text[:_MAX_FIELD] + "..."


_SHARED: tuple[structlog.types.Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
)


def _formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )


structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
