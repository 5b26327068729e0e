from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fakes import FakeOutbound
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.links.line import Line


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ms = 1_000.0

    def __call__(self) -> float:
        return self.ms


def frame(rtp_time: int) -> EncodedFrame:
    return EncodedFrame(Codec.VP8, b"x", rtp_time)


def test_one_source_after_the_other_is_one_stream_with_a_pause() -> None:
    stream, time = FakeOutbound(Codec.VP8), Time()
    line = Line(stream, time)
    camera = line.open()
    for rtp_time in (5_000, 8_000):
        camera.send(frame(rtp_time))
    line.shut()
    camera.send(frame(11_000))
    time.ms += 2_000
    line.open().send(frame(7))
    assert [f.rtp_time for f in stream.frames] == [0, 3_000, 3_000 + 180_000]
    assert (camera.codec, camera.layers, camera.statistics().key_frames) == (Codec.VP8, (), 2)


def test_who_listens_hears_each_frame_that_is_sent() -> None:
    heard: list[EncodedFrame] = []
    line = Line(FakeOutbound(Codec.VP8), Time(), heard.append)
    turn = line.open()
    turn.send(frame(5))
    line.shut()
    turn.send(frame(6))
    assert [each.rtp_time for each in heard] == [0]


@given(st.lists(st.tuples(st.integers(0, 2**40), st.floats(0, 1e6)), min_size=2, max_size=8))
def test_time_never_runs_back(begins: list[tuple[int, float]]) -> None:
    stream, time = FakeOutbound(Codec.VP8), Time()
    line = Line(stream, time)
    for begin, passed_ms in begins:
        outlet = line.open()
        outlet.send(frame(begin))
        time.ms += passed_ms
    times = [f.rtp_time for f in stream.frames]
    assert times == sorted(set(times))
