"""The first frame of a stream is told, once."""

from __future__ import annotations

from tests.helpers.fakes import FakeInbound
from visio_desktop.engine.firstframe import FirstFrame
from visio_desktop.rtc.frames import Codec, EncodedFrame

FRAME = EncodedFrame(Codec.VP8, b"picture", 0)


def test_it_tells_once_and_hands_every_frame_on() -> None:
    stream = FakeInbound("s1")
    told: list[str] = []
    frames: list[EncodedFrame] = []
    first = FirstFrame(stream, lambda: told.append("back"))
    first.on_frame(frames.append)
    assert told == []
    stream.deliver(FRAME)
    stream.deliver(FRAME)
    assert told == ["back"]
    assert frames == [FRAME, FRAME]


def test_after_the_first_frame_it_stands_in_nobodys_way() -> None:
    stream = FakeInbound("s1")
    frames: list[EncodedFrame] = []
    listener = frames.append
    FirstFrame(stream, lambda: None).on_frame(listener)
    stream.deliver(FRAME)
    assert stream._listener is listener


def test_whoever_stops_listening_hears_nothing() -> None:
    stream = FakeInbound("s1")
    told: list[str] = []
    first = FirstFrame(stream, lambda: told.append("back"))
    first.on_frame(lambda _: None)
    first.on_frame(None)
    stream.deliver(FRAME)
    assert told == []


def test_else_it_is_the_stream() -> None:
    stream = FakeInbound("s1", is_video=False)
    first = FirstFrame(stream, lambda: None)
    assert (first.id, first.is_video, first.statistics()) == ("s1", False, stream.statistics())
    first.request_key_frame()
    assert stream.key_frames_asked == 1
