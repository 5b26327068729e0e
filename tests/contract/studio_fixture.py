"""The contract's fixtures for WHIP and WHEP: real servers; everybody who comes has an endpoint of their own."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Never

from tests.helpers.studio import TOKEN, Studio, send_to, studio_server, watch_at
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.port import Credentials, JoinRequest
from visio_desktop.servers.whip.adapter import OneWayAdapter
from visio_desktop.servers.whip.link import WHIP


class Studios:
    """One studio for many tests; after it died another one."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._running: Studio | None = None

    def running(self) -> Studio:
        """One that lives."""
        if self._running is None or self._running.has_died:
            self.close()
            self._running = self._stack.enter_context(studio_server())
        return self._running

    def close(self) -> None:
        """End it."""
        self._stack.close()


class StudioFixture:
    """See `suite.Fixture`. Nobody moderates what goes one way; `port` is where its HTTP is reached."""

    def __init__(self, kind: str, studio: Studio, port: int) -> None:
        self._kind = kind
        self._studio = studio
        self.port = port
        self._made: set[str] = set()

    def adapter(self) -> OneWayAdapter:
        return OneWayAdapter(self._kind, host_addresses=(self._studio.outside,))

    def request(self, name: str) -> JoinRequest:
        return self.request_at(self.port, name)

    def request_at(self, port: int, name: str) -> JoinRequest:
        endpoint = f"{name.lower()}-{id(self)}"
        if endpoint not in self._made:
            self._made.add(endpoint)
            (send_to if self._kind == WHIP else watch_at)(self._studio, endpoint, token=TOKEN)
        return self._request(port, endpoint, TOKEN)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        self.request("Ada")
        endpoint = f"ada-{id(self)}"
        # Who watches waits at what is not there yet; who sends is told.
        nowhere = {"nowhere": (self._request(self.port, "nowhere", TOKEN), ProblemCode.ROOM_NOT_FOUND)}
        return (nowhere if self._kind == WHIP else {}) | {
            "no token": (self._request(self.port, endpoint, ""), ProblemCode.TOKEN_MISSING),
            "another token": (self._request(self.port, endpoint, "wrong"), ProblemCode.TOKEN_REFUSED),
            "a token that is none": (self._request(self.port, endpoint, "a\nb"), ProblemCode.TOKEN_REFUSED),
            "nobody there": (self._request(9, endpoint, TOKEN), ProblemCode.HOST_UNREACHABLE),
        }

    async def remove(self, participant_id: str) -> Never:
        raise NotImplementedError

    async def mute(self, participant_id: str, publication_id: str) -> Never:
        raise NotImplementedError

    async def end(self) -> Never:
        raise NotImplementedError

    async def crash(self) -> None:
        self._studio.crash()

    def _request(self, port: int, endpoint: str, token: str) -> JoinRequest:
        link = self.adapter().recognise(f"{self._kind}+http://127.0.0.1:{port}/{self._kind}/endpoint/{endpoint}")
        assert link is not None
        return JoinRequest(link, "Ada", Credentials(token=token))
