"""Opens every way that may lead to the other side, and hands each to the connection as soon as it stands.

UDP sockets stand at once. Relays and connections over TCP take their time, so nobody waits for them who can be told of
candidates later (RFC 8838); once media has a way, what is still being opened is given up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

from aioice import Candidate, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol

from visio_desktop.net.errors import NetError
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.metering import DatagramMeter, meter_datagrams
from visio_desktop.rtc.ice import sockets
from visio_desktop.rtc.ice.errors import RelayError
from visio_desktop.rtc.ice.network import EVERYTHING, NetworkOptions, Path
from visio_desktop.rtc.ice.reaching import DIAL_TIMEOUT_S, dial, reach_relay
from visio_desktop.rtc.ice.relays import HEAD_START_S, Relay, parse_stun, race, relays_of
from visio_desktop.rtc.ice.streams import FramedTransport, StreamLine
from visio_desktop.rtc.ice.turn import TurnClient
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_STUN_TIMEOUT_S = 2.0
_RELAY_TIMEOUT_S = 5.0
_PATIENCE_S = 2.0
_RELAY_PATIENCE_S = 8.0
_MAX_TCP = 8
_ACTIVE_PORT = 9  # RFC 6544, section 4.1: nothing listens there
# Among ways that work, any UDP is better than TCP for media, and any direct one better than a relay.
_TCP_PREFERENCE = 90
_RELAY_PREFERENCES = {"udp": 2, "tcp": 1, "tls": 0}


@dataclass(frozen=True, slots=True)
class IceSettings:
    """How to gather: `servers` are STUN and TURN addresses as (url, user name, password)."""

    servers: tuple[tuple[str, str, str], ...] = ()
    host_addresses: tuple[str, ...] | None = None
    network: NetworkOptions = EVERYTHING


class Adopter(Protocol):
    """The connection that takes ways over."""

    def new_protocol(self) -> StunProtocol:
        """What turns packets into checks and media."""

    def adopt(self, protocol: StunProtocol, candidate: Candidate, path: Path, only: Candidate | None = None) -> None:
        """Use this way; with `only` it leads to one candidate of theirs alone and has none to tell."""

    def announce(self, candidate: Candidate) -> None:
        """Tell the other side of a candidate that needs no way of its own."""

    @property
    def is_settled(self) -> bool:
        """Whether media has a way."""


class Gatherer:
    """All ways of one connection, until `close`."""

    def __init__(self, settings: IceSettings, adopter: Adopter, spread: Random, *, tells_later: bool) -> None:
        self._settings = settings
        self._network = settings.network
        self._adopter = adopter
        self._spread = spread
        self._tells_later = tells_later
        self._tasks = Tasks("gathering")
        self._tried: set[tuple[str, int]] = set()
        self._meters: dict[int, DatagramMeter] = {}

    async def gather(self) -> None:
        """Open what stands at once; where candidates cannot be told later, wait a while for the others too."""
        own: list[StunProtocol] = []
        if self._network.allow_udp and not self._network.relay_only:
            own = await self._open_sockets()
        slow = [self._tasks.start(self._ask_stun(own), name="stun"), self._tasks.start(self._relay(), name="relay")]
        if not self._tells_later:
            patience_s = _PATIENCE_S if own else _RELAY_PATIENCE_S
            await asyncio.wait(slow, timeout=patience_s)

    def reach(self, remote: Candidate) -> None:
        """Begin to connect to a candidate of theirs that is reached over TCP."""
        network = self._network
        address = (remote.host, remote.port)
        if network.dialer is None or not network.allow_tcp or network.relay_only or remote.tcptype != "passive":
            return
        if len(self._tried) < _MAX_TCP and address not in self._tried:
            self._tried.add(address)
            self._tasks.start(self._dial(remote), name="tcp")

    async def close(self) -> None:
        """Give up what is still being opened."""
        await self._tasks.close()

    async def _open_sockets(self) -> list[StunProtocol]:
        given = self._settings.host_addresses
        opened = []
        for address in sockets.host_addresses() if given is None else given:
            make = self._adopter.new_protocol
            try:
                protocol = await sockets.open_socket(make, address, ports=self._network.udp_ports, spread=self._spread)
            except OSError as error:
                _log.info("address_unusable", error=error.strerror)
                continue
            host, port = protocol.transport.get_extra_info("sockname")[:2]
            if self._network.dscp:
                sockets.mark(protocol.transport.get_extra_info("socket"), self._network.dscp)
            self._meters[protocol.id] = meter_datagrams(protocol, self._network.ledger, Purpose.MEDIA)
            self._adopter.adopt(protocol, _candidate("host", "udp", host, port), Path("udp", "host"))
            opened.append(protocol)
        if self._network.allow_tcp and self._network.dialer is not None:
            for host in {p.local_candidate.host for p in opened}:
                self._adopter.announce(_active(host))
        return opened

    async def _ask_stun(self, own: list[StunProtocol]) -> None:
        """Where a STUN server sees us (RFC 8445, section 5.1.1.2), for IPv4: IPv6 is not translated."""
        named = (parse_stun(url) for url, _, _ in self._settings.servers)
        server = next((each for each in named if each is not None and self._may_ask(each[0])), None)
        four = [p for p in own if ":" not in p.local_candidate.host]
        if server is None or not four:
            return
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_STUN_TIMEOUT_S):
                found = await loop.getaddrinfo(*server, family=2)
                for meter in self._meters.values():
                    meter.expect(server[0], found[0][4][:2], Purpose.STUN)
                asked = (self._ask_from(protocol, found[0][4][:2]) for protocol in four)
                await asyncio.gather(*asked)
        except (OSError, TimeoutError) as error:
            _log.info("stun_silent", error=type(error).__name__)

    async def _ask_from(self, protocol: StunProtocol, server: Any) -> None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        try:
            answer, _ = await protocol.request(request, server)
            host, port = answer.attributes["XOR-MAPPED-ADDRESS"]
        except (stun.TransactionError, LookupError):
            return
        local = protocol.local_candidate
        if (host, port) != (local.host, local.port):
            self._adopter.announce(_candidate("srflx", "udp", host, port, related=(local.host, local.port)))

    async def _relay(self) -> None:
        allowed = self._network.relays if self._network.dialer is not None else self._network.relays & {"udp"}
        known = relays_of(self._settings.servers, allowed)
        near = tuple(relay for relay in known if self._may_ask(relay.host))
        if near:
            await race(near, self._try_relay)

    def _may_ask(self, host: str) -> bool:
        """A meeting goes on without a relay that one does not go to."""
        try:
            self._network.bounds.refuse(host)
        except NetError as error:
            _log.warning("ice_server_refused", host=error.host)
            return False
        return True

    async def _try_relay(self, relay: Relay) -> bool:
        """See `relays.Attempt`."""
        if self._adopter.is_settled:
            return False
        client: TurnClient | None = None
        adopted = False
        try:
            async with asyncio.timeout(_RELAY_TIMEOUT_S if relay.protocol == "udp" else DIAL_TIMEOUT_S):
                client, via = await reach_relay(relay, self._network)
                await client.allocate()
            self._adopt_relay(client, via)
            adopted = True
        except (RelayError, NetError, OSError, TimeoutError) as error:
            _log.info("relay_failed", protocol=relay.protocol, error=type(error).__name__)
        finally:
            if client is not None and not adopted:
                client.close()
        return adopted

    def _adopt_relay(self, client: TurnClient, via: str) -> None:
        relay, (host, port) = client.relay, client.relayed
        # Neither of our own addresses is told where only relays are to be seen (RFC 9429, section 3.5.3).
        hidden = ("::", _ACTIVE_PORT) if ":" in host else ("0.0.0.0", _ACTIVE_PORT)  # noqa: S104 - nobody listens
        related = hidden if self._network.relay_only else client.mapped
        candidate = _candidate(
            "relay", "udp", host, port, related=related, preference=_RELAY_PREFERENCES[relay.protocol]
        )
        protocol = self._adopter.new_protocol()
        client.serve(protocol)
        protocol.connection_made(client)  # type: ignore[arg-type]  # as much of a transport as it needs
        self._adopter.adopt(protocol, candidate, Path(relay.protocol, "relay", via))

    async def _dial(self, remote: Candidate) -> None:
        """Connect to their candidate, unless UDP was enough within its head start."""
        dialer = self._network.dialer
        if self._network.allow_udp:
            await asyncio.sleep(HEAD_START_S)
        if dialer is None or self._adopter.is_settled:
            return
        try:
            transport, line, via = await dial(dialer, StreamLine, remote.host, remote.port, secure=False)
        except NetError as error:
            _log.info("ice_tcp_failed", error=type(error).__name__)
            return
        protocol = self._adopter.new_protocol()
        line.serve(protocol, (remote.host, remote.port))
        protocol.connection_made(FramedTransport(line))  # type: ignore[arg-type]  # as above
        host = transport.get_extra_info("sockname")[0]
        self._adopter.adopt(protocol, _active(host), Path("tcp", "host", via), only=remote)


def _active(host: str) -> Candidate:
    """The candidate of a connection we open (RFC 6544, section 4.5)."""
    return _candidate("host", "tcp", host, _ACTIVE_PORT, preference=_TCP_PREFERENCE, tcptype="active")


def _candidate(
    kind: str,
    transport: str,
    host: str,
    port: int,
    *,
    related: tuple[str, int] | None = None,
    preference: int | None = None,
    tcptype: str | None = None,
) -> Candidate:
    priority = candidate_priority(1, kind)
    if preference is not None:
        priority = (preference << 24) | (priority & 0xFFFFFF)
    return Candidate(
        foundation=candidate_foundation(kind, transport, host),
        component=1,
        transport=transport,
        priority=priority,
        host=host,
        port=port,
        type=kind,
        related_address=related[0] if related else None,
        related_port=related[1] if related else None,
        tcptype=tcptype,
    )
