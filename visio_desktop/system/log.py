"""The log: events with fields, as JSON lines in a file of bounded size, with every secret blotted out.

On the standard library's logging, so that other libraries' records land in the same file; a package for structured logs
would cost a third of the whole start-up.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

_HIDDEN = "[hidden]"
_SECRET_NAMES = ("token", "secret", "password", "credential", "cookie", "authorization", "api_key", "ice_pwd")
_SECRET_TEXTS = (
    re.compile(r"eyJ[\w-]{4,}\.[\w-]{4,}(?:\.[\w-]*)?"),  # JSON web tokens
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)(?<=a=ice-pwd:)\S+"),
    re.compile(r"(?i)(?<=access_token=)[^&\s\"']+"),
    re.compile(r"(?i)(?<=[?&]password=)[^&\s\"']+"),  # the key of a call, in the fragment of its link
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),  # user:password in an address
)
_MAX_FIELD = 8_000

type ErrorInfo = bool | BaseException | tuple[type[BaseException], BaseException, TracebackType | None] | None


class Log:
    """Writes events: `log.info("event_name", key=value)`; `exc_info` adds a traceback, True that of now."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def debug(self, event: str, /, **fields: object) -> None:
        """For those who look for an error."""
        self._write(logging.DEBUG, event, None, fields)

    def info(self, event: str, /, **fields: object) -> None:
        """What happened."""
        self._write(logging.INFO, event, None, fields)

    def warning(self, event: str, /, *, exc_info: ErrorInfo = None, **fields: object) -> None:
        """What should not have happened, and was coped with."""
        self._write(logging.WARNING, event, exc_info, fields)

    def error(self, event: str, /, *, exc_info: ErrorInfo = None, **fields: object) -> None:
        """What went wrong."""
        self._write(logging.ERROR, event, exc_info, fields)

    def critical(self, event: str, /, *, exc_info: ErrorInfo = None, **fields: object) -> None:
        """What ends the program."""
        self._write(logging.CRITICAL, event, exc_info, fields)

    def exception(self, event: str, /, **fields: object) -> None:
        """What went wrong, with the traceback of the error being handled."""
        self._write(logging.ERROR, event, True, fields)

    def _write(self, level: int, event: str, exc_info: ErrorInfo, fields: Mapping[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, event, exc_info=exc_info, extra={"fields": redact(fields)})


def get_logger(name: str) -> Log:
    """The log of a module."""
    return Log(logging.getLogger(name))


def configure(path: Path, level: str, *, max_bytes: int = 2_000_000, backups: int = 3) -> None:
    """Write from now on to `path`, at most `max_bytes * (backups + 1)` on disk; the handler before is closed."""
    handler = _OwnFileHandler(
        path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(_JsonLines())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, _OwnFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())


def as_json_lines() -> logging.Formatter:
    """What makes a line of the log out of a record."""
    return _JsonLines()


def set_level(level: str) -> None:
    """Write from now on what matters at least as much as this."""
    logging.getLogger().setLevel(level.upper())


def redact(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields with those named like secrets, and secrets inside texts, hidden; everything fit for JSON."""
    return {key: _clean(key, value) for key, value in fields.items()}


class _OwnFileHandler(RotatingFileHandler):
    """Every file it begins is readable by its owner only."""

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


class _JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _clean_text(record.getMessage()),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = _clean_text(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


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


def hide_secrets(text: str) -> str:
    """The text without tokens, passwords in addresses, and what else looks like a secret by its form."""
    for pattern in _SECRET_TEXTS:
        text = pattern.sub(_HIDDEN, text)
    return text


def _clean_text(text: str) -> str:
    text = hide_secrets(text)
    return text if len(text) <= _MAX_FIELD else text[:_MAX_FIELD] + "..."
