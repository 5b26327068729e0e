from __future__ import annotations

from collections.abc import Callable

from tests.helpers.fakes import FakeOutbound
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, SendLayer
from visio_desktop.servers.links.outlet import Outlet


class Stream(FakeOutbound):
    """Keeps who listens to it."""

    listener: Callable[[Feedback], None] | None = None

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        self.listener = listener


class Sealer:
    def seal(self, codec: Codec, payload: bytes) -> bytes | None:
        return payload


FRAME = EncodedFrame(Codec.VP8, b"x", 0)


def test_frames_follow_to_wherever_it_leads() -> None:
    outlet, first, second = Outlet(Codec.VP8), Stream(Codec.VP8), Stream(Codec.H264)
    outlet.send(FRAME)
    assert (outlet.codec, outlet.layers, outlet.statistics().frames_sent) == (Codec.VP8, (), 0)
    outlet.lead_to(first)
    outlet.send(FRAME)
    outlet.lead_to(second)
    outlet.send(FRAME)
    assert (len(first.frames), len(second.frames), outlet.codec) == (1, 1, Codec.H264)
    outlet.shut()
    outlet.send(FRAME)
    assert (len(second.frames), outlet.codec) == (1, Codec.H264)


def test_who_sends_hears_of_the_new_way_and_begins_anew_there() -> None:
    outlet, first, second = Outlet(Codec.VP8), Stream(Codec.VP8), Stream(Codec.VP8)
    heard: list[Feedback] = []
    outlet.lead_to(first)
    outlet.on_feedback(heard.append)
    assert heard == []
    outlet.lead_to(second)
    assert [feedback.key_frame_wanted for feedback in heard] == [True]
    assert first.listener is None
    assert second.listener is not None
    second.listener(Feedback(target_bps=5))
    assert heard[-1].target_bps == 5
    outlet.on_feedback(None)
    assert second.listener is None


def test_what_was_asked_of_it_holds_for_the_next_one_too() -> None:
    outlet, sealer = Outlet(Codec.VP8), Sealer()
    outlet.seal_with(sealer)
    outlet.want_layers((True,))
    layers = (SendLayer("h", 1.0, 1),)
    for stream in (Stream(Codec.VP8, layers), Stream(Codec.VP8, layers)):
        outlet.lead_to(stream)
        outlet.want_layers((False,))
        assert (stream.sealer, stream.wanted, outlet.layers) == (sealer, (False,), layers)
        assert outlet.statistics().key_frames == 2
    again = Sealer()
    outlet.seal_with(again)
    assert stream.sealer is again
