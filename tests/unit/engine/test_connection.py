"""Our place at a server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.helpers.fake_server import ME, FakeAdapter, services
from tests.helpers.fakes import FakeInbound, FakeKit, FakeSession
from tests.helpers.rtc_pair import until
from visio_desktop.engine import connection as module
from visio_desktop.engine.connection import Connection
from visio_desktop.meeting.effects import Connect
from visio_desktop.meeting.events import Dropped, Event, Joined, JoinFailed, Left, LobbyEntered
from visio_desktop.meeting.values import MeetingLink, OptionalSecret, Problem, ProblemCode
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.accounts import AccountError
from visio_desktop.servers.port import Credentials, JoinError, Session
from visio_desktop.system.tasks import Tasks

CONNECT = Connect(MeetingLink("fake", "fake:room", "fake.example"), "Ada")
LOST = Problem(ProblemCode.CONNECTION_LOST)


class Users:
    """What uses a session: stands for `Sending` and `Receiving`."""

    def __init__(self) -> None:
        self.sessions: list[Session | None] = []
        self.streams: dict[str, InboundStream] = {}

    def use_session(self, session: Session | None) -> None:
        self.sessions.append(session)

    def begin(self, publication_id: str, stream: InboundStream) -> None:
        self.streams[publication_id] = stream

    def end(self, publication_id: str) -> None:
        del self.streams[publication_id]

    def clear(self) -> None:
        self.streams.clear()


class Bench:
    def __init__(self) -> None:
        self.adapter = FakeAdapter()
        self.events: list[Event] = []
        self.users = Users()
        self.services = services(self.adapter, FakeKit(), credentials=Credentials(token="t"))
        users = cast("Any", self.users)
        self.connection = Connection(self.services, self.events.append, users, users)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


def start(work: Any) -> asyncio.Task[None]:
    return cast("asyncio.Task[None]", asyncio.get_running_loop().create_task(work))


async def test_joining_hands_over_who_joins_and_puts_the_session_to_use(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    (request,) = bench.adapter.requests
    assert (request.name, request.link.text, request.credentials.token) == ("Ada", "fake:room", "t")
    assert bench.users.sessions[-1] is cast("Any", bench.adapter.answer)
    assert bench.connection.session is not None
    assert [type(event) for event in bench.events] == [Joined]
    assert cast("Any", bench.services.marks).get("signalling_open") is not None


async def test_a_changed_network_is_told_to_the_session(bench: Bench) -> None:
    bench.connection.network_changed()
    await bench.connection.join(CONNECT)
    bench.connection.network_changed()
    session = cast("FakeSession", bench.adapter.answer)
    assert ("network changed", None) in session.asked


async def test_what_has_to_be_left_first_is_waited_for_and_giving_up_meanwhile_holds(bench: Bench) -> None:
    waiting = asyncio.Event()

    async def wait() -> None:
        waiting.set()
        await bench.adapter.let.wait()

    bench.connection.before_joining = wait
    bench.adapter.let.clear()
    joining = Tasks("test").start(bench.connection.join(CONNECT), name="join")
    await waiting.wait()
    assert not bench.adapter.requests
    await bench.connection.leave()
    bench.adapter.let.set()
    await joining
    assert not bench.adapter.requests, "given up meanwhile"
    await bench.connection.join(CONNECT)
    assert len(bench.adapter.requests) == 1


async def test_a_token_is_for_the_link_it_was_given_for_and_comes_before_that_of_the_command_line(bench: Bench) -> None:
    bench.connection.keep_token(CONNECT.link, "typed")
    await bench.connection.join(CONNECT)
    await bench.connection.join(Connect(MeetingLink("fake", "fake:other"), "Ada"))
    bench.connection.keep_token(CONNECT.link, "")
    await bench.connection.join(CONNECT)
    assert [request.credentials.token for request in bench.adapter.requests] == ["typed", "t", "t"]


async def test_a_login_is_for_the_link_it_was_given_for(bench: Bench) -> None:
    bench.connection.keep_login(CONNECT.link, "ada", "secret")
    await bench.connection.join(CONNECT)
    await bench.connection.join(Connect(MeetingLink("fake", "fake:other"), "Ada"))
    bench.connection.keep_login(CONNECT.link, "", "")
    await bench.connection.join(CONNECT)
    given = [(request.credentials.user, request.credentials.user_password) for request in bench.adapter.requests]
    assert given == [("ada", "secret"), ("", ""), ("", "")]


async def test_a_rooms_secret_is_for_its_link_until_it_is_taken_back(bench: Bench) -> None:
    link = replace(CONNECT.link, takes_besides=OptionalSecret.ROOM_SECRET)
    bench.connection.keep_besides(link, "led")
    for _ in range(2):
        await bench.connection.join(Connect(link, "Ada"))
    await bench.connection.join(Connect(MeetingLink("fake", "fake:other"), "Ada"))
    bench.connection.keep_besides(link, "")
    await bench.connection.join(Connect(link, "Ada"))
    assert [request.credentials.room_secret for request in bench.adapter.requests] == ["led", "led", "", ""]
    assert not any(request.credentials.recovery_key for request in bench.adapter.requests)


async def test_a_recovery_key_is_used_until_one_is_in_and_no_longer(bench: Bench) -> None:
    link = replace(CONNECT.link, takes_besides=OptionalSecret.RECOVERY_KEY)
    bench.connection.keep_besides(link, "EsT1")
    bench.adapter.answer = JoinError(Problem(ProblemCode.ROOM_NOT_FOUND))
    await bench.connection.join(Connect(link, "Ada"))
    bench.adapter.answer = FakeSession()
    for _ in range(2):
        await bench.connection.join(Connect(link, "Ada"))
    assert [request.credentials.recovery_key for request in bench.adapter.requests] == ["EsT1", "EsT1", ""]


@pytest.mark.parametrize("kind", OptionalSecret)
async def test_a_secret_that_was_refused_is_tried_once(bench: Bench, kind: OptionalSecret) -> None:
    link = replace(CONNECT.link, takes_besides=kind)
    bench.connection.keep_besides(link, "wrong")
    bench.adapter.answer = JoinError(Problem(ProblemCode(f"{kind.value}_refused")))
    await bench.connection.join(Connect(link, "Ada"))
    bench.adapter.answer = FakeSession()
    await bench.connection.join(Connect(link, "Ada"))
    given = [getattr(request.credentials, kind.value) for request in bench.adapter.requests]
    assert given == ["wrong", ""]


async def test_a_passphrase_is_for_the_link_it_was_given_for(bench: Bench) -> None:
    bench.connection.keep_passphrase(CONNECT.link, "secret")
    await bench.connection.join(CONNECT)
    await bench.connection.join(Connect(MeetingLink("fake", "fake:other"), "Ada"))
    given = [(request.credentials.token, request.credentials.password) for request in bench.adapter.requests]
    assert given == [("t", "secret"), ("t", "")]


async def test_who_agrees_to_be_recorded_agrees_to_it_there_alone(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    bench.connection.keep_consent(CONNECT.link)
    await bench.connection.join(CONNECT)
    await bench.connection.join(Connect(MeetingLink("fake", "fake:other"), "Ada"))
    assert [request.credentials.consents for request in bench.adapter.requests] == [False, True, False]


async def test_why_a_join_failed_is_told(bench: Bench) -> None:
    bench.adapter.answer = JoinError(Problem(ProblemCode.TOKEN_EXPIRED))
    await bench.connection.join(CONNECT)
    assert bench.events == [JoinFailed(Problem(ProblemCode.TOKEN_EXPIRED))]
    bench.adapter.listener.on_event(Dropped(LOST, may_retry=True))
    assert len(bench.events) == 1


async def test_a_link_no_adapter_knows_any_more_fails(bench: Bench) -> None:
    await bench.connection.join(Connect(MeetingLink("other", "other:room"), "Ada"))
    assert [cast("JoinFailed", event).problem.code for event in bench.events] == [ProblemCode.LINK_UNKNOWN_KIND]


async def test_a_server_that_never_answers_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "JOIN_TIMEOUT_S", 0.01)
    bench.adapter.let.clear()
    await bench.connection.join(CONNECT)
    assert bench.events == [JoinFailed(Problem(ProblemCode.SERVER_SILENT, "fake.example"))]


async def test_leaving_leaves_the_session_and_deafens_it(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    bench.adapter.listener.on_stream("camera", FakeInbound("s1"))
    assert list(bench.users.streams) == ["camera"]
    await bench.connection.leave()
    assert cast("FakeSession", bench.adapter.answer).left
    assert bench.users.sessions[-1] is None
    assert bench.users.streams == {}
    assert bench.connection.session is None
    bench.adapter.listener.on_stream("camera", FakeInbound("s2"))
    bench.adapter.listener.on_stream_ended("camera")
    bench.adapter.listener.on_mark("first_ice_connected")
    bench.adapter.listener.on_event(Joined(ME, "", bench.adapter.capabilities, 0))
    assert bench.users.streams == {}
    assert cast("Any", bench.services.marks).get("first_ice_connected") is None
    assert [type(event) for event in bench.events] == [Joined, Left]


async def test_streams_begin_and_end(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    bench.adapter.listener.on_stream("camera", FakeInbound("s1"))
    bench.adapter.listener.on_stream_ended("camera")
    assert bench.users.streams == {}


async def test_a_drop_ends_sending_and_receiving_before_it_is_told(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    bench.adapter.listener.on_stream("camera", FakeInbound("s1"))
    bench.adapter.listener.on_event(Dropped(LOST, may_retry=True))
    assert bench.users.sessions[-1] is None
    assert bench.users.streams == {}
    assert bench.events[-1] == Dropped(LOST, may_retry=True)
    before = cast("FakeSession", bench.adapter.answer)
    bench.adapter.answer = FakeSession()
    await bench.connection.join(CONNECT)
    assert before.left
    assert bench.connection.session is cast("Any", bench.adapter.answer)


async def test_a_join_given_up_waits_at_no_door(bench: Bench) -> None:
    bench.adapter.let.clear()
    joining = start(bench.connection.join(CONNECT))
    await until(lambda: bool(bench.adapter.requests))
    bench.adapter.listener.on_event(LobbyEntered())
    await bench.connection.leave()
    await joining
    bench.adapter.listener.on_event(LobbyEntered())
    await bench.connection.leave()
    assert bench.events == [LobbyEntered(), Left(), Left()]


async def test_a_join_that_succeeds_while_it_is_given_up_is_left_again(bench: Bench) -> None:
    bench.adapter.let.clear()
    joining = start(bench.connection.join(CONNECT))
    await until(lambda: bool(bench.adapter.requests))
    bench.adapter.let.set()
    await bench.connection.leave()
    await joining
    assert cast("FakeSession", bench.adapter.answer).left
    assert bench.connection.session is None
    assert bench.events == [Left()]


async def test_whoever_leaves_while_the_old_session_is_being_left_does_not_come_back(bench: Bench) -> None:
    await bench.connection.join(CONNECT)
    old = cast("FakeSession", bench.adapter.answer)
    old.may_leave.clear()
    returning = start(bench.connection.join(CONNECT))
    await until(lambda: old.left)
    leaving = start(bench.connection.leave())
    await asyncio.sleep(0)
    old.may_leave.set()
    await asyncio.gather(returning, leaving)
    assert len(bench.adapter.requests) == 1
    assert bench.connection.session is None


async def test_a_session_that_drops_before_it_is_handed_over_is_not_used(bench: Bench) -> None:
    session = FakeSession()

    class Hasty(FakeAdapter):
        async def join(self, request: Any, listener: Any) -> FakeSession:
            listener.on_event(Dropped(LOST, may_retry=True))
            return session

    cast("Any", bench.connection)._services = services(Hasty(), FakeKit())
    await bench.connection.join(CONNECT)
    assert session.left
    assert cast("Any", session) not in bench.users.sessions


async def test_a_session_that_does_not_end_is_not_waited_for_long(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEAVE_TIMEOUT_S", 0.01)
    await bench.connection.join(CONNECT)
    cast("FakeSession", bench.adapter.answer).may_leave.clear()
    await bench.connection.leave()
    assert bench.events[-1] == Left()


async def test_who_waits_in_the_lobby_waits_longer_than_for_a_server(bench: Bench) -> None:
    bench.adapter.let.clear()
    joining = start(bench.connection.join(CONNECT))
    await until(lambda: len(bench.adapter.listeners) == 1)
    bench.adapter.listener.on_event(LobbyEntered())
    limit = cast("Any", bench.adapter.listener).limit
    assert limit.when() > asyncio.get_running_loop().time() + 2 * module.JOIN_TIMEOUT_S
    bench.adapter.let.set()
    await joining
    assert [type(event) for event in bench.events] == [LobbyEntered, Joined]


async def test_a_door_reached_as_the_time_runs_out_or_a_join_given_up_then_raises_nothing(bench: Bench) -> None:
    bench.adapter.let.clear()
    joining = start(bench.connection.join(CONNECT))
    await until(lambda: len(bench.adapter.listeners) == 1)
    listener, loop = cast("Any", bench.adapter.listener), asyncio.get_running_loop()
    late: list[str] = []

    def too_late() -> None:
        late.append(str(listener.limit))
        listener.on_event(LobbyEntered())
        listener.give_up()

    listener.limit.reschedule(loop.time())
    loop.call_soon(too_late)  # right after the time is over, before the join hears of it
    await joining
    assert "expiring" in late[0]
    assert bench.events[0] == LobbyEntered()


async def test_nobody_waits_in_the_lobby_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOBBY_TIMEOUT_S", 0.02)
    bench.adapter.let.clear()
    joining = start(bench.connection.join(CONNECT))
    await until(lambda: len(bench.adapter.listeners) == 1)
    bench.adapter.listener.on_event(LobbyEntered())
    await joining
    assert bench.events == [LobbyEntered(), JoinFailed(Problem(ProblemCode.ENTRY_TIMED_OUT, "fake.example"))]


class Logins:
    """Stands for `Accounts`: cookies that are renewed in place, as often as `renewals` says."""

    def __init__(self, adapter: FakeAdapter, renewals: int) -> None:
        self.adapter = adapter
        self.cookies_now = {"sessionid": "old"}
        self.renewals = renewals

    async def cookies(self, _link: MeetingLink) -> dict[str, str]:
        return self.cookies_now

    async def renew(self, _link: MeetingLink) -> dict[str, str]:
        if not self.renewals:
            raise AccountError(Problem(ProblemCode.LOGIN_EXPIRED, "h"))
        self.renewals -= 1
        self.cookies_now["sessionid"] = "new"
        self.adapter.answer = FakeSession()
        return self.cookies_now


async def test_a_login_that_has_run_out_is_renewed_once_and_the_join_goes_on(bench: Bench) -> None:
    bench.connection.accounts = cast("Any", Logins(bench.adapter, renewals=1))
    bench.adapter.answer = JoinError(Problem(ProblemCode.LOGIN_EXPIRED, "h"))
    await bench.connection.join(CONNECT)
    assert [request.credentials.cookies for request in bench.adapter.requests] == [{"sessionid": "new"}] * 2
    assert bench.connection.session is not None
    assert not await bench.connection.renew_login()


async def test_one_that_cannot_be_renewed_ends_the_join_with_its_reason(bench: Bench) -> None:
    bench.connection.accounts = cast("Any", Logins(bench.adapter, renewals=0))
    bench.adapter.answer = JoinError(Problem(ProblemCode.LOGIN_EXPIRED, "h"))
    await bench.connection.join(CONNECT)
    assert bench.events == [JoinFailed(Problem(ProblemCode.LOGIN_EXPIRED, "h"))]
