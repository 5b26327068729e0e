from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rtc_pair import LOOPBACK, Heard
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import PeerConnection, PeerState
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.port import RequestFailed, Wanted
from visio_desktop.servers.talk import receiving as module
from visio_desktop.servers.talk.receiving import Receiving
from visio_desktop.servers.talk.sending import SCREEN, VIDEO
from visio_desktop.system.tasks import Tasks


class Server:
    """The media server's side, and what the session is told."""

    def __init__(self) -> None:
        self.tasks = Tasks("test")
        self.said: list[tuple[str, Mapping[str, Any]]] = []
        self.media: dict[tuple[str, Source], InboundStream] = {}
        self.messages: list[tuple[str, bytes]] = []
        self.peers: list[tuple[PeerConnection, Heard]] = []
        self.ways = Ways(lambda _: None)
        self.deaf = False
        make = lambda listener: PeerConnection(LOOPBACK, listener)  # noqa: E731
        self.receiving = Receiving(make, self._say, self.ways, self.tasks, self)

    async def _say(self, person: str, data: Mapping[str, Any]) -> str:
        if self.deaf:
            raise RequestFailed("signalling is gone")
        self.said.append((person, data))
        if data["type"] == "answer":
            await self.peers[-1][0].set_answer(data["payload"]["sdp"])
        return str(len(self.said))

    def kinds(self) -> list[str]:
        return [data["type"] for _, data in self.said]

    async def offer(self, person: str, sort: str = VIDEO, sid: str = "1") -> None:
        """Offer sound and pictures of somebody."""
        heard = Heard()
        peer = PeerConnection(LOOPBACK, heard)
        self.peers.append((peer, heard))
        peer.open_channel("1")
        peer.add_sender((Codec.OPUS,), stream_id="janus", track_id="a")
        peer.add_sender((Codec.VP8,), stream_id="janus", track_id="v")
        payload = {"type": "offer", "sdp": await peer.create_offer()}
        await self.receiving.offer(person, sort, Fields({"type": "offer", "sid": sid, "payload": payload}))

    def on_media(self, person: str, source: Source, stream: InboundStream) -> None:
        self.media[person, source] = stream

    def on_media_ended(self, person: str, source: Source) -> None:
        del self.media[person, source]

    def on_said(self, person: str, data: bytes) -> None:
        self.messages.append((person, data))

    async def close(self) -> None:
        await self.receiving.close()
        await self.tasks.close()
        for peer, _ in self.peers:
            await peer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    await made.close()


async def test_a_stream_is_asked_for_once_and_comes(server: Server) -> None:
    server.receiving.wish(frozenset("b"))
    server.receiving.wish(frozenset("b"))
    await until(lambda: len(server.said) == 1, "asked")
    assert server.said == [("b", {"type": "requestoffer", "roomType": VIDEO})]
    await server.offer("b")
    assert set(server.media) == {("b", Source.MICROPHONE), ("b", Source.CAMERA)}
    await until(lambda: "status" in server.peers[0][1].channels, "the channel that lets messages through")
    await until(lambda: server.ways.path()["protocol"] == "udp", "connected")
    assert (server.kinds(), server.said[1][1]["sid"]) == (["requestoffer", "answer"], "1")
    server.receiving.forget("b")
    await until(lambda: server.media == {}, "gone")


async def test_another_stream_id_is_another_connection(server: Server) -> None:
    await server.offer("b", sid="1")
    first = dict(server.media)
    await server.offer("b", sid="2")
    assert set(server.media) == set(first)
    assert server.media != first


async def test_a_screen_comes_when_it_is_offered_and_ends(server: Server) -> None:
    await server.offer("b", SCREEN)
    assert set(server.media) == {("b", Source.SCREEN), ("b", Source.SCREEN_AUDIO)}
    server.receiving.end("b", SCREEN)
    server.receiving.end("b", SCREEN)
    await until(lambda: server.media == {}, "gone")
    await server.receiving.offer("b", "x", Fields({}))


async def test_it_is_asked_again_a_few_times_and_after_a_break(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    server.receiving.wish(frozenset("b"))
    await until(lambda: len(server.said) == module._MOST_TRIES, "as often as is reasonable")
    monkeypatch.setattr(module, "RETRY_S", 10.0)
    await server.offer("b")
    found = server.receiving._found["b", VIDEO]
    asked = server.kinds().count("requestoffer")
    found.on_state(PeerState.FAILED)
    await until(lambda: server.kinds().count("requestoffer") == asked + 1, "asked anew")
    assert server.media == {}


async def test_rubbish_offers_and_early_addresses_do_no_harm(server: Server) -> None:
    await server.receiving.offer("b", VIDEO, Fields({"sid": "1", "payload": {"sdp": "v=0\r\nrubbish"}}))
    await server.receiving.offer("b", VIDEO, Fields({"sid": "1"}))
    await server.receiving.candidate("b", VIDEO, "rubbish", "0", "1")
    await server.receiving.candidate("b", VIDEO, "1 1 udp 1 127.0.0.1 9 typ host", "0", "2")
    assert server.kinds() == []
    await server.offer("b", sid="2")
    assert server.kinds() == ["answer"]


async def test_what_is_not_looked_at_is_not_sent(server: Server) -> None:
    await server.receiving.look("b", Source.CAMERA, Wanted(enabled=False))
    await server.offer("b")
    await server.receiving.look("b", Source.CAMERA, Wanted(enabled=False))
    await server.receiving.look("b", Source.CAMERA, Wanted(enabled=False, width_px=1))
    await server.receiving.look("b", Source.MICROPHONE, Wanted(enabled=True))
    await server.offer("b", sid="2")
    await server.receiving.look("b", Source.CAMERA, Wanted())
    chosen = [data["payload"] for _, data in server.said if data["type"] == "selectStream"]
    assert chosen == [{"video": False}, {"video": False}, {"video": True}]


async def test_what_is_asked_while_signalling_is_gone_is_asked_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.05)
    server.deaf = True
    server.receiving.wish(frozenset("b"))
    await server.offer("c")
    server.deaf = False
    await until(lambda: server.kinds()[:1] == ["requestoffer"], "asked")
