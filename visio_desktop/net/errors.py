"""What goes wrong between this machine and a server.

NetError
 +-- HostUnknown           the name does not resolve
 +-- HostUnreachable       nothing answers at the address
 +-- TlsUntrusted          the certificate is not trusted, or TLS itself fails
 +-- Refused               the server answered with an HTTP status that is no success
 +-- Silent                no answer in time, or the connection ended
 +-- NotAllowed            a list of servers says that one does not go there
 +-- Inward                a server elsewhere sends us into a private network, or to this machine
 +-- PacFailed             the script that names the proxies could not be had, or made no sense
 +-- ProxyError            a proxy stands in the way
      +-- ProxyUnreachable the proxy itself does not answer, or not as a proxy does
      +-- ProxyRefused     it does not let us through to this server
      +-- ProxyAuthFailed  it wants to know who we are, and we cannot say or it does not believe us
"""

from __future__ import annotations

from dataclasses import dataclass


class NetError(Exception):
    """Base of this package's errors. `host` is what a person may be told."""

    def __init__(self, host: str, detail: str = "") -> None:
        super().__init__(f"{host}: {detail}" if detail else host)
        self.host = host


class HostUnknown(NetError):  # noqa: N818 - these read as findings
    """The name does not resolve."""


class HostUnreachable(NetError):  # noqa: N818 - as above
    """Nothing answers there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a certificate that is not trusted says of itself, "" where it cannot be read; nothing of it is certain.

    `ended` is the last day it was good for, where that is over.
    """

    issuer: str = ""
    ended: str = ""
    vouches_for_itself: bool = False


class TlsUntrusted(NetError):  # noqa: N818 - as above
    """The certificate is not trusted; `shown` is what it says of itself, where one was shown."""

    def __init__(self, host: str, detail: str = "", shown: Shown | None = None) -> None:
        super().__init__(host, detail)
        self.shown = shown or Shown()


class Refused(NetError):  # noqa: N818 - as above
    """The server said no; `status` is the HTTP status."""

    def __init__(self, host: str, status: int, detail: str = "") -> None:
        super().__init__(host, f"{status} {detail}".strip())
        self.status = status


class Silent(NetError):  # noqa: N818 - as above
    """No answer in time, or the connection ended."""


class NotAllowed(NetError):  # noqa: N818 - as above
    """The host is none of those that the organisation, or the settings, allow."""


class Inward(NetError):  # noqa: N818 - as above
    """A server elsewhere names a host of a private network, or this machine."""


class PacFailed(NetError):  # noqa: N818 - as above
    """The script that names the proxies is of no use; `host` is its address, `why` for those who write it."""

    def __init__(self, url: str, why: str = "") -> None:
        super().__init__(url, why)
        self.why = why


class ProxyError(NetError):
    """A proxy stands in the way; `host` is the proxy's."""


class ProxyUnreachable(ProxyError):  # noqa: N818 - as above
    """The proxy itself does not answer, or not as a proxy does."""


class ProxyRefused(ProxyError):  # noqa: N818 - as above
    """The proxy does not let us through; `status` is the HTTP status it gave."""

    def __init__(self, host: str, status: int, detail: str = "") -> None:
        super().__init__(host, f"{status} {detail}".strip())
        self.status = status


class ProxyAuthFailed(ProxyError):  # noqa: N818 - as above
    """The proxy asks who we are: there is no login for it, or it took none of ours."""
