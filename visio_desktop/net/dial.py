"""Every connection over TCP that is no HTTP of ours: media and relays, by the same proxies, with the same trust."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from socket import gaierror
from typing import TYPE_CHECKING

from visio_desktop.net.errors import HostUnknown, HostUnreachable, Silent, TlsUntrusted
from visio_desktop.net.logins import NoLogins, ProxyLogins
from visio_desktop.net.proxies import Proxy, ProxyFinder, system_proxy
from visio_desktop.net.trust import tls_context

if TYPE_CHECKING:
    from visio_desktop.net.tunnel import Tunnels

_TIMEOUT_S = 10.0
_NEXT_ADDRESS_S = 0.25


class Dialer:
    """Opens connections, directly or through the proxy `find_proxy` names. `context` makes or keeps the TLS context."""

    def __init__(
        self,
        find_proxy: ProxyFinder = system_proxy,
        logins: ProxyLogins | None = None,
        context: Callable[[], ssl.SSLContext] = tls_context,
    ) -> None:
        self._find_proxy = find_proxy
        self._logins = logins or NoLogins()
        self._kept: Tunnels | None = None
        self.context = context

    def proxy(self, host: str, port: int) -> Proxy | None:
        """The proxy a connection to there goes through."""
        return self._find_proxy(host, port)

    def via(self, host: str, port: int) -> str:
        """The same for showing: without any login, "" for the direct way."""
        found = self._find_proxy(host, port)
        return str(found) if found is not None else ""

    async def connect[P: asyncio.Protocol](
        self,
        make: Callable[[], P],
        host: str,
        port: int,
        *,
        secure: bool,
        timeout_s: float = _TIMEOUT_S,
        direct: bool = False,
    ) -> tuple[asyncio.Transport, P]:
        """A connection to `host`, with TLS inside where it is `secure`; `direct` passes proxies by. `NetError`."""
        proxy = None if direct else self._find_proxy(host, port)
        context = self.context() if secure else None
        async with _translated(host, port), asyncio.timeout(timeout_s):
            if proxy is not None:
                return await self._through(proxy, make, host, port, context)
            # Names may lead to several addresses, of which some are dead ends (RFC 8305).
            return await asyncio.get_running_loop().create_connection(
                make, host, port, ssl=context, happy_eyeballs_delay=_NEXT_ADDRESS_S
            )

    async def _through[P: asyncio.Protocol](
        self, proxy: Proxy, make: Callable[[], P], host: str, port: int, context: ssl.SSLContext | None
    ) -> tuple[asyncio.Transport, P]:
        transport = await self._tunnels().open(proxy, host, port)
        protocol = make()
        if context is not None:
            secured = await asyncio.get_running_loop().start_tls(transport, protocol, context, server_hostname=host)
            if secured is None:
                raise ConnectionResetError
            transport = secured
        else:
            transport.set_protocol(protocol)
        protocol.connection_made(transport)
        return transport, protocol

    def _tunnels(self) -> Tunnels:
        """Made with the first proxy: most ways are direct, and loading what proofs take would delay the first word."""
        from visio_desktop.net.tunnel import Tunnels  # noqa: PLC0415

        if self._kept is None:
            self._kept = Tunnels(self._logins, self.context)
        return self._kept


@asynccontextmanager
async def _translated(host: str, port: int) -> AsyncIterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise TlsUntrusted(host, error.reason or "") from error
    except TimeoutError as error:
        raise Silent(host, f"port {port} does not answer") from error
    except (gaierror, UnicodeError) as error:
        raise HostUnknown(host) from error
    except OSError as error:
        raise HostUnreachable(host, f"port {port}: {error.strerror or type(error).__name__}") from error
