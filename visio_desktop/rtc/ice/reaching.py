"""Connects to relays and to the other side over TCP, by proxies or without, and to relays over UDP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from visio_desktop.net.errors import ProxyError
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.metering import meter_datagrams
from visio_desktop.rtc.ice import sockets
from visio_desktop.rtc.ice.errors import RelayError
from visio_desktop.rtc.ice.framing import by_turn, padded
from visio_desktop.rtc.ice.network import Dialer, NetworkOptions
from visio_desktop.rtc.ice.relays import Relay
from visio_desktop.rtc.ice.streams import StreamLine
from visio_desktop.rtc.ice.turn import TurnClient
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
DIAL_TIMEOUT_S = 8.0


async def dial(
    dialer: Dialer,
    make: Callable[[], StreamLine],
    host: str,
    port: int,
    *,
    secure: bool,
    purpose: Purpose = Purpose.MEDIA,
) -> tuple[asyncio.Transport, StreamLine, str]:
    """A connection and the proxy it goes through.

    What a proxy does not let through is tried directly: lists of exceptions know servers by name, media by address.
    """
    try:
        made = await dialer.connect(make, host, port, secure=secure, timeout_s=DIAL_TIMEOUT_S, purpose=purpose)
        return *made, await dialer.via(host, port)
    except ProxyError as error:
        _log.info("proxy_passed_by", error=type(error).__name__)
    made = await dialer.connect(make, host, port, secure=secure, timeout_s=DIAL_TIMEOUT_S, direct=True, purpose=purpose)
    return *made, ""


async def reach_relay(relay: Relay, network: NetworkOptions) -> tuple[TurnClient, str]:
    """A client whose messages have a way to the relay, and the proxy on it. `NetError`, `OSError` or `RelayError`."""
    if relay.protocol == "udp":
        loop = asyncio.get_running_loop()
        _, line = await loop.create_datagram_endpoint(_UdpLine, remote_addr=(relay.host, relay.port))
        if network.dscp:
            sockets.mark(line.transport.get_extra_info("socket"), network.dscp)
        meter = meter_datagrams(line, network.ledger, Purpose.RELAY)
        meter.expect(relay.host, line.transport.get_extra_info("peername"), Purpose.RELAY)
        client = line.client = TurnClient(relay, line.transport.sendto, line.transport.close)
        client.handle = line.transport.get_extra_info("socket")
        return client, ""
    if network.dialer is None:
        raise RelayError("nothing goes over TCP")
    secure = relay.protocol == "tls"
    _, stream, via = await dial(
        network.dialer, lambda: StreamLine(by_turn), relay.host, relay.port, secure=secure, purpose=Purpose.RELAY
    )
    client = TurnClient(relay, lambda data: stream.write(padded(data)), stream.close)
    stream.serve(_TurnEnd(client), (relay.host, relay.port))
    return client, via


class _UdpLine(asyncio.DatagramProtocol):
    """A relay's messages over UDP."""

    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self.client: TurnClient | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.DatagramTransport):
            self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002 - asyncio's signature
        if self.client is not None:
            self.client.received(data)

    def error_received(self, exc: Exception) -> None:  # noqa: ARG002 - as above
        """Nobody listens there: known before any timeout, where the network tells."""
        if self.client is not None:
            self.client.lost()


@dataclass(frozen=True, slots=True)
class _TurnEnd:
    """A relay's messages over a stream."""

    client: TurnClient

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `streams.Datagrams`: it stood before."""

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:  # noqa: ARG002 - a protocol's signature
        self.client.received(data)

    def error_received(self, exc: Exception) -> None:
        """See `streams.Datagrams`: what follows says enough."""

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as above
        self.client.lost()
