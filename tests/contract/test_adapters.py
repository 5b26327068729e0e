"""The contract of `servers.port`, kept by every adapter against its real server."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, ClassVar, cast

import pytest

from tests.contract.foreigners import JanusBrowser, LaSuiteBrowser, LiveKitBrowser
from tests.contract.hostile import HostileContract
from tests.contract.house import Fixture, Foreigner, House, Person
from tests.contract.janus_fixture import JanusFixture
from tests.contract.lasuite_fixture import ROOM as LASUITE_ROOM
from tests.contract.lasuite_fixture import LaSuiteFixture
from tests.contract.livekit_fixture import ROOM as LIVEKIT_ROOM
from tests.contract.livekit_fixture import LiveKitFixture
from tests.contract.suite import AdapterContract
from tests.helpers.clock_media import until
from tests.helpers.fake_server import FakeAdapter, services
from tests.helpers.fakes import FakeKit
from tests.helpers.janus_server import SECRET, JanusServer
from tests.helpers.lasuite import ContractServer
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.session_ear import SessionEar
from visio_desktop.engine.connection import Connection
from visio_desktop.meeting.events import MutedByServer, ParticipantChanged
from visio_desktop.meeting.hops import Verdict, judge
from visio_desktop.meeting.requests import MuteOther, RemovePerson
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.port import Credentials, JoinRequest


class TestLiveKit(HostileContract, AdapterContract):
    patience: ClassVar = {"livekit.signal._JOIN_TIMEOUT_S": 2.0, "livekit.signal._EXPLAIN_TIMEOUT_S": 1.0}
    haste: ClassVar = {"livekit.resume._WINDOW_MS": 2_000.0}

    @pytest.fixture(params=VERSIONS)
    def server(self, request: pytest.FixtureRequest) -> Iterator[LiveKitServer]:
        with LiveKitServer(request.param) as server:
            yield server
            # Asked to stop, it would wait for people it has not yet noticed to be gone.
            server.kill()

    @pytest.fixture
    def fixture(self, server: LiveKitServer) -> LiveKitFixture:
        return LiveKitFixture(server)

    @pytest.fixture
    async def foreigner(self, server: LiveKitServer) -> AsyncIterator[Foreigner]:
        async with LiveKitBrowser(server, LIVEKIT_ROOM) as browser:
            yield browser

    async def test_the_same_identity_again_ends_the_first(self, fixture: LiveKitFixture) -> None:
        first, second = SessionEar(), SessionEar()
        adapter = fixture.adapter()
        sessions = [await adapter.join(fixture.request("Ada"), first)]
        await until(lambda: "first_ice_connected" in first.marks, "media")
        sessions.append(await adapter.join(fixture.request("Ada"), second))
        await until(lambda: first.dropped is not None, "the first dropped")
        dropped = first.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.DUPLICATE_IDENTITY, False)
        assert second.dropped is None
        for session in sessions:
            await session.leave()

    async def test_an_unseen_check_is_seen_by_nobody_and_names_why_one_is_not_let_in(
        self, fixture: LiveKitFixture, house: House
    ) -> None:
        async def checked(request: JoinRequest) -> Verdict:
            return judge([hop async for hop in fixture.adapter().check(replace(request, unseen=True))])

        bob = await house.join("Bob")
        good = await checked(fixture.request("Ada"))
        assert good.is_good
        assert good.is_untried
        for name in ("expired", "forged", "rubbish"):
            request, code = fixture.refusals()[name]
            failed = (await checked(request)).failed
            assert failed is not None
            assert failed.name == "signalling"
            assert failed.problem is not None
            assert failed.problem.code is code
        await bob.session.send_chat("m", "hello")
        await until(lambda: bool(bob.ear.chat), "what was sent after it")
        assert [e for e in bob.ear.events if isinstance(e, ParticipantChanged) and not e.participant.is_me] == []

    async def test_a_server_that_falls_silent_is_noticed_by_its_media(
        self, server: LiveKitServer, house: House
    ) -> None:
        ada = await house.join("Ada")
        await until(lambda: "first_ice_connected" in ada.ear.marks, "media")
        os.kill(server.pid, signal.SIGSTOP)
        try:
            await until(lambda: ada.ear.is_disturbed, "noticed", timeout_s=5)
            await until(lambda: ada.ear.dropped is not None, "given up", timeout_s=14)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert self.why(ada) == (ProblemCode.CONNECTION_LOST, True)


class TestLaSuite(HostileContract, AdapterContract):
    patience: ClassVar = {"livekit.signal._JOIN_TIMEOUT_S": 2.0, "livekit.signal._EXPLAIN_TIMEOUT_S": 1.0}
    haste: ClassVar = {"livekit.resume._WINDOW_MS": 2_000.0}

    @pytest.fixture
    def server(self) -> Iterator[ContractServer]:
        with ContractServer() as running:
            yield running

    @pytest.fixture
    def fixture(self, server: ContractServer) -> LaSuiteFixture:
        return LaSuiteFixture(server)

    @pytest.fixture
    async def foreigner(self, server: ContractServer) -> AsyncIterator[Foreigner]:
        async with LaSuiteBrowser(server, LASUITE_ROOM) as browser:
            yield browser

    async def test_links(self, fixture: Fixture) -> None:
        adapter, link = fixture.adapter(), fixture.request("Ada").link
        assert isinstance(adapter, LaSuiteAdapter)
        assert adapter.recognise(link.text) is None
        assert await adapter.identify(link.text) == link
        assert await adapter.identify("mailto:ada@example.org") is None

    async def test_hands(self, house: House) -> None:
        """As everywhere, but that the server says when."""
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.session.set_hand(raised=True, at_ms=0)
        await until(lambda: hand(bob) is not None and hand(ada) == hand(bob), "hand up")
        carol = await house.join("Carol")
        await until(lambda: hand(carol) == hand(ada), "hand up for those who come later")
        await ada.session.set_hand(raised=False, at_ms=0)
        await until(lambda: hand(bob) is None and hand(ada) is None, "hand down")


class TestJanus(HostileContract, AdapterContract):
    test_an_edited_line_replaces_the_first = None  # type: ignore[assignment]
    patience: ClassVar = {"janus.signal.OPEN_TIMEOUT_S": 1.0, "janus.signal._ANSWER_TIMEOUT_S": 1.0}
    haste: ClassVar = {"janus.session._COME_BACK_MS": 2_000.0}

    @pytest.fixture
    def server(self) -> Iterator[JanusServer]:
        with JanusServer() as running:
            yield running

    @pytest.fixture
    def fixture(self, server: JanusServer) -> JanusFixture:
        return JanusFixture(server)

    @pytest.fixture
    async def foreigner(self, server: JanusServer) -> AsyncIterator[Foreigner]:
        async with JanusBrowser(server) as browser:
            yield browser

    async def test_who_has_the_rooms_secret_moderates(self, fixture: JanusFixture, house: House) -> None:
        bob, ear = await house.join("Bob"), SessionEar()
        await bob.say(440)
        request = fixture.request("Ada")
        leader = await fixture.adapter().join(replace(request, credentials=await typed(request, SECRET)), ear)
        try:
            await until(lambda: ear.publication("Bob", Source.MICROPHONE) is not None, "Bob's microphone")
            await leader.request(MuteOther(bob.ear.me.id))
            await until(lambda: MutedByServer(Source.MICROPHONE) in bob.ear.events, "Bob muted")
            await leader.request(RemovePerson(bob.ear.me.id))
            await until(lambda: bob.ear.dropped is not None, "Bob removed")
            assert self.why(bob) == (ProblemCode.REMOVED, False)
            await until(lambda: ear.others == [], "Bob gone")
        finally:
            await leader.leave()


async def typed(request: JoinRequest, secret: str) -> Credentials:
    """What one joins with once this was typed in the window beside what the link asks for."""
    around = services(FakeAdapter(), FakeKit(), credentials=request.credentials)
    connection = Connection(around, print, cast("Any", None), cast("Any", None))
    connection.keep_besides(request.link, secret)
    return await connection.credentials(request.link)


def hand(person: Person) -> float | None:
    """When Ada's hand went up, as this person knows it."""
    ada = person.ear.named("Ada")
    assert ada is not None
    return ada.hand_raised_at_ms
