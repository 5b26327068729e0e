from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rtc_pair import LOOPBACK, Heard
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import PeerConnection, PeerState
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.port import PublishRequest, RequestFailed
from visio_desktop.servers.talk import sending as module
from visio_desktop.servers.talk.sending import SCREEN, VIDEO, Sending
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

EVERYTHING = frozenset(Source)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,))
SHARED = PublishRequest(Source.SCREEN, (Codec.VP8,))


class Server:
    """Answers each offer with a connection of its own, unless it `refuses`; hears what the listener is told too."""

    def __init__(self) -> None:
        self.tasks = Tasks("test")
        self.said: list[Mapping[str, Any]] = []
        self.heard: list[Heard] = []
        self.peers: list[PeerConnection] = []
        self.marks: list[str] = []
        self.voiced = 0
        self.over = 0
        self.refuses = ""
        self.sending = Sending(
            self._make, self._say, Ways(self.marks.append), self, monotonic_ms, self._start, EVERYTHING
        )

    def _make(self, listener: Any) -> PeerConnection:
        return PeerConnection(LOOPBACK, listener)

    async def _say(self, data: Mapping[str, Any]) -> str:
        self.said.append(data)
        number, stream = str(len(self.said)), self.sending.sort(data["roomType"])
        assert stream is not None
        if self.refuses:
            self.tasks.start(self._refuse(number), name="refuse")
            return number
        heard = Heard()
        peer = PeerConnection(LOOPBACK, heard)
        self.heard.append(heard)
        self.peers.append(peer)
        sdp = await peer.accept_offer(data["payload"]["sdp"])
        stream.hear(Fields({"type": "answer", "payload": {"type": "answer", "sdp": sdp}}))
        return number

    async def _refuse(self, number: str) -> None:
        assert self.sending.video.refused(number, self.refuses)
        assert not self.sending.video.refused("x", self.refuses)

    def _start(self, work: Awaitable[None], name: str) -> None:
        async def run() -> None:
            with suppress(RequestFailed):
                await work

        self.tasks.start(run(), name=name)

    def on_voice_frame(self, frame: EncodedFrame) -> None:
        self.voiced += frame.voice

    def on_sending_over(self) -> None:
        self.over += 1

    async def close(self) -> None:
        await self.sending.close()
        await self.tasks.close()
        for peer in self.peers:
            await peer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    yield made
    await made.close()


async def test_both_lines_are_there_from_the_first_offer_on(server: Server) -> None:
    await server.sending.allow(EVERYTHING)
    (offer,) = server.said
    assert (offer["type"], offer["roomType"]) == ("offer", VIDEO)
    kinds = [line.split()[0] for line in offer["payload"]["sdp"].splitlines() if line.startswith("m=")]
    assert sorted(kinds) == ["m=application", "m=audio", "m=video"]
    await until(lambda: server.marks == ["first_ice_connected"], "connected")
    stream = await server.sending.publish(MICROPHONE)
    stream.send(EncodedFrame(Codec.OPUS, b"x" * 9, 0, voice=True))
    await until(lambda: any(server.heard[0].frames.values()), "sound at the server")
    assert (server.voiced, len(server.said)) == (1, 1)
    assert server.sending.capacity_bps() is None or server.sending.capacity_bps()
    with pytest.raises(RequestFailed):
        await server.sending.publish(MICROPHONE)
    assert server.sending.of(Source.MICROPHONE).unpublish(Source.MICROPHONE)
    assert not server.sending.of(Source.MICROPHONE).unpublish(Source.MICROPHONE)
    await server.sending.publish(MICROPHONE)
    assert server.sending.sent() == {Source.MICROPHONE: MICROPHONE}


async def test_a_screen_has_a_connection_of_its_own_once_it_is_needed(server: Server) -> None:
    await server.sending.allow(EVERYTHING)
    assert not server.sending.screen.is_open
    for _ in range(2):
        await server.sending.publish(SHARED)
        assert server.sending.of(Source.SCREEN).unpublish(Source.SCREEN)
    assert [offer["roomType"] for offer in server.said] == [VIDEO, SCREEN]
    assert server.sending.sort("x") is None


async def test_messages_go_beside_the_stream(server: Server) -> None:
    server.sending.video.say(b"too early")
    await server.sending.allow(EVERYTHING)
    await until(lambda: "status" in server.heard[0].channels, "the channel")
    server.sending.video.say(b'{"type": "audioOn"}')
    await until(lambda: server.heard[0].messages == [("status", b'{"type": "audioOn"}')], "the message")


async def test_other_rights_are_another_connection_under_the_same_streams(server: Server) -> None:
    await server.sending.allow(frozenset({Source.MICROPHONE}))
    with pytest.raises(RequestFailed):
        await server.sending.publish(CAMERA)
    stream = await server.sending.publish(MICROPHONE)
    await server.sending.allow(EVERYTHING)
    await until(lambda: PeerState.CONNECTED in server.heard[-1].states, "connected anew")
    stream.send(EncodedFrame(Codec.OPUS, b"x" * 9, 960))
    await until(lambda: any(server.heard[-1].frames.values()), "sound over the new one")
    assert len(server.said) == 2


async def test_a_connection_that_breaks_is_made_again_a_few_times(server: Server) -> None:
    await server.sending.allow(EVERYTHING)
    for number in range(2, 2 + module._MOST_RESTARTS):
        server.sending.video.on_state(PeerState.FAILED)
        await until(lambda n=number: len(server.said) == n, "again")  # type: ignore[misc]
    server.sending.video.on_state(PeerState.FAILED)
    await until(lambda: server.over == 1, "given up")


async def test_refusals_and_silence_are_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.refuses = "not_allowed"
    with pytest.raises(RequestFailed, match="not_allowed"):
        await server.sending.allow(EVERYTHING)
    assert not server.sending.video.is_open
    server.refuses = ""
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 0.05)
    monkeypatch.setattr(server.sending.video, "hear", lambda _: None)
    with pytest.raises(RequestFailed, match="no answer"):
        await server.sending.allow(EVERYTHING)
    await server.sending.close()
    with pytest.raises(RequestFailed):
        await server.sending.publish(MICROPHONE)
