from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.helpers.fake_server import FakeAdapter
from visio_desktop.engine import checking as module
from visio_desktop.engine.checking import Checking
from visio_desktop.meeting.effects import RunCheck
from visio_desktop.meeting.events import CheckOver, Event, HopTried
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import Credentials, JoinRequest
from visio_desktop.system.tasks import Tasks

LINK = MeetingLink("fake", "fake:room", "fake.example")
TCP = Hop("tcp", HopState.PASSED)


class Slow(FakeAdapter):
    """A server that answers one hop, then nothing; it counts who came and who left."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[JoinRequest] = []
        self.left = 0
        self.goodbye = asyncio.Event()
        self.goodbye.set()

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        self.asked.append(request)
        try:
            yield TCP
            await asyncio.Event().wait()
        finally:
            await self.goodbye.wait()
            self.left += 1


class Bench:
    def __init__(self, adapter: FakeAdapter) -> None:
        self.told: list[Event] = []
        self.new = asyncio.Event()
        self.checking = Checking(lambda: Catalog([adapter]), self.credentials, self.tell)

    async def credentials(self, _link: MeetingLink) -> Credentials:
        return Credentials(token="t")

    def tell(self, event: Event) -> None:
        self.told.append(event)
        self.new.set()

    def begin(self, number: int, *, inside: bool = False) -> None:
        self.checking.begin(RunCheck(LINK, "Ada", number, inside))
        self.checking.take_in(Meeting(check=Check(number, inside)))

    async def until(self, count: int) -> None:
        while len(self.told) < count:
            self.new.clear()
            await self.new.wait()


async def test_each_hop_is_told_and_the_end() -> None:
    bench = Bench(FakeAdapter())
    bench.begin(7)
    await bench.until(2)
    (first, last) = bench.told
    assert isinstance(first, HopTried)
    assert (first.number, first.hop.name, last) == (7, "tcp", CheckOver(7))


@pytest.mark.parametrize("inside", [True, False])
async def test_nobody_in_the_meeting_sees_it_unless_asked_for(inside: bool) -> None:
    adapter = Slow()
    bench = Bench(adapter)
    bench.begin(1, inside=inside)
    await bench.until(1)
    assert adapter.asked == [JoinRequest(LINK, "Ada", Credentials(token="t"), unseen=not inside)]
    await bench.checking.close()


@pytest.mark.parametrize("meeting", [Meeting(), Meeting(check=Check(9))])
async def test_once_the_snapshot_has_it_no_more_it_is_given_up(meeting: Meeting) -> None:
    adapter = Slow()
    bench = Bench(adapter)
    bench.begin(1)
    await bench.until(1)
    bench.checking.take_in(Meeting(check=Check(1, hops=(TCP,))))
    await asyncio.sleep(0)
    left = [adapter.left]
    bench.checking.take_in(meeting)
    await bench.checking.close()
    assert [*left, adapter.left] == [0, 1]
    assert bench.told == [HopTried(1, TCP)], "nothing more is told of it"


async def test_a_newer_one_ends_the_one_before() -> None:
    adapter = Slow()
    bench = Bench(adapter)
    bench.begin(1)
    await bench.until(1)
    bench.begin(2)
    await bench.until(2)
    assert bench.told == [HopTried(1, TCP), HopTried(2, TCP)]
    assert adapter.left == 1
    await bench.checking.close()


async def test_who_joins_after_a_test_inside_waits_until_that_has_left() -> None:
    adapter = Slow()
    bench = Bench(adapter)
    bench.begin(1, inside=True)
    await bench.until(1)
    adapter.goodbye.clear()
    bench.checking.take_in(Meeting())
    joining = Tasks("test").start(bench.checking.over(), name="join")
    for _ in range(5):
        await asyncio.sleep(0)
    assert not joining.done()
    adapter.goodbye.set()
    await joining
    assert adapter.left == 1


async def test_who_joins_after_a_test_that_enters_nothing_waits_for_nothing() -> None:
    adapter = Slow()
    bench = Bench(adapter)
    bench.begin(1)
    await bench.until(1)
    adapter.goodbye.clear()
    bench.checking.take_in(Meeting())
    await bench.checking.over()
    assert adapter.left == 0
    adapter.goodbye.set()
    await bench.checking.close()


async def test_a_server_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT_S", 0.01)
    bench = Bench(Slow())
    bench.begin(1)
    await bench.until(3)
    silent = Hop("test", HopState.FAILED, problem=Problem(ProblemCode.SERVER_SILENT, "fake.example"))
    assert bench.told == [HopTried(1, TCP), HopTried(1, silent), CheckOver(1)]


async def test_a_link_no_adapter_knows_any_more_is_told() -> None:
    bench = Bench(FakeAdapter())
    bench.checking.begin(RunCheck(MeetingLink("other", "other:x", "h"), "Ada", 1))
    await bench.until(2)
    problem = Problem(ProblemCode.LINK_UNKNOWN_KIND, "h")
    assert bench.told == [HopTried(1, Hop("test", HopState.FAILED, problem=problem)), CheckOver(1)]


async def test_a_fault_of_ours_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = FakeAdapter()
    monkeypatch.setattr(adapter, "check", lambda _: 1 / 0)
    bench = Bench(adapter)
    bench.begin(1)
    await bench.until(2)
    problem = Problem(ProblemCode.INTERNAL)
    assert bench.told == [HopTried(1, Hop("test", HopState.FAILED, problem=problem)), CheckOver(1)]
