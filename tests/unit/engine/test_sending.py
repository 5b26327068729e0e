"""What we send: wishes, publications and gates, in every order."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.fakes import FakeKit, FakeSession, FakeShare
from visio_desktop.engine.sending import Sending
from visio_desktop.meeting.values import Source

CAPTURE = SimpleNamespace(size_px=(1280, 720))


class Bench:
    """A `Sending` whose tasks run when the test lets the loop turn."""

    def __init__(self) -> None:
        self.kit = FakeKit()
        self.share = FakeShare(lambda _: None)
        self.tasks: list[asyncio.Task[None]] = []
        self.sending = Sending(cast("Any", lambda: self.kit), self._start)
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
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    bench.sending.wish(Source.MICROPHONE, on=True)
    await bench.settle()
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
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE))
    bench.sending.wish(Source.CAMERA, on=True)
    await bench.settle()
    bench.sending.use_capture(Source.CAMERA, None)
    assert not bench.lets_out(Source.CAMERA)
    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE))
    await bench.settle()
    assert session.asked == [("publish", Source.CAMERA)]
    assert [publisher.running for publisher in bench.kit.publishers] == [False, True]


async def test_a_share_that_ends_is_unpublished() -> None:
    bench, session = Bench(), FakeSession()
    bench.sending.use_session(session)
    bench.sending.use_capture(Source.SCREEN, cast("Any", CAPTURE))
    bench.sending.wish(Source.SCREEN, on=True)
    await bench.settle()
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


WISHED = (Source.MICROPHONE, Source.CAMERA, Source.SCREEN_AUDIO)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wish"), st.sampled_from(WISHED), st.booleans()),
        st.tuples(st.just("share"), st.booleans(), st.none()),
        st.tuples(st.just("session"), st.booleans(), st.none()),
        st.tuples(st.just("capture"), st.booleans(), st.none()),
        st.tuples(st.just("turn"), st.integers(1, 4), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_nothing_unwished_ever_leaves_whatever_the_order(steps: list[tuple[Any, Any, Any]]) -> None:
    """The privacy invariant of the engine: checked after every step and every turn of the loop."""

    async def play() -> None:
        bench = Bench()
        wished = dict.fromkeys(WISHED, False)
        for what, first, second in steps:
            match what:
                case "wish":
                    wished[first] = second
                    bench.sending.wish(first, on=second)
                case "session":
                    bench.sending.use_session(FakeSession() if first else None)
                case "share":
                    bench.sending.use_share(cast("Any", bench.share) if first else None)
                case "capture":
                    bench.sending.use_capture(Source.CAMERA, cast("Any", CAPTURE) if first else None)
                case _:
                    for _ in range(first):
                        await asyncio.sleep(0)
            for source, on in wished.items():
                assert on or not bench.lets_out(source)
        await bench.settle()
        for source, on in wished.items():
            assert on or not bench.lets_out(source)

    asyncio.run(play())
