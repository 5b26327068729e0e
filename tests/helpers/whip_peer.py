"""An endpoint of the test's own: does what it is told to at each step, with a real connection behind it where asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.helpers.rtc_pair import Heard
from tests.helpers.web_server import answering_all
from visio_desktop.rtc import PeerConnection, PeerOptions
from visio_desktop.rtc.frames import Codec

SDP = "application/sdp"
HOSTS = ("127.0.0.1",)


@dataclass(frozen=True)
class Step:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class WhipPeer:
    """`instead` says what a method is answered with other than in order, `stalled` names those never answered.

    `counter`: it makes the offer itself. `relays` are named before an offer, `late_relays` with the answer to it.
    """

    counter: bool = False
    relays: tuple[str, ...] = ()
    late_relays: tuple[str, ...] = ()
    etag: str = '"one"'
    location: str = "/resource/1"
    instead: dict[str, Callable[[web.Request], web.StreamResponse]] = field(default_factory=dict)
    stalled: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    url: str = ""
    peer: PeerConnection | None = None

    def of(self, method: str) -> list[Step]:
        """The requests of one method."""
        return [step for step in self.steps if step.method == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.text()
        self.steps.append(Step(request.method, request.path, dict(request.headers), body))
        if request.method in self.stalled:
            await asyncio.Event().wait()
        if request.method in self.instead:
            return self.instead[request.method](request)
        match request.method:
            case "OPTIONS":
                headers = [("Accept-Post", SDP), *(("Link", relay) for relay in self.relays)]
                return _with(web.Response(status=204), headers)
            case "POST":
                return await self._begin(body)
            case "PATCH" if request.content_type == SDP and self.peer is not None:
                await self.peer.set_answer(body)
                return web.Response(status=204)
            case "PATCH":
                return web.Response(status=204, headers={"ETag": '"two"'})
            case _:
                await self.close()
                return web.Response(status=200)

    async def close(self) -> None:
        """End the connection."""
        if self.peer is not None:
            await self.peer.close()

    async def _begin(self, offer: str) -> web.Response:
        self.peer = PeerConnection(PeerOptions(host_addresses=HOSTS), Heard())
        if self.counter:
            self.peer.add_sender((Codec.OPUS,), stream_id="s", track_id="a")
            self.peer.add_sender((Codec.VP8,), stream_id="s", track_id="v")
            status, text = 406, await self.peer.create_offer()
        else:
            status, text = 201, await self.peer.accept_offer(offer)
        headers = {"Location": self.location, "ETag": self.etag}
        response = web.Response(status=status, text=text, content_type=SDP, headers=headers)
        return _with(response, [("Link", relay) for relay in self.late_relays])


def _with(response: web.Response, headers: list[tuple[str, str]]) -> web.Response:
    for name, value in headers:
        response.headers.add(name, value)
    return response


@asynccontextmanager
async def whip_peer(**options: object) -> AsyncIterator[WhipPeer]:
    """It runs on a loopback port, its endpoint at `/live`."""
    served = WhipPeer(**options)  # type: ignore[arg-type]
    async with answering_all(served.handle) as place:
        served.url = f"http://{place}/live"
        try:
            yield served
        finally:
            await served.close()
