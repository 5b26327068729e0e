"""From a link's text to its kind of server."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from visio_desktop.engine import recognising as module
from visio_desktop.engine.recognising import Recognising
from visio_desktop.meeting.events import Event, LinkRecognised, LinkRefused
from visio_desktop.meeting.values import Candidate, MeetingLink, Problem, ProblemCode
from visio_desktop.servers.port import JoinError, LinkAmbiguous
from visio_desktop.system.tasks import Tasks

UNKNOWN = Problem(ProblemCode.LINK_UNKNOWN_KIND, "visio.example")


class SlowCatalog:
    """Knows `fake:` links by their form, and those of `answers` once it is `let`."""

    def __init__(self) -> None:
        self.answers: dict[str, MeetingLink | JoinError] = {}
        self.asked: list[str] = []
        self.sure: list[bool] = []
        self.given_up: list[str] = []
        self.let = asyncio.Event()

    def recognise(self, text: str) -> tuple[None, MeetingLink]:
        if text.startswith("fake:"):
            return None, MeetingLink("fake", text)
        code = ProblemCode.LINK_INSECURE if text.startswith("http:") else ProblemCode.LINK_UNKNOWN_KIND
        raise JoinError(Problem(code, "visio.example"))

    async def identify(self, text: str, *, sure: bool) -> tuple[None, MeetingLink]:
        self.asked.append(text)
        self.sure.append(sure)
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.given_up.append(text)
            raise
        answer = self.answers.get(text, JoinError(UNKNOWN))
        if isinstance(answer, JoinError):
            raise answer
        return None, answer


class Bench:
    def __init__(self) -> None:
        self.catalog, self.tasks = SlowCatalog(), Tasks("test")
        self.events: list[Event] = []
        start = cast("Any", lambda name, work: self.tasks.start(work, name=name))
        self.recognising = Recognising(lambda: cast("Any", self.catalog), self.events.append, start)

    async def settle(self) -> None:
        """Let all that is under way end."""
        while len(self.tasks):
            await asyncio.sleep(0)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_a_form_that_tells_is_answered_at_once(bench: Bench) -> None:
    bench.recognising.look("fake:room")
    bench.recognising.look("http://visio.example/abc")
    good, bad = bench.events
    assert good == LinkRecognised(MeetingLink("fake", "fake:room"))
    assert isinstance(bad, LinkRefused)
    assert bad.problem.code is ProblemCode.LINK_INSECURE
    assert len(bench.tasks) == 0


async def test_else_the_server_is_asked(bench: Bench) -> None:
    link = MeetingLink("lasuite", "https://visio.example/abc")
    bench.catalog.answers = {link.text: link}
    bench.recognising.look(link.text)
    assert bench.events == []
    bench.catalog.let.set()
    await bench.settle()
    bench.recognising.look("https://else.example/x")
    await bench.settle()
    assert bench.events == [LinkRecognised(link), LinkRefused("https://else.example/x", UNKNOWN)]


async def test_a_newer_link_ends_the_look_at_the_older_one(bench: Bench) -> None:
    bench.recognising.look("https://a.example/x")
    bench.recognising.look("https://b.example/x")
    await asyncio.sleep(0)
    bench.recognising.look("https://c.example/x")
    await asyncio.sleep(0.01)
    assert (bench.catalog.asked, bench.catalog.given_up) == (
        ["https://b.example/x", "https://c.example/x"],
        ["https://b.example/x"],
    )
    bench.catalog.let.set()
    await bench.settle()
    assert bench.events == [LinkRefused("https://c.example/x", UNKNOWN)]


async def test_who_went_home_hears_nothing_more(bench: Bench) -> None:
    bench.recognising.look("https://a.example/x")
    await asyncio.sleep(0)
    bench.recognising.stop()
    bench.recognising.stop()
    await bench.settle()
    assert bench.events == []
    assert bench.catalog.given_up == ["https://a.example/x"]


async def test_a_server_that_never_answers_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_TIMEOUT_S", 0.0)
    bench.recognising.look("https://a.example/x?secret=1")
    await bench.settle()
    (event,) = bench.events
    assert isinstance(event, LinkRefused)
    assert event.problem == Problem(ProblemCode.SERVER_SILENT, "https://a.example/x")


async def test_several_kinds_are_passed_on_and_so_is_who_is_sure(bench: Bench) -> None:
    both = (Candidate(MeetingLink("a", "a:x"), "A"), Candidate(MeetingLink("b", "b:x"), "B"))
    bench.catalog.answers = {"https://a.example/x": LinkAmbiguous(both)}
    bench.catalog.let.set()
    bench.recognising.look("https://a.example/x", sure=True)
    await bench.settle()
    assert bench.events == [
        LinkRefused("https://a.example/x", Problem(ProblemCode.LINK_AMBIGUOUS, "A, B"), both),
    ]
    assert bench.catalog.sure == [True]
