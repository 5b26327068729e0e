"""What the settings mean for connections to servers: proxies, trust, and the ways media may take.

They are read with each connection: what a person changes holds from the next one on.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from visio_desktop.net.dial import Dialer
from visio_desktop.net.logins import ProxyLogins
from visio_desktop.net.proxies import Proxy, finder
from visio_desktop.net.trust import trusting
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.settings.schema import ports
from visio_desktop.settings.store import Settings


class Network:
    """The network as the settings want it; `dialer` opens all connections over TCP, HTTP among them."""

    def __init__(self, settings: Settings, logins: ProxyLogins) -> None:
        self._settings = settings
        self.dialer = Dialer(self._proxy, logins, self._context)

    def options(self) -> NetworkOptions:
        """The ways media may take."""
        settings = self._settings
        return NetworkOptions(
            dialer=self.dialer,
            relay_only=settings.get("relay_only") is True,
            udp_ports=ports(str(settings.get("udp_ports"))),
            dscp=settings.number("dscp") if settings.get("mark_packets") is True else 0,
        )

    def _proxy(self, host: str, port: int) -> Proxy | None:
        mode, url = str(self._settings.get("proxy_mode")), str(self._settings.get("proxy_url"))
        return finder(mode, url)(host, port)

    def _context(self) -> ssl.SSLContext:
        extra = str(self._settings.get("extra_ca_file"))
        return trusting(Path(extra) if extra else None)()
