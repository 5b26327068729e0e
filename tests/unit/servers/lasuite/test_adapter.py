from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import LeaveRequest

from tests.helpers.clock_media import until
from tests.helpers.fake_lasuite import COOKIES, ENTRY, ROOM, FakeLaSuite, fake_lasuite, token
from tests.helpers.lasuite_samples import SAMPLES
from tests.helpers.rest_server import Answer, RestServer, rest_server
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import Dropped, Joined, LobbyEntered
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, Session

CONFIG = "GET /config/"
RETURN = LeaveRequest(reason=DisconnectReason.SERVER_SHUTDOWN, action=LeaveRequest.Action.RECONNECT)


@pytest.fixture
async def fake() -> AsyncIterator[FakeLaSuite]:
    async with fake_lasuite() as fake:
        yield fake


@pytest.fixture
async def web() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        yield server


async def refusal(link: str) -> JoinError:
    with pytest.raises(JoinError) as caught:
        await LaSuiteAdapter(LiveKitAdapter()).identify(link)
    return caught.value


async def lost(fake: FakeLaSuite, ear: SessionEar) -> None:
    """The meeting breaks in a way that may be come back from."""
    await fake.say(leave=RETURN)
    await until(lambda: any(isinstance(event, Dropped) and event.may_retry for event in ear.events), "dropped")


async def test_a_link_is_known_by_the_answer(web: RestServer) -> None:
    adapter = LaSuiteAdapter(LiveKitAdapter())
    web.says(CONFIG, SAMPLES["config"]["json"])
    assert adapter.recognise(f"{web.url}/tea") is None
    link = await adapter.identify(f"{web.url}/ABCDEFGHIJ?x=1")
    assert link == MeetingLink("lasuite", f"{web.url}/abc-defg-hij", "127.0.0.1", "abc-defg-hij")
    assert not {"Cookie", "Authorization"} & set(web.asked[0].headers)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("<!doctype html>"),
        Answer({"livekit": "yes"}),
        Answer(["livekit"]),
        Answer({}, 404),
        Answer({}, 401),
        Answer(SAMPLES["config"]["json"], 302, {"Location": "https://elsewhere.example/api/v1.0/config/"}),
        Answer('{"livekit": {"url": "' + "x" * 2_000_000),
    ],
)
async def test_other_answers_are_of_other_servers(web: RestServer, answer: Answer) -> None:
    web.says(CONFIG, answer)
    assert await LaSuiteAdapter(LiveKitAdapter()).identify(f"{web.url}/tea") is None
    assert len(web.asked) == 1


async def test_a_link_without_a_room_is_asked_of_nobody(web: RestServer) -> None:
    assert await LaSuiteAdapter(LiveKitAdapter()).identify(f"{web.url}/") is None
    assert web.asked == []


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_in_trouble_is_not_called_unknown(web: RestServer, status: int) -> None:
    web.says(CONFIG, "<html>", status=status)
    assert (await refusal(f"{web.url}/tea")).problem.code is ProblemCode.SERVER_BUSY


async def test_nobody_there() -> None:
    assert (await refusal("http://127.0.0.1:9/tea")).problem.code is ProblemCode.HOST_UNREACHABLE


async def test_a_guest_is_the_same_again_the_next_time(fake: FakeLaSuite) -> None:
    fake.opens("first")
    cookie = SAMPLES["request_entry_public"]["set_cookie"]
    way = fake.rest.answers[ENTRY][0].body
    fake.rest.says(ENTRY, Answer(way, cookie=cookie))
    for _ in range(2):
        session = await fake.join(SessionEar())
        await session.leave()
    cookies = [asked.headers.get("Cookie") for asked in fake.rest.of(ENTRY)]
    assert cookies == [None, cookie.partition(";")[0]]
    assert fake.tokens == ["first", "first"]


async def test_in_a_lobby_one_is_told_so(fake: FakeLaSuite) -> None:
    fake.opens("t", access="restricted")
    accepted = fake.rest.answers[ENTRY][0]
    fake.rest.says(ROOM, {"id": "uuid", "slug": "tea", "access_level": "restricted"})
    fake.rest.says(ENTRY, {"status": "waiting"}, accepted)
    ear = SessionEar()
    session = await fake.join(ear)
    assert isinstance(ear.events[0], LobbyEntered)
    assert isinstance(ear.events[1], Joined)
    await session.leave()


async def test_who_gives_up_waiting_asks_no_more(fake: FakeLaSuite) -> None:
    fake.opens("t")
    fake.rest.says(ENTRY, {"status": "waiting"})
    ear = SessionEar()
    joining = asyncio.gather(fake.join(ear))
    await until(lambda: bool(ear.events), "the lobby")
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert len(fake.rest.of(ENTRY)) == 1


async def test_coming_back_is_with_the_same_token(fake: FakeLaSuite) -> None:
    fake.opens(token("one"))
    ear = SessionEar()
    await fake.join(ear)
    await fake.say(refresh_token=token("newer"))
    await lost(fake, ear)
    asked = len(fake.rest.asked)
    session = await rejoin(fake)
    assert fake.tokens == [token("one"), token("newer")]
    assert len(fake.rest.asked) == asked, "nothing is asked again"
    await session.leave()


async def rejoin(fake: FakeLaSuite, name: str = "Ada", **cookies: str) -> Session:
    link = MeetingLink("lasuite", fake.link, "127.0.0.1", "tea")
    return await fake.adapter.join(JoinRequest(link, name, Credentials(cookies=cookies)), SessionEar())


async def test_somebody_else_does_not_come_back_in_our_place(fake: FakeLaSuite) -> None:
    fake.rest.says("GET /users/me/", {})
    for name, cookies in (("Bob", {}), ("Ada", COOKIES)):
        fake.tokens.clear()
        fake.opens(token("one"))
        ear = SessionEar()
        await fake.join(ear)
        await lost(fake, ear)
        fake.opens(token("two"))
        await (await rejoin(fake, name, **cookies)).leave()
        assert fake.tokens == [token("one"), token("two")]


async def test_another_account_does_not_come_back_in_the_place_of_the_first(fake: FakeLaSuite) -> None:
    fake.rest.says("GET /users/me/", {})
    fake.opens(token("one"))
    ear, cookies = SessionEar(), dict(COOKIES)
    link = MeetingLink("lasuite", fake.link, "127.0.0.1", "tea")
    await fake.adapter.join(JoinRequest(link, "Ada", Credentials(cookies=cookies)), ear)
    await lost(fake, ear)
    fake.opens(token("two"))
    await (await rejoin(fake, **{name: value + "2" for name, value in COOKIES.items()})).leave()
    assert fake.tokens == [token("one"), token("two")]


async def test_the_name_one_took_is_taken_again(fake: FakeLaSuite) -> None:
    fake.opens(token("one"))
    fake.name = "Ada L."
    ear = SessionEar()
    await fake.join(ear)
    await lost(fake, ear)
    fake.name = "Ada"
    fake.rest.says("POST /rooms/uuid/rename/", {"status": "success"})
    session = await rejoin(fake)
    await until(lambda: bool(fake.rest.of("POST /rooms/uuid/rename/")), "renamed")
    assert fake.rest.of("POST /rooms/uuid/rename/")[0].body == {"name": "Ada L."}
    await session.leave()


async def test_a_token_that_has_run_out_is_asked_anew(fake: FakeLaSuite) -> None:
    fake.opens(token("one"))
    ear = SessionEar()
    await fake.join(ear)
    await lost(fake, ear)
    fake.now_ms += 4_000_000
    fake.opens(token("two"))
    await (await rejoin(fake)).leave()
    assert fake.tokens == [token("one"), token("two")]


async def test_a_token_that_is_refused_is_asked_anew(fake: FakeLaSuite) -> None:
    fake.opens(token("one"))
    ear = SessionEar()
    await fake.join(ear)
    await lost(fake, ear)
    fake.refused.add(token("one"))
    fake.opens(token("two"))
    await (await rejoin(fake)).leave()
    assert fake.tokens == [token("one"), token("one"), token("two")]


async def test_who_left_asks_for_a_new_way_in(fake: FakeLaSuite) -> None:
    fake.opens(token("one"))
    await (await fake.join(SessionEar())).leave()
    fake.opens(token("two"))
    await (await fake.join(SessionEar())).leave()
    assert fake.tokens == [token("one"), token("two")]


async def test_why_one_did_not_come_in(fake: FakeLaSuite) -> None:
    for status, code in ((404, ProblemCode.ROOM_NOT_FOUND), (500, ProblemCode.SERVER_BUSY)):
        fake.rest.says(ROOM, {}, status=status)
        with pytest.raises(JoinError) as caught:
            await fake.join(SessionEar(), **COOKIES)
        assert caught.value.problem.code is code
    fake.opens("t")
    fake.livekit = "livekit.example.org"
    fake.opens("t")
    with pytest.raises(JoinError) as caught:
        await fake.join(SessionEar())
    assert caught.value.problem.code is ProblemCode.LINK_INSECURE


async def test_a_link_of_another_kind_is_not_joined() -> None:
    with pytest.raises(JoinError):
        await LaSuiteAdapter(LiveKitAdapter(), Web()).join(
            JoinRequest(MeetingLink("lasuite", "livekit+wss://a"), ""), SessionEar()
        )


async def test_a_check_names_its_hops(fake: FakeLaSuite) -> None:
    link = MeetingLink("lasuite", fake.link, "127.0.0.1", "tea")
    hops = [hop async for hop in fake.adapter.check(JoinRequest(link, ""))]
    states = {hop.name: hop.state for hop in hops}
    assert (states["config"], states["room"], states["signalling"]) == (
        HopState.PASSED,
        HopState.FAILED,
        HopState.SKIPPED,
    )
