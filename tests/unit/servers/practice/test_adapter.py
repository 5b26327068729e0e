"""The practice meeting as one more kind of server, with real processes."""

from __future__ import annotations

import asyncio
import sys

import psutil
import pytest

from tests.helpers.practice_children import DEAF, ENDS_AT_ONCE, MISSING, PRACTICE, SILENT, WELCOME, saying
from tests.helpers.rtc_pair import until
from tests.helpers.session_listener import Listening
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.port import JoinError, JoinRequest
from visio_desktop.servers.practice import adapter as module
from visio_desktop.servers.practice import child
from visio_desktop.servers.practice.adapter import LINK, PracticeAdapter
from visio_desktop.system.tasks import Tasks

REQUEST = JoinRequest(MeetingLink("practice", LINK), "Odile")


def adapter(command: tuple[str, ...]) -> PracticeAdapter:
    return PracticeAdapter(command, lambda: "en", epoch_ms=lambda: 1e12)


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "END_TIMEOUT_S", 0.3)


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children()}


async def hops(command: tuple[str, ...]) -> list[Hop]:
    return [hop async for hop in adapter(command).check(REQUEST)]


@pytest.mark.parametrize("text", ["practice:", " PRACTICE: "])
def test_its_one_link_is_recognised(text: str) -> None:
    assert adapter(SILENT).recognise(text) == MeetingLink("practice", "practice:")


@pytest.mark.parametrize("text", ["practice", "practice:room", "https://practice:/"])
def test_other_links_are_not(text: str) -> None:
    assert adapter(SILENT).recognise(text) is None


async def test_joining_is_done_when_it_returns_and_leaving_ends_the_process() -> None:
    listener, before = Listening(), children()
    session = await adapter(saying(WELCOME)).join(REQUEST, listener)
    (joined,) = listener.of(Joined)
    assert joined.me.name == "Odile"
    assert adapter(SILENT).capabilities == joined.capabilities
    assert Capability.CHAT in joined.capabilities
    await session.leave()
    assert children() == before


@pytest.mark.parametrize("command", [SILENT, ENDS_AT_ONCE], ids=["silent", "ends at once"])
async def test_without_a_welcome_the_join_fails_and_nothing_stays(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WELCOME_TIMEOUT_S", 0.5 if command is SILENT else 20)
    listener, before = Listening(), children()
    with pytest.raises(JoinError) as refused:
        await asyncio.wait_for(adapter(command).join(REQUEST, listener), 5)
    assert refused.value.problem.code is ProblemCode.SERVER_SILENT
    assert listener.events == []
    assert children() == before


async def test_a_join_that_is_given_up_leaves_no_process() -> None:
    before = children()
    joining = asyncio.get_running_loop().create_task(adapter(SILENT).join(REQUEST, Listening()))
    await until(lambda: children() != before)
    await asyncio.sleep(0.05)
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert children() == before


async def test_a_process_that_cannot_be_started_is_told() -> None:
    with pytest.raises(JoinError) as refused:
        await adapter(MISSING).join(REQUEST, Listening())
    assert refused.value.problem.code is ProblemCode.INTERNAL
    _, hop = await hops(MISSING)
    assert hop.state is HopState.FAILED


async def test_a_check_given_up_midway_leaves_no_process() -> None:
    before, begun = children(), Tasks("test")
    begun.start(hops(SILENT), name="check")
    await until(lambda: children() != before)
    await begun.close()
    assert children() == before


async def test_the_check_is_welcomed_by_the_real_meeting() -> None:
    _, hop = await hops(PRACTICE)
    assert (hop.name, hop.state, hop.detail) == ("start", HopState.PASSED, "practice:")
    assert hop.took_ms > 0


@pytest.mark.parametrize("command", [ENDS_AT_ONCE, DEAF, saying("rubbish"), (sys.executable, "-c", "1/0")])
async def test_the_check_fails_without_a_welcome(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WELCOME_TIMEOUT_S", 0.5)
    before = children()
    _, hop = await hops(command)
    assert hop.state is HopState.FAILED
    assert hop.problem is not None
    assert children() == before
