"""The contract's fixture for the practice meeting: everybody who joins gets a meeting, and a process, of their own."""

from __future__ import annotations

import sys
from typing import Never

import psutil

from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.port import JoinRequest
from visio_desktop.servers.practice.adapter import LINK, PracticeAdapter
from visio_desktop.system.clock import epoch_ms

COMMAND = (sys.executable, "-m", "visio_desktop.practice")


def meetings() -> list[psutil.Process]:
    """The processes of this process' practice meetings."""
    return [p for p in psutil.Process().children() if "visio_desktop.practice" in p.cmdline()]


class PracticeFixture:
    """See `suite.Fixture`. Nobody moderates a practice meeting."""

    def adapter(self, command: tuple[str, ...] = COMMAND) -> PracticeAdapter:
        return PracticeAdapter(command, lambda: "en", epoch_ms=epoch_ms)

    def request(self, name: str) -> JoinRequest:
        return JoinRequest(MeetingLink("practice", LINK), name)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        return {}

    async def remove(self, participant_id: str) -> Never:
        raise NotImplementedError

    async def mute(self, participant_id: str, publication_id: str) -> Never:
        raise NotImplementedError

    async def end(self) -> Never:
        raise NotImplementedError

    async def crash(self) -> None:
        for process in meetings():
            process.kill()
