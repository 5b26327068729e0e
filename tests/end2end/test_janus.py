"""What a real Janus does beside the contract: tokens, sessions claimed after a break, layers, who speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from tests.contract.house import LONG_S, MICROPHONE, House, Person
from tests.contract.janus_fixture import JanusFixture
from tests.helpers.breaking import Breaking, breaking
from tests.helpers.clock_media import ClockViewer, ToneMicrophone, until
from tests.helpers.filming import filming
from tests.helpers.janus_server import JanusServer
from tests.helpers.session_ear import SessionEar
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.meeting.events import Restored, Restoring, SpeakersChanged
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, Wanted
from visio_desktop.system.tasks import Tasks

LAYERED = EncodeSettings(640, 360, 15, 500_000)


@pytest.fixture(scope="module")
def server() -> Iterator[JanusServer]:
    with JanusServer(reclaim_s=60) as running:
        yield running


@pytest.fixture
def fixture(server: JanusServer) -> JanusFixture:
    return JanusFixture(server)


@pytest.fixture
async def house(fixture: JanusFixture) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(fixture, stack)


async def test_a_session_is_claimed_after_a_break_and_media_never_stopped(
    fixture: JanusFixture, house: House, tasks: Tasks
) -> None:
    bob = await house.join("Bob")
    await bob.show()
    await bob.say(440)
    ear = SessionEar()
    async with breaking("127.0.0.1", fixture.port) as way:
        session = await fixture.adapter().join(fixture.request_at(way.port, "Ada"), ear)
        ada = Person(session, ear, tasks)
        await ada.meets({"Bob": 440})
        viewer = await ada.view("Bob")
        streams = dict(ear.streams)
        for number in (1, 2):
            await broken_and_mended(way, ada, number)
            seen = len(viewer.codes)
            await until(lambda seen=seen: len(viewer.codes) > seen + 3, "pictures", timeout_s=LONG_S)  # type: ignore[misc]
        assert ear.streams == streams, "the same streams as before"
        await ada.say(660)
        await bob.hears("Ada", 660)
        carol = await house.join("Carol")
        await carol.show()
        await ada.view("Carol")
        assert ear.dropped is None
        await session.leave()
    await until(lambda: bob.ear.others == ["Carol"], "Ada gone")


async def broken_and_mended(way: Breaking, ada: Person, number: int) -> None:
    way.cut()
    told = [Restoring("signalling")] * number
    await until(lambda: sum(isinstance(e, Restored) for e in ada.ear.events) == number, "mended", timeout_s=LONG_S)
    assert [e for e in ada.ear.events if isinstance(e, Restoring)] == told


async def test_a_camera_in_layers_comes_in_the_size_it_is_looked_at(house: House) -> None:
    ada, bob = await house.join("Ada"), await house.join("Bob")
    async with filming(ada.session, Codec.VP8, LAYERED) as publisher:
        assert len(publisher.layer_statistics()) == 2
        publication = await bob.publication("Ada", Source.CAMERA)
        viewer: ClockViewer = await bob.view("Ada")
        for wanted, size in ((180, (320, 180)), (360, (640, 360)), (180, (320, 180))):
            await bob.session.set_wanted(publication, Wanted(width_px=wanted * 16 // 9, height_px=wanted))
            await until(lambda size=size: viewer.size == size, f"{size}", timeout_s=LONG_S)  # type: ignore[misc]
        assert viewer.errors == 0


async def test_who_speaks_is_told(house: House, tasks: Tasks) -> None:
    ada, bob = await house.join("Ada"), await house.join("Bob")
    tone = ToneMicrophone(await ada.session.publish(MICROPHONE), tasks, hz=440, level_db=-10)
    await until(lambda: SpeakersChanged(frozenset({ada.ear.me.id})) in bob.ear.events, "speaks", timeout_s=LONG_S)
    tone.task.cancel()
    silent = ToneMicrophone(tone.stream, tasks, hz=440, level_db=-127)
    await until(lambda: bob.ear.events[-1] == SpeakersChanged(frozenset()), "silent", timeout_s=LONG_S)
    silent.task.cancel()


async def test_a_server_that_wants_tokens_lets_in_those_who_have_one() -> None:
    with JanusServer(token_secret="the secret tokens are signed with") as server:
        fixture = JanusFixture(server)
        request = fixture.request("Ada")

        async def enter(token: str) -> ProblemCode | None:
            ear, given = SessionEar(), replace(request.credentials, token=token)
            try:
                session = await fixture.adapter().join(JoinRequest(request.link, "Ada", given), ear)
            except JoinError as error:
                return error.problem.code
            await session.leave()
            return None

        assert await enter(server.token()) is None
        assert await enter("") is ProblemCode.TOKEN_REFUSED
        assert await enter(server.token(hours=-1)) is ProblemCode.TOKEN_REFUSED
        assert await enter(server.token().replace("janus,", "janus,,")) is ProblemCode.TOKEN_REFUSED
        assert server.token() not in repr(Credentials(token=server.token()))


async def test_where_there_is_a_text_room_chat_goes_there_and_what_was_said_is_read_later(tasks: Tasks) -> None:
    with JanusServer(text_room=True) as server:
        fixture = JanusFixture(server)
        async with AsyncExitStack() as stack:
            house = House(fixture, stack)
            ada, bob = await house.join("Ada"), await house.join("Bob")
            await ada.session.send_chat("m1", "tea?")
            await until(lambda: bool(bob.ear.chat), "the line", timeout_s=LONG_S)
            await bob.session.send_chat("m2", "yes")
            await until(lambda: len(ada.ear.chat) == 2, "the answer", timeout_s=LONG_S)
            carol = await house.join("Carol")
            await until(lambda: len(carol.ear.chat) == 2, "what was said before", timeout_s=LONG_S)
            for person in (ada, bob, carol):
                assert [(line.sender_name, line.text) for line in person.ear.chat] == [("Ada", "tea?"), ("Bob", "yes")]
            assert [line.is_mine for line in ada.ear.chat] == [True, False]
            assert bob.ear.chat[0].sender_id == ada.ear.me.id
            adapter, ears = fixture.adapter(), (SessionEar(), SessionEar())
            for ear in ears:
                session = await adapter.join(fixture.request("Dan"), ear)
                await session.send_chat("m3", "me too")
                await session.leave()
            await until(lambda: len(ears[1].chat) == 4, "all again", timeout_s=LONG_S)
            again = [(line.id, line.is_mine) for line in ears[1].chat[2:]]
            assert again == [("m3", True)] * 2, "one line, that was known and is one's own"
