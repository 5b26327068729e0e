"""Who is on stage and what they send."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeOutbound
from visio_desktop.meeting.values import Source
from visio_desktop.practice import stage as module
from visio_desktop.practice.cast import AMINA, BRUNO, CHLOE
from visio_desktop.practice.echo import DELAY_MS
from visio_desktop.practice.stage import Stage, track_of
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.practice.wire import Message, Published, Unpublished


class Peer:
    """Hands out streams and keeps who has them."""

    def __init__(self) -> None:
        self.streams: dict[str, FakeOutbound] = {}

    def add_sender(self, codecs: tuple[Codec, ...], *, stream_id: str, track_id: str) -> FakeOutbound:
        self.streams[track_id] = FakeOutbound(codecs[0])
        return self.streams[track_id]

    def remove_sender(self, stream: FakeOutbound) -> None:
        (track,) = (track for track, other in self.streams.items() if other is stream)
        del self.streams[track]


class Drawn:
    """A picture that is not drawn."""

    made: list[Drawn]

    def __init__(self, variant: str, stream: object, *, slides: bool = False) -> None:
        self.variant, self.slides, self.stopped = variant, slides, False
        self.made.append(self)

    async def start(self) -> None:
        pass

    def stop(self) -> None:
        self.stopped = True

    def join(self, timeout_s: float) -> bool:
        return self.stopped


class Bench:
    def __init__(self) -> None:
        self.peer = Peer()
        self.said: list[Message] = []
        self.stage = Stage(cast("Any", self.peer), self.said.append, self._start)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        work.close()

    def frames(self, role_id: str) -> list[EncodedFrame]:
        return self.peer.streams[f"{role_id}-microphone"].frames


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    Drawn.made = []
    monkeypatch.setattr(module, "Picture", Drawn)
    return Bench()


def test_whoever_enters_sends_voice_and_camera(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    assert set(bench.peer.streams) == {"amina-microphone", "amina-camera"}
    assert bench.said == [
        Published("amina-microphone", "amina", "microphone", False, 0, 0),
        Published("amina-camera", "amina", "camera", False, 640, 360),
    ]
    assert [picture.variant for picture in Drawn.made] == [AMINA.look]


def test_whoever_leaves_sends_nothing_more(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    bench.stage.leave(AMINA)
    bench.stage.leave(BRUNO)
    assert bench.peer.streams == {}
    assert Drawn.made[0].stopped


def test_slides_come_and_go(bench: Bench) -> None:
    bench.stage.share(BRUNO, on=True)
    assert bench.peer.streams == {}
    bench.stage.enter(BRUNO)
    bench.stage.share(BRUNO, on=True)
    assert bench.said[-1] == Published("bruno-screen", "bruno", "screen", False, 1280, 720)
    assert Drawn.made[-1].slides
    bench.stage.share(BRUNO, on=False)
    bench.stage.share(BRUNO, on=False)
    taken_back = [message for message in bench.said if isinstance(message, Unpublished)]
    assert taken_back == [Unpublished(track_of(BRUNO, Source.SCREEN))]
    assert Drawn.made[-1].stopped
    assert "bruno-screen" not in bench.peer.streams


def test_only_who_has_the_floor_speaks(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    bench.stage.enter(BRUNO)
    bench.stage.give_floor(BRUNO)
    for _ in range(50):
        bench.stage.tick(CHLOE, 0)
    assert bench.frames("bruno")
    assert bench.frames("amina") == []


def test_a_closed_microphone_says_nothing_and_is_announced_once(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    bench.stage.give_floor(AMINA)
    assert bench.stage.is_heard(AMINA)
    for _ in range(2):
        bench.stage.mute(AMINA, muted=True)
    bench.stage.mute(BRUNO, muted=True)
    for _ in range(50):
        bench.stage.tick(AMINA, 0)
    assert bench.frames("amina") == []
    assert not bench.stage.is_heard(AMINA)
    assert not bench.stage.is_heard(BRUNO)
    assert bench.said[2:] == [Published("amina-microphone", "amina", "microphone", True, 0, 0)]
    bench.stage.mute(AMINA, muted=False)
    for _ in range(50):
        bench.stage.tick(CHLOE, 0)
    assert bench.frames("amina")


def test_the_echo_is_said_by_the_one_who_is_asked_to(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    bench.stage.enter(CHLOE)
    bench.stage.echo.hear(EncodedFrame(Codec.OPUS, b"\xfcsaid", 0), 0)
    bench.stage.tick(CHLOE, DELAY_MS - 1)
    bench.stage.tick(CHLOE, DELAY_MS)
    bench.stage.tick(CHLOE, DELAY_MS + 20)
    assert [(frame.payload, frame.rtp_time) for frame in bench.frames("chloe")] == [(b"\xfcsaid", 960)]
    assert bench.frames("amina") == []


def test_closing_stops_every_picture(bench: Bench) -> None:
    bench.stage.enter(AMINA)
    bench.stage.enter(BRUNO)
    bench.stage.share(BRUNO, on=True)
    closed: list[Any] = list(bench.stage.close())
    assert closed == Drawn.made
    assert len(Drawn.made) == 3
    assert all(picture.stopped for picture in Drawn.made)
