from __future__ import annotations

from tests.helpers.rtc_pair import LOOPBACK, Heard, until
from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerState
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.links.wire import Wire


class Hears:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.streams: list[InboundStream] = []

    def on_state(self, state: PeerState) -> None:
        self.told.append(state.value)

    def on_stream(self, stream: InboundStream, mid: str) -> None:
        self.told.append(f"stream {mid}")
        self.streams.append(stream)

    def on_stream_ended(self, stream: InboundStream) -> None:
        self.told.append("ended" if stream in self.streams else "ended?")

    def on_channel(self, channel: DataChannel) -> None:
        self.told.append(f"channel {channel.label}")

    def on_candidate(self, candidate: str) -> None:
        self.told.append(candidate)


def make(listener: PeerListener) -> PeerConnection:
    return PeerConnection(LOOPBACK, listener)


async def test_what_happens_before_somebody_listens_is_told_then() -> None:
    wire, other, hears = Wire(make), make(Heard()), Hears()
    other.add_sender((Codec.OPUS,), stream_id="s", track_id="t")
    other.open_channel("status")
    await other.set_answer(await wire.peer.accept_offer(await other.create_offer()))
    await until(lambda: wire.state is PeerState.CONNECTED)
    wire.tell(hears)
    assert hears.told[:2] == ["connecting", "stream 1"]
    assert "connected" in hears.told
    await until(lambda: "channel status" in hears.told)
    await wire.close()
    await wire.close()
    assert "ended" in hears.told
    await other.close()


async def test_our_addresses_follow_our_description_and_never_go_before_it() -> None:
    hears = Hears()
    wire = Wire(make, hears)
    wire.on_own_candidate("1")
    wire.on_own_candidate("2")
    assert hears.told == []
    wire.told()
    assert hears.told == ["1", "2"]
    wire.on_own_candidate("3")
    wire.told()
    assert hears.told == ["1", "2", "3"]
    await wire.close()
