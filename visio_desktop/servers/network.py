"""What the settings mean for connections to servers: proxies, trust, and the ways media may take.

They are read with each connection: what a person changes holds from the next one on.
"""

from __future__ import annotations

import os
import ssl
import sys
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.errors import PacFailed
from visio_desktop.net.hosts import is_loopback
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.net.logins import ProxyLogins
from visio_desktop.net.proxies import asks_the_desktop, manual_proxy, no_proxy, system_proxy
from visio_desktop.net.routes import DIRECT, Chooser, Route
from visio_desktop.net.trust import trusting
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.settings.schema import ports
from visio_desktop.settings.store import Settings
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.net.pac import Pac
    from visio_desktop.net.system_proxies import SystemProxies

PAC_COMMAND: Final = (sys.executable, "-m", "visio_desktop.net.pac_child")
_log = get_logger(__name__)


class Network:
    """The network as the settings want it; `dialer` opens all connections over TCP, HTTP among them."""

    def __init__(self, settings: Settings, logins: ProxyLogins, ledger: Ledger | None = None) -> None:
        self._settings = settings
        self.ledger = ledger or Ledger()
        self.bounds = Bounds(settings.is_allowed, lambda: bool(settings.texts("allowed_servers")))
        self.dialer = Dialer(
            logins=logins, context=self._context, router=self.route, ledger=self.ledger, bounds=self.bounds
        )

    def options(self) -> NetworkOptions:
        """The ways media may take."""
        settings = self._settings
        return NetworkOptions(
            dialer=self.dialer,
            relay_only=settings.get("relay_only") is True,
            udp_ports=ports(str(settings.get("udp_ports"))),
            dscp=settings.number("dscp") if settings.get("mark_packets") is True else 0,
            dscp_sound=settings.number("dscp_sound"),
            video_codecs=settings.texts("video_codecs"),
            ledger=self.ledger,
            bounds=self.bounds,
        )

    async def route(self, host: str, port: int) -> Route:
        """The way to a host and port, and who chose it. Raises `PacFailed` where the organisation wants a script."""
        if is_loopback(host):
            return DIRECT
        mode, chooser = str(self._settings.get("proxy_mode")), self._chooser()
        match mode:
            case "none":
                return Route(chooser=chooser)
            case "manual":
                return Route((manual_proxy(str(self._settings.get("proxy_url")))(host, port),), chooser)
            case "pac":
                return await self._by_script(str(self._settings.get("proxy_pac_url")), host, port, chooser)
            case _:
                return await self._by_system(host, port)

    async def _by_system(self, host: str, port: int) -> Route:
        if not asks_the_desktop(os.environ):
            proxy = system_proxy(host, port)
        else:
            found = await self._system.settings()
            if found.pac_url:
                return await self._by_script(found.pac_url, host, port, Chooser.SYSTEM)
            proxy = found.proxy_for(host) if found.proxy is not None else system_proxy(host, port)
        return DIRECT if proxy is None else Route((proxy,), Chooser.SYSTEM)

    async def _by_script(self, url: str, host: str, port: int, chooser: Chooser) -> Route:
        """As the script says; one that fails is passed by, unless the organisation has locked how proxies are found."""
        try:
            return Route(await self._pac.hops(url, host, port), chooser, url)
        except PacFailed as error:
            if self._settings.is_locked("proxy_mode"):
                raise
            _log.warning("pac_passed_by", error=error.why)
            return Route(chooser=chooser, pac=url)

    def _chooser(self) -> Chooser:
        decided = self._settings.policies().active.get("proxy_mode")
        return Chooser.POLICY if decided is not None and decided.locked else Chooser.SETTING

    @cached_property
    def _pac(self) -> Pac:
        """Loaded with the first script."""
        from visio_desktop.net import Web  # noqa: PLC0415
        from visio_desktop.net.pac import Pac  # noqa: PLC0415

        direct = Dialer(no_proxy, context=self._context, ledger=self.ledger)
        return Pac(PAC_COMMAND, lambda: Web(direct, Purpose.PAC), ledger=self.ledger)

    @cached_property
    def _system(self) -> SystemProxies:
        from visio_desktop.net.system_proxies import SystemProxies, read  # noqa: PLC0415 - most need it late

        return SystemProxies(lambda: read(os.environ, Path.home()))

    def _context(self) -> ssl.SSLContext:
        extra = str(self._settings.get("extra_ca_file"))
        return trusting(Path(extra) if extra else None)()
