from __future__ import annotations

from itertools import count

import pytest

from visio_desktop.meeting.events import Restored, Restoring, ServerEvent
from visio_desktop.net import HostUnreachable, Web
from visio_desktop.servers.port import RequestFailed, SessionClosed
from visio_desktop.servers.talk import returning as module
from visio_desktop.servers.talk.returning import come_back
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.words import Refusal
from visio_desktop.system.tasks import Tasks


class Answering(Signal):
    """Each attempt ends like this; the last goes on for ever."""

    def __init__(self, *errors: Exception | None) -> None:
        super().__init__(Web(), "ws://h", Tasks("test"))
        self.errors = list(errors)
        self.tries = 0

    async def resume(self) -> None:
        self.tries += 1
        error = self.errors.pop(0) if len(self.errors) > 1 else self.errors[0]
        if error is not None:
            raise error


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BETWEEN_S", 0.0)


async def test_it_is_tried_until_it_works() -> None:
    told: list[ServerEvent] = []
    times = count(0, 100)
    signal = Answering(HostUnreachable("h"), RequestFailed("no answer"), None)
    assert await come_back(signal, lambda: next(times), told.append)
    assert signal.tries == 3
    assert told == [Restoring("signalling"), Restored("signalling", 400)]


@pytest.mark.parametrize(
    ("error", "tries"), [(Refusal("no_such_session"), 1), (SessionClosed("left"), 1), (RequestFailed("no"), 7)]
)
async def test_it_is_given_up_at_once_or_in_time(error: Exception, tries: int) -> None:
    told: list[ServerEvent] = []
    times = count(0, 1_000)
    signal = Answering(error)
    assert not await come_back(signal, lambda: next(times), told.append)
    assert (signal.tries, told) == (tries, [Restoring("signalling")])
