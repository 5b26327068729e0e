"""What is shared of a screen: opened, held, closed."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.fakes import BROKEN, FakeCapture, FakeKit, FakeShare
from tests.helpers.rtc_pair import until
from visio_desktop.engine.screening import Screening
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.events import Event, ScreenFailed, ScreenSoundFailed
from visio_desktop.meeting.values import Problem, ProblemCode, Source


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.used: list[tuple[Source, FakeCapture | None]] = []
        self.shares: list[FakeShare | None] = []
        self.screening = Screening(
            cast("Any", lambda: self.kit),
            self.events.append,
            lambda s, c: self.used.append((s, cast("Any", c))),
            cast("Any", self.shares.append),
        )


@pytest.fixture
async def bench() -> Bench:
    return Bench()


def lets_out(capture: FakeCapture) -> bool:
    return capture.running and capture.hold is not None and not capture.hold.is_held


async def test_a_screen_is_captured_without_a_word_and_its_failure_told(bench: Bench) -> None:
    await bench.screening.open("")
    (screen,) = bench.kit.captures
    assert str(screen.spec) == "screen:1"
    assert bench.used == [(Source.SCREEN, screen)]
    await bench.screening.close()
    assert not screen.running
    assert bench.events == []
    await bench.screening.open("screen:broken")
    assert bench.events == [ScreenFailed(BROKEN)]
    await bench.screening.open("window:0x1", motion=True)
    window = bench.kit.captures[-1]
    assert window.motion
    closed = Problem(ProblemCode.WINDOW_CLOSED)
    window.failed(closed)
    assert bench.events[-1] == ScreenFailed(closed)


async def test_a_screen_is_shared_with_the_sound_of_programs_on_wish(bench: Bench) -> None:
    await bench.screening.open("screen:1", sound=True)
    (share,) = bench.kit.shares
    assert share.running
    assert bench.shares == [share]
    problem = Problem(ProblemCode.SCREEN_SOUND_FAILED)
    share.failed(problem)
    assert bench.events == [ScreenSoundFailed(problem)]
    await bench.screening.close()
    assert not share.running
    assert bench.shares == [share, None]


async def test_a_screen_goes_on_without_the_sound_that_cannot_be_had(bench: Bench) -> None:
    bench.kit.without_sound = True
    await bench.screening.open("screen:1", sound=True)
    assert bench.events == [ScreenSoundFailed(BROKEN)]
    assert bench.kit.captures[0].running
    assert bench.shares == []
    await bench.screening.open("screen:2")
    assert len(bench.kit.shares) == 1, "not asked for"


async def test_where_it_stands_is_known_while_it_is_shared(bench: Bench) -> None:
    assert bench.screening.area is None
    await bench.screening.open("screen:1")
    hold = bench.kit.captures[0].hold
    assert hold is not None
    hold.area = Area(1, 2, 3, 4)
    assert bench.screening.area == Area(1, 2, 3, 4)
    await bench.screening.close()
    assert bench.screening.area is None


async def test_what_is_held_goes_on_being_held_after_coming_back(bench: Bench) -> None:
    await bench.screening.open("screen:2")
    bench.screening.hold(held=True)
    bench.screening.prepare(held=True)
    await bench.screening.open("screen:2", sound=True)
    (capture,) = bench.kit.captures
    assert capture.running
    assert not lets_out(capture)
    assert bench.used == [(Source.SCREEN, capture)] * 2
    bench.screening.hold(held=False)
    assert lets_out(capture)


async def test_what_is_held_while_it_is_opened_is_held_when_it_is_open(bench: Bench) -> None:
    opening = asyncio.get_running_loop().create_task(bench.screening.open("screen:slow"))
    await until(lambda: bool(bench.kit.captures))
    bench.screening.hold(held=True)
    bench.kit.captures[0].let.set()
    await opening
    assert not lets_out(bench.kit.captures[0])


actions = st.sampled_from(["hold", "let go", "screen:1", "screen:2", "stop"])


@settings(max_examples=60)
@given(st.lists(st.tuples(actions, st.booleans()), max_size=10))
def test_what_was_held_shows_again_only_by_being_let_go(taken: list[tuple[str, bool]]) -> None:
    """As the state orders it: anything anew is not held; `run` lets what was begun so far come to its end."""

    async def take() -> None:
        bench = Bench()
        loop = asyncio.get_running_loop()
        begun: list[asyncio.Task[None]] = []
        secret: set[int] = set()
        for action, run in taken:
            match action:
                case "hold":
                    bench.screening.hold(held=True)
                    assert not any(lets_out(capture) for capture in bench.kit.captures[-1:])
                    secret |= {id(capture) for capture in bench.kit.captures}
                case "let go":
                    bench.screening.hold(held=False)
                    secret -= {id(capture) for capture in bench.kit.captures[-1:]}
                case "stop":
                    bench.screening.prepare(held=False)
                    begun.append(loop.create_task(bench.screening.close()))
                case spec:
                    bench.screening.prepare(held=False)
                    begun.append(loop.create_task(bench.screening.open(spec)))
            if run:
                await asyncio.gather(*begun)
            assert not any(lets_out(capture) for capture in bench.kit.captures if id(capture) in secret)
        await asyncio.gather(*begun)
        assert not any(lets_out(capture) for capture in bench.kit.captures if id(capture) in secret)

    asyncio.run(take())
