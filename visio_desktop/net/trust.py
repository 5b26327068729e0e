"""The certificates we trust: those of the system, so that an organisation's own are among them, and a file of more."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

import truststore

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


@cache
def tls_context() -> ssl.SSLContext:
    """The one TLS context of the process; made once, as reading the store takes time."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@cache
def trusting(extra: Path | None) -> Callable[[], ssl.SSLContext]:
    """Makes and keeps a context that trusts the authorities in a PEM file too.

    A file that cannot be read adds none: then their servers are refused, and the log says why.
    """
    if extra is None:
        return tls_context

    @cache
    def context() -> ssl.SSLContext:
        made = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            made.load_verify_locations(cafile=extra)
        except OSError as error:  # ssl.SSLError, what a file without certificates brings, is one
            _log.warning("authorities_unreadable", error=error.strerror or type(error).__name__)
        return made

    return context
