"""aiohttp as this program uses it: without the certificates it reads when it is imported, which takes its time.

They would go into two contexts of aiohttp's own that nothing here uses: `web` gives each connection that may need TLS
the one of `trust`. Left empty they trust nobody, so a mistake shows as a refused connection.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from visio_desktop.system.lean import left_out


@contextmanager
def _certificates_left_out() -> Iterator[None]:
    ssl.SSLContext.set_default_verify_paths = _load_nothing  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        del ssl.SSLContext.set_default_verify_paths


def _load_nothing(_context: ssl.SSLContext) -> None:
    """Leave the context as it is."""


left_out("attr.validators")  # attrs loads them, and aiohttp uses none
with _certificates_left_out():
    import aiohttp

__all__ = ["aiohttp"]
