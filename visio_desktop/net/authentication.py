"""How to tell a proxy who we are: Negotiate (RFC 4559) first, then NTLM, then Basic (RFC 7617).

A `Conversation` is one try with one scheme on one connection; its steps may wait for a ticket server, so they run in a
thread. Which are worth trying, and in which order, follows from what the proxy offers and what we have:

1. Negotiate as the person who is logged in to this machine: the system's Kerberos tickets, or Windows' own log-on.
2. Negotiate, NTLM and Basic with a name and a password, where there is a login.

AuthenticationError
 +-- (none further: this way does not work, the next may)
"""

from __future__ import annotations

import base64
import logging
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from visio_desktop.net import kerberos
from visio_desktop.net.proxies import ProxyLogin

# What pyspnego is known to raise on rubbish, beside its own.
_PARSER_ERRORS = (struct.error, ValueError, LookupError, TypeError, AttributeError, OverflowError, OSError)


class AuthenticationError(Exception):
    """A way that does not work."""


class Conversation(Protocol):
    """One try with one scheme."""

    def step(self, token: bytes) -> bytes | None:
        """What to say to what the proxy said (b"" to begin); None where nothing is left to say. `AuthenticationError`.

        Blocking.
        """


@dataclass(frozen=True, slots=True)
class Way:
    """A way to prove who we are: a name to remember it by, the scheme's name in the header, and its beginning."""

    name: str
    scheme: str
    begin: Callable[[], Conversation]


def ways(offered: Iterator[str] | tuple[str, ...], host: str, login: ProxyLogin | None) -> Iterator[Way]:
    """What can be tried with a proxy named `host` that offers these schemes (small letters), best first."""
    schemes = set(offered)
    if "negotiate" in schemes:
        yield Way("system", "Negotiate", lambda: _logged_in(host))
    if login is None:
        return
    if "negotiate" in schemes:
        yield Way("negotiate", "Negotiate", lambda: _Spnego("negotiate", host, login))
    if "ntlm" in schemes:
        yield Way("ntlm", "NTLM", lambda: _Spnego("ntlm", host, login))
    if "basic" in schemes and ":" not in login.username:
        yield Way("basic", "Basic", lambda: _Basic(login))


class _Basic:
    """A name and a password as they are; TLS to the proxy or nothing protects them."""

    def __init__(self, login: ProxyLogin) -> None:
        self._said: bytes | None = f"{login.username}:{login.password}".encode()

    def step(self, _token: bytes) -> bytes | None:
        """See `Conversation`."""
        said, self._said = self._said, None
        return said


class _Spnego:
    """NTLM or Negotiate by pyspnego; without a login (on Windows) as whoever is logged in."""

    def __init__(self, protocol: str, host: str, login: ProxyLogin | None) -> None:
        self._context: Any = None
        self._arguments: dict[str, Any] = {
            "username": login.username if login else None,
            "password": login.password if login else None,
            "hostname": host,
            "service": "HTTP",
            "protocol": protocol,
        }

    def step(self, token: bytes) -> bytes | None:
        """See `Conversation`."""
        # It takes its time to load, and few need it.
        import spnego  # noqa: PLC0415
        from spnego.exceptions import SpnegoError  # noqa: PLC0415

        logging.getLogger("spnego").setLevel(logging.WARNING)  # below that it writes down what it says
        try:
            if self._context is None:
                self._context = spnego.client(**self._arguments)
            said: bytes | None = self._context.step(token or None)
        except (SpnegoError, *_PARSER_ERRORS) as error:
            raise AuthenticationError(type(error).__name__) from error
        return said


class _Kerberos:
    """Negotiate with the tickets of the person at this machine."""

    def __init__(self, host: str) -> None:
        self._context = kerberos.Context(host)

    def step(self, token: bytes) -> bytes | None:
        """See `Conversation`."""
        try:
            return self._context.step(token) or None
        except kerberos.KerberosError as error:
            raise AuthenticationError(str(error)) from error


def _logged_in(host: str) -> Conversation:
    return _Spnego("negotiate", host, None) if sys.platform == "win32" else _Kerberos(host)


def header(way: Way, token: bytes) -> str:
    """The header line that says this."""
    return f"Proxy-Authorization: {way.scheme} {base64.b64encode(token).decode()}"
