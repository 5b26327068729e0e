"""What is said to a server, and what came of it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tests.helpers.fakes import FakeSession
from visio_desktop.engine.delivering import Delivering
from visio_desktop.meeting.effects import Deliver, DeliverChat, DeliverHand
from visio_desktop.meeting.events import ChatDelivered, ChatFailed, Event, HandFailed, RequestDone, RequestRefused
from visio_desktop.meeting.requests import MuteEveryone
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import RequestFailed, ServersError, SessionClosed

MUTE = MuteEveryone()
REFUSED = Problem(ProblemCode.REQUEST_REFUSED)


class Place:
    """Stands for the `Connection`."""

    def __init__(self, session: FakeSession | None) -> None:
        self.session = session


class Bench:
    def __init__(self, session: FakeSession | None) -> None:
        self.events: list[Event] = []
        self.delivering = Delivering(cast("Any", Place(session)), self.events.append)


async def test_what_is_said_arrives_and_its_end_is_told() -> None:
    session = FakeSession()
    bench = Bench(session)
    for effect in (DeliverChat("m", "hello"), DeliverHand(raised=True, at_ms=1.0), Deliver(MUTE)):
        await bench.delivering.deliver(effect)
    assert session.asked == [("chat", "hello"), ("hand", True), ("request", MUTE)]
    assert bench.events == [ChatDelivered("m"), RequestDone(MUTE)]


async def test_without_a_session_nothing_is_done() -> None:
    bench = Bench(None)
    for effect in (DeliverChat("m", "hello"), DeliverHand(raised=True, at_ms=1.0), Deliver(MUTE)):
        await bench.delivering.deliver(effect)
    assert bench.events == [ChatFailed("m"), RequestRefused(MUTE, REFUSED)]


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (RequestFailed("no"), REFUSED),
        (RequestFailed("too often", Problem(ProblemCode.SERVER_BUSY, "h")), Problem(ProblemCode.SERVER_BUSY, "h")),
        (SessionClosed("over"), REFUSED),
    ],
)
async def test_a_refusal_says_why_where_that_is_known(error: ServersError, problem: Problem) -> None:
    session = FakeSession()
    session.refusal = error
    bench = Bench(session)
    await bench.delivering.deliver(Deliver(MUTE))
    await bench.delivering.deliver(DeliverHand(raised=True, at_ms=1.0))
    await bench.delivering.deliver(DeliverChat("m", "hello"))
    assert bench.events == [RequestRefused(MUTE, problem), HandFailed(True, 1.0, problem), ChatFailed("m")]
    assert session.asked == []


class Renewing(Place):
    """A connection whose login can be renewed, so often."""

    def __init__(self, session: FakeSession, renewals: int) -> None:
        super().__init__(session)
        self.renewals = renewals
        self.its = session

    async def renew_login(self) -> bool:
        self.renewals -= 1
        if self.renewals >= 0:
            self.its.refusal = None
        return self.renewals >= 0


EXPIRED = Problem(ProblemCode.LOGIN_EXPIRED, "h")


@pytest.mark.parametrize(("renewals", "said"), [(1, RequestDone(MUTE)), (0, RequestRefused(MUTE, EXPIRED))])
async def test_what_needs_a_login_that_ran_out_is_asked_again_once_it_is_renewed(renewals: int, said: Event) -> None:
    session = FakeSession()
    session.refusal = RequestFailed("401", EXPIRED)
    events: list[Event] = []
    await Delivering(cast("Any", Renewing(session, renewals)), events.append).deliver(Deliver(MUTE))
    assert events == [said]
