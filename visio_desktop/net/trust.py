"""The certificates we trust: those of the system, so that an organisation's own are among them."""

from __future__ import annotations

import ssl
from functools import cache

import truststore


@cache
def tls_context() -> ssl.SSLContext:
    """The one TLS context of the process; made once, as reading the store takes time."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
