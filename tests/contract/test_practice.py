"""What of the contract of `servers.port` concerns one person alone, kept by the practice meeting."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

import pytest

from tests.contract.house import MICROPHONE, House
from tests.contract.practice_fixture import PracticeFixture, meetings
from tests.contract.suite import AloneContract
from tests.helpers.clock_media import ToneListener, until
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import HandChanged, Joined
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.servers.port import JoinError, RequestFailed
from visio_desktop.servers.practice import adapter, child

ECHOING, SHOWING = "Chloé Martin", "Bruno Lefèvre"


def saying(program: str) -> tuple[str, ...]:
    """A process that does this instead of a meeting."""
    return (sys.executable, "-c", f"import json, os, sys\n{program}")


class TestPractice(AloneContract):
    @pytest.fixture
    def fixture(self) -> PracticeFixture:
        return PracticeFixture()

    async def test_joining_finds_people_there(self, house: House) -> None:
        ada = await house.join("Ada")
        first = ada.ear.events[0]
        assert isinstance(first, Joined)
        assert (first.me.name, first.me.is_me) == ("Ada", True)
        assert first.capabilities in house.fixture.adapter().capabilities
        await until(lambda: len(ada.ear.others) == 4, "four people")
        await until(lambda: ada.ear.marks == ["signalling_open", "first_ice_connected"], "media connected")
        assert ada.session.path()["protocol"] == "udp"

    async def test_what_one_says_is_said_again(self, house: House) -> None:
        ada = await house.join("Ada")
        await ada.say(440)
        await until(lambda: ada.ear.stream(ECHOING, Source.MICROPHONE) is not None, "the echo's stream")
        stream = ada.ear.stream(ECHOING, Source.MICROPHONE)
        assert stream is not None
        listener = ToneListener(stream)
        await until(lambda: abs(listener.hz - 440) < 12, "a tone of 440 Hz")

    async def test_cameras_and_slides_arrive(self, house: House) -> None:
        ada = await house.join("Ada")
        views = [await ada.view(SHOWING), await ada.view(SHOWING, Source.SCREEN)]
        await until(lambda: all(v.frames >= 5 for v in views), "pictures of both")
        assert [v.errors for v in views] == [0, 0]
        await until(lambda: [v.size for v in views] == [(640, 360), (1280, 720)], "the full sizes")

    async def test_muting_and_hands_come_back(self, house: House) -> None:
        ada = await house.join("Ada")
        await ada.session.publish(MICROPHONE)
        for muted in (True, False):
            await ada.session.set_muted(Source.MICROPHONE, muted=muted)
            own = ada.ear.publication("Ada", Source.MICROPHONE)
            assert own is not None
            assert own.muted is muted
        for raised_at_ms in (5.0, None):
            await ada.session.set_hand(raised=raised_at_ms is not None, at_ms=raised_at_ms or 0.0)
            told = partial(lambda event: event in ada.ear.events, HandChanged(ada.ear.me.id, raised_at_ms))
            await until(told, "one's own hand")

    async def test_what_one_writes_comes_back_and_is_answered(self, house: House) -> None:
        ada = await house.join("Ada")
        await ada.session.send_chat("m1", "tea? ☕")
        await until(lambda: sum("tea? ☕" in m.text for m in ada.ear.chat) == 2, "the line and its answer")
        mine = [m for m in ada.ear.chat if m.is_mine]
        assert [(m.id, m.text, m.sender_name) for m in mine] == [("m1", "tea? ☕", "Ada")]
        with pytest.raises(RequestFailed):
            await ada.session.send_chat("long", "x" * 1_000_000)

    @pytest.mark.parametrize(
        ("command", "code"),
        [
            (("/nowhere/at/all",), ProblemCode.INTERNAL),
            (saying("print('rubbish')"), ProblemCode.SERVER_SILENT),
            (saying("sys.stdin.read()"), ProblemCode.SERVER_SILENT),
            (saying("print('{', end='')"), ProblemCode.SERVER_SILENT),
            (saying("print('{' + ' ' * (1 << 21))"), ProblemCode.SERVER_SILENT),
            (saying("print(json.dumps({'is': 'Speakers', 'ids': 'x'}))"), ProblemCode.SERVER_SILENT),
            (saying("print('[' * 50_000)\nsys.stdin.read()"), ProblemCode.SERVER_SILENT),
            (saying("os.write(1, bytes(range(256)) * 9)\nsys.stdin.read()"), ProblemCode.SERVER_SILENT),
            (saying("while True: print('{}')"), ProblemCode.SERVER_SILENT),
        ],
    )
    async def test_a_meeting_that_does_not_start_is_a_failure_to_join(
        self, fixture: PracticeFixture, command: tuple[str, ...], code: ProblemCode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(adapter, "WELCOME_TIMEOUT_S", 1.0)
        monkeypatch.setattr(child, "END_TIMEOUT_S", 0.5)
        before = len(asyncio.all_tasks())
        ear = SessionEar()
        with pytest.raises(JoinError) as caught:
            await fixture.adapter(command).join(fixture.request("Ada"), ear)
        assert caught.value.problem.code is code
        assert ear.events == []
        assert meetings() == []
        await until(lambda: len(asyncio.all_tasks()) <= before, "no task left")

    async def test_check_names_the_start(self, fixture: PracticeFixture) -> None:
        hops = [hop async for hop in fixture.adapter(("/nowhere/at/all",)).check(fixture.request("Ada"))]
        assert [(hop.name, hop.state) for hop in hops] == [("link", HopState.PASSED), ("start", HopState.FAILED)]

    async def test_leaving_ends_the_process(self, house: House) -> None:
        ada = await house.join("Ada")
        assert len(meetings()) == 1
        await ada.session.leave()
        assert meetings() == []
