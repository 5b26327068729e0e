"""The preflight check of an endpoint: the way there, and what it says of itself. No stream is begun for it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.evidence.proofs import offers_media
from visio_desktop.servers.hops import Road, Skipped, Trials
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.endpoint import Endpoint
from visio_desktop.servers.whip.link import Address
from visio_desktop.servers.whip.words import refusal
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr

_UNAUTHORISED = (401, 403, 404)


class Preflight:
    """One run of the check."""

    def __init__(self, address: Address, web: Web, token: str, *, clock: Clock) -> None:
        self._address = address
        self._web = web
        self._token = token
        self._trials = Trials(clock)
        self._road = Road(address.host, address.port, secure=address.secure, dialer=web.dialer)

    async def run(self) -> AsyncIterator[Hop]:
        """Each hop in turn; media is only tried by a stream itself."""
        steps = (("link", self._link), *self._road.steps(), ("signalling", self._signalling))
        async for hop in self._trials.in_turn(*steps):
            yield hop
        yield await self._trials.attempt("media", self._begin_nothing, is_way=True)

    async def _link(self) -> str:
        return self._address.url.partition("?")[0]

    async def _signalling(self) -> str:
        endpoint = Endpoint(self._web, self._address, self._token)
        try:
            reply = await endpoint.ask()
        finally:
            await endpoint.close()
        if reply.status in _UNAUTHORISED:
            why = refusal(
                reply.status, reply.body, self._address.host, has_token=bool(self._token), headers=reply.headers
            )
            raise JoinError(why)
        if not offers_media(reply):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._address.host))
        return self._address.kind.upper()

    async def _begin_nothing(self) -> str:
        raise Skipped(tr("links.only_streaming"))
