"""Nextcloud Talk keeps the contract, with a real signalling server and real media."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import pytest

from tests.contract.hostile import HostileContract
from tests.contract.house import MICROPHONE, House, Person
from tests.contract.suite import AdapterContract
from tests.contract.talk_fixture import TalkFixture
from tests.helpers.clock_media import until
from tests.helpers.session_ear import SessionEar
from tests.helpers.talk import MODERATOR, TalkServer
from tests.helpers.talk.logins import agree
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    ChatReceived,
    HandChanged,
    LobbyEntered,
    MutedByServer,
    RecordingChanged,
    Restored,
    SpeakersChanged,
    WaitingChanged,
)
from visio_desktop.meeting.requests import Admit, MuteOther, RemovePerson, Rename
from visio_desktop.meeting.rooms import Knock, Recording, RecordingKind, RecordingState
from visio_desktop.meeting.values import ProblemCode, Role, Source
from visio_desktop.servers.port import Credentials, JoinError, NotSupported, RequestFailed
from visio_desktop.servers.talk import entrance, flow, leading
from visio_desktop.servers.talk.adapter import TalkAdapter
from visio_desktop.servers.talk.rooms import LEADING
from visio_desktop.servers.talk.session import TalkSession
from visio_desktop.system.secrets import MemorySecrets

GUEST_MODERATOR = 6


@pytest.fixture
def fixture() -> Iterator[TalkFixture]:
    with TalkServer() as server:
        yield TalkFixture(server)


class TestTalkOfHostileServers(HostileContract):
    """Apart from the rest: what is short enough for servers that say nothing is too short for a busy machine."""

    patience: ClassVar = {
        "talk.ocs.TIMEOUT_S": 1.0,
        "talk.signal.OPEN_TIMEOUT_S": 1.0,
        "talk.signal.WELCOME_TIMEOUT_S": 0.5,
        "talk.signal.ANSWER_TIMEOUT_S": 2.0,
        "talk.session.ENTER_TIMEOUT_S": 2.0,
    }


class TestTalk(AdapterContract):
    test_an_edited_line_replaces_the_first = None  # type: ignore[assignment]

    @pytest.fixture(autouse=True)
    def _look_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entrance, "POLL_S", 0.2)
        monkeypatch.setattr(leading, "LOOK_S", 0.2)

    async def test_a_moderator_lets_in_silences_and_puts_out(self, fixture: TalkFixture, house: House) -> None:
        nextcloud = fixture.server.nextcloud
        ada = await house.join("Ada")
        await fixture.server.ask(nextcloud.change(nextcloud.seat_of(ada.ear.me.id), kind=GUEST_MODERATOR))
        await until(lambda: ada.ear.me.role.leads, "Ada leads")
        assert any(isinstance(e, CapabilitiesChanged) and LEADING in e.capabilities for e in ada.ear.events)
        await fixture.server.ask(nextcloud.open_lobby(closed=True))
        ear = SessionEar()
        coming = asyncio.gather(fixture.adapter().join(fixture.request("Bob"), ear))
        await until(lambda: waiting(ada) != (), "Bob at the door")
        assert ear.events == [LobbyEntered()]
        assert [knock.name for knock in waiting(ada)] == ["Bob"]
        await ada.session.request(Admit(waiting(ada)[0].id, allowed=True))
        (bob,) = await coming
        try:
            await until(lambda: ada.ear.others == ["Bob"], "Bob in")
            await bob.publish(MICROPHONE)
            await ada.session.request(MuteOther(ear.me.id))
            await until(lambda: MutedByServer(Source.MICROPHONE) in ear.events, "Bob muted")
            own = ear.publication("Bob", Source.MICROPHONE)
            assert own is not None
            assert own.muted
            with pytest.raises(RequestFailed):
                await bob.request(RemovePerson(ada.ear.me.id))
            await ada.session.request(RemovePerson(ear.me.id))
            await until(lambda: ear.dropped is not None, "Bob removed")
            await until(lambda: ada.ear.others == [], "Bob gone")
        finally:
            await bob.leave()

    async def test_who_has_an_account_goes_by_its_name_and_needs_no_password_of_the_conversation(
        self, fixture: TalkFixture, house: House
    ) -> None:
        ada, ear = await house.join("Ada"), SessionEar()
        given = Credentials(user=MODERATOR.id, user_password=MODERATOR.app_password)
        grace = await fixture.adapter().join(replace(fixture.request("whoever"), credentials=given), ear)
        try:
            assert (ear.me.name, ear.me.role, ear.others) == (MODERATOR.name, Role.OWNER, ["Ada"])
            await until(lambda: ada.ear.others == [MODERATOR.name], "Grace")
            with pytest.raises(RequestFailed):
                await grace.request(Rename("Eve"))
        finally:
            await grace.leave()

    async def test_who_logs_in_in_the_browser_is_known_until_the_server_or_they_end_it(
        self, fixture: TalkFixture, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(flow, "POLL_S", 0.05)
        logins, store, ada = fixture.server.nextcloud.logins, MemorySecrets(), await house.join("Ada")

        def program() -> TalkAdapter:
            return TalkAdapter(host_addresses=(fixture.server.address,), secrets_at=lambda: store)

        async def logged_in() -> str:
            pages: asyncio.Queue[str] = asyncio.Queue()
            coming = asyncio.gather(program().log_in(request.link, pages.put_nowait))
            assert "Visio Desktop wants to have access" in await agree(await pages.get())
            return (await coming)[0]

        async def comes(known: str) -> None:
            ear = SessionEar()
            session = await program().join(request, ear)
            assert (ear.me.name, ear.me.role, ear.others) == (known, Role.OWNER, ["Ada"])
            await until(lambda: ada.ear.others == [known], "seen")
            await session.leave()
            await until(lambda: ada.ear.others == [], "gone")

        request = replace(fixture.request("whoever"), credentials=Credentials())
        assert await program().logged_in_as(request.link) == ""
        assert await logged_in() == MODERATOR.name
        assert await program().logged_in_as(request.link) == MODERATOR.name
        await comes(MODERATOR.name)
        logins.app_passwords.clear()
        with pytest.raises(JoinError) as over:
            await program().join(request, SessionEar())
        assert over.value.problem.code is ProblemCode.LOGIN_EXPIRED
        assert await program().logged_in_as(request.link) == ""
        await logged_in()
        assert len(logins.app_passwords) == 1
        await program().log_out(request.link)
        assert (await program().logged_in_as(request.link), logins.app_passwords) == ("", {})

    async def test_what_is_missed_while_signalling_is_lost_comes_after_it(
        self, fixture: TalkFixture, house: House
    ) -> None:
        nextcloud = fixture.server.nextcloud
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.show()
        view = await bob.view("Ada")
        await until(lambda: len(view.codes) > 1, "pictures")
        await fixture.server.ask(nextcloud.cut())
        await until(lambda: any(isinstance(e, Restored) for e in bob.ear.events), "back")
        await until(lambda: any(isinstance(e, Restored) for e in ada.ear.events), "back")
        seen = view.frames
        await ada.session.set_hand(raised=True, at_ms=5.0)
        await ada.session.send_chat("m", "still there?")
        await until(lambda: HandChanged(ada.ear.me.id, 5.0) in bob.ear.events, "the hand")
        await until(lambda: [line.text for line in bob.ear.chat] == ["still there?"], "the line")
        await until(lambda: view.frames > seen + 2, "pictures as before")
        assert (bob.ear.ended, bob.ear.dropped, bob.ear.others) == ([], None, ["Ada"])

    async def test_nobody_but_a_moderator_or_the_server_is_believed_what_is_theirs_to_say(
        self, fixture: TalkFixture, house: House
    ) -> None:
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.say(440)
        await bob.publication("Ada", Source.MICROPHONE)
        assert isinstance(bob.session, TalkSession)
        me, events = ada.ear.me.id, len(ada.ear.events)
        for data in (
            {"type": "control", "action": "forceMute", "peerId": me, "payload": {"action": "forceMute", "peerId": me}},
            {"type": "offer", "roomType": "video", "payload": {"type": "offer", "sdp": "v=0\r\n"}},
            {"type": "answer", "roomType": "video", "payload": {"type": "answer", "sdp": "v=0\r\n"}},
            {"type": "candidate", "roomType": "screen", "payload": {"candidate": {"candidate": "candidate:1"}}},
            {"type": "raiseHand", "payload": {"state": True, "timestamp": "soon"}},
            {"type": "mute", "payload": "audio"},
            {"type": "reaction", "payload": {"reaction": "x" * 5_000}},
        ):
            await bob.session.to_all(data)
        # The signalling server lets only moderators say `control`.
        await bob.session.control({"action": "forceMute", "peerId": me})
        await bob.session.set_hand(raised=True, at_ms=7.0)
        hand = HandChanged(bob.ear.me.id, 7.0)
        await until(lambda: hand in ada.ear.events, "what was said last")
        told = [e for e in ada.ear.events[events:] if not isinstance(e, SpeakersChanged)]
        assert told in ([HandChanged(bob.ear.me.id, 0.0), hand], [hand])

    async def test_servers_and_conversations_differ(self, fixture: TalkFixture, house: House) -> None:
        nextcloud, adapter = fixture.server.nextcloud, fixture.adapter()
        nextcloud.mode = "internal"
        with pytest.raises(NotSupported) as caught:
            await adapter.join(fixture.request("Ada"), SessionEar())
        assert caught.value.problem.code is ProblemCode.NO_MEDIA_SERVER
        nextcloud.mode, nextcloud.hello, nextcloud.room.consent = "external", ("1.0",), True
        with pytest.raises(JoinError) as refused:
            await adapter.join(fixture.request("Ada"), SessionEar())
        assert refused.value.problem.code is ProblemCode.CONSENT_NEEDED
        assert not nextcloud.room.seats
        given = Credentials(user=MODERATOR.id, user_password="wrong")
        with pytest.raises(JoinError) as unknown:
            await adapter.join(replace(fixture.request("Ada"), credentials=given), SessionEar())
        assert unknown.value.problem.code is ProblemCode.LOGIN_REFUSED
        grace = nextcloud.room.attend(MODERATOR)
        await fixture.server.ask(nextcloud.post(grace, "from before"))
        ear, request = SessionEar(), fixture.request("Ada")
        session = await adapter.join(replace(request, credentials=replace(request.credentials, consents=True)), ear)
        try:
            await until(lambda: [line.text for line in ear.chat] == ["from before"], "what was written before")
            assert [e.is_old for e in ear.events if isinstance(e, ChatReceived)] == [True]
            await fixture.server.ask(nextcloud.post(grace, "now"))
            await until(lambda: [line.text for line in ear.chat] == ["from before", "now"], "what is written now")
            await fixture.server.ask(nextcloud.record(1))
            recorded = RecordingChanged(Recording(RecordingKind.SCREEN, RecordingState.STARTED))
            await until(lambda: recorded in ear.events, "recorded")
            await fixture.server.ask(nextcloud.delete_room())
            await until(lambda: ear.dropped is not None, "ended")
            dropped = ear.dropped
            assert dropped is not None
            assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.ROOM_ENDED, False)
        finally:
            await session.leave()


def waiting(person: Person) -> tuple[Knock, ...]:
    """Who waits, as this person was told last."""
    told = [e.waiting for e in person.ear.events if isinstance(e, WaitingChanged)]
    return told[-1] if told else ()
