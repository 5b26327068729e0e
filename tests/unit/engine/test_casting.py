"""Shares that the desktop lets one make, with a portal of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeCapture, FakeKit
from tests.helpers.message_bus import message_bus
from tests.helpers.rtc_pair import until
from tests.helpers.screencast import FakeScreenCast
from visio_desktop.engine.casting import Casting
from visio_desktop.engine.screening import Screening
from visio_desktop.media.errors import DeviceError
from visio_desktop.meeting.events import Event, ScreenAsked, ScreenFailed
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP, Problem, ProblemCode, Source
from visio_desktop.system.dbus import SessionBus

STOPPED = Problem(ProblemCode.SCREEN_STOPPED)


class Desk:
    """A person who shares."""

    def __init__(self, portal: FakeScreenCast, address: str) -> None:
        self.portal = portal
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.used: list[FakeCapture | None] = []

        async def connect() -> SessionBus:
            return await SessionBus.connect(address, files=True)

        def stopped(problem: Problem) -> None:
            self.events.append(ScreenFailed(problem))

        def use(_source: Source, capture: object) -> None:
            self.used.append(cast("FakeCapture | None", capture))

        casting = Casting(self.events.append, stopped, connect)
        self.screening = Screening(
            cast("Any", lambda: self.kit), self.events.append, cast("Any", use), lambda _share: None, casting, 0.0
        )

    @property
    def capture(self) -> FakeCapture:
        return self.kit.captures[-1]


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    async with message_bus() as address, FakeScreenCast(address) as portal:
        made = Desk(portal, address)
        yield made
        await made.screening.stop()


async def test_a_share_is_asked_for_once_however_often_it_is_made_anew() -> None:
    async with desk() as here:
        await here.screening.open(CHOSEN_BY_DESKTOP)
        assert here.events == [ScreenAsked(asked=True), ScreenAsked(asked=False)]
        assert here.kit.granted[0].node == 42
        await here.screening.open(CHOSEN_BY_DESKTOP, motion=True)
        assert here.capture.motion
        assert (here.portal.started, here.portal.remotes) == (1, 2)
        await here.screening.close()
        await until(lambda: not here.portal.sessions)
        assert not here.capture.running
        await here.screening.open(CHOSEN_BY_DESKTOP)
        assert here.portal.started == 2, "another share, another choice"
        assert "restore_token" not in here.portal.asked[-1]


async def test_who_cancels_shares_nothing_and_may_try_again() -> None:
    async with desk() as here:
        here.portal.code = 1
        await here.screening.open(CHOSEN_BY_DESKTOP)
        asked = [ScreenAsked(asked=True), ScreenAsked(asked=False)]
        assert here.events == [*asked, ScreenFailed(Problem(ProblemCode.SCREEN_DECLINED))], "and nothing else"
        assert here.used == []
        here.portal.code = 0
        await here.screening.open(CHOSEN_BY_DESKTOP)
        assert here.capture.running


async def test_a_question_ends_with_the_wish_to_share() -> None:
    async with desk() as here:
        here.portal.waits = True
        opening = asyncio.get_running_loop().create_task(here.screening.open(CHOSEN_BY_DESKTOP))
        await until(lambda: here.portal.started == 1)
        await here.screening.close()
        await opening
        assert here.events == [ScreenAsked(asked=True), ScreenAsked(asked=False)], "nobody need be told"
        assert here.portal.withdrawn == 1
        assert here.kit.captures == []


async def test_a_session_that_ends_while_one_is_asked_ends_the_question() -> None:
    async with desk() as here:
        here.portal.waits = True
        opening = asyncio.get_running_loop().create_task(here.screening.open(CHOSEN_BY_DESKTOP))
        await until(lambda: here.portal.started == 1)
        here.portal.stop()
        async with asyncio.timeout(60):  # instead of the five minutes a person may take
            await opening
        assert here.events[-1] == ScreenFailed(Problem(ProblemCode.SCREEN_WAYLAND))
        assert ScreenFailed(STOPPED) not in here.events


async def test_pictures_are_left_before_the_session_is_ended() -> None:
    async with desk() as here:
        await here.screening.open(CHOSEN_BY_DESKTOP)
        seen: list[int] = []
        here.capture.on_join = lambda: seen.append(len(here.portal.sessions))
        await here.screening.close()
        assert seen == [1], "xdg-desktop-portal-wlr dies of it otherwise"


async def test_where_the_desktop_ends_it_that_is_told_and_nothing_goes_on() -> None:
    async with desk() as here:
        await here.screening.open(CHOSEN_BY_DESKTOP)
        here.portal.stop()
        await until(lambda: here.events[-1] == ScreenFailed(STOPPED))
        here.capture.failed(STOPPED)
        assert here.portal.started == 1
        await here.screening.close()


async def test_pictures_that_break_off_go_on_with_the_same_choice_once() -> None:
    async with desk() as here:
        await here.screening.open(CHOSEN_BY_DESKTOP, motion=True)
        here.capture.failed(STOPPED)
        await until(lambda: len(here.kit.captures) == 2 and here.capture.running)
        assert here.portal.asked[-1]["restore_token"] == "the choice"
        assert here.capture.motion
        assert ScreenFailed(STOPPED) not in here.events
        here.capture.failed(STOPPED)
        assert here.events[-1] == ScreenFailed(STOPPED), "a second time it is told"


async def test_without_a_portal_or_a_bus_a_sentence_says_so() -> None:
    async with message_bus() as address:
        events: list[Event] = []
        for where in (address, "unix:path=/nowhere"):

            async def connect(where: str = where) -> SessionBus:
                return await SessionBus.connect(where, files=True)

            casting = Casting(events.append, lambda _problem: None, connect)
            with pytest.raises(DeviceError) as caught:
                await casting.grant()
            assert caught.value.problem.code is ProblemCode.SCREEN_WAYLAND
            assert not casting.can_go_on
            await casting.end()
