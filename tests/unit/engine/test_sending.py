"""What we send: wishes, publications and gates, in every order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.fakes import FakeKit, FakeSession, FakeShare
from visio_desktop.engine.sending import Sending
from visio_desktop.media.capture import CaptureSize
from visio_desktop.meeting.values import Problem, ProblemCode, Source
from visio_desktop.rtc.frames import OutboundStream
from visio_desktop.servers.port import PublishRequest, RequestFailed, ServersError, SessionClosed

CAPTURE = SimpleNamespace(size_px=(1280, 720), asked=CaptureSize(), is_still=False)
SMALL = SimpleNamespace(size_px=(640, 360), asked=CaptureSize(640, 360, 30), is_still=False)
STILL = SimpleNamespace(size_px=(1280, 720), asked=CaptureSize(), is_still=True)


class Bench:
    """A `Sending` whose tasks run when the test lets the loop turn."""

    def __init__(self) -> None:
        self.kit = FakeKit()
        self.share = FakeShare(lambda _: None)
        self.tasks: list[asyncio.Task[None]] = []
        self.refused: list[tuple[Source, Problem | None]] = []
        refused: Callable[[Source, Problem | None], None] = lambda *what: self.refused.append(what)  # noqa: E731 - types
        self.sending = Sending(cast("Any", lambda: self.kit), self._start, refused=refused)
        self.sending.use_microphone(is_open=True)

    def _start(self, source: Source) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(self.sending.reconcile(source)))

    async def settle(self) -> None:
        while self.tasks:
            await self.tasks.pop()

    def lets_out(self, source: Source) -> bool:
        if source is Source.MICROPHONE:
            return self.kit.sound.gate_open
        if source is Source.SCREEN_AUDIO:
            return self.share.stream is not None
        return any(publisher.running for publisher in self.kit.publishers)

    @property
    def lets_camera_out(self) -> bool:
        return any(publisher.running and publisher.capture is not STILL for publisher in self.kit.publishers)


async def sending(source: Source) -> tuple[Bench, FakeSession]:
    """In a meeting, and this is sent."""
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    if source is not Source.MICROPHONE:
        bench.sending.use_capture(source, cast("Any", CAPTURE))
    bench.sending.wish(source, on=True)
    await bench.settle()
    return bench, session


async def test_a_wished_microphone_is_published_and_its_gate_opens_last() -> None:
    bench, session = Bench(), FakeSession()
    bench.sending.wish(Source.MICROPHONE, on=True)
    await bench.settle()
    assert not bench.kit.sound.gate_open
    bench.sending.use_session(session)
    assert not bench.kit.sound.gate_open
    await bench.settle()
    assert session.asked == [("publish", Source.MICROPHONE)]
    assert bench.kit.sound.gate_open


async def test_a_microphone_that_does_not_deliver_is_not_announced() -> None:
    bench, session = Bench(), FakeSession()
    bench.sending.use_microphone(is_open=False)
    bench.sending.use_session(session)
    bench.sending.wish(Source.MICROPHONE, on=True)
    await bench.settle()
    assert session.asked == []
    bench.sending.use_microphone(is_open=True)
    await bench.settle()
    assert session.asked == [("publish", Source.MICROPHONE)]


async def test_muting_shuts_the_gate_at_once_and_tells_the_others_afterwards() -> None:
    bench, session = await sending(Source.MICROPHONE)
    bench.sending.wish(Source.MICROPHONE, on=False)
    assert not bench.kit.sound.gate_open
    assert session.asked == [("publish", Source.MICROPHONE)]
    await bench.settle()
    assert session.asked[-1] == ("muted", Source.MICROPHONE)
    bench.sending.wish(Source.MICROPHONE, on=True)
    await bench.settle()
    assert session.asked[-1] == ("unmuted", Source.MICROPHONE)
    assert bench.kit.sound.gate_open


async def test_a_wish_taken_back_while_the_server_answers_never_opens_the_gate() -> None:
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    bench.sending.wish(Source.MICROPHONE, on=True)
    await asyncio.sleep(0)
    bench.sending.wish(Source.MICROPHONE, on=False)
    await bench.settle()
    assert not bench.kit.sound.gate_open
    assert session.asked == [("publish", Source.MICROPHONE), ("muted", Source.MICROPHONE)]


async def test_another_camera_goes_over_the_same_publication() -> None:
    bench, session = await sending(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, None)
    assert not bench.lets_out(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE))
    await bench.settle()
    assert session.asked == [("publish", Source.CAMERA)]
    assert [publisher.running for publisher in bench.kit.publishers] == [False, True]


async def test_a_still_picture_takes_the_cameras_place_and_only_that() -> None:
    bench, session = await sending(Source.CAMERA)
    bench.sending.wish(Source.CAMERA, on=False)
    bench.sending.wish_still(on=True)
    assert not bench.lets_out(Source.CAMERA)
    await bench.settle()
    assert not bench.lets_out(Source.CAMERA), "the camera is still open"
    bench.sending.use_capture(Source.CAMERA, None)
    bench.sending.use_capture(Source.CAMERA, cast("Any", STILL))
    await bench.settle()
    assert bench.lets_out(Source.CAMERA)
    assert session.asked == [("publish", Source.CAMERA)], "the same publication, and never said to be muted"
    bench.sending.wish_still(on=False)
    assert not bench.lets_out(Source.CAMERA)
    await bench.settle()
    assert session.asked[1:] == [("muted", Source.CAMERA)]


async def test_the_sound_of_a_share_that_is_held_does_not_leave() -> None:
    bench = Bench()
    bench.sending.use_session(FakeSession())
    bench.sending.wish(Source.SCREEN_AUDIO, on=True)
    bench.sending.use_share(cast("Any", bench.share))
    await bench.settle()
    assert bench.lets_out(Source.SCREEN_AUDIO)
    bench.sending.hold_screen(held=True)
    assert not bench.lets_out(Source.SCREEN_AUDIO)
    bench.sending.use_share(cast("Any", bench.share))
    await bench.settle()
    assert not bench.lets_out(Source.SCREEN_AUDIO)
    bench.sending.hold_screen(held=False)
    await bench.settle()
    assert bench.lets_out(Source.SCREEN_AUDIO)


async def test_a_share_that_ends_is_unpublished() -> None:
    bench, session = await sending(Source.SCREEN)
    bench.sending.wish(Source.SCREEN, on=False)
    await bench.settle()
    assert session.asked == [("publish", Source.SCREEN), ("unpublish", Source.SCREEN)]


async def test_the_sound_of_programs_goes_out_once_it_is_wished_heard_and_published() -> None:
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    bench.sending.wish(Source.SCREEN_AUDIO, on=True)
    await bench.settle()
    assert session.asked == []
    bench.sending.use_share(cast("Any", bench.share))
    await bench.settle()
    assert session.asked == [("publish", Source.SCREEN_AUDIO)]
    assert bench.lets_out(Source.SCREEN_AUDIO)
    bench.sending.wish(Source.SCREEN_AUDIO, on=False)
    assert not bench.lets_out(Source.SCREEN_AUDIO), "at once"
    await bench.settle()
    assert session.asked[-1] == ("unpublish", Source.SCREEN_AUDIO)


async def test_another_kind_of_sound_is_published_anew_once_it_is_wished() -> None:
    bench, session = await sending(Source.MICROPHONE)
    assert not bench.kit.sound.original
    bench.sending.use_original(on=True)
    await bench.settle()
    assert session.asked == [(what, Source.MICROPHONE) for what in ("publish", "unpublish", "publish")]
    assert bench.kit.sound.original
    assert bench.kit.sound.gate_open
    bench.sending.wish(Source.MICROPHONE, on=False)
    bench.sending.use_original(on=False)
    await bench.settle()
    assert not bench.kit.sound.gate_open
    assert session.asked[3:] == [("muted", Source.MICROPHONE)]
    bench.sending.wish(Source.MICROPHONE, on=True)
    await bench.settle()
    assert session.asked[4:] == [("unpublish", Source.MICROPHONE), ("publish", Source.MICROPHONE)]
    assert not bench.kit.sound.original


WISHED = (Source.MICROPHONE, Source.CAMERA, Source.SCREEN_AUDIO)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wish"), st.sampled_from(WISHED), st.booleans()),
        st.tuples(st.just("share"), st.booleans(), st.none()),
        st.tuples(st.just("session"), st.booleans(), st.none()),
        st.tuples(st.just("capture"), st.sampled_from((None, CAPTURE, STILL)), st.none()),
        st.tuples(st.just("still"), st.booleans(), st.none()),
        st.tuples(st.just("turn"), st.integers(1, 4), st.none()),
    ),
    max_size=30,
)


class Wishes:
    """What is to leave, kept beside what does."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.wished = dict.fromkeys(WISHED, False)
        self.only_still = False

    async def step(self, what: str, first: Any, second: Any) -> None:
        sending = self.bench.sending
        match what:
            case "wish":
                self.wished[first] = second
                self.only_still = self.only_still and first is not Source.CAMERA
                sending.wish(first, on=second)
            case "still":
                if first or self.only_still:
                    self.wished[Source.CAMERA] = self.only_still = first
                sending.wish_still(on=first)
            case "session":
                sending.use_session(FakeSession() if first else None)
            case "share":
                sending.use_share(cast("Any", self.bench.share) if first else None)
            case "capture":
                sending.use_capture(Source.CAMERA, cast("Any", first))
            case _:
                for _ in range(first):
                    await asyncio.sleep(0)

    def check(self) -> None:
        for source, on in self.wished.items():
            assert on or not self.bench.lets_out(source)
        assert not (self.only_still and self.bench.lets_camera_out)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_nothing_unwished_ever_leaves_whatever_the_order(steps: list[tuple[Any, Any, Any]]) -> None:
    """The privacy invariant of the engine: checked after every step and every turn of the loop."""

    async def play() -> None:
        wishes = Wishes()
        for step in steps:
            await wishes.step(*step)
            wishes.check()
        await wishes.bench.settle()
        wishes.check()

    asyncio.run(play())


async def test_a_camera_of_another_size_is_published_anew() -> None:
    bench, session = await sending(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, None)
    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE))
    await bench.settle()
    assert session.asked == [("publish", Source.CAMERA)]
    bench.sending.use_capture(Source.CAMERA, None)
    assert not bench.lets_out(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, cast("Any", SMALL))
    await bench.settle()
    assert session.asked[1:] == [("unpublish", Source.CAMERA), ("publish", Source.CAMERA)]
    assert bench.lets_out(Source.CAMERA)


async def test_a_camera_that_goes_while_its_publication_is_taken_back_is_not_published() -> None:
    bench, session = await sending(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, cast("Any", SMALL))
    await asyncio.sleep(0)
    bench.sending.use_capture(Source.CAMERA, None)
    await bench.settle()
    assert session.asked[1:] == [("unpublish", Source.CAMERA)]
    assert not bench.lets_out(Source.CAMERA)


class Refusing(FakeSession):
    """A session that publishes nothing, and says why where it is given a reason."""

    def __init__(self, error: ServersError) -> None:
        super().__init__()
        self.error = error

    async def publish(self, request: PublishRequest) -> OutboundStream:
        await super().publish(request)
        raise self.error


NOT_ALLOWED = Problem(ProblemCode.REQUEST_REFUSED)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RequestFailed("no", NOT_ALLOWED), [(Source.SCREEN_AUDIO, NOT_ALLOWED)]),
        (RequestFailed("silent"), [(Source.SCREEN_AUDIO, None)]),
        (SessionClosed("over"), []),
    ],
)
async def test_what_a_server_does_not_take_is_told(
    error: ServersError, told: list[tuple[Source, Problem | None]]
) -> None:
    bench = Bench()
    bench.sending.use_session(Refusing(error))
    bench.sending.wish(Source.SCREEN_AUDIO, on=True)
    await bench.settle()
    bench.sending.use_share(cast("Any", bench.share))
    await bench.settle()
    assert bench.refused == told
    bench.sending.wish(Source.SCREEN_AUDIO, on=False)
    await bench.settle()
    assert bench.refused == told, "whoever wants nothing any more is told nothing"


@pytest.mark.parametrize(("most_bps", "bitrate_bps"), [(0, 1_700_000), (10_000_000, 1_700_000), (500_000, None)])
async def test_a_picture_takes_no_more_than_it_may(most_bps: int, bitrate_bps: int | None) -> None:
    bench = Bench()
    bench.sending = Sending(cast("Any", lambda: bench.kit), bench._start, lambda: most_bps)
    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE))
    request = bench.sending._request(Source.CAMERA)
    whole_bps = sum(layer.bitrate_bps for layer in request.layers)
    if bitrate_bps is None:
        assert 0.99 * most_bps < whole_bps <= most_bps
        assert request.layers[-1].bitrate_bps == pytest.approx(request.bitrate_bps, abs=2)
        assert len(request.layers) == 3
    else:
        assert request.bitrate_bps == bitrate_bps
    await bench.settle()
