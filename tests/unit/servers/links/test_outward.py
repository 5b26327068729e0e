from __future__ import annotations

import pytest

from tests.helpers.rtc_pair import LOOPBACK, Heard, sound, until
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import PeerConnection
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.links.outward import Outward
from visio_desktop.servers.port import PublishRequest, RequestFailed

SOUND = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,))


class There:
    """The other side: answers, refuses, or says something that is no answer."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.peer = PeerConnection(LOOPBACK, self.heard)
        self.offers: list[str] = []
        self.instead: str | None = None

    async def agree(self, offer: str) -> str:
        self.offers.append(offer)
        match self.instead:
            case None:
                return await self.peer.accept_offer(offer)
            case "":
                raise RequestFailed("no")
            case text:
                return text


async def test_sources_are_added_and_taken_back_one_exchange_each() -> None:
    there = There()
    outward = Outward(lambda listener: PeerConnection(LOOPBACK, listener), there.agree)
    await outward.add(SOUND)
    await outward.add(CAMERA)
    assert set(outward.sent) == {Source.MICROPHONE, Source.CAMERA}
    assert [began[1:] for began in there.heard.began] == [("visio", "microphone"), ("visio", "camera")]
    assert [offer.count("a=sendonly") for offer in there.offers] == [1, 2]
    await outward.take_back(Source.CAMERA)
    await outward.take_back(Source.CAMERA)
    await outward.offer_again()
    assert (set(outward.sent), len(there.offers), len(there.heard.ended)) == ({Source.MICROPHONE}, 4, 1)
    stream = outward.sent[Source.MICROPHONE]
    await until(lambda: bool(there.heard.states) and there.heard.states[-1].value == "connected")
    await until(lambda: stream.send(sound(1)) or bool(there.heard.frames["microphone"]))  # type: ignore[func-returns-value]
    await outward.close()
    await there.peer.close()


@pytest.mark.parametrize("instead", ["", "no description"])
async def test_what_is_not_agreed_on_is_not_sent_and_the_rest_goes_on(instead: str) -> None:
    there = There()
    outward = Outward(lambda listener: PeerConnection(LOOPBACK, listener), there.agree)
    await outward.add(SOUND)
    there.instead = instead
    with pytest.raises(RequestFailed):
        await outward.add(CAMERA)
    assert set(outward.sent) == {Source.MICROPHONE}
    there.instead = None
    await outward.add(CAMERA)
    assert set(outward.sent) == {Source.MICROPHONE, Source.CAMERA}
    await outward.take_candidate("not an address", "0")
    await outward.close()
    await there.peer.close()
