"""The preflight check: every hop to a LiveKit server on its own, so that the one that fails has a name.

After the server has let us in, each way for media is tried by itself: one that fails says nothing of the next.
For that a room is entered; where nobody in it is to see us, the server is asked only whether it would let us in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

from livekit.protocol.rtc import JoinResponse

from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.net import Web
from visio_desktop.net.ledger import Purpose
from visio_desktop.net.probe import reach
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.ice.relays import relays_of
from visio_desktop.servers.hops import Road, Skipped, Trials
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.peers import MakePeer, relays
from visio_desktop.servers.livekit.quality import Enter, figures, measure, told
from visio_desktop.servers.livekit.trial import WAYS, Trial, Way
from visio_desktop.servers.port import JoinError
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr


class Preflight:
    """One run of the check. `token` is asked for only once the server has been reached. `unseen`: enter no room.

    `enter_own` enters a room in which nobody else is: there the way is measured.
    """

    def __init__(
        self,
        address: Address,
        token: Callable[[], str],
        *,
        web: Web,
        clock: Clock,
        make_peer: MakePeer,
        host_addresses: tuple[str, ...] | None,
        network: NetworkOptions,
        unseen: bool = False,
        enter_own: Enter | None = None,
    ) -> None:
        self._address = address
        self._dialer = web.dialer
        self._network = network
        self._unseen = unseen
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)
        self._trials = Trials(clock)
        self._joined: JoinResponse | None = None
        self._host, self._clock, self._enter_own = address.host, clock, enter_own
        self._trial = partial(
            Trial, address, token, web=web, clock=clock, make_peer=make_peer, host_addresses=host_addresses
        )

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps = (("link", self._link), *self._road.steps(), ("signalling", self._signalling))
        async for hop in self._trials.in_turn(*steps):
            yield hop
        if self._unseen:
            yield await self._trials.attempt("media", self._enter_nothing, is_way=True)
            return
        works = False
        for way in WAYS:
            hop = await self._trials.attempt(way.name, partial(self._media, way), is_way=True)
            works = works or hop.state is HopState.PASSED
            yield hop
        if works and self._enter_own is not None:
            yield await self._quality(self._enter_own)

    async def _quality(self, enter: Enter) -> Hop:
        """What the way is like. Where it cannot be measured that fails nothing: picture and sound got through."""
        began_ms = self._clock()
        try:
            quality = await measure(enter, self._host, self._clock)
        except JoinError:
            return Hop("quality", HopState.SKIPPED, tr("check.not_measured"))
        return Hop("quality", HopState.PASSED, told(quality), self._clock() - began_ms, measured=figures(quality))

    async def _link(self) -> str:
        return f"{self._address.base} {self._address.room}".strip()

    async def _signalling(self) -> str:
        trial = self._trial()
        try:
            if self._unseen:
                await trial.ask()
                return ""
            self._joined = await trial.join()
        finally:
            await trial.close()
        return f"LiveKit {self._joined.server_version}"

    async def _enter_nothing(self) -> str:
        raise Skipped(tr("check.only_inside"))

    async def _media(self, way: Way) -> str:
        """Join by this way and no other."""
        self._skip_what_is_not_offered(way)
        trial = self._trial()
        try:
            return await trial.media(await trial.join(), way.alone(self._network))
        except JoinError:
            await self._find_the_hop(way, trial)
            raise
        finally:
            await trial.close()

    async def _find_the_hop(self, way: Way, trial: Trial) -> None:
        """Where a way leads nowhere, find out how far it leads, if it may be gone. Raises `NetError`, or `Skipped`."""
        addresses = trial.tcp_addresses if way.name == "ice_tcp" else self._relays(way)
        if way.name == "ice_tcp" and not addresses:
            raise Skipped(tr("check.none_offered"))
        for host, port in addresses:
            if way.relay:
                self._dialer.bounds.refuse(host)
            if way.name == "ice_tcp" or way.relay in {"tcp", "tls"}:
                purpose = Purpose.CHECK if way.relay else Purpose.MEDIA
                await reach(self._dialer, host, port, secure=way.relay == "tls", purpose=purpose)

    def _skip_what_is_not_offered(self, way: Way) -> None:
        if not way.relay and self._network.relay_only:
            raise Skipped(tr("check.relays_only"))
        if way.relay and not self._relays(way):
            raise Skipped(tr("check.none_named"))

    def _relays(self, way: Way) -> tuple[tuple[str, int], ...]:
        """Where the relays of this way are."""
        servers = relays(self._joined.ice_servers) if self._joined is not None else ()
        known = tuple((url, s.username, s.credential) for s in servers for url in s.urls)
        return tuple((relay.host, relay.port) for relay in relays_of(known, frozenset({way.relay})))
