"""The one place that opens connections over TCP: HTTP, WebSockets, media and relays, by the same ways and trust.

Each is noted in the ledger before anything is sent. Where a route names several proxies the next is tried as soon as
one does not answer.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SOCK_STREAM, gaierror
from typing import TYPE_CHECKING, Final

from aiohappyeyeballs import AddrInfoType, start_connection

from visio_desktop.net.bounds import ANYWHERE, Bounds
from visio_desktop.net.errors import HostUnknown, HostUnreachable, ProxyUnreachable, Silent, TlsUntrusted
from visio_desktop.net.ledger import Ledger, Purpose, Tally
from visio_desktop.net.logins import NoLogins, ProxyLogins
from visio_desktop.net.metering import MeteredProtocol
from visio_desktop.net.proxies import Proxy, ProxyFinder, system_proxy
from visio_desktop.net.routes import DIRECT, BadProxies, Route, Router, fixed
from visio_desktop.net.trust import tls_context

if TYPE_CHECKING:
    from visio_desktop.net.tunnel import Tunnels

_TIMEOUT_S: Final = 10.0
_NEXT_ADDRESS_S: Final = 0.25
_LOOK_S: Final = 4.0


class Dialer:
    """Opens connections, directly or through proxies as `router` says, else `find_proxy`.

    `context` makes or keeps the TLS context. Beyond `bounds` nobody is contacted, nor asked for a way there.
    """

    def __init__(
        self,
        find_proxy: ProxyFinder = system_proxy,
        logins: ProxyLogins | None = None,
        context: Callable[[], ssl.SSLContext] = tls_context,
        *,
        router: Router | None = None,
        ledger: Ledger | None = None,
        bounds: Bounds = ANYWHERE,
    ) -> None:
        self.bounds = bounds
        self.route: Router = router or fixed(find_proxy)
        self.ledger = ledger or Ledger()
        self.context = context
        self._logins = logins or NoLogins()
        self._kept: Tunnels | None = None
        self._bad = BadProxies()

    async def via(self, host: str, port: int) -> str:
        """The proxy on the way there, for showing: without any login, "" for the direct way. Raises `NetError`."""
        hop = self._bad.order((await self.route(host, port)).hops)[0]
        return "" if hop is None else str(hop)

    async def connect[P: asyncio.Protocol](
        self,
        make: Callable[[], P],
        host: str,
        port: int,
        *,
        secure: bool,
        timeout_s: float = _TIMEOUT_S,
        direct: bool = False,
        purpose: Purpose = Purpose.SERVER,
    ) -> tuple[asyncio.Transport, P]:
        """A connection to `host`, with TLS inside where it is `secure`; `direct` passes proxies by. `NetError`."""
        if not _is_settled(purpose, host):
            self.bounds.refuse(host)
        context = self.context() if secure else None
        try:
            async with _translated(host, port), asyncio.timeout(timeout_s):
                route = DIRECT if direct else await self.route(host, port)
                return await self._by_route(route, make, (host, port), context, purpose, timeout_s)
        except TlsUntrusted as error:
            if not isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise
            raise await self._explained(error, host, port, direct=direct) from error

    async def _by_route[P: asyncio.Protocol](
        self,
        route: Route,
        make: Callable[[], P],
        target: tuple[str, int],
        context: ssl.SSLContext | None,
        purpose: Purpose,
        timeout_s: float,
    ) -> tuple[asyncio.Transport, P]:
        *first, last = self._bad.order(route.hops)
        for hop in first:
            try:
                async with asyncio.timeout(timeout_s / (len(first) + 1)):
                    return await self._by(hop, make, target, context, purpose)
            except (ProxyUnreachable, TimeoutError, ConnectionError, gaierror):
                if hop is not None:
                    self._bad.note(hop)
        return await self._by(last, make, target, context, purpose)

    async def _by[P: asyncio.Protocol](
        self,
        proxy: Proxy | None,
        make: Callable[[], P],
        target: tuple[str, int],
        context: ssl.SSLContext | None,
        purpose: Purpose,
    ) -> tuple[asyncio.Transport, P]:
        host, port = target
        tally = self.ledger.note(host, port, "tcp", purpose, str(proxy or ""))
        protocol = make()
        if proxy is None:
            metered = MeteredProtocol(protocol, (tally,))
            await self._direct(metered, host, port, context, tally)
        else:
            metered = await self._through(proxy, protocol, target, context, tally)
        if metered.transport is None:
            raise ConnectionResetError
        return metered.transport, protocol

    async def _direct(
        self, protocol: asyncio.Protocol, host: str, port: int, context: ssl.SSLContext | None, tally: Tally
    ) -> None:
        loop = asyncio.get_running_loop()
        found = _as_it_stands(host, port) or await loop.getaddrinfo(host, port, type=SOCK_STREAM)
        tally.led_to(str(address[0]) for *_, address in found)
        # Names may lead to several addresses, of which some are dead ends (RFC 8305).
        line = await start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS_S, interleave=1)
        name = host if context is not None else None
        with ExitStack() as on_failure:
            on_failure.callback(line.close)
            await loop.create_connection(lambda: protocol, sock=line, ssl=context, server_hostname=name)
            on_failure.pop_all()

    async def _through(
        self,
        proxy: Proxy,
        protocol: asyncio.Protocol,
        target: tuple[str, int],
        context: ssl.SSLContext | None,
        tally: Tally,
    ) -> MeteredProtocol:
        host, port = target
        transport, between = await self._tunnels().open(proxy, host, port)
        metered = MeteredProtocol(protocol, (tally, between))
        if context is not None:
            loop = asyncio.get_running_loop()
            secured = await loop.start_tls(transport, metered, context, server_hostname=host)
            if secured is None:
                raise ConnectionResetError
            transport = secured
        else:
            transport.set_protocol(metered)
        metered.connection_made(transport)
        return metered

    async def to_proxy[P: asyncio.Protocol](self, make: Callable[[], P], proxy: Proxy) -> tuple[P, Tally]:
        """A connection to a proxy itself, and what counts its bytes. Raises `OSError`."""
        tally = self.ledger.note(proxy.host, proxy.port, "tcp", Purpose.PROXY)
        protocol = make()
        context = self.context() if proxy.secure else None
        await self._direct(protocol, proxy.host, proxy.port, context, tally)
        return protocol, tally

    async def _explained(self, error: TlsUntrusted, host: str, port: int, *, direct: bool) -> TlsUntrusted:
        """The same with what the certificate says of itself: looked at in a connection that nothing is sent over."""
        from visio_desktop.net.certificate import describe, looking  # noqa: PLC0415 - few need it

        other = Dialer(logins=self._logins, context=looking, router=self.route, ledger=self.ledger)
        try:
            transport, _ = await other.connect(
                asyncio.Protocol, host, port, secure=True, timeout_s=_LOOK_S, direct=direct, purpose=Purpose.CHECK
            )
        except (HostUnreachable, HostUnknown, Silent, ProxyUnreachable, TlsUntrusted):
            return error
        shown = transport.get_extra_info("ssl_object").getpeercert(binary_form=True)
        transport.abort()
        return TlsUntrusted(host, str(error), describe(shown or b""))

    def _tunnels(self) -> Tunnels:
        """Made with the first proxy: most ways are direct, and loading what proofs take would delay the first word."""
        from visio_desktop.net.tunnel import Tunnels  # noqa: PLC0415

        if self._kept is None:
            self._kept = Tunnels(self._logins, self.to_proxy)
        return self._kept


def _is_settled(purpose: Purpose, host: str) -> bool:
    """Whether the bounds do not matter: updates have their own, and media goes to bare addresses its server gave."""
    return purpose is Purpose.UPDATES or (purpose is Purpose.MEDIA and bool(_as_it_stands(host, 0)))


def _as_it_stands(host: str, port: int) -> list[AddrInfoType]:
    """An address needs no look-up, which would take a thread; [] for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return []
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return [(AF_INET, SOCK_STREAM, IPPROTO_TCP, "", (host, port))]
    return [] if "%" in host else [(AF_INET6, SOCK_STREAM, IPPROTO_TCP, "", (host, port, 0, 0))]


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
