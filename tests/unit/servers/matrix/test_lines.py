from __future__ import annotations

from typing import Any, cast

from tests.helpers.clock_media import until
from visio_desktop.meeting.events import Dropped, ServerEvent, SpeakersChanged
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.lines import MOST_LINES, Lines
from visio_desktop.servers.port import JoinError, SessionListener
from visio_desktop.system.tasks import Tasks

GONE = Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True)
QUIET = SpeakersChanged(frozenset())


class Line:
    """A LiveKit session that can be left."""

    def __init__(self, ear: SessionListener) -> None:
        self.ear, self.left = ear, 0

    async def leave(self) -> None:
        self.left += 1


class Hall:
    """Hears the lines, and lets them in unless it refuses."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []
        self.entered: list[tuple[str, Line]] = []
        self.refusals = 0

    async def enter(self, focus: str, ear: SessionListener) -> LiveKitSession:
        if self.refusals:
            self.refusals -= 1
            raise JoinError(Problem(ProblemCode.SERVER_BUSY))
        self.entered.append((focus, Line(ear)))
        return cast("LiveKitSession", self.entered[-1][1])

    def on_line_event(self, focus: str, event: ServerEvent) -> None:
        self.said.append((focus, event))

    def on_line_stream(self, focus: str, publication_id: str, stream: InboundStream) -> None:
        self.said.append((focus, publication_id))

    def on_line_stream_ended(self, focus: str, publication_id: str) -> None:
        self.said.append((focus, f"end of {publication_id}"))

    def on_line_mark(self, focus: str, name: str) -> None:
        self.said.append((focus, name))

    def on_line_lost(self, focus: str) -> None:
        self.said.append((focus, "lost"))


async def test_each_server_is_entered_once_and_left_when_nobody_is_there() -> None:
    hall, tasks = Hall(), Tasks("hall")
    lines = Lines(hall.enter, hall, tasks, pause_s=0)
    lines.want({"one", "two"})
    await until(lambda: len(lines.sessions) == 2, "both")
    lines.want({"one", "two"})
    assert sorted(focus for focus, _ in hall.entered) == ["one", "two"]
    assert lines.session("one") is not None
    assert (lines.session(None), lines.session("three")) == (None, None)
    lines.want({"two"})
    await until(lambda: ("one", "lost") in hall.said, "left")
    assert dict(hall.entered)["one"].left == 1
    await lines.close()
    assert dict(hall.entered)["two"].left == 1
    assert (lines.sessions, len(tasks)) == ((), 0)


async def test_one_that_refuses_or_is_lost_is_entered_again() -> None:
    hall, tasks = Hall(), Tasks("hall")
    hall.refusals = 2
    lines = Lines(hall.enter, hall, tasks, pause_s=0)
    lines.want({"one"})
    await until(lambda: len(lines.sessions) == 1, "in at last")
    hall.entered[0][1].ear.on_event(GONE)
    await until(lambda: len(hall.entered) == 2, "in again")
    assert hall.entered[0][1].left == 1
    await lines.close()


async def test_what_a_line_says_is_heard_with_its_server_s_name_until_it_is_given_up() -> None:
    hall, tasks = Hall(), Tasks("hall")
    lines = Lines(hall.enter, hall, tasks, pause_s=0)
    lines.want({"one"})
    await until(lambda: len(lines.sessions) == 1, "in")
    ear, stream = hall.entered[0][1].ear, cast("Any", None)
    ear.on_event(QUIET)
    ear.on_stream("TR", stream)
    ear.on_stream_ended("TR")
    ear.on_mark("first_ice_connected")
    assert hall.said == [("one", QUIET), ("one", "TR"), ("one", "end of TR"), ("one", "first_ice_connected")]
    await lines.close()
    hall.said.clear()
    ear.on_event(QUIET)
    ear.on_stream("TR", stream)
    ear.on_stream_ended("TR")
    ear.on_mark("x")
    assert hall.said == []


async def test_not_more_than_so_many() -> None:
    hall, tasks = Hall(), Tasks("hall")
    lines = Lines(hall.enter, hall, tasks, pause_s=0)
    lines.want(f"focus{n}" for n in range(50))
    await until(lambda: len(lines.sessions) == MOST_LINES, "the first")
    assert len(hall.entered) == MOST_LINES
    await lines.close()
