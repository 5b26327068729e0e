from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rtc_pair import Heard
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import PeerConnection, PeerOptions, PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.janus.convention import CHANNEL
from visio_desktop.servers.janus.outgoing import Outgoing
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import PublishRequest, RequestFailed

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,), muted=True)
OPTIONS = PeerOptions(host_addresses=("127.0.0.1",), reuse_lines=True)


class Room:
    """Answers offers as the server does, and keeps what was said of streams."""

    def __init__(self) -> None:
        self.theirs = Heard()
        self.peer = PeerConnection(OPTIONS, self.theirs)
        self.descriptions: dict[str, str] = {}
        self.refuses = False

    async def ask(self, body: Mapping[str, Any], offer: str) -> Words:
        if self.refuses:
            raise Refusal(432, "full")
        self.descriptions = {each["mid"]: each["description"] for each in body["descriptions"]}
        return Words("event", answer=await self.peer.accept_offer(offer) if offer else "")


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    yield made
    await made.peer.close()


@pytest.fixture
async def outgoing(room: Room) -> AsyncIterator[Outgoing]:
    made = Outgoing(lambda listener: PeerConnection(OPTIONS, listener), lambda _: None, room.ask)
    yield made
    await made.close()


async def test_each_source_is_described_from_its_first_offer_on(room: Room, outgoing: Outgoing) -> None:
    await outgoing.begin()
    assert room.descriptions == {"0": ""}
    camera = await outgoing.publish(CAMERA)
    assert (camera.mid, camera.stream.codec) == ("1", Codec.VP8)
    microphone = await outgoing.publish(MICROPHONE)
    assert room.descriptions == {"0": "", "1": "camera", "2": "microphone muted"}
    told = await outgoing.mute(Source.MICROPHONE, muted=False)
    assert told is not None
    assert (told.mid, told.muted) == (microphone.mid, False)
    await outgoing.raise_hand(5.0)
    assert room.descriptions == {"0": "hand 5", "1": "camera", "2": "microphone"}
    await outgoing.unpublish(Source.CAMERA)
    assert room.descriptions == {"0": "hand 5", "2": "microphone"}
    assert await outgoing.unpublish(Source.CAMERA) is None
    assert await outgoing.mute(Source.SCREEN, muted=True) is None


async def test_what_is_refused_is_not_sent(room: Room, outgoing: Outgoing) -> None:
    await outgoing.begin()
    room.refuses = True
    with pytest.raises(RequestFailed, match="432"):
        await outgoing.publish(CAMERA)
    assert outgoing.sent == {}
    room.refuses = False
    await outgoing.publish(CAMERA)
    with pytest.raises(RequestFailed, match="already"):
        await outgoing.publish(CAMERA)


async def test_words_wait_for_the_channel(room: Room, outgoing: Outgoing) -> None:
    await outgoing.begin()
    await outgoing.say(b"tea?")
    await until(lambda: room.theirs.messages == [(CHANNEL, b"tea?")], "the words")
    assert room.theirs.states[-1] is PeerState.CONNECTED
