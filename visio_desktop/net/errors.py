"""What goes wrong between this machine and a server.

NetError
 +-- HostUnknown      the name does not resolve
 +-- HostUnreachable  nothing answers at the address, or a proxy in between does not let us through
 +-- TlsUntrusted     the certificate is not trusted, or TLS itself fails
 +-- Refused          the server answered with an HTTP status that is no success
 +-- Silent           no answer in time, or the connection ended
"""

from __future__ import annotations


class NetError(Exception):
    """Base of this package's errors. `host` is what a person may be told."""

    def __init__(self, host: str, detail: str = "") -> None:
        super().__init__(f"{host}: {detail}" if detail else host)
        self.host = host


class HostUnknown(NetError):  # noqa: N818 - these read as findings
    """The name does not resolve."""


class HostUnreachable(NetError):  # noqa: N818 - as above
    """Nothing answers there."""


class TlsUntrusted(NetError):  # noqa: N818 - as above
    """The certificate is not trusted."""


class Refused(NetError):  # noqa: N818 - as above
    """The server said no; `status` is the HTTP status."""

    def __init__(self, host: str, status: int, detail: str = "") -> None:
        super().__init__(host, f"{status} {detail}".strip())
        self.status = status


class Silent(NetError):  # noqa: N818 - as above
    """No answer in time, or the connection ended."""
