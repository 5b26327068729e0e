"""The whole of it stands in `tests/contract/test_links.py`; here: what adapters say beside what is proved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.answering import Host, Told, answering
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.inquiry import Inquiry
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import JoinError

JITSI = {"GET /config.js": Told(b"var config = {hosts: {muc: 'x'}};", kind="text/javascript")}


class Says:
    """An adapter that says this of any link."""

    kind = "lasuite"

    def __init__(self, answer: MeetingLink | ProblemCode | None) -> None:
        self._answer = answer

    async def identify(self, text: str) -> MeetingLink | None:
        del text
        if isinstance(self._answer, ProblemCode):
            raise JoinError(Problem(self._answer, "h"))
        return self._answer


def inquiry(text: str, answer: MeetingLink | ProblemCode | None = None, **more: Any) -> Inquiry:
    asking: Any = (Says(answer),)
    return Inquiry(text, asking, (LiveKitAdapter(),), more.get("web", Web()), browser=more.get("browser", ""))


async def test_what_an_adapter_knows_is_asked_no_further() -> None:
    async with answering(Host(JITSI)) as host:
        link = MeetingLink("lasuite", "https://h/x")
        (found,) = await inquiry(f"http://127.0.0.1:{host.port}/x", link).candidates()
        assert (found.link, found.name, host.lines) == (link, "La Suite Meet", [])


@pytest.mark.parametrize("trouble", [ProblemCode.SERVER_BUSY, ProblemCode.SERVER_NOT_UNDERSTOOD])
async def test_a_server_in_trouble_may_be_of_another_kind(trouble: ProblemCode) -> None:
    async with answering(Host(JITSI)) as host:
        text = f"http://127.0.0.1:{host.port}/x"
        (found,) = await inquiry(text, trouble, browser="https://h/x").candidates()
        assert (found.link.kind, found.browser) == ("jitsi", "https://h/x")
    async with answering(Host()) as host:
        with pytest.raises(JoinError) as caught:
            await inquiry(f"http://127.0.0.1:{host.port}/x", trouble).candidates()
        assert caught.value.problem.code is trouble


async def test_a_host_that_cannot_be_reached_is_asked_nothing_more() -> None:
    async with answering(Host(JITSI)) as host:
        with pytest.raises(JoinError) as caught:
            await inquiry(f"http://127.0.0.1:{host.port}/x", ProblemCode.HOST_UNKNOWN).candidates()
        assert (caught.value.problem.code, host.lines) == (ProblemCode.HOST_UNKNOWN, [])


async def test_without_the_web_only_adapters_are_asked() -> None:
    assert await inquiry("https://meet.example.org/x", None, web=None).candidates() == ()
