"""The preflight check: every hop to a LiveKit server on its own, so that the one that fails has a name.

After the server has let us in, each way for media is tried by itself: one that fails says nothing of the next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from livekit.protocol.rtc import JoinResponse

from visio_desktop.net import NetError, Web
from visio_desktop.net.probe import reach, resolve
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.ice.relays import relays_of
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.peers import MakePeer, relays
from visio_desktop.servers.livekit.problems import unreachable
from visio_desktop.servers.livekit.trial import WAYS, Trial, Way
from visio_desktop.servers.port import Hop, HopState, JoinError
from visio_desktop.system.clock import Clock


class _Skipped(Exception):  # noqa: N818 - not an error: this hop does not apply here
    """Not applicable here; the text says why."""


class Preflight:
    """One run of the check. `token` is asked for only once the server has been reached."""

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
    ) -> None:
        self._address = address
        self._dialer = web.dialer
        self._clock = clock
        self._network = network
        self._proxy = self._dialer.via(address.host, address.port)
        self._joined: JoinResponse | None = None
        self._trial = partial(
            Trial, address, token, web=web, clock=clock, make_peer=make_peer, host_addresses=host_addresses
        )

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; after one that failed those that build on it are skipped."""
        steps: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
            ("link", self._link),
            ("dns", self._dns),
            ("tcp", self._tcp),
            ("proxy", self._through_proxy),
            ("tls", self._tls),
            ("signalling", self._signalling),
        )
        is_open = True
        for name, step in steps:
            hop = await self._try(name, step) if is_open else Hop(name, HopState.SKIPPED)
            is_open = is_open and hop.state is not HopState.FAILED
            yield hop
        for way in WAYS:
            step = partial(self._media, way)
            yield (
                await self._try(way.name, step, is_way=True)
                if is_open
                else Hop(way.name, HopState.SKIPPED, is_way=True)
            )

    async def _try(self, name: str, step: Callable[[], Awaitable[str]], *, is_way: bool = False) -> Hop:
        began_ms = self._clock()
        state, detail, problem = HopState.PASSED, "", None
        try:
            detail = await step()
        except _Skipped as why:
            state, detail = HopState.SKIPPED, str(why)
        except NetError as error:
            state, detail, problem = HopState.FAILED, str(error), unreachable(error)
        except JoinError as error:
            state, problem = HopState.FAILED, error.problem
        return Hop(name, state, detail, self._clock() - began_ms, problem, is_way)

    async def _link(self) -> str:
        return f"{self._address.base} {self._address.room}".strip()

    async def _dns(self) -> str:
        self._skip_behind_proxy()
        return ", ".join(await resolve(self._address.host, self._address.port))

    async def _tcp(self) -> str:
        self._skip_behind_proxy()
        await reach(self._dialer, self._address.host, self._address.port)
        return f"port {self._address.port}"

    async def _through_proxy(self) -> str:
        if not self._proxy:
            raise _Skipped("none")
        await reach(self._dialer, self._address.host, self._address.port)
        return f"{self._proxy} lets through to port {self._address.port}"

    async def _tls(self) -> str:
        if not self._address.secure:
            raise _Skipped("not encrypted: a server on this machine")
        return await reach(self._dialer, self._address.host, self._address.port, secure=True)

    async def _signalling(self) -> str:
        trial = self._trial()
        try:
            self._joined = await trial.join()
        finally:
            await trial.close()
        return f"LiveKit {self._joined.server_version}"

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
        """Where a way over TCP leads nowhere, find out how far it leads. Raises `NetError`, or `_Skipped`."""
        addresses = trial.tcp_addresses if way.name == "ice_tcp" else self._relays(way)
        if way.name == "ice_tcp" and not addresses:
            raise _Skipped("the server offers none")
        if way.name == "ice_tcp" or way.relay in {"tcp", "tls"}:
            for host, port in addresses:
                await reach(self._dialer, host, port, secure=way.relay == "tls")

    def _skip_what_is_not_offered(self, way: Way) -> None:
        if not way.relay and self._network.relay_only:
            raise _Skipped("relays only, as the settings say")
        if way.relay and not self._relays(way):
            raise _Skipped("the server names none")

    def _relays(self, way: Way) -> tuple[tuple[str, int], ...]:
        """Where the relays of this way are."""
        servers = relays(self._joined.ice_servers) if self._joined is not None else ()
        known = tuple((url, s.username, s.credential) for s in servers for url in s.urls)
        return tuple((relay.host, relay.port) for relay in relays_of(known, frozenset({way.relay})))

    def _skip_behind_proxy(self) -> None:
        if self._proxy:
            raise _Skipped(f"through the proxy {self._proxy}")
