"""The first frame of a stream is told, once."""

from __future__ import annotations

from tests.helpers.fakes import FakeInbound
from visio_desktop.engine.firstframe import FirstFrame, Held
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


def test_pictures_are_kept_until_somebody_listens_and_then_go_by() -> None:
    stream = FakeInbound("s1")
    held = Held(stream)
    stream.deliver(FRAME)
    stream.deliver(FRAME)
    frames: list[EncodedFrame] = []
    listener = frames.append
    held.on_frame(listener)
    assert frames == [FRAME, FRAME]
    assert stream._listener is listener
    held.on_frame(listener)
    assert len(frames) == 2


def test_late_sound_is_not_kept() -> None:
    stream = FakeInbound("s1", is_video=False)
    held = Held(stream)
    stream.deliver(FRAME)
    frames: list[EncodedFrame] = []
    held.on_frame(frames.append)
    assert frames == []


def test_what_is_too_much_to_keep_ends_with_a_new_key_frame() -> None:
    stream = FakeInbound("s1")
    held = Held(stream)
    for _ in range(500):
        stream.deliver(FRAME)
    frames: list[EncodedFrame] = []
    held.on_frame(frames.append)
    assert 0 < len(frames) < 100
    assert stream.key_frames_asked == 1


def test_what_nobody_wants_is_forgotten() -> None:
    stream = FakeInbound("s1")
    held = Held(stream)
    stream.deliver(FRAME)
    held.on_frame(None)
    frames: list[EncodedFrame] = []
    held.on_frame(frames.append)
    assert frames == []
