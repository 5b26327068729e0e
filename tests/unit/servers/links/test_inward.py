from __future__ import annotations

import pytest

from tests.helpers.rtc_pair import LOOPBACK, Heard
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import DataChannel, PeerConnection, PeerState
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.links.inward import OF_CAMERA, OF_SCREEN, Inward, offered_in
from visio_desktop.servers.port import RequestFailed


class Receives:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Source]] = []

    def on_state(self, state: PeerState) -> None:
        pass

    def on_media(self, source: Source, stream: InboundStream) -> None:
        assert stream.is_video is source.is_video
        self.told.append(("began", source))

    def on_media_ended(self, source: Source) -> None:
        self.told.append(("ended", source))

    def on_channel(self, channel: DataChannel) -> None:
        pass

    def on_candidate(self, candidate: str) -> None:
        pass


async def test_sound_and_pictures_are_handed_out_as_what_they_are_and_come_and_go() -> None:
    receives, there = Receives(), PeerConnection(LOOPBACK, Heard())
    inward = Inward(lambda listener: PeerConnection(LOOPBACK, listener), OF_CAMERA, receives)

    async def exchange() -> str:
        offer = await there.create_offer()
        await there.set_answer(await inward.accept(offer))
        inward.wire.told()
        return offer

    there.add_sender((Codec.OPUS,), stream_id="s", track_id="a")
    small = there.add_sender((Codec.VP8,), stream_id="s", track_id="v")
    offer = await exchange()
    assert offered_in(offer, OF_CAMERA) == set(OF_CAMERA)
    assert receives.told == [("began", Source.MICROPHONE), ("began", Source.CAMERA)]
    # Another size comes on an m-line of its own, while the one before falls silent for good.
    there.remove_sender(small)
    large = there.add_sender((Codec.VP8,), stream_id="s", track_id="w")
    await exchange()
    assert receives.told[2:] == [("ended", Source.CAMERA), ("began", Source.CAMERA)]
    assert inward.lines == 3
    assert inward.flowing == set(OF_CAMERA)
    there.remove_sender(large)
    offer = await exchange()
    assert offered_in(offer, OF_SCREEN) == {Source.SCREEN_AUDIO}
    assert receives.told[4:] == [("ended", Source.CAMERA)]
    await inward.take_candidate("not an address", "0")
    await inward.close()
    assert receives.told[5:] == [("ended", Source.MICROPHONE)]
    assert inward.flowing == set()
    await there.close()


async def test_what_is_no_offer_is_told_as_such() -> None:
    inward = Inward(lambda listener: PeerConnection(LOOPBACK, listener), OF_CAMERA, Receives())
    for rubbish in ("", "v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"):
        with pytest.raises(RequestFailed):
            await inward.accept(rubbish)
    with pytest.raises(RequestFailed):
        offered_in("m=audio", OF_CAMERA)
    await inward.close()
