"""The hops on the way to a server, whatever it speaks: each by itself, so that the one that fails has a name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.net import NetError
from visio_desktop.net.dial import Dialer
from visio_desktop.net.probe import reach, resolve
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr

type Step = Callable[[], Awaitable[str]]


class Skipped(Exception):  # noqa: N818 - not an error: this hop does not apply here
    """Not applicable here; the text says why."""


_ON_THE_ROAD = ("route", "dns", "tcp", "proxy", "tls")


def of_media(hop: Hop, *, same_place: bool) -> Hop | None:
    """A hop to a media server beside those to the server that sent us there, None where both are at the same place."""
    if hop.name == "link":
        return replace(hop, name="media_link")
    if hop.name not in _ON_THE_ROAD:
        return hop
    return None if same_place and hop.state is not HopState.FAILED else replace(hop, name=f"media_{hop.name}")


class Road:
    """The way to one port of one host, through the proxy where there is one."""

    def __init__(self, host: str, port: int, *, secure: bool, dialer: Dialer) -> None:
        self._host = host
        self._port = port
        self._secure = secure
        self._dialer = dialer
        self._proxy = ""

    def steps(self) -> tuple[tuple[str, Step], ...]:
        """Each hop with what tries it; a step answers with what is worth telling, or raises."""
        return (
            ("route", self._route),
            ("dns", self._dns),
            ("tcp", self._tcp),
            ("proxy", self._through_proxy),
            ("tls", self._tls),
        )

    async def _route(self) -> str:
        """Which proxy, if any, and who says so; nobody is asked for a way to where one does not go."""
        self._dialer.bounds.refuse(self._host)
        route = await self._dialer.route(self._host, self._port)
        self._proxy = await self._dialer.via(self._host, self._port)
        way = tr("check.by_proxy", proxy=self._proxy) if self._proxy else tr("check.directly")
        why = tr(f"check.chosen_{route.chooser.value}")
        script = tr("check.by_script", url=route.pac) if route.pac else ""
        return ", ".join(part for part in (way, why, script) if part)

    async def _dns(self) -> str:
        self._skip_behind_proxy()
        return ", ".join(await resolve(self._dialer, self._host, self._port))

    async def _tcp(self) -> str:
        self._skip_behind_proxy()
        await reach(self._dialer, self._host, self._port)
        return tr("check.port", port=self._port)

    async def _through_proxy(self) -> str:
        if not self._proxy:
            raise Skipped(tr("check.no_proxy"))
        await reach(self._dialer, self._host, self._port)
        return tr("check.proxy_lets_through", proxy=self._proxy, port=self._port)

    async def _tls(self) -> str:
        if not self._secure:
            raise Skipped(tr("check.loopback"))
        greeting = await reach(self._dialer, self._host, self._port, secure=True)
        return tr("check.issued_by", tls=greeting.tls, issuer=greeting.issuer) if greeting.issuer else greeting.tls

    def _skip_behind_proxy(self) -> None:
        if self._proxy:
            raise Skipped(tr("check.through_proxy", proxy=self._proxy))


class Trials:
    """Tries steps one after the other; after one that failed those that build on it are skipped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.is_open = True

    async def in_turn(self, *steps: tuple[str, Step]) -> AsyncIterator[Hop]:
        """Each hop as it went."""
        for name, step in steps:
            hop = await self.attempt(name, step)
            self.is_open = self.is_open and hop.state is not HopState.FAILED
            yield hop

    async def attempt(self, name: str, step: Step, *, is_way: bool = False) -> Hop:
        """One hop, which others need not build on."""
        if not self.is_open:
            return Hop(name, HopState.SKIPPED, is_way=is_way)
        began_ms = self._clock()
        state, detail, problem = HopState.PASSED, "", None
        try:
            detail = await step()
        except Skipped as why:
            state, detail = HopState.SKIPPED, str(why)
        except NetError as error:
            state, detail, problem = HopState.FAILED, str(error), unreachable(error)
        except JoinError as error:
            state, problem = HopState.FAILED, error.problem
        return Hop(name, state, detail, self._clock() - began_ms, problem, is_way)
